/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.CONTEXT_1;
import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.LENGTH;
import static com.spatium.cryptodriver.proof.ProofFixture.LEVEL;
import static com.spatium.cryptodriver.proof.ProofFixture.N1;
import static com.spatium.cryptodriver.proof.ProofFixture.N2;
import static com.spatium.cryptodriver.proof.ProofFixture.PAILLIER_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_2;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.fixed;
import static com.spatium.cryptodriver.proof.ProofFixture.get;
import static com.spatium.cryptodriver.proof.ProofFixture.with;
import static com.spatium.cryptodriver.proof.ProofFixture.withPedersen;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.FacProof;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.SecretInteger;
import java.math.BigInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P1 proves for N1 against P2's parameters. */
final class FacTest {
  private static final Fac FAC = new Fac(ECMATH);
  private static final FacProof HONEST = FAC.prove(CONTEXT_1, N1, PAILLIER_1, PEDERSEN_2);
  private static final Widths WIDTHS = new Widths(LENGTH);
  private static final BigInteger N_HAT = PEDERSEN_2.value();

  private static void verify(FacProof proof) {
    FAC.verify("X9", CONTEXT_1, N1, PEDERSEN_2, proof);
  }

  @Test
  void honestProofsVerify() {
    verify(HONEST);
    for (int i = 0; i < 5; i++) {
      FacProof another = FAC.prove(CONTEXT_1, N1, PAILLIER_1, PEDERSEN_2);
      verify(another);
      assertNotEquals(HONEST.p(), another.p());
    }
  }

  @Test
  void independentVerifierAgrees() {
    BigInteger e =
        new IndependentHash("fac")
            .bytes(CONTEXT_1.id())
            .number(1)
            .bytes(
                N1.n(), PEDERSEN_2.fields().n(), PEDERSEN_2.fields().s1(), PEDERSEN_2.fields().t())
            .bytes(HONEST.p(), HONEST.q(), HONEST.a(), HONEST.b(), HONEST.t(), HONEST.sigma())
            .challenge();
    BigInteger s = Numbers.of(PEDERSEN_2.fields().s1());
    BigInteger t = Numbers.of(PEDERSEN_2.fields().t());
    assertEquals(power(s, HONEST.z1(), t, HONEST.w1()), times(HONEST.a(), HONEST.p(), e));
    assertEquals(power(s, HONEST.z2(), t, HONEST.w2()), times(HONEST.b(), HONEST.q(), e));
    Bytes r = fixed(power(s, N1.n(), t, HONEST.sigma()), LENGTH);
    assertEquals(
        power(Numbers.of(HONEST.q()), HONEST.z1(), t, HONEST.v()), times(HONEST.t(), r, e));
  }

  private static BigInteger power(
      BigInteger base1, Bytes exponent1, BigInteger base2, Bytes exponent2) {
    return base1
        .modPow(Numbers.of(exponent1), N_HAT)
        .multiply(base2.modPow(Numbers.of(exponent2), N_HAT))
        .mod(N_HAT);
  }

  private static BigInteger times(Bytes a, Bytes base, BigInteger e) {
    return Numbers.of(a).multiply(Numbers.of(base).modPow(e, N_HAT)).mod(N_HAT);
  }

  @Test
  void eachComponentMatters() {
    Alterations.eachComponentMatters(HONEST, FacTest::verify);
  }

  @Test
  void eachLengthIsExact() {
    Alterations.eachLengthIsExact(HONEST, FacTest::verify);
  }

  @Test
  void replayInAnotherPairingOrReflectionFails() {
    Alterations.boundToItsContext(
        CONTEXT_1, context -> FAC.verify("X9", context, N1, PEDERSEN_2, HONEST));
  }

  @Test
  void frozenHeartEveryStatementElementMatters() {
    assertBlamed(() -> FAC.verify("X9", CONTEXT_1, N2, PEDERSEN_2, HONEST));
    assertBlamed(() -> FAC.verify("X9", CONTEXT_1, N1, PEDERSEN_1, HONEST));
    for (String field : new String[] {"s1", "t"}) {
      BigInteger squared = Numbers.of(get(PEDERSEN_2.fields(), field)).pow(2).mod(N_HAT);
      PedersenParameters altered = withPedersen(PEDERSEN_2, field, fixed(squared, LENGTH));
      assertBlamed("≠", () -> FAC.verify("X9", CONTEXT_1, N1, altered, HONEST));
    }
  }

