/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * Step 1 of {@code prm} (protocol.md §3): what is sent, and the masks that are kept for the
 * response. Closing it wipes the masks.
 */
public final class PrmCommitment implements AutoCloseable {
  private final byte[][] a;
  private final PrmMasks masks;

  PrmCommitment(byte[][] a, PrmMasks masks) {
    this.a = a;
    this.masks = masks;
  }

  /** {@code A_j = t^a_j mod N}: public, each of N's length. A copy. */
  public byte[][] a() {
    byte[][] copy = new byte[a.length][];
    for (int i = 0; i < a.length; i++) {
      copy[i] = a[i].clone();
    }
    return copy;
  }

  /** The masks {@code a_j}. */
  public PrmMasks masks() {
    return masks;
  }

  @Override
  public void close() {
    masks.close();
  }
}
