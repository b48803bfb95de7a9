/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.pool.PeerPool.KeyPool;
import com.spatium.cryptodriver.pool.SigningPools.Gap;
import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffBlinder.Use;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.proof.Wipe;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.SessionNonces;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.MacInputs.NoncePurpose;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

/** Makes what the pools lack, in pieces of a few milliseconds. Holds no lock. */
final class Filler {
  /** Milliseconds that the worker makes way for sessions before each piece. */
  private static final int PATIENCE = 20;

  private final DriverState state;
  private final IntSupplier computing;
  private final int lanes;

  Filler(DriverState state, IntSupplier computing) {
    this.state = state;
    this.computing = computing;
    // The lanes of the ifma kernel; the portable one computes one number after the other.
    this.lanes = state.ecmath().kernel().equals("portable") ? 1 : 8;
  }

  /** How many at once. */
  int piece(int lacking) {
    return Math.min(lacking, lanes);
  }

  /** Sessions first: while they keep every processor busy, there is a pause before each piece. */
  void giveWay() throws InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < PATIENCE && computing.getAsInt() >= processors; i++) {
      Thread.sleep(1);
    }
  }

  /** Also another process may have locked the secret, repaired the pairing. */
  boolean stillValid(Gap gap) {
    Pairing pairing = gap.peer().pairing.pairing();
    SecretId secret = pairing.secretId();
    KeyPool pool = gap.key();
    return !state.locks().isLocked(secret)
        && state
            .pairings()
            .find(secret, Role.RESPONDER, pairing.peer())
            .filter(found -> found.id().equals(pairing.id()))
            .filter(found -> found.pairing().status() == Pairing.Status.ACTIVE)
            .isPresent()
        && (pool == null
            || state
                .keys()
                .findActive(secret, Role.RESPONDER, pool.key.syncSessionId())
                .filter(pool.key::equals)
                .isPresent());
  }

  List<AffBlinder> blinders(AffProver prover, Gap gap) {
    return gap.use() == Use.WITNESS
        ? prover.blinders(gap.count(), 0)
        : prover.blinders(0, gap.count());
  }

  /**
   * Openings (protocol.md §4.4, §6), one of each blinder. One token operation for all.
   *
   * @param masks taken over, also when it fails
   */
  List<Opening> openings(AffProver prover, KeyRecord key, List<AffBlinder> masks) {
    if (masks.isEmpty()) {
      // Sessions were quicker.
      return List.of();
    }
    Instant now = state.config().clock().instant();
    Curve curve = state.ecmath().secp256k1();
    List<AutoCloseable> made = new ArrayList<>(masks);
    try (SessionNonces source = state.newNonces();
        Lease<SecretScalar> x2 =
            state.unsealed().fragment(key.secretId(), key.suite(), key.path())) {
      List<SecretScalar> k = new ArrayList<>();
      for (int i = 0; i < masks.size(); i++) {
        Bytes context = MacInputs.context(key.pairingId().value(), key.keyHash(), Session.random());
        k.add(source.fresh(curve, NoncePurpose.OPENING, x2.get(), context, 0));
        made.add(k.get(i));
      }
      List<Bytes> r2 = Arrays.stream(curve.mulBase(k)).map(Bytes::of).toList();
      List<AffProver.Masks> prepared = prover.prepare(key.cKey().orElseThrow(), r2, masks);
      List<Opening> openings = new ArrayList<>();
      for (int i = 0; i < masks.size(); i++) {
        openings.add(new Opening(k.get(i), prepared.get(i), now));
      }
      return openings;
    } catch (RuntimeException | Error e) {
      Wipe.all(made);
      throw e;
    }
  }
}
