/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what compiles, and what it links to is there. */
final class ReadmeTest {
  private static final Path MODULE =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize();
  private static final Path ROOT = MODULE.getParent();

  private static String withoutLayout(String code) {
    return code.replaceAll("\\s+", "");
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from);
    int end = text.indexOf(to, start + from.length());
    assertTrue(start >= 0 && end > start, from);
    return text.substring(start + from.length(), end);
  }

  @Test
  void theExampleIsTheOneThatCompiles() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String shown = between(readme, "```java\n", "```");
    String compiled =
        between(
            Files.readString(MODULE.resolve("src/test/java/com/spatium/examples/LibraryUse.java")),
            "// <README>\n",
            "// </README>");
    assertEquals(withoutLayout(compiled), withoutLayout(shown));
    assertTrue(shown.lines().filter(line -> !line.isBlank()).count() <= 20, "20 lines");
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    for (Path file : List.of(ROOT.resolve("README.md"), ROOT.resolve("docs/operating.md"))) {
      Matcher link = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)").matcher(Files.readString(file));
      int links = 0;
      while (link.find()) {
        links++;
        Path target = file.getParent().resolve(link.group(1));
        assertTrue(Files.exists(target), file.getFileName() + " links to " + target);
      }
      assertTrue(links > 0);
    }
  }
}
