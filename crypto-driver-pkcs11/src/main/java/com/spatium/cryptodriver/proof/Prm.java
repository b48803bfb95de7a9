/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.wire.PrmProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PrmCommitment;
import com.spatium.ecmath.RingPedersenKey;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * {@code prm}, protocol.md §3.4: ŝᵢ = t̂^λᵢ for i = 1, 2 (CGGMP {@code Π_prm}), 128 repetitions
 * with one-bit challenges. Both i answer the same 128 bits: a lie about either survives each
 * repetition with probability 1/2.
 */
public final class Prm {
  private static final String NAME = "prm";
  private static final int COUNT = 2 * PrmProof.REPETITIONS;
  private final EcMath ecmath;

  public Prm(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /**
   * The statement is the parameters. Verified in full, without the factors, before it returns.
   *
   * @param secKey with λ₁, λ₂: before they are forgotten
   */
  public PrmProof prove(PedersenParameters statement, RingPedersenKey secKey) {
    PrmProof proof;
    try (PrmCommitment commitment = ecmath.ringPedersen().prmCommit(secKey, COUNT)) {
      // A_j = t̂^a_j
      Bytes a = Numbers.vector(commitment.a());
      byte[] e = challenge(statement, a);
      byte[] both = Arrays.copyOf(e, 2 * e.length);
      System.arraycopy(e, 0, both, e.length, e.length);
      // z_j = a_j + e_j·λᵢ mod φ(N̂)
      proof =
          new PrmProof(
              a,
              Numbers.vector(ecmath.ringPedersen().prmRespond(secKey, commitment.masks(), both)));
    }
    try {
      verify(NAME, statement, proof);
    } catch (PeerFaultException e) {
      throw new NativeLibraryException(
          "our own proof prm does not verify: nothing was sent; check this machine", e);
    }
    return proof;
  }

  /**
   * Checks a proof of the peer.
   *
   * @throws PeerFaultException aborting
   */
  public void verify(String step, PedersenParameters statement, PrmProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Widths widths = statement.widths();
    checks.length("A", proof.a(), widths.prmVector());
    checks.length("z", proof.z(), widths.prmVector());
    byte[][] a = Numbers.elements(proof.a(), widths.n());
    byte[][] z = Numbers.elements(proof.z(), widths.n());
    BigInteger modulus = statement.value();
    for (byte[] response : z) {
      checks.require(Numbers.of(response).compareTo(modulus) < 0, "a z is out of range");
    }
    byte[] n = statement.n().toByteArray();
    checks.require(ecmath.modular().areUnits(n, 1, a), "an A is not a unit");
    byte[] e = challenge(statement, proof.a());
    byte[][] left = ecmath.modular().powFixedVartime(n, statement.fields().t().toByteArray(), z);
    BigInteger[] s = {Numbers.of(statement.fields().s1()), Numbers.of(statement.fields().s2())};
    for (int k = 0; k < COUNT; k++) {
      int j = k % PrmProof.REPETITIONS;
      boolean bit = (e[j / 8] >> (j % 8) & 1) == 1;
      BigInteger commitment = Numbers.of(a[k]);
      // t̂^z_j = A_j·ŝᵢ^e_j mod N̂
      BigInteger right =
          bit ? commitment.multiply(s[k / PrmProof.REPETITIONS]).mod(modulus) : commitment;
      checks.require(Numbers.of(left[k]).equals(right), "t̂^z ≠ A·ŝ^e");
    }
  }

  private static byte[] challenge(PedersenParameters statement, Bytes a) {
    return new Transcript.Prm(Version.V1, statement.level(), statement.fields(), a)
        .hash()
        .toByteArray();
  }
}
