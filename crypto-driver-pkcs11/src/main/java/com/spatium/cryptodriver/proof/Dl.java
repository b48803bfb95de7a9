/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.MacInputs.NoncePurpose;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** {@code dl}, protocol.md §3.1: knowledge of x with X = x·G (Schnorr), on either curve. */
public final class Dl {
  private static final String NAME = "dl";
  private final EcMath ecmath;
  private final NonceSource nonces;

  public Dl(EcMath ecmath, NonceSource nonces) {
    this.ecmath = ecmath;
    this.nonces = nonces;
  }

  /**
   * The prover knows the logarithm of X.
   *
   * @param x X, encoded
   */
  public record Statement(Suite suite, Bytes x) {}

  /**
   * Proves, with a fresh mask.
   *
   * @param secX the logarithm of X
   */
  public DlProof prove(ProofContext context, Statement statement, SecretScalar secX) {
    Curve curve = Checks.curve(ecmath, statement.suite());
    byte[] role = ByteBuffer.allocate(4).putInt(context.maker().number()).array();
    Bytes nonceContext = MacInputs.context(context.id(), Bytes.of(role), statement.x());
    try (SecretScalar k = nonces.fresh(curve, NoncePurpose.DL, secX, nonceContext, 0)) {
      // A = k·G
      Bytes a = Bytes.of(curve.mulBase(k));
      // z = k + e·x
      byte[] z = curve.response(k, Numbers.scalar(curve, challenge(context, statement, a)), secX);
      return new DlProof(a, Bytes.of(z));
    }
  }

  /**
   * Checks a proof of the peer.
   *
   * @param step of protocol.md, for the report
   * @throws PeerFaultException aborting
   */
  public void verify(String step, ProofContext context, Statement statement, DlProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Curve curve = Checks.curve(ecmath, statement.suite());
    checks.scalar(statement.suite(), "z", proof.z());
    byte[] minusE = Numbers.scalar(curve, challenge(context, statement, proof.a()).negate());
    // z·G = A + e·X
    if (!checks.isSum(
        statement.suite(),
        proof.a(),
        proof.z().toByteArray(),
        new byte[][] {minusE},
        statement.x())) {
      checks.points(statement.suite(), "X", statement.x());
      checks.points(statement.suite(), "A", proof.a());
      throw checks.fault("z·G ≠ A + e·X");
    }
  }

  private static BigInteger challenge(ProofContext context, Statement statement, Bytes a) {
    return Numbers.of(
        new Transcript.Dl(
                context.id(), context.maker(), statement.suite().curveName(), statement.x(), a)
            .hash());
  }
}
