/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** What the caller does next with an {@link Exchange}. */
public sealed interface Step<R> {
  /**
   * Send the message to the peer, then wait for its answer and give it to {@link Exchange#receive}.
   */
  record Send<R>(Bytes message) implements Step<R> {}

  /** Send nothing; wait for a message. */
  record Await<R>() implements Step<R> {}

  /** Send the message; the run is over. The result stands even if the message is lost. */
  record SendAndFinish<R>(Bytes message, R result) implements Step<R> {}

  /** The run is over. */
  record Finish<R>(R result) implements Step<R> {}
}
