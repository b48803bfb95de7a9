/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.time.Duration;
import java.util.List;

/** What only a local operator may do: never reachable from a peer's message. Thread-safe. */
public interface Operator {
  List<Pairing> pairings();

  /**
   * The two operators have compared all digits of {@link PairingId#toDigits()}: PENDING becomes
   * ACTIVE. {@link UsageException} if there is no such pairing.
   */
  Pairing confirm(PairingId id);

  /**
   * Repair, protocol.md §4.1: forgets the peer's parameters so that the next pairing may bring
   * others. Keys stay on record: after the new pairing each is synchronised anew and must come out
   * equal.
   */
  void repair(SecretId secretId, Role role, PeerId peer);

  boolean isLocked(SecretId secretId);

  /** What is ready ahead of time, and how well it serves. */
  PoolReport pools();

  /**
   * Fills the pools of a key that we sign with as responder, for instance after a start, so that
   * the first signatures find them full; else they are filled when the key signs.
   *
   * @param patience how long to wait for it
   * @return whether they are full now; false also when the vault has no room for more
   */
  boolean warmUp(SecretId secretId, SyncSessionId syncSessionId, Duration patience)
      throws InterruptedException;

  /** Lifts LOCKED (protocol.md §4.3) after the cause is understood. */
  void unlock(SecretId secretId);
}
