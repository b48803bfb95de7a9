/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.round;

import com.spatium.cryptodriver.wire.WireMessage;
import java.util.Optional;

/** What a round leaves: what is sent, and what comes next. */
public sealed interface Outcome<R> {
  /** Send this, then wait for the message that {@code next} takes. */
  record Next<R>(WireMessage send, Round<R> next) implements Outcome<R> {}

  /** Send nothing; the same message may still come right. */
  record Wait<R>(Round<R> next) implements Outcome<R> {}

  /** The run is over. */
  record Done<R>(Optional<WireMessage> send, R result) implements Outcome<R> {}
}
