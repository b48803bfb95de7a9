/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.Vault;
import java.math.BigInteger;
import java.util.Optional;

/** Public numbers and their encodings, and the constants of protocol.md §1. */
public final class Numbers {
  /** ℓ: bit length of a scalar. */
  static final int ELL = 256;

  /** s: statistical hiding bits. */
  static final int S = 128;

  /** ε = t + s: slack of a range proof. */
  static final int EPSILON = 256;

  private Numbers() {}

  static BigInteger twoTo(int bits) {
    return BigInteger.ONE.shiftLeft(bits);
  }

  /** Unsigned, big-endian. */
  public static BigInteger of(Bytes unsigned) {
    return of(unsigned.toByteArray());
  }

  static BigInteger of(byte[] unsigned) {
    return new BigInteger(1, unsigned);
  }

  /** Unsigned, big-endian, of exactly this length. */
  static byte[] fixed(BigInteger value, int length) {
    if (value.signum() < 0 || value.bitLength() > 8 * length) {
      throw new IllegalArgumentException("a number does not fit its field");
    }
    byte[] signed = value.toByteArray();
    byte[] out = new byte[length];
    int copied = Math.min(signed.length, length);
    System.arraycopy(signed, signed.length - copied, out, length - copied, copied);
    return out;
  }

  /** value mod the order, as the curve encodes scalars. */
  public static byte[] scalar(Curve curve, BigInteger value) {
    byte[] bigEndian = fixed(value.mod(curve.order()), 32);
    return curve.id() == Curve.Id.ED25519 ? reversed(bigEndian) : bigEndian;
  }

  /** A scalar of the curve as a number, reduced or not. */
  public static BigInteger ofScalar(Curve curve, Bytes scalar) {
    return ofScalar(curve, scalar.toByteArray());
  }

  /** The same; of any length, so that a hash can be reduced. */
  public static BigInteger ofScalar(Curve curve, byte[] bytes) {
    return of(curve.id() == Curve.Id.ED25519 ? reversed(bytes) : bytes);
  }

  /** The sum of two points; empty: it is the identity. */
  public static Optional<Bytes> sum(Curve curve, Bytes a, Bytes b) {
    byte[] one = scalar(curve, BigInteger.ONE);
    return curve
        .linear(null, new byte[][] {one, one}, new byte[][] {a.toByteArray(), b.toByteArray()})
        .map(Bytes::of);
  }

  /** Uniform in [0, bound), public. */
  static BigInteger randomBelow(BigInteger bound) {
    int bits = bound.bitLength();
    while (true) {
      BigInteger candidate = of(Vault.randomPublic((bits + 7) / 8)).mod(twoTo(bits));
      if (candidate.compareTo(bound) < 0) {
        return candidate;
      }
    }
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }

  /** The k-th of equally long elements. */
  static byte[] element(byte[] vector, int k, int length) {
    byte[] out = new byte[length];
    System.arraycopy(vector, k * length, out, 0, length);
    return out;
  }

  static byte[][] elements(Bytes vector, int length) {
    byte[] all = vector.toByteArray();
    byte[][] out = new byte[all.length / length][];
    for (int k = 0; k < out.length; k++) {
      out[k] = element(all, k, length);
    }
    return out;
  }

  static Bytes vector(byte[][] elements) {
    int length = 0;
    for (byte[] element : elements) {
      length += element.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] element : elements) {
      System.arraycopy(element, 0, all, at, element.length);
      at += element.length;
    }
    return Bytes.of(all);
  }
}
