/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Paillier;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersen;
import com.spatium.ecmath.RingPedersenKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code aff}, protocol.md §3.6: P2's proof that c3 = a⊙c_key ⊕ Enc(b; σ) with short a, b, where
 * a·R2 = r·Q2 and b·R2 = m·G: that is, a = k2⁻¹·r·x2 and b = k2⁻¹·m mod q, so that P1 may decrypt
 * c3 and show what it does with the plaintext. Against P1's ring-Pedersen parameters. P2's half is
 * {@link AffProver}.
 */
public final class Aff {
  /** ℓa: a is below 2^ℓa. */
  public static final int ELL_A = 256;

  /** ℓb: b is below 2^ℓb. */
  public static final int ELL_B = 900;

  /** What {@link #verify} proves of u = a·x1 + b (protocol.md §4.3, "No wrap"): |u| < 2^1158. */
  public static final int PLAINTEXT_BITS = ELL_B + Numbers.EPSILON + 2;

  private static final String NAME = "aff";
  private static final BigInteger Z1_BOUND = Numbers.twoTo(ELL_A + Numbers.EPSILON + 1);
  private static final BigInteger Z2_BOUND = Numbers.twoTo(ELL_B + Numbers.EPSILON + 1);
  private final EcMath ecmath;

  public Aff(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /**
   * c3 = a⊙c_key ⊕ Enc(b; σ), a·R2 = r·Q2, b·R2 = m·G.
   *
   * @param r the signature's r, in [1, q)
   * @param m the digest, 32 bytes
   */
  public record Statement(
      PaillierModulus n, Bytes cKey, Bytes c3, Bytes r2, Bytes r, Bytes q2, Bytes m) {}

  /** One aff of a message, all of one N and c_key. */
  public record Claim(ProofContext context, Statement statement, AffProof proof) {}

  /**
   * Verifies without anybody's factors.
   *
   * @param own P1's parameters
   * @throws PeerFaultException aborting
   */
  public void verify(
      String step,
      ProofContext context,
      Statement statement,
      PedersenParameters own,
      AffProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Bytes e = checkAllButPowers(checks, new Claim(context, statement, proof), own);
    // ŝ₁^z1 ŝ₂^z2 t̂^z3 = E·S^e mod N̂
    Powers modHat = new Powers(ecmath, own.n(), 1);
    checks.require(
        modHat
            .product(
                modHat.term(own.fields().s1(), proof.z1()),
                modHat.term(own.fields().s2(), proof.z2()),
                modHat.term(own.fields().t(), proof.z3()))
            .equals(modHat.product(modHat.term(proof.e()), modHat.term(proof.s(), e))),
        "ŝ₁^z1·ŝ₂^z2·t̂^z3 ≠ E·S^e");
    // z1⊙c_key ⊕ Enc(z2; w) = D ⊕ e⊙c3
    PaillierModulus n = statement.n();
    Powers modSquare = new Powers(ecmath, n.n(), 2);
    BigInteger withoutZ2 =
        modSquare.product(
            modSquare.term(statement.cKey(), proof.z1()), modSquare.term(proof.w(), n.n()));
    checks.require(
        n.encrypt(Numbers.of(proof.z2()), withoutZ2)
            .equals(
                modSquare.product(modSquare.term(proof.d()), modSquare.term(statement.c3(), e))),
        "z1⊙c_key ⊕ Enc(z2; w) ≠ D ⊕ e⊙c3");
  }

  /**
   * The same for all of a message, the powers by CRT: before P1 decrypts any c3.
   *
   * @param own P1's parameters
   * @param secKey P1's, of N
   * @param secHat P1's, of N̂
   * @throws PeerFaultException aborting
   */
  public void verifyOwn(
      String step,
      List<Claim> claims,
      PedersenParameters own,
      PaillierKey secKey,
      RingPedersenKey secHat) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Bytes cKey = claims.get(0).statement.cKey();
    List<RingPedersen.Check> modHat = new ArrayList<>();
    List<Paillier.Check> modSquare = new ArrayList<>();
    for (Claim claim : claims) {
      Statement statement = claim.statement;
      AffProof proof = claim.proof;
      if (!statement.cKey().equals(cKey)) {
        throw new IllegalArgumentException("the proofs of one message are of one c_key");
      }
      byte[] e = checkAllButPowers(checks, claim, own).toByteArray();
      byte[] z1 = proof.z1().toByteArray();
      byte[] z2 = proof.z2().toByteArray();
      modHat.add(
          new RingPedersen.Check(
              z1,
              z2,
              proof.z3().toByteArray(),
              proof.s().toByteArray(),
              e,
              proof.e().toByteArray()));
      modSquare.add(
          new Paillier.Check(
              z1,
              z2,
              proof.w().toByteArray(),
              proof.d().toByteArray(),
              e,
              statement.c3().toByteArray()));
    }
    OptionalInt failing = ecmath.ringPedersen().checkOwn(secHat, modHat);
    if (failing.isEmpty()) {
      failing = ecmath.paillier().checkOwn(secKey, cKey.toByteArray(), modSquare);
    }
    if (failing.isPresent()) {
      // A fault in a computation with the factors is not the peer's: blame it for what fails
      // without them.
      Claim claim = claims.get(failing.getAsInt());
      verify(step, claim.context, claim.statement, own, claim.proof);
      throw new NativeLibraryException(
          "a proof aff of the peer verifies, but not by CRT: nothing was decrypted; check this machine");
    }
  }

