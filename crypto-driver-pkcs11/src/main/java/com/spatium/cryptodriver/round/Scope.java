/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.round;

import java.util.ArrayList;
import java.util.List;

/**
 * The secrets of one session: what is kept here is wiped when the session ends, however it ends.
 * Thread-safe.
 */
public final class Scope implements AutoCloseable {
  private final List<AutoCloseable> kept = new ArrayList<>();
  private boolean closed;

  /** Wiped with the session; may be closed earlier. */
  public synchronized <T extends AutoCloseable> T keep(T secret) {
    if (closed) {
      close(secret);
      throw new IllegalStateException("the session was ended");
    }
    kept.add(secret);
    return secret;
  }

  @Override
  public synchronized void close() {
    closed = true;
    kept.forEach(Scope::close);
    kept.clear();
  }

  private static void close(AutoCloseable secret) {
    try {
      secret.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a secret cannot be wiped", e);
    }
  }
}
