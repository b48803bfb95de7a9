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
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.Fixture.Scope;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ring-Pedersen keys, commitments and {@code prm} against BigInteger, with keys of 512 bits. */
class RingPedersenTest {
  private static final RingPedersen RING_PEDERSEN = ECMATH.ringPedersen();
  private static final int LENGTH = 64;

  private static final RingPedersenKey KEY = RING_PEDERSEN.generate(8 * LENGTH, progress -> {});
  private static final RingPedersenParameters PARAMETERS = RING_PEDERSEN.parameters(KEY);
  private static final BigInteger N = number(PARAMETERS.n());

  private static byte[][] bases() {
    return new byte[][] {PARAMETERS.s1(), PARAMETERS.s2(), PARAMETERS.t()};
  }

  @Test
  void theParametersAreUnitsOfARightSizedCompositeAndDiffer() {
    assertEquals(8 * LENGTH, N.bitLength());
    assertEquals(LENGTH, KEY.modulusLength());
    assertTrue(ECMATH.modular().checkModulus(PARAMETERS.n()));
    assertTrue(ECMATH.modular().areUnits(PARAMETERS.n(), 1, bases()));
    assertNotEquals(number(PARAMETERS.s1()), number(PARAMETERS.s2()));
    assertNotEquals(number(PARAMETERS.s1()), number(PARAMETERS.t()));
    assertEquals(PARAMETERS, RING_PEDERSEN.parameters(KEY));
  }

