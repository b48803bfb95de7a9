/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What is measured, with which parameters and for how long: in some 15 to 20 minutes, or, quick, in
 * a few.
 */
final class Plan {
  private static final String[] LEVELS = {"BITS_112", "BITS_128"};

  /**
   * Benchmarks that run with the same parameters and times.
   *
   * @param include a class and methods of it
   * @param warmups iterations that do not count, and as many milliseconds each
   * @param iterations those that count
   * @param setUp seconds that a fork takes besides, roughly
   */
  record Group(
      String title,
      Class<?> include,
      List<String> methods,
      Map<String, List<String>> parameters,
      int warmups,
      int iterations,
      int millis,
      double setUp) {
    /** Runs of a process. */
    int forks() {
      return parameters.values().stream()
          .mapToInt(List::size)
          .reduce(methods.size(), (a, b) -> a * b);
    }

    double seconds() {
      return forks() * (setUp + (warmups + iterations) * millis / 1000.0);
    }

    ChainedOptionsBuilder options() {
      ChainedOptionsBuilder options =
          new OptionsBuilder()
              .include("\\." + include.getSimpleName() + "\\.(" + String.join("|", methods) + ")$")
              .warmupIterations(warmups)
              .warmupTime(TimeValue.milliseconds(millis))
              .measurementIterations(iterations)
              .measurementTime(TimeValue.milliseconds(millis));
      parameters.forEach((name, values) -> options.param(name, values.toArray(new String[0])));
      return options;
    }

    private Group with(String name, List<String> values) {
      Map<String, List<String>> more = new LinkedHashMap<>(parameters);
      more.put(name, values);
      return new Group(title, include, methods, more, warmups, iterations, millis, setUp);
    }

    private Group with(String name, String... values) {
      return with(name, List.of(values));
    }
  }

  private final boolean quick;
  private final List<String> kernels;
  private final List<Group> groups = new ArrayList<>();

  /**
   * @param kernels of ecmath that this machine has, best first
   */
  Plan(boolean quick, List<String> kernels) {
    this.quick = quick;
    this.kernels = kernels;
    powers();
    paillier();
    keys();
    curves();
    calls();
    protocol();
  }

  List<Group> groups() {
    return List.copyOf(groups);
  }

  double seconds() {
    return groups.stream().mapToDouble(Group::seconds).sum();
  }

  /** Something short that is repeated many times. */
  private Group small(String title, Class<?> include, String... methods) {
    return quick
        ? new Group(title, include, List.of(methods), Map.of(), 1, 3, 100, 0.8)
        : new Group(title, include, List.of(methods), Map.of(), 2, 6, 200, 0.8);
  }

  /**
   * Something that takes milliseconds.
   *
   * @param warmups as many iterations as Java needs to compile what is in it
   */
  private Group large(
      String title,
      Class<?> include,
      int warmups,
      int iterations,
      int millis,
      double setUp,
      String... methods) {
    return quick
        ? new Group(title, include, List.of(methods), Map.of(), 1, 1, Math.min(millis, 800), setUp)
        : new Group(title, include, List.of(methods), Map.of(), warmups, iterations, millis, setUp);
  }

  private static List<String> available(String... rivals) {
    List<String> present = new ArrayList<>();
    for (String rival : rivals) {
      int library =
          switch (rival) {
            case "GMP", "GMP-secure" -> Rivals.GMP;
            case "OpenSSL" -> Rivals.OPENSSL;
            case "libsecp256k1" -> Rivals.SECP256K1;
            case "libsodium" -> Rivals.SODIUM;
            default -> -1;
          };
      if (library < 0 || Rivals.has(library)) {
        present.add(rival);
      }
    }
    return present;
  }

  private List<String> besideOurs(String... rivals) {
    List<String> all = new ArrayList<>(kernels);
    all.addAll(available(rivals));
    return all;
  }

  private void powers() {
    String[] rows =
        quick
            ? new String[] {"P2_2048", "N_2048", "N2_4096", "P2_3072", "N_3072", "N2_6144"}
            : new String[] {
              "P2_2048",
              "N_2048",
              "N2_4096_256",
              "N2_4096",
              "P2_3072",
              "N_3072",
              "N2_6144_256",
              "N2_6144"
            };
    String[] rivals =
        quick
            ? new String[] {"OpenSSL", "BigInteger"}
            : new String[] {"OpenSSL", "GMP", "GMP-secure", "jna-gmp", "BigInteger"};
    groups.add(
        small("modular powers", PowerBenchmark.class, "one")
            .with("row", rows)
            .with("library", besideOurs(rivals)));
    groups.add(
        small("modular powers, eight at once", PowerBenchmark.class, "batch")
            .with("row", rows)
            .with("library", quick ? kernels.subList(0, 1) : kernels));
  }

