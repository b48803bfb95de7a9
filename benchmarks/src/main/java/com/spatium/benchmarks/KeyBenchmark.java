/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The two primes of a modulus. Ours makes the whole key of them (p ≡ q ≡ 3 mod 4; for safe primes
 * ŝ₁, ŝ₂, t̂ as well); a rival makes two primes of any kind and stops. A search is a lottery: look
 * at the mean of many, not at single draws.
 *
 * <p>{@code BigInteger} and GMP offer no safe primes. BouncyCastle's are searched by {@code
 * BigInteger} in Java (DHParametersGenerator) and take minutes: left out.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 5)
@Fork(1)
public class KeyBenchmark {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Sizes of the modulus that set-up tries. */
  private static final int SMALL = 512;

  @Param({"ifma", "portable", "OpenSSL", "GMP", "BigInteger"})
  public String library = Kernel.IFMA;

  @Param({"2048", "3072"})
  public int bits = 2048;

  private @Nullable EcMath ecmath;

  @Setup
  public void setUp() {
    if (Kernel.isOne(library)) {
      ecmath = Kernel.open(library);
    }
    if (ecmath == null) {
      checkPrimes(primes(SMALL, false), false);
      if (library.equals("OpenSSL")) {
        checkPrimes(primes(SMALL, true), true);
      }
    } else {
      try (PaillierKey key = ecmath.paillier().generate(SMALL, progress -> {});
          RingPedersenKey pedersen = ecmath.ringPedersen().generate(SMALL, progress -> {})) {
        byte[] n = ecmath.paillier().modulus(key);
        Check.that(ecmath.modular().checkModulus(n), "our modulus");
        byte[] hat = ecmath.ringPedersen().parameters(pedersen).n();
        Check.that(ecmath.modular().checkModulus(hat), "our modulus of safe primes");
      }
    }
  }

  private static void checkPrimes(BigInteger[] primes, boolean safe) {
    for (BigInteger p : primes) {
      Check.that(p.bitLength() == SMALL / 2 && p.isProbablePrime(64), "a prime");
      Check.that(!safe || p.shiftRight(1).isProbablePrime(64), "a safe prime");
    }
  }

  private BigInteger[] primes(int size, boolean safe) {
    if (library.equals("BigInteger") && !safe) {
      return new BigInteger[] {
        BigInteger.probablePrime(size / 2, RANDOM), BigInteger.probablePrime(size / 2, RANDOM)
      };
    }
    if (library.equals("BigInteger")) {
      throw new UnsupportedOperationException("BigInteger does not offer safe primes");
    }
    byte[] p = new byte[size / 16];
    byte[] q = new byte[size / 16];
    int which = library.equals("GMP") ? Rivals.GMP : Rivals.OPENSSL;
    Rivals.check(Rivals.rivals_primes(which, safe ? 1 : 0, p.length, p, q));
    return new BigInteger[] {new BigInteger(1, p), new BigInteger(1, q)};
  }

  /** For a Paillier modulus of {@link #bits}. */
  @Benchmark
  public Object paillier() {
    if (ecmath == null) {
      return primes(bits, false);
    }
    try (PaillierKey key = ecmath.paillier().generate(bits, progress -> {})) {
      return key;
    }
  }

  /** For ring-Pedersen parameters of {@link #bits}: safe primes. */
  @Benchmark
  public Object ringPedersen() {
    if (ecmath == null) {
      return primes(bits, true);
    }
    try (RingPedersenKey key = ecmath.ringPedersen().generate(bits, progress -> {})) {
      return key;
    }
  }
}
