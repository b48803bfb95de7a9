/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code aff}, protocol.md §3.6: P2's proof that c3 = a⊙c_key ⊕ Enc(b; σ) with short a, b, where
 * a·R2 = r·Q2 and b·R2 = m·G: that is, a = k2⁻¹·r·x2 and b = k2⁻¹·m mod q, so that P1 may decrypt
 * c3 and show what it does with the plaintext. Against P1's ring-Pedersen parameters.
 */
public final class Aff {
  /** ℓa: a is below 2^ℓa. */
  public static final int ELL_A = 256;

  /** ℓb: b is below 2^ℓb. */
  public static final int ELL_B = 900;

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

  /**
   * α, β, τ, γ and what is computed from them before a, b and c3 are known. For one proof: a second
   * would reveal a and b.
   */
  public static final class Masks implements AutoCloseable {
    private final PaillierModulus n;
    private final Bytes cKey;
    private final Bytes r2;
    private final PedersenParameters verifier;
    private final SecretInteger alpha;
    private final SecretInteger beta;
    private final SecretInteger tau;
    private final SecretInteger gamma;
    private final Bytes e;
    private final Bytes d;
    private final Bytes fa;
    private final Bytes fb;
    private final AtomicBoolean used = new AtomicBoolean();

    private Masks(
        PaillierModulus n,
        Bytes cKey,
        Bytes r2,
        PedersenParameters verifier,
        SecretInteger alpha,
        SecretInteger beta,
        SecretInteger tau,
        SecretInteger gamma,
        Bytes e,
        Bytes d,
        Bytes fa,
        Bytes fb) {
      this.n = n;
      this.cKey = cKey;
      this.r2 = r2;
      this.verifier = verifier;
      this.alpha = alpha;
      this.beta = beta;
      this.tau = tau;
      this.gamma = gamma;
      this.e = e;
      this.d = d;
      this.fa = fa;
      this.fb = fb;
    }

    @Override
    public void close() {
      used.set(true);
      alpha.close();
      beta.close();
      tau.close();
      gamma.close();
    }
  }

  /**
   * What does not depend on the message (protocol.md §6): D, E, F_a, F_b.
   *
   * @param n P1's N
   * @param r2 R2 = k2·G
   * @param verifier P1's parameters
   */
  public Masks prepare(PaillierModulus n, Bytes cKey, Bytes r2, PedersenParameters verifier) {
    Integers integers = ecmath.integers();
    List<SecretInteger> made = new ArrayList<>();
    try {
      made.add(integers.randomBelow(Numbers.twoTo(ELL_A + Numbers.EPSILON)));
      made.add(integers.randomBelow(Numbers.twoTo(ELL_B + Numbers.EPSILON)));
      made.add(ecmath.modular().unitRandom(n.n().toByteArray()));
      made.add(integers.randomBelow(verifier.maskBound()));
      return masks(n, cKey, r2, verifier, made.get(0), made.get(1), made.get(2), made.get(3));
    } catch (RuntimeException | Error e) {
      made.forEach(SecretInteger::close);
      throw e;
    }
  }

  private Masks masks(
      PaillierModulus n,
      Bytes cKey,
      Bytes r2,
      PedersenParameters verifier,
      SecretInteger alpha,
      SecretInteger beta,
      SecretInteger tau,
      SecretInteger gamma) {
    Curve curve = ecmath.secp256k1();
    try (SecretScalar alphaModQ = curve.fromInteger(alpha);
        SecretScalar betaModQ = curve.fromInteger(beta)) {
      // E = ŝ₁^α ŝ₂^β t̂^γ
      byte[] e =
          ecmath
              .ringPedersen()
              .commit(verifier.n().toByteArray(), bases(verifier), alpha, beta, gamma);
      // D = α⊙c_key ⊕ Enc(β; τ)
      byte[] d =
          ecmath.paillier().affine(n.n().toByteArray(), cKey.toByteArray(), alpha, beta, tau);
      // F_a = α·R2, F_b = β·R2
      byte[] point = r2.toByteArray();
      byte[][] f = curve.mul(new byte[][] {point, point}, List.of(alphaModQ, betaModQ));
      return new Masks(
          n,
          cKey,
          r2,
          verifier,
          alpha,
          beta,
          tau,
          gamma,
          Bytes.of(e),
          Bytes.of(d),
          Bytes.of(f[0]),
          Bytes.of(f[1]));
    }
  }

