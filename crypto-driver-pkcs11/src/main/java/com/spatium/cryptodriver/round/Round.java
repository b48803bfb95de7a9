/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.round;

import com.spatium.cryptodriver.wire.Expected;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for one message and is consumed by it. A second message is an {@link IllegalStateException}
 * and wipes the session's secrets.
 */
public abstract class Round<R> {
  private final Scope scope;
  private final Expected expected;
  private final AtomicBoolean consumed = new AtomicBoolean();

  protected Round(Scope scope, Expected expected) {
    this.scope = scope;
    this.expected = expected;
  }

  /** The one message that this round takes. */
  public final Expected expected() {
    return expected;
  }

  /**
   * Takes the message and consumes this round.
   *
   * @param message decoded as {@link #expected}
   */
  public final Outcome<R> receive(WireMessage message) {
    if (!consumed.compareAndSet(false, true)) {
      scope.close();
      throw new IllegalStateException("a round was used twice: the session's secrets were wiped");
    }
    return take(message);
  }

  /** The round's work: all checks, then the answer. */
  protected abstract Outcome<R> take(WireMessage message);

  /** The step of protocol.md that this round takes, for reports. */
  protected final String step() {
    return expected.header().step();
  }
}
