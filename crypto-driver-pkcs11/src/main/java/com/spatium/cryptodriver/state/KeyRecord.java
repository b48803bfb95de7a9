/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.PublicPoint;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.wire.Transcript;
import java.util.Optional;

/**
 * A synchronised key, public data (protocol.md §4.2).
 *
 * @param q1 Q1 or A1
 * @param q2 Q2 or A2
 * @param q Q or A
 * @param cKey ECDSA alone
 */
public record KeyRecord(
    SecretId secretId,
    SyncSessionId syncSessionId,
    Suite suite,
    DerivationPath path,
    Role role,
    PairingId pairingId,
    PeerId peer,
    Bytes q1,
    Bytes q2,
    Bytes q,
    Optional<Bytes> cKey,
    Status status) {
  /** protocol.md §4.2. */
  public enum Status {
    PENDING,
    ACTIVE
  }

  public Bytes keyHash() {
    return new Transcript.Key(q1, q2, q, cKey).hash();
  }

  public DistributedKey distributedKey() {
    return new DistributedKey(
        secretId, syncSessionId, suite, path, role, pairingId, new PublicPoint(suite, q));
  }

  public KeyRecord with(Status newStatus) {
    return new KeyRecord(
        secretId, syncSessionId, suite, path, role, pairingId, peer, q1, q2, q, cKey, newStatus);
  }

  Fields encode() {
    Fields fields =
        new Fields()
            .put(1, suite.number())
            .put(2, path.coin())
            .put(3, path.account())
            .put(4, role.number())
            .put(5, pairingId.value())
            .put(6, peer.name())
            .put(7, q1)
            .put(8, q2)
            .put(9, q)
            .put(11, Transcript.GENERATION)
            .put(12, status.name())
            .put(13, secretId.toString())
            .put(14, syncSessionId.toString());
    cKey.ifPresent(c -> fields.put(10, c));
    return fields;
  }

  static KeyRecord decode(Fields fields) {
    return new KeyRecord(
        SecretId.of(fields.text(13)),
        SyncSessionId.of(fields.text(14)),
        Codes.suite(fields.number(1)),
        new DerivationPath(fields.longNumber(2), fields.longNumber(3)),
        Codes.role(fields.number(4)),
        new PairingId(fields.bytes(5)),
        new PeerId(fields.text(6)),
        fields.bytes(7),
        fields.bytes(8),
        fields.bytes(9),
        fields.has(10) ? Optional.of(fields.bytes(10)) : Optional.empty(),
        Codes.constant(Status.class, fields.text(12)));
  }

  /**
   * What every synchronisation of this path must give again. With our own share, which the secret
   * determines, Q determines the peer's.
   */
  Fields pin() {
    return new Fields().put(1, q);
  }

  static Bytes pinned(Fields pin) {
    return pin.bytes(1);
  }
}
