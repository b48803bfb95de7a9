/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.engine.EngineDriver;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threats 15 and 29, with pools: sessions that end at any step and under their computation, LOCKED
 * that comes and goes meanwhile. No R2 is seen twice, and nothing stays in the vault.
 */
@Timeout(180)
final class PoolRacesTest {
  private static final Suite ECDSA = Suite.ECDSA_SECP256K1;
  private static final int THREADS = 4;
  private static final int SESSIONS = 60;

  private final Set<Bytes> seen = ConcurrentHashMap.newKeySet();
  private final AtomicInteger shown = new AtomicInteger();
  private final AtomicInteger signed = new AtomicInteger();

  private static long handles() {
    return TwoParties.ECMATH.vault().report().handles();
  }

  private static TwoParties parties() {
    return new TwoParties(
        Stage.SYNCHRONISED,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        config ->
            config
                .withPools(new DriverConfig.Pools(6, 6))
                .withSessions(256, 256, Duration.ofMinutes(1)));
  }

  @Test
  void whateverEndsASessionNothingIsUsedTwiceOrStays() throws Exception {
    try (TwoParties first = parties()) {
      first.assertSigns(ECDSA);
    }
    long before = handles();
    ExecutorService closer = Executors.newSingleThreadExecutor();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (TwoParties parties = parties()) {
      parties.assertSigns(ECDSA);
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        done.add(
            threads.submit(
                () -> {
                  Random random = new Random(thread);
                  for (int i = 0; i < SESSIONS; i++) {
                    session(parties, closer, random);
                    if (thread == 0 && i % 20 == 19) {
                      EngineDriver p2 = (EngineDriver) parties.p2.driver();
                      TestDrivers.lock(p2, TwoParties.SECRET);
                      p2.operator().unlock(TwoParties.SECRET);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> one : done) {
        one.get(170, TimeUnit.SECONDS);
      }
      assertTrue(parties.p2.driver().operator().pools().openingHits() > THREADS);
      parties.assertSigns(ECDSA);
    } finally {
      threads.shutdownNow();
      closer.shutdown();
      assertTrue(closer.awaitTermination(60, TimeUnit.SECONDS));
    }
    assertTrue(signed.get() > 0);
    assertEquals(shown.get(), seen.size(), "an R2 came twice");
    // Fewer, if the garbage collector found what another test had left.
    long after = handles();
    assertTrue(after <= before, () -> (after - before) + " secrets stay in the vault");
  }

  /** To a random step; sometimes another thread ends P2's run meanwhile. */
  private void session(TwoParties parties, ExecutorService closer, Random random) {
    int count = random.nextInt(4) == 0 ? 3 : 1;
    int last = 1 + random.nextInt(5);
    List<SignRequest> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(TwoParties.request(ECDSA, SignSessionId.random(), TwoParties.random()));
    }
    try (Exchange<List<Signature>> of1 = parties.p1.driver().signAll(batch);
        Exchange<?> of2 =
            parties.p2.driver().accept(TwoParties.P1, TwoParties.sent(of1.start()).orElseThrow())) {
      if (random.nextInt(3) == 0) {
        var unused =
            closer.submit(
                () -> {
                  TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(5000));
                  of2.close();
                  return null;
                });
      }
      Bytes g2 = TwoParties.sent(of2.start()).orElseThrow();
      ((NonceShare) TwoParties.decode(g2, count))
          .nonces()
          .forEach(
              nonce -> {
                shown.incrementAndGet();
                seen.add(nonce.point());
              });
      if (last < 3) {
        return;
      }
      Bytes g3 = TwoParties.sent(of1.receive(g2)).orElseThrow();
      Bytes g4 = TwoParties.sent(of2.receive(g3)).orElseThrow();
      if (last < 4) {
        return;
      }
      of2.receive(TwoParties.sent(of1.receive(g4)).orElseThrow());
      signed.incrementAndGet();
    } catch (CryptoDriverException e) {
      // Ended from outside, or LOCKED.
    }
  }
}
