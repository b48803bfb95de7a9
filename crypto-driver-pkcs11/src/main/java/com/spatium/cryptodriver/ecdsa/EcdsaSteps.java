/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.ecdsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.proof.Aff;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.signing.OwnNonces;
import com.spatium.cryptodriver.signing.SignContext;
import com.spatium.cryptodriver.signing.SuiteSteps;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.SignMessage.SignatureValues;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** ECDSA's steps, protocol.md §4.3. */
public final class EcdsaSteps implements SuiteSteps {
  /** ϱ is below 2^642: hides the quotient of a·x1 by q up to 2⁻¹²⁸. */
  private static final BigInteger RHO_BOUND = BigInteger.ONE.shiftLeft(642);

  @Override
  public Round<List<Signature>> awaitPartials(
      SignContext context, Bytes sid, OwnNonces nonces, List<Bytes> r2) {
    return new EcdsaInitiatorRound2(context, sid, nonces, r2);
  }

  // ---- P2, G4 ----

  @Override
  public Partials partials(
      SignContext context, String step, Bytes sid, OwnNonces nonces, List<Bytes> r1) {
    List<EncryptedPartial> items = new ArrayList<>();
    List<Bytes> points = new ArrayList<>();
    try (nonces;
        Lease<SecretScalar> x2 = context.fragment()) {
      for (int j = 0; j < context.count(); j++) {
        Bytes point = Bytes.of(context.curve().mul(r1.get(j).toByteArray(), nonces.k(j)));
        Bytes r = EcdsaNumbers.r(context.curve(), point);
        if (EcdsaNumbers.isZero(r)) {
          throw PeerFaultException.abort(step, "r = 0: start a new session");
        }
        points.add(point);
        items.add(
            partial(
                context,
                context.itemSid(sid, j),
                context.items().get(j).message(),
                nonces,
                j,
                r,
                x2.get()));
      }
    }
    return new Partials(new EncryptedPartialSignature(context.session().header(4), items), points);
  }

  private static EncryptedPartial partial(
      SignContext context, Bytes sid, Bytes m, OwnNonces nonces, int j, Bytes r, SecretScalar x2) {
    EcMath ecmath = context.ecmath();
    Curve curve = context.curve();
    Integers integers = ecmath.integers();
    PaillierModulus n = context.pairing().peerModulus().orElseThrow();
    Bytes cKey = context.key().cKey().orElseThrow();
    byte[] mModQ = Numbers.scalar(curve, Numbers.of(m));
    try (SecretScalar inverse = curve.inverse(nonces.k(j));
        SecretScalar publicR = curve.fromPublic(r.toByteArray());
        SecretScalar publicM = curve.fromPublic(mModQ);
        SecretScalar rOverK = curve.mul(inverse, publicR);
        SecretScalar aModQ = curve.mul(rOverK, x2);
        SecretScalar bModQ = curve.mul(inverse, publicM);
        SecretInteger q = integers.fromPublic(curve.order(), 32);
        SecretInteger rho = integers.randomBelow(RHO_BOUND);
        SecretInteger rhoQ = integers.mul(rho, q);
        SecretInteger bLow = integers.fromScalar(bModQ);
        // a = k2⁻¹·r·x2 mod q, b = (k2⁻¹·m mod q) + ϱ·q, σ uniform in Z_N*: P1 can compute σ, so it
        // must say nothing.
        SecretInteger a = integers.fromScalar(aModQ);
        SecretInteger b = integers.add(rhoQ, bLow);
        SecretInteger sigma = ecmath.modular().unitRandom(n.n().toByteArray())) {
      // c3 = a⊙c_key ⊕ Enc(b; σ)
      Bytes c3 =
          Bytes.of(ecmath.paillier().affine(n.n().toByteArray(), cKey.toByteArray(), a, b, sigma));
      Aff.Statement statement =
          new Aff.Statement(n, cKey, c3, nonces.point(j), r, context.key().q2(), m);
      AffProver prover = new AffProver(ecmath);
      AffProver.Masks masks =
          context
              .session()
              .scope()
              .keep(prover.prepare(n, cKey, nonces.point(j), context.pairing().peerPedersen()));
      AffProof proof =
          prover.prove(new ProofContext(sid, Role.RESPONDER), statement, a, b, sigma, masks);
      return new EncryptedPartial(c3, proof);
    }
  }

  // ---- P2, G5 ----

  @Override
  public Optional<List<Signature>> check(
      SignContext context, List<Bytes> r, FinalSignature signatures) {
    List<Signature> checked = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      Optional<Signature> one =
          check(
              context, context.items().get(j).message(), r.get(j), signatures.signatures().get(j));
      if (one.isEmpty()) {
        return Optional.empty();
      }
      checked.add(one.get());
    }
    return Optional.of(checked);
  }

  private static Optional<Signature> check(
      SignContext context, Bytes m, Bytes point, SignatureValues values) {
    Curve curve = context.curve();
    BigInteger s = Numbers.of(values.s());
    if (!values.r().equals(EcdsaNumbers.r(curve, point))
        || !EcdsaNumbers.isLow(curve, s)
        || !curve.ecdsaVerify(
            context.key().q().toByteArray(),
            m.toByteArray(),
            values.r().toByteArray(),
            values.s().toByteArray())) {
      return Optional.empty();
    }
    // s⁻¹·(m·G + r·Q) is R, or −R where P1 made s low.
    BigInteger inverse = s.modInverse(curve.order());
    byte[] ofG = Numbers.scalar(curve, Numbers.of(m).multiply(inverse));
    byte[] ofQ = Numbers.scalar(curve, Numbers.of(values.r()).multiply(inverse));
    return curve
        .linear(ofG, new byte[][] {ofQ}, new byte[][] {context.key().q().toByteArray()})
        .map(
            found ->
                new Signature.Ecdsa(
                    values.r(),
                    values.s(),
                    EcdsaNumbers.recovery(
                        curve, point, !Arrays.equals(found, point.toByteArray()))));
  }
}
