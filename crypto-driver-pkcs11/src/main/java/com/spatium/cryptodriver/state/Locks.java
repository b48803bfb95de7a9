/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StorageException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * LOCKED (protocol.md §4.3), one for each N, that is, for each secret. Thread-safe: while {@link
 * #whileUnlocked} runs, no other thread of this driver sets it.
 */
public final class Locks {
  private static final Bytes PRESENT = Bytes.of(new byte[] {1});
  private final StateStore store;
  private final StateKeys names;

  /** LOCKED, and the store has not taken it: holds here, as long as this process lives. */
  private final Set<SecretId> notStored = ConcurrentHashMap.newKeySet();

  private volatile Consumer<SecretId> listener = id -> {};
  private final ReadWriteLock gate = new ReentrantReadWriteLock();

  Locks(StateStore store, StateKeys names) {
    this.store = store;
    this.names = names;
  }

  public boolean isLocked(SecretId id) {
    return notStored.contains(id) || store.get(names.locked(id)).isPresent();
  }

  /** {@link KeyLockedException} if LOCKED. */
  public void require(SecretId id) {
    if (isLocked(id)) {
      throw new KeyLockedException(
          "the secret "
              + id
              + " is LOCKED after a fault in this machine: find the cause, then let an operator unlock it");
    }
  }

  /**
   * Runs what decrypts and returns a signature, unless LOCKED before or after (another process may
   * set it meanwhile).
   */
  public <T> T whileUnlocked(SecretId id, Supplier<T> body) {
    gate.readLock().lock();
    try {
      require(id);
      T result = body.get();
      require(id);
      return result;
    } finally {
      gate.readLock().unlock();
    }
  }

  /** Who aborts the running sessions of a secret that was LOCKED. */
  public void onLock(Consumer<SecretId> newListener) {
    listener = newListener;
  }

  /**
   * A signature came out wrong although the peer proved its part. Durable, and running sessions
   * aborted, before there is an error to throw. Where the store fails, the lock holds in this
   * process alone, and the error says so.
   */
  public KeyLockedException lock(SecretId id) {
    String what =
        "a signature came out wrong although the peer proved its part: this machine is faulty. The secret "
            + id
            + " is LOCKED; nothing was returned. Find the cause, then let an operator unlock it";
    notStored.add(id);
    gate.writeLock().lock();
    try {
      store.create(names.locked(id), PRESENT);
      // From here on another process may unlock it.
      notStored.remove(id);
      return new KeyLockedException(what);
    } catch (StorageException e) {
      return new KeyLockedException(
          what + ". The lock could not be stored: it ends with this process", e);
    } finally {
      gate.writeLock().unlock();
      listener.accept(id);
    }
  }

  public void unlock(SecretId id) {
    store.take(names.locked(id));
    notStored.remove(id);
  }
}
