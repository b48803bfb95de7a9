/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pairing;

import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.ModulusProofs;
import com.spatium.cryptodriver.state.OwnParameters;
import com.spatium.cryptodriver.state.SecretRecord;
import com.spatium.cryptodriver.state.StaticKey;
import com.spatium.cryptodriver.wire.PairingMessage.InitiatorParameters;

/** P1 begins: E1 (protocol.md §4.1). */
public final class PairingInitiator implements Opening<Pairing> {
  private final Session session;

  public PairingInitiator(Session session) {
    this.session = session;
  }

  @Override
  public Outcome<Pairing> start() {
    DriverState state = session.state();
    state.locks().require(session.secretId());
    SecretRecord secret = state.secrets().require(session.secretId());
    if (secret.level().compareTo(state.config().minimumLevel()) < 0) {
      throw new UsageException(
          "the secret " + secret.id() + " is below the configured minimum level: make another");
    }
    OwnParameters own = state.installation().parameters(secret.level(), state.config().progress());
    StaticKey ownStatic = state.secrets().staticKey(secret.id(), session.role(), secret.level());
    ModulusProofs proofs =
        state.secrets().modulusProofs(secret, () -> state.unsealed().paillier(secret.id()));
    InitiatorParameters e1 =
        new InitiatorParameters(
            session.header(1),
            secret.level(),
            secret.n().n(),
            proofs.nroot(),
            proofs.blum(),
            own.pedersen().fields(),
            own.prm(),
            ownStatic.point(),
            ownStatic.dl());
    Parameters parameters = new Parameters(session, secret.level(), secret.n(), own, ownStatic);
    return new Outcome.Next<>(e1, new PairingInitiatorRound1(parameters, e1));
  }
}
