/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pairing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.proof.Fac;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.wire.PairingMessage.FactorProof;
import com.spatium.cryptodriver.wire.PairingMessage.PairingAcknowledgement;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.Optional;

/** P2 takes E3, stores, and acknowledges with E4 (protocol.md §4.1). */
final class PairingResponderRound1 extends Round<Pairing> {
  private final Parameters parameters;
  private final PairingId id;
  private final PaillierModulus n;
  private final PedersenParameters theirs;
  private final Bytes theirStatic;

  PairingResponderRound1(
      Parameters parameters,
      PairingId id,
      PaillierModulus n,
      PedersenParameters theirs,
      Bytes theirStatic) {
    super(parameters.session().scope(), parameters.session().expect(3, parameters.level()));
    this.parameters = parameters;
    this.id = id;
    this.n = n;
    this.theirs = theirs;
    this.theirStatic = theirStatic;
  }

  @Override
  protected Outcome<Pairing> take(WireMessage message) {
    FactorProof e3 = (FactorProof) message;
    if (!e3.pairingId().equals(id)) {
      throw PeerFaultException.abort(step(), "the peer computed another pairing id");
    }
    new Fac(parameters.session().ecmath())
        .verify(
            step(),
            new ProofContext(id.value(), parameters.role().other()),
            n,
            parameters.own().pedersen(),
            e3.fac());
    Pairing pairing = parameters.store(step(), id, theirs, Optional.of(n), theirStatic);
    return new Outcome.Done<>(
        Optional.of(new PairingAcknowledgement(parameters.session().header(4), id)), pairing);
  }
}
