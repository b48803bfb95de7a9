/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PoolReport;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.attack.TwoParties.Tap;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** P2's pools under a peer that drains them, and what a peer sees of them. */
@Timeout(120)
final class PoolFloodTest {
  private static final Suite ECDSA = Suite.ECDSA_SECP256K1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SIZE = 6;

  private static TwoParties parties() {
    return new TwoParties(
        Stage.SYNCHRONISED,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        config -> config.withPools(new DriverConfig.Pools(SIZE, SIZE)));
  }

  private static void fill(TwoParties parties) throws InterruptedException {
    assertTrue(
        parties.p2.driver().operator().warmUp(TwoParties.SECRET, TwoParties.ECDSA_KEY, PATIENCE));
  }

  private static PoolReport report(TwoParties parties) {
    return parties.p2.driver().operator().pools();
  }

  /** R2 of a session that P1 leaves after G2. */
  private static List<Bytes> leftAfterG2(TwoParties parties) {
    try (Exchange<Signature> of1 = parties.signature(ECDSA);
        Exchange<?> of2 =
            parties.p2.driver().accept(TwoParties.P1, TwoParties.sent(of1.start()).orElseThrow())) {
      NonceShare g2 = (NonceShare) TwoParties.decode(TwoParties.sent(of2.start()).orElseThrow());
      return g2.nonces().stream().map(nonce -> nonce.point()).toList();
    }
  }

  /** Threat 15: an opening that was shown is gone, whatever became of its session. */
  @Test
  void anAbortAfterG2DestroysItsOpening() throws Exception {
    try (TwoParties parties = parties()) {
      Set<Bytes> seen = ConcurrentHashMap.newKeySet();
      for (int round = 0; round < 3; round++) {
        fill(parties);
        for (int i = 0; i < 2 * SIZE; i++) {
          leftAfterG2(parties).forEach(r2 -> assertTrue(seen.add(r2), "an R2 was shown twice"));
        }
      }
      assertTrue(report(parties).openingHits() >= 3 * SIZE);
      parties.assertSigns(ECDSA);
    }
  }

  /** Row 29: a peer that drains its pool makes signing slower for itself; nothing grows. */
  @Test
  void aPeerThatDrainsItsPoolFillsNothing() throws Exception {
    try (TwoParties parties = parties()) {
      fill(parties);
      List<Exchange<?>> left = new ArrayList<>();
      int perPeer = DriverConfig.of("defaults").maxSessionsPerPeer();
      for (int i = 0; i < perPeer - 1; i++) {
        Exchange<Signature> of1 = parties.signature(ECDSA);
        Exchange<?> of2 =
            parties.p2.driver().accept(TwoParties.P1, TwoParties.sent(of1.start()).orElseThrow());
        of2.start();
        of1.close();
        left.add(of2);
      }
      parties.assertSigns(ECDSA);
      fill(parties);
      PoolReport full = report(parties);
      assertEquals(SIZE, full.openings());
      assertEquals(2 * SIZE, full.blinders());
      assertEquals(1, full.pairings());
      long during = TwoParties.ECMATH.vault().report().handles();
      left.forEach(Exchange::close);
      assertTrue(
          TwoParties.ECMATH.vault().report().handles() <= during - 8L * left.size(),
          "what the sessions took stays in the vault");
      parties.assertSigns(ECDSA);
    }
  }

  /**
   * Many signatures at the same time, some left half-way, from pools, from the session, one by one
   * and in batches: no two share a nonce, a ciphertext, a mask or a commitment. A mask used for two
   * proofs would show in E, D, F_a, F_b; a blinder in S and c3.
   */
  @Test
  void noTwoSignaturesShareAnything() throws Exception {
    try (TwoParties parties = parties()) {
      fill(parties);
      Set<Bytes> seen = ConcurrentHashMap.newKeySet();
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        done.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 6; i++) {
                    if (thread == 0) {
                      leftAfterG2(parties).forEach(r2 -> once(seen, r2));
                    } else {
                      signs(parties, seen, thread == 1 ? 1 : thread == 2 ? 3 : 10);
                    }
                  }
                }));
      }
      threads.shutdown();
      for (Future<?> one : done) {
        one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      PoolReport report = report(parties);
      assertTrue(report.openingHits() > 0 && report.openingMisses() > 0, report::toString);
      assertEquals(6 + 6 * 7 * (1 + 3 + 10), seen.size());
    }
  }

  private static void signs(TwoParties parties, Set<Bytes> seen, int count) {
    List<SignRequest> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(TwoParties.request(ECDSA, SignSessionId.random(), TwoParties.random()));
    }
    Tap watch =
        (header, message) -> {
          if (header.round() == 2) {
            ((NonceShare) TwoParties.decode(message, count))
                .nonces()
                .forEach(nonce -> once(seen, nonce.point()));
          } else if (header.round() == 4) {
            for (EncryptedPartial item :
                ((EncryptedPartialSignature) TwoParties.decode(message, count)).items()) {
              once(seen, item.c3());
              once(seen, item.aff().s());
              once(seen, item.aff().e());
              once(seen, item.aff().d());
              once(seen, item.aff().fa());
              once(seen, item.aff().fb());
            }
          }
          return message;
        };
    List<Signature> signatures =
        parties.run(parties.p1.driver().signAll(batch), watch).initiator().orElseThrow();
    Bytes publicKey = parties.publicKey(ECDSA);
    for (int i = 0; i < count; i++) {
      assertTrue(TwoParties.verifies(publicKey, batch.get(i).message(), signatures.get(i)));
    }
  }

  private static void once(Set<Bytes> seen, Bytes value) {
    assertTrue(seen.add(value), "something was used twice");
  }
}
