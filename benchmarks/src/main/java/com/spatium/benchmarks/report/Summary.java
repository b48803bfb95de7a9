/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import static com.spatium.benchmarks.report.Html.number;

import com.fasterxml.jackson.databind.JsonNode;
import com.spatium.benchmarks.report.Results.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The README's picture and table, in Markdown, and their place there. */
final class Summary {
  private static final String BEGIN = "<!-- measured: ci/bench --keep writes this -->\n";
  private static final String END = "<!-- /measured -->";

  private final JsonNode machine;
  private final Results results;
  private final List<String> kernels;

  Summary(JsonNode machine, Results results) {
    this.machine = machine;
    this.results = results;
    this.kernels = Page.kernels(machine);
  }

  /** The README with the table in place of the last one. */
  String into(String readme) {
    int from = readme.indexOf(BEGIN);
    int to = readme.indexOf(END);
    if (from < 0 || to < from) {
      throw new IllegalStateException("the README has no place for the table: " + BEGIN + END);
    }
    return readme.substring(0, from + BEGIN.length()) + markdown() + readme.substring(to);
  }

  private String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "![An ECDSA signature beside other open systems](benchmarks/results/picture.svg)\n\n");
    text.append(
        "%s, %s cores, %s; commit %s, %s: [the whole report](benchmarks/results/index.html), [JMH's data](benchmarks/results/results.json).\n\n"
            .formatted(
                machine.path("processor").asText(),
                machine.path("cores").asText(),
                machine.path("java").asText(),
                machine.path("commit").asText(),
                machine.path("date").asText().replaceFirst("T.*", "")));
    List<String> head = new ArrayList<>(List.of(""));
    for (String kernel : kernels) {
      for (String bits : Goals.BITS) {
        head.add(bits + (kernel.equals("portable") ? ", portable" : ", IFMA"));
      }
    }
    row(text, head);
    text.append("|").append("---|".repeat(head.size())).append("\n");
    protocol(text, "ring-Pedersen parameters of an installation, mean", "install", true);
    protocol(text, "secret, mean", "secret", true);
    protocol(text, "pairing", "pair", false);
    protocol(text, "synchronise an ECDSA key", "syncEcdsa", false);
    protocol(text, "ECDSA signature, all of it in the session", "signEcdsa", false);
    protocol(text, "ECDSA signature with warm pools", "signEcdsaWarm", false);
    protocol(text, "EdDSA signature", "signEddsa", false);
    cells(
        text,
        "ECDSA signatures per second, 2 threads, batches of 8",
        with -> results.find("BatchBenchmark.threads2", with),
        m -> number(Goals.perSecond(m)));
    return text.toString();
  }

  private void protocol(StringBuilder text, String what, String method, boolean mean) {
    cells(
        text,
        what,
        with -> results.find("ProtocolBenchmark." + method, with),
        m -> number((mean ? m.mean() : m.median()) * m.perUnit() / 1000) + " ms");
  }

  private void cells(
      StringBuilder text,
      String what,
      Function<String[], Optional<Measurement>> find,
      Function<Measurement, String> show) {
    List<String> row = new ArrayList<>(List.of(what));
    for (String kernel : kernels) {
      for (String level : Goals.LEVELS) {
        String[] with = {"kernel", kernel, "level", level};
        row.add(find.apply(with).map(show).orElse("–"));
      }
    }
    row(text, row);
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
