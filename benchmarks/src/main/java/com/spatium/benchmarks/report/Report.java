/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with the machine, JMH's results, and the page that is made of them. */
public final class Report {
  /** JMH's own JSON. */
  public static final String RESULTS = "results.json";

  /** What was measured on. */
  public static final String MACHINE = "machine.json";

  private final Path folder;

  public Report(Path folder) {
    this.folder = folder;
  }

  /** Writes the page and the picture. */
  public void write() throws IOException {
    JsonNode machine = new ObjectMapper().readTree(folder.resolve(MACHINE).toFile());
    Results results = Results.read(folder.resolve(RESULTS));
    Files.writeString(folder.resolve("index.html"), new Page(machine, results).html());
  }
}
