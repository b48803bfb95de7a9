/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffBlinder.Use;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.FixedBases;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is ready for one pairing. Everything under the lock of {@link SigningPools}. */
final class PeerPool {
  /** Keys of a pairing with openings, so that a peer with many keys does not fill the vault. */
  private static final int MAX_KEYS = 8;

  /** One key's openings, the oldest first. */
  static final class KeyPool {
    final KeyRecord key;
    final ArrayDeque<Opening> openings = new ArrayDeque<>();
    Instant lastUse;

    private KeyPool(KeyRecord key, Instant lastUse) {
      this.key = key;
      this.lastUse = lastUse;
    }

    /** How many were wiped. */
    int wipe() {
      int wiped = openings.size();
      openings.forEach(Opening::close);
      openings.clear();
      return wiped;
    }
  }

  final PairingRecord pairing;
  final Map<Use, ArrayDeque<AffBlinder>> blinders = new EnumMap<>(Use.class);
  private final Map<Bytes, KeyPool> keys = new LinkedHashMap<>(16, 0.75f, true);
  private final EcMath ecmath;
  private @Nullable FixedBases bases;
  private AffProver prover;
  Instant lastUse;

  /** When the worker served it last, in turns. */
  long served;

  /** Sessions that may use {@link #prover()}. */
  int users;

  /** Somebody is making the tables. */
  boolean makingBases;

  /** Wiped: takes nothing any more. */
  boolean gone;

  PeerPool(EcMath ecmath, PairingRecord pairing, Instant now) {
    this.ecmath = ecmath;
    this.pairing = pairing;
    this.lastUse = now;
    this.prover = newProver();
    for (Use use : Use.values()) {
      blinders.put(use, new ArrayDeque<>());
    }
  }

  private AffProver newProver() {
    return new AffProver(
        ecmath, pairing.peerModulus().orElseThrow(), pairing.peerPedersen(), bases);
  }

  AffProver prover() {
    return prover;
  }

  boolean hasBases() {
    return bases != null;
  }

  void setBases(FixedBases made) {
    bases = made;
    prover = newProver();
  }

  ArrayDeque<AffBlinder> of(Use use) {
    return Objects.requireNonNull(blinders.get(use));
  }

  /** The key's pool, made if need be; the key used longest ago gives way. */
  KeyPool use(KeyRecord key, Instant now) {
    KeyPool pool = keys.computeIfAbsent(key.keyHash(), hash -> new KeyPool(key, now));
    pool.lastUse = now;
    lastUse = now;
    Iterator<KeyPool> oldest = keys.values().iterator();
    while (keys.size() > MAX_KEYS) {
      oldest.next().wipe();
      oldest.remove();
    }
    return pool;
  }

  boolean has(KeyPool key) {
    return keys.containsValue(key);
  }

  Iterable<KeyPool> keys() {
    return keys.values();
  }

  /**
   * Wipes openings made before one instant, and forgets keys last used before another. How many.
   */
  int expire(Instant made, Instant used) {
    int expired = 0;
    Iterator<KeyPool> each = keys.values().iterator();
    while (each.hasNext()) {
      KeyPool key = each.next();
      while (!key.openings.isEmpty() && key.openings.peek().made().isBefore(made)) {
        key.openings.remove().close();
        expired++;
      }
      if (key.lastUse.isBefore(used)) {
        expired += key.wipe();
        each.remove();
      }
    }
    return expired;
  }

  /** Wipes everything; the tables when no session uses them any more. */
  void wipe() {
    gone = true;
    keys.values().forEach(KeyPool::wipe);
    keys.clear();
    for (ArrayDeque<AffBlinder> some : blinders.values()) {
      some.forEach(AffBlinder::close);
      some.clear();
    }
    closeBasesIfUnused();
  }

  void closeBasesIfUnused() {
    if (gone && users == 0 && bases != null) {
      bases.close();
      bases = null;
    }
  }
}
