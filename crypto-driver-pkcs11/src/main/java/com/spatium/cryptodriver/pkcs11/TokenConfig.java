/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.UsageException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which token to use, and how. Immutable.
 *
 * <pre>{@code
 * TokenConfig.of(Path.of("/usr/lib/softhsm/libsofthsm2.so"), "spatium-a", PinSource.file(ecmath.vault(), pinFile))
 * }</pre>
 *
 * @param module the vendor's PKCS#11 library
 * @param label the token's label, without padding; slots are found by it, since slot numbers change
 * @param serial the token's serial number, where labels are not unique
 * @param pin asked for each login
 * @param maxConcurrent operations in the token at once, 1 to 64; each needs up to two sessions, and
 *     some tokens allow 32 in all
 * @param allowMlockOnly whether the driver may run when the vault did not get {@code memfd_secret}
 *     memory
 * @param moduleParameters what some vendors want at C_Initialize (NSS: {@code configdir='…' …});
 *     empty for none
 */
public record TokenConfig(
    Path module,
    String label,
    Optional<String> serial,
    PinSource pin,
    int maxConcurrent,
    boolean allowMlockOnly,
    String moduleParameters) {
  public TokenConfig {
    if (label.isBlank() || label.length() > 32) {
      throw new UsageException("a token label has 1 to 32 characters");
    }
    if (maxConcurrent < 1 || maxConcurrent > 64) {
      throw new UsageException("maxConcurrent must be between 1 and 64");
    }
    // They would end a value in the configuration of SunPKCS11.
    if (module.toString().chars().anyMatch(c -> c == '"' || c == '\\' || c < ' ')) {
      throw new UsageException(
          "the path of a PKCS#11 module must not contain quotes, backslashes or control characters");
    }
  }

  /** Any serial number, 8 concurrent operations, mlock suffices, no module parameters. */
  public static TokenConfig of(Path module, String label, PinSource pin) {
    return new TokenConfig(module, label, Optional.empty(), pin, 8, true, "");
  }

  public TokenConfig withSerial(String newSerial) {
    return new TokenConfig(
        module,
        label,
        Optional.of(newSerial),
        pin,
        maxConcurrent,
        allowMlockOnly,
        moduleParameters);
  }

  public TokenConfig withMaxConcurrent(int newMax) {
    return new TokenConfig(module, label, serial, pin, newMax, allowMlockOnly, moduleParameters);
  }

  /** Refuses to start unless the vault's memory is {@code memfd_secret} memory. */
  public TokenConfig requiringSecretMemory() {
    return new TokenConfig(module, label, serial, pin, maxConcurrent, false, moduleParameters);
  }

  public TokenConfig withModuleParameters(String parameters) {
    return new TokenConfig(module, label, serial, pin, maxConcurrent, allowMlockOnly, parameters);
  }

  String where() {
    return "token '"
        + label
        + "'"
        + serial.map(s -> " (serial " + s + ")").orElse("")
        + " of module "
        + module;
  }
}
