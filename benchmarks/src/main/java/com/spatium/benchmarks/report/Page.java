/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import static com.spatium.benchmarks.report.Html.number;

import com.fasterxml.jackson.databind.JsonNode;
import com.spatium.benchmarks.report.Goals.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The page: goals, a signature's time, growth, then each operation beside its rivals. */
final class Page {
  private static final Map<String, String> NAMES =
      Map.of("ifma", "ecmath, IFMA", "portable", "ecmath, portable");

  private final JsonNode machine;
  private final Results results;
  private final String kernel;
  private final List<String> kernels;
  private final Html page = new Html();

  Page(JsonNode machine, Results results) {
    this.machine = machine;
    this.results = results;
    this.kernels = kernels(machine);
    this.kernel = kernels.get(0);
  }

  /** Of the machine, best first. */
  static List<String> kernels(JsonNode machine) {
    return List.of(machine.path("ecmath kernels").asText("portable").split(", "));
  }

  String html() {
    page.paragraph(
        "Measured %s at commit %s, a %s run, on %s. Times are medians of JMH's iterations or samples; machines are noisy, so trust ratios within this page more than figures across pages."
            .formatted(
                machine.path("date").asText(),
                machine.path("commit").asText(),
                machine.path("run").asText(),
                machine.path("processor").asText()));
    goals();
    new Protocols(results, kernels, page).write();
    new Composition(machine, results, kernel).write(page);
    new Operations(results, kernels, page).write();
    machine();
    return page.page("Spatium HSM crypto driver: measured");
  }

  static String name(String library) {
    return NAMES.getOrDefault(library, library);
  }

  private void goals() {
    List<List<String>> rows = new ArrayList<>();
    for (Goal goal : new Goals(results, kernel).all()) {
      String verdict =
          Double.isNaN(goal.measured())
              ? "not measured"
              : goal.met() ? "+met" : "!missed by ×" + number(goal.missedBy());
      rows.add(
          List.of(
              goal.what(),
              goal.size(),
              (goal.atLeast() ? "≥ " : "≤ ") + number(goal.goal()) + " " + goal.unit(),
              Double.isNaN(goal.measured()) ? "–" : number(goal.measured()) + " " + goal.unit(),
              verdict));
    }
    page.section("Goals")
        .paragraph(
            "Both parties' computation in one process, one after the other, on one thread; software custody, no network, every proof of docs/protocol.md. Kernel: %s."
                .formatted(name(kernel)))
        .table(List.of("", "modulus", "goal", "measured", ""), rows);
  }

  /** For the README. */
  String picture() {
    return new Protocols(results, kernels, page).picture();
  }

  private void machine() {
    List<List<String>> rows = new ArrayList<>();
    machine.fields().forEachRemaining(f -> rows.add(List.of(f.getKey(), f.getValue().asText())));
    page.section("Machine and versions")
        .table(List.of("", ""), rows)
        .paragraph(
            "Raw data: results.json (JMH's) and machine.json beside this page; ci/bench makes them anew.");
  }
}
