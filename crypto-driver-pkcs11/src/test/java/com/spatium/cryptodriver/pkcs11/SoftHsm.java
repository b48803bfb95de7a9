/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.pkcs11.internal.TestModule;
import com.spatium.ecmath.EcMath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * SoftHSM in this JVM: one token directory of its own (never the user's), in it as many tokens as
 * the tests ask for. The directory is deleted when the JVM ends.
 *
 * <pre>{@code
 * SoftHsm.TestToken token = SoftHsm.instance().newToken();
 * TokenCustody custody = TokenCustody.provision(ecmath, token.config(ecmath), "test");
 * }</pre>
 */
public final class SoftHsm {
  public static final String PIN = "93217460";
  public static final String SO_PIN = "5804417722";

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"));

  private static final AtomicInteger COUNTER = new AtomicInteger();

  private static final class Holder {
    static final SoftHsm INSTANCE = new SoftHsm();
  }

  private final Path path;
  private final Path tokens;
  private final Path config;
  private final TestModule module;

  private SoftHsm() {
    this.path =
        PLACES.stream()
            .filter(Files::isReadable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the IT tests need SoftHSM (Debian: apt-get install softhsm2); not in "
                            + PLACES));
    try {
      Path directory = Files.createTempDirectory("spatium-softhsm-");
      this.tokens = Files.createDirectory(directory.resolve("tokens"));
      this.config = directory.resolve("softhsm2.conf");
      configure("full");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
      // The library reads it in C_Initialize, so it must be there before anybody loads the module
      // in this JVM.
      TestModule.setEnvironment("SOFTHSM2_CONF", config.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.module = new TestModule(path);
    module.driver().initialize("");
  }

  public static SoftHsm instance() {
    return Holder.INSTANCE;
  }

  /** The library's file. */
  public Path path() {
    return path;
  }

  public TestModule module() {
    return module;
  }

  /** A new token with a label of its own, initialised, with the user PIN {@link #PIN}. */
  public TestToken newToken() {
    return newToken("test-" + COUNTER.incrementAndGet(), PIN);
  }

  /** A new token; with an empty PIN, the user PIN is not initialised. */
  public synchronized TestToken newToken(String label, String pin) {
    module.driver().initialize("");
    module.initToken(module.uninitialisedSlot(), label, SO_PIN, pin);
    return new TestToken(this, label);
  }

  private void configure(String profile) throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("softhsm-config"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException(
          "no folder softhsm-config above " + Path.of("").toAbsolutePath());
    }
    folder = folder.resolve("softhsm-config");
    Files.writeString(
        config,
        Files.readString(folder.resolve("softhsm2.conf.template"))
                .replace("@TOKENS@", tokens.toString())
            + Files.readString(folder.resolve("profiles").resolve(profile + ".conf")));
  }

  /**
   * Starts the module anew with a profile of softhsm-config; "full" is what the other tests expect.
   */
  public void restart(String profile) throws IOException {
    configure(profile);
    module.finalizeModule();
    module.driver().initialize("");
  }

  /** Takes the device away: the files of all tokens. {@link #plugIn} brings them back. */
  public void pull() throws IOException {
    Files.move(tokens, tokens.resolveSibling("pulled"));
    Files.createDirectory(tokens);
  }

  public void plugIn() throws IOException {
    delete(tokens);
    Files.move(tokens.resolveSibling("pulled"), tokens);
  }

  /** A token of this directory. */
  public record TestToken(SoftHsm hsm, String label) {
    public long slot() {
      return hsm.module.slotOf(label);
    }

    public TokenConfig config(EcMath ecmath) {
      return config(ecmath, PIN);
    }

    public TokenConfig config(EcMath ecmath, String pin) {
      return TokenConfig.of(hsm.path, label, pin(ecmath, pin));
    }
  }

  /** A PIN that is no secret: it is in this source file. */
  public static PinSource pin(EcMath ecmath, String pin) {
    return () -> ecmath.vault().fromPublic(pin.getBytes(StandardCharsets.US_ASCII));
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("could not delete " + directory + ": " + e);
    }
  }
}
