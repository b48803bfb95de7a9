/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.state.KeyRecord.Status;
import java.util.Optional;

/** Synchronised keys and used ids on record. Thread-safe. */
public final class Keys {
  private static final Bytes USED = Bytes.of(new byte[] {1});
  private final Records records;
  private final Records.Kind<KeyRecord> keys;
  private final Records.Kind<Bytes> pins;
  private final StateKeys names;

  Keys(Records records, StateKeys names) {
    this.records = records;
    this.keys = records.kind(KeyRecord::decode);
    this.pins = records.kind(KeyRecord::pinned);
    this.names = names;
  }

  /** ACTIVE or PENDING. */
  public Optional<KeyRecord> find(SecretId id, Role role, SyncSessionId syncSessionId) {
    return keys.get(names.key(id, role, syncSessionId));
  }

  public Optional<KeyRecord> findActive(SecretId id, Role role, SyncSessionId syncSessionId) {
    return find(id, role, syncSessionId).filter(key -> key.status() == Status.ACTIVE);
  }

  /** False, and nothing changes, if the syncSessionId was used. */
  public boolean create(KeyRecord key) {
    return records.create(name(key), key.encode());
  }

  /** PENDING to ACTIVE. False if it is not on record as it was. */
  public boolean activate(KeyRecord key) {
    Optional<Records.Stored<KeyRecord>> stored = keys.stored(name(key));
    return stored.isPresent()
        && stored.get().content().equals(key)
        && records.replace(name(key), stored.get(), key.with(Status.ACTIVE).encode());
  }

  private String name(KeyRecord key) {
    return names.key(key.secretId(), key.role(), key.syncSessionId());
  }

  /**
   * protocol.md §4.2: the same secrets, coin and account always give the same Q. Whether this key
   * equals what is pinned for its path, or nothing is.
   *
   * <p>One path of a secret has one Q, with whatever peer and in whichever role: with a second one,
   * Q′ = ρ·Q for a ρ of the peer's choice, and a signature (r, s′) of an approved m′ under Q′ would
   * be the signature (r, s′/ρ) of m′/ρ under Q, which nobody approved.
   */
  public boolean agreesWithPin(KeyRecord key) {
    return pins.get(pinName(key)).map(key.q()::equals).orElse(true);
  }

  /** Pins the key's path to it; false if it is pinned to another key. */
  public boolean pin(KeyRecord key) {
    return records.create(pinName(key), key.pin()) || agreesWithPin(key);
  }

  private String pinName(KeyRecord key) {
    return names.pin(key.secretId(), key.suite(), key.path());
  }

  public boolean isUsed(SecretId id, Role role, SignSessionId signSessionId) {
    return records.store().get(names.used(id, role, signSessionId)).isPresent();
  }

  /** Durable when it returns; false if it was used before, so of several callers one gets true. */
  public boolean markUsed(SecretId id, Role role, SignSessionId signSessionId) {
    return records.store().create(names.used(id, role, signSessionId), USED);
  }
}
