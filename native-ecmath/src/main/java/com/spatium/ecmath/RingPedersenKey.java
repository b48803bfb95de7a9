/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * The trapdoor of ring-Pedersen parameters: the factors of N and, until {@link
 * RingPedersen#forget}, the logarithms of s1 and s2 to base t.
 */
public final class RingPedersenKey extends SecretHandle {
  RingPedersenKey(long raw) {
    super(raw, "ring-Pedersen key");
  }

  /** Bytes of N. */
  public int modulusLength() {
    return nativeLength();
  }
}
