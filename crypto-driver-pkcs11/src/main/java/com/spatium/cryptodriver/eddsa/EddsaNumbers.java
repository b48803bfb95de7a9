/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.eddsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.ecmath.Curve;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Public numbers of EdDSA: 32 bytes, little-endian. */
final class EddsaNumbers {
  private EddsaNumbers() {}

  static BigInteger number(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return new BigInteger(1, bigEndian);
  }

  static byte[] scalar(Curve curve, BigInteger value) {
    byte[] signed = value.mod(curve.order()).toByteArray();
    byte[] out = new byte[32];
    for (int i = 0; i < Math.min(signed.length, 32); i++) {
      out[i] = signed[signed.length - 1 - i];
    }
    return out;
  }

  /** Empty: the sum is the identity. */
  static Optional<Bytes> sum(Curve curve, Bytes a, Bytes b) {
    byte[] one = scalar(curve, BigInteger.ONE);
    return curve
        .linear(null, new byte[][] {one, one}, new byte[][] {a.toByteArray(), b.toByteArray()})
        .map(Bytes::of);
  }

  /** c = SHA-512(R ‖ A ‖ m) mod L. */
  static byte[] challenge(Curve curve, Bytes r, Bytes a, Bytes m) {
    try {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      sha512.update(r.toByteArray());
      sha512.update(a.toByteArray());
      sha512.update(m.toByteArray());
      return scalar(curve, number(sha512.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-512", e);
    }
  }
}
