/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.EncDlProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * {@code encdl}, protocol.md §3.5: C encrypts the logarithm of X, and that is short (CGGMP {@code
 * Π_log*}), on secp256k1, against the verifier's ring-Pedersen parameters.
 */
public final class EncDl {
  private static final String NAME = "encdl";
  private static final BigInteger Z1_BOUND = Numbers.twoTo(Numbers.ELL + Numbers.EPSILON + 1);
  private final EcMath ecmath;

  public EncDl(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /**
   * C = Enc(x; ρ) under N, X = x·G.
   *
   * @param c C
   * @param x X
   */
  public record Statement(PaillierModulus n, Bytes c, Bytes x) {}

  /**
   * Proves; verified in full, without the factors, before it returns.
   *
   * @param secKey the prover's own key: encrypts by CRT
   * @param secX x, in [0, q)
   * @param secRho ρ, in [1, N)
   * @param verifier the peer's parameters
   */
  public EncDlProof prove(
      ProofContext context,
      Statement statement,
      PaillierKey secKey,
      SecretInteger secX,
      SecretInteger secRho,
      PedersenParameters verifier) {
    EncDlProof proof = unchecked(context, statement, secKey, secX, secRho, verifier);
    try {
      verify(NAME, context, statement, verifier, proof);
    } catch (PeerFaultException e) {
      throw new NativeLibraryException(
          "our own proof encdl does not verify: nothing was sent; check this machine", e);
    }
    return proof;
  }

  /** Without the check: tests cheat with it. */
  EncDlProof unchecked(
      ProofContext context,
      Statement statement,
      PaillierKey secKey,
      SecretInteger secX,
      SecretInteger secRho,
      PedersenParameters verifier) {
    Integers integers = ecmath.integers();
    Curve curve = ecmath.secp256k1();
    byte[] n = statement.n().n().toByteArray();
    try (SecretInteger mu = integers.randomBelow(verifier.blindBound());
        SecretInteger alpha = integers.randomBelow(Numbers.twoTo(Numbers.ELL + Numbers.EPSILON));
        SecretInteger r = ecmath.modular().unitRandom(n);
        SecretInteger gamma = integers.randomBelow(verifier.maskBound());
        SecretScalar alphaModQ = curve.fromInteger(alpha)) {
      byte[][] bases = {verifier.fields().s1().toByteArray(), verifier.fields().t().toByteArray()};
      // S = ŝ₁^x t̂^μ, D = ŝ₁^α t̂^γ
      byte[][] commitments =
          ecmath
              .ringPedersen()
              .commit(
                  verifier.n().toByteArray(),
                  bases,
                  List.of(List.of(secX, mu), List.of(alpha, gamma)));
      Bytes s = Bytes.of(commitments[0]);
      Bytes d = Bytes.of(commitments[1]);
      // A = Enc(α; r), Y = α·G
      Bytes a = Bytes.of(ecmath.paillier().encryptOwn(secKey, alpha, r));
      Bytes y = Bytes.of(curve.mulBase(alphaModQ));
      byte[] e = challenge(context, statement, verifier, s, a, y, d).toByteArray();
      return new EncDlProof(
          s,
          a,
          y,
          d,
          // z1 = α + e·x, z2 = r·ρ^e mod N, z3 = γ + e·μ
          Bytes.of(integers.response(alpha, e, secX, Widths.Z1)),
          Bytes.of(ecmath.modular().unitResponse(n, r, e, secRho)),
          Bytes.of(integers.response(gamma, e, mu, verifier.widths().masked())));
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
      Statement statement,
      PedersenParameters own,
      EncDlProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    PaillierModulus n = statement.n();
    // 0 ≤ z1 < 2^(ℓ+ε+1)
    BigInteger z1 = checks.below("z1", proof.z1(), Widths.Z1, Z1_BOUND);
    checks.below("z3", proof.z3(), own.widths().masked(), own.responseBound());
    checks.units(n.n(), 1, "z2", proof.z2());
    checks.ciphertexts(n, "C or A", statement.c(), proof.a());
    checks.units(own.n(), 1, "S or D", proof.s(), proof.d());
    checks.points(Suite.ECDSA_SECP256K1, "X or Y", statement.x(), proof.y());

    Bytes e = challenge(context, statement, own, proof.s(), proof.a(), proof.y(), proof.d());
    // z1·G = Y + e·X
    Curve curve = ecmath.secp256k1();
    byte[] minusE = Numbers.scalar(curve, Numbers.of(e).negate());
    checks.require(
        curve
            .linear(
                Numbers.scalar(curve, z1),
                new byte[][] {minusE},
                new byte[][] {statement.x().toByteArray()})
            .filter(y -> Arrays.equals(y, proof.y().toByteArray()))
            .isPresent(),
        "z1·G ≠ Y + e·X");
    // ŝ₁^z1 t̂^z3 = D·S^e mod N̂
    Powers modHat = new Powers(ecmath, own.n(), 1);
    checks.require(
        modHat
            .product(
                modHat.term(own.fields().s1(), proof.z1()),
                modHat.term(own.fields().t(), proof.z3()))
            .equals(modHat.product(modHat.term(proof.d()), modHat.term(proof.s(), e))),
        "ŝ₁^z1·t̂^z3 ≠ D·S^e");
    // Enc(z1; z2) = A ⊕ e⊙C
    Powers modSquare = new Powers(ecmath, n.n(), 2);
    BigInteger z2ToN = modSquare.product(modSquare.term(proof.z2(), n.n()));
    checks.require(
        n.encrypt(z1, z2ToN)
            .equals(modSquare.product(modSquare.term(proof.a()), modSquare.term(statement.c(), e))),
        "Enc(z1; z2) ≠ A ⊕ e⊙C");
  }

  private static Bytes challenge(
      ProofContext context,
      Statement statement,
      PedersenParameters verifier,
      Bytes s,
      Bytes a,
      Bytes y,
      Bytes d) {
    return new Transcript.EncDl(
            context.id(),
            context.maker(),
            statement.n().n(),
            statement.c(),
            statement.x(),
            verifier.n(),
            verifier.fields().s1(),
            verifier.fields().t(),
            s,
            a,
            y,
            d)
        .hash();
  }
}
