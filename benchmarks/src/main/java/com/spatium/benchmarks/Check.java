/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import java.math.BigInteger;

/** What set-up demands, and bytes for it. */
final class Check {
  private Check() {}

  static void that(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("not what is to be measured: " + what);
    }
  }

  static void equal(BigInteger expected, byte[] actual, String who) {
    that(expected.equals(new BigInteger(1, actual)), who + " computes something else");
  }

  /** Unsigned big-endian. */
  static byte[] bytes(BigInteger value, int length) {
    byte[] signed = value.toByteArray();
    byte[] out = new byte[length];
    int skip = Math.max(0, signed.length - length);
    System.arraycopy(signed, skip, out, length - (signed.length - skip), signed.length - skip);
    return out;
  }
}
