/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.CONTEXT_2;
import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.LENGTH;
import static com.spatium.cryptodriver.proof.ProofFixture.N1;
import static com.spatium.cryptodriver.proof.ProofFixture.N2;
import static com.spatium.cryptodriver.proof.ProofFixture.PAILLIER_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_2;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_KEY_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_KEY_2;
import static com.spatium.cryptodriver.proof.ProofFixture.Q;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.fixed;
import static com.spatium.cryptodriver.proof.ProofFixture.get;
import static com.spatium.cryptodriver.proof.ProofFixture.with;
import static com.spatium.cryptodriver.proof.ProofFixture.withPedersen;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.proof.AffBlinder.Use;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Blinder;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P2 proves its partial signature to P1. Every number of the run is public here: the tests are the
 * cheaters. x1, x2, k2, r, m as in protocol.md §4.3.
 */
final class AffTest {
  private static final Aff AFF = new Aff(ECMATH);
  private static final Widths WIDTHS = new Widths(LENGTH);
  private static final BigInteger N = N1.value();
  private static final BigInteger SQUARE = N.pow(2);
  private static final BigInteger N_HAT = PEDERSEN_1.value();
  private static final BigInteger X1 = Numbers.randomBelow(Q);
  private static final BigInteger X2 = Numbers.randomBelow(Q);
  private static final BigInteger K2 = Numbers.randomBelow(Q);
  private static final BigInteger R = Numbers.randomBelow(Q);
  private static final BigInteger SIGMA = Numbers.randomBelow(N);
  private static final Bytes C_KEY =
      fixed(N1.encrypt(X1, Numbers.randomBelow(N).modPow(N, SQUARE)), 2 * LENGTH);
  private static final Bytes R2 = point(K2);
  private static final BigInteger M = Numbers.randomBelow(BigInteger.TWO.pow(256));
  private static final AffProver PROVER = new AffProver(ECMATH, N1, PEDERSEN_1, null);
  private static final Run HONEST = Run.honest(M);

  /** One proof with its witness. */
  private record Run(Aff.Statement statement, BigInteger a, BigInteger b, AffProof proof) {
    static Run honest(BigInteger m) {
      BigInteger inverse = K2.modInverse(Q);
      BigInteger a = inverse.multiply(R).multiply(X2).mod(Q);
      // b = (k2⁻¹·m mod q) + ϱ·q
      BigInteger b =
          inverse.multiply(m).mod(Q).add(Numbers.randomBelow(BigInteger.TWO.pow(642)).multiply(Q));
      return of(m, a, b);
    }

    static Run of(BigInteger m, BigInteger a, BigInteger b) {
      Aff.Statement statement = AffTest.statement(m, affine(a, b));
      return new Run(statement, a, b, prove(statement, a, b));
    }
  }

  private static Aff.Statement statement(BigInteger m, Bytes c3) {
    return new Aff.Statement(N1, C_KEY, c3, R2, fixed(R, 32), point(X2), fixed(m, 32));
  }

  /** a⊙c_key ⊕ Enc(b; σ). */
  private static Bytes affine(BigInteger a, BigInteger b) {
    BigInteger c =
        Numbers.of(C_KEY)
            .modPow(a, SQUARE)
            .multiply(N1.encrypt(b, SIGMA.modPow(N, SQUARE)))
            .mod(SQUARE);
    return fixed(c, 2 * LENGTH);
  }

  private static AffProof prove(Aff.Statement statement, BigInteger a, BigInteger b) {
    return prove(PROVER, claim(PROVER, statement, a, b));
  }

  private static AffProof prove(AffProver prover, AffProver.Claim claim) {
    return prover.prove(List.of(claim)).get(0);
  }

  private static AffProver.Claim claim(
      AffProver prover, Aff.Statement statement, BigInteger a, BigInteger b) {
    return new AffProver.Claim(CONTEXT_2, statement, witness(a, b), masks(prover, R2));
  }

  private static AffProver.Masks masks(AffProver prover, Bytes r2) {
    return prover.prepare(C_KEY, List.of(r2), prover.blinders(0, 1)).get(0);
  }

  /** With the σ that the tests know. */
  private static AffProver.Witness witness(BigInteger a, BigInteger b) {
    return new AffProver.Witness(integer(a), integer(b), sigma());
  }

  private static AffBlinder sigma() {
    return new AffBlinder(
        Use.WITNESS,
        N1,
        PEDERSEN_1,
        new Blinder(integer(SIGMA), integer(SIGMA.modPow(N, SQUARE))),
        ECMATH.integers().randomBelow(PEDERSEN_1.blindBound()),
        null);
  }

  private static SecretInteger integer(BigInteger value) {
    return ECMATH.integers().fromPublic(value, Math.max(1, (value.bitLength() + 7) / 8));
  }

  private static Bytes point(BigInteger x) {
    var curve = ECMATH.secp256k1();
    try (SecretScalar scalar = curve.fromPublic(Numbers.scalar(curve, x))) {
      return Bytes.of(curve.mulBase(scalar));
    }
  }

  private static void verify(Aff.Statement statement, AffProof proof) {
    verify(CONTEXT_2, statement, PEDERSEN_1, proof);
  }

