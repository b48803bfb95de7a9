/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.spatium.benchmarks.report.Goals.Goal;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** From a few recorded results, with round numbers put in, to the page. */
class ReportTest {
  @TempDir private Path folder;

  @BeforeEach
  void record() throws IOException {
    for (String file : new String[] {Report.RESULTS, Report.MACHINE}) {
      try (var recorded = ReportTest.class.getResourceAsStream("/report/" + file)) {
        Files.copy(recorded, folder.resolve(file));
      }
    }
  }

  private String page() throws IOException {
    new Report(folder).write();
    return Files.readString(folder.resolve("index.html"));
  }

  private Goal goal(String what, String size) throws IOException {
    return new Goals(Results.read(folder.resolve(Report.RESULTS)), "ifma")
        .all().stream()
            .filter(goal -> goal.what().startsWith(what) && goal.size().equals(size))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void goalsSayByHowMuchTheyAreMissed() throws IOException {
    Goal met = goal("sign, everything, without pools", "2048");
    assertEquals(4.0, met.measured(), 1e-9);
    assertTrue(met.met());
    Goal missed = goal("sign, everything, without pools", "3072");
    assertFalse(missed.met());
    assertEquals(2.0, missed.missedBy(), 1e-9);
    Goal perSecond = goal("signatures per second", "2048"); // 60 batches of 8
    assertEquals(480.0, perSecond.measured(), 1e-9);
    assertTrue(perSecond.met());
    Goal ratio = goal("power mod N², portable", "3072");
    assertEquals(0.8, ratio.measured(), 1e-9);
    assertTrue(Double.isNaN(goal("pairing", "2048").measured()));

    String page = page();
    assertTrue(page.contains("<td class=bad>missed by ×2.00</td>"));
    assertTrue(page.contains("<td class=good>met</td>"));
    assertTrue(page.contains("<td>not measured</td>"));
  }

  @Test
  void ratiosAreToOurs() throws IOException {
    assertTrue(page().contains("20,000 ± 10 % (×10.0)"));
  }

  @Test
  void theBoundIsWhatTheFormulaSays() {
    Bound bound = new Bound(4.0, 2.0);
    // One product of one limb pair: two instructions for eight.
    assertEquals(2.0 / 8 / 2 / 4000, bound.micros(1, 52), 1e-12);
    // Ten squares; with windows of two bits five products, and two for the table.
    assertEquals(10 * 3.5 + (5 + 2) * 5, Bound.products(2, 10), 1e-9);
    // N² of 6144 bits, by hand: 60 limbs, w = 7: 439 windows, 126 entries.
    double products = 3072 * 3.5 + (439 + 126) * 5;
    assertEquals(products * 2 * 60 * 60 / 8 / 2 / 4000, bound.micros(3072, 2, 3072), 1e-6);
  }

  @Test
  void thePageStandsAlone() throws Exception {
    String page = page();
    String outside =
        page.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "");
    assertFalse(
        outside.contains("http:") || outside.contains("https:") || outside.contains("src="));
    Matcher charts = Pattern.compile("<svg.*?</svg\\s*>", Pattern.DOTALL).matcher(page);
    Set<String> ids = new HashSet<>();
    int count = 0;
    while (charts.find()) {
      count++;
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(charts.group())));
      Matcher id = Pattern.compile(" id=\"([^\"]*)\"").matcher(charts.group());
      while (id.find()) {
        assertTrue(ids.add(id.group(1)), "two charts share the id " + id.group(1));
      }
    }
    assertEquals(7, count);
    assertTrue(Files.readString(folder.resolve("picture.svg")).startsWith("<svg"));
  }

  @Test
  void anEmptyRunGivesAPage() throws IOException {
    Files.writeString(folder.resolve(Report.RESULTS), "[]");
    assertFalse(page().contains("<td class=good>met"));
  }

  @Test
  void whatIsKeptTellsNoFolders() throws IOException {
    page();
    Path kept = folder.resolve("kept");
    new Report(folder).keep(kept);
    JsonNode results = new ObjectMapper().readTree(kept.resolve(Report.RESULTS).toFile());
    assertEquals(Results.read(folder.resolve(Report.RESULTS)).size(), results.size());
    assertFalse(results.toString().contains("/somewhere"));
    assertFalse(results.toString().contains("rawDataHistogram"));
    try (Stream<Path> files = Files.list(kept)) {
      assertEquals(4, files.count());
    }
    Files.copy(kept.resolve(Report.RESULTS), folder.resolve("again.json"));
    assertEquals(
        4.0,
        Results.read(folder.resolve("again.json"))
            .find("ProtocolBenchmark.signEcdsa", "level", "BITS_112")
            .orElseThrow()
            .median());
  }

  @Test
  void theReadmesTableIsReplaced() throws IOException {
    Path readme = folder.resolve("README.md");
    Files.writeString(
        readme,
        "above\n<!-- measured: ci/bench --keep writes this -->\nold\n<!-- /measured -->\nbelow\n");
    new Report(folder).summarise(readme);
    String text = Files.readString(readme);
    assertTrue(
        text.startsWith("above\n<!-- measured") && text.endsWith("<!-- /measured -->\nbelow\n"));
    assertFalse(text.contains("old"));
    assertTrue(
        text.contains("| ECDSA signature, all of it in the session | 4.00 ms | 30.0 ms | – | – |"));
    new Report(folder).summarise(readme);
    assertEquals(text, Files.readString(readme));
  }
}
