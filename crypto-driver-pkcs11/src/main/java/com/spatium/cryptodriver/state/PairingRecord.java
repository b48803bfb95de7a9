/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.wire.PedersenFields;
import java.util.Optional;

/**
 * A pairing and the peer's verified parameters (protocol.md §4.1).
 *
 * @param peerPedersen the peer's N̂, ŝ₁, ŝ₂, t̂
 * @param peerModulus P1's N, where we are P2
 * @param sealedKey K
 */
public record PairingRecord(
    Pairing pairing,
    PedersenParameters peerPedersen,
    Optional<PaillierModulus> peerModulus,
    Bytes sealedKey) {
  public PairingId id() {
    return pairing.id();
  }

  public SecurityLevel level() {
    return pairing.level();
  }

  public PeerId peer() {
    return pairing.peer();
  }

  PairingRecord with(Pairing.Status status) {
    return new PairingRecord(
        new Pairing(
            pairing.id(),
            pairing.secretId(),
            pairing.role(),
            pairing.peer(),
            pairing.level(),
            status),
        peerPedersen,
        peerModulus,
        sealedKey);
  }

  Fields encode() {
    PedersenFields hat = peerPedersen.fields();
    Fields fields =
        new Fields()
            .put(1, pairing.id().value())
            .put(2, pairing.peer().name())
            .put(3, pairing.role().number())
            .put(4, pairing.level().bits())
            .put(5, pairing.status().name())
            .put(6, hat.n())
            .put(7, hat.s1())
            .put(8, hat.s2())
            .put(9, hat.t())
            .put(11, sealedKey)
            .put(12, pairing.secretId().toString());
    peerModulus.ifPresent(n -> fields.put(10, n.n()));
    return fields;
  }

  static PairingRecord decode(Fields fields) {
    SecurityLevel level = Codes.level(fields.number(4));
    return new PairingRecord(
        new Pairing(
            new PairingId(fields.bytes(1)),
            SecretId.of(fields.text(12)),
            Codes.role(fields.number(3)),
            new PeerId(fields.text(2)),
            level,
            Codes.constant(Pairing.Status.class, fields.text(5))),
        PedersenParameters.trusted(
            level,
            new PedersenFields(fields.bytes(6), fields.bytes(7), fields.bytes(8), fields.bytes(9))),
        fields.has(10)
            ? Optional.of(PaillierModulus.trusted(level, fields.bytes(10)))
            : Optional.empty(),
        fields.bytes(11));
  }
}
