/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.content;
import static com.spatium.ecmath.Fixture.curve;
import static com.spatium.ecmath.Fixture.encode;
import static com.spatium.ecmath.Fixture.hex;
import static com.spatium.ecmath.Fixture.scalar;
import static com.spatium.ecmath.Fixture.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.Fixture.Scope;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Scalars and points of both groups against BigInteger, BouncyCastle and the affine addition law;
 * edges.
 */
class CurveTest {

  /**
   * 256-bit numbers, with the edges of what can go wrong; {@link #below} brings them below an
   * order.
   */
  @Provide
  Arbitrary<BigInteger> numbers() {
    return Arbitraries.oneOf(
        Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.TWO.pow(256)),
        Arbitraries.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.TWO,
            ECMATH.secp256k1().order().subtract(BigInteger.TWO),
            ECMATH.secp256k1().order().shiftRight(1),
            ECMATH.ed25519().order().subtract(BigInteger.TWO),
            ECMATH.ed25519().order().shiftRight(1),
            BigInteger.TWO.pow(128),
            BigInteger.TWO.pow(128).subtract(BigInteger.ONE)));
  }

  /** In [1, order). */
  private static BigInteger below(Curve curve, BigInteger number) {
    return number.mod(curve.order().subtract(BigInteger.ONE)).add(BigInteger.ONE);
  }

  @Property
  void scalarArithmeticAgreesWithBigInteger(
      @ForAll Curve.Id id,
      @ForAll("numbers") BigInteger first,
      @ForAll("numbers") BigInteger second,
      @ForAll("numbers") BigInteger third) {
    Curve curve = curve(id);
    BigInteger q = curve.order();
    BigInteger a = below(curve, first);
    BigInteger b = below(curve, second);
    BigInteger e = third.mod(q);
    try (Scope s = new Scope()) {
      SecretScalar sa = s.add(scalar(curve, a));
      SecretScalar sb = s.add(scalar(curve, b));
      assertEquals(a.add(b).mod(q), value(curve, s.add(curve.add(sa, sb))));
      assertEquals(a.subtract(b).mod(q), value(curve, s.add(curve.sub(sa, sb))));
      assertEquals(a.multiply(b).mod(q), value(curve, s.add(curve.mul(sa, sb))));
      assertEquals(a.modInverse(q), value(curve, s.add(curve.inverse(sa))));
      assertArrayEquals(
          encode(curve, a.add(e.multiply(b)).mod(q)), curve.response(sa, encode(curve, e), sb));
    }
  }

  @Property
  void multiplesOfTheGeneratorAndOfAnyPointAgreeWithTheReference(
      @ForAll Curve.Id id,
      @ForAll("numbers") BigInteger first,
      @ForAll("numbers") BigInteger second) {
    Curve curve = curve(id);
    ReferenceGroup reference = ReferenceGroup.of(id);
    BigInteger a = below(curve, first);
    BigInteger b = below(curve, second);
    try (Scope s = new Scope()) {
      byte[] point = curve.mulBase(s.add(scalar(curve, a)));
      assertArrayEquals(reference.mul(curve.generator(), a).orElseThrow(), point);
      SecretScalar sb = s.add(scalar(curve, b));
      byte[] product = curve.mul(point, sb);
      assertArrayEquals(reference.mul(point, b).orElseThrow(), product);
      assertArrayEquals(product, content(s.add(curve.dh(point, sb))));
      assertTrue(curve.check(point, product, curve.generator()));
    }
  }

  @Property
  void linearCombinationsAgreeWithTheReference(
      @ForAll Curve.Id id,
      @ForAll("numbers") BigInteger base,
      @ForAll @Size(max = 4) List<@From("numbers") BigInteger> factors) {
    Curve curve = curve(id);
    ReferenceGroup reference = ReferenceGroup.of(id);
    BigInteger b = base.mod(curve.order());
    Optional<byte[]> expected = reference.mul(curve.generator(), b);
    byte[][] scalars = new byte[factors.size()][];
    byte[][] points = new byte[factors.size()][];
    for (int i = 0; i < points.length; i++) {
      BigInteger k = factors.get(i).mod(curve.order());
      scalars[i] = encode(curve, k);
      points[i] =
          reference
              .mul(curve.generator(), below(curve, factors.get(i).shiftRight(3)))
              .orElseThrow();
      expected = reference.add(expected, reference.mul(points[i], k));
    }
    Optional<byte[]> sum = curve.linear(encode(curve, b), scalars, points);
    assertEquals(expected.map(Fixture::hex), sum.map(Fixture::hex));
  }

  @ParameterizedTest
  @EnumSource
  void batchesGiveWhatSingleOperationsGive(Curve.Id id) {
    Curve curve = curve(id);
    try (Scope s = new Scope()) {
      List<SecretScalar> scalars = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        scalars.add(s.add(curve.random()));
      }
      byte[][] points = curve.mulBase(scalars);
      byte[][] products = curve.mul(points, scalars);
      for (int i = 0; i < 9; i++) {
        assertArrayEquals(curve.mulBase(scalars.get(i)), points[i]);
        assertArrayEquals(curve.mul(points[i], scalars.get(i)), products[i]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSumThatIsTheIdentityIsEmptyAndAProductIsAnError(Curve.Id id) {
    Curve curve = curve(id);
    BigInteger minusOne = curve.order().subtract(BigInteger.ONE);
    byte[][] generator = {curve.generator()};
    assertEquals(
        Optional.empty(),
        curve.linear(
            encode(curve, BigInteger.ONE), new byte[][] {encode(curve, minusOne)}, generator));
    assertEquals(Optional.empty(), curve.linear(null, new byte[][] {new byte[32]}, generator));
    assertEquals(Optional.empty(), curve.linear(null, new byte[0][], new byte[0][]));
    try (SecretScalar zero = scalar(curve, BigInteger.ZERO)) {
      assertError(EcError.IDENTITY, () -> curve.mulBase(zero));
      assertError(EcError.IDENTITY, () -> curve.mul(curve.generator(), zero));
      assertError(EcError.IDENTITY, () -> curve.dh(curve.generator(), zero));
      assertError(EcError.ZERO, () -> curve.inverse(zero));
    }
  }

  @ParameterizedTest
  @EnumSource
  void scalarsAtTheEdgesOfTheirRange(Curve.Id id) {
    Curve curve = curve(id);
    BigInteger q = curve.order();
    BigInteger top = q.subtract(BigInteger.ONE);
    try (Scope s = new Scope()) {
      // public operands: [0, q)
      assertEquals(BigInteger.ZERO, value(curve, s.add(scalar(curve, BigInteger.ZERO))));
      assertEquals(top, value(curve, s.add(scalar(curve, top))));
      assertError(EcError.RANGE, () -> scalar(curve, q));
      assertError(EcError.RANGE, () -> curve.fromPublic(allOnes(32)));
      // blobs: [1, q)
      SecretBlob one = s.add(ECMATH.vault().fromPublic(encode(curve, BigInteger.ONE)));
      assertArrayEquals(curve.generator(), curve.mulBase(s.add(curve.fromBlob(one))));
      for (byte[] outside : new byte[][] {new byte[32], encode(curve, q), allOnes(32)}) {
        SecretBlob blob = s.add(ECMATH.vault().fromPublic(outside));
        assertError(EcError.RANGE, () -> curve.fromBlob(blob));
      }
      // challenges: [0, q)
      SecretScalar x = s.add(curve.random());
      assertError(EcError.RANGE, () -> curve.response(x, encode(curve, q), x));
      assertError(
          EcError.RANGE, () -> curve.linear(encode(curve, q), new byte[0][], new byte[0][]));
      // (q-1)·G + 1·G = identity; (q-1)(q-1) = 1
      SecretScalar last = s.add(scalar(curve, top));
      assertEquals(BigInteger.ONE, value(curve, s.add(curve.mul(last, last))));
      assertEquals(top, value(curve, s.add(curve.inverse(last))));
      assertEquals(BigInteger.ZERO, value(curve, s.add(curve.sub(last, last))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void wideReductionAgreesWithBigInteger(Curve.Id id) {
    Curve curve = curve(id);
    byte[] allOnes = allOnes(64);
    byte[] mixed = new byte[64];
    for (int i = 0; i < 64; i++) {
      mixed[i] = (byte) (i * 37 + 11);
    }
    for (byte[] wide : List.of(allOnes, mixed)) {
      BigInteger number = Fixture.number(id == Curve.Id.ED25519 ? Fixture.reversed(wide) : wide);
      try (SecretBlob blob = ECMATH.vault().fromPublic(wide);
          SecretScalar reduced = curve.fromWide(blob)) {
        assertEquals(number.mod(curve.order()), value(curve, reduced));
      }
    }
    try (SecretBlob zero = ECMATH.vault().blob(64);
        SecretBlob order = ECMATH.vault().fromPublic(wideOrder(curve));
        SecretBlob tooShort = ECMATH.vault().blob(63)) {
      assertError(EcError.ZERO, () -> curve.fromWide(zero));
      assertError(EcError.ZERO, () -> curve.fromWide(order));
      assertThrows(InvalidInputException.class, () -> curve.fromWide(tooShort));
    }
  }

  @Property(tries = 30)
  void integersReduceModuloTheOrder(
      @ForAll Curve.Id id, @ForAll("numbers") BigInteger a, @ForAll("numbers") BigInteger b) {
    Curve curve = curve(id);
    try (Scope s = new Scope()) {
      SecretInteger ia = s.add(Fixture.integer(a));
      SecretInteger ib = s.add(Fixture.integer(b));
      SecretInteger difference = s.add(ECMATH.integers().sub(ia, ib));
      SecretInteger product =
          s.add(ECMATH.integers().mul(difference, s.add(ECMATH.integers().mul(ia, ib))));
      BigInteger expected = a.subtract(b).multiply(a).multiply(b);
      assertEquals(expected.mod(curve.order()), value(curve, s.add(curve.fromInteger(product))));
      assertEquals(
          a.subtract(b).mod(curve.order()), value(curve, s.add(curve.fromInteger(difference))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void noncesDifferEachTimeAndTakeAFragmentOfEitherCurve(Curve.Id id) {
    Curve curve = curve(id);
    byte[] prefix = {1};
    byte[] suffix = new byte[200];
    try (Scope s = new Scope()) {
      SecretBlob token = s.add(ECMATH.vault().random(32, null));
      SecretScalar k1 = s.add(ECMATH.secp256k1().random());
      SecretScalar ed = s.add(ECMATH.ed25519().random());
      SecretScalar a = s.add(curve.nonce(token, prefix, k1, suffix));
      SecretScalar b = s.add(curve.nonce(token, prefix, k1, suffix));
      SecretScalar c = s.add(curve.nonce(null, new byte[0], ed, new byte[0]));
      assertFalse(ECMATH.vault().equal(a, b));
      assertFalse(ECMATH.vault().equal(a, c));
      assertTrue(curve.check(curve.mulBase(a), curve.mulBase(c)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aScalarOfTheOtherCurveIsRefused(Curve.Id id) {
    Curve curve = curve(id);
    Curve other = curve(id == Curve.Id.SECP256K1 ? Curve.Id.ED25519 : Curve.Id.SECP256K1);
    try (SecretScalar mine = curve.random();
        SecretScalar foreign = other.random()) {
      assertError(EcError.KIND, () -> curve.mulBase(foreign));
      assertError(EcError.KIND, () -> curve.mul(curve.generator(), foreign));
      assertError(EcError.KIND, () -> curve.add(mine, foreign));
      assertError(EcError.KIND, () -> ECMATH.vault().equal(mine, foreign));
    }
  }

  @ParameterizedTest
  @EnumSource
  void wrongLengthsNeverReachC(Curve.Id id) {
    Curve curve = curve(id);
    byte[] shortPoint = new byte[curve.pointLength() - 1];
    try (SecretScalar k = curve.random()) {
      assertError(EcError.POINT, () -> curve.mul(shortPoint, k));
      assertError(EcError.POINT, () -> curve.dh(new byte[curve.pointLength() + 1], k));
      assertFalse(curve.check(shortPoint));
      assertError(EcError.ARGUMENT, () -> curve.fromPublic(new byte[31]));
      assertError(EcError.ARGUMENT, () -> curve.response(k, new byte[33], k));
      assertError(EcError.ARGUMENT, () -> curve.mulBase(List.of()));
      assertError(
          EcError.ARGUMENT, () -> curve.mul(new byte[][] {curve.generator()}, List.of(k, k)));
      assertError(EcError.ARGUMENT, () -> curve.linear(new byte[31], new byte[0][], new byte[0][]));
      assertError(EcError.ARGUMENT, () -> curve.linear(null, new byte[1][32], new byte[0][]));
      assertError(
          EcError.POINT, () -> curve.linear(null, new byte[1][32], new byte[][] {shortPoint}));
    }
  }

  @Test
  void theSmallOrderPointsOfTheseTestsHaveTheOrderTheySay() {
    ReferenceGroup reference = ReferenceGroup.of(Curve.Id.ED25519);
    InvalidPoints.of(Curve.Id.ED25519)
        .forEach(
            (name, point) -> {
              if (name.startsWith("order ")) {
                int order = name.charAt("order ".length()) - '0';
                assertEquals(
                    Optional.empty(), reference.mul(point, BigInteger.valueOf(order)), name);
                assertTrue(reference.mul(point, BigInteger.valueOf(order / 2)).isPresent(), name);
              }
            });
  }

  @ParameterizedTest
  @EnumSource
  void invalidPointsAreRefusedEverywhere(Curve.Id id) {
    Curve curve = curve(id);
    try (SecretScalar k = curve.random()) {
      for (String name : InvalidPoints.of(id).keySet()) {
        byte[] point = InvalidPoints.of(id).get(name);
        assertFalse(curve.check(point), name);
        assertFalse(curve.check(curve.generator(), point), name);
        assertError(EcError.POINT, () -> curve.mul(point, k));
        assertError(EcError.POINT, () -> curve.dh(point, k));
        assertError(
            EcError.POINT,
            () ->
                curve.linear(
                    null, new byte[][] {encode(curve, BigInteger.ONE)}, new byte[][] {point}));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomScalarsAreInRangeAndDistinct(Curve.Id id) {
    Curve curve = curve(id);
    List<BigInteger> seen = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      try (SecretScalar k = curve.random()) {
        BigInteger value = value(curve, k);
        assertTrue(value.signum() > 0 && value.compareTo(curve.order()) < 0);
        assertFalse(seen.contains(value));
        seen.add(value);
      }
    }
  }

  private static byte[] allOnes(int length) {
    return hex("ff".repeat(length));
  }

  private static byte[] wideOrder(Curve curve) {
    byte[] order = encode(curve, curve.order());
    return curve.id() == Curve.Id.ED25519
        ? Fixture.concat(order, new byte[32])
        : Fixture.concat(new byte[32], order);
  }

  static void assertError(EcError expected, Executable action) {
    assertEquals(expected, assertThrows(InvalidInputException.class, action).error());
  }
}
