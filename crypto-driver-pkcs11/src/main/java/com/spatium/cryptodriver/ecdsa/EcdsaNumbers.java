/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.ecdsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.ecmath.Curve;
import java.math.BigInteger;
import java.util.Arrays;

/** Public numbers of ECDSA: 32 bytes, big-endian. */
final class EcdsaNumbers {
  private EcdsaNumbers() {}

  /** R.x of a compressed point. */
  static BigInteger x(Bytes point) {
    byte[] encoded = point.toByteArray();
    return new BigInteger(1, Arrays.copyOfRange(encoded, 1, encoded.length));
  }

  /** r = R.x mod q. */
  static Bytes r(Curve curve, Bytes point) {
    return Bytes.of(Numbers.scalar(curve, x(point)));
  }

  static boolean isZero(Bytes scalar) {
    return Numbers.of(scalar).signum() == 0;
  }

  /** Bit 0: R.y is odd; bit 1: R.x ≥ q. With −s instead of s, bit 0 flips. */
  static int recovery(Curve curve, Bytes point, boolean negated) {
    int odd = point.toByteArray()[0] & 1;
    return (negated ? odd ^ 1 : odd) | (x(point).compareTo(curve.order()) >= 0 ? 2 : 0);
  }

  static boolean isLow(Curve curve, BigInteger s) {
    return s.signum() > 0 && s.compareTo(curve.order().shiftRight(1)) <= 0;
  }
}
