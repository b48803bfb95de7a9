/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pairing;

import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.proof.Fac;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.FacProof;
import com.spatium.cryptodriver.wire.PairingMessage.FactorProof;
import com.spatium.cryptodriver.wire.PairingMessage.InitiatorParameters;
import com.spatium.cryptodriver.wire.PairingMessage.ResponderParameters;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.PaillierKey;
import java.util.List;

/** P1 takes E2, answers E3 (protocol.md §4.1). */
final class PairingInitiatorRound1 extends Round<Pairing> {
  private final Parameters parameters;
  private final InitiatorParameters e1;

  PairingInitiatorRound1(Parameters parameters, InitiatorParameters e1) {
    super(parameters.session().scope(), parameters.session().expect(2, parameters.level()));
    this.parameters = parameters;
    this.e1 = e1;
  }

  @Override
  protected Outcome<Pairing> take(WireMessage message) {
    ResponderParameters e2 = (ResponderParameters) message;
    PairingId id = Transcript.Pairing.id(e1, e2);
    parameters.requireSameOrNew(step(), id);
    PedersenParameters theirs =
        parameters.verify(step(), List.of(), e2.pedersen(), e2.prm(), e2.i2(), e2.dl());
    FacProof fac;
    try (Lease<PaillierKey> paillier =
        parameters.session().state().unsealed().paillier(parameters.session().secretId())) {
      fac =
          new Fac(parameters.session().ecmath())
              .prove(
                  new ProofContext(id.value(), parameters.role()),
                  parameters.ownModulus(),
                  paillier.get(),
                  theirs);
    }
    return new Outcome.Next<>(
        new FactorProof(parameters.session().header(3), id, fac),
        new PairingInitiatorRound2(parameters, id, theirs, e2.i2()));
  }
}
