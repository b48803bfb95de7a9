/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffBlinder.Use;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.round.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one session takes from the pools, and the tables that it may use meanwhile. What it took is
 * the session's and never goes back: closing wipes what was not used. One thread at a time, except
 * for {@link #close}.
 */
public final class Supply implements AutoCloseable {
  private final SigningPools pools;
  private final PeerPool peer;
  private final PeerPool.KeyPool key;
  private final AffProver prover;
  private final Scope taken = new Scope();
  private final AtomicBoolean released = new AtomicBoolean();

  Supply(SigningPools pools, PeerPool peer, PeerPool.KeyPool key, AffProver prover) {
    this.pools = pools;
    this.peer = peer;
    this.key = key;
    this.prover = prover;
  }

  /** Works until this is closed. */
  public AffProver prover() {
    return prover;
  }

  /** At most so many, for this session alone. */
  public List<Opening> openings(int wanted) {
    return keep(pools.takeOpenings(peer, key, wanted));
  }

  /**
   * Blinders.
   *
   * @param ofWitnesses for {@link AffProver.Witness}es
   * @param ofMasks for {@link AffProver#prepare}
   */
  public record Blinders(List<AffBlinder> ofWitnesses, List<AffBlinder> ofMasks) {}

  /** As many as wanted; made now where the pool has fewer. */
  public Blinders blinders(int witnesses, int masks) {
    List<AffBlinder> ofWitnesses = keep(pools.takeBlinders(peer, Use.WITNESS, witnesses));
    List<AffBlinder> ofMasks = keep(pools.takeBlinders(peer, Use.MASK, masks));
    int lacking = witnesses - ofWitnesses.size();
    if (lacking + masks - ofMasks.size() > 0) {
      List<AffBlinder> made = keep(prover.blinders(lacking, masks - ofMasks.size()));
      ofWitnesses.addAll(made.subList(0, lacking));
      ofMasks.addAll(made.subList(lacking, made.size()));
    }
    return new Blinders(ofWitnesses, ofMasks);
  }

  /** Wiped with the rest when this is closed. */
  public <T extends AutoCloseable> List<T> keep(List<T> some) {
    return new ArrayList<>(taken.keepAll(some));
  }

  @Override
  public void close() {
    try {
      taken.close();
    } finally {
      if (released.compareAndSet(false, true)) {
        pools.release(peer);
      }
    }
  }
}
