/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import java.util.Optional;

/**
 * Carries messages between two parties, as the SDK's interface of the same name. No order,
 * delivery, secrecy or authentication is promised: the protocol does not need them. Thread-safe.
 */
public interface TransportDriver extends AutoCloseable {
  /** Longest message: 1 MiB (protocol.md §8). */
  int MAX_MESSAGE = 1 << 20;

  /**
   * Returns when the message is on its way, not when it has arrived; does not wait for a slow
   * receiver. {@link TransportException} if it cannot be sent, {@link
   * com.spatium.cryptodriver.UsageException} if it is longer than {@link #MAX_MESSAGE}.
   */
  void send(TransportMeta meta, Bytes data);

  /**
   * Calls back for each message that matches, on a thread of the transport: the callback must not
   * block.
   *
   * @return id for {@link #off}
   */
  long on(Filter filter, Callback callback);

  /**
   * Messages that come after the return are not called back; one that is being delivered meanwhile
   * may be. Unknown ids are fine.
   */
  void off(long id);

  /** No callback begins after the return, {@link #send} fails. Idempotent. */
  @Override
  void close();

  /** A partial meta: an empty part matches everything. */
  record Filter(Optional<String> room, Optional<String> topic) {
    public static Filter all() {
      return new Filter(Optional.empty(), Optional.empty());
    }

    public static Filter room(String room) {
      return new Filter(Optional.of(room), Optional.empty());
    }

    public static Filter exactly(TransportMeta meta) {
      return new Filter(Optional.of(meta.room()), Optional.of(meta.topic()));
    }

    public boolean matches(TransportMeta meta) {
      return room.map(meta.room()::equals).orElse(true)
          && topic.map(meta.topic()::equals).orElse(true);
    }
  }

  @FunctionalInterface
  interface Callback {
    /**
     * A message has come.
     *
     * @param from who sent it, as far as the transport can tell
     */
    void message(PeerId from, TransportMeta meta, Bytes data);
  }
}
