/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A profiler of JMH: adds to each iteration the median time of every message's making, {@code
 * step:G1 P1} and so on, in milliseconds, and the processor's time per operation, {@code cpu}, in
 * which work that other threads did ahead of time shows as well.
 */
public final class Steps implements InternalProfiler {
  private static final Map<String, List<Long>> NANOS = new TreeMap<>();
  private static volatile boolean running;

  private long cpu;

  /** Measures one run of a procedure, from now. */
  static Clock clock(String procedure) {
    return new Clock(procedure);
  }

  static final class Clock {
    private final String procedure;
    private int message;
    private long since = System.nanoTime();

    private Clock(String procedure) {
      this.procedure = procedure;
    }

    /** This party has worked since the last call and made the next message. */
    void made(String party) {
      message++;
      add(procedure + message + " " + party);
    }

    /** This party has worked since the last call on the last message, which needs no answer. */
    void received(String party) {
      add(procedure + message + " received " + party);
    }

    private void add(String step) {
      long now = System.nanoTime();
      if (running) {
        long nanos = now - since;
        synchronized (NANOS) {
          NANOS.computeIfAbsent(step, s -> new ArrayList<>()).add(nanos);
        }
      }
      since = System.nanoTime();
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  @Override
  public String getDescription() {
    return "time of each step of a protocol, and processor time";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    synchronized (NANOS) {
      NANOS.clear();
    }
    cpu = cpuNanos();
    running = true;
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    running = false;
    double used = (cpuNanos() - cpu) / 1e6;
    long operations = result.getMetadata().getAllOps();
    List<Result<?>> results = new ArrayList<>();
    if (operations > 0) {
      results.add(new ScalarResult("cpu", used / operations, "ms/op", AggregationPolicy.AVG));
    }
    synchronized (NANOS) {
      NANOS.forEach(
          (step, nanos) ->
              results.add(
                  new ScalarResult("step:" + step, median(nanos), "ms", AggregationPolicy.AVG)));
    }
    return results;
  }

  private static double median(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2] / 1e6;
  }
}
