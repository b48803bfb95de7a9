/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.ProgressListener;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.pool.SigningPools;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.ParameterSource;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;

/**
 * Drivers with prebuilt parameters, which are published and protect nothing: only tests can make
 * such drivers.
 */
public final class TestDrivers {
  private TestDrivers() {}

  /**
   * A driver over any custody, with prebuilt parameters of the configured level.
   *
   * @param number of the prebuilt parameters: the two parties need different ones
   */
  public static EngineDriver open(
      DriverConfig config, StateStore store, Custody custody, int number) {
    EcMath ecmath = EcMath.open();
    return new EngineDriver(config, store, custody, ecmath, prebuilt(ecmath, number));
  }

  /** As after a fault in this machine (protocol.md §4.3). */
  public static void lock(EngineDriver driver, SecretId id) {
    KeyLockedException reported = driver.state().locks().lock(id);
    assertTrue(driver.state().locks().isLocked(id), "LOCKED is on record before " + reported);
  }

  public static DriverState state(EngineDriver driver) {
    return driver.state();
  }

  public static SigningPools pools(EngineDriver driver) {
    return driver.pools();
  }

  public static int runningSessions(EngineDriver driver) {
    return driver.runningSessions();
  }

  static ParameterSource prebuilt(EcMath ecmath, int number) {
    return new ParameterSource() {
      @Override
      public PaillierKey paillier(SecurityLevel level, ProgressListener progress) {
        return TestParameters.paillier(ecmath, level.modulusBits(), number);
      }

      @Override
      public RingPedersenKey ringPedersen(SecurityLevel level, ProgressListener progress) {
        return TestParameters.ringPedersen(ecmath, level.modulusBits(), number);
      }
    };
  }
}
