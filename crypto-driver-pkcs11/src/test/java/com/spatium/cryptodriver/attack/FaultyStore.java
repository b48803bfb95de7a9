/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A party's store, at whose operations the party is killed or the store fails. What was stored
 * stays: a restarted party finds it.
 */
final class FaultyStore implements StateStore {
  /** Sudden death: no {@code catch (RuntimeException)} holds it up. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed(String when) {
      super("killed " + when, null, false, false);
    }
  }

  /** What happens at the chosen moment. */
  enum Fault {
    /** The process dies when the operation is durable. */
    KILL,
    /** The store answers with an error and has done nothing. */
    FAIL_BEFORE,
    /** The store has done it, and answers with an error. */
    FAIL_AFTER,
    /**
     * Nothing fails, but something else happens before the operation: {@link Moments#meanwhile}.
     */
    MEANWHILE
  }

  /** Counts the moments of one run, of both parties, and strikes at one of them. */
  static final class Moments {
    private final Fault fault;
    private final int strikeAt;
    private final boolean writesAlone;
    private final List<String> passed = new ArrayList<>();
    private Consumer<FaultyStore> meanwhile = store -> {};

    /**
     * @param strikeAt negative: never, only count
     * @param writesAlone operations that only read are no moments
     */
    Moments(Fault fault, int strikeAt, boolean writesAlone) {
      this.fault = fault;
      this.strikeAt = strikeAt;
      this.writesAlone = writesAlone;
    }

    /**
     * What another thread does to the party at the moment.
     *
     * @param action is given the party's store
     */
    synchronized void meanwhile(Consumer<FaultyStore> action) {
      meanwhile = action;
    }

    /** Whether this is the moment. */
    synchronized boolean strikes(String what) {
      passed.add(what);
      return passed.size() - 1 == strikeAt;
    }

    synchronized int count() {
      return passed.size();
    }

    /** Where it struck. */
    @Override
    public synchronized String toString() {
      return fault
          + " at moment "
          + strikeAt
          + (strikeAt >= 0 && strikeAt < passed.size() ? ": " + passed.get(strikeAt) : "");
    }
  }

  private final String party;
  private final StateStore store;
  private Moments moments;
  private boolean dead;

  FaultyStore(String party, StateStore store) {
    this.party = party;
    this.store = store;
  }

  /** From now on, its operations are moments. */
  synchronized void arm(Moments newMoments) {
    moments = newMoments;
  }

  /** The operator starts the party again, on a machine that works. */
  synchronized void revive() {
    moments = null;
    dead = false;
  }

  synchronized boolean isDead() {
    return dead;
  }

  /** The party dies without a call of its store. */
  synchronized void kill() {
    dead = true;
  }

  /** Of the process: a moment that is not an operation of the store. */
  synchronized void pass(String what) {
    if (moments != null && moments.fault == Fault.KILL && moments.strikes(party + " " + what)) {
      dead = true;
      throw new Killed(what);
    }
  }

  private synchronized <T> T operation(String what, boolean writes, Supplier<T> body) {
    if (dead) {
      throw new Killed("before, but its process still calls the store: " + what);
    }
    if (moments == null
        || (moments.writesAlone && !writes)
        || !moments.strikes(party + " " + what)) {
      return body.get();
    }
    if (moments.fault == Fault.MEANWHILE) {
      moments.meanwhile.accept(this);
      return body.get();
    }
    if (moments.fault == Fault.FAIL_BEFORE) {
      throw new StorageException("the test's store fails before: " + what);
    }
    String done = what + (body.get().equals(false) ? ", in vain" : "");
    if (moments.fault == Fault.FAIL_AFTER) {
      throw new StorageException("the test's store fails after: " + done);
    }
    dead = true;
    throw new Killed("after " + done);
  }

  @Override
  public boolean create(String key, Bytes value) {
    return operation("create " + key, true, () -> store.create(key, value));
  }

  @Override
  public Optional<Bytes> get(String key) {
    return operation("get " + key, false, () -> store.get(key));
  }

  @Override
  public boolean replace(String key, Bytes expected, Bytes next) {
    return operation("replace " + key, true, () -> store.replace(key, expected, next));
  }

  @Override
  public Optional<Bytes> take(String key) {
    return operation("take " + key, true, () -> store.take(key));
  }

  @Override
  public List<String> list(String prefix) {
    return operation("list " + prefix, false, () -> store.list(prefix));
  }

  @Override
  public void close() {
    store.close();
  }
}
