/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.CurveTest.assertError;
import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.bytes;
import static com.spatium.ecmath.Fixture.number;
import static com.spatium.ecmath.Fixture.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Powers, products and checks modulo N and N² against BigInteger. */
class ModularTest {
  private static final Modular MODULAR = ECMATH.modular();

  /** Odd, top bit set; of any factorisation: arithmetic does not care. */
  private static BigInteger oddModulus(Random random, int length) {
    return new BigInteger(8 * length, random).setBit(0).setBit(8 * length - 1);
  }

  private static BigInteger below(BigInteger bound, Random random) {
    return new BigInteger(bound.bitLength() + 64, random).mod(bound);
  }

  /** Two primes of half the length with their two top bits set. */
  private static BigInteger product(Random random, int length) {
    return prime(random, 4 * length).multiply(prime(random, 4 * length));
  }

  private static BigInteger prime(Random random, int bits) {
    BigInteger p = new BigInteger(bits, random).setBit(bits - 1).setBit(bits - 2).setBit(0);
    while (!p.isProbablePrime(60)) {
      p = p.add(BigInteger.TWO);
    }
    return p;
  }

  /** The oracle: the product of the Legendre symbols. */
  @Property(tries = 60)
  void jacobiSymbolsAreProductsOfLegendreSymbols(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int words) {
    Random random = new Random(seed);
    int length = 16 * words;
    BigInteger p = prime(random, 4 * length);
    BigInteger q = prime(random, 4 * length);
    BigInteger n = p.multiply(q);
    List<BigInteger> elements =
        new ArrayList<>(List.of(BigInteger.ZERO, BigInteger.ONE, n.subtract(BigInteger.ONE), p));
    for (int i = 0; i < 8; i++) {
      elements.add(below(n, random));
    }
    byte[][] encoded =
        elements.stream().map(element -> bytes(element, length)).toArray(byte[][]::new);
    int[] symbols = MODULAR.jacobi(bytes(n, length), encoded);
    for (int i = 0; i < symbols.length; i++) {
      assertEquals(legendre(elements.get(i), p) * legendre(elements.get(i), q), symbols[i]);
    }
  }

  private static int legendre(BigInteger a, BigInteger p) {
    BigInteger power = a.modPow(p.shiftRight(1), p);
    return power.equals(p.subtract(BigInteger.ONE)) ? -1 : power.intValue();
  }

  @Test
  void jacobiRefusesWhatIsNoResidue() {
    byte[] n = bytes(oddModulus(new Random(5), 64), 64);
    assertError(EcError.RANGE, () -> MODULAR.jacobi(n, new byte[64], n));
    assertError(EcError.ARGUMENT, () -> MODULAR.jacobi(n, new byte[63]));
    assertError(EcError.ARGUMENT, () -> MODULAR.jacobi(n));
    assertError(EcError.MODULUS, () -> MODULAR.jacobi(new byte[64], new byte[64]));
    assertError(EcError.MODULUS, () -> MODULAR.jacobi(new byte[63], new byte[63]));
  }

