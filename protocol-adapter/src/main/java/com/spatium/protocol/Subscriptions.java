/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The callbacks of a transport: what every {@link TransportDriver} here does the same way. */
final class Subscriptions {
  private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

  private record Subscription(TransportDriver.Filter filter, TransportDriver.Callback callback) {}

  private final AtomicLong nextId = new AtomicLong(1);
  private final ConcurrentHashMap<Long, Subscription> byId = new ConcurrentHashMap<>();

  long on(TransportDriver.Filter filter, TransportDriver.Callback callback) {
    long id = nextId.getAndIncrement();
    byId.put(id, new Subscription(filter, callback));
    return id;
  }

  void off(long id) {
    byId.remove(id);
  }

  void clear() {
    byId.clear();
  }

  /**
   * Gives the message to each callback that matches; one that throws does not keep it from the
   * others.
   */
  void deliver(PeerId from, TransportMeta meta, Bytes data) {
    for (Subscription subscription : byId.values()) {
      if (subscription.filter().matches(meta)) {
        try {
          subscription.callback().message(from, meta, data);
        } catch (RuntimeException e) {
          log.warn("a transport callback failed on a message for {}: {}", meta, e.toString());
        }
      }
    }
  }
}
