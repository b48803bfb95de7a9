/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.CONTEXT_1;
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
import static com.spatium.cryptodriver.proof.ProofFixture.zeros;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.EncDlProof;
import com.spatium.cryptodriver.wire.SyncMessage.EncryptedKey;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P1 proves for c_key under N1 against P2's parameters. The witnesses are public here: the tests
 * are the cheaters.
 */
final class EncDlTest {
  private static final EncDl ENCDL = new EncDl(ECMATH);
  private static final Curve CURVE = ECMATH.secp256k1();
  private static final BigInteger X = Numbers.randomBelow(Q);
  private static final BigInteger RHO = Numbers.randomBelow(N1.value());
  private static final EncDl.Statement STATEMENT = statement(X, X);
  private static final EncDlProof HONEST = prove(STATEMENT, X);
  private static final Widths WIDTHS = new Widths(LENGTH);

  private static Bytes point(BigInteger x) {
    try (SecretScalar scalar = CURVE.fromPublic(Numbers.scalar(CURVE, x))) {
      return Bytes.of(CURVE.mulBase(scalar));
    }
  }

  /** C encrypts one number, X = x·G has another for its logarithm. */
  private static EncDl.Statement statement(BigInteger encrypted, BigInteger logarithm) {
    BigInteger square = N1.value().pow(2);
    BigInteger c = N1.encrypt(encrypted.mod(N1.value()), RHO.modPow(N1.value(), square));
    return new EncDl.Statement(N1, fixed(c, 2 * LENGTH), point(logarithm));
  }

  private static EncDlProof prove(EncDl.Statement statement, BigInteger x) {
    try (SecretInteger secX = integer(x);
        SecretInteger secRho = integer(RHO)) {
      return prove(statement, secX, secRho);
    }
  }

  private static EncDlProof prove(
      EncDl.Statement statement, SecretInteger secX, SecretInteger secRho) {
    try (EncDl.Masks masks = EncDl.Masks.random(ECMATH, N1, PEDERSEN_2)) {
      byte[] a = ECMATH.paillier().encryptOwn(PAILLIER_1, masks.alpha(), masks.r());
      return ENCDL.unchecked(
          CONTEXT_1, statement, masks, Bytes.of(a), secX, secRho, PEDERSEN_2, null);
    }
  }

  private static SecretInteger integer(BigInteger value) {
    return ECMATH.integers().fromPublic(value, Math.max(1, (value.bitLength() + 7) / 8));
  }

  private static void verify(EncDlProof proof) {
    verify(CONTEXT_1, STATEMENT, PEDERSEN_2, proof);
  }

  private static void verify(
      ProofContext context, EncDl.Statement statement, PedersenParameters own, EncDlProof proof) {
    ProofFixture.verifyBoth(
        () -> ENCDL.verify("X9", context, statement, own, proof),
        () -> ENCDL.verifyOwn("X9", context, statement, own, PEDERSEN_KEY_2, proof));
  }

  @Test
  void honestProofsVerify() {
    verify(HONEST);
    try (FixedBases prepared = EncDl.bases(ECMATH, PEDERSEN_2)) {
      for (BigInteger x :
          new BigInteger[] {BigInteger.ONE, Q.subtract(BigInteger.ONE), Numbers.randomBelow(Q)}) {
        assertEncrypts(x, null);
        assertEncrypts(x, prepared);
      }
    }
  }

  private static void assertEncrypts(BigInteger x, @Nullable FixedBases bases) {
    try (SecretInteger secX = integer(x)) {
      EncryptedKey made = ENCDL.encrypt(CONTEXT_1, N1, point(x), secX, PEDERSEN_2, bases);
      EncDl.Statement statement = new EncDl.Statement(N1, made.cKey(), point(x));
      assertDoesNotThrow(() -> verify(CONTEXT_1, statement, PEDERSEN_2, made.encdl()));
      try (SecretInteger plain = ECMATH.paillier().decrypt(PAILLIER_1, made.cKey().toByteArray())) {
        assertTrue(ECMATH.vault().equal(plain, secX));
      }
    }
  }

