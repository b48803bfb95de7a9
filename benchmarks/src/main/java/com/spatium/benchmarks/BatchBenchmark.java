/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.DriverConfig.Pools;
import com.spatium.cryptodriver.Signature;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * ECDSA signatures in batches (protocol.md §4.5), by one or more threads, each of which does both
 * parties' work. The result is batches per second: times {@code batch} for signatures.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class BatchBenchmark {
  @Param({"1", "8", "64"})
  public int batch = 8;

  @Param({"off", "on"})
  public String pools = "off";

  private Prepared prepared;

  @Setup
  public void setUp(ProtocolBenchmark.Base base) {
    prepared = Prepared.open(base.level, pools.equals("on") ? Pools.defaults() : Pools.off());
    ProtocolBenchmark.verify(prepared);
    Check.that(prepared.parties.signAll(prepared.ecdsa, batch).size() == batch, "a batch");
  }

  @TearDown
  public void tearDown() {
    prepared.close();
  }

  private List<Signature> sign() {
    return prepared.parties.signAll(prepared.ecdsa, batch);
  }

  @Benchmark
  @Threads(1)
  public List<Signature> threads1() {
    return sign();
  }

  @Benchmark
  @Threads(2)
  public List<Signature> threads2() {
    return sign();
  }

  @Benchmark
  @Threads(4)
  public List<Signature> threads4() {
    return sign();
  }
}
