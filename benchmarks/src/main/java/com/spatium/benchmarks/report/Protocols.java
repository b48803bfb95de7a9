/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import static com.spatium.benchmarks.report.Html.number;

import com.spatium.benchmarks.report.Results.Measurement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signatures and the other procedures: how long, by whom, and how it grows. */
final class Protocols {
  private final Results results;
  private final List<String> kernels;
  private final String kernel;
  private final Html page;

  /**
   * @param kernels of this machine, best first
   */
  Protocols(Results results, List<String> kernels, Html page) {
    this.results = results;
    this.kernels = kernels;
    this.kernel = kernels.get(0);
    this.page = page;
  }

  void write() {
    systems();
    signature();
    procedures();
    growth();
  }

  private Optional<Measurement> protocol(String method, String with, int size) {
    return results.find("ProtocolBenchmark." + method, "kernel", with, "level", Goals.LEVELS[size]);
  }

  /** The picture of the README. */
  String picture() {
    List<String> categories = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    for (Systems system : Systems.ALL) {
      categories.add(system.name());
      theirs.add(system.sign());
      ours.add(Double.NaN);
    }
    for (int i = 1; i >= 0; i--) {
      for (String method : List.of("signEcdsa", "signEcdsaWarm")) {
        Optional<Measurement> m = protocol(method, kernel, i);
        if (m.isPresent()) {
          categories.add(Goals.BITS[i] + (method.endsWith("Warm") ? ", pools" : ""));
          theirs.add(Double.NaN);
          ours.add(Math.round(100 * m.get().micros() / 1000) / 100.0);
        }
      }
    }
    Map<String, double[]> series = new LinkedHashMap<>();
    series.put("Spatium HSM driver, by bits of N, this run", array(ours));
    series.put("other open systems", array(theirs));
    return Charts.labelled("ms per ECDSA signature, both parties", categories, series);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void systems() {
    List<List<String>> rows = new ArrayList<>();
    for (Systems system : Systems.ALL) {
      List<String> row =
          new ArrayList<>(List.of(system.name(), system.what(), number(system.sign())));
      for (int i = 0; i < 2; i++) {
        row.add(
            protocol("signEcdsa", kernel, i)
                .map(m -> "×" + number(1000 * system.sign() / m.micros()))
                .orElse("–"));
      }
      rows.add(row);
    }
    page.section("An ECDSA signature beside other open systems")
        .figure(
            picture(),
            "Milliseconds of computation by both parties, no network; the scale is logarithmic. The other systems were measured once, on a machine of the same kind and not in this run: orders of magnitude.")
        .table(List.of("", "", "ms", "to ours at 2048", "at 3072"), rows);
  }

  private void signature() {
    Map<String, double[]> series = new LinkedHashMap<>();
    List<String> bars = new ArrayList<>();
    List<Measurement> shown = new ArrayList<>();
    for (String method : List.of("signEcdsa", "signEcdsaWarm")) {
      for (String each : kernels) {
        for (int i = 0; i < 2; i++) {
          Optional<Measurement> m = protocol(method, each, i);
          if (m.isPresent()) {
            bars.add(each + ", " + Goals.BITS[i] + (method.endsWith("Warm") ? ", pools" : ""));
            shown.add(m.get());
          }
        }
      }
    }
    Set<String> steps = new LinkedHashSet<>();
    shown.forEach(m -> steps.addAll(steps(m)));
    for (String step : steps) {
      series.put(
          step,
          shown.stream().mapToDouble(m -> m.more().getOrDefault("step:" + step, 0.0)).toArray());
    }
    if (shown.isEmpty()) {
      return;
    }
    page.section("Where an ECDSA signature's time goes")
        .figure(
            Charts.stacks("ms", bars, series),
            "By message (docs/protocol.md §4.3) and party: G1, G3 and G5 are P1's work until it has that message, G2 and G4 P2's; the last is P2's check of the finished signature. Medians of each step.");
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      Measurement m = shown.get(i);
      rows.add(
          List.of(
              bars.get(i),
              number(sum(m, "P1")),
              number(sum(m, "P2")),
              number(m.median()),
              number(m.high()),
              number(m.more().getOrDefault("cpu", Double.NaN))));
    }
    page.table(
        List.of("ms", "P1", "P2", "both, median", "95 %", "processor time, with what ran ahead"),
        rows);
  }

  private static List<String> steps(Measurement m) {
    return m.more().keySet().stream()
        .filter(key -> key.startsWith("step:"))
        .map(key -> key.substring("step:".length()))
        .sorted()
        .toList();
  }

  private static double sum(Measurement m, String party) {
    return m.more().entrySet().stream()
        .filter(e -> e.getKey().startsWith("step:") && e.getKey().endsWith(party))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private void procedures() {
    List<List<String>> rows = new ArrayList<>();
    for (String method :
        List.of(
            "install",
            "secret",
            "pair",
            "syncEcdsa",
            "syncEddsa",
            "signEcdsa",
            "signEcdsaWarm",
            "signEddsa")) {
      for (String each : kernels) {
        for (int i = 0; i < 2; i++) {
          Optional<Measurement> m = protocol(method, each, i);
          if (m.isPresent()) {
            rows.add(
                List.of(
                    method,
                    Goals.BITS[i],
                    Page.name(each),
                    number(m.get().mean()),
                    number(m.get().median()),
                    number(m.get().high()),
                    stepList(m.get())));
          }
        }
      }
    }
    page.section("Every procedure, step by step")
        .paragraph(
            "install: a new installation's ring-Pedersen parameters of safe primes, with their proof. secret: a secret with its Paillier modulus, on one side. Searches are lotteries: their mean counts.")
        .table(List.of("", "modulus", "kernel", "mean, ms", "median", "95 %", "steps, ms"), rows);
  }

  private static String stepList(Measurement m) {
    List<String> parts = new ArrayList<>();
    for (String step : steps(m)) {
      parts.add(step + " " + number(m.more().getOrDefault("step:" + step, Double.NaN)));
    }
    return String.join(" · ", parts);
  }

  private void growth() {
    page.section("Growth with batch size and threads")
        .figure(
            lines("messages in a batch", "ms per signature", "batch", List.of("1", "8", "64")),
            "One thread does both parties' work. A batch (docs/protocol.md §4.5) fills the lanes of the vector units.")
        .figure(
            lines("threads", "signatures per second", "threads", List.of("1", "2", "4")),
            "Batches of 8; each thread does both parties' work.");
  }

  /** By batch size for one thread, or by threads for batches of 8. */
  private String lines(String title, String unit, String by, List<String> points) {
    Map<String, double[]> series = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      for (String each : kernels) {
        double[] values = new double[points.size()];
        for (int j = 0; j < values.length; j++) {
          boolean batch = by.equals("batch");
          String threads = batch ? "1" : points.get(j);
          values[j] =
              results
                  .find(
                      "BatchBenchmark.threads" + threads,
                      "kernel",
                      each,
                      "level",
                      Goals.LEVELS[i],
                      "batch",
                      batch ? points.get(j) : "8")
                  .map(m -> batch ? 1000 / Goals.perSecond(m) : Goals.perSecond(m))
                  .orElse(Double.NaN);
        }
        if (Arrays.stream(values).filter(v -> !Double.isNaN(v)).count() > 1) {
          series.put(Goals.BITS[i] + ", " + Page.name(each), values);
        }
      }
    }
    return series.isEmpty() ? "" : Charts.lines(title, unit, points, series);
  }
}
