/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.EcMath;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.List;

/**
 * Which of ecmath's kernels this process computes with. The library reads {@code ECM_KERNEL} once,
 * at its first power; each of JMH's forks is a process of its own, so the kernel can be a parameter
 * like any other and stand beside rivals in one run.
 */
final class Kernel {
  static final String IFMA = "ifma";
  static final String PORTABLE = "portable";

  private interface Libc extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private Kernel() {}

  static boolean isOne(String library) {
    return library.equals(IFMA) || library.equals(PORTABLE);
  }

  /** Before anything else in this process computes. */
  static EcMath open(String kernel) {
    select(kernel);
    EcMath ecmath = EcMath.open();
    if (!ecmath.kernel().equals(kernel)) {
      throw new IllegalStateException(
          "this process computes with the kernel '" + ecmath.kernel() + "', not '" + kernel + "'");
    }
    return ecmath;
  }

  /** For {@link Rivals#rivals_pow_ecmath}, which has the kernels too. */
  static void select(String kernel) {
    Native.load("c", Libc.class).setenv("ECM_KERNEL", kernel, 1);
  }

  /** What this machine has, best first. */
  static List<String> available() {
    return EcMath.open().kernel().equals(IFMA) ? List.of(IFMA, PORTABLE) : List.of(PORTABLE);
  }
}
