/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/**
 * {@code blum}, protocol.md §3.2.
 *
 * @param sigma σ₀ … σ₁₂₇, each of N's length, one after the other
 */
public record BlumProof(Bytes sigma) {
  public static final int REPETITIONS = 128;
}
