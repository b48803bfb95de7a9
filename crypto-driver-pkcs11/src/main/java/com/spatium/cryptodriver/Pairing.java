/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** A pairing, public data only. */
public record Pairing(
    PairingId id, SecretId secretId, Role role, PeerId peer, SecurityLevel level, Status status) {
  public enum Status {
    /** Waits for both operators to compare {@link PairingId#toDigits()}. */
    PENDING,
    /** May synchronise and sign. */
    ACTIVE
  }
}
