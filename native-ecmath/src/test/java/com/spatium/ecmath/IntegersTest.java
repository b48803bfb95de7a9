/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.CurveTest.assertError;
import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.bytes;
import static com.spatium.ecmath.Fixture.integer;
import static com.spatium.ecmath.Fixture.number;
import static com.spatium.ecmath.Fixture.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.Fixture.Scope;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Secret integers against BigInteger. */
class IntegersTest {
  private static final Integers INTEGERS = ECMATH.integers();

  @Property
  void arithmeticAgreesWithBigInteger(
      @ForAll @Size(min = 1, max = 200) byte[] first,
      @ForAll @Size(min = 1, max = 200) byte[] second,
      @ForAll @Size(min = 1, max = 32) byte[] e) {
    BigInteger a = number(first);
    BigInteger b = number(second);
    try (Scope s = new Scope()) {
      SecretInteger sa = s.add(INTEGERS.fromPublic(a, first.length));
      SecretInteger sb = s.add(INTEGERS.fromPublic(b, second.length));
      assertEquals(a.add(b), value(s.add(INTEGERS.add(sa, sb))));
      SecretInteger difference = s.add(INTEGERS.sub(sa, sb));
      assertEquals(a.subtract(b), value(difference));
      assertEquals(a.multiply(b), value(s.add(INTEGERS.mul(sa, sb))));
      assertEquals(a.subtract(b).multiply(b), value(s.add(INTEGERS.mul(difference, sb))));
      assertEquals(a.subtract(b).pow(2), value(s.add(INTEGERS.mul(difference, difference))));
      BigInteger z = a.add(number(e).multiply(b));
      assertArrayEquals(bytes(z, 240), INTEGERS.response(sa, e, sb, 240));
      assertEquals(a.equals(b), ECMATH.vault().equal(sa, sb));
    }
  }

  @Property
  void aResponseThatIsNegativeOrDoesNotFitIsAnError(
      @ForAll @BigRange(min = "1") BigInteger x,
      @ForAll @BigRange(min = "1", max = "255") BigInteger e) {
    try (Scope s = new Scope()) {
      SecretInteger sx = s.add(integer(x));
      SecretInteger minus = s.add(INTEGERS.sub(s.add(integer(BigInteger.ZERO)), sx));
      SecretInteger zero = s.add(integer(BigInteger.ZERO));
      assertError(EcError.RANGE, () -> INTEGERS.response(zero, bytes(e, 1), minus, 64));
      BigInteger z = x.add(e.multiply(x));
      int length = (z.bitLength() + 7) / 8;
      assertArrayEquals(bytes(z, length), INTEGERS.response(sx, bytes(e, 1), sx, length));
      if (length > 1) {
        assertError(EcError.RANGE, () -> INTEGERS.response(sx, bytes(e, 1), sx, length - 1));
      }
      // e·(-x) + (e·x) = 0 fits everywhere
      SecretInteger product = s.add(INTEGERS.mul(s.add(integer(e)), sx));
      assertArrayEquals(new byte[1], INTEGERS.response(product, bytes(e, 1), minus, 1));
    }
  }

  @Test
  void edges() {
    try (Scope s = new Scope()) {
      SecretInteger zero = s.add(integer(BigInteger.ZERO));
      SecretInteger one = s.add(integer(BigInteger.ONE));
      SecretInteger minusOne = s.add(INTEGERS.sub(zero, one));
      assertEquals(BigInteger.ONE.negate(), value(minusOne));
      assertEquals(BigInteger.ZERO, value(s.add(INTEGERS.add(one, minusOne))));
      SecretInteger minusZero = s.add(INTEGERS.mul(zero, minusOne));
      assertEquals(BigInteger.ZERO, value(minusZero));
      assertTrue(ECMATH.vault().equal(zero, minusZero));
      assertFalse(ECMATH.vault().equal(one, minusOne));
      assertTrue(ECMATH.vault().equal(one, s.add(INTEGERS.fromPublic(BigInteger.ONE, 300))));
      BigInteger top = BigInteger.ONE.shiftLeft(8 * 512).subtract(BigInteger.ONE);
      SecretInteger wide = s.add(INTEGERS.fromPublic(top, 512));
      assertEquals(BigInteger.ONE.shiftLeft(8 * 512), value(s.add(INTEGERS.add(wide, one))));
      // 8192 bits are the most: the product of two such fits, one more word does not
      SecretInteger product = s.add(INTEGERS.mul(wide, wide));
      assertEquals(number(INTEGERS.response(product, new byte[1], one, 1024)), top.multiply(top));
      assertError(EcError.ARGUMENT, () -> INTEGERS.fromPublic(BigInteger.ONE, 1025));
      assertError(EcError.RANGE, () -> INTEGERS.fromPublic(BigInteger.valueOf(256), 1));
      assertError(EcError.RANGE, () -> INTEGERS.fromPublic(BigInteger.ONE.negate(), 1));
      assertError(EcError.ARGUMENT, () -> INTEGERS.response(one, new byte[0], one, 8));
      assertError(EcError.ARGUMENT, () -> INTEGERS.response(one, new byte[33], one, 8));
      assertError(EcError.ARGUMENT, () -> INTEGERS.response(one, new byte[1], one, 0));
    }
  }

  @Test
  void randomNumbersAreBelowTheirBoundAndReachAllOfIt() {
    assertError(EcError.RANGE, () -> INTEGERS.randomBelow(BigInteger.ZERO));
    assertError(EcError.RANGE, () -> INTEGERS.randomBelow(BigInteger.ONE.negate()));
    try (SecretInteger onlyZero = INTEGERS.randomBelow(BigInteger.ONE)) {
      assertEquals(BigInteger.ZERO, value(onlyZero));
    }
    Set<BigInteger> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      try (SecretInteger x = INTEGERS.randomBelow(BigInteger.valueOf(3))) {
        seen.add(value(x));
      }
    }
    assertEquals(Set.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TWO), seen);
    BigInteger bound = BigInteger.ONE.shiftLeft(2048).add(BigInteger.ONE);
    try (SecretInteger x = INTEGERS.randomBelow(bound);
        SecretInteger y = INTEGERS.randomBelow(bound)) {
      assertTrue(value(x).compareTo(bound) < 0);
      assertFalse(ECMATH.vault().equal(x, y));
    }
  }

  @Test
  void aScalarAsIntegerIsItsRepresentative() {
    for (Curve.Id id : Curve.Id.values()) {
      Curve curve = Fixture.curve(id);
      BigInteger top = curve.order().subtract(BigInteger.ONE);
      try (SecretScalar k = Fixture.scalar(curve, top);
          SecretInteger x = INTEGERS.fromScalar(k)) {
        assertEquals(top, value(x));
      }
    }
  }
}
