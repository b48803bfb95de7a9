/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.round;

import com.spatium.cryptodriver.proof.Wipe;
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
  public <T extends AutoCloseable> T keep(T secret) {
    return keepAll(List.of(secret)).get(0);
  }

  /** The same for each. */
  public synchronized <T extends AutoCloseable> List<T> keepAll(List<T> secrets) {
    if (closed) {
      Wipe.all(secrets);
      throw new IllegalStateException("the session was ended");
    }
    kept.addAll(secrets);
    return secrets;
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      Wipe.all(kept);
    } finally {
      kept.clear();
    }
  }
}