  @Property(tries = 30)
  void commitmentsAgreeWithBigInteger(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int k) {
    Random random = new Random(seed);
    byte[][] bases = new byte[k][];
    System.arraycopy(bases(), 0, bases, 0, k);
    try (Scope s = new Scope()) {
      List<List<SecretInteger>> rows = new ArrayList<>();
      List<BigInteger> expected = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        List<SecretInteger> row = new ArrayList<>();
        BigInteger product = BigInteger.ONE;
        for (int j = 0; j < k; j++) {
          BigInteger exponent =
              random.nextInt(6) == 0
                  ? BigInteger.ZERO
                  : new BigInteger(8 * (1 + random.nextInt(130)), random);
          row.add(s.add(integer(exponent)));
          product = product.multiply(number(bases[j]).modPow(exponent, N)).mod(N);
        }
        rows.add(row);
        expected.add(product);
      }
      byte[][] commitments = RING_PEDERSEN.commit(PARAMETERS.n(), bases, rows);
      for (int i = 0; i < 3; i++) {
        assertEquals(expected.get(i), number(commitments[i]));
      }
      assertArrayEquals(
          commitments[0],
          RING_PEDERSEN.commit(PARAMETERS.n(), bases, rows.get(0).toArray(SecretInteger[]::new)));
    }
  }

  @Test
  void commitmentsRefuseWhatIsOutsideTheContract() {
    try (SecretInteger one = integer(BigInteger.ONE);
        SecretInteger zero = integer(BigInteger.ZERO);
        SecretInteger negative = ECMATH.integers().sub(zero, one)) {
      byte[] n = PARAMETERS.n();
      byte[][] base = {PARAMETERS.t()};
      assertError(EcError.RANGE, () -> RING_PEDERSEN.commit(n, base, negative));
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.commit(n, base, one, one));
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.commit(n, base));
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.commit(n, new byte[0][]));
      assertError(
          EcError.ARGUMENT, () -> RING_PEDERSEN.commit(n, new byte[4][LENGTH], one, one, one, one));
      assertError(
          EcError.ARGUMENT,
          () -> RING_PEDERSEN.commit(n, new byte[][] {new byte[LENGTH - 1]}, one));
      assertError(EcError.MODULUS, () -> RING_PEDERSEN.commit(new byte[LENGTH - 1], base, one));
    }
  }

  @Property(tries = 30)
  void fixedBasesAgreeWithBigInteger(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int k) {
    Random random = new Random(seed);
    byte[][] bases = new byte[k][];
    System.arraycopy(bases(), 0, bases, 0, k);
    int[] bits = random.ints(k, 1, 1200).toArray();
    int rows = 1 + random.nextInt(10);
    boolean[] absent = new boolean[k];
    for (int j = 0; j < k; j++) {
      absent[j] = random.nextInt(4) == 0;
    }
    try (Scope s = new Scope()) {
      FixedBases fixed = s.add(RING_PEDERSEN.fixedBases(PARAMETERS.n(), bases, bits));
      assertEquals(k, fixed.count());
      assertEquals(LENGTH, fixed.modulusLength());
      List<List<@Nullable SecretInteger>> exponents = new ArrayList<>();
      List<byte[][]> publicExponents = new ArrayList<>();
      List<SecretInteger> blinds = new ArrayList<>();
      List<BigInteger> expected = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        List<@Nullable SecretInteger> row = new ArrayList<>();
        byte[][] publicRow = new byte[k][];
        BigInteger product = BigInteger.ONE;
        for (int j = 0; j < k; j++) {
          BigInteger exponent = new BigInteger(random.nextInt(bits[j] + 1), random);
          row.add(absent[j] ? null : s.add(integer(exponent)));
          publicRow[j] = absent[j] ? new byte[0] : exponent.toByteArray();
          if (!absent[j]) {
            product = product.multiply(number(bases[j]).modPow(exponent, N)).mod(N);
          }
        }
        exponents.add(row);
        publicExponents.add(publicRow);
        blinds.add(s.add(ECMATH.modular().unitRandom(PARAMETERS.n())));
        expected.add(product);
      }
      byte[][] plain = RING_PEDERSEN.commit(fixed, exponents, null);
      byte[][] blinded = RING_PEDERSEN.commit(fixed, exponents, blinds);
      byte[][] fromPublic = RING_PEDERSEN.powVartime(fixed, publicExponents);
      for (int i = 0; i < rows; i++) {
        assertEquals(expected.get(i), number(plain[i]));
        assertEquals(expected.get(i), number(fromPublic[i]));
        assertEquals(expected.get(i).multiply(value(blinds.get(i))).mod(N), number(blinded[i]));
        assertArrayEquals(
            blinded[i],
            RING_PEDERSEN.commit(
                fixed, blinds.get(i), exponents.get(i).toArray(new @Nullable SecretInteger[0])));
      }
    }
  }

  @Test
  void blindersArePowersOfTheirSecretsAndDiffer() {
    BigInteger bound = BigInteger.TWO.pow(800).add(BigInteger.ONE);
    byte[][] bases = {PARAMETERS.s1(), PARAMETERS.t()};
    try (FixedBases fixed = RING_PEDERSEN.fixedBases(PARAMETERS.n(), bases, 256, 801)) {
      List<Blinder> blinders = RING_PEDERSEN.blinders(fixed, 1, bound, 19);
      Set<BigInteger> secrets = new HashSet<>();
      for (Blinder blinder : blinders) {
        BigInteger mu = value(blinder.secret());
        assertTrue(mu.compareTo(bound) < 0 && secrets.add(mu));
        assertEquals(number(PARAMETERS.t()).modPow(mu, N), value(blinder.power()));
        blinder.close();
        assertTrue(blinder.secret().isClosed() && blinder.power().isClosed());
      }
      assertEquals(19, blinders.size());
      assertError(EcError.RANGE, () -> RING_PEDERSEN.blinders(fixed, 0, bound, 1));
      assertError(EcError.RANGE, () -> RING_PEDERSEN.blinders(fixed, 1, BigInteger.ZERO, 1));
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.blinders(fixed, 2, bound, 1));
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.blinders(fixed, 1, bound, 0));
    }
  }

  @Test
  void fixedBasesRefuseWhatIsOutsideTheContract() {
    byte[] n = PARAMETERS.n();
    byte[][] two = {PARAMETERS.s1(), PARAMETERS.t()};
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.fixedBases(n, two, 1));
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.fixedBases(n, two, 1, 8193));
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.fixedBases(n, two, 0, 1));
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.fixedBases(n, new byte[0][]));
    assertError(EcError.RANGE, () -> RING_PEDERSEN.fixedBases(n, new byte[][] {n}, 1));
    FixedBases fixed = RING_PEDERSEN.fixedBases(n, two, 8, 16);
    try (SecretInteger one = integer(BigInteger.ONE);
        SecretInteger zero = integer(BigInteger.ZERO);
        SecretInteger wide = integer(BigInteger.valueOf(256));
        SecretInteger negative = ECMATH.integers().sub(zero, one)) {
      assertArrayEquals(
          bytes(BigInteger.ONE, LENGTH), RING_PEDERSEN.commit(fixed, null, null, null));
      assertError(EcError.RANGE, () -> RING_PEDERSEN.commit(fixed, null, wide, one));
      assertError(EcError.RANGE, () -> RING_PEDERSEN.commit(fixed, null, one, negative));
      assertError(EcError.RANGE, () -> RING_PEDERSEN.commit(fixed, zero, one, one));
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.commit(fixed, null, one));
      List<@Nullable SecretInteger> full = List.of(one, one);
      List<@Nullable SecretInteger> half = Arrays.asList(one, null);
      assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.commit(fixed, List.of(full, half), null));
      assertError(
          EcError.ARGUMENT, () -> RING_PEDERSEN.commit(fixed, List.of(full, full), List.of(one)));
      assertError(
          EcError.RANGE,
          () -> RING_PEDERSEN.powVartime(fixed, List.<byte[][]>of(new byte[][] {{1, 0}, {1}})));
      assertError(
          EcError.ARGUMENT,
          () -> RING_PEDERSEN.powVartime(fixed, List.<byte[][]>of(new byte[][] {{1}})));
      fixed.close();
      assertThrows(IllegalStateException.class, () -> RING_PEDERSEN.commit(fixed, null, one, one));
    }
  }

  /**
   * The verifier's equation: t^z_j = A_j · s^e_j, with s1 for the first half and s2 for the second.
   */
  @Property(tries = 10)
  void prmResponsesSatisfyTheVerifiersEquation(@ForAll long seed) {
    int count = 16;
    byte[] e = new byte[count / 8];
    new Random(seed).nextBytes(e);
    try (PrmCommitment commitment = RING_PEDERSEN.prmCommit(KEY, count)) {
      assertEquals(count, commitment.masks().count());
      byte[][] a = commitment.a();
      byte[][] z = RING_PEDERSEN.prmRespond(KEY, commitment.masks(), e);
      BigInteger t = number(PARAMETERS.t());
      for (int j = 0; j < count; j++) {
        BigInteger s = number(j < count / 2 ? PARAMETERS.s1() : PARAMETERS.s2());
        boolean bit = (e[j / 8] >> (j % 8) & 1) == 1;
        BigInteger right = bit ? number(a[j]).multiply(s).mod(N) : number(a[j]);
        assertEquals(right, t.modPow(number(z[j]), N), "j = " + j);
      }
    }
  }

  @Test
  void masksAnswerOneChallengeOnly() {
    try (PrmCommitment commitment = RING_PEDERSEN.prmCommit(KEY, 8)) {
      byte[] e = {0x55};
      assertEquals(8, RING_PEDERSEN.prmRespond(KEY, commitment.masks(), e).length);
      // two answers to one commitment would give lambda away
      assertThrows(
          InvalidInputException.class,
          () -> RING_PEDERSEN.prmRespond(KEY, commitment.masks(), new byte[] {0x2a}));
      assertThrows(
          InvalidInputException.class, () -> RING_PEDERSEN.prmRespond(KEY, commitment.masks(), e));
      assertError(
          EcError.ARGUMENT, () -> RING_PEDERSEN.prmRespond(KEY, commitment.masks(), new byte[2]));
    }
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.prmCommit(KEY, 0));
  }

  @Test
  void aKeySurvivesSerialisationAndForgetsOnDemand() {
    try (Scope s = new Scope()) {
      SecretBlob blob = s.add(ECMATH.vault().serialize(KEY));
      RingPedersenKey loaded = s.add(ECMATH.vault().loadRingPedersenKey(blob));
      assertEquals(PARAMETERS, RING_PEDERSEN.parameters(loaded));
      assertError(EcError.FORMAT, () -> ECMATH.vault().loadPaillierKey(blob));
      PrmMasks masks = s.add(RING_PEDERSEN.prmCommit(loaded, 8).masks());
      RING_PEDERSEN.forget(loaded);
      assertError(EcError.RANGE, () -> RING_PEDERSEN.prmRespond(loaded, masks, new byte[1]));
      assertEquals(PARAMETERS, RING_PEDERSEN.parameters(loaded));
      RingPedersenKey forgetful =
          s.add(ECMATH.vault().loadRingPedersenKey(s.add(ECMATH.vault().serialize(loaded))));
      assertEquals(PARAMETERS, RING_PEDERSEN.parameters(forgetful));
      byte[] good = Fixture.content(blob);
      for (int bit = 0; bit < 8 * good.length; bit += 101) {
        SecretBlob bad = s.add(ECMATH.vault().fromPublic(Fixture.flipped(good, bit)));
        assertError(EcError.FORMAT, () -> ECMATH.vault().loadRingPedersenKey(bad));
      }
    }
  }

  @Test
  void parametersAreCopied() {
    byte[] n = PARAMETERS.n();
    n[0] = 0;
    assertEquals(N, number(PARAMETERS.n()));
    assertError(
        EcError.ARGUMENT,
        () -> new RingPedersenParameters(new byte[64], new byte[64], new byte[63], new byte[64]));
    assertArrayEquals(bytes(N, LENGTH), PARAMETERS.n());
    try (SecretInteger x = integer(N)) {
      assertEquals(N, value(x));
    }
  }

  @Property(tries = 20)
  void whatTheOwnerChecksIsTheEquationOfTheProofs(@ForAll long seed) {
    Random random = new Random(seed);
    boolean two = random.nextBoolean();
    List<RingPedersen.Check> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      BigInteger z1 = new BigInteger(520, random);
      BigInteger z2 = two ? BigInteger.ZERO : new BigInteger(1157, random);
      BigInteger z3 = new BigInteger(900, random);
      BigInteger e = new BigInteger(128, random);
      BigInteger s = new BigInteger(600, random).mod(N);
      BigInteger commitment =
          number(PARAMETERS.s1())
              .modPow(z1, N)
              .multiply(number(PARAMETERS.s2()).modPow(z2, N))
              .multiply(number(PARAMETERS.t()).modPow(z3, N))
              .multiply(s.modPow(e.negate(), N))
              .mod(N);
      rows.add(
          new RingPedersen.Check(
              bytes(z1, 65),
              bytes(z2, two ? 0 : 145),
              bytes(z3, 113),
              bytes(s, LENGTH),
              bytes(e, 16),
              bytes(commitment, LENGTH)));
    }
    assertEquals(OptionalInt.empty(), RING_PEDERSEN.checkOwn(KEY, rows));
    int at = random.nextInt(3);
    rows.get(at).z3()[random.nextInt(113)] ^= (byte) (1 << random.nextInt(8));
    assertEquals(OptionalInt.of(at), RING_PEDERSEN.checkOwn(KEY, rows));
    System.arraycopy(PARAMETERS.n(), 0, rows.get(at).s(), 0, LENGTH);
    assertError(EcError.RANGE, () -> RING_PEDERSEN.checkOwn(KEY, rows));
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.checkOwn(KEY, List.of()));
    RingPedersen.Check row = rows.get(0);
    rows.set(
        2,
        new RingPedersen.Check(
            row.z1(), row.z2(), row.z3(), row.s(), row.e(), new byte[LENGTH - 1]));
    assertError(EcError.ARGUMENT, () -> RING_PEDERSEN.checkOwn(KEY, rows));
  }
}