  /** Ranges, units, points, and the equations on the curve; gives e. */
  private Bytes checkAllButPowers(Checks checks, Claim claim, PedersenParameters own) {
    Statement statement = claim.statement;
    AffProof proof = claim.proof;
    PaillierModulus n = statement.n();
    // 0 ≤ z1 < 2^(ℓa+ε+1), 0 ≤ z2 < 2^(ℓb+ε+1)
    BigInteger z1 = checks.below("z1", proof.z1(), Widths.Z1, Z1_BOUND);
    BigInteger z2 = checks.below("z2", proof.z2(), Widths.AFF_Z2, Z2_BOUND);
    checks.below("z3", proof.z3(), own.widths().masked(), own.responseBound());
    checks.units(n.n(), 1, "w", proof.w());
    checks.ciphertexts(n, "c_key, c3 or D", statement.cKey(), statement.c3(), proof.d());
    checks.units(own.n(), 1, "S or E", proof.s(), proof.e());
    checks.scalar(Suite.ECDSA_SECP256K1, "r", statement.r());
    checks.length("m", statement.m(), Widths.HASH);

    Bytes challenge =
        challenge(
            claim.context, statement, own, proof.s(), proof.e(), proof.d(), proof.fa(), proof.fb());
    BigInteger e = Numbers.of(challenge);
    Curve curve = ecmath.secp256k1();
    byte[] minusER = Numbers.scalar(curve, e.multiply(Numbers.of(statement.r())).negate());
    byte[] minusEM = Numbers.scalar(curve, e.multiply(Numbers.of(statement.m())).negate());
    // z1·R2 = F_a + e·V with V = r·Q2
    boolean a =
        checks.isSum(
            Suite.ECDSA_SECP256K1,
            proof.fa(),
            null,
            new byte[][] {Numbers.scalar(curve, z1), minusER},
            statement.r2(),
            statement.q2());
    // z2·R2 = F_b + e·W with W = m·G, the identity where q divides m
    boolean b =
        checks.isSum(
            Suite.ECDSA_SECP256K1,
            proof.fb(),
            minusEM,
            new byte[][] {Numbers.scalar(curve, z2)},
            statement.r2());
    if (!a || !b) {
      checks.points(
          Suite.ECDSA_SECP256K1,
          "R2, Q2, F_a or F_b",
          statement.r2(),
          statement.q2(),
          proof.fa(),
          proof.fb());
      throw checks.fault(a ? "z2·R2 ≠ F_b + e·W" : "z1·R2 ≠ F_a + e·V");
    }
    return challenge;
  }

  static Bytes challenge(
      ProofContext context,
      Statement statement,
      PedersenParameters verifier,
      Bytes s,
      Bytes e,
      Bytes d,
      Bytes fa,
      Bytes fb) {
    return new Transcript.Aff(
            context.id(),
            context.maker(),
            statement.n().n(),
            statement.cKey(),
            statement.c3(),
            statement.r2(),
            statement.r(),
            statement.q2(),
            statement.m(),
            verifier.fields(),
            s,
            e,
            d,
            fa,
            fb)
        .hash();
  }
}