  private static void verify(
      ProofContext context, Aff.Statement statement, PedersenParameters own, AffProof proof) {
    ProofFixture.verifyBoth(
        () -> AFF.verify("X9", context, statement, own, proof),
        () ->
            verifyOwn(
                List.of(new Aff.Claim(context, statement, proof)),
                own,
                PAILLIER_1,
                PEDERSEN_KEY_1));
  }

  private static void verifyOwn(
      List<Aff.Claim> claims, PedersenParameters own, PaillierKey key, RingPedersenKey hat) {
    AFF.verifyOwn("X9", claims, own, key, hat);
  }

  private static void verify(AffProof proof) {
    verify(HONEST.statement, proof);
  }

  private static BigInteger challenge(Aff.Statement statement, AffProof proof) {
    return new IndependentHash("aff")
        .bytes(CONTEXT_2.id())
        .number(2)
        .bytes(
            statement.n().n(),
            statement.cKey(),
            statement.c3(),
            statement.r2(),
            statement.r(),
            statement.q2(),
            statement.m())
        .bytes(
            PEDERSEN_1.fields().n(),
            PEDERSEN_1.fields().s1(),
            PEDERSEN_1.fields().s2(),
            PEDERSEN_1.fields().t())
        .bytes(proof.s(), proof.e(), proof.d(), proof.fa(), proof.fb())
        .challenge();
  }

  /** The four equations by BigInteger and BouncyCastle, for a given challenge: which fail. */
  private static String failing(Aff.Statement statement, AffProof proof, BigInteger e) {
    BigInteger z1 = Numbers.of(proof.z1());
    BigInteger z2 = Numbers.of(proof.z2());
    String failing = "";
    BigInteger left =
        Numbers.of(statement.cKey())
            .modPow(z1, SQUARE)
            .multiply(BigInteger.ONE.add(z2.multiply(N)))
            .multiply(Numbers.of(proof.w()).modPow(N, SQUARE))
            .mod(SQUARE);
    BigInteger right =
        Numbers.of(proof.d()).multiply(Numbers.of(statement.c3()).modPow(e, SQUARE)).mod(SQUARE);
    failing += left.equals(right) ? "" : "c3 ";
    BigInteger hat = pedersen(z1, z2, Numbers.of(proof.z3()));
    failing +=
        hat.equals(
                Numbers.of(proof.e()).multiply(Numbers.of(proof.s()).modPow(e, N_HAT)).mod(N_HAT))
            ? ""
            : "ŝ ";
    ECPoint bigR2 = decode(statement.r2());
    ECPoint v = decode(statement.q2()).multiply(Numbers.of(statement.r()));
    ECPoint w = G.multiply(Numbers.of(statement.m()).mod(Q));
    failing += bigR2.multiply(z1.mod(Q)).equals(decode(proof.fa()).add(v.multiply(e))) ? "" : "a ";
    failing += bigR2.multiply(z2.mod(Q)).equals(decode(proof.fb()).add(w.multiply(e))) ? "" : "b ";
    return failing;
  }

  private static final ECPoint G = CustomNamedCurves.getByName("secp256k1").getG();

  private static ECPoint decode(Bytes point) {
    return G.getCurve().decodePoint(point.toByteArray());
  }

  private static Bytes encode(ECPoint point) {
    return Bytes.of(point.normalize().getEncoded(true));
  }

  /** ŝ₁^x ŝ₂^y t̂^z. */
  private static BigInteger pedersen(BigInteger x, BigInteger y, BigInteger z) {
    return Numbers.of(PEDERSEN_1.fields().s1())
        .modPow(x, N_HAT)
        .multiply(Numbers.of(PEDERSEN_1.fields().s2()).modPow(y, N_HAT))
        .multiply(Numbers.of(PEDERSEN_1.fields().t()).modPow(z, N_HAT))
        .mod(N_HAT);
  }

  @Test
  void honestProofsVerify() {
    verify(HONEST.proof);
    for (int i = 0; i < 5; i++) {
      Run another = Run.honest(Numbers.randomBelow(BigInteger.TWO.pow(256)));
      verify(another.statement, another.proof);
    }
  }

  /** What P1 does after it has verified: the signature's s comes out. */
  @Test
  void decryptedStatementIsThePartialSignature() {
    try (SecretInteger u =
            ECMATH.paillier().decrypt(PAILLIER_1, HONEST.statement.c3().toByteArray());
        SecretScalar s = ECMATH.secp256k1().fromInteger(u)) {
      BigInteger expected = K2.modInverse(Q).multiply(M.add(R.multiply(X1).multiply(X2))).mod(Q);
      try (SecretScalar public1 =
          ECMATH.secp256k1().fromPublic(Numbers.scalar(ECMATH.secp256k1(), expected))) {
        assertTrue(ECMATH.vault().equal(s, public1));
      }
    }
  }

  /** W = m·G may be the identity; then b is a multiple of q. */
  @Test
  void digestDivisibleByTheOrderVerifies() {
    for (BigInteger m : new BigInteger[] {BigInteger.ZERO, Q}) {
      Run run = Run.honest(m);
      assertDoesNotThrow(() -> verify(run.statement, run.proof));
    }
  }

