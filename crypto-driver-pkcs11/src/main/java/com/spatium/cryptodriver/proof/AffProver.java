/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** P2's half of {@link Aff}: the masks, which need no message, and the proof. */
public final class AffProver {
  private final EcMath ecmath;

  public AffProver(EcMath ecmath) {
    this.ecmath = ecmath;
  }

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
      made.add(integers.randomBelow(Numbers.twoTo(Aff.ELL_A + Numbers.EPSILON)));
      made.add(integers.randomBelow(Numbers.twoTo(Aff.ELL_B + Numbers.EPSILON)));
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
      Aff.Statement statement,
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
            Aff.challenge(context, statement, verifier, s, masks.e, masks.d, masks.fa, masks.fb)
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

  private static byte[][] bases(PedersenParameters parameters) {
    return new byte[][] {
      parameters.fields().s1().toByteArray(),
      parameters.fields().s2().toByteArray(),
      parameters.fields().t().toByteArray()
    };
  }
}
