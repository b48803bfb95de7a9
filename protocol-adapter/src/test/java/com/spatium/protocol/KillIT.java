/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A party's process is killed after each change of its store and after each message that it sends,
 * from the first start to the last signature, and at random moments. At most the running session is
 * lost: started anew on what the killed process left, everything works, the keys are the same, and
 * the survivor needs no operator.
 */
final class KillIT {
  private static final int RANDOM_KILLS = 8;
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  private int runs;

  @Test
  void p1KilledAfterEveryPersistAndSend() throws Exception {
    afterEvery(true);
  }

  @Test
  void p2KilledAfterEveryPersistAndSend() throws Exception {
    afterEvery(false);
  }

  @Test
  void killedAtRandomMoments() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < RANDOM_KILLS; i++) {
      try {
        killOnce(
            random.nextBoolean(), 0, Optional.of(Duration.ofMillis(400 + random.nextInt(1600))));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + ", kill " + i, e);
      }
    }
  }

  private void afterEvery(boolean first) throws Exception {
    List<String> points = new ArrayList<>();
    for (Optional<String> point = killOnce(first, 1, Optional.empty());
        point.isPresent();
        point = killOnce(first, points.size() + 1, Optional.empty())) {
      points.add(point.get());
    }
    System.out.println(
        (first ? "P1" : "P2")
            + " was killed after each of "
            + points.size()
            + " operations, "
            + points.stream().filter(p -> p.startsWith("send")).count()
            + " of them messages");
    assertTrue(points.size() >= 15, points.toString());
    assertTrue(points.stream().filter(p -> p.startsWith("send")).count() >= 8, points.toString());
  }

  /**
   * Runs the script until the victim dies; then starts anew on what it left.
   *
   * @return after which operation it died; empty if it lived to the end
   */
  private Optional<String> killOnce(boolean first, int haltAfter, Optional<Duration> randomMoment)
      throws Exception {
    Path home = Files.createDirectory(directory.resolve("run-" + runs++));
    SecretId secret = SecretId.random();
    try (MemoryStateStore survivorStore = new MemoryStateStore();
        CryptoDriver survivor =
            TestParty.open(TestParty.authenticated(!first), survivorStore, directory, !first)) {
      TestParty.importSeed(survivor, secret, !first);
      List<String> told = new ArrayList<>();
      int exit =
          first
              ? runWithP1(home, secret, survivor, haltAfter, randomMoment, told)
              : runWithP2(home, secret, survivor, haltAfter, randomMoment, told);
      String last = told.isEmpty() ? "" : told.get(told.size() - 1);
      boolean killed = randomMoment.isPresent() ? exit != 0 : exit == KilledParty.KILLED;
      assertTrue(killed || exit == 0, "exit code " + exit + ", " + told);
      recover(first, home, secret, survivor, last);
      return killed ? Optional.of(last.replace("killed after ", "")) : Optional.empty();
    }
  }

  private static ChildJvm start(
      Path home, boolean first, int port, SecretId secret, int haltAfter) {
    return ChildJvm.start(
        KilledParty.class,
        home,
        Map.of(),
        List.of("-Xmx128m"),
        home.toString(),
        first ? "a" : "b",
        String.valueOf(port),
        secret.toString(),
        String.valueOf(haltAfter));
  }

  private static void killAt(ChildJvm child, Optional<Duration> moment) {
    moment.ifPresent(
        after -> {
          LockSupport.parkNanos(after.toNanos());
          child.kill();
        });
  }

  private static int runWithP1(
      Path home,
      SecretId secret,
      CryptoDriver survivor,
      int haltAfter,
      Optional<Duration> moment,
      List<String> told) {
    try (TcpTransport transport = TcpTransport.listen(0, TestParty.A);
        SpatiumProtocol p2 =
            new SpatiumProtocol(
                survivor,
                transport,
                ProtocolOptions.of(TestParty.A, KilledParty.ROOM).withMessageTimeout(LONG));
        ChildJvm child = start(home, true, transport.port(), secret, haltAfter)) {
      killAt(child, moment);
      for (Optional<String> line = child.line(); line.isPresent(); line = child.line()) {
        told.add(line.get());
      }
      return child.waitFor();
    }
  }

  private static int runWithP2(
      Path home,
      SecretId secret,
      CryptoDriver survivor,
      int haltAfter,
      Optional<Duration> moment,
      List<String> told)
      throws IOException {
    try (ChildJvm child = start(home, false, 0, secret, haltAfter)) {
      Thread killer = new Thread(() -> killAt(child, moment));
      killer.start();
      Optional<String> port = child.line();
      if (port.isPresent() && port.get().matches("\\d+")) {
        try (TcpTransport transport =
                TcpTransport.connect(
                    Integer.parseInt(port.get()), TestParty.B, Duration.ofSeconds(30));
            SpatiumProtocol p1 =
                new SpatiumProtocol(
                    survivor,
                    transport,
                    ProtocolOptions.of(TestParty.B, KilledParty.ROOM).withMessageTimeout(LONG))) {
          var unused = child.process().onExit().thenRun(p1::close); // nobody need wait for the dead
          Script.run(p1, secret.toString());
        } catch (TransportException e) {
          // the victim died
        }
        child.process().getOutputStream().close();
      } else {
        port.ifPresent(told::add);
      }
      for (Optional<String> line = child.line(); line.isPresent(); line = child.line()) {
        told.add(line.get());
      }
      return child.waitFor();
    }
  }

  /**
   * The same installation in a new process would find what this finds: the store's file and the key
   * file.
   */
  private void recover(
      boolean first, Path home, SecretId secret, CryptoDriver survivor, String after)
      throws IOException {
    try (StateStore store = SqliteStateStore.open(home.resolve("state.db"))) {
      Script.Done done;
      try (CryptoDriver revived =
          TestParty.open(TestParty.authenticated(first), store, home, first)) {
        TestParty.importSeed(revived, secret, first);
        done = with(first, revived, survivor, p1 -> Script.run(p1, secret.toString()));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("not recovered: " + after, e);
      }
      // A signature's id stays used, after a restart too.
      try (CryptoDriver revived =
          TestParty.open(TestParty.authenticated(first), store, home, first)) {
        with(
            first,
            revived,
            survivor,
            p1 ->
                assertThrows(
                    UsageException.class,
                    () ->
                        p1.signEcdsaMessage(
                            secret.toString(),
                            done.ecdsaSession(),
                            done.ecdsaSigning(),
                            Script.encode(new byte[32]),
                            ""),
                    after));
        assertEquals(List.of(secret), revived.secrets().list());
        assertTrue(!revived.operator().isLocked(secret) && !survivor.operator().isLocked(secret));
        assertThrows(
            UsageException.class, () -> revived.secrets().kind(new SecretId(UUID.randomUUID())));
      }
    }
  }

  private static <T> T with(
      boolean first,
      CryptoDriver revived,
      CryptoDriver survivor,
      java.util.function.Function<SpatiumProtocol, T> work) {
    MemoryTransport.Pair wire = MemoryTransport.connect(TestParty.A, TestParty.B);
    try (SpatiumProtocol p2 =
            new SpatiumProtocol(
                first ? survivor : revived,
                wire.second(),
                ProtocolOptions.of(TestParty.A, KilledParty.ROOM).withMessageTimeout(LONG));
        SpatiumProtocol p1 =
            new SpatiumProtocol(
                first ? revived : survivor,
                wire.first(),
                ProtocolOptions.of(TestParty.B, KilledParty.ROOM).withMessageTimeout(LONG))) {
      return work.apply(p1);
    } finally {
      wire.first().close();
      wire.second().close();
    }
  }
}
