/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.List;

/** P2 takes G3, T3, answers G4, T4 (protocol.md §4.3, §5). */
final class SignResponderRound1 extends Round<Object> {
  private final SignContext context;
  private final SuiteSteps suite;
  private final Bytes sid1;
  private final Bytes com;
  private final SuiteSteps.PartialSigner signer;

  SignResponderRound1(
      SignContext context,
      SuiteSteps suite,
      Bytes sid1,
      Bytes com,
      SuiteSteps.PartialSigner signer) {
    super(context.session().scope(), context.expect(3));
    this.context = context;
    this.suite = suite;
    this.sid1 = sid1;
    this.com = com;
    this.signer = signer;
  }

  @Override
  protected Outcome<Object> take(WireMessage message) {
    NonceOpening g3 = (NonceOpening) message;
    if (!new Transcript.CommitNonce(sid1, Role.INITIATOR, g3.nonces(), g3.blind())
        .hash()
        .equals(com)) {
      throw PeerFaultException.abort(
          step(), "this does not open the commitment of the first message");
    }
    context.verifyNonces(step(), sid1, g3.nonces());
    context.state().locks().require(context.secretId());
    List<Bytes> r1 = g3.nonces().stream().map(ProvenPoint::point).toList();
    SuiteSteps.Partials partials = signer.sign(step(), r1);
    // Everything secret of the session is gone before the message leaves.
    context.session().scope().close();
    return new Outcome.Next<>(
        partials.message(), new SignResponderRound2(context, suite, partials.r()));
  }
}
