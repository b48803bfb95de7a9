/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.UsageException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Two connected ends in one process: for tests and trials. What one end sends, the other's
 * callbacks get, in order, on a thread of that other end.
 */
public final class MemoryTransport implements TransportDriver {
  private final PeerId self;
  private final Subscriptions subscriptions = new Subscriptions();
  private final ExecutorService delivery;
  private @Nullable MemoryTransport peer;

  private MemoryTransport(PeerId self) {
    this.self = self;
    this.delivery =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "memory-transport-" + self);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The two ends. */
  public record Pair(MemoryTransport first, MemoryTransport second) {}

  /**
   * Makes both ends.
   *
   * @param first how the first end appears to the second
   * @param second how the second end appears to the first
   */
  public static Pair connect(PeerId first, PeerId second) {
    MemoryTransport a = new MemoryTransport(first);
    MemoryTransport b = new MemoryTransport(second);
    a.peer = b;
    b.peer = a;
    return new Pair(a, b);
  }

  @Override
  public void send(TransportMeta meta, Bytes data) {
    if (data.size() > MAX_MESSAGE) {
      throw new UsageException("a message has at most 1 MiB");
    }
    MemoryTransport to = peer;
    if (to == null || delivery.isShutdown()) {
      throw new TransportException("this end of the transport is closed", null);
    }
    try {
      to.delivery.execute(() -> to.subscriptions.deliver(self, meta, data));
    } catch (RejectedExecutionException e) {
      throw new TransportException("the other end of the transport is closed", e);
    }
  }

  @Override
  public long on(Filter filter, Callback callback) {
    return subscriptions.on(filter, callback);
  }

  @Override
  public void off(long id) {
    subscriptions.off(id);
  }

  @Override
  public void close() {
    subscriptions.clear();
    delivery.shutdown();
  }
}
