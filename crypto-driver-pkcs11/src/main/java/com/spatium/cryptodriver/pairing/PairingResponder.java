/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pairing;

import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.proof.Blum;
import com.spatium.cryptodriver.proof.NRoot;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.OwnParameters;
import com.spatium.cryptodriver.state.SecretRecord;
import com.spatium.cryptodriver.state.StaticKey;
import com.spatium.cryptodriver.wire.PairingMessage.InitiatorParameters;
import com.spatium.cryptodriver.wire.PairingMessage.ResponderParameters;
import com.spatium.cryptodriver.wire.Transcript;
import java.util.List;

/** P2 takes E1, answers E2 (protocol.md §4.1). */
public final class PairingResponder implements Opening<Pairing> {
  private final Session session;
  private final InitiatorParameters e1;

  public PairingResponder(Session session, InitiatorParameters e1) {
    this.session = session;
    this.e1 = e1;
  }

  @Override
  public Outcome<Pairing> start() {
    String step = e1.header().step();
    DriverState state = session.state();
    SecurityLevel level = e1.level();
    if (level.compareTo(state.config().minimumLevel()) < 0) {
      throw PeerFaultException.abort(step, "the peer's level is below the configured minimum");
    }
    state.locks().require(session.secretId());
    SecretRecord secret =
        state
            .secrets()
            .find(session.secretId())
            .orElseThrow(
                () ->
                    PeerFaultException.abort(
                        step, "there is no secret of this id here: create it first"));
    // Only an operator's configuration starts the long search for parameters of a level, never a
    // peer.
    OwnParameters own =
        state
            .installation()
            .find(level)
            .orElseThrow(
                () ->
                    PeerFaultException.abort(
                        step, "this installation has no parameters of the peer's level"));
    StaticKey ownStatic = state.secrets().staticKey(secret.id(), session.role(), level);
    ResponderParameters e2 =
        new ResponderParameters(
            session.header(2),
            own.pedersen().fields(),
            own.prm(),
            ownStatic.point(),
            ownStatic.dl());
    PairingId id = Transcript.Pairing.id(e1, e2);
    Parameters parameters = new Parameters(session, level, secret.n(), own, ownStatic);
    parameters.requireSameOrNew(step, id);

    PaillierModulus n = PaillierModulus.received(session.ecmath(), step, level, e1.n());
    PedersenParameters theirs =
        parameters.verify(step, List.of(e1.n()), e1.pedersen(), e1.prm(), e1.i1(), e1.dl());
    new NRoot(session.ecmath()).verify(step, n, e1.nroot());
    new Blum(session.ecmath()).verify(step, n, e1.blum());
    return new Outcome.Next<>(e2, new PairingResponderRound1(parameters, id, n, theirs, e1.i1()));
  }
}
