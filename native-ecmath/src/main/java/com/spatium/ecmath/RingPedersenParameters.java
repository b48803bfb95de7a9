/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import java.util.Arrays;

/**
 * Ring-Pedersen parameters: public. All four have the length of n, big-endian; {@code s_i =
 * t^lambda_i mod n}.
 *
 * @param n the modulus, a product of two safe primes
 * @param s1 first base
 * @param s2 second base
 * @param t the base of the blinding exponent, a square
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, compared by content
public record RingPedersenParameters(byte[] n, byte[] s1, byte[] s2, byte[] t) {
  /** Copies all four; they must be equally long. */
  public RingPedersenParameters {
    n = n.clone();
    s1 = Calls.exact("ring-Pedersen parameters", "s1", s1, n.length).clone();
    s2 = Calls.exact("ring-Pedersen parameters", "s2", s2, n.length).clone();
    t = Calls.exact("ring-Pedersen parameters", "t", t, n.length).clone();
  }

  /** A copy. */
  @Override
  public byte[] n() {
    return n.clone();
  }

  /** A copy. */
  @Override
  public byte[] s1() {
    return s1.clone();
  }

  /** A copy. */
  @Override
  public byte[] s2() {
    return s2.clone();
  }

  /** A copy. */
  @Override
  public byte[] t() {
    return t.clone();
  }

  /** By content. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RingPedersenParameters that
        && Arrays.equals(n, that.n)
        && Arrays.equals(s1, that.s1)
        && Arrays.equals(s2, that.s2)
        && Arrays.equals(t, that.t);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(n);
  }
}
