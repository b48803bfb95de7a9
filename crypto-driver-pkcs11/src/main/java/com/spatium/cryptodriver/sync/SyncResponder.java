/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.proof.Dl;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.state.SessionNonces;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SyncMessage.KeyCommitment;
import com.spatium.cryptodriver.wire.SyncMessage.KeyShare;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.ecmath.SecretScalar;

/** P2 takes S1, answers S2 (protocol.md §4.2). */
public final class SyncResponder implements Opening<DistributedKey> {
  private final Session session;
  private final KeyCommitment s1;

  public SyncResponder(Session session, KeyCommitment s1) {
    this.session = session;
    this.s1 = s1;
  }

  @Override
  public Outcome<DistributedKey> start() {
    String step = s1.header().step();
    DriverState state = session.state();
    state.locks().require(session.secretId());
    PairingRecord pairing =
        state.pairings().requireActive(session.secretId(), session.role(), session.peer());
    if (!pairing.id().equals(s1.pairingId())) {
      throw PeerFaultException.abort(step, "the peer names another pairing than the one on record");
    }
    SyncContext context = new SyncContext(session, pairing, s1.path());
    if (state
        .keys()
        .find(session.secretId(), session.role(), context.syncSessionId())
        .isPresent()) {
      throw PeerFaultException.abort(step, "this syncSessionId was used before");
    }
    SessionNonces nonces = session.scope().keep(state.newNonces());
    Bytes nonce2 = Session.random();
    Bytes sid1 = Transcript.sid1(pairing.level(), s1);
    Bytes sid = new Transcript.Sid(sid1, s1.com(), nonce2).hash();
    try (Lease<SecretScalar> x2 = context.fragment()) {
      Bytes q2 = Bytes.of(session.curve().mulBase(x2.get()));
      DlProof dl =
          new Dl(session.ecmath(), nonces)
              .prove(
                  new ProofContext(sid, session.role()),
                  new Dl.Statement(session.suite(), q2),
                  x2.get());
      return new Outcome.Next<>(
          new KeyShare(session.header(2), nonce2, new ProvenPoint(q2, dl)),
          new SyncResponderRound1(context, sid1, sid, s1.com(), q2));
    }
  }
}