  /** The widths that the tables are made for hold every exponent that can occur. */
  @Test
  void largestResponsesFitTheTables() {
    BigInteger z1 = BigInteger.TWO.pow(513).subtract(BigInteger.ONE);
    BigInteger z3 = PEDERSEN_2.responseBound().subtract(BigInteger.ONE);
    try (FixedBases bases = EncDl.bases(ECMATH, PEDERSEN_2)) {
      BigInteger found =
          new Powers(ECMATH, PEDERSEN_2.n(), 1)
              .product(bases, fixed(z1, Widths.Z1), fixed(z3, WIDTHS.masked()));
      BigInteger nHat = PEDERSEN_2.value();
      BigInteger expected =
          Numbers.of(PEDERSEN_2.fields().s1())
              .modPow(z1, nHat)
              .multiply(Numbers.of(PEDERSEN_2.fields().t()).modPow(z3, nHat))
              .mod(nHat);
      assertEquals(expected, found);
    }
  }

  private static BigInteger challenge(EncDl.Statement statement, EncDlProof proof) {
    return new IndependentHash("encdl")
        .bytes(CONTEXT_1.id())
        .number(1)
        .bytes(statement.n().n(), statement.c(), statement.x())
        .bytes(PEDERSEN_2.fields().n(), PEDERSEN_2.fields().s1(), PEDERSEN_2.fields().t())
        .bytes(proof.s(), proof.a(), proof.y(), proof.d())
        .challenge();
  }

  /** The three equations by BigInteger and BouncyCastle; empty if all hold. */
  private static String failing(EncDl.Statement statement, EncDlProof proof, BigInteger e) {
    BigInteger n = N1.value();
    BigInteger square = n.pow(2);
    BigInteger nHat = PEDERSEN_2.value();
    BigInteger z1 = Numbers.of(proof.z1());
    BigInteger encrypted =
        BigInteger.ONE
            .add(z1.multiply(n))
            .multiply(Numbers.of(proof.z2()).modPow(n, square))
            .mod(square);
    BigInteger combined =
        Numbers.of(proof.a()).multiply(Numbers.of(statement.c()).modPow(e, square)).mod(square);
    BigInteger left =
        Numbers.of(PEDERSEN_2.fields().s1())
            .modPow(z1, nHat)
            .multiply(Numbers.of(PEDERSEN_2.fields().t()).modPow(Numbers.of(proof.z3()), nHat))
            .mod(nHat);
    BigInteger right =
        Numbers.of(proof.d()).multiply(Numbers.of(proof.s()).modPow(e, nHat)).mod(nHat);
    var curve = CustomNamedCurves.getByName("secp256k1");
    ECPoint leftPoint = curve.getG().multiply(z1.mod(Q));
    ECPoint rightPoint =
        curve
            .getCurve()
            .decodePoint(proof.y().toByteArray())
            .add(curve.getCurve().decodePoint(statement.x().toByteArray()).multiply(e));
    return (encrypted.equals(combined) ? "" : "Enc ")
        + (left.equals(right) ? "" : "ŝ₁ ")
        + (leftPoint.equals(rightPoint) ? "" : "G ");
  }

  @Test
  void independentVerifierAgrees() {
    assertEquals("", failing(STATEMENT, HONEST, challenge(STATEMENT, HONEST)));
  }

  @Test
  void eachComponentMatters() {
    Alterations.eachComponentMatters(HONEST, EncDlTest::verify);
  }

  @Test
  void eachLengthIsExact() {
    Alterations.eachLengthIsExact(HONEST, EncDlTest::verify);
  }

  @Test
  void replayInAnotherSessionOrReflectionFails() {
    Alterations.boundToItsContext(
        CONTEXT_1, context -> verify(context, STATEMENT, PEDERSEN_2, HONEST));
  }

  @Test
  void frozenHeartEveryStatementElementMatters() {
    EncDl.Statement otherC = statement(X.add(BigInteger.ONE), X);
    assertBlamed(
        "≠",
        () ->
            verify(
                CONTEXT_1, new EncDl.Statement(N1, otherC.c(), STATEMENT.x()), PEDERSEN_2, HONEST));
    Bytes otherX = point(X.add(BigInteger.ONE));
    assertBlamed(
        "≠",
        () ->
            verify(CONTEXT_1, new EncDl.Statement(N1, STATEMENT.c(), otherX), PEDERSEN_2, HONEST));
    assertBlamed(
        () ->
            verify(
                CONTEXT_1,
                new EncDl.Statement(N2, STATEMENT.c(), STATEMENT.x()),
                PEDERSEN_2,
                HONEST));
    assertBlamed(() -> verify(CONTEXT_1, STATEMENT, PEDERSEN_1, HONEST));
    for (String field : new String[] {"s1", "t"}) {
      BigInteger squared =
          Numbers.of(get(PEDERSEN_2.fields(), field)).pow(2).mod(PEDERSEN_2.value());
      PedersenParameters altered = withPedersen(PEDERSEN_2, field, fixed(squared, LENGTH));
      assertBlamed("≠", () -> verify(CONTEXT_1, STATEMENT, altered, HONEST));
    }
  }

