/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/**
 * {@code nroot}, protocol.md §3.2.
 *
 * @param sigma σ₀ … σ₉, each of N's length, one after the other
 */
public record NRootProof(Bytes sigma) {
  public static final int REPETITIONS = 10;
}
