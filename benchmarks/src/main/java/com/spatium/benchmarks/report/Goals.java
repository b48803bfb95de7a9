/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import com.spatium.benchmarks.report.Results.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What we set out to reach, at both levels, and what was measured. */
final class Goals {
  static final String[] LEVELS = {"BITS_112", "BITS_128"};
  static final String[] BITS = {"2048", "3072"};

  /**
   * @param measured NaN if it was not
   */
  record Goal(
      String what, String size, double goal, boolean atLeast, String unit, double measured) {
    boolean met() {
      return atLeast ? measured >= goal : measured <= goal;
    }

    /** At most 1 where it is met. */
    double missedBy() {
      return atLeast ? goal / measured : measured / goal;
    }
  }

  private final Results results;
  private final String kernel;
  private final List<Goal> goals = new ArrayList<>();

  /**
   * @param kernel the best one of this machine
   */
  Goals(Results results, String kernel) {
    this.results = results;
    this.kernel = kernel;
    ToDoubleFunction<Measurement> median = m -> m.micros() / 1000;
    // A search is a lottery: its mean counts.
    ToDoubleFunction<Measurement> mean = m -> m.mean() * m.perUnit() / 1000;
    procedure("installation's ring-Pedersen parameters, mean", "install", mean, 150, 600);
    procedure("secret creation, mean", "secret", mean, 10, 30);
    procedure("pairing", "pair", median, 120, 350);
    procedure("synchronise a further key", "syncEcdsa", median, 6, 18);
    procedure("sign, everything, without pools", "signEcdsa", median, 5, 15);
    procedure(
        "sign, everything, processor time with pools",
        "signEcdsaWarm",
        m -> m.more().getOrDefault("cpu", Double.NaN),
        5,
        15);
    procedure("sign, with warm pools", "signEcdsaWarm", median, 2, 5);
    add(
        "EdDSA sign, both parties",
        0,
        0.4,
        "ms",
        protocol("signEddsa", 0).map(median::applyAsDouble));
    throughput(400, 130);
    paillier("Paillier encrypt, foreign key, one", "encryptForeign", 0.8, 2.3);
    paillier("Paillier encrypt, foreign key, in a batch", "encryptForeignBatch", 0.6, 1.9);
    paillier("Paillier decrypt, one, as in signing", "decryptShort", 0.26, 0.7);
    paillier("Paillier decrypt, one, any plaintext", "decrypt", 0.26, 0.7);
    besideOpenssl();
  }

  List<Goal> all() {
    return List.copyOf(goals);
  }

  private Optional<Measurement> protocol(String method, int size) {
    return results.find("ProtocolBenchmark." + method, "kernel", kernel, "level", LEVELS[size]);
  }

  private void procedure(
      String what, String method, ToDoubleFunction<Measurement> time, double... goal) {
    for (int i = 0; i < goal.length; i++) {
      add(what, i, goal[i], "ms", protocol(method, i).map(time::applyAsDouble));
    }
  }

  private void throughput(double... goal) {
    for (int i = 0; i < goal.length; i++) {
      Optional<Double> best =
          results.all("BatchBenchmark.threads2", "kernel", kernel, "level", LEVELS[i]).stream()
              .map(Goals::perSecond)
              .max(Double::compare);
      goals.add(
          new Goal(
              "signatures per second, 2 threads, batched",
              BITS[i],
              goal[i],
              true,
              "/s",
              best.orElse(Double.NaN)));
    }
  }

  /** Of a batch benchmark. */
  static double perSecond(Measurement m) {
    return m.median() * Integer.parseInt(m.parameters().getOrDefault("batch", "1"));
  }

  private void paillier(String what, String method, double... goal) {
    for (int i = 0; i < goal.length; i++) {
      add(
          what,
          i,
          goal[i],
          "ms",
          results
              .find("PaillierBenchmark." + method, "library", kernel, "bits", BITS[i])
              .map(m -> m.micros() / 1000));
    }
  }

  private void besideOpenssl() {
    String[][] rows = {
      {"p²", "P2_2048", "P2_3072"}, {"N²", "N2_4096", "N2_6144"}, {"N", "N_2048", "N_3072"}
    };
    for (String[] row : rows) {
      for (int i = 0; i < BITS.length; i++) {
        Optional<Double> ours = power("portable", row[i + 1]);
        Optional<Double> theirs = power("OpenSSL", row[i + 1]);
        add(
            "power mod " + row[0] + ", portable kernel, beside OpenSSL's",
            i,
            row[0].equals("N") ? 2 : 1.1,
            "×",
            ours.flatMap(a -> theirs.map(b -> a / b)));
      }
    }
  }

  private Optional<Double> power(String library, String row) {
    return results
        .find("PowerBenchmark.one", "library", library, "row", row)
        .map(Measurement::micros);
  }

  private void add(String what, int size, double goal, String unit, Optional<Double> measured) {
    goals.add(new Goal(what, BITS[size], goal, false, unit, measured.orElse(Double.NaN)));
  }
}
