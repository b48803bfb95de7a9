/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.UsageException;
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
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.ecmath.SecretScalar;

/** P1 begins: S1 (protocol.md §4.2). */
public final class SyncInitiator implements Opening<DistributedKey> {
  private final Session session;
  private final DerivationPath path;

  public SyncInitiator(Session session, DerivationPath path) {
    this.session = session;
    this.path = path;
  }

  @Override
  public Outcome<DistributedKey> start() {
    DriverState state = session.state();
    state.locks().require(session.secretId());
    PairingRecord pairing =
        state.pairings().requireActive(session.secretId(), session.role(), session.peer());
    SyncContext context = new SyncContext(session, pairing, path);
    if (state
        .keys()
        .find(session.secretId(), session.role(), context.syncSessionId())
        .isPresent()) {
      throw used(context);
    }
    SessionNonces nonces = session.scope().keep(state.newNonces());
    try (Lease<SecretScalar> x1 = context.fragment()) {
      Bytes q1 = Bytes.of(session.curve().mulBase(x1.get()));
      Bytes nonce1 = Session.random();
      // sid1 does not hash com, which hashes sid1.
      KeyCommitment withoutCom =
          new KeyCommitment(session.header(1), pairing.id(), path, nonce1, Bytes.empty());
      Bytes sid1 = Transcript.sid1(pairing.level(), withoutCom);
      DlProof dl =
          new Dl(session.ecmath(), nonces)
              .prove(
                  new ProofContext(sid1, session.role()),
                  new Dl.Statement(session.suite(), q1),
                  x1.get());
      ProvenPoint key = new ProvenPoint(q1, dl);
      Bytes blind = Session.random();
      Bytes com = new Transcript.CommitKey(sid1, session.role(), key, blind).hash();
      return new Outcome.Next<>(
          new KeyCommitment(session.header(1), pairing.id(), path, nonce1, com),
          new SyncInitiatorRound1(context, sid1, com, key, blind));
    }
  }

  static UsageException used(SyncContext context) {
    return new UsageException(
        "the syncSessionId "
            + context.syncSessionId()
            + " was used before: choose a new one for each synchronisation");
  }
}
