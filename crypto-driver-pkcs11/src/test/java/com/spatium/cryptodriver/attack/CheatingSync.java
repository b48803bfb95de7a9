/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.attack.TwoParties.SECRET;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.SyncMessage.EncryptedKey;
import com.spatium.cryptodriver.wire.SyncMessage.KeyCommitment;
import com.spatium.cryptodriver.wire.SyncMessage.KeyOpening;
import com.spatium.cryptodriver.wire.SyncMessage.KeyShare;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Optional;

/** P1 in a synchronisation of either suite, as {@link CheatingInitiator} in a signature. */
final class CheatingSync implements AutoCloseable {
  private final TwoParties parties;
  final Suite suite;
  final SyncSessionId id = SyncSessionId.random();
  final DerivationPath path;
  final PairingRecord pairing;
  final Bytes blind = TwoParties.random();
  final BigInteger rho = Forge.below(CheatingResponder.N);

  /** x1 or a1: chosen before {@link #begin}. */
  BigInteger secret;

  /** What is committed to instead. */
  Optional<ProvenPoint> committed = Optional.empty();

  private final KeyCommitment withoutCom;
  final Bytes sid1;
  Exchange<?> victim;
  Bytes sid;
  Bytes theirs;

  CheatingSync(TwoParties parties, Suite suite, DerivationPath path) {
    this.parties = parties;
    this.suite = suite;
    this.path = path;
    this.pairing =
        parties.p1.state().pairings().find(SECRET, Role.INITIATOR, TwoParties.P2).orElseThrow();
    try (Lease<SecretScalar> fragment =
        parties.p1.state().unsealed().fragment(SECRET, suite, path)) {
      this.secret = Forge.reveal(suite, fragment.get());
    }
    this.withoutCom =
        new KeyCommitment(header(1), pairing.id(), path, TwoParties.random(), Bytes.empty());
    this.sid1 = Transcript.sid1(pairing.level(), withoutCom);
  }

  MessageHeader header(int round) {
    Procedure procedure =
        suite == Suite.ECDSA_SECP256K1 ? Procedure.SYNC_ECDSA : Procedure.SYNC_EDDSA;
    return new MessageHeader(procedure, round, SessionIds.sync(SECRET, id));
  }

  ProvenPoint own() {
    if (committed.isEmpty()) {
      committed = Optional.of(Forge.proven(sid1, Role.INITIATOR, suite, secret));
    }
    return committed.get();
  }

  /** Sends S1, takes S2. */
  void begin() {
    Bytes com = new Transcript.CommitKey(sid1, Role.INITIATOR, own(), blind).hash();
    victim =
        parties
            .p2
            .driver()
            .accept(TwoParties.P1, WireCodec.encode(Leaves.replace(withoutCom, "com", com)));
    KeyShare s2 = (KeyShare) TwoParties.decode(TwoParties.sent(victim.start()).orElseThrow());
    sid = new Transcript.Sid(sid1, com, s2.nonce2()).hash();
    theirs = s2.key().point();
  }

  /** Enc(x1; ρ). */
  Bytes cKey(BigInteger x) {
    return Forge.encrypt(CheatingResponder.N, x, rho);
  }

  Forge.EncDlStatement statement(Bytes cKey) {
    return new Forge.EncDlStatement(
        sid, CheatingResponder.N, cKey, own().point(), pairing.peerPedersen().fields());
  }

  /** c_key with a proof that it encrypts x, true or not. */
  EncryptedKey encrypted(Bytes cKey, BigInteger x) {
    return new EncryptedKey(cKey, Forge.encdl(statement(cKey), x, rho));
  }

  /** Sends an honest S3, takes S4. */
  WireMessage open() {
    return suite == Suite.ECDSA_SECP256K1
        ? open(own(), encrypted(cKey(secret), secret))
        : open(own(), null);
  }

  /** Sends any S3. */
  WireMessage open(ProvenPoint opened, EncryptedKey encrypted) {
    KeyOpening s3 = new KeyOpening(header(3), opened, blind, Optional.ofNullable(encrypted));
    return TwoParties.decode(TwoParties.sent(victim.receive(WireCodec.encode(s3))).orElseThrow());
  }

  @Override
  public void close() {
    if (victim != null) {
      victim.close();
    }
  }
}
