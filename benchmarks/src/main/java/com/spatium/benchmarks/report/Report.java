/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A folder with the machine, JMH's results, and the page that is made of them. */
public final class Report {
  /** JMH's own JSON. */
  public static final String RESULTS = "results.json";

  /** What was measured on. */
  public static final String MACHINE = "machine.json";

  private static final String PAGE = "index.html";
  private static final String PICTURE = "picture.svg";

  private static final List<String> PERCENTILES =
      List.of("p0.00", "p0.50", "p0.90", "p0.95", "p0.99", "p0.999", "p0.9999", "p1.00");

  private final Path folder;

  public Report(Path folder) {
    this.folder = folder;
  }

  /** Writes the page and the picture. */
  public void write() throws IOException {
    JsonNode machine = new ObjectMapper().readTree(folder.resolve(MACHINE).toFile());
    Results results = Results.read(folder.resolve(RESULTS));
    Files.writeString(folder.resolve(PAGE), new Page(machine, results).html());
    Files.writeString(folder.resolve(PICTURE), new Page(machine, results).picture());
  }

  /** Writes the table of this run into a README. */
  public void summarise(Path readme) throws IOException {
    JsonNode machine = new ObjectMapper().readTree(folder.resolve(MACHINE).toFile());
    Summary summary = new Summary(machine, Results.read(folder.resolve(RESULTS)));
    Files.writeString(readme, summary.into(Files.readString(readme)));
  }

  /** Copies the page, the picture and the data, without what tells about the machine's folders. */
  public void keep(Path to) throws IOException {
    Files.createDirectories(to);
    for (String file : List.of(PAGE, PICTURE, MACHINE)) {
      Files.copy(folder.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    ObjectMapper json = new ObjectMapper();
    JsonNode results = json.readTree(folder.resolve(RESULTS).toFile());
    for (JsonNode each : results) {
      ((ObjectNode) each).remove(List.of("jvm", "jvmArgs"));
      // Every single sample: large, and in the percentiles.
      ((ObjectNode) each.required("primaryMetric")).remove("rawDataHistogram");
      ObjectNode secondary = (ObjectNode) each.required("secondaryMetrics");
      secondary.remove(PERCENTILES); // of the primary metric, again
      secondary.forEach(metric -> ((ObjectNode) metric).retain("score", "scoreUnit"));
    }
    json.writeValue(to.resolve(RESULTS).toFile(), results);
  }
}
