/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.ModuleLoadException;
import com.spatium.cryptodriver.pkcs11.internal.TokenInitializer;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Makes SoftHSM tokens for demonstrations and trials. A real token is initialised with its vendor's
 * tools, by its security officer.
 *
 * <p>SoftHSM reads the environment variable {@code SOFTHSM2_CONF} when it is first used in a
 * process, so whoever starts the process sets it to what {@link #configure} returned.
 */
public final class SoftHsmTokens {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"));

  private SoftHsmTokens() {}

  /** SoftHSM's library, if it is installed. */
  public static Optional<Path> module() {
    return PLACES.stream().filter(Files::isReadable).findFirst();
  }

  /**
   * Makes a token directory, for its owner alone, and a configuration that names it.
   *
   * @param directory exists, and has neither {@code tokens} nor {@code softhsm2.conf}
   * @return the configuration, for {@code SOFTHSM2_CONF}
   */
  public static Path configure(Path directory) throws IOException {
    Path tokens =
        Files.createDirectory(
            directory.resolve("tokens"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return Files.writeString(
        directory.resolve("softhsm2.conf"),
        "directories.tokendir = "
            + tokens.toAbsolutePath()
            + "\nobjectstore.backend = file\nlog.level = ERROR\n");
  }

  /**
   * Makes a token with this label and user PIN. Both PINs stay the caller's, and never leave the
   * vault but for the module.
   *
   * @throws UsageException if {@code SOFTHSM2_CONF} is not set: this never touches the user's own
   *     tokens
   */
  public static void create(
      EcMath ecmath, Path module, String label, SecretBlob soPin, SecretBlob pin) {
    if (System.getenv("SOFTHSM2_CONF") == null) {
      throw new UsageException(
          "SOFTHSM2_CONF must name a configuration: SoftHSM's default token directory may be somebody's own");
    }
    if (!label.matches("[\\x21-\\x7e]{1,32}")) {
      throw new UsageException(
          "a token label has 1 to 32 printable ASCII characters without spaces");
    }
    try {
      Cryptoki cryptoki = Cryptoki.load(module);
      cryptoki.initialize("");
      TokenInitializer.initialize(
          cryptoki,
          label,
          ecmath.vault().access().address(soPin),
          ecmath.vault().access().length(soPin),
          ecmath.vault().access().address(pin),
          ecmath.vault().access().length(pin));
    } catch (ModuleLoadException e) {
      throw new TokenException.TokenAbsent("module " + module + ": " + e.getMessage(), "", 0, e);
    } catch (CkrException e) {
      throw new TokenException(
          "SoftHSM token '" + label + "' was not made: " + e.getMessage(),
          Ckr.name(e.ckr()),
          e.ckr(),
          e);
    } finally {
      Reference.reachabilityFence(soPin);
      Reference.reachabilityFence(pin);
    }
  }
}