  @Test
  void smallestAndLargestWitnessesVerify() {
    // b ranges over the class of k2⁻¹·m: its least and its greatest member below 2^900.
    BigInteger least = K2.modInverse(Q).multiply(M).mod(Q);
    BigInteger greatest =
        least.add(
            BigInteger.TWO.pow(900).subtract(BigInteger.ONE).subtract(least).divide(Q).multiply(Q));
    for (BigInteger b : new BigInteger[] {least, greatest}) {
      Run run = Run.of(M, HONEST.a, b);
      assertDoesNotThrow(() -> verify(run.statement, run.proof));
    }
  }

  @Test
  void independentVerifierAgrees() {
    assertEquals(
        "", failing(HONEST.statement, HONEST.proof, challenge(HONEST.statement, HONEST.proof)));
  }

  /** §4.3, "No wrap": for both levels, with what verification guarantees. */
  @Test
  void nothingThatVerifiesWraps() {
    BigInteger aBound = BigInteger.TWO.pow(Aff.ELL_A + 256 + 1);
    BigInteger bBound = BigInteger.TWO.pow(Aff.ELL_B + 256 + 1);
    BigInteger maliciousP2 = aBound.multiply(Q).add(bBound);
    BigInteger maliciousP1 =
        BigInteger.TWO
            .pow(Aff.ELL_A)
            .multiply(BigInteger.TWO.pow(513))
            .add(BigInteger.TWO.pow(Aff.ELL_B));
    for (SecurityLevel level : SecurityLevel.values()) {
      BigInteger half = BigInteger.TWO.pow(level.modulusBits() - 2);
      assertTrue(maliciousP2.compareTo(half) < 0);
      assertTrue(maliciousP1.compareTo(half) < 0);
    }
    // b < 2^900: the mask ϱ·q of 642 + 256 bits, and one addition.
    assertTrue(
        BigInteger.TWO.pow(642).multiply(Q).add(Q).compareTo(BigInteger.TWO.pow(Aff.ELL_B)) < 0);
  }

  @Test
  void eachComponentMatters() {
    Alterations.eachComponentMatters(HONEST.proof, AffTest::verify);
  }

  @Test
  void eachLengthIsExact() {
    Alterations.eachLengthIsExact(HONEST.proof, AffTest::verify);
  }

  @Test
  void replayInAnotherSessionOrReflectionFails() {
    Alterations.boundToItsContext(
        CONTEXT_2, context -> verify(context, HONEST.statement, PEDERSEN_1, HONEST.proof));
  }

  @Test
  void frozenHeartEveryStatementElementMatters() {
    // cKey, c3, r2, r, q2, m: spoilt values, then valid others.
    Alterations.eachComponentMatters(
        HONEST.statement, statement -> verify(statement, HONEST.proof));
    Bytes otherPoint = point(BigInteger.valueOf(4711));
    Bytes otherCiphertext = affine(BigInteger.ONE, BigInteger.ONE);
    assertBlamed("≠", () -> verify(with(HONEST.statement, "cKey", otherCiphertext), HONEST.proof));
    assertBlamed("≠", () -> verify(with(HONEST.statement, "c3", otherCiphertext), HONEST.proof));
    assertBlamed("≠", () -> verify(with(HONEST.statement, "r2", otherPoint), HONEST.proof));
    assertBlamed("≠", () -> verify(with(HONEST.statement, "q2", otherPoint), HONEST.proof));
    assertBlamed(
        "≠",
        () ->
            verify(
                with(HONEST.statement, "r", fixed(R.add(BigInteger.ONE).mod(Q), 32)),
                HONEST.proof));
    assertBlamed(
        "≠",
        () -> verify(with(HONEST.statement, "m", fixed(M.xor(BigInteger.ONE), 32)), HONEST.proof));
    assertBlamed(() -> verify(with(HONEST.statement, "n", N2), HONEST.proof));
    assertBlamed(() -> verify(CONTEXT_2, HONEST.statement, PEDERSEN_2, HONEST.proof));
    for (String field : new String[] {"s1", "s2", "t"}) {
      BigInteger squared = Numbers.of(get(PEDERSEN_1.fields(), field)).pow(2).mod(N_HAT);
      PedersenParameters altered = withPedersen(PEDERSEN_1, field, fixed(squared, LENGTH));
      assertBlamed("≠", () -> verify(CONTEXT_2, HONEST.statement, altered, HONEST.proof));
    }
  }

  /**
   * Threats 10, 19: m and m + q have the same W, so every equation holds for both; only the hash
   * tells them apart.
   */
  @Test
  void frozenHeartDigestWithTheSameResidueFails() {
    BigInteger small = BigInteger.valueOf(123456);
    Run run = Run.honest(small);
    Aff.Statement congruent = with(run.statement, "m", fixed(small.add(Q), 32));
    assertEquals("", failing(congruent, run.proof, challenge(run.statement, run.proof)));
    assertBlamed("≠", () -> verify(congruent, run.proof));
  }

