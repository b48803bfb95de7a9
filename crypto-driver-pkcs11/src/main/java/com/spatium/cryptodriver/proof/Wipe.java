/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import org.jspecify.annotations.Nullable;

/** Closing many secrets. */
public final class Wipe {
  private Wipe() {}

  /** Closes each, also when one cannot be closed; throws what the first of those threw. */
  public static void all(Iterable<? extends AutoCloseable> secrets) {
    RuntimeException failure = null;
    for (AutoCloseable secret : secrets) {
      try {
        secret.close();
      } catch (RuntimeException e) {
        failure = first(failure, e);
      } catch (Exception e) {
        failure = first(failure, new IllegalStateException("a secret cannot be wiped", e));
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static RuntimeException first(@Nullable RuntimeException before, RuntimeException now) {
    return before == null ? now : before;
  }
}
