/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.LEVEL;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_512;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_KEY_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_KEY_512;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.fixed;
import static com.spatium.cryptodriver.proof.ProofFixture.get;
import static com.spatium.cryptodriver.proof.ProofFixture.with;
import static com.spatium.cryptodriver.proof.ProofFixture.withPedersen;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.PrmProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.RingPedersenKey;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At 512 bits, but for one run: the proof's error does not depend on the size. */
final class PrmTest {
  private static final int LENGTH = 64;
  private static final Prm PRM = new Prm(ECMATH);
  private static final PrmProof HONEST = PRM.prove(PEDERSEN_512, PEDERSEN_KEY_512);
  private static final BigInteger N = PEDERSEN_512.value();
  private static final BigInteger T = Numbers.of(PEDERSEN_512.fields().t());
  private static final BigInteger P = TestParameters.pedersenFactor(512, 1, 0);
  private static final BigInteger Q = TestParameters.pedersenFactor(512, 1, 1);
  private static final BigInteger TOTIENT =
      P.subtract(BigInteger.ONE).multiply(Q.subtract(BigInteger.ONE));

  @Test
  void honestProofVerifies() {
    assertDoesNotThrow(() -> PRM.verify("X9", PEDERSEN_512, HONEST));
  }

  @Test
  void honestProofVerifiesAtFullSize() {
    PrmProof proof = PRM.prove(PEDERSEN_1, PEDERSEN_KEY_1);
    assertDoesNotThrow(() -> PRM.verify("X9", PEDERSEN_1, proof));
  }

  @Test
  void independentVerifierAgrees() {
    byte[] e =
        new IndependentHash("prm")
            .number(1)
            .number(112)
            .bytes(
                PEDERSEN_512.fields().n(),
                PEDERSEN_512.fields().s1(),
                PEDERSEN_512.fields().s2(),
                PEDERSEN_512.fields().t())
            .bytes(HONEST.a())
            .output(16);
    for (int k = 0; k < 256; k++) {
      boolean bit = new BigInteger(1, reversed(e)).testBit(k % 128);
      BigInteger s = Numbers.of(k < 128 ? PEDERSEN_512.fields().s1() : PEDERSEN_512.fields().s2());
      BigInteger right = bit ? element(HONEST.a(), k).multiply(s).mod(N) : element(HONEST.a(), k);
      assertEquals(right, T.modPow(element(HONEST.z(), k), N));
    }
  }

  @Test
  void eachRepetitionMatters() {
    for (int k = 0; k < 256; k++) {
      byte[] z = HONEST.z().toByteArray();
      z[k * LENGTH + LENGTH - 1] ^= 1;
      assertBlamed(
          "t̂^z", () -> PRM.verify("X9", PEDERSEN_512, new PrmProof(HONEST.a(), Bytes.of(z))));
    }
    Alterations.eachComponentMatters(HONEST, proof -> PRM.verify("X9", PEDERSEN_512, proof));
  }

  /** Threats 5, 6: 127 repetitions, one, none. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 127, 128, 254, 255, 257, 512})
  void fewerRepetitionsAreRefused(int count) {
    Bytes a = Bytes.of(Arrays.copyOf(HONEST.a().toByteArray(), count * LENGTH));
    Bytes z = Bytes.of(Arrays.copyOf(HONEST.z().toByteArray(), count * LENGTH));
    assertBlamed(
        "prm: A has the wrong length", () -> PRM.verify("X9", PEDERSEN_512, new PrmProof(a, z)));
    assertBlamed(
        "prm: z has the wrong length",
        () -> PRM.verify("X9", PEDERSEN_512, new PrmProof(HONEST.a(), z)));
  }

  /**
   * Threat 5 (c-split): ŝᵢ = −t̂^λ lies outside the group of t̂, and a commitment's sign reveals
   * its secret's parity. The cheater knows λ and every factor, and bets on each challenge bit:
   * whatever he bets, 2⁻¹²⁸.
   */
  @ParameterizedTest
  @ValueSource(strings = {"s1", "s2"})
  void parametersOutsideTheGroupHaveNoProof(String which) {
    BigInteger lambda = new BigInteger("123456789");
    Bytes outside = fixed(T.modPow(lambda, N).negate().mod(N), LENGTH);
    PedersenParameters split = withPedersen(PEDERSEN_512, which, outside);
    for (int attempt = 0; attempt < 20; attempt++) {
      PrmProof bet = bet(split);
      assertBlamed("prm: t̂^z ≠ A·ŝ^e", () -> PRM.verify("X9", split, bet));
    }
  }

  /** Bets on every bit: A = t̂^z·ŝ^−bit. */
  private static PrmProof bet(PedersenParameters parameters) {
    java.util.Random random = new java.util.Random();
    byte[][] a = new byte[256][];
    byte[][] z = new byte[256][];
    for (int k = 0; k < 256; k++) {
      BigInteger response = new BigInteger(510, random);
      boolean bit = random.nextBoolean();
      BigInteger s = Numbers.of(get(parameters.fields(), k < 128 ? "s1" : "s2"));
      BigInteger commitment = T.modPow(response, N);
      a[k] = Numbers.fixed(bit ? commitment.multiply(s.modInverse(N)).mod(N) : commitment, LENGTH);
      z[k] = Numbers.fixed(response, LENGTH);
    }
    return new PrmProof(Numbers.vector(a), Numbers.vector(z));
  }

