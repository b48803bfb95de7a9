/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Term;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A power mod N² with an exponent of N's size: Paillier's cost. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ModularBenchmark {
  @Param({"ecmath", "BigInteger"})
  public String library = "ecmath";

  @Param({"2048", "3072"})
  public int bits = 2048;

  private EcMath ecmath;
  private byte[] modulus;
  private byte[] base;
  private BigInteger square;

  @Setup(Level.Trial)
  public void setUp() {
    ecmath = EcMath.open();
    Random random = new Random(bits);
    modulus = new byte[bits / 8];
    random.nextBytes(modulus);
    modulus[0] |= (byte) 0x80;
    modulus[modulus.length - 1] |= 1;
    BigInteger n = new BigInteger(1, modulus);
    square = n.multiply(n);
    base = new byte[2 * modulus.length];
    random.nextBytes(base);
    base[0] = 0;
    byte[] expected = new BigInteger(1, base).modPow(n, square).toByteArray();
    if (!new BigInteger(1, ours()).equals(new BigInteger(1, expected))) {
      throw new IllegalStateException("the libraries disagree: " + Arrays.hashCode(modulus));
    }
  }

  private byte[] ours() {
    return ecmath.modular().powVartime(modulus, 2, new Term(base, modulus));
  }

  @Benchmark
  public byte[] powerModSquare() {
    return library.equals("ecmath")
        ? ours()
        : new BigInteger(1, base).modPow(new BigInteger(1, modulus), square).toByteArray();
  }
}
