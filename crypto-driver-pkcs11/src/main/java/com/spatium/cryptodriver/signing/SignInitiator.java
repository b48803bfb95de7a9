/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Keys;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.wire.SignMessage.Item;
import com.spatium.cryptodriver.wire.SignMessage.NonceCommitment;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.cryptodriver.wire.WireCodec;
import java.util.List;

/** P1 begins: G1, T1 (protocol.md §4.3, §5). */
public final class SignInitiator implements Opening<List<Signature>> {
  private final Session session;
  private final KeyRecord key;
  private final List<Item> items;
  private final SuiteSteps suite;

  /**
   * Nothing happens yet.
   *
   * @param key ACTIVE, of role INITIATOR
   */
  public SignInitiator(Session session, KeyRecord key, List<Item> items, SuiteSteps suite) {
    this.session = session;
    this.key = key;
    this.items = items;
    this.suite = suite;
  }

  @Override
  public Outcome<List<Signature>> start() {
    session.state().locks().require(key.secretId());
    PairingRecord pairing =
        session.state().pairings().requireActive(key.secretId(), session.role(), session.peer());
    if (!pairing.id().equals(key.pairingId())) {
      throw new UsageException(
          "the pairing was repaired after this key was made: synchronise the key anew");
    }
    session.state().checkedKeys().require(key);
    requireFits(pairing);
    markUsed();
    SignContext context = new SignContext(session, key, pairing, items);
    Bytes nonce1 = Session.random();
    Bytes sid1 =
        Transcript.sid1(
            pairing.level(),
            key.path(),
            key.keyHash(),
            session.header(1),
            pairing.id(),
            items,
            nonce1);
    OwnNonces nonces = context.freshNonces(sid1);
    Bytes blind = Session.random();
    Bytes com = new Transcript.CommitNonce(sid1, session.role(), nonces.points(), blind).hash();
    return new Outcome.Next<>(
        new NonceCommitment(session.header(1), pairing.id(), items, nonce1, com),
        new SignInitiatorRound1(context, suite, sid1, com, nonces, blind));
  }

  /** {@code UsageException} if the messages are too long together: before their ids are used up. */
  private void requireFits(PairingRecord pairing) {
    Bytes any = Bytes.of(new byte[Widths.HASH]);
    WireCodec.encode(new NonceCommitment(session.header(1), pairing.id(), items, any, any));
  }

  /**
   * Durable before anything is sent: after a crash the ids are used, and nothing was signed with
   * them.
   */
  private void markUsed() {
    Keys keys = session.state().keys();
    for (Item item : items) {
      if (keys.isUsed(key.secretId(), session.role(), item.signSessionId())) {
        throw used(item.signSessionId());
      }
    }
    for (Item item : items) {
      if (!keys.markUsed(key.secretId(), session.role(), item.signSessionId())) {
        throw used(item.signSessionId());
      }
    }
  }

  private static UsageException used(SignSessionId id) {
    return new UsageException(
        "the signSessionId " + id + " was used before: choose a new one for each signature");
  }
}