  private void paillier() {
    List<String> best = kernels.subList(0, 1);
    groups.add(
        small("Paillier", PaillierBenchmark.class, "encryptForeign", "decrypt")
            .with("bits", "2048", "3072")
            .with(
                "library",
                quick ? besideOurs("javallier") : besideOurs("OpenSSL", "GMP", "javallier")));
    groups.add(
        small(
                "Paillier, eight at once and under one's own key",
                PaillierBenchmark.class,
                "encryptForeignBatch",
                "decryptShort",
                "decryptShortBatch",
                "encryptOwn")
            .with("bits", "2048", "3072")
            .with("library", quick ? best : kernels));
  }

  private void keys() {
    if (quick) {
      groups.add(
          large("primes", KeyBenchmark.class, 1, 1, 1000, 1.0, "paillier")
              .with("bits", "2048")
              .with("library", besideOurs("OpenSSL")));
      return;
    }
    groups.add(
        large("primes", KeyBenchmark.class, 1, 2, 1500, 1.0, "paillier")
            .with("bits", "2048", "3072")
            .with("library", besideOurs("OpenSSL", "GMP", "BigInteger")));
    groups.add(
        large("safe primes", KeyBenchmark.class, 0, 2, 4000, 2.0, "ringPedersen")
            .with("bits", "2048", "3072")
            .with("library", kernels));
    groups.add(
        large("safe primes, a rival's", KeyBenchmark.class, 0, 1, 15000, 6.0, "ringPedersen")
            .with("bits", "2048", "3072")
            .with("library", available("OpenSSL")));
  }

  private void curves() {
    groups.add(
        small("secp256k1", Secp256k1Benchmark.class, "fixedBase", "anyPoint", "verify")
            .with("library", besideOurs("libsecp256k1", "BouncyCastle")));
    groups.add(
        small("ed25519", Ed25519Benchmark.class, "fixedBase", "anyPoint")
            .with("library", besideOurs("libsodium")));
    groups.add(
        small("ed25519, BouncyCastle's fixed base", Ed25519Benchmark.class, "fixedBase")
            .with("library", "BouncyCastle"));
    groups.add(
        small("ed25519, verification", Ed25519Benchmark.class, "verify")
            .with("library", besideOurs("libsodium", "BouncyCastle", "JDK")));
    groups.add(
        small("ed25519, signing alone", Ed25519Benchmark.class, "sign")
            .with("library", available("libsodium", "BouncyCastle", "JDK")));
  }

  private void calls() {
    groups.add(
        small(
            "calls through JNA",
            CallBenchmark.class,
            "directLongs",
            "directBytes",
            "interfaceLongs",
            "ecmNoArguments",
            "ecmWithBytes",
            "ecmHandle"));
    groups.add(
        small("token (SoftHSM)", TokenBenchmark.class, "random", "fragment", "seal", "open"));
  }

  private void protocol() {
    for (String kernel : kernels) {
      boolean best = kernel.equals(kernels.get(0));
      if (quick && !best) {
        groups.add(
            protocol("signatures", kernel, 1, 1, 1000, 1.5, "signEcdsa", "signEcdsaWarm")
                .with("level", "BITS_112"));
        continue;
      }
      groups.add(
          protocol(
              "signatures", kernel, 2, 3, 1500, 1.5, "signEcdsa", "signEcdsaWarm", "signEddsa"));
      groups.add(protocol("synchronisation", kernel, 2, 2, 1500, 1.5, "syncEcdsa", "syncEddsa"));
      int millis = best ? 3000 : 5000;
      groups.add(
          protocol(
              "parameters, secret, pairing",
              kernel,
              best ? 1 : 0,
              2,
              millis,
              best ? 2.5 : 6.0,
              "install",
              "secret",
              "pair"));
      groups.add(
          batches("batches", kernel, 1000, best ? 2.0 : 5.0, "threads1")
              .with("level", quick ? new String[] {"BITS_112"} : LEVELS)
              .with("batch", "1", "8", "64"));
      groups.add(
          batches("threads", kernel, 1500, 2.0, "threads2", "threads4")
              .with("level", LEVELS)
              .with("batch", "8"));
    }
  }

  private Group protocol(
      String title,
      String kernel,
      int warmups,
      int iterations,
      int millis,
      double setUp,
      String... methods) {
    String full = title + ", " + kernel;
    return large(full, ProtocolBenchmark.class, warmups, iterations, millis, setUp, methods)
        .with("kernel", kernel)
        .with("level", LEVELS);
  }

  /** The pools are off: with all processors at work there is no other time to fill them in. */
  private Group batches(String title, String kernel, int millis, double setUp, String... methods) {
    return large(title + ", " + kernel, BatchBenchmark.class, 1, 2, millis, setUp, methods)
        .with("kernel", kernel)
        .with("pools", "off");
  }
}
