/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import java.util.Optional;

/**
 * Carries messages between two parties, as the SDK's interface of the same name. No order, delivery, secrecy or authentication is
 * promised: the protocol does not need them. Thread-safe.
 */
public interface TransportDriver extends AutoCloseable {
  /** Returns when the message is on its way, not when it has arrived. {@link TransportException} if it cannot be sent. */
  void send(TransportMeta meta, Bytes data);

  /**
   * Calls back for each message that matches, on a thread of the transport: the callback must not block.
   *
   * @return id for {@link #off}
   */
  long on(Filter filter, Callback callback);

  /** No callback of this id begins after the return. Unknown ids are fine. */
  void off(long id);

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
      return room.map(meta.room()::equals).orElse(true) && topic.map(meta.topic()::equals).orElse(true);
    }
  }

  @FunctionalInterface
  interface Callback {
    /**
     * @param from who sent it, as far as the transport can tell
     */
    void message(PeerId from, TransportMeta meta, Bytes data);
  }
}
