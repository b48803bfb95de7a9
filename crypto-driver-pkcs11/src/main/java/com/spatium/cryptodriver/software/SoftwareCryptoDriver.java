/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.software;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.engine.EngineDriver;
import com.spatium.ecmath.EcMath;

/**
 * The driver without a token ("Spatium Crypto"): secrets are portable, at rest sealed in the state
 * store, in use in locked memory. Thread-safe.
 *
 * <pre>{@code
 * EcMath ecmath = EcMath.open();
 * SoftwareCustody custody = SoftwareCustody.fromKeyFile(ecmath, Path.of("/etc/spatium/seal.key"));
 * try (CryptoDriver driver = SoftwareCryptoDriver.open(DriverConfig.of("desk-1"), store, custody)) { … }
 * }</pre>
 */
public final class SoftwareCryptoDriver extends EngineDriver {
  private SoftwareCryptoDriver(DriverConfig config, StateStore store, SoftwareCustody custody) {
    super(config, store, custody, EcMath.open());
  }

  /**
   * Opens this installation's state; a new one makes its ring-Pedersen parameters first (seconds to
   * minutes, reported as progress).
   *
   * @param store stays the caller's: close it after the driver
   * @param custody is closed with the driver
   */
  public static SoftwareCryptoDriver open(
      DriverConfig config, StateStore store, SoftwareCustody custody) {
    return new SoftwareCryptoDriver(config, store, custody);
  }
}
