/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.CONTEXT_1;
import static com.spatium.cryptodriver.proof.ProofFixture.CONTEXT_2;
import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.NONCES;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.flipped;
import static com.spatium.cryptodriver.proof.ProofFixture.zeros;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DlTest {
  private final Dl dl = new Dl(ECMATH, NONCES);

  private record Case(Dl.Statement statement, DlProof proof) {}

  private Case honest(Suite suite) {
    Curve curve = Checks.curve(ECMATH, suite);
    try (SecretScalar x = curve.random()) {
      Dl.Statement statement = new Dl.Statement(suite, Bytes.of(curve.mulBase(x)));
      return new Case(statement, dl.prove(CONTEXT_1, statement, x));
    }
  }

  private static Bytes someOtherPoint(Suite suite) {
    Curve curve = Checks.curve(ECMATH, suite);
    try (SecretScalar x = curve.random()) {
      return Bytes.of(curve.mulBase(x));
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void honestProofVerifies(Suite suite) {
    for (int i = 0; i < 20; i++) {
      Case honest = honest(suite);
      assertDoesNotThrow(() -> dl.verify("X9", CONTEXT_1, honest.statement, honest.proof));
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void independentHashAgrees(Suite suite) {
    Case honest = honest(suite);
    Curve curve = Checks.curve(ECMATH, suite);
    BigInteger e =
        new IndependentHash("dl")
            .bytes(CONTEXT_1.id())
            .number(1)
            .text(suite.curveName())
            .bytes(honest.statement.x(), honest.proof.a())
            .challenge();
    byte[] right =
        curve
            .linear(
                null,
                new byte[][] {Numbers.scalar(curve, e), Numbers.scalar(curve, BigInteger.ONE)},
                new byte[][] {honest.statement.x().toByteArray(), honest.proof.a().toByteArray()})
            .orElseThrow();
    byte[] left =
        curve.linear(honest.proof.z().toByteArray(), new byte[0][], new byte[0][]).orElseThrow();
    assertArrayEquals(left, right);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void smallestAndLargestWitnessesVerify(Suite suite) {
    Curve curve = Checks.curve(ECMATH, suite);
    for (BigInteger x : new BigInteger[] {BigInteger.ONE, curve.order().subtract(BigInteger.ONE)}) {
      try (SecretScalar secX = curve.fromPublic(Numbers.scalar(curve, x))) {
        Dl.Statement statement = new Dl.Statement(suite, Bytes.of(curve.mulBase(secX)));
        assertDoesNotThrow(
            () -> dl.verify("X9", CONTEXT_1, statement, dl.prove(CONTEXT_1, statement, secX)));
      }
    }
  }

  /** Threats 14, 15: a repeated mask reveals the witness. */
  @Test
  void provingTwiceUsesFreshMasks() {
    Curve curve = ECMATH.secp256k1();
    try (SecretScalar x = curve.random()) {
      Dl.Statement statement = new Dl.Statement(Suite.ECDSA_SECP256K1, Bytes.of(curve.mulBase(x)));
      assertNotEquals(dl.prove(CONTEXT_1, statement, x).a(), dl.prove(CONTEXT_1, statement, x).a());
    }
  }

  /** Threat 10: a weak Fiat–Shamir hash leaves out X or A. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void frozenHeartEveryHashedElementMatters(Suite suite) {
    Case honest = honest(suite);
    Bytes other = someOtherPoint(suite);
    assertBlamed(
        "z·G", () -> dl.verify("X9", CONTEXT_1, new Dl.Statement(suite, other), honest.proof));
    assertBlamed(
        "z·G",
        () -> dl.verify("X9", CONTEXT_1, honest.statement, new DlProof(other, honest.proof.z())));
    assertBlamed(
        "z·G",
        () ->
            dl.verify(
                "X9",
                CONTEXT_1,
                honest.statement,
                new DlProof(honest.proof.a(), flipped(honest.proof.z(), 8))));
    for (int bit = 0; bit < 256; bit += 51) {
      ProofContext altered = new ProofContext(flipped(CONTEXT_1.id(), bit), Role.INITIATOR);
      assertBlamed("z·G", () -> dl.verify("X9", altered, honest.statement, honest.proof));
    }
  }

  /**
   * Threat 10, carried out: with e known before X, X = e⁻¹·(z·G − A) has a "proof" for an unknown
   * logarithm. Here e changes with X.
   */
  @Test
  void frozenHeartForgedStatementFails() {
    Curve curve = ECMATH.secp256k1();
    Case honest = honest(Suite.ECDSA_SECP256K1);
    Bytes a = someOtherPoint(Suite.ECDSA_SECP256K1);
    byte[] z = Numbers.scalar(curve, BigInteger.valueOf(12345));
    // The forger fixes e as if the hash did not cover X, and solves for X.
    BigInteger e =
        Numbers.of(
            new Transcript.Dl(
                    CONTEXT_1.id(), CONTEXT_1.maker(), "secp256k1", honest.statement.x(), a)
                .hash());
    BigInteger inverse = e.modInverse(curve.order());
    byte[] forged =
        curve
            .linear(
                Numbers.scalar(curve, inverse.multiply(BigInteger.valueOf(12345))),
                new byte[][] {Numbers.scalar(curve, inverse.negate())},
                new byte[][] {a.toByteArray()})
            .orElseThrow();
    // The equation holds for his e …
    byte[] left =
        curve
            .linear(z, new byte[][] {Numbers.scalar(curve, e.negate())}, new byte[][] {forged})
            .orElseThrow();
    assertArrayEquals(a.toByteArray(), left);
    // … but not for the hash.
    assertBlamed(
        "z·G",
        () ->
            dl.verify(
                "X9",
                CONTEXT_1,
                new Dl.Statement(Suite.ECDSA_SECP256K1, Bytes.of(forged)),
                new DlProof(a, Bytes.of(z))));
  }

  /** Threat 11: the same proof in another session, or as if we had made it. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void replayInAnotherSessionOrReflectionFails(Suite suite) {
    Case honest = honest(suite);
    assertBlamed(
        "z·G",
        () ->
            dl.verify(
                "X9",
                new ProofContext(CONTEXT_2.id(), Role.INITIATOR),
                honest.statement,
                honest.proof));
    assertBlamed(
        "z·G",
        () ->
            dl.verify(
                "X9",
                new ProofContext(CONTEXT_1.id(), Role.RESPONDER),
                honest.statement,
                honest.proof));
  }

  /**
   * Threat 12: Q2 = Y − Q1 would cancel our share; nobody can prove its logarithm by bending our
   * proof.
   */
  @Test
  void rogueKeyHasNoProof() {
    Curve curve = ECMATH.secp256k1();
    Case ours = honest(Suite.ECDSA_SECP256K1);
    byte[] minusOne = Numbers.scalar(curve, BigInteger.ONE.negate());
    byte[] rogue =
        curve
            .linear(
                Numbers.scalar(curve, BigInteger.TEN),
                new byte[][] {minusOne},
                new byte[][] {ours.statement.x().toByteArray()})
            .orElseThrow();
    Bytes negatedA =
        Bytes.of(
            curve
                .linear(null, new byte[][] {minusOne}, new byte[][] {ours.proof.a().toByteArray()})
                .orElseThrow());
    BigInteger e =
        Numbers.of(
            new Transcript.Dl(
                    CONTEXT_1.id(), Role.INITIATOR, "secp256k1", ours.statement.x(), ours.proof.a())
                .hash());
    // −A + e·(10·G − X) = (10·e − z)·G: it would verify if the challenge stayed the same.
    Bytes z =
        Bytes.of(
            Numbers.scalar(curve, e.multiply(BigInteger.TEN).subtract(Numbers.of(ours.proof.z()))));
    assertBlamed(
        "z·G",
        () ->
            dl.verify(
                "X9",
                CONTEXT_1,
                new Dl.Statement(Suite.ECDSA_SECP256K1, Bytes.of(rogue)),
                new DlProof(negatedA, z)));
  }

  /** Threat 13 and §2.3: exactly one encoding of z. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void unreducedZeroOrShortResponseIsRefused(Suite suite) {
    Case honest = honest(suite);
    Curve curve = Checks.curve(ECMATH, suite);
    BigInteger z = Numbers.ofScalar(curve, honest.proof.z());
    byte[] bigEndian = Numbers.fixed(curve.order(), 32);
    Bytes order =
        suite == Suite.EDDSA_ED25519 ? Bytes.of(reversed(bigEndian)) : Bytes.of(bigEndian);
    assertBlamed(
        "z is not reduced",
        () -> dl.verify("X9", CONTEXT_1, honest.statement, new DlProof(honest.proof.a(), order)));
    BigInteger again = z.add(curve.order());
    if (again.bitLength() <= 256) {
      byte[] unreduced = Numbers.fixed(again, 32);
      Bytes encoded = Bytes.of(suite == Suite.EDDSA_ED25519 ? reversed(unreduced) : unreduced);
      assertBlamed(
          "z is not reduced",
          () ->
              dl.verify("X9", CONTEXT_1, honest.statement, new DlProof(honest.proof.a(), encoded)));
    }
    assertBlamed(
        () ->
            dl.verify("X9", CONTEXT_1, honest.statement, new DlProof(honest.proof.a(), zeros(32))));
    assertBlamed(
        "z has the wrong length",
        () ->
            dl.verify("X9", CONTEXT_1, honest.statement, new DlProof(honest.proof.a(), zeros(31))));
  }

  /** Threats 13, 18: no identity, no point outside the group, no second encoding. */
  @Test
  void identityAndSmallOrderPointsAreRefused() {
    Case honest = honest(Suite.EDDSA_ED25519);
    byte[] identity = new byte[32];
    identity[0] = 1;
    byte[] order2 =
        Numbers.fixed(
            BigInteger.ONE.negate().mod(BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19))),
            32);
    for (byte[] bad : new byte[][] {identity, reversed(order2), new byte[32], filled(32, 0xff)}) {
      assertBlamed(
          "X is not a point",
          () ->
              dl.verify(
                  "X9",
                  CONTEXT_1,
                  new Dl.Statement(Suite.EDDSA_ED25519, Bytes.of(bad)),
                  honest.proof));
      assertBlamed(
          "A is not a point",
          () ->
              dl.verify(
                  "X9", CONTEXT_1, honest.statement, new DlProof(Bytes.of(bad), honest.proof.z())));
    }
    Case ecdsa = honest(Suite.ECDSA_SECP256K1);
    byte[] uncompressedTag = ecdsa.statement.x().toByteArray();
    uncompressedTag[0] = 4;
    byte[] tooLarge = filled(33, 0xff);
    tooLarge[0] = 2;
    for (byte[] bad : new byte[][] {new byte[33], uncompressedTag, tooLarge, new byte[1]}) {
      assertBlamed(
          "X is not a point",
          () ->
              dl.verify(
                  "X9",
                  CONTEXT_1,
                  new Dl.Statement(Suite.ECDSA_SECP256K1, Bytes.of(bad)),
                  ecdsa.proof));
    }
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
