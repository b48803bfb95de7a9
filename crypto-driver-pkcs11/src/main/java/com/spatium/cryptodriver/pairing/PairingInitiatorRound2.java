/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pairing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.wire.PairingMessage.PairingAcknowledgement;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.Optional;

/** P1 takes E4 and stores: P2 has stored already (protocol.md §4.1). */
final class PairingInitiatorRound2 extends Round<Pairing> {
  private final Parameters parameters;
  private final PairingId id;
  private final PedersenParameters theirs;
  private final Bytes theirStatic;

  PairingInitiatorRound2(
      Parameters parameters, PairingId id, PedersenParameters theirs, Bytes theirStatic) {
    super(parameters.session().scope(), parameters.session().expect(4, parameters.level()));
    this.parameters = parameters;
    this.id = id;
    this.theirs = theirs;
    this.theirStatic = theirStatic;
  }

  @Override
  protected Outcome<Pairing> take(WireMessage message) {
    if (!((PairingAcknowledgement) message).pairingId().equals(id)) {
      throw PeerFaultException.abort(step(), "the peer has made another pairing");
    }
    return new Outcome.Done<>(
        Optional.empty(), parameters.store(step(), id, theirs, Optional.empty(), theirStatic));
  }
}
