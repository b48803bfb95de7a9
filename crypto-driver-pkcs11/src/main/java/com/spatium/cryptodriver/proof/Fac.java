/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.wire.FacProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.EcError;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.SecretInteger;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * {@code fac}, protocol.md §3.3: N = p·q and neither factor is small (CGGMP {@code Π_fac}), against
 * the verifier's ring-Pedersen parameters, ŝ = ŝ₁.
 */
public final class Fac {
  private static final String NAME = "fac";
  private final EcMath ecmath;

  public Fac(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /**
   * The statement is N; the context's id is pairingId.
   *
   * @param secKey the factors
   * @param verifier the peer's parameters
   */
  public FacProof prove(
      ProofContext context, PaillierModulus n, PaillierKey secKey, PedersenParameters verifier) {
    try (SecretInteger p = ecmath.paillier().factor(secKey, 0);
        SecretInteger q = ecmath.paillier().factor(secKey, 1)) {
      return prove(context, n, p, q, verifier);
    }
  }

  /** For any two integers below 2^(ℓ+ε)·√N: tests cheat with it. */
  FacProof prove(
      ProofContext context,
      PaillierModulus n,
      SecretInteger p,
      SecretInteger q,
      PedersenParameters verifier) {
    while (true) {
      Optional<FacProof> proof = attempt(context, n, p, q, verifier);
      if (proof.isPresent()) {
        return proof.get();
      }
    }
  }

  /** Empty if v < 0, which has probability below 2⁻¹²⁰. */
  private Optional<FacProof> attempt(
      ProofContext context,
      PaillierModulus n,
      SecretInteger p,
      SecretInteger q,
      PedersenParameters verifier) {
    Integers integers = ecmath.integers();
    Widths widths = n.widths();
    BigInteger maskBound = n.value().sqrt().shiftLeft(Numbers.ELL + Numbers.EPSILON);
    BigInteger productBound = n.value().multiply(verifier.value());
    // σ is sent: it is public from the start.
    BigInteger sigma = Numbers.randomBelow(productBound.shiftLeft(Numbers.S));
    try (SecretInteger alpha = integers.randomBelow(maskBound);
        SecretInteger beta = integers.randomBelow(maskBound);
        SecretInteger mu = integers.randomBelow(verifier.blindBound());
        SecretInteger nu = integers.randomBelow(verifier.blindBound());
        SecretInteger x = integers.randomBelow(verifier.maskBound());
        SecretInteger y = integers.randomBelow(verifier.maskBound());
        SecretInteger rho =
            integers.randomBelow(productBound.shiftLeft(Numbers.S + Numbers.EPSILON));
        SecretInteger sigmaOperand = integers.fromPublic(sigma, widths.facSigma());
        SecretInteger nuP = integers.mul(nu, p);
        SecretInteger sigmaMinusNuP = integers.sub(sigmaOperand, nuP)) {
      byte[] nHat = verifier.n().toByteArray();
      byte[] tHat = verifier.fields().t().toByteArray();
      byte[][] bases = {verifier.fields().s1().toByteArray(), tHat};
      // P = ŝ^p t̂^μ, Q = ŝ^q t̂^ν, A = ŝ^α t̂^x, B = ŝ^β t̂^y
      byte[][] commitments =
          ecmath
              .ringPedersen()
              .commit(
                  nHat,
                  bases,
                  List.of(List.of(p, mu), List.of(q, nu), List.of(alpha, x), List.of(beta, y)));
      byte[] commitQ = commitments[1];
      // T = Q^α t̂^ϱ
      byte[] commitT = ecmath.ringPedersen().commit(nHat, new byte[][] {commitQ, tHat}, alpha, rho);
      FacProof first =
          new FacProof(
              Bytes.of(commitments[0]),
              Bytes.of(commitQ),
              Bytes.of(commitments[2]),
              Bytes.of(commitments[3]),
              Bytes.of(commitT),
              Bytes.of(Numbers.fixed(sigma, widths.facSigma())),
              Bytes.empty(),
              Bytes.empty(),
              Bytes.empty(),
              Bytes.empty(),
              Bytes.empty());
      byte[] e = challenge(context, n, verifier, first).toByteArray();
      byte[] v;
      try {
        // v = ϱ + e·(σ − ν·p)
        v = integers.response(rho, e, sigmaMinusNuP, widths.facV());
      } catch (InvalidInputException negative) {
        if (negative.error() != EcError.RANGE) {
          throw negative;
        }
        return Optional.empty();
      }
      return Optional.of(
          new FacProof(
              first.p(),
              first.q(),
              first.a(),
              first.b(),
              first.t(),
              first.sigma(),
              // z1 = α + e·p, z2 = β + e·q, w1 = x + e·μ, w2 = y + e·ν
              Bytes.of(integers.response(alpha, e, p, widths.facZ())),
              Bytes.of(integers.response(beta, e, q, widths.facZ())),
              Bytes.of(integers.response(x, e, mu, widths.masked())),
              Bytes.of(integers.response(y, e, nu, widths.masked())),
              Bytes.of(v)));
    }
  }

  /**
   * Checks a proof of the peer.
   *
   * @param own our parameters
   * @throws PeerFaultException aborting
   */
  public void verify(
      String step,
      ProofContext context,
      PaillierModulus n,
      PedersenParameters own,
      FacProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Widths widths = n.widths();
    BigInteger rangeBound = n.value().sqrt().shiftLeft(Numbers.ELL + Numbers.EPSILON + 1);
    BigInteger productBound = n.value().multiply(own.value());
    // 0 ≤ z1, z2 < 2^(ℓ+ε+1)·⌊√N⌋
    checks.below("z1", proof.z1(), widths.facZ(), rangeBound);
    checks.below("z2", proof.z2(), widths.facZ(), rangeBound);
    checks.below("w1", proof.w1(), widths.masked(), own.responseBound());
    checks.below("w2", proof.w2(), widths.masked(), own.responseBound());
    checks.below(
        "v", proof.v(), widths.facV(), productBound.shiftLeft(Numbers.S + Numbers.EPSILON + 1));
    checks.below("σ", proof.sigma(), widths.facSigma(), productBound.shiftLeft(Numbers.S));
    checks.units(
        own.n(), 1, "P, Q, A, B or T", proof.p(), proof.q(), proof.a(), proof.b(), proof.t());

    Bytes e = challenge(context, n, own, proof);
    Bytes s = own.fields().s1();
    Bytes t = own.fields().t();
    Powers mod = new Powers(ecmath, own.n(), 1);
    // ŝ^z1 t̂^w1 = A·P^e
    checks.require(
        mod.product(mod.term(s, proof.z1()), mod.term(t, proof.w1()))
            .equals(mod.product(mod.term(proof.a()), mod.term(proof.p(), e))),
        "ŝ^z1·t̂^w1 ≠ A·P^e");
    // ŝ^z2 t̂^w2 = B·Q^e
    checks.require(
        mod.product(mod.term(s, proof.z2()), mod.term(t, proof.w2()))
            .equals(mod.product(mod.term(proof.b()), mod.term(proof.q(), e))),
        "ŝ^z2·t̂^w2 ≠ B·Q^e");
    // R = ŝ^N t̂^σ; Q^z1 t̂^v = T·R^e
    BigInteger bigR = mod.product(mod.term(s, n.n()), mod.term(t, proof.sigma()));
    Bytes r = Bytes.of(Numbers.fixed(bigR, widths.n()));
    checks.require(
        mod.product(mod.term(proof.q(), proof.z1()), mod.term(t, proof.v()))
            .equals(mod.product(mod.term(proof.t()), mod.term(r, e))),
        "Q^z1·t̂^v ≠ T·R^e");
  }

  private static Bytes challenge(
      ProofContext context, PaillierModulus n, PedersenParameters verifier, FacProof proof) {
    return new Transcript.Fac(
            context.id(),
            context.maker(),
            n.n(),
            verifier.n(),
            verifier.fields().s1(),
            verifier.fields().t(),
            proof.p(),
            proof.q(),
            proof.a(),
            proof.b(),
            proof.t(),
            proof.sigma())
        .hash();
  }
}
