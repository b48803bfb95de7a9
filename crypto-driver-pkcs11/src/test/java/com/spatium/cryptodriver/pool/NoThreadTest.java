/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.ecmath.EcMath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process at its limit of threads (pids.max of a container): signing does without the worker. */
final class NoThreadTest {
  private static final EcMath ECMATH = EcMath.open();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  @TempDir static Path directory;

  @Test
  void withoutAThreadSessionsAndCloseWork() throws IOException {
    SecretId secret = SecretId.random();
    SyncSessionId id = SyncSessionId.random();
    try (Party alice = Party.alice(new MemoryStateStore(), KeyFiles.custody(ECMATH, directory));
        Party bob = Party.bob(new MemoryStateStore(), KeyFiles.custody(ECMATH, directory))) {
      alice.driver().secrets().generate(secret);
      bob.driver().secrets().generate(secret);
      Conversation.of(
              alice.driver().pair(new PairingRequest(secret, bob.name())),
              bob.driver(),
              alice.name())
          .complete();
      Conversation.of(
              alice
                  .driver()
                  .synchronise(
                      new SyncRequest(
                          secret, id, Suite.ECDSA_SECP256K1, new DerivationPath(0, 0), bob.name())),
              bob.driver(),
              alice.name())
          .complete();
      DriverState state = TestDrivers.state(bob.driver());
      PairingRecord pairing = state.pairings().requireActive(secret, Role.RESPONDER, alice.name());
      KeyRecord key = state.keys().findActive(secret, Role.RESPONDER, id).orElseThrow();
      assertTimeoutPreemptively(PATIENCE, () -> carryOut(state, pairing, key));
    }
  }

  private static void carryOut(DriverState state, PairingRecord pairing, KeyRecord key)
      throws InterruptedException {
    long before = ECMATH.vault().report().handles();
    AtomicBoolean limit = new AtomicBoolean(true);
    try (SigningPools pools = new SigningPools(state, () -> 0, work -> new Limited(work, limit))) {
      try (Supply supply = pools.supply(pairing, key)) {
        assertTrue(supply.openings(1).isEmpty());
        assertEquals(1, supply.blinders(1, 1).ofMasks().size());
      }
      assertFalse(pools.warmUp(pairing, key, Duration.ofMillis(10)));
      limit.set(false);
      assertTrue(pools.warmUp(pairing, key, PATIENCE), "the worker does not come back");
      limit.set(true);
    }
    try (SigningPools pools = new SigningPools(state, () -> 0, work -> new Limited(work, limit))) {
      pools.supply(pairing, key).close();
      // Closes although there never was a worker to wait for.
    }
    state.unsealed().evict(key.secretId());
    assertTrue(ECMATH.vault().report().handles() <= before, "secrets stay in the vault");
  }

  private static final class Limited extends Thread {
    private final AtomicBoolean limit;

    Limited(Runnable work, AtomicBoolean limit) {
      super(work);
      this.limit = limit;
    }

    @Override
    public synchronized void start() {
      if (limit.get()) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      super.start();
    }
  }
}