  /**
   * Threat 3 (BitForge, THORChain): N has a factor of 634 bits. Everything about this proof is
   * honest, its equations hold, its numbers fit their fields: only the range shows the imbalance.
   */
  @Test
  void smallFactorIsOutOfRange() {
    Composite weak = composite(634);
    BigInteger bound = weak.n.value().sqrt().shiftLeft(256 + 256 + 1);
    outOfRange("z2", bound, weak.n, () -> cheat(weak.n, weak.p, weak.q));
    outOfRange("z1", bound, weak.n, () -> cheat(weak.n, weak.q, weak.p));
  }

  private static void outOfRange(
      String response, BigInteger bound, PaillierModulus n, Supplier<FacProof> cheat) {
    FacProof proof;
    do {
      proof = cheat.get(); // again while a small challenge hides the imbalance: one time in eight
    } while (Numbers.of(get(proof, response)).compareTo(bound) < 0);
    FacProof caught = proof;
    assertBlamed(
        "fac: " + response + " is out of range",
        () -> FAC.verify("X9", CONTEXT_1, n, PEDERSEN_2, caught));
  }

  /**
   * Threat 3: the smaller the factor, the further out: the responses do not even fit their fields.
   */
  @ParameterizedTest
  @ValueSource(ints = {14, 64, 256, 500})
  void smallerFactorHasNoEncodableProof(int bits) {
    Composite weak = composite(bits);
    assertThrows(InvalidInputException.class, () -> cheat(weak.n, weak.p, weak.q));
    // What fits is cut off; the cut response satisfies nothing.
    FacProof halves = cheat(weak.n, weak.n.value().sqrt(), weak.n.value().sqrt());
    assertBlamed(
        "fac: Q^z1·t̂^v ≠ T·R^e", () -> FAC.verify("X9", CONTEXT_1, weak.n, PEDERSEN_2, halves));
  }

  /** Two integers of the right size whose product is not N: the third equation. */
  @Test
  void integersThatAreNotTheFactorsFail() {
    BigInteger p = TestParameters.paillierFactor(1, 0);
    BigInteger q = TestParameters.paillierFactor(1, 1);
    for (BigInteger[] pair :
        new BigInteger[][] {
          {p, p},
          {p, q.add(BigInteger.ONE)},
          {BigInteger.ONE, p},
          {N1.value().sqrt(), N1.value().sqrt()}
        }) {
      FacProof proof = cheat(N1, pair[0], pair[1]);
      assertBlamed("fac: Q^z1·t̂^v ≠ T·R^e", () -> verify(proof));
    }
    assertDoesNotThrow(() -> verify(cheat(N1, q, p)));
  }

  /**
   * The bounds of §3.3 and §2.5 themselves: one below passes the range check, the bound does not.
   */
  @Test
  void rangesAreExact() {
    BigInteger z = N1.value().sqrt().shiftLeft(513);
    BigInteger w = N_HAT.shiftLeft(385);
    BigInteger v = N_HAT.multiply(N1.value()).shiftLeft(385);
    BigInteger sigma = N_HAT.multiply(N1.value()).shiftLeft(128);
    boundIsExact("z1", z, WIDTHS.facZ());
    boundIsExact("z2", z, WIDTHS.facZ());
    boundIsExact("w1", w, WIDTHS.masked());
    boundIsExact("w2", w, WIDTHS.masked());
    boundIsExact("v", v, WIDTHS.facV());
    assertBlamed(
        "σ is out of range", () -> verify(with(HONEST, "sigma", fixed(sigma, WIDTHS.facSigma()))));
    assertBlamed(
        "≠",
        () ->
            verify(
                with(HONEST, "sigma", fixed(sigma.subtract(BigInteger.ONE), WIDTHS.facSigma()))));
  }