  /**
   * Threats 7, 8 (alpha-rays): c_key encrypts x + k·q with a huge k, so X is right but the signing
   * step wraps and leaks x2. All equations hold.
   */
  @Test
  void keyPlusMultipleOfTheOrderIsOutOfRange() {
    BigInteger huge = X.add(Q.multiply(BigInteger.TWO.pow(390 - 256)));
    EncDl.Statement statement = statement(huge, X);
    EncDlProof proof;
    do {
      proof = prove(statement, huge);
    } while (Numbers.of(proof.z1()).bitLength()
        <= 513); // a challenge so small that nothing wraps either
    assertEquals("", failing(statement, proof, challenge(statement, proof)));
    EncDlProof caught = proof;
    assertBlamed(
        "encdl: z1 is out of range", () -> verify(CONTEXT_1, statement, PEDERSEN_2, caught));
  }

  /** Threat 7: c_key encrypts something else than the logarithm of Q1. */
  @Test
  void otherPlaintextFails() {
    BigInteger other = Numbers.randomBelow(Q);
    EncDl.Statement statement = statement(other, X);
    assertBlamed(
        "z1·G ≠ Y + e·X", () -> verify(CONTEXT_1, statement, PEDERSEN_2, prove(statement, other)));
    assertBlamed(
        "Enc(z1; z2) ≠", () -> verify(CONTEXT_1, statement, PEDERSEN_2, prove(statement, X)));
  }

  /**
   * Threat 9: with A = 0 and z2 = 0 the equation of the ciphertext reads 0 = 0, and C may encrypt
   * anything; so may multiples of N and, for whoever knows p, of p².
   */
  @Test
  void zeroForgesNothing() {
    EncDl.Statement statement = statement(Numbers.randomBelow(N1.value()), X);
    BigInteger p = TestParameters.paillierFactor(1, 0);
    for (BigInteger root : new BigInteger[] {BigInteger.ZERO, p, p.multiply(BigInteger.TEN)}) {
      EncDlProof forged = forgeZero(statement, root);
      if (root.signum() == 0) {
        assertEquals("", failing(statement, forged, challenge(statement, forged)));
      }
      assertBlamed(
          "encdl: z2 is not a unit", () -> verify(CONTEXT_1, statement, PEDERSEN_2, forged));
      EncDlProof otherRoot = with(forged, "z2", fixed(BigInteger.ONE, LENGTH));
      assertBlamed(
          "encdl: C or A is not a unit", () -> verify(CONTEXT_1, statement, PEDERSEN_2, otherRoot));
    }
  }

  /** An honest proof but for A and z2, with the challenge for that A. */
  private static EncDlProof forgeZero(EncDl.Statement statement, BigInteger root) {
    BigInteger alpha = Numbers.randomBelow(BigInteger.TWO.pow(512));
    BigInteger gamma = BigInteger.valueOf(7);
    BigInteger mu = BigInteger.valueOf(11);
    BigInteger nHat = PEDERSEN_2.value();
    BigInteger s1 = Numbers.of(PEDERSEN_2.fields().s1());
    BigInteger t = Numbers.of(PEDERSEN_2.fields().t());
    BigInteger bigA = root.modPow(N1.value(), N1.value().pow(2));
    EncDlProof first =
        new EncDlProof(
            fixed(s1.modPow(X, nHat).multiply(t.modPow(mu, nHat)).mod(nHat), LENGTH),
            fixed(bigA, 2 * LENGTH),
            point(alpha.mod(Q)),
            fixed(s1.modPow(alpha, nHat).multiply(t.modPow(gamma, nHat)).mod(nHat), LENGTH),
            Bytes.empty(),
            fixed(root, LENGTH),
            Bytes.empty());
    BigInteger e = challenge(statement, first);
    return with(
        with(first, "z1", fixed(alpha.add(e.multiply(X)), Widths.Z1)),
        "z3",
        fixed(gamma.add(e.multiply(mu)), WIDTHS.masked()));
  }

  /** Threat 9: ciphertexts 0, N², a multiple of p. */
  @Test
  void ciphertextThatIsNoUnitIsRefused() {
    BigInteger p = TestParameters.paillierFactor(1, 0);
    for (BigInteger bad :
        new BigInteger[] {BigInteger.ZERO, N1.value().pow(2), N1.value(), p, p.pow(2)}) {
      EncDl.Statement statement = new EncDl.Statement(N1, fixed(bad, 2 * LENGTH), STATEMENT.x());
      assertBlamed("C or A is not a unit", () -> verify(CONTEXT_1, statement, PEDERSEN_2, HONEST));
    }
  }