  @Property
  void powersAndProductsAgreeWithBigInteger(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 24) int words,
      @ForAll @IntRange(min = 1, max = 2) int power,
      @ForAll @IntRange(min = 1, max = 4) int k) {
    Random random = new Random(seed);
    int length = 16 * words;
    BigInteger n = oddModulus(random, length);
    BigInteger m = n.pow(power);
    List<List<Term>> rows = new ArrayList<>();
    List<BigInteger> expected = new ArrayList<>();
    byte[][] residues = new byte[3][];
    BigInteger product = BigInteger.ONE;
    for (int i = 0; i < 3; i++) {
      List<Term> row = new ArrayList<>();
      BigInteger value = BigInteger.ONE;
      for (int j = 0; j < k; j++) {
        BigInteger base = edgeOr(random, m, below(m, random));
        byte[] exponent = new byte[1 + random.nextInt(40)];
        random.nextBytes(exponent);
        if (random.nextInt(8) == 0) {
          exponent = new byte[exponent.length]; // zero
        }
        row.add(new Term(bytes(base, power * length), exponent));
        value = value.multiply(base.modPow(number(exponent), m)).mod(m);
      }
      rows.add(row);
      expected.add(value);
      residues[i] = bytes(below(m, random), power * length);
      product = product.multiply(number(residues[i])).mod(m);
    }
    byte[] modulus = bytes(n, length);
    byte[][] powers = MODULAR.powVartime(modulus, power, rows);
    for (int i = 0; i < 3; i++) {
      assertEquals(expected.get(i), number(powers[i]));
      assertEquals(power * length, powers[i].length);
    }
    assertArrayEquals(
        powers[0], MODULAR.powVartime(modulus, power, rows.get(0).toArray(Term[]::new)));
    assertEquals(product, number(MODULAR.productVartime(modulus, power, residues)));
  }

  private static BigInteger edgeOr(Random random, BigInteger m, BigInteger otherwise) {
    return switch (random.nextInt(8)) {
      case 0 -> BigInteger.ZERO;
      case 1 -> BigInteger.ONE;
      case 2 -> m.subtract(BigInteger.ONE);
      default -> otherwise;
    };
  }

  @Property(tries = 30)
  void powersOfAFixedBaseAgreeWithBigInteger(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 24) int words,
      @ForAll @IntRange(min = 1, max = 20) int count) {
    Random random = new Random(seed);
    int length = 16 * words;
    BigInteger n = oddModulus(random, length);
    BigInteger base = edgeOr(random, n, below(n, random));
    byte[][] exponents = new byte[count][];
    for (int i = 0; i < count; i++) {
      exponents[i] = new byte[1 + random.nextInt(length)];
      random.nextBytes(exponents[i]);
    }
    byte[][] powers = MODULAR.powFixedVartime(bytes(n, length), bytes(base, length), exponents);
    for (int i = 0; i < count; i++) {
      assertEquals(base.modPow(number(exponents[i]), n), number(powers[i]));
    }
  }

  @Test
  void moduliAreAcceptedOnlyIfCompositeWithoutSmallFactors() {
    Random random = new Random(1);
    for (int length : new int[] {32, 48, 128}) {
      BigInteger n = product(random, length);
      assertTrue(MODULAR.checkModulus(bytes(n, length)), "product of two primes");
      assertFalse(MODULAR.checkModulus(bytes(n.clearBit(0), length)), "even");
      assertFalse(MODULAR.checkModulus(bytes(n.clearBit(8 * length - 1), length)), "top bit");
      assertFalse(MODULAR.checkModulus(bytes(prime(random, 8 * length), length)), "prime");
      // the largest prime below 2^13, and the smallest odd one, as a factor
      for (int small : new int[] {3, 8191}) {
        BigInteger p = BigInteger.valueOf(small);
        int bits = 8 * length - p.bitLength();
        BigInteger multiple = p.multiply(prime(random, bits));
        if (multiple.bitLength() == 8 * length) {
          assertFalse(MODULAR.checkModulus(bytes(multiple, length)), "factor " + small);
        }
      }
      // the first prime above 2^13 is allowed
      BigInteger p = BigInteger.valueOf(8209);
      BigInteger cofactor =
          BigInteger.ONE
              .shiftLeft(8 * length)
              .divide(p)
              .subtract(BigInteger.valueOf(1000))
              .setBit(0);
      while (!cofactor.isProbablePrime(60)) {
        cofactor = cofactor.subtract(BigInteger.TWO);
      }
      assertTrue(MODULAR.checkModulus(bytes(p.multiply(cofactor), length)), "factor 8209");
    }
    for (int length : new int[] {0, 1, 16, 31, 33, 40, 385, 400}) {
      byte[] n = new byte[length];
      Arrays.fill(n, (byte) 0xff);
      assertFalse(MODULAR.checkModulus(n), "length " + length);
    }
  }

  @Test
  void unitsAreCoprimeAndInRange() {
    Random random = new Random(2);
    BigInteger p = prime(random, 256);
    BigInteger q = prime(random, 256);
    BigInteger n = p.multiply(q);
    byte[] modulus = bytes(n, 64);
    for (int power = 1; power <= 2; power++) {
      BigInteger m = n.pow(power);
      int length = 64 * power;
      assertTrue(
          MODULAR.areUnits(
              modulus,
              power,
              bytes(BigInteger.ONE, length),
              bytes(m.subtract(BigInteger.ONE), length)));
      assertTrue(MODULAR.areUnits(modulus, power, bytes(BigInteger.TWO, length)));
      byte[] ok = bytes(below(m, random), length);
      for (BigInteger bad :
          List.of(
              BigInteger.ZERO,
              m,
              m.add(BigInteger.ONE),
              p,
              q,
              p.multiply(BigInteger.valueOf(12345)),
              m.subtract(q))) {
        if (bad.bitLength() <= 8 * length) {
          assertFalse(
              MODULAR.areUnits(modulus, power, bytes(bad, length)), "power " + power + ": " + bad);
          assertFalse(MODULAR.areUnits(modulus, power, ok, bytes(bad, length), ok));
        }
      }
      assertFalse(MODULAR.areUnits(modulus, power, new byte[length - 1]));
      assertFalse(MODULAR.areUnits(modulus, power, new byte[length + 1]));
    }
    assertFalse(MODULAR.areUnits(modulus, 2, bytes(n, 128)));
  }

  @Property(tries = 30)
  void unitResponsesAgreeWithBigInteger(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 24) int words) {
    Random random = new Random(seed);
    BigInteger n = oddModulus(random, 16 * words);
    byte[] modulus = bytes(n, 16 * words);
    byte[] e = new byte[1 + random.nextInt(32)];
    random.nextBytes(e);
    try (SecretInteger tau = MODULAR.unitRandom(modulus);
        SecretInteger sigma = MODULAR.unitRandom(modulus);
        SecretInteger one = Fixture.integer(BigInteger.ONE)) {
      BigInteger t = value(tau);
      assertTrue(t.signum() > 0 && t.compareTo(n) < 0);
      BigInteger expected = t.multiply(value(sigma).modPow(number(e), n)).mod(n);
      assertEquals(expected, number(MODULAR.unitResponse(modulus, tau, e, sigma)));
      assertEquals(t, number(MODULAR.unitResponse(modulus, tau, e, one)));
    }
  }

  @Test
  void aUnitResponseRefusesSecretsOutsideTheirRange() {
    BigInteger n = oddModulus(new Random(3), 32);
    byte[] modulus = bytes(n, 32);
    try (SecretInteger ok = Fixture.integer(BigInteger.TWO);
        SecretInteger tooLarge = Fixture.integer(n);
        SecretInteger zero = Fixture.integer(BigInteger.ZERO);
        SecretInteger negative = ECMATH.integers().sub(zero, ok)) {
      assertError(EcError.RANGE, () -> MODULAR.unitResponse(modulus, tooLarge, new byte[1], ok));
      assertError(EcError.RANGE, () -> MODULAR.unitResponse(modulus, ok, new byte[1], tooLarge));
      assertError(EcError.RANGE, () -> MODULAR.unitResponse(modulus, negative, new byte[1], ok));
      assertError(EcError.RANGE, () -> MODULAR.unitResponse(modulus, ok, new byte[1], negative));
      assertArrayEquals(new byte[32], MODULAR.unitResponse(modulus, zero, new byte[] {5}, ok));
    }
  }

  @Test
  void inputsOutsideTheContractNeverReachTheArithmetic() {
    byte[] n = bytes(oddModulus(new Random(4), 32), 32);
    byte[] even = n.clone();
    even[31] &= (byte) 0xfe;
    byte[] lowTop = n.clone();
    lowTop[0] &= 0x7f;
    Term term = new Term(new byte[32], new byte[1]);
    assertError(EcError.MODULUS, () -> MODULAR.powVartime(new byte[40], 1, term));
    assertError(EcError.MODULUS, () -> MODULAR.powVartime(even, 1, term));
    assertError(EcError.MODULUS, () -> MODULAR.powVartime(lowTop, 1, term));
    assertError(EcError.ARGUMENT, () -> MODULAR.powVartime(n, 3, term));
    assertError(EcError.ARGUMENT, () -> MODULAR.powVartime(n, 2, term));
    assertError(EcError.ARGUMENT, () -> MODULAR.powVartime(n, 1));
    assertError(EcError.ARGUMENT, () -> MODULAR.powVartime(n, 1, term, term, term, term, term));
    assertError(
        EcError.ARGUMENT,
        () -> MODULAR.powVartime(n, 1, List.of(List.of(term), List.of(term, term))));
    assertError(
        EcError.ARGUMENT, () -> MODULAR.powVartime(n, 1, new Term(new byte[32], new byte[0])));
    assertError(EcError.ARGUMENT, () -> MODULAR.powFixedVartime(n, new byte[31], new byte[1]));
    assertError(EcError.ARGUMENT, () -> MODULAR.powFixedVartime(n, new byte[32]));
    assertError(EcError.ARGUMENT, () -> MODULAR.productVartime(n, 1));
    assertError(EcError.ARGUMENT, () -> MODULAR.productVartime(n, 2, new byte[32]));
    assertError(EcError.MODULUS, () -> MODULAR.unitRandom(new byte[31]));
  }
}
