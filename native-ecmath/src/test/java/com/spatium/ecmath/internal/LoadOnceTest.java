/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A load happens once; its failure is everybody's. */
class LoadOnceTest {
  @Test
  void successIsNotRepeated() throws LoadFailure {
    AtomicInteger runs = new AtomicInteger();
    LoadOnce once = new LoadOnce(runs::incrementAndGet);
    once.ensure();
    once.ensure();
    assertEquals(1, runs.get());
  }

  @Test
  void aFailureIsRecordedAndToldToEveryCaller() {
    AtomicInteger runs = new AtomicInteger();
    LinkageError cause = new UnsatisfiedLinkError("no such function");
    LoadOnce once =
        new LoadOnce(
            () -> {
              runs.incrementAndGet();
              throw cause;
            });
    for (int i = 0; i < 3; i++) {
      LoadFailure failure = assertThrows(LoadFailure.class, once::ensure);
      assertSame(cause, failure.getCause());
      assertEquals("no such function", failure.getMessage());
    }
    assertEquals(1, runs.get());
  }
}
