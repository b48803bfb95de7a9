/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;

/** rivals.h, function by function: other libraries in C, called as coarsely as ours. */
final class Rivals {
  static final int GMP = 0;
  static final int OPENSSL = 1;
  static final int SECP256K1 = 2;
  static final int SODIUM = 3;

  static {
    Native.register(Rivals.class, "rivals");
  }

  private Rivals() {}

  static native int rivals_has(int library);

  static native int rivals_version(int library, byte[] out32);

  static native int rivals_pow(
      int library,
      int constant,
      byte[] m,
      long length,
      byte[] base,
      byte[] exp,
      long expLength,
      byte[] out);

  static native int rivals_pow_ecmath(
      byte[] n,
      long length,
      int power,
      long count,
      byte[] bases,
      byte[] exps,
      long expLength,
      byte[] out);

  static native long rivals_paillier_new(int library, byte[] p, byte[] q, long length);

  static native void rivals_paillier_free(long key);

  static native int rivals_paillier_encrypt(long key, byte[] m, byte[] rho, byte[] c);

  static native int rivals_paillier_decrypt(long key, byte[] c, byte[] m);

  static native int rivals_primes(int library, int safe, long length, byte[] p, byte[] q);

  static native int rivals_secp256k1_base(byte[] k32, byte[] out33);

  static native int rivals_secp256k1_mul(byte[] point33, byte[] k32, byte[] out33);

  static native int rivals_secp256k1_verify(byte[] q33, byte[] digest32, byte[] rs64);

  static native int rivals_sodium_base(byte[] k32, byte[] out32);

  static native int rivals_sodium_mul(byte[] point32, byte[] k32, byte[] out32);

  static native int rivals_sodium_sign(byte[] key64, byte[] message, long length, byte[] sig64);

  static native int rivals_sodium_verify(byte[] a32, byte[] message, long length, byte[] sig64);

  static native int rivals_nothing(long a, long b, long c);

  static native int rivals_nothing_bytes(byte[] in, byte[] out);

  static native double rivals_clock_ghz();

  static native double rivals_ifma_per_cycle();

  /** The same function in JNA's other way of calling: the slower one. */
  interface ByInterface extends Library {
    int rivals_nothing(long a, long b, long c);
  }

  static ByInterface byInterface() {
    return Native.load("rivals", ByInterface.class);
  }

  static void check(int code) {
    if (code != 0) {
      throw new IllegalStateException(
          code == -2
              ? "this rival was not installed when librivals.so was built: ci/setup"
              : "the rival's call failed");
    }
  }

  static boolean has(int library) {
    return rivals_has(library) == 1;
  }

  static String version(int library) {
    byte[] out = new byte[32];
    check(rivals_version(library, out));
    return new String(out, StandardCharsets.US_ASCII).trim().replace("\0", "");
  }
}
