/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Temporary directories. */
final class Directories {
  private Directories() {}

  /** With everything in it. Another process may be deleting it too. */
  static void delete(Path directory) {
    // Twice: a file may appear while we walk, such as a database's log.
    for (int attempt = 0; attempt < 2 && Files.exists(directory); attempt++) {
      for (Path file : content(directory)) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          // Said below, if it stays.
        }
      }
    }
    if (Files.exists(directory)) {
      System.err.println("spatium: could not delete " + directory);
    }
  }

  /** The last of several processes deletes what they shared. */
  static void deleteIfEmpty(@Nullable Path directory) {
    try {
      if (directory != null) {
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      // Not empty: another process still uses it.
    }
  }

  private static List<Path> content(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }
}
