/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.ecmath.SecretHandle;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Unsealed secrets that stay in the vault for a while: the least recently used leaves when there
 * are too many, and each when it was not used for long. A handle is wiped when it has left and
 * nobody leases it any more. Thread-safe; loading holds no lock.
 */
final class HandleCache<K> implements AutoCloseable {
  private final int capacity;
  private final Duration idle;
  private final InstantSource clock;
  private final LinkedHashMap<K, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  HandleCache(int capacity, Duration idle, InstantSource clock) {
    this.capacity = capacity;
    this.idle = idle;
    this.clock = clock;
  }

  private final class Entry {
    private final SecretHandle handle;
    private int leases;
    private boolean left;
    private Instant lastUse;

    Entry(SecretHandle handle) {
      this.handle = handle;
      this.lastUse = clock.instant();
    }
  }

  /** Leases the handle of this name, loading it if it is not here. */
  <H extends SecretHandle> Lease<H> lease(K name, Class<H> type, Supplier<H> load) {
    synchronized (this) {
      Entry present = entries.get(name);
      if (present != null) {
        return leased(present, type);
      }
    }
    H loaded = load.get();
    synchronized (this) {
      Entry entry = new Entry(loaded);
      if (closed || entries.containsKey(name)) {
        // Somebody else was faster: this copy lives as long as its lease.
        entry.left = true;
      } else {
        entries.put(name, entry);
      }
      Lease<H> lease = leased(entry, type);
      shrink();
      return lease;
    }
  }

  private <H extends SecretHandle> Lease<H> leased(Entry entry, Class<H> type) {
    entry.leases++;
    entry.lastUse = clock.instant();
    return new Lease<>(type.cast(entry.handle), () -> release(entry));
  }

  private synchronized void release(Entry entry) {
    entry.leases--;
    entry.lastUse = clock.instant();
    closeIfUnused(entry);
  }

  private static void closeIfUnused(HandleCache<?>.Entry entry) {
    if (entry.left && entry.leases == 0) {
      entry.handle.close();
    }
  }

  private void shrink() {
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > capacity && oldest.hasNext()) {
      Entry entry = oldest.next();
      oldest.remove();
      entry.left = true;
      closeIfUnused(entry);
    }
  }

  /** Lets go of what was not used for long. */
  synchronized void expire() {
    Instant limit = clock.instant().minus(idle);
    remove(entry -> entry.leases == 0 && entry.lastUse.isBefore(limit));
  }

  /** Lets go of these. */
  synchronized void evict(Predicate<K> which) {
    List<K> names = new ArrayList<>(entries.keySet());
    for (K name : names) {
      if (which.test(name)) {
        Entry entry = entries.remove(name);
        if (entry != null) {
          entry.left = true;
          closeIfUnused(entry);
        }
      }
    }
  }

  private void remove(Predicate<Entry> which) {
    entries
        .values()
        .removeIf(
            entry -> {
              boolean goes = which.test(entry);
              if (goes) {
                entry.left = true;
                closeIfUnused(entry);
              }
              return goes;
            });
  }

  /** What is leased is wiped when its lease ends. */
  @Override
  public synchronized void close() {
    closed = true;
    remove(entry -> true);
  }
}
