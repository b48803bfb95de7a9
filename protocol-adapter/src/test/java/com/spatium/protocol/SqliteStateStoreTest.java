/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StateStoreContract;
import com.spatium.cryptodriver.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStateStoreTest extends StateStoreContract {
  @TempDir Path directory;

  @Override
  protected StateStore open() {
    return SqliteStateStore.open(directory.resolve("contract.db"));
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aNewInstanceFindsWhatAnEarlierOneWrote() {
    Path file = directory.resolve("state.db");
    try (SqliteStateStore store = SqliteStateStore.open(file)) {
      store.create("a", text("1"));
    }
    try (SqliteStateStore store = SqliteStateStore.open(file)) {
      assertEquals(Optional.of(text("1")), store.get("a"));
      assertFalse(store.create("a", text("2")));
    }
  }

  @Test
  void instancesOnOneFileSeeEachOther() {
    Path file = directory.resolve("state.db");
    try (SqliteStateStore one = SqliteStateStore.open(file);
        SqliteStateStore two = SqliteStateStore.open(file)) {
      assertTrue(one.create("a", text("1")));
      assertFalse(two.create("a", text("2")));
      assertTrue(two.replace("a", text("1"), text("2")));
      assertFalse(one.replace("a", text("1"), text("3")));
      assertEquals(Optional.of(text("2")), one.take("a"));
      assertEquals(Optional.empty(), two.take("a"));
      assertEquals(List.of(), two.list(""));
    }
  }

  @Test
  void filesAreTheOwnersAlone() throws Exception {
    Path file = directory.resolve("state.db");
    try (SqliteStateStore store = SqliteStateStore.open(file)) {
      store.create("a", text("1"));
      try (Stream<Path> files = Files.list(directory)) {
        List<Path> ours =
            files.filter(f -> f.getFileName().toString().startsWith("state.db")).toList();
        assertTrue(ours.size() > 1, "database and log");
        for (Path each : ours) {
          assertEquals(
              "rw-------",
              PosixFilePermissions.toString(Files.getPosixFilePermissions(each)),
              each.toString());
        }
      }
    }
  }

  @Test
  void whatWasTakenIsNotInTheFile() throws Exception {
    Path file = directory.resolve("state.db");
    String marker = "sealed-seed-0123456789abcdef";
    try (SqliteStateStore store = SqliteStateStore.open(file)) {
      store.create("a", text(marker));
      store.take("a");
    }
    assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(marker));
  }

  @Test
  void whatCannotBeOpenedIsSaidClearly() throws Exception {
    Path garbage =
        Files.writeString(
            directory.resolve("garbage.db"), "this is not a database, but long enough".repeat(100));
    StorageException notOurs =
        assertThrows(StorageException.class, () -> SqliteStateStore.open(garbage));
    assertTrue(notOurs.getMessage().contains("garbage.db"), notOurs.getMessage());
    StorageException nowhere =
        assertThrows(
            StorageException.class,
            () -> SqliteStateStore.open(directory.resolve("no/such/folder.db")));
    assertTrue(nowhere.getMessage().contains("folder"), nowhere.getMessage());
  }

  @Test
  void aClosedStoreSaysSo() {
    SqliteStateStore store = SqliteStateStore.open(directory.resolve("state.db"));
    store.close();
    store.close();
    assertThrows(StorageException.class, () -> store.get("a"));
    assertThrows(StorageException.class, () -> store.create("a", text("1")));
  }
}
