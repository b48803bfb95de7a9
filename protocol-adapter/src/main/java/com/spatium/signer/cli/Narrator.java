/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import java.io.PrintStream;
import java.util.Optional;

/** Tells people what happens. Thread-safe. */
final class Narrator {
  private static final int LABEL_WIDTH = 20;
  private final Optional<PrintStream> out;
  private int chapters;

  private Narrator(Optional<PrintStream> out) {
    this.out = out;
  }

  static Narrator to(PrintStream out) {
    return new Narrator(Optional.of(out));
  }

  /** Of the machine-readable form; progress of long work is still told, on stderr. */
  static Narrator silent() {
    return new Narrator(Optional.empty());
  }

  synchronized void chapter(String title) {
    chapters++;
    line("");
    line(chapters + ". " + title);
  }

  synchronized void line(String text) {
    out.ifPresent(
        stream -> {
          stream.println(text);
          stream.flush();
        });
  }

  void text(String text) {
    line("   " + text);
  }

  void item(String label, String value) {
    line("   " + pad(label) + value);
  }

  void party(String name, String value) {
    line("   " + name + "  " + value);
  }

  /** On stderr: it is not part of the story, but nobody should wonder whether the program hangs. */
  @SuppressWarnings("SystemOut")
  void progress(String name, String what) {
    System.err.println("   " + name + "  … " + what);
  }

  private static String pad(String label) {
    return label.length() >= LABEL_WIDTH
        ? label + " "
        : label + " ".repeat(LABEL_WIDTH - label.length());
  }
}
