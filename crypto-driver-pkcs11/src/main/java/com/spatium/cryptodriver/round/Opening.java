/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.round;

/**
 * The step of a run that takes no further message: P1's first, or P2's answer to the first message.
 */
@FunctionalInterface
public interface Opening<R> {
  Outcome<R> start();
}
