/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.Fixture.ECMATH;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Several threads with the same handles, and with the same vault. */
class ConcurrencyTest {
  private static final int THREADS = 4;
  private static final Curve CURVE = ECMATH.secp256k1();

  private static void inParallel(List<Callable<Void>> tasks) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Void> done : pool.invokeAll(tasks)) {
        try {
          done.get();
        } catch (ExecutionException e) {
          throw new AssertionError(e.getCause());
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void oneHandleServesManyThreads() throws InterruptedException {
    try (SecretScalar k = CURVE.random();
        SecretBlob key = ECMATH.vault().random(32, null)) {
      byte[] point = CURVE.mulBase(k);
      byte[] mac = ECMATH.hashing().hmac(key, point);
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        tasks.add(
            () -> {
              for (int i = 0; i < 300; i++) {
                assertArrayEquals(point, CURVE.mulBase(k));
                assertArrayEquals(mac, ECMATH.hashing().hmac(key, point));
              }
              return null;
            });
      }
      inParallel(tasks);
    }
  }

  /**
   * Closing while others compute: each call gives the right result or says that the secret is
   * closed, and the slot is given back.
   */
  @Test
  void closingUnderUseIsSafe() throws InterruptedException {
    long handles = ECMATH.vault().report().handles();
    AtomicInteger right = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    for (int round = 0; round < 150; round++) {
      SecretScalar k = CURVE.random();
      byte[] point = CURVE.mulBase(k);
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Callable<Void>> tasks = new ArrayList<>();
      int delay = round;
      tasks.add(
          () -> {
            start.await();
            for (int i = 0; i < delay * 20; i++) {
              Thread.onSpinWait();
            }
            k.close();
            return null;
          });
      for (int t = 1; t < THREADS; t++) {
        tasks.add(
            () -> {
              start.await();
              while (true) {
                try {
                  assertArrayEquals(point, CURVE.mulBase(k));
                  right.incrementAndGet();
                } catch (IllegalStateException e) {
                  closed.incrementAndGet();
                  return null;
                }
                // other secrets take the slot that becomes free: they must not be mistaken for k
                CURVE.random().close();
              }
            });
      }
      inParallel(tasks);
    }
    assertEquals(150 * (THREADS - 1), closed.get());
    assertTrue(right.get() > 0);
    // fewer if the cleaner freed what another test forgot
    assertTrue(ECMATH.vault().report().handles() <= handles);
  }

  @Test
  void manyThreadsAllocateAndFreeWithoutInterference() throws InterruptedException {
    long handles = ECMATH.vault().report().handles();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      byte mark = (byte) (t + 1);
      tasks.add(
          () -> {
            for (int i = 0; i < 400; i++) {
              byte[] bytes = new byte[1 + (i * 37) % 3000];
              Arrays.fill(bytes, mark);
              try (SecretBlob blob = ECMATH.vault().fromPublic(bytes);
                  SecretBlob zero = ECMATH.vault().blob(bytes.length)) {
                assertArrayEquals(bytes, Fixture.content(blob));
                assertArrayEquals(new byte[bytes.length], Fixture.content(zero));
              }
            }
            return null;
          });
    }
    inParallel(tasks);
    // fewer if the cleaner freed what another test forgot
    assertTrue(ECMATH.vault().report().handles() <= handles);
  }

  @Test
  void aSearchIsStoppedFromAnotherThread() throws InterruptedException {
    long handles = ECMATH.vault().report().handles();
    for (int round = 0; round < 5; round++) {
      // safe primes of 1536 bits: not found before it is closed
      KeySearch<RingPedersenKey> search = ECMATH.ringPedersen().startRingPedersen(3072);
      CyclicBarrier start = new CyclicBarrier(2);
      inParallel(
          List.of(
              () -> {
                start.await();
                assertThrows(
                    IllegalStateException.class,
                    () -> {
                      while (search.step(1).isEmpty()) {
                        Thread.onSpinWait();
                      }
                    });
                return null;
              },
              () -> {
                start.await();
                search.close();
                return null;
              }));
      assertTrue(search.isClosed());
    }
    // fewer if the cleaner freed what another test forgot
    assertTrue(ECMATH.vault().report().handles() <= handles);
  }
}
