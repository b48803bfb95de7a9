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
import java.util.function.Supplier;

/** P2's G4 (protocol.md §4.3): all that depends on R1, for all messages at once. */
final class EcdsaPartialSigner implements SuiteSteps.PartialSigner {
  /** ϱ is below 2^642: hides the quotient of a·x1 by q up to 2⁻¹²⁸. */
  private static final BigInteger RHO_BOUND = BigInteger.ONE.shiftLeft(642);

  private final SignContext context;
  private final Bytes sid;
  private final OwnNonces nonces;
  private final AffProver prover;
  private final Supplier<EcdsaSteps.Ready> ahead;

  /**
   * The session's scope keeps what is secret.
   *
   * @param ahead gives what is needed for each nonce
   */
  EcdsaPartialSigner(
      SignContext context,
      Bytes sid,
      OwnNonces nonces,
      AffProver prover,
      Supplier<EcdsaSteps.Ready> ahead) {
    this.context = context;
    this.sid = sid;
    this.nonces = nonces;
    this.prover = prover;
    this.ahead = ahead;
  }

  @Override
  public Partials sign(String step, List<Bytes> r1) {
    EcdsaSteps.Ready ready = ahead.get();
    List<Bytes> points;
    List<Bytes> rs = new ArrayList<>();
    List<AffProver.Witness> witnesses = new ArrayList<>();
    try (nonces;
        Lease<SecretScalar> x2 = context.fragment()) {
      points = points(r1);
      for (int j = 0; j < context.count(); j++) {
        Bytes r = EcdsaNumbers.r(context.curve(), points.get(j));
        if (EcdsaNumbers.isZero(r)) {
          throw PeerFaultException.abort(step, "r = 0: start a new session");
        }
        rs.add(r);
        witnesses.add(witness(j, r, x2.get(), ready.blinders().get(j)));
      }
    }
    return new Partials(
        new EncryptedPartialSignature(
            context.session().header(4), partials(rs, witnesses, ready.masks())),
        points);
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

  private List<EncryptedPartial> partials(
      List<Bytes> rs, List<AffProver.Witness> witnesses, List<AffProver.Masks> masks) {
    PaillierModulus n = context.pairing().peerModulus().orElseThrow();
    Bytes cKey = context.key().cKey().orElseThrow();
    // c3 = a⊙c_key ⊕ Enc(b; σ)
    List<Bytes> c3 = prover.encrypt(cKey, witnesses);
    List<AffProver.Claim> claims = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      claims.add(
          new AffProver.Claim(
              new ProofContext(context.itemSid(sid, j), Role.RESPONDER),
              new Aff.Statement(
                  n,
                  cKey,
                  c3.get(j),
                  nonces.point(j),
                  rs.get(j),
                  context.key().q2(),
                  context.items().get(j).message()),
              witnesses.get(j),
              masks.get(j)));
    }
    List<AffProof> proofs = prover.prove(claims);
    List<EncryptedPartial> partials = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      partials.add(new EncryptedPartial(c3.get(j), proofs.get(j)));
    }
    return partials;
  }
}