  /** Threat 13. */
  @Test
  void whatIsNoPointIsRefused() {
    byte[] offCurve = STATEMENT.x().toByteArray();
    offCurve[0] = 5;
    for (byte[] bad : new byte[][] {new byte[33], offCurve, new byte[1]}) {
      EncDl.Statement statement = new EncDl.Statement(N1, STATEMENT.c(), Bytes.of(bad));
      assertBlamed("X or Y is not a point", () -> verify(CONTEXT_1, statement, PEDERSEN_2, HONEST));
      assertBlamed("X or Y is not a point", () -> verify(with(HONEST, "y", Bytes.of(bad))));
    }
  }

  /** §2.4. */
  @ParameterizedTest
  @ValueSource(strings = {"s", "d"})
  void commitmentsThatAreNoUnitsAreRefused(String component) {
    BigInteger factor = TestParameters.pedersenFactor(2048, 2, 1);
    for (BigInteger bad :
        new BigInteger[] {BigInteger.ZERO, PEDERSEN_2.value(), factor, factor.shiftLeft(3)}) {
      assertBlamed(
          "S or D is not a unit", () -> verify(with(HONEST, component, fixed(bad, LENGTH))));
    }
  }

  @Test
  void rangesAreExact() {
    BigInteger z1 = BigInteger.TWO.pow(513);
    BigInteger z3 = PEDERSEN_2.value().shiftLeft(385);
    assertBlamed("z1 is out of range", () -> verify(with(HONEST, "z1", fixed(z1, Widths.Z1))));
    assertBlamed(
        "≠", () -> verify(with(HONEST, "z1", fixed(z1.subtract(BigInteger.ONE), Widths.Z1))));
    assertBlamed(
        "z3 is out of range", () -> verify(with(HONEST, "z3", fixed(z3, WIDTHS.masked()))));
    assertBlamed(
        "≠", () -> verify(with(HONEST, "z3", fixed(z3.subtract(BigInteger.ONE), WIDTHS.masked()))));
    assertBlamed("z2 is not a unit", () -> verify(with(HONEST, "z2", fixed(N1.value(), LENGTH))));
    // The same z1 modulo q satisfies z1·G = Y + e·X alone.
    BigInteger shifted = Numbers.of(HONEST.z1()).mod(Q);
    assertBlamed("ŝ₁", () -> verify(with(HONEST, "z1", fixed(shifted, Widths.Z1))));
  }

