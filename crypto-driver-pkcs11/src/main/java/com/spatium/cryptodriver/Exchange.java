/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * One run of a procedure: message in, message out. Used by one thread at a time. Its secrets live
 * in the vault and are wiped by {@link #close}, by an abort, and by the driver's idle timeout; a
 * later call then is a {@link UsageException}.
 *
 * <p>A call may take as long as the mathematics, the token and the {@link SigningPolicy} take; it
 * holds no lock meanwhile.
 */
public interface Exchange<R> extends AutoCloseable {
  /** First step. As P2, the answer to the first message. Once. */
  Step<R> start();

  /**
   * Next step.
   *
   * <p>{@link PeerFaultException} with {@code sessionAlive()}: the message is not one this session
   * can take (undecodable, foreign, replayed, wrong round); the session stays as it was and the
   * right message may still come. Any other exception has ended the session and wiped it.
   */
  Step<R> receive(Bytes message);

  /** What this run is about: for logs and for routing. */
  Subject subject();

  /** Wipes. Idempotent. */
  @Override
  void close();

  /** Public description of a run. */
  record Subject(Procedure procedure, SecretId secretId, Role role, PeerId peer, String session) {}

  /** The procedures of protocol.md; the number is what is hashed and sent. */
  enum Procedure {
    PAIR(1),
    SYNC_ECDSA(2),
    SYNC_EDDSA(3),
    SIGN_ECDSA(4),
    SIGN_EDDSA(5);

    private final int number;

    Procedure(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }
}
