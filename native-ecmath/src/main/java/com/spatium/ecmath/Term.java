/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * One factor {@code base^exponent} of a product of powers. Public.
 *
 * @param base a residue, of the exact length of the modulus (or of its square)
 * @param exponent unsigned, big-endian, of any length from 1
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record Term(byte[] base, byte[] exponent) {
  /** Copies both. */
  public Term {
    base = base.clone();
    exponent = exponent.clone();
  }

  /** A copy. */
  @Override
  public byte[] base() {
    return base.clone();
  }

  /** A copy. */
  @Override
  public byte[] exponent() {
    return exponent.clone();
  }
}
