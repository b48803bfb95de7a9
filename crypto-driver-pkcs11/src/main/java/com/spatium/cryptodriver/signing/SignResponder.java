/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.SigningPolicy.Decision;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Keys;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.wire.SignMessage.Item;
import com.spatium.cryptodriver.wire.SignMessage.NonceCommitment;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import com.spatium.cryptodriver.wire.SignMessage.Refusal;
import com.spatium.cryptodriver.wire.Transcript;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P2 takes G1, T1, asks its policy, answers G2, T2 (protocol.md §4.3, §5). The run's result is the
 * list of signatures, or the {@link Decision.Refuse} that was sent.
 */
public final class SignResponder implements Opening<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(SignResponder.class);
  private final Session session;
  private final NonceCommitment g1;
  private final SuiteSteps suite;

  public SignResponder(Session session, NonceCommitment g1, SuiteSteps suite) {
    this.session = session;
    this.g1 = g1;
    this.suite = suite;
  }

  @Override
  public Outcome<Object> start() {
    String step = g1.header().step();
    session.state().locks().require(session.secretId());
    KeyRecord key =
        session
            .state()
            .keys()
            .findActive(
                session.secretId(), session.role(), session.ids().syncSessionId().orElseThrow())
            .filter(
                found -> found.peer().equals(session.peer()) && found.suite() == session.suite())
            .orElseThrow(
                () ->
                    PeerFaultException.abort(step, "there is no key of these ids with this peer"));
    PairingRecord pairing =
        session.state().pairings().requireActive(key.secretId(), session.role(), session.peer());
    if (!pairing.id().equals(g1.pairingId()) || !pairing.id().equals(key.pairingId())) {
      throw PeerFaultException.abort(
          step, "the key, the message and the record name different pairings");
    }
    session.state().checkedKeys().require(key);
    markUsed(step, key);

    Decision decision = ask(key);
    if (decision instanceof Decision.Refuse refuse) {
      return new Outcome.Done<>(
          Optional.of(Refusal.of(session.header(2), refuse.reason())), refuse);
    }
    // The policy may have taken its time.
    session.state().locks().require(session.secretId());
    SignContext context = new SignContext(session, key, pairing, g1.items());
    Bytes nonce2 = Session.random();
    Bytes sid1 = Transcript.sid1(pairing.level(), key.path(), key.keyHash(), g1);
    Bytes sid = new Transcript.Sid(sid1, g1.com(), nonce2).hash();
    SuiteSteps.Share share = suite.share(context, sid);
    return new Outcome.Next<>(
        new NonceShare(session.header(2), nonce2, share.nonces().points()),
        new SignResponderRound1(context, suite, sid1, g1.com(), share.signer()));
  }

  /**
   * Before the policy is asked: a peer cannot have one signature judged until the answer suits it.
   */
  private void markUsed(String step, KeyRecord key) {
    Keys keys = session.state().keys();
    for (Item item : g1.items()) {
      if (!keys.markUsed(key.secretId(), session.role(), item.signSessionId())) {
        throw PeerFaultException.abort(step, "a signSessionId was used before");
      }
    }
  }

  private Decision ask(KeyRecord key) {
    SigningPolicy.Request request =
        new SigningPolicy.Request(
            session.peer(),
            key.distributedKey(),
            g1.items().stream()
                .map(
                    item ->
                        new SigningPolicy.Item(
                            item.signSessionId(), item.message(), item.authorization()))
                .toList());
    Decision decision;
    try {
      decision = session.state().config().policy().decide(request);
    } catch (RuntimeException e) {
      LOG.warn("the signing policy failed, so {} is refused", session.ids(), e);
      return SigningPolicy.refuse("the responder's signing policy failed");
    }
    // A policy is foreign code, which may not be checked for null.
    return decision instanceof Decision.Approve || decision instanceof Decision.Refuse
        ? decision
        : SigningPolicy.refuse("the responder's signing policy gave no answer");
  }
}
