/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.RefusedException;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import com.spatium.cryptodriver.wire.SignMessage.Refusal;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.List;

/** P1 takes G2, T2, answers G3, T3 (protocol.md §4.3, §5). */
final class SignInitiatorRound1 extends Round<List<Signature>> {
  private final SignContext context;
  private final SuiteSteps suite;
  private final Bytes sid1;
  private final Bytes com;
  private final OwnNonces nonces;
  private final Bytes blind;

  SignInitiatorRound1(
      SignContext context, SuiteSteps suite, Bytes sid1, Bytes com, OwnNonces nonces, Bytes blind) {
    super(context.session().scope(), context.expect(2));
    this.context = context;
    this.suite = suite;
    this.sid1 = sid1;
    this.com = com;
    this.nonces = nonces;
    this.blind = blind;
  }

  @Override
  protected Outcome<List<Signature>> take(WireMessage message) {
    if (message instanceof Refusal refusal) {
      throw new RefusedException(true, refusal.reason());
    }
    NonceShare g2 = (NonceShare) message;
    Bytes sid = new Transcript.Sid(sid1, com, g2.nonce2()).hash();
    context.verifyNonces(step(), sid, g2.nonces());
    List<Bytes> r2 = g2.nonces().stream().map(ProvenPoint::point).toList();
    return new Outcome.Next<>(
        new NonceOpening(context.session().header(3), nonces.points(), blind),
        suite.awaitPartials(context, sid, nonces, r2));
  }
}
