/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any moment, and several processes on one file. */
final class SqliteCrashIT {
  private static final int KILLS = 25;
  private static final int PROCESSES = 4;
  private static final int SLOTS = 150;
  private static final int INCREMENTS = 60;

  @TempDir Path directory;

  /**
   * The writer's operations, numbered: every key is created; every second then replaced; every
   * third then taken. Each is acknowledged by its number on stdout after the call returned.
   */
  public static final class Writer {
    public static void main(String[] args) {
      int from = Integer.parseInt(args[1]);
      try (SqliteStateStore store = SqliteStateStore.open(Path.of(args[0]))) {
        for (int operation = from; ; operation++) {
          apply(store, operation);
          System.out.println(operation);
        }
      }
    }

    static void apply(SqliteStateStore store, int operation) {
      int n = operation / 3;
      boolean done =
          switch (operation % 3) {
            case 0 -> store.create(key(n), value(n, 1));
            case 1 -> n % 2 != 0 || store.replace(key(n), value(n, 1), value(n, 2));
            default -> n % 3 != 0 || store.take(key(n)).isPresent();
          };
      if (!done) {
        throw new IllegalStateException(
            "operation " + operation + " did not find the state of the one before");
      }
    }

    static String key(int n) {
      return "key/" + n;
    }

    /** Spans several pages of the file. */
    static Bytes value(int n, int version) {
      ByteBuffer value = ByteBuffer.allocate(9_000);
      while (value.remaining() >= 8) {
        value.putInt(n).putInt(version);
      }
      return Bytes.of(value.array());
    }

    /** The value of key n after that many operations; empty: the key is not there. */
    static Optional<Bytes> expected(int n, int operations) {
      int of = operations - 3 * n; // of this key's operations
      if (of <= 0 || (of >= 3 && n % 3 == 0)) {
        return Optional.empty();
      }
      return Optional.of(value(n, of >= 2 && n % 2 == 0 ? 2 : 1));
    }
  }

  @Test
  void everyAcknowledgedWriteSurvivesKillAndTheFileIsWhole() throws Exception {
    Path file = directory.resolve("state.db");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int done = 0; // operations that the file holds
    for (int kill = 0; kill < KILLS; kill++) {
      int acknowledged = done;
      try (ChildJvm child =
          ChildJvm.start(
              Writer.class,
              directory,
              Map.of(),
              List.of(),
              file.toString(),
              String.valueOf(done))) {
        int until = done + 1 + random.nextInt(60);
        for (Optional<String> line = child.line(); line.isPresent(); line = child.line()) {
          acknowledged = Integer.parseInt(line.get()) + 1;
          if (acknowledged == until) {
            LockSupport.parkNanos(random.nextInt(3_000_000));
            child.kill(); // what it has acknowledged meanwhile is still in the pipe
          }
        }
        assertTrue(acknowledged >= until, "seed " + seed + ": the child ended by itself");
      }
      done = check(file, acknowledged, "seed " + seed + ", kill " + kill);
    }
  }

  /** Returns how many operations the file holds: those acknowledged, or one more. */
  private static int check(Path file, int acknowledged, String when) throws Exception {
    try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = raw.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
      assertEquals("ok", result.getString(1), when);
    }
    try (SqliteStateStore store = SqliteStateStore.open(file)) {
      List<Integer> fitting = new ArrayList<>();
      int keys = acknowledged / 3 + 2;
      for (int operations : new int[] {acknowledged, acknowledged + 1}) {
        boolean fits = true;
        for (int n = 0; n < keys && fits; n++) {
          fits = store.get(Writer.key(n)).equals(Writer.expected(n, operations));
        }
        if (fits) {
          fitting.add(operations);
        }
      }
      assertTrue(
          !fitting.isEmpty(),
          when + ": the file holds neither " + acknowledged + " operations nor one more");
      // Operations that change nothing leave two answers: the later one is as good.
      return fitting.get(fitting.size() - 1);
    }
  }

  /** Wins what slots it can, then adds to a counter by compare and swap. */
  public static final class Contender {
    public static void main(String[] args) {
      StringBuilder won = new StringBuilder();
      try (SqliteStateStore store = SqliteStateStore.open(Path.of(args[0]))) {
        for (int slot = 0; slot < SLOTS; slot++) {
          if (store.create("slot/" + slot, number(Integer.parseInt(args[1])))) {
            won.append(slot).append(' ');
          }
        }
        store.create("counter", number(0));
        for (int i = 0; i < INCREMENTS; i++) {
          boolean added = false;
          while (!added) {
            Bytes seen = store.get("counter").orElseThrow();
            added = store.replace("counter", seen, number(number(seen) + 1));
          }
        }
        for (int slot = 0; slot < SLOTS; slot++) {
          if (store.take("slot/" + slot).isPresent()) {
            won.append(-1 - slot).append(' ');
          }
        }
      }
      System.out.println(won);
    }

    static Bytes number(int value) {
      return Bytes.of(ByteBuffer.allocate(4).putInt(value).array());
    }

    static int number(Bytes value) {
      return ByteBuffer.wrap(value.toByteArray()).getInt();
    }
  }

  @Test
  void severalProcessesShareOneFile() {
    Path file = directory.resolve("state.db");
    List<ChildJvm> children = new ArrayList<>();
    try {
      // All open the new file at once.
      for (int i = 0; i < PROCESSES; i++) {
        children.add(
            ChildJvm.start(
                Contender.class,
                directory,
                Map.of(),
                List.of(),
                file.toString(),
                String.valueOf(i)));
      }
      List<Integer> won = new ArrayList<>();
      for (ChildJvm child : children) {
        for (String slot : child.line().orElseThrow().strip().split(" ", -1)) {
          if (!slot.isEmpty()) { // one that came late may have won nothing
            won.add(Integer.valueOf(slot));
          }
        }
        assertEquals(0, child.waitFor());
      }
      // A slot that one process took may have been created again by one that was late: creations
      // and takings balance.
      for (int slot = 0; slot < SLOTS; slot++) {
        int number = slot;
        long created = won.stream().filter(w -> w == number).count();
        long taken = won.stream().filter(w -> w == -1 - number).count();
        assertTrue(created >= 1, "slot " + slot);
        assertEquals(created, taken, "slot " + slot);
      }
      assertTrue(new TreeSet<>(won).size() >= 2 * SLOTS);
      try (SqliteStateStore store = SqliteStateStore.open(file)) {
        assertEquals(PROCESSES * INCREMENTS, Contender.number(store.get("counter").orElseThrow()));
        assertEquals(List.of("counter"), store.list(""));
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
  }
}
