/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.ProgressListener;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;

/** Where new moduli come from: a search; in tests, prebuilt ones. */
public interface ParameterSource {
  PaillierKey paillier(SecurityLevel level, ProgressListener progress);

  /** With λ₁, λ₂. */
  RingPedersenKey ringPedersen(SecurityLevel level, ProgressListener progress);

  /**
   * The prime searches of the native library: seconds for Paillier, up to minutes for the safe
   * primes of ring-Pedersen.
   */
  static ParameterSource search(EcMath ecmath) {
    return new ParameterSource() {
      @Override
      public PaillierKey paillier(SecurityLevel level, ProgressListener progress) {
        String what = "Paillier key, " + level.modulusBits() + " bits";
        return ecmath
            .paillier()
            .generate(
                level.modulusBits(), at -> progress.progress(what, at.candidates(), at.primes()));
      }

      @Override
      public RingPedersenKey ringPedersen(SecurityLevel level, ProgressListener progress) {
        String what = "ring-Pedersen parameters, " + level.modulusBits() + " bits";
        return ecmath
            .ringPedersen()
            .generate(
                level.modulusBits(), at -> progress.progress(what, at.candidates(), at.primes()));
      }
    };
  }
}
