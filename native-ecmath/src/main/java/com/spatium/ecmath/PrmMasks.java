/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/** The masks of one run of {@code prm} (protocol.md §3), good for one response. */
public final class PrmMasks extends SecretHandle {
  private final int count;

  PrmMasks(long raw, int count) {
    super(raw, "set of prm masks");
    this.count = count;
  }

  /** How many masks: the number of challenge bits. */
  public int count() {
    return count;
  }
}
