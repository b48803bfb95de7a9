/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.engine.EngineDriver;
import com.spatium.ecmath.EcMath;

/**
 * The driver whose secrets are in a PKCS#11 token. Thread-safe.
 *
 * <pre>{@code
 * TokenConfig token = TokenConfig.of(Path.of("/usr/lib/softhsm/libsofthsm2.so"), "spatium-a", PinSource.file(…));
 * try (CryptoDriver driver = Pkcs11CryptoDriver.open(DriverConfig.of("desk-1"), store, token)) { … }
 * }</pre>
 */
public final class Pkcs11CryptoDriver extends EngineDriver {
  private Pkcs11CryptoDriver(
      DriverConfig config, StateStore store, TokenCustody custody, EcMath ecmath) {
    super(config, store, custody, ecmath);
  }

  /**
   * Logs in and verifies the installation's keys in the token; makes them when this store has not
   * recorded them yet.
   *
   * @param store stays the caller's: close it after the driver
   */
  public static Pkcs11CryptoDriver open(DriverConfig config, StateStore store, TokenConfig token) {
    EcMath ecmath = EcMath.open();
    TokenCustody custody = Provisioning.open(config, store, ecmath, token);
    try {
      return new Pkcs11CryptoDriver(config, store, custody, ecmath);
    } catch (RuntimeException | Error e) {
      custody.close();
      throw e;
    }
  }
}
