/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.ecdsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.proof.Aff;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.signing.OwnNonces;
import com.spatium.cryptodriver.signing.SignContext;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.SignMessage.SignatureValues;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcError;
import com.spatium.ecmath.EcdsaS;
import com.spatium.ecmath.FaultException;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** P1 takes G4, completes and verifies the signatures, and sends G5 (protocol.md §4.3). */
final class EcdsaInitiatorRound2 extends Round<List<Signature>> {
  private final SignContext context;
  private final Bytes sid;
  private final OwnNonces nonces;
  private final List<Bytes> r2;

  EcdsaInitiatorRound2(SignContext context, Bytes sid, OwnNonces nonces, List<Bytes> r2) {
    super(context.session().scope(), context.expect(4));
    this.context = context;
    this.sid = sid;
    this.nonces = nonces;
    this.r2 = r2;
  }

  @Override
  protected Outcome<List<Signature>> take(WireMessage message) {
    List<EncryptedPartial> partials = ((EncryptedPartialSignature) message).items();
    Optional<List<Signature.Ecdsa>> signatures;
    try (Lease<PaillierKey> paillier = context.state().unsealed().paillier(context.secretId())) {
      List<Bytes> points = verify(paillier.get(), partials);
      // Every aff holds: now, and not before, P1 may decrypt what the peer sent.
      signatures =
          context
              .state()
              .locks()
              .whileUnlocked(context.secretId(), () -> complete(paillier.get(), partials, points));
    }
    if (signatures.isEmpty()) {
      throw context.state().locks().lock(context.secretId());
    }
    List<SignatureValues> values =
        signatures.get().stream()
            .map(signature -> new SignatureValues(signature.r(), signature.s()))
            .toList();
    return new Outcome.Done<>(
        Optional.of(new FinalSignature(context.session().header(5), values)),
        List.copyOf(signatures.get()));
  }

  /** Verifies every {@code aff}; gives every R. */
  private List<Bytes> verify(PaillierKey paillier, List<EncryptedPartial> partials) {
    PaillierModulus n = context.state().secrets().require(context.secretId()).n();
    Bytes cKey = context.key().cKey().orElseThrow();
    List<Bytes> points = new ArrayList<>();
    List<Aff.Claim> claims = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      Bytes point = Bytes.of(context.curve().mul(r2.get(j).toByteArray(), nonces.k(j)));
      Bytes r = EcdsaNumbers.r(context.curve(), point);
      if (EcdsaNumbers.isZero(r)) {
        throw PeerFaultException.abort(step(), "r = 0: start a new session");
      }
      points.add(point);
      claims.add(
          new Aff.Claim(
              new ProofContext(context.itemSid(sid, j), Role.RESPONDER),
              new Aff.Statement(
                  n,
                  cKey,
                  partials.get(j).c3(),
                  r2.get(j),
                  r,
                  context.key().q2(),
                  context.items().get(j).message()),
              partials.get(j).aff()));
    }
    try (Lease<RingPedersenKey> pedersen =
        context.state().unsealed().ringPedersen(context.pairing().level())) {
      new Aff(context.ecmath())
          .verifyOwn(step(), claims, context.ownParameters(), paillier, pedersen.get());
    }
    return points;
  }

  /** Empty if a plaintext is not what aff says, or a signature does not verify. Wipes every k1. */
  private Optional<List<Signature.Ecdsa>> complete(
      PaillierKey paillier, List<EncryptedPartial> partials, List<Bytes> points) {
    byte[][] c3 =
        partials.stream().map(partial -> partial.c3().toByteArray()).toArray(byte[][]::new);
    List<SecretInteger> u;
    try {
      u = context.ecmath().paillier().decrypt(paillier, c3, Aff.PLAINTEXT_BITS);
    } catch (FaultException e) {
      if (e.error() != EcError.FAULT) {
        throw e;
      }
      // Not what aff has just proven.
      nonces.close();
      return Optional.empty();
    }
    try (nonces) {
      List<Signature.Ecdsa> signatures = new ArrayList<>();
      for (int j = 0; j < context.count(); j++) {
        Optional<Signature.Ecdsa> signature = complete(u.get(j), j, points.get(j));
        if (signature.isEmpty()) {
          return Optional.empty();
        }
        signatures.add(signature.get());
      }
      return Optional.of(signatures);
    } finally {
      u.forEach(SecretInteger::close);
    }
  }

  private Optional<Signature.Ecdsa> complete(SecretInteger u, int j, Bytes point) {
    Curve curve = context.curve();
    EcdsaS s;
    try (SecretScalar uModQ = curve.fromInteger(u)) {
      // s = k1⁻¹·u, low
      s = curve.ecdsaS(nonces.k(j), uModQ);
    } catch (InvalidInputException e) {
      if (e.error() == EcError.ZERO) {
        return Optional.empty();
      }
      throw e;
    }
    Bytes r = EcdsaNumbers.r(curve, point);
    byte[] m = context.items().get(j).message().toByteArray();
    if (!curve.ecdsaVerify(context.key().q().toByteArray(), m, r.toByteArray(), s.s())) {
      return Optional.empty();
    }
    return Optional.of(
        new Signature.Ecdsa(r, Bytes.of(s.s()), EcdsaNumbers.recovery(curve, point, s.negated())));
  }
}