  private static void boundIsExact(String component, BigInteger bound, int length) {
    assertBlamed(
        component + " is out of range",
        () -> verify(with(HONEST, component, fixed(bound, length))));
    assertBlamed(
        "≠", () -> verify(with(HONEST, component, fixed(bound.subtract(BigInteger.ONE), length))));
  }

  /**
   * §2.4: zero, N̂, and multiples of a factor of N̂ (which P2 alone could know) are no commitments.
   */
  @ParameterizedTest
  @ValueSource(strings = {"p", "q", "a", "b", "t"})
  void elementsThatAreNoUnitsAreRefused(String component) {
    BigInteger factor = TestParameters.pedersenFactor(2048, 2, 0);
    for (BigInteger bad :
        new BigInteger[] {BigInteger.ZERO, N_HAT, factor, factor.multiply(BigInteger.TEN)}) {
      assertBlamed(
          "P, Q, A, B or T is not a unit",
          () -> verify(with(HONEST, component, fixed(bad, LENGTH))));
    }
  }

  /**
   * Threat 10, carried out: were A, B or T not hashed, each could be solved for after the challenge
   * is known.
   */
  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "t"})
  void frozenHeartSolvedCommitmentFails(String free) {
    // False factors, so an honest proof does not exist for T's equation.
    FacProof cheat = cheat(N1, N1.value().sqrt(), N1.value().sqrt());
    FacProof hashed = with(cheat, free, fixed(BigInteger.TWO, LENGTH));
    BigInteger e =
        new IndependentHash("fac")
            .bytes(CONTEXT_1.id())
            .number(1)
            .bytes(
                N1.n(), PEDERSEN_2.fields().n(), PEDERSEN_2.fields().s1(), PEDERSEN_2.fields().t())
            .bytes(hashed.p(), hashed.q(), hashed.a(), hashed.b(), hashed.t(), hashed.sigma())
            .challenge();
    BigInteger s = Numbers.of(PEDERSEN_2.fields().s1());
    BigInteger t = Numbers.of(PEDERSEN_2.fields().t());
    Bytes r = fixed(power(s, N1.n(), t, hashed.sigma()), LENGTH);
    BigInteger solved =
        switch (free) {
          case "a" -> divide(power(s, hashed.z1(), t, hashed.w1()), hashed.p(), e);
          case "b" -> divide(power(s, hashed.z2(), t, hashed.w2()), hashed.q(), e);
          default -> divide(power(Numbers.of(hashed.q()), hashed.z1(), t, hashed.v()), r, e);
        };
    FacProof forged = with(hashed, free, fixed(solved, LENGTH));
    Bytes other = free.equals("a") ? forged.p() : free.equals("b") ? forged.q() : r;
    BigInteger left =
        switch (free) {
          case "a" -> power(s, forged.z1(), t, forged.w1());
          case "b" -> power(s, forged.z2(), t, forged.w2());
          default -> power(Numbers.of(forged.q()), forged.z1(), t, forged.v());
        };
    assertEquals(left, times(get(forged, free), other, e));
    assertBlamed("≠", () -> verify(forged));
  }

  private static BigInteger divide(BigInteger left, Bytes base, BigInteger e) {
    return left.multiply(Numbers.of(base).modPow(e, N_HAT).modInverse(N_HAT)).mod(N_HAT);
  }

  private record Composite(PaillierModulus n, BigInteger p, BigInteger q) {}

  /** A product of 2048 bits that passes every check of §2. */
  private static Composite composite(int smallBits) {
    BigInteger p = ProofFixture.prime(smallBits);
    BigInteger q = ProofFixture.prime(2048 - smallBits);
    return new Composite(
        PaillierModulus.received(ECMATH, "X9", LEVEL, fixed(p.multiply(q), LENGTH)), p, q);
  }

  private static FacProof cheat(PaillierModulus n, BigInteger p, BigInteger q) {
    try (SecretInteger secP = ECMATH.integers().fromPublic(p, (p.bitLength() + 7) / 8);
        SecretInteger secQ = ECMATH.integers().fromPublic(q, (q.bitLength() + 7) / 8)) {
      return FAC.prove(CONTEXT_1, n, secP, secQ, PEDERSEN_2);
    }
  }
}
