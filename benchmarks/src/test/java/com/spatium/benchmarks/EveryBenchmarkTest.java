/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark once, in this process, small: its set-up's checks hold, of its rivals, too. */
class EveryBenchmarkTest {
  /** One of ours only: a process has one kernel. The others are compared in native-ecmath. */
  private static final String KERNEL = Kernel.available().get(0);

  private static final String LEVEL = "BITS_112";

  private static ChainedOptionsBuilder once(Class<?> benchmark, String methods) {
    return new OptionsBuilder()
        .include("\\." + benchmark.getSimpleName() + "\\.(" + methods + ")$")
        .mode(Mode.SingleShotTime)
        .warmupIterations(0)
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(1))
        .threads(1)
        .forks(0)
        .addProfiler(Steps.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  private static DynamicTest runs(int expected, String name, ChainedOptionsBuilder options) {
    return DynamicTest.dynamicTest(
        name, () -> assertEquals(expected, new Runner(options.build()).run().size()));
  }

  @TestFactory
  Stream<DynamicTest> everyBenchmarkPassesItsChecks() {
    String[] power = {KERNEL, "OpenSSL", "GMP", "GMP-secure", "jna-gmp", "BigInteger"};
    return Stream.of(
        runs(
            6,
            "powers",
            once(PowerBenchmark.class, "one").param("row", "P2_2048").param("library", power)),
        runs(
            1,
            "powers in a batch",
            once(PowerBenchmark.class, "batch")
                .param("row", "N2_4096_256")
                .param("library", KERNEL)),
        runs(
            8,
            "Paillier",
            once(PaillierBenchmark.class, "encryptForeign|decrypt")
                .param("bits", "2048")
                .param("library", KERNEL, "OpenSSL", "GMP", "javallier")),
        runs(
            4,
            "Paillier, ours alone",
            once(PaillierBenchmark.class, ".*Batch|decryptShort|encryptOwn")
                .param("bits", "2048")
                .param("library", KERNEL)),
        runs(
            4,
            "primes",
            once(KeyBenchmark.class, "paillier")
                .param("bits", "2048")
                .param("library", KERNEL, "OpenSSL", "GMP", "BigInteger")),
        runs(
            1,
            "safe primes",
            once(KeyBenchmark.class, "ringPedersen")
                .param("bits", "2048")
                .param("library", KERNEL)),
        runs(
            9,
            "secp256k1",
            once(Secp256k1Benchmark.class, ".*")
                .param("library", KERNEL, "libsecp256k1", "BouncyCastle")),
        runs(
            6,
            "ed25519",
            once(Ed25519Benchmark.class, "fixedBase|anyPoint|verify")
                .param("library", KERNEL, "libsodium")),
        runs(
            4,
            "ed25519, signing and verification in Java",
            once(Ed25519Benchmark.class, "sign|verify").param("library", "BouncyCastle", "JDK")),
        runs(6, "calls", once(CallBenchmark.class, ".*")),
        runs(4, "token", once(TokenBenchmark.class, ".*")),
        runs(
            8,
            "protocol",
            once(ProtocolBenchmark.class, ".*").param("kernel", KERNEL).param("level", LEVEL)),
        runs(
            3,
            "batches",
            once(BatchBenchmark.class, ".*")
                .param("kernel", KERNEL)
                .param("level", LEVEL)
                .param("batch", "2")
                .param("pools", "on")));
  }

  /**
   * What set-up checks is the same that is measured: a kernel that is not there is not measured.
   */
  @Test
  void anUnknownKernelIsRefused() {
    Options options =
        once(PowerBenchmark.class, "one")
            .param("library", "quantum")
            .param("row", "P2_2048")
            .build();
    assertThrows(RunnerException.class, () -> new Runner(options).run());
  }

  /** Nothing is planned that is not there, and the quick plan keeps its promise. */
  @Test
  void plansMatchTheBenchmarks() {
    List<String> names =
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
            .stream()
            .map(entry -> entry.getUsername())
            .toList();
    for (boolean quick : new boolean[] {true, false}) {
      Plan plan = new Plan(quick, List.of(Kernel.IFMA, Kernel.PORTABLE));
      var planned = new TreeSet<String>();
      for (Plan.Group group : plan.groups()) {
        for (String method : group.methods()) {
          planned.add(group.include().getName() + "." + method);
        }
      }
      assertTrue(names.containsAll(planned), () -> "not there: " + planned);
      if (!quick) {
        assertEquals(new TreeSet<>(names), planned);
      }
      double most = quick ? 230 : 1150;
      assertTrue(
          plan.seconds() < most,
          plan.seconds()
              + " s, "
              + plan.groups().stream()
                  .map(g -> g.title() + " " + g.seconds())
                  .collect(Collectors.joining("\n")));
    }
  }
}
