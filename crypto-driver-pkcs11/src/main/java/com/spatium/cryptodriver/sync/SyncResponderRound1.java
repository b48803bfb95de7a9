/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.proof.EncDl;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.KeyRecord.Status;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.SyncMessage.EncryptedKey;
import com.spatium.cryptodriver.wire.SyncMessage.KeyConfirmation;
import com.spatium.cryptodriver.wire.SyncMessage.KeyOpening;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretScalar;

/** P2 takes S3, stores the key PENDING, then sends S4 (protocol.md §4.2). */
final class SyncResponderRound1 extends Round<DistributedKey> {
  private final SyncContext context;
  private final Bytes sid1;
  private final Bytes sid;
  private final Bytes com;
  private final Bytes q2;

  SyncResponderRound1(SyncContext context, Bytes sid1, Bytes sid, Bytes com, Bytes q2) {
    super(context.session().scope(), context.expect(3));
    this.context = context;
    this.sid1 = sid1;
    this.sid = sid;
    this.com = com;
    this.q2 = q2;
  }

  @Override
  protected Outcome<DistributedKey> take(WireMessage message) {
    KeyOpening s3 = (KeyOpening) message;
    Session session = context.session();
    if (!new Transcript.CommitKey(sid1, Role.INITIATOR, s3.key(), s3.blind()).hash().equals(com)) {
      throw PeerFaultException.abort(step(), "this does not open the commitment of S1");
    }
    Bytes q1 = s3.key().point();
    session.verifyDl(
        step(), new ProofContext(sid1, Role.INITIATOR), session.suite(), q1, s3.key().dl());
    if (s3.encryptedKey().isPresent()) {
      EncryptedKey encrypted = s3.encryptedKey().get();
      SecurityLevel level = context.pairing().level();
      try (Lease<RingPedersenKey> pedersen = session.state().unsealed().ringPedersen(level)) {
        new EncDl(session.ecmath())
            .verifyOwn(
                step(),
                new ProofContext(sid, Role.INITIATOR),
                new EncDl.Statement(
                    context.pairing().peerModulus().orElseThrow(), encrypted.cKey(), q1),
                session.state().installation().find(level).orElseThrow().pedersen(),
                pedersen.get(),
                encrypted.encdl());
      }
    }
    KeyRecord key;
    try (Lease<SecretScalar> x2 = context.fragment()) {
      Bytes q = context.jointKey(step(), x2.get(), q2, q1);
      key = context.record(Status.PENDING, q1, q2, q, s3.encryptedKey().map(EncryptedKey::cKey));
    }
    if (!session.state().keys().agreesWithPin(key)) {
      throw SyncContext.otherKey(step());
    }
    KeyConfirmation s4 = context.confirm(4, sid, key.keyHash());
    session.state().locks().require(key.secretId());
    if (!session.state().keys().create(key)) {
      throw PeerFaultException.abort(step(), "this syncSessionId was used before");
    }
    return new Outcome.Next<>(s4, new SyncResponderRound2(context, sid, key));
  }
}
