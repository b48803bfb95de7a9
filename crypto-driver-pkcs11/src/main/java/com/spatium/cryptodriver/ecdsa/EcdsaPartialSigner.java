/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.ecdsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.proof.Aff;
import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Scope;
import com.spatium.cryptodriver.signing.OwnNonces;
import com.spatium.cryptodriver.signing.SignContext;
import com.spatium.cryptodriver.signing.SuiteSteps;
import com.spatium.cryptodriver.signing.SuiteSteps.Partials;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartialSignature;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * P2's G4 (protocol.md §4.3): all that depends on R1, for as many messages at once as there are
 * lanes.
 */
final class EcdsaPartialSigner implements SuiteSteps.PartialSigner {
  /** ϱ is below 2^642: hides the quotient of a·x1 by q up to 2⁻¹²⁸. */
  private static final BigInteger RHO_BOUND = BigInteger.ONE.shiftLeft(642);

  /** What is needed for the nonces of a piece. */
  interface Ahead {
    EcdsaSteps.Ready between(int from, int to);
  }

  private final SignContext context;
  private final Bytes sid;
  private final OwnNonces nonces;
  private final AffProver prover;
  private final Ahead ahead;

  /**
   * The session's scope keeps what is secret.
   *
   * @param ahead asked once for each piece
   */
  EcdsaPartialSigner(
      SignContext context, Bytes sid, OwnNonces nonces, AffProver prover, Ahead ahead) {
    this.context = context;
    this.sid = sid;
    this.nonces = nonces;
    this.prover = prover;
    this.ahead = ahead;
  }

  @Override
  public Partials sign(String step, List<Bytes> r1) {
    List<Bytes> points;
    List<EncryptedPartial> partials = new ArrayList<>();
    try (nonces;
        Lease<SecretScalar> x2 = context.fragment()) {
      points = points(r1);
      List<Bytes> r = points.stream().map(point -> EcdsaNumbers.r(context.curve(), point)).toList();
      if (r.stream().anyMatch(EcdsaNumbers::isZero)) {
        throw PeerFaultException.abort(step, "r = 0: start a new session");
      }
      for (int from = 0; from < context.count(); from += EcdsaSteps.MAX_AHEAD) {
        int to = Math.min(context.count(), from + EcdsaSteps.MAX_AHEAD);
        partials.addAll(partials(from, r.subList(from, to), x2.get(), ahead.between(from, to)));
      }
    }
    return new Partials(
        new EncryptedPartialSignature(context.session().header(4), partials), points);
  }

  /** R = k2·R1. */
  private List<Bytes> points(List<Bytes> r1) {
    byte[][] encoded = r1.stream().map(Bytes::toByteArray).toArray(byte[][]::new);
    List<SecretScalar> k = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      k.add(nonces.k(j));
    }
    return Arrays.stream(context.curve().mul(encoded, k)).map(Bytes::of).toList();
  }

  /** a = k2⁻¹·r·x2 mod q, b = (k2⁻¹·m mod q) + ϱ·q. */
  private AffProver.Witness witness(int j, Bytes r, SecretScalar x2, AffBlinder blinder) {
    Curve curve = context.curve();
    Integers integers = context.ecmath().integers();
    Scope scope = context.session().scope();
    byte[] mModQ = Numbers.scalar(curve, Numbers.of(context.items().get(j).message()));
    try (SecretScalar inverse = curve.inverse(nonces.k(j));
        SecretScalar publicR = curve.fromPublic(r.toByteArray());
        SecretScalar publicM = curve.fromPublic(mModQ);
        SecretScalar rOverK = curve.mul(inverse, publicR);
        SecretScalar aModQ = curve.mul(rOverK, x2);
        SecretScalar bModQ = curve.mul(inverse, publicM);
        SecretInteger q = integers.fromPublic(curve.order(), 32);
        SecretInteger rho = integers.randomBelow(RHO_BOUND);
        SecretInteger rhoQ = integers.mul(rho, q);
        SecretInteger bLow = integers.fromScalar(bModQ)) {
      SecretInteger a = scope.keep(integers.fromScalar(aModQ));
      SecretInteger b = scope.keep(integers.add(rhoQ, bLow));
      return new AffProver.Witness(a, b, blinder);
    }
  }

  /** Of the messages from this one, as many as there are r. */
  private List<EncryptedPartial> partials(
      int from, List<Bytes> r, SecretScalar x2, EcdsaSteps.Ready ready) {
    PaillierModulus n = context.pairing().peerModulus().orElseThrow();
    Bytes cKey = context.key().cKey().orElseThrow();
    List<AffProver.Witness> witnesses = new ArrayList<>();
    for (int i = 0; i < r.size(); i++) {
      witnesses.add(witness(from + i, r.get(i), x2, ready.blinders().get(i)));
    }
    // c3 = a⊙c_key ⊕ Enc(b; σ)
    List<Bytes> c3 = prover.encrypt(cKey, witnesses);
    List<AffProver.Claim> claims = new ArrayList<>();
    for (int i = 0; i < r.size(); i++) {
      int j = from + i;
      claims.add(
          new AffProver.Claim(
              new ProofContext(context.itemSid(sid, j), Role.RESPONDER),
              new Aff.Statement(
                  n,
                  cKey,
                  c3.get(i),
                  nonces.point(j),
                  r.get(i),
                  context.key().q2(),
                  context.items().get(j).message()),
              witnesses.get(i),
              ready.masks().get(i)));
    }
    List<AffProof> proofs = prover.prove(claims);
    List<EncryptedPartial> partials = new ArrayList<>();
    for (int i = 0; i < r.size(); i++) {
      partials.add(new EncryptedPartial(c3.get(i), proofs.get(i)));
    }
    return partials;
  }
}