  /**
   * Threats 1, 8 (BitForge): a is 390 bits long, congruent to the right one modulo q, so that a·x1
   * overflows. All equations hold.
   */
  @Test
  void oversizedMultiplierIsOutOfRange() {
    BigInteger a = HONEST.a.add(Q.multiply(BigInteger.TWO.pow(390 - 256)));
    Run run;
    do {
      run = Run.of(M, a, HONEST.b);
    } while (Numbers.of(run.proof.z1()).bitLength()
        <= 513); // a challenge so small that nothing wraps either
    assertEquals("", failing(run.statement, run.proof, challenge(run.statement, run.proof)));
    Run caught = run;
    assertBlamed("aff: z1 is out of range", () -> verify(caught.statement, caught.proof));
  }

  /** The same with b. */
  @Test
  void oversizedMaskIsOutOfRange() {
    BigInteger b = HONEST.b.add(Q.multiply(BigInteger.TWO.pow(1032 - 256 - 1)));
    Run run;
    do {
      run = Run.of(M, HONEST.a, b);
    } while (Numbers.of(run.proof.z2()).bitLength() <= 1157);
    assertEquals("", failing(run.statement, run.proof, challenge(run.statement, run.proof)));
    Run caught = run;
    assertBlamed("aff: z2 is out of range", () -> verify(caught.statement, caught.proof));
  }

  /**
   * Threat 1 (BitForge, CVE-2023-33242): c3 is halved modulo N, so that the signature is right
   * exactly if u was even. The proof belongs to the honest c3, or is made for the halved one with
   * the honest witness.
   */
  @Test
  void halvedCiphertextHasNoProof() {
    BigInteger half = BigInteger.TWO.modInverse(N);
    Bytes halved = fixed(Numbers.of(HONEST.statement.c3()).modPow(half, SQUARE), 2 * LENGTH);
    Aff.Statement statement = with(HONEST.statement, "c3", halved);
    assertBlamed("≠", () -> verify(statement, HONEST.proof));
    AffProof made = prove(statement, HONEST.a, HONEST.b);
    assertEquals("c3 ", failing(statement, made, challenge(statement, made)));
    assertBlamed("aff: z1⊙c_key ⊕ Enc(z2; w) ≠ D ⊕ e⊙c3", () -> verify(statement, made));
  }

  /**
   * Right ciphertext for other numbers than k2⁻¹·r·x2 and k2⁻¹·m: another key share, another
   * digest, another r (threats 14, 19).
   */
  @Test
  void witnessForAnotherStatementFails() {
    BigInteger one = BigInteger.ONE;
    Run otherA = Run.of(M, HONEST.a.add(one), HONEST.b);
    assertBlamed("aff: z1·R2 ≠ F_a + e·V", () -> verify(otherA.statement, otherA.proof));
    Run otherB = Run.of(M, HONEST.a, HONEST.b.add(one));
    assertBlamed("aff: z2·R2 ≠ F_b + e·W", () -> verify(otherB.statement, otherB.proof));
    Run otherM = Run.of(M.xor(one), HONEST.a, HONEST.b);
    assertBlamed("aff: z2·R2 ≠ F_b + e·W", () -> verify(otherM.statement, otherM.proof));
  }

  /** A commitment S to other integers than those in c3. */
  @Test
  void commitmentToOtherIntegersFails() {
    Forgery forgery = new Forgery(HONEST.statement, HONEST.a, HONEST.b);
    forgery.s = pedersen(HONEST.a.add(BigInteger.ONE), HONEST.b, Forgery.MU);
    assertBlamed("aff: ŝ₁^z1·ŝ₂^z2·t̂^z3 ≠ E·S^e", () -> verify(forgery.proof(HONEST.statement)));
  }

  /**
   * Threat 9: with D = 0 and w = 0 the ciphertext's equation reads 0 = 0, and c3 may be anything.
   */
  @Test
  void zeroForgesNothing() {
    Bytes anything = fixed(N1.encrypt(Numbers.randomBelow(N), BigInteger.ONE), 2 * LENGTH);
    Aff.Statement statement = with(HONEST.statement, "c3", anything);
    Forgery forgery = new Forgery(statement, HONEST.a, HONEST.b);
    forgery.d = BigInteger.ZERO;
    AffProof forged = with(forgery.proof(statement), "w", fixed(BigInteger.ZERO, LENGTH));
    assertEquals("", failing(statement, forged, challenge(statement, forged)));
    assertBlamed("aff: w is not a unit", () -> verify(statement, forged));
    assertBlamed(
        "c_key, c3 or D is not a unit",
        () -> verify(statement, with(forged, "w", fixed(BigInteger.ONE, LENGTH))));
  }

