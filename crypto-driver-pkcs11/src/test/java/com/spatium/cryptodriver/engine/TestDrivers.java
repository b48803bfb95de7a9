/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.ProgressListener;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.state.ParameterSource;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;

/** Drivers with prebuilt parameters, which are published and protect nothing: only tests can make such drivers. */
public final class TestDrivers {
  private TestDrivers() {}

  /**
   * A driver over any custody, at 2048 bits.
   *
   * @param number of the prebuilt parameters: the two parties need different ones
   */
  public static EngineDriver open(DriverConfig config, StateStore store, Custody custody, int number) {
    EcMath ecmath = EcMath.open();
    return new EngineDriver(
        config.withLevel(SecurityLevel.BITS_112), store, custody, ecmath, prebuilt(ecmath, number));
  }

  static ParameterSource prebuilt(EcMath ecmath, int number) {
    return new ParameterSource() {
      @Override
      public PaillierKey paillier(SecurityLevel level, ProgressListener progress) {
        requireSmall(level);
        return TestParameters.paillier(ecmath, number);
      }

      @Override
      public RingPedersenKey ringPedersen(SecurityLevel level, ProgressListener progress) {
        requireSmall(level);
        return TestParameters.ringPedersen(ecmath, level.modulusBits(), number);
      }
    };
  }

  private static void requireSmall(SecurityLevel level) {
    if (level != SecurityLevel.BITS_112) {
      throw new IllegalArgumentException("there are no prebuilt parameters of this level");
    }
  }
}
