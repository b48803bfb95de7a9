/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.squareup.jnagmp.Gmp;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Modular powers of the sizes that Paillier and the proofs need. Ours, OpenSSL and {@code
 * GMP-secure} in constant time; {@code BigInteger}, {@code jna-gmp} and {@code GMP} in variable
 * time. BouncyCastle has no modular power of its own: what it does of this kind is {@code
 * BigInteger.modPow}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PowerBenchmark {
  static final int BATCH = 8;

  /** Modulus (N or N²) and exponent in bits. */
  public enum Row {
    P2_2048(1024, 2, 1024),
    N_2048(2048, 1, 2048),
    N2_4096_256(2048, 2, 256),
    N2_4096(2048, 2, 2048),
    P2_3072(1536, 2, 1536),
    N_3072(3072, 1, 3072),
    N2_6144_256(3072, 2, 256),
    N2_6144(3072, 2, 3072);

    final int bits;
    final int power;
    final int exponentBits;

    Row(int bits, int power, int exponentBits) {
      this.bits = bits;
      this.power = power;
      this.exponentBits = exponentBits;
    }
  }

  @Param({"ifma", "portable", "OpenSSL", "GMP", "GMP-secure", "jna-gmp", "BigInteger"})
  public String library = Kernel.IFMA;

  @Param public Row row = Row.N2_6144;

  private byte[] n;
  private byte[] modulus;
  private byte[] base;
  private byte[] exponent;
  private byte[] bases;
  private byte[] exponents;

  @Setup
  public void setUp() {
    Random random = new Random(row.ordinal());
    if (Kernel.isOne(library)) {
      Kernel.open(library); // says so if it is not to be had
    }
    n = new byte[row.bits / 8];
    random.nextBytes(n);
    n[0] |= (byte) 0x80;
    n[n.length - 1] |= 1;
    BigInteger m = new BigInteger(1, n).pow(row.power);
    modulus = Check.bytes(m, row.power * n.length);
    bases = new byte[BATCH * modulus.length];
    exponents = new byte[BATCH * row.exponentBits / 8];
    random.nextBytes(exponents);
    for (int i = 0; i < BATCH; i++) {
      byte[] each = Check.bytes(new BigInteger(8 * modulus.length, random).mod(m), modulus.length);
      System.arraycopy(each, 0, bases, i * each.length, each.length);
    }
    base = Arrays.copyOf(bases, modulus.length);
    exponent = Arrays.copyOf(exponents, row.exponentBits / 8);

    Check.equal(expected(0, m), one(), library);
    if (Kernel.isOne(library)) {
      byte[] all = batch();
      for (int i = 0; i < BATCH; i++) {
        Check.equal(expected(i, m), slice(all, i, modulus.length), library + "'s batch");
      }
    }
  }

  private BigInteger expected(int i, BigInteger m) {
    return new BigInteger(1, slice(bases, i, modulus.length))
        .modPow(new BigInteger(1, slice(exponents, i, exponent.length)), m);
  }

  private static byte[] slice(byte[] all, int i, int length) {
    return Arrays.copyOfRange(all, i * length, (i + 1) * length);
  }

  @Benchmark
  public byte[] one() {
    return switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE -> ours(1, base, exponent);
      case "OpenSSL" -> rival(Rivals.OPENSSL, 1);
      case "GMP" -> rival(Rivals.GMP, 0);
      case "GMP-secure" -> rival(Rivals.GMP, 1);
      case "jna-gmp" ->
          Gmp.modPowInsecure(number(base), number(exponent), number(modulus)).toByteArray();
      case "BigInteger" -> number(base).modPow(number(exponent), number(modulus)).toByteArray();
      default -> throw new IllegalArgumentException(library);
    };
  }

  /** Eight at once, per power. Nobody else offers that. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public byte[] batch() {
    return ours(BATCH, bases, exponents);
  }

  private static BigInteger number(byte[] bytes) {
    return new BigInteger(1, bytes);
  }

  private byte[] ours(int count, byte[] of, byte[] to) {
    byte[] out = new byte[count * modulus.length];
    Rivals.check(
        Rivals.rivals_pow_ecmath(n, n.length, row.power, count, of, to, exponent.length, out));
    return out;
  }

  private byte[] rival(int which, int constant) {
    byte[] out = new byte[modulus.length];
    Rivals.check(
        Rivals.rivals_pow(
            which, constant, modulus, modulus.length, base, exponent, exponent.length, out));
    return out;
  }
}
