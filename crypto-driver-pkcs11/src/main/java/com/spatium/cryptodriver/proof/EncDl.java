/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.EncDlProof;
import com.spatium.cryptodriver.wire.SyncMessage.EncryptedKey;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.RingPedersen;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * C = Enc(x; ρ) with a fresh ρ, and the proof; this is verified in full before it returns. That
   * covers C too: with a wrong C or A no response fits A ⊕ e⊙C. All without the factors of N: what
   * is computed by CRT is checked at once, which costs more than it saves.
   *
   * @param x X
   * @param secX x, in [0, q)
   * @param verifier the peer's parameters
   * @param bases of {@link #bases}, or null to do without
   */
  public EncryptedKey encrypt(
      ProofContext context,
      PaillierModulus n,
      Bytes x,
      SecretInteger secX,
      PedersenParameters verifier,
      @Nullable FixedBases bases) {
    try (Masks masks = Masks.random(ecmath, n, verifier);
        SecretInteger rho = ecmath.modular().unitRandom(n.n().toByteArray())) {
      // C = Enc(x; ρ), A = Enc(α; r)
      byte[][] encrypted =
          ecmath
              .paillier()
              .affine(
                  n.n().toByteArray(),
                  null,
                  null,
                  List.of(secX, masks.alpha),
                  List.of(rho, masks.r));
      Statement statement = new Statement(n, Bytes.of(encrypted[0]), x);
      EncDlProof proof =
          unchecked(context, statement, masks, Bytes.of(encrypted[1]), secX, rho, verifier, bases);
      try {
        verify(NAME, context, statement, verifier, bases, proof);
      } catch (PeerFaultException e) {
        throw new NativeLibraryException(
            "our own proof encdl does not verify: nothing was sent; check this machine", e);
      }
      return new EncryptedKey(statement.c(), proof);
    }
  }

  /** ŝ₁ and t̂, prepared for many proofs to the same verifier. */
  public static FixedBases bases(EcMath ecmath, PedersenParameters verifier) {
    return ecmath
        .ringPedersen()
        .fixedBases(
            verifier.n().toByteArray(),
            elements(verifier),
            Z1_BOUND.bitLength() - 1,
            verifier.responseBound().bitLength());
  }

  private static byte[][] elements(PedersenParameters verifier) {
    return new byte[][] {verifier.fields().s1().toByteArray(), verifier.fields().t().toByteArray()};
  }

  /** Of one proof. */
  record Masks(SecretInteger mu, SecretInteger alpha, SecretInteger r, SecretInteger gamma)
      implements AutoCloseable {
    static Masks random(EcMath ecmath, PaillierModulus n, PedersenParameters verifier) {
      Integers integers = ecmath.integers();
      List<SecretInteger> made = new ArrayList<>();
      try {
        made.add(integers.randomBelow(verifier.blindBound()));
        made.add(integers.randomBelow(Numbers.twoTo(Numbers.ELL + Numbers.EPSILON)));
        made.add(ecmath.modular().unitRandom(n.n().toByteArray()));
        made.add(integers.randomBelow(verifier.maskBound()));
        return new Masks(made.get(0), made.get(1), made.get(2), made.get(3));
      } catch (RuntimeException | Error e) {
        made.forEach(SecretInteger::close);
        throw e;
      }
    }

    @Override
    public void close() {
      mu.close();
      alpha.close();
      r.close();
      gamma.close();
    }
  }

  /**
   * Without the check: tests cheat with it.
   *
   * @param a A = Enc(α; r)
   */
  EncDlProof unchecked(
      ProofContext context,
      Statement statement,
      Masks masks,
      Bytes a,
      SecretInteger secX,
      SecretInteger secRho,
      PedersenParameters verifier,
      @Nullable FixedBases bases) {
    Integers integers = ecmath.integers();
    Curve curve = ecmath.secp256k1();
    // S = ŝ₁^x t̂^μ, D = ŝ₁^α t̂^γ
    List<List<SecretInteger>> rows =
        List.of(List.of(secX, masks.mu), List.of(masks.alpha, masks.gamma));
    byte[][] commitments =
        bases == null
            ? ecmath.ringPedersen().commit(verifier.n().toByteArray(), elements(verifier), rows)
            : ecmath.ringPedersen().commit(bases, rows, null);
    Bytes s = Bytes.of(commitments[0]);
    Bytes d = Bytes.of(commitments[1]);
    // Y = α·G
    Bytes y;
    try (SecretScalar alphaModQ = curve.fromInteger(masks.alpha)) {
      y = Bytes.of(curve.mulBase(alphaModQ));
    }
    byte[] e = challenge(context, statement, verifier, s, a, y, d).toByteArray();
    return new EncDlProof(
        s,
        a,
        y,
        d,
        // z1 = α + e·x, z2 = r·ρ^e mod N, z3 = γ + e·μ
        Bytes.of(integers.response(masks.alpha, e, secX, Widths.Z1)),
        Bytes.of(
            ecmath.modular().unitResponse(statement.n().n().toByteArray(), masks.r, e, secRho)),
        Bytes.of(integers.response(masks.gamma, e, masks.mu, verifier.widths().masked())));
  }

  /**
   * Verifies without anybody's factors.
   *
   * @param own the verifier's parameters
   * @throws PeerFaultException aborting
   */
  public void verify(
      String step,
      ProofContext context,
      Statement statement,
      PedersenParameters own,
      EncDlProof proof) {
    verify(step, context, statement, own, null, proof);
  }

  private void verify(
      String step,
      ProofContext context,
      Statement statement,
      PedersenParameters own,
      @Nullable FixedBases bases,
      EncDlProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Bytes e = checkAllButPowers(checks, context, statement, own, proof);
    // ŝ₁^z1 t̂^z3 = D·S^e mod N̂
    Powers modHat = new Powers(ecmath, own.n(), 1);
    BigInteger left =
        bases == null
            ? modHat.product(
                modHat.term(own.fields().s1(), proof.z1()),
                modHat.term(own.fields().t(), proof.z3()))
            : modHat.product(bases, proof.z1(), proof.z3());
    checks.require(
        left.equals(modHat.product(modHat.term(proof.d()), modHat.term(proof.s(), e))),
        "ŝ₁^z1·t̂^z3 ≠ D·S^e");
    checkEncryption(checks, statement, proof, e);
  }

  /**
   * The same with the verifier's key of N̂.
   *
   * @throws PeerFaultException aborting
   */
  public void verifyOwn(
      String step,
      ProofContext context,
      Statement statement,
      PedersenParameters own,
      RingPedersenKey secHat,
      EncDlProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Bytes e = checkAllButPowers(checks, context, statement, own, proof);
    RingPedersen.Check row =
        new RingPedersen.Check(
            proof.z1().toByteArray(),
            new byte[0],
            proof.z3().toByteArray(),
            proof.s().toByteArray(),
            e.toByteArray(),
            proof.d().toByteArray());
    if (ecmath.ringPedersen().checkOwn(secHat, List.of(row)).isPresent()) {
      // A fault in a computation with the factors is not the peer's: blame it for what fails
      // without them.
      verify(step, context, statement, own, proof);
      throw new NativeLibraryException(
          "a proof encdl of the peer verifies, but not by CRT: check this machine");
    }
    checkEncryption(checks, statement, proof, e);
  }

  /** Ranges, units, points, and the equation on the curve; gives e. */
  private Bytes checkAllButPowers(
      Checks checks,
      ProofContext context,
      Statement statement,
      PedersenParameters own,
      EncDlProof proof) {
    PaillierModulus n = statement.n();
    // 0 ≤ z1 < 2^(ℓ+ε+1)
    BigInteger z1 = checks.below("z1", proof.z1(), Widths.Z1, Z1_BOUND);
    checks.below("z3", proof.z3(), own.widths().masked(), own.responseBound());
    checks.units(n.n(), 1, "z2", proof.z2());
    checks.ciphertexts(n, "C or A", statement.c(), proof.a());
    checks.units(own.n(), 1, "S or D", proof.s(), proof.d());

    Bytes e = challenge(context, statement, own, proof.s(), proof.a(), proof.y(), proof.d());
    // z1·G = Y + e·X
    Curve curve = ecmath.secp256k1();
    if (!checks.isSum(
        Suite.ECDSA_SECP256K1,
        proof.y(),
        Numbers.scalar(curve, z1),
        new byte[][] {Numbers.scalar(curve, Numbers.of(e).negate())},
        statement.x())) {
      checks.points(Suite.ECDSA_SECP256K1, "X or Y", statement.x(), proof.y());
      throw checks.fault("z1·G ≠ Y + e·X");
    }
    return e;
  }

  /** Enc(z1; z2) = A ⊕ e⊙C. */
  private void checkEncryption(Checks checks, Statement statement, EncDlProof proof, Bytes e) {
    PaillierModulus n = statement.n();
    Powers modSquare = new Powers(ecmath, n.n(), 2);
    BigInteger z2ToN = modSquare.product(modSquare.term(proof.z2(), n.n()));
    checks.require(
        n.encrypt(Numbers.of(proof.z1()), z2ToN)
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
