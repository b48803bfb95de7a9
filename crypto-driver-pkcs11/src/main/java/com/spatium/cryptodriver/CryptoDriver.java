/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.List;
import java.util.Optional;

/**
 * Two-party signing with one party's secrets in this driver's custody. Thread-safe.
 *
 * <pre>{@code
 * driver.secrets().generate(secretId);                       // both sides, once
 * Exchange<Pairing> run = driver.pair(new PairingRequest(secretId, peer));
 * Step<Pairing> step = run.start();                          // Send(message) … receive(answer) … Finish(pairing)
 * }</pre>
 */
public interface CryptoDriver extends AutoCloseable {
  Secrets secrets();

  /** Operator actions: compare and confirm pairings, repair, unlock. */
  Operator operator();

  /** protocol.md §4.1, as P1. */
  Exchange<Pairing> pair(PairingRequest request);

  /** protocol.md §4.2 or §5, as P1. */
  Exchange<DistributedKey> synchronise(SyncRequest request);

  /** protocol.md §4.3 or §5, as P1. */
  Exchange<Signature> sign(SignRequest request);

  /** protocol.md §4.5, as P1: 1 to 64 messages under one key; all are signed or none. */
  Exchange<List<Signature>> signAll(List<SignRequest> requests);

  /**
   * Any procedure, as P2. The first message is decoded and checked here; {@link Exchange#start}
   * answers it.
   *
   * @param from who sent it, as the transport authenticated it
   */
  Exchange<?> accept(PeerId from, Bytes firstMessage);

  /** Public data of a key in state ACTIVE; looked up in both roles, the initiator's first. */
  Optional<DistributedKey> key(SecretId secretId, SyncSessionId syncSessionId);

  /** ACTIVE or PENDING pairing of this secret with this peer in this role. */
  Optional<Pairing> pairing(SecretId secretId, Role role, PeerId peer);

  /**
   * Which protections this driver got: for `doctor` and health checks. Runs a real operation in the
   * custody (an HMAC in the token).
   */
  Health health();

  /**
   * Aborts every running session and wipes all secrets of this driver from the vault. Idempotent.
   */
  @Override
  void close();
}