  /**
   * Threat 10, carried out: X, Y, A or D solved for after the challenge. The equations hold for the
   * challenge that was used.
   */
  @ParameterizedTest
  @ValueSource(strings = {"x", "y", "a", "d"})
  void frozenHeartSolvedElementFails(String free) {
    // A false statement for y, a and d: X is not the logarithm that is encrypted.
    BigInteger other = X.add(BigInteger.TEN);
    EncDl.Statement statement =
        free.equals("a") ? statement(other, X) : free.equals("y") ? statement(X, other) : STATEMENT;
    // What stands in the hash for the element that is solved for.
    Bytes dummy = free.equals("x") ? point(BigInteger.valueOf(99)) : get(HONEST, free);
    EncDl.Statement hashedStatement =
        free.equals("x") ? new EncDl.Statement(N1, statement.c(), dummy) : statement;
    BigInteger alpha = BigInteger.valueOf(1_000_003);
    BigInteger gamma = BigInteger.valueOf(5);
    BigInteger mu = BigInteger.valueOf(6);
    BigInteger r = BigInteger.valueOf(3);
    BigInteger n = N1.value();
    BigInteger square = n.pow(2);
    BigInteger nHat = PEDERSEN_2.value();
    BigInteger s1 = Numbers.of(PEDERSEN_2.fields().s1());
    BigInteger t = Numbers.of(PEDERSEN_2.fields().t());
    EncDlProof base =
        new EncDlProof(
            // for d: a commitment to nothing known
            free.equals("d")
                ? fixed(BigInteger.TWO, LENGTH)
                : fixed(s1.modPow(X, nHat).multiply(t.modPow(mu, nHat)).mod(nHat), LENGTH),
            free.equals("a") ? dummy : fixed(N1.encrypt(alpha, r.modPow(n, square)), 2 * LENGTH),
            free.equals("y") ? dummy : point(alpha),
            free.equals("d")
                ? dummy
                : fixed(s1.modPow(alpha, nHat).multiply(t.modPow(gamma, nHat)).mod(nHat), LENGTH),
            Bytes.empty(),
            Bytes.empty(),
            Bytes.empty());
    BigInteger e = challenge(hashedStatement, base);
    BigInteger z1 = alpha.add(e.multiply(X));
    BigInteger z2 = r.multiply(RHO.modPow(e, n)).mod(n);
    BigInteger z3 = gamma.add(e.multiply(mu));
    EncDlProof answered =
        with(
            with(with(base, "z1", fixed(z1, Widths.Z1)), "z2", fixed(z2, LENGTH)),
            "z3",
            fixed(z3, WIDTHS.masked()));
    EncDl.Statement solvedStatement = statement;
    EncDlProof solved = answered;
    var curve = CustomNamedCurves.getByName("secp256k1");
    switch (free) {
      case "x" -> {
        // X = e⁻¹·(z1·G − Y): for any z1, nobody needs to know its logarithm.
        ECPoint y = curve.getCurve().decodePoint(answered.y().toByteArray());
        byte[] bytes =
            curve
                .getG()
                .multiply(z1.mod(Q))
                .subtract(y)
                .multiply(e.modInverse(Q))
                .normalize()
                .getEncoded(true);
        solvedStatement = new EncDl.Statement(N1, statement.c(), Bytes.of(bytes));
      }
      case "y" -> {
        ECPoint x = curve.getCurve().decodePoint(statement.x().toByteArray());
        byte[] bytes =
            curve.getG().multiply(z1.mod(Q)).subtract(x.multiply(e)).normalize().getEncoded(true);
        solved = with(answered, "y", Bytes.of(bytes));
      }
      case "a" -> {
        BigInteger cToE = Numbers.of(statement.c()).modPow(e, square);
        solved =
            with(
                answered,
                "a",
                fixed(
                    N1.encrypt(z1, z2.modPow(n, square))
                        .multiply(cToE.modInverse(square))
                        .mod(square),
                    2 * LENGTH));
      }
      default -> {
        BigInteger sToE = Numbers.of(answered.s()).modPow(e, nHat);
        BigInteger left = s1.modPow(z1, nHat).multiply(t.modPow(z3, nHat)).mod(nHat);
        solved = with(answered, "d", fixed(left.multiply(sToE.modInverse(nHat)).mod(nHat), LENGTH));
      }
    }
    assertEquals("", failing(solvedStatement, solved, e));
    EncDl.Statement finalStatement = solvedStatement;
    EncDlProof finalProof = solved;
    assertBlamed("≠", () -> verify(CONTEXT_1, finalStatement, PEDERSEN_2, finalProof));
  }

  /** Threat 22: a proof that came out wrong does not leave. */
  @Test
  void ownProofThatDoesNotVerifyIsALocalFault() {
    Bytes other = point(X.add(BigInteger.ONE));
    try (SecretInteger secX = integer(X)) {
      assertThrows(
          NativeLibraryException.class,
          () -> ENCDL.encrypt(CONTEXT_1, N1, other, secX, PEDERSEN_2, null));
    }
  }

  /** Our factors are wrong: the peer is blamed for what fails without them, and nothing else. */
  @Test
  void wrongFactorsBlameNoHonestPeer() {
    // N̂ of P1 is the larger one, so the numbers are in its range.
    assertTrue(PEDERSEN_1.value().compareTo(PEDERSEN_2.value()) > 0);
    assertThrows(
        NativeLibraryException.class,
        () -> ENCDL.verifyOwn("X9", CONTEXT_1, STATEMENT, PEDERSEN_2, PEDERSEN_KEY_1, HONEST));
    EncDlProof cheating =
        with(HONEST, "z3", fixed(Numbers.of(HONEST.z3()).xor(BigInteger.ONE), WIDTHS.masked()));
    assertBlamed(
        "ŝ₁",
        () -> ENCDL.verifyOwn("X9", CONTEXT_1, STATEMENT, PEDERSEN_2, PEDERSEN_KEY_1, cheating));
  }

  /** That the test's forged C is what the library would make. */
  @Test
  void testEncryptionIsTheLibrarys() {
    try (SecretInteger secX = integer(X);
        SecretInteger secRho = integer(RHO)) {
      assertArrayEquals(
          STATEMENT.c().toByteArray(), ECMATH.paillier().encryptOwn(PAILLIER_1, secX, secRho));
    }
    assertBlamed("", () -> verify(with(HONEST, "z2", zeros(LENGTH))));
  }
}
