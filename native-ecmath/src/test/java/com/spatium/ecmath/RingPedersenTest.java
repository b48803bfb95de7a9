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
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
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
}
