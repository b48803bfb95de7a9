/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What JMH wrote. */
final class Results {
  /**
   * One benchmark with one choice of parameters.
   *
   * @param name class and method
   * @param mean JMH's score
   * @param median of the iterations, or of all samples in mode "sample"
   * @param low the fastest iteration; of samples the median, too
   * @param high the slowest iteration; of samples the 95th percentile
   * @param more the profiler's figures
   */
  record Measurement(
      String name,
      Map<String, String> parameters,
      String unit,
      double mean,
      double median,
      double low,
      double high,
      Map<String, Double> more) {
    /** All times in microseconds. */
    double micros() {
      return median * perUnit();
    }

    /** Half the range from low to high, relative to the median. */
    double spread() {
      return (high - low) / 2 / median;
    }

    double perUnit() {
      return switch (unit) {
        case "ns/op" -> 1e-3;
        case "us/op" -> 1;
        case "ms/op" -> 1e3;
        case "s/op" -> 1e6;
        default -> throw new IllegalArgumentException(unit + " is no time");
      };
    }

    private boolean has(String[] namesAndValues) {
      for (int i = 0; i < namesAndValues.length; i += 2) {
        if (!namesAndValues[i + 1].equals(parameters.get(namesAndValues[i]))) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Measurement> all;

  private Results(List<Measurement> all) {
    this.all = all;
  }

  static Results read(Path json) throws IOException {
    List<Measurement> all = new ArrayList<>();
    for (JsonNode each : new ObjectMapper().readTree(json.toFile())) {
      all.add(measurement(each));
    }
    return new Results(all);
  }

  private static Measurement measurement(JsonNode each) {
    String[] name = each.required("benchmark").asText().split("\\.");
    Map<String, String> parameters = new LinkedHashMap<>();
    each.path("params")
        .fields()
        .forEachRemaining(p -> parameters.put(p.getKey(), p.getValue().asText()));
    Map<String, Double> more = new LinkedHashMap<>();
    each.path("secondaryMetrics")
        .fields()
        .forEachRemaining(m -> more.put(m.getKey(), m.getValue().required("score").asDouble()));
    JsonNode primary = each.required("primaryMetric");
    JsonNode percentiles = primary.required("scorePercentiles");
    boolean samples = each.required("mode").asText().equals("sample");
    double median = percentiles.required("50.0").asDouble();
    return new Measurement(
        name[name.length - 2] + "." + name[name.length - 1],
        parameters,
        primary.required("scoreUnit").asText(),
        primary.required("score").asDouble(),
        median,
        samples ? median : percentiles.required("0.0").asDouble(),
        percentiles.required(samples ? "95.0" : "100.0").asDouble(),
        more);
  }

  /**
   * @param namesAndValues of parameters, alternating
   */
  Optional<Measurement> find(String name, String... namesAndValues) {
    return all(name, namesAndValues).stream().findFirst();
  }

  List<Measurement> all(String name, String... namesAndValues) {
    return all.stream().filter(m -> m.name().equals(name) && m.has(namesAndValues)).toList();
  }

  /** The values that a parameter has among these, in their order. */
  List<String> values(String name, String parameter, String... namesAndValues) {
    return all(name, namesAndValues).stream()
        .map(m -> String.valueOf(m.parameters().get(parameter)))
        .distinct()
        .toList();
  }

  int size() {
    return all.size();
  }
}
