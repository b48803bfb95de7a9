/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.Pairing.Status;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.List;
import java.util.Optional;

/** Pairings on record. Thread-safe. */
public final class Pairings {
  private final EcMath ecmath;
  private final Records records;
  private final Records.Kind<PairingRecord> pairings;
  private final StateKeys names;
  private final Sealer sealer;
  private final SecurityLevel minimum;

  Pairings(EcMath ecmath, Records records, StateKeys names, Sealer sealer, SecurityLevel minimum) {
    this.ecmath = ecmath;
    this.records = records;
    this.pairings = records.kind(PairingRecord::decode);
    this.names = names;
    this.sealer = sealer;
    this.minimum = minimum;
  }

  public Optional<PairingRecord> find(SecretId id, Role role, PeerId peer) {
    return pairings.get(names.pairing(id, role, peer));
  }

  /** {@link UsageException} unless ACTIVE, and of the configured minimum level. */
  public PairingRecord requireActive(SecretId id, Role role, PeerId peer) {
    PairingRecord record =
        find(id, role, peer)
            .orElseThrow(
                () ->
                    new UsageException(
                        "the secret "
                            + id
                            + " is not paired with "
                            + peer
                            + " in this role: pair first"));
    if (record.pairing().status() != Status.ACTIVE) {
      throw new UsageException(
          "the pairing with "
              + peer
              + " is PENDING: both operators compare its digits, then each confirms it");
    }
    if (record.level().compareTo(minimum) < 0) {
      throw new UsageException(
          "the pairing with "
              + peer
              + " is below the configured minimum level: use a secret of a higher level");
    }
    return record;
  }

  public List<Pairing> list() {
    return records.store().list(names.pairings()).stream()
        .flatMap(key -> pairings.get(key).stream())
        .map(PairingRecord::pairing)
        .toList();
  }

  /** K = HMAC-SHA-512(enc(i₁·i₂·B), …), sealed (protocol.md §4.1). */
  public Bytes sealKey(
      SecretId id, Role role, PairingId pairingId, SecretScalar ownStatic, Bytes peerStatic) {
    try (SecretBlob shared = ecmath.ed25519().dh(peerStatic.toByteArray(), ownStatic);
        SecretBlob key = ecmath.hashing().hmacSecret(shared, MacInputs.pairKey(pairingId))) {
      return sealer.sealBlob(Sealer.Place.pairKey(id, role, pairingId), key);
    }
  }

  SecretBlob openKey(PairingRecord record) {
    Pairing pairing = record.pairing();
    return sealer.open(
        Sealer.Place.pairKey(pairing.secretId(), pairing.role(), pairing.id()), record.sealedKey());
  }

  /**
   * Puts a pairing on record, or finds it there: the same pairing may be run again, and keeps its
   * status unless it becomes ACTIVE. Empty if another pairing is on record.
   */
  public Optional<Pairing> put(PairingRecord record) {
    Pairing pairing = record.pairing();
    String name = names.pairing(pairing.secretId(), pairing.role(), pairing.peer());
    if (records.create(name, record.encode())) {
      return Optional.of(pairing);
    }
    PairingRecord present =
        find(pairing.secretId(), pairing.role(), pairing.peer())
            .orElseThrow(
                () -> new StorageException("a pairing was removed while it was made: pair again"));
    if (!present.id().equals(pairing.id())) {
      return Optional.empty();
    }
    return Optional.of(
        pairing.status() == Status.ACTIVE
            ? activate(name, pairing.id()).pairing()
            : present.pairing());
  }

  public Pairing confirm(PairingId id) {
    for (Pairing pairing : list()) {
      if (pairing.id().equals(id)) {
        return activate(names.pairing(pairing.secretId(), pairing.role(), pairing.peer()), id)
            .pairing();
      }
    }
    throw new UsageException("there is no pairing " + id);
  }

  /** This one alone: what may have taken its place meanwhile has digits that nobody compared. */
  private PairingRecord activate(String name, PairingId id) {
    while (true) {
      Records.Stored<PairingRecord> stored =
          pairings
              .stored(name)
              .filter(present -> present.content().id().equals(id))
              .orElseThrow(
                  () -> new UsageException("the pairing was removed meanwhile: pair again"));
      PairingRecord active = stored.content().with(Status.ACTIVE);
      if (records.replace(name, stored, active.encode())) {
        return active;
      }
    }
  }

  /** Forgets it. {@link UsageException} if there is none. */
  public void remove(SecretId id, Role role, PeerId peer) {
    if (records.store().take(names.pairing(id, role, peer)).isEmpty()) {
      throw new UsageException(
          "the secret "
              + id
              + " is not paired with "
              + peer
              + " in this role: there is nothing to repair");
    }
  }
}