  /** Threat 9: not even what only P1 could know. */
  @Test
  void elementsThatAreNoUnitsAreRefused() {
    BigInteger p = TestParameters.paillierFactor(1, 0);
    BigInteger pHat = TestParameters.pedersenFactor(2048, 1, 1);
    for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, N, p, p.pow(2), SQUARE}) {
      Bytes encoded = fixed(bad, 2 * LENGTH);
      for (String component : new String[] {"cKey", "c3"}) {
        assertBlamed(
            "c_key, c3 or D is not a unit",
            () -> verify(with(HONEST.statement, component, encoded), HONEST.proof));
      }
      assertBlamed("c_key, c3 or D is not a unit", () -> verify(with(HONEST.proof, "d", encoded)));
    }
    for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, N_HAT, pHat, pHat.shiftLeft(2)}) {
      for (String component : new String[] {"s", "e"}) {
        assertBlamed(
            "S or E is not a unit",
            () -> verify(with(HONEST.proof, component, fixed(bad, LENGTH))));
      }
    }
    for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, N, p}) {
      assertBlamed("w is not a unit", () -> verify(with(HONEST.proof, "w", fixed(bad, LENGTH))));
    }
  }

  @Test
  void rangesAreExact() {
    boundIsExact("z1", BigInteger.TWO.pow(513), Widths.Z1);
    boundIsExact("z2", BigInteger.TWO.pow(1157), Widths.AFF_Z2);
    boundIsExact("z3", N_HAT.shiftLeft(385), WIDTHS.masked());
  }

  private static void boundIsExact(String component, BigInteger bound, int length) {
    assertBlamed(
        component + " is out of range",
        () -> verify(with(HONEST.proof, component, fixed(bound, length))));
    assertBlamed(
        "≠",
        () -> verify(with(HONEST.proof, component, fixed(bound.subtract(BigInteger.ONE), length))));
  }

  /** m is hashed and used as a number: without a fixed length, one number has several proofs. */
  @Test
  void digestOfAnotherLengthIsRefused() {
    for (int length : new int[] {0, 31, 33, 64}) {
      BigInteger value = length == 31 ? M.shiftRight(8) : length == 0 ? BigInteger.ZERO : M;
      Bytes m = length == 0 ? Bytes.empty() : fixed(value, length);
      assertBlamed(
          "m has the wrong length", () -> verify(with(HONEST.statement, "m", m), HONEST.proof));
    }
  }

  /** Threat 13: r = 0 and r ≥ q. */
  @Test
  void rOutOfRangeIsRefused() {
    assertBlamed(
        "r is zero",
        () -> verify(with(HONEST.statement, "r", fixed(BigInteger.ZERO, 32)), HONEST.proof));
    assertBlamed(
        "r is not reduced", () -> verify(with(HONEST.statement, "r", fixed(Q, 32)), HONEST.proof));
  }

  /** A proof in which the cheater chooses each first element; small public masks. */
  private static final class Forgery {
    static final BigInteger ALPHA = BigInteger.valueOf(1_000_003);
    static final BigInteger BETA = BigInteger.valueOf(2_000_003);
    static final BigInteger GAMMA = BigInteger.valueOf(5);
    static final BigInteger MU = BigInteger.valueOf(6);
    static final BigInteger TAU = BigInteger.valueOf(3);
    final BigInteger a;
    final BigInteger b;
    BigInteger s;
    BigInteger e = pedersen(ALPHA, BETA, GAMMA);
    BigInteger d;
    Bytes fa;
    Bytes fb;

    Forgery(Aff.Statement statement, BigInteger a, BigInteger b) {
      this.a = a;
      this.b = b;
      s = pedersen(a, b, MU);
      d =
          Numbers.of(statement.cKey())
              .modPow(ALPHA, SQUARE)
              .multiply(N1.encrypt(BETA, TAU.modPow(N, SQUARE)))
              .mod(SQUARE);
      fa = encode(decode(statement.r2()).multiply(ALPHA));
      fb = encode(decode(statement.r2()).multiply(BETA));
    }

    AffProof proof(Aff.Statement hashed) {
      AffProof first =
          new AffProof(
              fixed(s, LENGTH),
              fixed(e, LENGTH),
              fixed(d, 2 * LENGTH),
              fa,
              fb,
              Bytes.empty(),
              Bytes.empty(),
              Bytes.empty(),
              Bytes.empty());
      BigInteger c = challenge(hashed, first);
      AffProof proof = with(first, "z1", fixed(ALPHA.add(c.multiply(a)), Widths.Z1));
      proof = with(proof, "z2", fixed(BETA.add(c.multiply(b)), Widths.AFF_Z2));
      proof = with(proof, "z3", fixed(GAMMA.add(c.multiply(MU)), WIDTHS.masked()));
      return with(proof, "w", fixed(TAU.multiply(SIGMA.modPow(c, N)).mod(N), LENGTH));
    }
  }

  @Test
  void forgeryWithTheHonestWitnessIsAProof() {
    verify(new Forgery(HONEST.statement, HONEST.a, HONEST.b).proof(HONEST.statement));
  }

  /**
   * Threat 10, carried out: one element is put in after the challenge is known, solved for from its
   * equation, for a false statement where one is needed. All equations hold for the challenge that
   * was used.
   */
  @ParameterizedTest
  @ValueSource(strings = {"d", "e", "fa", "fb", "m", "r"})
  void frozenHeartSolvedElementFails(String free) {
    Aff.Statement statement = HONEST.statement;
    BigInteger a = HONEST.a;
    BigInteger b = HONEST.b;
    switch (free) {
      case "d" -> statement = with(statement, "c3", affine(BigInteger.TWO, BigInteger.TWO));
      case "fa" -> a = a.add(BigInteger.ONE);
      case "fb" -> b = b.add(BigInteger.ONE);
      default -> {}
    }
    if (free.equals("fa") || free.equals("fb")) {
      statement = with(statement, "c3", affine(a, b));
    }
    Forgery forgery = new Forgery(statement, a, b);
    // What stands in the hash instead.
    switch (free) {
      case "d" -> forgery.d = BigInteger.TWO;
      case "e" -> {
        forgery.e = BigInteger.TWO;
        forgery.s = BigInteger.TEN;
      }
      case "fa" -> forgery.fa = point(BigInteger.TEN);
      case "fb" -> forgery.fb = point(BigInteger.TEN);
      default -> {}
    }
    AffProof proof = forgery.proof(statement);
    BigInteger c = challenge(statement, proof);
    BigInteger z1 = Numbers.of(proof.z1());
    BigInteger z2 = Numbers.of(proof.z2());
    ECPoint r2 = decode(statement.r2());
    switch (free) {
      case "d" -> {
        BigInteger left =
            Numbers.of(statement.cKey())
                .modPow(z1, SQUARE)
                .multiply(N1.encrypt(z2, Numbers.of(proof.w()).modPow(N, SQUARE)))
                .mod(SQUARE);
        BigInteger solved =
            left.multiply(Numbers.of(statement.c3()).modPow(c, SQUARE).modInverse(SQUARE))
                .mod(SQUARE);
        proof = with(proof, "d", fixed(solved, 2 * LENGTH));
      }
      case "e" -> {
        BigInteger solved =
            pedersen(z1, z2, Numbers.of(proof.z3()))
                .multiply(Numbers.of(proof.s()).modPow(c, N_HAT).modInverse(N_HAT))
                .mod(N_HAT);
        proof = with(proof, "e", fixed(solved, LENGTH));
      }
      case "fa" -> {
        ECPoint v = decode(statement.q2()).multiply(R);
        proof = with(proof, "fa", encode(r2.multiply(z1.mod(Q)).subtract(v.multiply(c))));
      }
      case "fb" ->
          proof =
              with(proof, "fb", encode(r2.multiply(z2.mod(Q)).subtract(G.multiply(M).multiply(c))));
      case "m" -> {
        // F_b keeps its hashed value of β·R2; the response for b + 1 then fits m + k2: P2 signs
        // another digest than was agreed.
        forgery = new Forgery(statement, a, b.add(BigInteger.ONE));
        statement = with(statement, "c3", affine(a, b.add(BigInteger.ONE)));
        proof = forgery.proof(statement);
        c = challenge(statement, proof);
        statement = with(statement, "m", fixed(M.add(K2).mod(Q), 32));
      }
      default -> {
        forgery = new Forgery(statement, a.multiply(BigInteger.TWO).mod(Q), b);
        statement = with(statement, "c3", affine(a.multiply(BigInteger.TWO).mod(Q), b));
        proof = forgery.proof(statement);
        c = challenge(statement, proof);
        statement = with(statement, "r", fixed(R.multiply(BigInteger.TWO).mod(Q), 32));
      }
    }
    assertEquals("", failing(statement, proof, c));
    Aff.Statement finalStatement = statement;
    AffProof finalProof = proof;
    assertBlamed("≠", () -> verify(finalStatement, finalProof));
  }

  /** §4.5: the cheater's place in the batch does not matter, nor which equation it breaks. */
  @Test
  void oneCheaterInABatchIsFound() {
    List<Aff.Claim> honest = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Run run = Run.honest(Numbers.randomBelow(BigInteger.TWO.pow(256)));
      honest.add(new Aff.Claim(CONTEXT_2, run.statement, run.proof));
    }
    verifyOwn(honest, PEDERSEN_1, PAILLIER_1, PEDERSEN_KEY_1);
    Aff.Statement halved =
        with(
            HONEST.statement,
            "c3",
            fixed(
                Numbers.of(HONEST.statement.c3()).modPow(BigInteger.TWO.modInverse(N), SQUARE),
                2 * LENGTH));
    Forgery otherIntegers = new Forgery(HONEST.statement, HONEST.a, HONEST.b);
    otherIntegers.s = pedersen(HONEST.a.add(BigInteger.ONE), HONEST.b, Forgery.MU);
    Aff.Claim wrongC3 = new Aff.Claim(CONTEXT_2, halved, prove(halved, HONEST.a, HONEST.b));
    Aff.Claim wrongS =
        new Aff.Claim(CONTEXT_2, HONEST.statement, otherIntegers.proof(HONEST.statement));
    Run otherB = Run.of(M, HONEST.a, HONEST.b.add(BigInteger.ONE));
    for (int i = 0; i < 3; i++) {
      List<Aff.Claim> batch = new ArrayList<>(honest);
      batch.set(i, wrongC3);
      assertBlamed(
          "z1⊙c_key ⊕ Enc(z2; w) ≠ D ⊕ e⊙c3",
          () -> verifyOwn(batch, PEDERSEN_1, PAILLIER_1, PEDERSEN_KEY_1));
      batch.set(i, wrongS);
      assertBlamed(
          "ŝ₁^z1·ŝ₂^z2·t̂^z3 ≠ E·S^e",
          () -> verifyOwn(batch, PEDERSEN_1, PAILLIER_1, PEDERSEN_KEY_1));
      batch.set(i, new Aff.Claim(CONTEXT_2, otherB.statement, otherB.proof));
      assertBlamed(
          "z2·R2 ≠ F_b + e·W", () -> verifyOwn(batch, PEDERSEN_1, PAILLIER_1, PEDERSEN_KEY_1));
    }
    Aff.Claim otherKey =
        new Aff.Claim(
            CONTEXT_2, with(HONEST.statement, "cKey", HONEST.statement.c3()), HONEST.proof);
    List<Aff.Claim> mixed = List.of(honest.get(0), otherKey);
    assertThrows(
        IllegalArgumentException.class,
        () -> verifyOwn(mixed, PEDERSEN_1, PAILLIER_1, PEDERSEN_KEY_1));
  }

  /**
   * Our factors are wrong, here those of another modulus: the peer is blamed for what fails without
   * them, and for nothing else.
   */
  @Test
  void wrongFactorsBlameNoHonestPeer() {
    PaillierKey other;
    do {
      // A larger one, in whose range the numbers are.
      other = ECMATH.paillier().generate(2048, progress -> {});
    } while (Numbers.of(ECMATH.paillier().modulus(other)).compareTo(N) < 0);
    Run run;
    do {
      run = Run.honest(M);
    } while (Numbers.of(run.proof.s()).compareTo(PEDERSEN_2.value()) >= 0
        || Numbers.of(run.proof.e()).compareTo(PEDERSEN_2.value()) >= 0);
    List<Aff.Claim> honest = List.of(new Aff.Claim(CONTEXT_2, run.statement, run.proof));
    BigInteger c3 = Numbers.of(run.statement.c3()).modPow(BigInteger.TWO, SQUARE);
    Aff.Statement squared = with(run.statement, "c3", fixed(c3, 2 * LENGTH));
    List<Aff.Claim> cheating =
        List.of(new Aff.Claim(CONTEXT_2, squared, prove(squared, HONEST.a, HONEST.b)));
    try (PaillierKey wrong = other) {
      assertThrows(
          NativeLibraryException.class, () -> verifyOwn(honest, PEDERSEN_1, wrong, PEDERSEN_KEY_1));
      assertBlamed(
          "z1⊙c_key ⊕ Enc(z2; w) ≠ D ⊕ e⊙c3",
          () -> verifyOwn(cheating, PEDERSEN_1, wrong, PEDERSEN_KEY_1));
    }
    assertThrows(
        NativeLibraryException.class,
        () -> verifyOwn(honest, PEDERSEN_1, PAILLIER_1, PEDERSEN_KEY_2));
  }

  /** Threat 15: masks answer once. Two responses to two challenges would give a and b. */
  @Test
  void masksAreForOneProof() {
    AffProver.Claim claim = claim(PROVER, HONEST.statement, HONEST.a, HONEST.b);
    assertDoesNotThrow(() -> verify(prove(PROVER, claim)));
    assertRefused(
        new AffProver.Claim(
            CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), claim.masks()));
    AffProver.Masks closed = masks(PROVER, R2);
    closed.close();
    assertRefused(
        new AffProver.Claim(CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), closed));
    AffProver.Masks foreign = masks(PROVER, point(BigInteger.TEN));
    assertRefused(
        new AffProver.Claim(CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), foreign));
    AffProver other = new AffProver(ECMATH, N1, PEDERSEN_2, null);
    assertRefused(
        new AffProver.Claim(
            CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), masks(other, R2)));
  }

  /** In one batch, too. */
  @Test
  void masksAreForOneProofOfABatch() {
    AffProver.Masks masks = masks(PROVER, R2);
    AffProver.Claim one =
        new AffProver.Claim(CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), masks);
    AffProver.Claim two =
        new AffProver.Claim(CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), masks);
    assertThrows(IllegalStateException.class, () -> PROVER.prove(List.of(one, two)));
  }

  private static void assertRefused(AffProver.Claim claim) {
    assertThrows(IllegalStateException.class, () -> prove(PROVER, claim));
  }

  /**
   * A blinder hides one pair: with the same σ^N, t̂^μ, two ciphertexts or commitments would tell
   * the difference of what they hide.
   */
  @Test
  void blindersAreForOneUse() {
    AffBlinder blinder = PROVER.blinders(1, 0).get(0);
    AffProver.Witness first = new AffProver.Witness(integer(HONEST.a), integer(HONEST.b), blinder);
    assertThrows(
        IllegalStateException.class,
        () -> new AffProver.Witness(integer(HONEST.a), integer(HONEST.b), blinder));
    first.close();
    List<AffBlinder> masks = PROVER.blinders(0, 1);
    PROVER.prepare(C_KEY, List.of(R2), masks).forEach(AffProver.Masks::close);
    assertThrows(IllegalStateException.class, () -> PROVER.prepare(C_KEY, List.of(R2), masks));
    assertThrows(
        IllegalStateException.class,
        () -> PROVER.prepare(C_KEY, List.of(R2), PROVER.blinders(1, 0)));
    AffBlinder forMasks = PROVER.blinders(0, 1).get(0);
    assertThrows(
        IllegalStateException.class,
        () -> new AffProver.Witness(integer(HONEST.a), integer(HONEST.b), forMasks));
    AffProver other = new AffProver(ECMATH, N1, PEDERSEN_2, null);
    assertThrows(
        IllegalStateException.class,
        () -> PROVER.prepare(C_KEY, List.of(R2), other.blinders(0, 1)));
    forMasks.close();
  }

  /** Many at once, with tables and without, also where the blinders were made without. */
  @Test
  void batchesVerifyWithTablesAndWithout() {
    try (FixedBases bases = AffProver.bases(ECMATH, PEDERSEN_1)) {
      AffProver quick = new AffProver(ECMATH, N1, PEDERSEN_1, bases);
      for (AffProver maker : new AffProver[] {PROVER, quick}) {
        for (AffProver prover : new AffProver[] {PROVER, quick}) {
          for (int count : new int[] {1, 2, 9}) {
            batchVerifies(maker, prover, count);
          }
        }
      }
    }
  }

  private static void batchVerifies(AffProver maker, AffProver prover, int count) {
    List<AffBlinder> blinders = maker.blinders(count, count);
    List<BigInteger> k2 = Stream.generate(() -> Numbers.randomBelow(Q)).limit(count).toList();
    List<Bytes> r2 = k2.stream().map(AffTest::point).toList();
    List<AffProver.Masks> masks = prover.prepare(C_KEY, r2, blinders.subList(count, 2 * count));
    List<AffProver.Witness> witnesses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BigInteger inverse = k2.get(i).modInverse(Q);
      BigInteger a = inverse.multiply(R).multiply(X2).mod(Q);
      BigInteger b =
          inverse.multiply(M).mod(Q).add(Numbers.randomBelow(BigInteger.TWO.pow(642)).multiply(Q));
      witnesses.add(new AffProver.Witness(integer(a), integer(b), blinders.get(i)));
    }
    List<Bytes> c3 = prover.encrypt(C_KEY, witnesses);
    List<AffProver.Claim> claims = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      claims.add(
          new AffProver.Claim(
              CONTEXT_2,
              with(statement(M, c3.get(i)), "r2", r2.get(i)),
              witnesses.get(i),
              masks.get(i)));
    }
    List<AffProof> proofs = prover.prove(claims);
    Set<Bytes> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      AffProof proof = proofs.get(i);
      verify(claims.get(i).statement(), proof);
      seen.addAll(List.of(proof.s(), proof.e(), proof.d(), proof.fa(), proof.fb(), c3.get(i)));
    }
    assertEquals(6 * count, seen.size(), "something was used twice");
  }

  /**
   * Masks as wide as protocol.md §3.6 has them hide the witness up to 2⁻¹²⁸; each response is
   * within 40 bits of its bound but for one run in 2⁴⁰. With tables and without.
   */
  @Test
  void masksAreAsWideAsSpecified() {
    try (FixedBases bases = AffProver.bases(ECMATH, PEDERSEN_1)) {
      for (FixedBases some : new FixedBases[] {null, bases}) {
        AffProver prover = new AffProver(ECMATH, N1, PEDERSEN_1, some);
        AffProof proof = prove(prover, claim(prover, HONEST.statement, HONEST.a, HONEST.b));
        assertTrue(Numbers.of(proof.z1()).bitLength() > 512 - 40, "α");
        assertTrue(Numbers.of(proof.z2()).bitLength() > 1156 - 40, "β");
        assertTrue(Numbers.of(proof.z3()).bitLength() > N_HAT.bitLength() + 384 - 40, "γ");
        assertTrue(Numbers.of(proof.w()).bitLength() > N.bitLength() - 40, "τ");
        // μ alone, where nothing hides it: below 2^128·N̂, and as wide.
        try (AffBlinder blinder = prover.blinders(1, 0).get(0);
            SecretInteger zero = integer(BigInteger.ZERO)) {
          byte[] mu =
              ECMATH.integers().response(zero, new byte[] {1}, blinder.exponent(), LENGTH + 16);
          int bits = Numbers.of(mu).bitLength();
          assertTrue(bits > N_HAT.bitLength() + 128 - 40, "μ");
        }
      }
    }
  }

  /** What fails leaves nothing in the vault. */
  @Test
  void failuresLeaveNothingBehind() {
    long before = ECMATH.vault().report().handles();
    Bytes notAPoint = Bytes.of(new byte[33]);
    assertThrows(
        RuntimeException.class,
        () -> PROVER.prepare(C_KEY, List.of(notAPoint), PROVER.blinders(0, 1)));
    AffProver.Masks foreign = masks(PROVER, point(BigInteger.TEN));
    assertRefused(
        new AffProver.Claim(CONTEXT_2, HONEST.statement, witness(HONEST.a, HONEST.b), foreign));
    assertTrue(ECMATH.vault().report().handles() <= before);
  }

  @Test
  void provingTwiceSharesNothing() {
    AffProof again = prove(HONEST.statement, HONEST.a, HONEST.b);
    for (String component : new String[] {"s", "e", "d", "fa", "fb", "z1", "z2", "z3", "w"}) {
      assertNotEquals(get(HONEST.proof, component), get(again, component));
    }
  }

  /** That the test's c3 is what the library would make. */
  @Test
  void testCiphertextIsTheLibrarys() {
    try (SecretInteger a = integer(HONEST.a);
        SecretInteger b = integer(HONEST.b);
        SecretInteger sigma = integer(SIGMA)) {
      assertArrayEquals(
          HONEST.statement.c3().toByteArray(),
          ECMATH.paillier().affine(N1.n().toByteArray(), C_KEY.toByteArray(), a, b, sigma));
    }
  }
}
