/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link StorageDriver} must do; run against each implementation. */
public abstract class StorageDriverContract {
  private static final StorageMeta META = new StorageMeta("room", "topic");
  private StorageDriver storage;

  /** A new, empty storage. */
  protected abstract StorageDriver open();

  @BeforeEach
  void openStorage() {
    storage = open();
  }

  @Test
  void whatIsWrittenIsReadUntilItIsTaken() {
    assertEquals(Optional.empty(), storage.read(META));
    assertEquals(Optional.empty(), storage.take(META));
    storage.write(META, "{\"a\": \"ä€𝄞\"}");
    assertEquals(Optional.of("{\"a\": \"ä€𝄞\"}"), storage.read(META));
    assertEquals(Optional.of("{\"a\": \"ä€𝄞\"}"), storage.read(META));
    assertEquals(Optional.of("{\"a\": \"ä€𝄞\"}"), storage.take(META));
    assertEquals(Optional.empty(), storage.read(META));
    assertEquals(Optional.empty(), storage.take(META));
  }

  @Test
  void writeOverwrites() {
    storage.write(META, "1");
    storage.write(META, "2");
    assertEquals(Optional.of("2"), storage.read(META));
  }

  @Test
  void roomAndTopicNameItTogether() {
    storage.write(new StorageMeta("a", "bc"), "1");
    storage.write(new StorageMeta("ab", "c"), "2");
    storage.write(new StorageMeta("a", ""), "3");
    assertEquals(Optional.of("1"), storage.read(new StorageMeta("a", "bc")));
    assertEquals(Optional.of("2"), storage.read(new StorageMeta("ab", "c")));
    assertEquals(Optional.of("3"), storage.read(new StorageMeta("a", "")));
    assertEquals(Optional.empty(), storage.read(new StorageMeta("abc", "")));
  }

  @Test
  void ofManyTakersOneGetsIt() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 50; round++) {
        storage.write(META, "x");
        Callable<Integer> take = () -> storage.take(META).isPresent() ? 1 : 0;
        int taken = 0;
        for (Future<Integer> result : pool.invokeAll(Collections.nCopies(16, take))) {
          taken += result.get();
        }
        assertEquals(1, taken);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