  /**
   * Threats 5, 10: were A not hashed, the cheater would take the bits of some other A and build his
   * own for them. His equations hold for those bits.
   */
  @Test
  void frozenHeartCommitmentsBuiltForKnownBitsFail() {
    Bytes outside = fixed(T.modPow(BigInteger.valueOf(77), N).negate().mod(N), LENGTH);
    PedersenParameters split = withPedersen(PEDERSEN_512, "s1", outside);
    byte[] e =
        new Transcript.Prm(Version.V1, LEVEL, split.fields(), HONEST.a()).hash().toByteArray();
    byte[][] a = new byte[256][];
    byte[][] z = new byte[256][];
    for (int k = 0; k < 256; k++) {
      boolean bit = (e[k % 128 / 8] >> (k % 8) & 1) == 1;
      BigInteger s = Numbers.of(k < 128 ? split.fields().s1() : split.fields().s2());
      BigInteger response = BigInteger.valueOf(1000 + k);
      BigInteger commitment = T.modPow(response, N);
      BigInteger built = bit ? commitment.multiply(s.modInverse(N)).mod(N) : commitment;
      assertEquals(T.modPow(response, N), bit ? built.multiply(s).mod(N) : built);
      a[k] = Numbers.fixed(built, LENGTH);
      z[k] = Numbers.fixed(response, LENGTH);
    }
    assertBlamed(
        "t̂^z", () -> PRM.verify("X9", split, new PrmProof(Numbers.vector(a), Numbers.vector(z))));
  }

  /** Threat 11: a proof belongs to its parameters. */
  @ParameterizedTest
  @ValueSource(strings = {"s1", "s2", "t"})
  void frozenHeartEveryParameterMatters(String which) {
    // A square of the value: still a unit in the group.
    BigInteger squared = Numbers.of(get(PEDERSEN_512.fields(), which)).pow(2).mod(N);
    assertBlamed(
        "t̂^z",
        () -> PRM.verify("X9", withPedersen(PEDERSEN_512, which, fixed(squared, LENGTH)), HONEST));
  }

  /** Threat 11: swapped bases. */
  @Test
  void swappedBasesFail() {
    PedersenParameters swapped =
        PedersenParameters.toy(
            with(
                with(PEDERSEN_512.fields(), "s1", PEDERSEN_512.fields().s2()),
                "s2",
                PEDERSEN_512.fields().s1()));
    assertBlamed("t̂^z", () -> PRM.verify("X9", swapped, HONEST));
  }

  /** §2.5: z_j < N̂, one encoding. z + φ(N̂) would satisfy every equation. */
  @Test
  void responsesOutOfRangeAreRefused() {
    for (int k = 0; k < 256; k++) {
      BigInteger larger = element(HONEST.z(), k).add(TOTIENT);
      while (larger.compareTo(N) < 0) {
        larger = larger.add(TOTIENT);
      }
      if (larger.bitLength() <= 512) {
        byte[] z = HONEST.z().toByteArray();
        System.arraycopy(Numbers.fixed(larger, LENGTH), 0, z, k * LENGTH, LENGTH);
        assertBlamed(
            "prm: a z is out of range",
            () -> PRM.verify("X9", PEDERSEN_512, new PrmProof(HONEST.a(), Bytes.of(z))));
        return;
      }
    }
    throw new AssertionError("no response has a second representative of 512 bits");
  }

  /** §2.4. */
  @Test
  void commitmentsThatAreNoUnitsAreRefused() {
    for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, N, P, Q.multiply(BigInteger.TWO)}) {
      byte[] a = HONEST.a().toByteArray();
      System.arraycopy(Numbers.fixed(bad, LENGTH), 0, a, 200 * LENGTH, LENGTH);
      assertBlamed(
          "prm: an A is not a unit",
          () -> PRM.verify("X9", PEDERSEN_512, new PrmProof(Bytes.of(a), HONEST.z())));
    }
  }

  /**
   * A proof that came out wrong (threat 22) does not leave: here the key is not that of the
   * parameters.
   */
  @Test
  void ownProofThatDoesNotVerifyIsALocalFault() {
    PedersenParameters other = withPedersen(PEDERSEN_512, "s2", PEDERSEN_512.fields().s1());
    assertThrows(NativeLibraryException.class, () -> PRM.prove(other, PEDERSEN_KEY_512));
  }

  @Test
  void forgottenLogarithmsProveNothing() {
    try (RingPedersenKey key = TestParameters.ringPedersen(ECMATH, 512, 1)) {
      ECMATH.ringPedersen().forget(key);
      assertThrows(InvalidInputException.class, () -> PRM.prove(PEDERSEN_512, key));
    }
  }

  private static BigInteger element(Bytes vector, int k) {
    return Numbers.of(Numbers.element(vector.toByteArray(), k, LENGTH));
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
