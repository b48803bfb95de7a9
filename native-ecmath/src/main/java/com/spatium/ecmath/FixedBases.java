/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * Bases that are used again and again (s1, s2, t of a peer) with what can be computed once for each
 * of them: see {@link RingPedersen#fixedBases}. Public, but in the vault, so that it lives as long
 * as its users need it.
 */
public final class FixedBases extends SecretHandle {
  private final int count;
  private final int modulusLength;

  FixedBases(long raw, int count, int modulusLength) {
    super(raw, "set of fixed bases");
    this.count = count;
    this.modulusLength = modulusLength;
  }

  /** How many bases: 1 .. 3. */
  public int count() {
    return count;
  }

  /** Bytes of N. */
  public int modulusLength() {
    return modulusLength;
  }
}
