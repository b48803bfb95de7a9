/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * Hears of work that may take over a second: prime searches at set-up. Called from the working
 * thread; must not block.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * A search goes on.
   *
   * @param what e.g. "ring-Pedersen parameters, 3072 bits"
   * @param candidates tried so far
   * @param found primes found so far, of two
   */
  void progress(String what, long candidates, int found);

  static ProgressListener silent() {
    return (what, candidates, found) -> {};
  }
}
