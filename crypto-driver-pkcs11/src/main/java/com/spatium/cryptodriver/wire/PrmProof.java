/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/**
 * {@code prm}, protocol.md §3.4. Vectors: 256 elements of N̂'s length one after the other, first
 * the 128 for ŝ₁, then those for ŝ₂.
 *
 * @param a A_j
 * @param z z_j
 */
public record PrmProof(Bytes a, Bytes z) {
  /** For each of ŝ₁, ŝ₂. */
  public static final int REPETITIONS = 128;
}
