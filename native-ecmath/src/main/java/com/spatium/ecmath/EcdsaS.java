/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * The second half of an ECDSA signature, low: at most q/2. Public.
 *
 * @param s 32 bytes, big-endian
 * @param negated whether s was replaced by q − s, which flips the parity bit of the recovery id
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record EcdsaS(byte[] s, boolean negated) {
  /** Copies s. */
  public EcdsaS {
    s = s.clone();
  }

  /** A copy. */
  @Override
  public byte[] s() {
    return s.clone();
  }
}
