/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pairing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.proof.Checks;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.proof.Prm;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.OwnParameters;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.state.StaticKey;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.PrmProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.ecmath.SecretScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Our side of a pairing, and what both roles check and store. */
record Parameters(
    Session session,
    SecurityLevel level,
    PaillierModulus ownModulus,
    OwnParameters own,
    StaticKey ownStatic) {
  /**
   * protocol.md §4.1 E1, E2: what the two messages have in common. The peer's parameters, checked.
   */
  PedersenParameters verify(
      String step,
      List<Bytes> theirModuli,
      PedersenFields fields,
      PrmProof prm,
      Bytes point,
      DlProof dl) {
    Checks checks = Checks.at(session.ecmath(), step);
    PedersenParameters received =
        PedersenParameters.received(session.ecmath(), step, level, fields);
    List<Bytes> moduli = new ArrayList<>(theirModuli);
    moduli.add(fields.n());
    moduli.add(own.pedersen().fields().n());
    moduli.add(ownModulus.n());
    checks.distinct(moduli);
    checks.require(!point.equals(ownStatic.point()), "the peer's static key is ours");
    Bytes context = new Transcript.PairContext(Version.V1, level, session.secretId()).hash();
    session.verifyDl(
        step, new ProofContext(context, session.role().other()), Suite.EDDSA_ED25519, point, dl);
    new Prm(session.ecmath()).verify(step, received, prm);
    return received;
  }

  /** {@link PeerFaultException} if another pairing with this peer is on record. */
  void requireSameOrNew(String step, PairingId id) {
    Optional<PairingRecord> present =
        session.state().pairings().find(session.secretId(), session.role(), session.peer());
    if (present.isPresent() && !present.get().id().equals(id)) {
      throw changed(step);
    }
  }

  /**
   * Stores what was verified; the status is PENDING unless the channel to the peer is
   * authenticated.
   */
  Pairing store(
      String step,
      PairingId id,
      PedersenParameters theirs,
      Optional<PaillierModulus> theirModulus,
      Bytes theirStatic) {
    boolean authenticated = session.state().config().authenticatedPeers().contains(session.peer());
    Pairing pairing =
        new Pairing(
            id,
            session.secretId(),
            session.role(),
            session.peer(),
            level,
            authenticated ? Pairing.Status.ACTIVE : Pairing.Status.PENDING);
    Bytes sealedKey;
    try (SecretScalar i =
        session.state().secrets().open(session.secretId(), session.role(), level, ownStatic)) {
      sealedKey =
          session
              .state()
              .pairings()
              .sealKey(session.secretId(), session.role(), id, i, theirStatic);
    }
    return session
        .state()
        .pairings()
        .put(new PairingRecord(pairing, theirs, theirModulus, sealedKey))
        .orElseThrow(() -> changed(step));
  }

  private PeerFaultException changed(String step) {
    return PeerFaultException.abort(
        step,
        "the peer names other parameters than those on record for this pair; if it was set up anew, operators of both sides repair"
            + " the pairing, and compare its digits");
  }

  Role role() {
    return session.role();
  }
}
