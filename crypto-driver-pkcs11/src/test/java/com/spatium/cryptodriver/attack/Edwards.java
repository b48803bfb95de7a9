/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import com.spatium.cryptodriver.Bytes;
import java.math.BigInteger;

/**
 * All of edwards25519, also outside the prime-order subgroup, which the library refuses: RFC 8032
 * §5.1, affine.
 */
record Edwards(BigInteger x, BigInteger y) {
  static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger ROOT_OF_MINUS_ONE =
      BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);
  static final Edwards IDENTITY = new Edwards(BigInteger.ZERO, BigInteger.ONE);

  /** Of order 8. */
  static Edwards torsion() {
    for (BigInteger y = BigInteger.TWO; ; y = y.add(BigInteger.ONE)) {
      Edwards point = of(y, false);
      if (point != null) {
        Edwards torsion = point.times(Forge.L);
        if (!torsion.times(BigInteger.valueOf(4)).equals(IDENTITY)) {
          return torsion;
        }
      }
    }
  }

  static Edwards decode(Bytes encoded) {
    BigInteger all = Forge.number(Forge.reversed(encoded));
    return of(all.clearBit(255), all.testBit(255));
  }

  /** Null: there is none. */
  private static Edwards of(BigInteger y, boolean odd) {
    BigInteger y2 = y.multiply(y).mod(P);
    BigInteger x2 =
        y2.subtract(BigInteger.ONE)
            .multiply(D.multiply(y2).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger x = x2.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.multiply(x).mod(P).equals(x2)) {
      x = x.multiply(ROOT_OF_MINUS_ONE).mod(P);
    }
    if (!x.multiply(x).mod(P).equals(x2)) {
      return null;
    }
    return new Edwards(x.testBit(0) == odd ? x : P.subtract(x).mod(P), y);
  }

  Edwards plus(Edwards other) {
    BigInteger product = D.multiply(x).multiply(other.x).multiply(y).multiply(other.y).mod(P);
    BigInteger newX =
        x.multiply(other.y)
            .add(y.multiply(other.x))
            .multiply(BigInteger.ONE.add(product).modInverse(P))
            .mod(P);
    BigInteger newY =
        y.multiply(other.y)
            .add(x.multiply(other.x))
            .multiply(BigInteger.ONE.subtract(product).modInverse(P))
            .mod(P);
    return new Edwards(newX, newY);
  }

  Edwards times(BigInteger k) {
    Edwards sum = IDENTITY;
    for (int i = k.bitLength() - 1; i >= 0; i--) {
      sum = sum.plus(sum);
      if (k.testBit(i)) {
        sum = sum.plus(this);
      }
    }
    return sum;
  }

  Bytes encode() {
    return Forge.reversed(Forge.fitted(x.testBit(0) ? y.setBit(255) : y, 32));
  }
}
