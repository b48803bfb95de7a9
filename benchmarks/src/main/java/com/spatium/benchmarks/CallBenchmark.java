/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.internal.Ecm;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a call from Java into C costs, by what is passed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CallBenchmark {
  private final byte[] in = new byte[384];
  private final byte[] out = new byte[384];
  private final byte[] name = new byte[16];
  private final long[] handle = new long[1];
  private Rivals.ByInterface byInterface;

  @Setup
  public void setUp() {
    Check.that(EcMath.open().kernel().length() == ecmWithBytes(), "ecm_kernel");
    Check.that(ecmNoArguments() == Ecm.ABI_VERSION, "ecm_abi_version");
    byInterface = Rivals.byInterface();
    Check.that(directLongs() == 0 && directBytes() == 0 && interfaceLongs() == 0, "nothing");
    Check.that(ecmHandle() == 0, "a scalar");
  }

  /** Direct mapping, three numbers (handles, addresses). */
  @Benchmark
  public int directLongs() {
    return Rivals.rivals_nothing(1, 2, 3);
  }

  /** Direct mapping, two arrays of 384 bytes, which JNA copies in and out. */
  @Benchmark
  public int directBytes() {
    return Rivals.rivals_nothing_bytes(in, out);
  }

  /** Interface mapping, three numbers: what we do not use. */
  @Benchmark
  public int interfaceLongs() {
    return byInterface.rivals_nothing(1, 2, 3);
  }

  /** Direct mapping, nothing: ecm_abi_version. */
  @Benchmark
  public int ecmNoArguments() {
    return Ecm.ecm_abi_version();
  }

  /** Direct mapping, an array of 16 bytes: ecm_kernel. */
  @Benchmark
  public int ecmWithBytes() {
    Ecm.ecm_kernel(name);
    int length = 0;
    while (name[length] != 0) {
      length++;
    }
    return length;
  }

  /** The life of a handle: ecm_scalar_random (a slot of the vault, getrandom), ecm_secret_free. */
  @Benchmark
  public int ecmHandle() {
    return Ecm.ecm_scalar_random(1, handle) | Ecm.ecm_secret_free(handle[0]);
  }
}