  /**
   * Consumes the masks, also when it fails.
   *
   * @param masks made for the same N, c_key, R2 and verifier
   * @param secA a, in [0, 2^ℓa)
   * @param secB b, in [0, 2^ℓb)
   * @param secSigma σ, in [1, N)
   */
  public AffProof prove(
      ProofContext context,
      Statement statement,
      SecretInteger secA,
      SecretInteger secB,
      SecretInteger secSigma,
      Masks masks) {
    if (!masks.used.compareAndSet(false, true)) {
      throw new IllegalStateException("the masks of a proof were used twice");
    }
    try (masks) {
      if (!masks.n.n().equals(statement.n().n())
          || !masks.cKey.equals(statement.cKey())
          || !masks.r2.equals(statement.r2())) {
        throw new IllegalStateException("the masks were made for another key or nonce");
      }
      Integers integers = ecmath.integers();
      PedersenParameters verifier = masks.verifier;
      try (SecretInteger mu = integers.randomBelow(verifier.blindBound())) {
        // S = ŝ₁^a ŝ₂^b t̂^μ
        Bytes s =
            Bytes.of(
                ecmath
                    .ringPedersen()
                    .commit(verifier.n().toByteArray(), bases(verifier), secA, secB, mu));
        byte[] e =
            challenge(context, statement, verifier, s, masks.e, masks.d, masks.fa, masks.fb)
                .toByteArray();
        return new AffProof(
            s,
            masks.e,
            masks.d,
            masks.fa,
            masks.fb,
            // z1 = α + e·a, z2 = β + e·b, z3 = γ + e·μ, w = τ·σ^e mod N
            Bytes.of(integers.response(masks.alpha, e, secA, Widths.Z1)),
            Bytes.of(integers.response(masks.beta, e, secB, Widths.AFF_Z2)),
            Bytes.of(integers.response(masks.gamma, e, mu, verifier.widths().masked())),
            Bytes.of(
                ecmath
                    .modular()
                    .unitResponse(statement.n().n().toByteArray(), masks.tau, e, secSigma)));
      }
    }
  }

  /**
   * Before P1 decrypts c3.
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
    PaillierModulus n = statement.n();
    // 0 ≤ z1 < 2^(ℓa+ε+1), 0 ≤ z2 < 2^(ℓb+ε+1)
    BigInteger z1 = checks.below("z1", proof.z1(), Widths.Z1, Z1_BOUND);
    BigInteger z2 = checks.below("z2", proof.z2(), Widths.AFF_Z2, Z2_BOUND);
    checks.below("z3", proof.z3(), own.widths().masked(), own.responseBound());
    checks.units(n.n(), 1, "w", proof.w());
    checks.ciphertexts(n, "c_key, c3 or D", statement.cKey(), statement.c3(), proof.d());
    checks.units(own.n(), 1, "S or E", proof.s(), proof.e());
    checks.points(
        Suite.ECDSA_SECP256K1,
        "R2, Q2, F_a or F_b",
        statement.r2(),
        statement.q2(),
        proof.fa(),
        proof.fb());
    checks.scalar(Suite.ECDSA_SECP256K1, "r", statement.r());
    checks.length("m", statement.m(), Widths.HASH);

    Bytes challenge =
        challenge(context, statement, own, proof.s(), proof.e(), proof.d(), proof.fa(), proof.fb());
    BigInteger e = Numbers.of(challenge);
    Curve curve = ecmath.secp256k1();
    byte[] r2 = statement.r2().toByteArray();
    // z1·R2 = F_a + e·V with V = r·Q2
    byte[] minusER = Numbers.scalar(curve, e.multiply(Numbers.of(statement.r())).negate());
    checks.require(
        curve
            .linear(
                null,
                new byte[][] {Numbers.scalar(curve, z1), minusER},
                new byte[][] {r2, statement.q2().toByteArray()})
            .filter(fa -> Arrays.equals(fa, proof.fa().toByteArray()))
            .isPresent(),
        "z1·R2 ≠ F_a + e·V");
    // z2·R2 = F_b + e·W with W = m·G, the identity where q divides m
    byte[] minusEM = Numbers.scalar(curve, e.multiply(Numbers.of(statement.m())).negate());
    checks.require(
        curve
            .linear(minusEM, new byte[][] {Numbers.scalar(curve, z2)}, new byte[][] {r2})
            .filter(fb -> Arrays.equals(fb, proof.fb().toByteArray()))
            .isPresent(),
        "z2·R2 ≠ F_b + e·W");
    // ŝ₁^z1 ŝ₂^z2 t̂^z3 = E·S^e mod N̂
    Powers modHat = new Powers(ecmath, own.n(), 1);
    checks.require(
        modHat
            .product(
                modHat.term(own.fields().s1(), proof.z1()),
                modHat.term(own.fields().s2(), proof.z2()),
                modHat.term(own.fields().t(), proof.z3()))
            .equals(modHat.product(modHat.term(proof.e()), modHat.term(proof.s(), challenge))),
        "ŝ₁^z1·ŝ₂^z2·t̂^z3 ≠ E·S^e");
    // z1⊙c_key ⊕ Enc(z2; w) = D ⊕ e⊙c3
    Powers modSquare = new Powers(ecmath, n.n(), 2);
    BigInteger withoutZ2 =
        modSquare.product(
            modSquare.term(statement.cKey(), proof.z1()), modSquare.term(proof.w(), n.n()));
    checks.require(
        n.encrypt(z2, withoutZ2)
            .equals(
                modSquare.product(
                    modSquare.term(proof.d()), modSquare.term(statement.c3(), challenge))),
        "z1⊙c_key ⊕ Enc(z2; w) ≠ D ⊕ e⊙c3");
  }

  private static byte[][] bases(PedersenParameters parameters) {
    return new byte[][] {
      parameters.fields().s1().toByteArray(),
      parameters.fields().s2().toByteArray(),
      parameters.fields().t().toByteArray()
    };
  }

  private static Bytes challenge(
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
