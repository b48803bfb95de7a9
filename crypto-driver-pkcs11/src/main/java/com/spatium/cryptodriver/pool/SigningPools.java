/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PoolReport;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.pool.PeerPool.KeyPool;
import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffBlinder.Use;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.VaultException;
import com.spatium.ecmath.VaultReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of a driver. One background thread fills those of pairings and keys that signed lately;
 * it exists while there are any. Thread-safe; nothing is computed under the lock.
 */
public final class SigningPools implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SigningPools.class);

  /** protocol.md §6. */
  private static final Duration MAX_AGE = Duration.ofMinutes(10);

  /** A peer that signed since then keeps its pools although another has none. */
  private static final Duration RECENT = Duration.ofMinutes(1);

  private static final Duration CLOSING = Duration.ofSeconds(10);
  private static final long TICK_MILLIS = 60_000;

  /** What the tables of one peer take at most: ecm.h, ecm_bases_new. */
  private static final long TABLES_BYTES = 256 << 10;

  /** More than what a piece of the worker's makes. */
  private static final long PIECE_BYTES = 64 << 10;

  private final DriverState state;
  private final DriverConfig.Pools sizes;
  private final Filler filler;
  private final Function<Runnable, Thread> threads;
  private final Map<PairingId, PeerPool> peers = new LinkedHashMap<>();
  private @Nullable Thread worker;
  private boolean closed;
  private boolean warned;

  /** Without room in the vault, or after an error: when the worker may try again. */
  private long restUntil = System.nanoTime();

  private long turns;
  private long openingHits;
  private long openingMisses;
  private long blinderHits;
  private long blinderMisses;
  private long blindersMade;
  private long openingsMade;
  private long openingsExpired;

  /**
   * Empty.
   *
   * @param computing how many sessions compute now: the worker makes way for them
   */
  public SigningPools(DriverState state, IntSupplier computing) {
    this(state, computing, Thread::new);
  }

  /**
   * For tests.
   *
   * @param threads makes the worker's thread
   */
  SigningPools(DriverState state, IntSupplier computing, Function<Runnable, Thread> threads) {
    this.state = state;
    this.threads = threads;
    this.sizes = state.config().pools();
    this.filler = new Filler(state, computing);
  }

  // ---- for sessions ----

  /**
   * P2 signs with this ECDSA key. Makes the pairing's tables if there are none yet; the worker
   * begins to fill.
   *
   * @return to be closed with the session
   */
  public Supply supply(PairingRecord pairing, KeyRecord key) {
    PeerPool peer;
    KeyPool keyPool;
    boolean makeBases;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the driver was closed");
      }
      Instant now = now();
      peer = peers.computeIfAbsent(pairing.id(), id -> new PeerPool(state.ecmath(), pairing, now));
      keyPool = peer.use(key, now);
      peer.users++;
      makeBases = !peer.hasBases() && !peer.makingBases;
      peer.makingBases |= makeBases;
      wake();
    }
    try {
      if (makeBases) {
        makeBases(peer);
      }
      return new Supply(this, peer, keyPool, prover(peer));
    } catch (RuntimeException | Error e) {
      release(peer);
      throw e;
    }
  }

  private synchronized AffProver prover(PeerPool peer) {
    return peer.prover();
  }

  private void makeBases(PeerPool peer) {
    FixedBases made = null;
    try {
      if (room(TABLES_BYTES)) {
        made = AffProver.bases(state.ecmath(), peer.pairing.peerPedersen());
      }
    } catch (VaultException e) {
      warnOnce(e);
    } finally {
      synchronized (this) {
        peer.makingBases = false;
        if (made != null) {
          peer.setBases(made);
        }
      }
    }
  }

  synchronized void release(PeerPool peer) {
    peer.users--;
    peer.closeBasesIfUnused();
  }

  synchronized List<Opening> takeOpenings(PeerPool peer, KeyPool key, int wanted) {
    expire(peer, now());
    List<Opening> taken = poll(key.openings, wanted);
    openingHits += taken.size();
    openingMisses += wanted - taken.size();
    wake();
    return taken;
  }

  synchronized List<AffBlinder> takeBlinders(PeerPool peer, Use use, int wanted) {
    List<AffBlinder> taken = poll(peer.of(use), wanted);
    blinderHits += taken.size();
    blinderMisses += wanted - taken.size();
    wake();
    return taken;
  }

  private static <T> List<T> poll(ArrayDeque<T> from, int wanted) {
    List<T> taken = new ArrayList<>();
    while (taken.size() < wanted && !from.isEmpty()) {
      taken.add(from.remove());
    }
    return taken;
  }

  // ---- the worker ----

  /**
   * What is to be made next.
   *
   * @param key for openings of it; null for blinders
   */
  record Gap(PeerPool peer, @Nullable KeyPool key, Use use, int count) {}

  /** Under the lock. The priority is a hint: {@link Filler#giveWay} does not rely on it. */
  @SuppressWarnings("ThreadPriorityCheck")
  private void wake() {
    if (worker == null && !closed && !sizes.equals(DriverConfig.Pools.off())) {
      Thread thread = threads.apply(this::work);
      thread.setName("spatium-pools-" + state.config().installation());
      thread.setDaemon(true);
      thread.setPriority(Thread.MIN_PRIORITY);
      try {
        thread.start();
        worker = thread;
      } catch (OutOfMemoryError e) { // what a limit of threads is called; no reason not to sign
        warnOnce(e);
      }
    }
    notifyAll();
  }

  private void work() {
    try {
      for (Optional<Gap> gap = await(); gap.isPresent(); gap = await()) {
        fill(gap.get());
      }
    } catch (InterruptedException e) {
      LOG.debug("the worker of the pools was interrupted", e);
    } finally {
      synchronized (this) {
        if (worker == Thread.currentThread()) {
          worker = null;
        }
        notifyAll();
      }
    }
  }

  /** The next gap; empty when there is nothing left to look after. */
  private synchronized Optional<Gap> await() throws InterruptedException {
    while (!closed) {
      expire();
      if (peers.isEmpty()) {
        worker = null;
        break;
      }
      Optional<Gap> gap = next();
      if (gap.isPresent()) {
        return gap;
      }
      notifyAll();
      wait(TICK_MILLIS);
    }
    return Optional.empty();
  }

  private Optional<Gap> next() {
    if (resting()) {
      return Optional.empty();
    }
    Optional<Gap> next =
        peers.values().stream()
            .flatMap(peer -> gap(peer).stream())
            .min(Comparator.comparingLong(gap -> gap.peer().served));
    next.ifPresent(gap -> gap.peer().served = ++turns);
    return next;
  }

  private boolean resting() {
    return restUntil - System.nanoTime() > 0;
  }

  /**
   * What the peer lacks most. A signature takes an opening and a blinder for its witness: the
   * shortest of these queues is first, openings before blinders. An opening takes a blinder for its
   * masks.
   */
  private Optional<Gap> gap(PeerPool peer) {
    Gap gap = null;
    int shortest = Integer.MAX_VALUE;
    int witnesses = peer.of(Use.WITNESS).size();
    if (witnesses < sizes.blindersPerPairing()) {
      shortest = witnesses;
      gap = blinders(peer, Use.WITNESS);
    }
    int masks = peer.of(Use.MASK).size();
    for (KeyPool key : peer.keys()) {
      int lacking = sizes.openingsPerKey() - key.openings.size();
      if (lacking > 0 && key.openings.size() <= shortest) {
        shortest = key.openings.size();
        gap =
            masks > 0
                ? new Gap(peer, key, Use.MASK, filler.piece(Math.min(lacking, masks)))
                : new Gap(peer, null, Use.MASK, filler.piece(lacking));
      }
    }
    if (gap == null && masks < sizes.blindersPerPairing()) {
      gap = blinders(peer, Use.MASK);
    }
    return Optional.ofNullable(gap);
  }

  private Gap blinders(PeerPool peer, Use use) {
    int lacking = sizes.blindersPerPairing() - peer.of(use).size();
    return new Gap(peer, null, use, filler.piece(lacking));
  }

  private void fill(Gap gap) throws InterruptedException {
    PeerPool peer = gap.peer();
    KeyPool key = gap.key();
    AffProver prover = enter(peer);
    try {
      filler.giveWay();
      if (!filler.stillValid(gap)) {
        forget(other -> other == peer);
      } else if (!room(PIECE_BYTES)) {
        rest();
      } else if (key == null) {
        put(gap, filler.blinders(prover, gap));
      } else {
        put(gap, key, filler.openings(prover, key.key, takeMasks(gap)));
      }
    } catch (RuntimeException e) {
      rest();
      warnOnce(e);
    } finally {
      release(peer);
    }
  }

  private synchronized AffProver enter(PeerPool peer) {
    peer.users++;
    return peer.prover();
  }

  private synchronized List<AffBlinder> takeMasks(Gap gap) {
    return poll(gap.peer().of(Use.MASK), gap.count());
  }

  private synchronized void put(Gap gap, List<AffBlinder> made) {
    if (closed || gap.peer().gone) {
      made.forEach(AffBlinder::close);
      return;
    }
    gap.peer().of(gap.use()).addAll(made);
    blindersMade += made.size();
  }

  private synchronized void put(Gap gap, KeyPool key, List<Opening> made) {
    if (closed || gap.peer().gone || !gap.peer().has(key)) {
      made.forEach(Opening::close);
      return;
    }
    key.openings.addAll(made);
    openingsMade += made.size();
  }

  private synchronized void rest() {
    restUntil = System.nanoTime() + Duration.ofMillis(TICK_MILLIS).toNanos();
  }

  // ---- room in the vault ----

  /**
   * Whether a session may keep what it needs at hand while it waits for its peer: a quarter of the
   * vault is left to those that compute.
   */
  public boolean roomToWait() {
    VaultReport report = state.ecmath().vault().report();
    return report.inUse() <= report.bytes() / 4 * 3;
  }

  /**
   * Tables and pools grow only while three eighths of the vault are free for sessions, whoever uses
   * the rest. A peer that has not signed lately gives way.
   */
  private boolean room(long bytes) {
    while (true) {
      VaultReport report = state.ecmath().vault().report();
      if (report.inUse() + bytes <= report.bytes() / 8 * 5) {
        return true;
      }
      if (!evictOne()) {
        warnOnce(null);
        return false;
      }
    }
  }

  private synchronized boolean evictOne() {
    Instant limit = now().minus(RECENT);
    Optional<PeerPool> oldest =
        peers.values().stream()
            .filter(peer -> peer.users == 0 && peer.lastUse.isBefore(limit))
            .min(Comparator.comparing(peer -> peer.lastUse));
    oldest.ifPresent(peer -> forget(other -> other == peer));
    return oldest.isPresent();
  }

  /**
   * Says it once: it will go on like this, and signing works.
   *
   * @param cause null if the vault is as full as it may be
   */
  private synchronized void warnOnce(@Nullable Throwable cause) {
    if (closed || warned) {
      LOG.debug("nothing is made ahead of time for now", cause);
      return;
    }
    warned = true;
    if (cause == null || cause instanceof VaultException) {
      VaultReport report = state.ecmath().vault().report();
      LOG.warn(
          "the vault of {} MiB has no room for the tables and pools of all peers that sign now: some signatures take"
              + " longer. A peer needs up to 0.5 MiB: raise RLIMIT_MEMLOCK (now {}; systemd: LimitMEMLOCK=, shell:"
              + " ulimit -l, containers: --ulimit memlock=), or give the vault more, or lower DriverConfig.withPools",
          report.bytes() >> 20,
          report.memlockLimit().isPresent()
              ? (report.memlockLimit().getAsLong() >> 10) + " KiB"
              : "unlimited",
          cause);
    } else {
      LOG.warn("nothing is made ahead of time for now: signatures take longer", cause);
    }
  }

  // ---- wiping ----

  /** Wipes what belongs to this secret: it was locked or destroyed, or its pairing is repaired. */
  public void forget(SecretId id) {
    forget(peer -> peer.pairing.pairing().secretId().equals(id));
  }

  private synchronized void forget(Predicate<PeerPool> which) {
    peers
        .values()
        .removeIf(
            peer -> {
              boolean goes = which.test(peer);
              if (goes) {
                peer.wipe();
              }
              return goes;
            });
    notifyAll();
  }

  /** Wipes what is too old, and what was not used for as long. */
  public synchronized void expire() {
    // One instant for all: what goes for its age is counted before its pairing may go for disuse.
    Instant now = now();
    peers.values().forEach(peer -> expire(peer, now));
    Instant limit = now.minus(idle());
    forget(peer -> peer.users == 0 && peer.lastUse.isBefore(limit));
  }

  private void expire(PeerPool peer, Instant now) {
    openingsExpired += peer.expire(now.minus(MAX_AGE), now.minus(idle()));
  }

  private Duration idle() {
    Duration configured = state.config().keyCacheIdle();
    return configured.compareTo(MAX_AGE) < 0 ? configured : MAX_AGE;
  }

  /**
   * Waits for the worker's current piece, a few milliseconds, then wipes everything. A worker that
   * hangs, in the store or in the token, is not waited for: what it makes is wiped when it ends.
   */
  @Override
  public void close() {
    boolean interrupted = false;
    long end = System.nanoTime() + CLOSING.toNanos();
    synchronized (this) {
      closed = true;
      notifyAll();
      // The worker itself gets here if the store that it reads closes the driver.
      while (worker != null && worker != Thread.currentThread()) {
        long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (millis <= 0) {
          LOG.warn("the worker of the pools hangs: the driver is closed without it");
          break;
        }
        try {
          wait(millis);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    forget(peer -> true);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- for people ----

  /** Sizes and counters. */
  public synchronized PoolReport report() {
    int tables = 0;
    int blinders = 0;
    int openings = 0;
    for (PeerPool peer : peers.values()) {
      tables += peer.hasBases() ? 1 : 0;
      for (Use use : Use.values()) {
        blinders += peer.of(use).size();
      }
      for (KeyPool key : peer.keys()) {
        openings += key.openings.size();
      }
    }
    return new PoolReport(
        peers.size(),
        tables,
        blinders,
        openings,
        openingHits,
        openingMisses,
        blinderHits,
        blinderMisses,
        blindersMade,
        openingsMade,
        openingsExpired);
  }

  /** Fills the pools of this key and its pairing, and waits; false if they are not full in time. */
  public boolean warmUp(PairingRecord pairing, KeyRecord key, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    supply(pairing, key).close();
    synchronized (this) {
      while (true) {
        PeerPool peer = peers.get(pairing.id());
        if (peer == null || resting()) {
          return false;
        }
        if (gap(peer).isEmpty()) {
          return true;
        }
        long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (closed || millis <= 0) {
          return false;
        }
        wait(millis);
      }
    }
  }

  /** For tests. */
  synchronized boolean isWorking() {
    return worker != null;
  }

  /** For tests, under the lock. */
  Collection<PeerPool> peers() {
    return peers.values();
  }

  private Instant now() {
    return state.config().clock().instant();
  }
}
