/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;

/**
 * The same groups computed in another way, in variable time: what the library is compared with.
 * Empty is the identity.
 */
sealed interface ReferenceGroup {
  /** {@code k·point}. */
  Optional<byte[]> mul(byte[] point, BigInteger k);

  /** {@code a + b}. */
  Optional<byte[]> add(Optional<byte[]> a, Optional<byte[]> b);

  static ReferenceGroup of(Curve.Id id) {
    return id == Curve.Id.SECP256K1 ? new BouncyCastleSecp256k1() : new AffineEdwards25519();
  }

  /** BouncyCastle's secp256k1. */
  final class BouncyCastleSecp256k1 implements ReferenceGroup {
    private static final org.bouncycastle.math.ec.ECCurve CURVE =
        CustomNamedCurves.getByName("secp256k1").getCurve();

    @Override
    public Optional<byte[]> mul(byte[] point, BigInteger k) {
      return encode(CURVE.decodePoint(point).multiply(k));
    }

    @Override
    public Optional<byte[]> add(Optional<byte[]> a, Optional<byte[]> b) {
      return encode(decode(a).add(decode(b)));
    }

    private static ECPoint decode(Optional<byte[]> point) {
      return point.map(CURVE::decodePoint).orElse(CURVE.getInfinity());
    }

    private static Optional<byte[]> encode(ECPoint point) {
      return point.isInfinity()
          ? Optional.empty()
          : Optional.of(point.normalize().getEncoded(true));
    }
  }

  /** The affine addition law of RFC 8032 §5.1.4 in BigInteger. */
  final class AffineEdwards25519 implements ReferenceGroup {
    static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger D =
        BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
    private static final BigInteger SQRT_M1 =
        BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);

    private record Point(BigInteger x, BigInteger y) {}

    private static final Point IDENTITY = new Point(BigInteger.ZERO, BigInteger.ONE);

    @Override
    public Optional<byte[]> mul(byte[] point, BigInteger k) {
      Point sum = IDENTITY;
      Point p = decode(point);
      for (int i = k.bitLength() - 1; i >= 0; i--) {
        sum = add(sum, sum);
        if (k.testBit(i)) {
          sum = add(sum, p);
        }
      }
      return encode(sum);
    }

    @Override
    public Optional<byte[]> add(Optional<byte[]> a, Optional<byte[]> b) {
      return encode(
          add(
              a.map(AffineEdwards25519::decode).orElse(IDENTITY),
              b.map(AffineEdwards25519::decode).orElse(IDENTITY)));
    }

    private static Point add(Point a, Point b) {
      BigInteger xy =
          a.x.multiply(b.x).mod(P).multiply(a.y.multiply(b.y)).mod(P).multiply(D).mod(P);
      BigInteger x =
          a.x
              .multiply(b.y)
              .add(b.x.multiply(a.y))
              .multiply(BigInteger.ONE.add(xy).modInverse(P))
              .mod(P);
      BigInteger y =
          a.y
              .multiply(b.y)
              .add(a.x.multiply(b.x))
              .multiply(BigInteger.ONE.subtract(xy).modInverse(P))
              .mod(P);
      return new Point(x, y);
    }

    private static Point decode(byte[] encoded) {
      BigInteger all = Fixture.number(Fixture.reversed(encoded));
      BigInteger y = all.clearBit(255);
      BigInteger yy = y.multiply(y).mod(P);
      BigInteger xx =
          yy.subtract(BigInteger.ONE)
              .multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P))
              .mod(P);
      BigInteger x = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
      if (!x.multiply(x).subtract(xx).mod(P).equals(BigInteger.ZERO)) {
        x = x.multiply(SQRT_M1).mod(P);
      }
      if (!x.multiply(x).subtract(xx).mod(P).equals(BigInteger.ZERO)) {
        throw new IllegalArgumentException("not a point");
      }
      return new Point(x.testBit(0) == all.testBit(255) ? x : P.subtract(x).mod(P), y);
    }

    private static Optional<byte[]> encode(Point point) {
      if (point.equals(IDENTITY)) {
        return Optional.empty();
      }
      BigInteger encoded = point.x.testBit(0) ? point.y.setBit(255) : point.y;
      return Optional.of(Fixture.reversed(Fixture.bytes(encoded, 32)));
    }
  }
}
