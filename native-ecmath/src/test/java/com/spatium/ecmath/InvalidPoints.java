/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.Fixture.bytes;
import static com.spatium.ecmath.Fixture.concat;
import static com.spatium.ecmath.Fixture.hex;
import static com.spatium.ecmath.Fixture.reversed;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Byte strings of the right length that are not points of the prime-order group, each for its own
 * reason.
 */
final class InvalidPoints {
  private static final BigInteger SECP_P =
      BigInteger.TWO.pow(256).subtract(BigInteger.TWO.pow(32)).subtract(BigInteger.valueOf(977));
  private static final BigInteger ED_P = ReferenceGroup.AffineEdwards25519.P;

  private InvalidPoints() {}

  static Map<String, byte[]> of(Curve.Id id) {
    return id == Curve.Id.SECP256K1 ? secp256k1() : ed25519();
  }

  private static Map<String, byte[]> secp256k1() {
    byte[] g = Fixture.ECMATH.secp256k1().generator();
    Map<String, byte[]> points = new LinkedHashMap<>();
    points.put("all zero", new byte[33]);
    for (int prefix : new int[] {0, 1, 4, 5, 6, 0x82, 0xff}) {
      byte[] copy = g.clone();
      copy[0] = (byte) prefix;
      points.put("prefix " + prefix, copy);
    }
    points.put("x = p", concat(new byte[] {2}, bytes(SECP_P, 32)));
    // x = 1 is on the curve (1 + 7 = 8 is a square): p + 1 names the same point a second time
    points.put(
        "x = p + 1, not canonical", concat(new byte[] {2}, bytes(SECP_P.add(BigInteger.ONE), 32)));
    points.put("x = 2^256 - 1", concat(new byte[] {3}, hex("ff".repeat(32))));
    points.put("x = 5, no square", concat(new byte[] {2}, bytes(BigInteger.valueOf(5), 32)));
    points.put("x = 0, no square", concat(new byte[] {3}, new byte[32]));
    return points;
  }

  private static Map<String, byte[]> ed25519() {
    Map<String, byte[]> points = new LinkedHashMap<>();
    BigInteger signBit = BigInteger.ONE.shiftLeft(255);
    points.put("identity", little(BigInteger.ONE));
    points.put("identity with sign bit", little(BigInteger.ONE.or(signBit)));
    points.put("order 2", little(ED_P.subtract(BigInteger.ONE)));
    points.put("order 2 with sign bit", little(ED_P.subtract(BigInteger.ONE).or(signBit)));
    points.put("order 4", new byte[32]);
    points.put("order 4, other sign", little(signBit));
    // the four points of order 8; CurveTest computes that they are
    String order8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    points.put("order 8", hex(order8));
    points.put("order 8, -x", hex(order8.substring(0, 62) + "fa"));
    points.put(
        "order 8, -y", hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
    points.put(
        "order 8, -x, -y", hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"));
    points.put("y = p, not canonical", little(ED_P));
    points.put("y = p + 1, not canonical identity", little(ED_P.add(BigInteger.ONE)));
    points.put("y = 2^255 - 1, not canonical", little(signBit.subtract(BigInteger.ONE)));
    points.put("all ones", hex("ff".repeat(32)));
    points.put("y = 2, not on the curve", little(BigInteger.TWO));
    ReferenceGroup reference = ReferenceGroup.of(Curve.Id.ED25519);
    Optional<byte[]> generator = Optional.of(Fixture.ECMATH.ed25519().generator());
    points.put(
        "generator plus a point of order 8",
        reference.add(generator, Optional.of(hex(order8))).orElseThrow());
    points.put(
        "generator plus the point of order 2",
        reference.add(generator, Optional.of(points.get("order 2"))).orElseThrow());
    return points;
  }

  private static byte[] little(BigInteger y) {
    return reversed(bytes(y, 32));
  }
}
