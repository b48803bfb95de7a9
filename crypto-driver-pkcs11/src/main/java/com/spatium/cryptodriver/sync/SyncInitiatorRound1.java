/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.proof.EncDl;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.KeyRecord.Status;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SyncMessage.EncryptedKey;
import com.spatium.cryptodriver.wire.SyncMessage.KeyOpening;
import com.spatium.cryptodriver.wire.SyncMessage.KeyShare;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.util.Optional;

/** P1 takes S2, answers S3 (protocol.md §4.2). */
final class SyncInitiatorRound1 extends Round<DistributedKey> {
  private final SyncContext context;
  private final Bytes sid1;
  private final Bytes com;
  private final ProvenPoint key;
  private final Bytes blind;

  SyncInitiatorRound1(SyncContext context, Bytes sid1, Bytes com, ProvenPoint key, Bytes blind) {
    super(context.session().scope(), context.expect(2));
    this.context = context;
    this.sid1 = sid1;
    this.com = com;
    this.key = key;
    this.blind = blind;
  }

  @Override
  protected Outcome<DistributedKey> take(WireMessage message) {
    KeyShare s2 = (KeyShare) message;
    Session session = context.session();
    Bytes sid = new Transcript.Sid(sid1, com, s2.nonce2()).hash();
    Bytes q2 = s2.key().point();
    session.verifyDl(
        step(), new ProofContext(sid, session.role().other()), session.suite(), q2, s2.key().dl());
    KeyRecord record;
    Optional<EncryptedKey> encrypted;
    try (Lease<SecretScalar> x1 = context.fragment()) {
      Bytes q = context.jointKey(step(), x1.get(), key.point(), q2);
      encrypted =
          session.suite() == Suite.ECDSA_SECP256K1
              ? Optional.of(encrypt(sid, x1.get()))
              : Optional.empty();
      record = context.record(Status.ACTIVE, key.point(), q2, q, encrypted.map(EncryptedKey::cKey));
    }
    if (!session.state().keys().agreesWithPin(record)) {
      throw SyncContext.otherKey(step());
    }
    return new Outcome.Next<>(
        new KeyOpening(session.header(3), key, blind, encrypted),
        new SyncInitiatorRound2(context, sid, record));
  }

  /** c_key = Enc(x1; ρ), decrypted again before it leaves, and encdl. */
  private EncryptedKey encrypt(Bytes sid, SecretScalar x1) {
    Session session = context.session();
    EcMath ecmath = session.ecmath();
    PaillierModulus n = session.state().secrets().require(session.secretId()).n();
    try (Lease<PaillierKey> paillier = session.state().unsealed().paillier(session.secretId());
        Lease<FixedBases> bases = session.state().unsealed().encDlBases(context.pairing());
        SecretInteger x = ecmath.integers().fromScalar(x1)) {
      EncryptedKey encrypted =
          new EncDl(ecmath)
              .encrypt(
                  new ProofContext(sid, session.role()),
                  n,
                  key.point(),
                  x,
                  context.pairing().peerPedersen(),
                  bases == null ? null : bases.get());
      // The proof says what c_key is; this, that we can decrypt it.
      byte[][] cKey = {encrypted.cKey().toByteArray()};
      try (SecretInteger plain = ecmath.paillier().decrypt(paillier.get(), cKey, 256).get(0)) {
        if (!ecmath.vault().equal(plain, x)) {
          throw new NativeLibraryException(
              "our own c_key does not decrypt to x1: nothing was sent; check this machine");
        }
      }
      return encrypted;
    }
  }
}
