/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link StateStore} must do; run against each implementation. */
public abstract class StateStoreContract {
  private static final int THREADS = 8;

  private StateStore store;

  /** A new, empty store. */
  protected abstract StateStore open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsCreatedIsFound() {
    assertTrue(store.create("a/1", text("one")));
    assertEquals(Optional.of(text("one")), store.get("a/1"));
    assertEquals(Optional.empty(), store.get("a/2"));
  }

  @Test
  void createNeverOverwrites() {
    assertTrue(store.create("k", text("first")));
    assertFalse(store.create("k", text("second")));
    assertEquals(Optional.of(text("first")), store.get("k"));
  }

  @Test
  void replaceWorksOnlyOnTheExpectedValue() {
    assertFalse(store.replace("k", text("x"), text("y")));
    assertTrue(store.create("k", text("x")));
    assertFalse(store.replace("k", text("other"), text("y")));
    assertEquals(Optional.of(text("x")), store.get("k"));
    assertTrue(store.replace("k", text("x"), text("y")));
    assertEquals(Optional.of(text("y")), store.get("k"));
  }

  @Test
  void takeReadsAndRemoves() {
    assertEquals(Optional.empty(), store.take("k"));
    store.create("k", text("x"));
    assertEquals(Optional.of(text("x")), store.take("k"));
    assertEquals(Optional.empty(), store.take("k"));
    assertTrue(store.create("k", text("again")));
  }

  @Test
  void listGivesThePrefixInOrderAndNothingElse() {
    for (String key : List.of("b", "a/2", "a/1", "a", "a0", "a/%", "a/_x", "A/1")) {
      store.create(key, text(key));
    }
    assertEquals(List.of("a/%", "a/1", "a/2", "a/_x"), store.list("a/"));
    assertEquals(List.of(), store.list("c"));
    assertEquals(8, store.list("").size());
  }

  @Test
  void emptyAndLargeValuesSurvive() {
    byte[] large = new byte[StateStore.MAX_VALUE];
    large[large.length - 1] = 1;
    assertTrue(store.create("large", Bytes.of(large)));
    assertTrue(store.create("empty", Bytes.empty()));
    assertEquals(Optional.of(Bytes.of(large)), store.get("large"));
    assertEquals(Optional.of(Bytes.empty()), store.get("empty"));
    assertTrue(store.replace("empty", Bytes.empty(), text("x")));
  }

  @Test
  void badKeysAndValuesAreRefused() {
    assertThrows(UsageException.class, () -> store.create("", Bytes.empty()));
    assertThrows(UsageException.class, () -> store.get("with space"));
    assertThrows(UsageException.class, () -> store.take("k".repeat(513)));
    assertThrows(UsageException.class, () -> store.get("umlaut-ä"));
    assertThrows(
        UsageException.class,
        () -> store.create("k", Bytes.of(new byte[StateStore.MAX_VALUE + 1])));
  }

  @Test
  void ofManyCreatorsOneWins() throws Exception {
    assertEquals(1, winners(() -> store.create("contended", text("x"))));
  }

  @Test
  void ofManyTakersOneWins() throws Exception {
    store.create("contended", text("x"));
    assertEquals(1, winners(() -> store.take("contended").isPresent()));
  }

  @Test
  void ofManyReplacersOneWins() throws Exception {
    store.create("contended", text("0"));
    assertEquals(1, winners(() -> store.replace("contended", text("0"), text("1"))));
  }

  private static int winners(Callable<Boolean> attempt) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Boolean>> attempts = new ArrayList<>();
      for (int i = 0; i < THREADS * 4; i++) {
        attempts.add(attempt);
      }
      int won = 0;
      for (Future<Boolean> result : pool.invokeAll(attempts)) {
        won += result.get() ? 1 : 0;
      }
      return won;
    } finally {
      pool.shutdownNow();
    }
  }
}
