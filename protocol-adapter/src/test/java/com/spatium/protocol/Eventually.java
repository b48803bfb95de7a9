/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do. */
final class Eventually {
  private static final long LIMIT_NANOS = 30_000_000_000L;

  private Eventually() {}

  /**
   * Returns when the condition holds; fails after 30 seconds, which is for broken code, not for
   * slow machines.
   */
  static void eventually(BooleanSupplier condition) {
    long until = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("it did not happen within 30 s");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
