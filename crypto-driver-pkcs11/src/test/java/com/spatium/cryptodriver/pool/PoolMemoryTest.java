/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PoolReport;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.IndependentVerifier;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Vault;
import com.spatium.ecmath.VaultOptions;
import com.spatium.ecmath.VaultReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What tables and pools take of the vault. A process has one vault, so each test has a process. */
@Timeout(180)
final class PoolMemoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  /** The most that a default vault gives to pools, shared by 100 peers. */
  @Test
  void aHundredPeersFitTheDefaultVault() throws Exception {
    // Before it stands what newer Java has to say about native libraries.
    List<String> lines = run("footprint", 64).lines().toList();
    long each = Long.parseLong(lines.get(lines.size() - 1));
    assertTrue(100 * each <= 64L * MIB / 8 * 5, () -> each + " bytes for each peer");
  }

  /** Tables and pools stop growing, with one warning, and every signature is made all the same. */
  @Test
  void inASmallVaultSigningIsSlowerAndWorks() throws Exception {
    for (int mib : new int[] {1, 2}) {
      String output = run("small", mib);
      assertEquals(1, output.split("RLIMIT_MEMLOCK", -1).length - 1, output);
      assertTrue(output.contains("signed 75"), output);
    }
  }

  /** What RLIMIT_MEMLOCK leaves by default, and sessions that wait for a peer that left them. */
  @Test
  void sessionsThatWaitLeaveRoomForOthers() throws Exception {
    assertTrue(run("flooded", 4).contains("signed 75"));
  }

  private String run(String what, int mib) throws IOException, InterruptedException {
    Path output = directory.resolve(what + mib);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String library = System.getProperty("com.spatium.ecmath.library");
    if (library != null) {
      command.add("-Dcom.spatium.ecmath.library=" + library);
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            InOneVault.class.getName(),
            what,
            Integer.toString(mib),
            directory.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no end in sight");
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), text);
    return text;
  }

  /** The other process. */
  static final class InOneVault {
    private final EcMath ecmath;
    private final Path directory;

    private InOneVault(EcMath ecmath, Path directory) {
      this.ecmath = ecmath;
      this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
      VaultOptions options = VaultOptions.defaults().withBytes(Long.parseLong(arguments[1]) * MIB);
      InOneVault one = new InOneVault(EcMath.open(options), Path.of(arguments[2]));
      if (arguments[0].equals("footprint")) {
        one.footprint();
      } else {
        one.small(arguments[0].equals("flooded"));
      }
    }

    private Party bob(SecurityLevel level) throws IOException {
      Party bob = Party.bob(new MemoryStateStore(), KeyFiles.custody(ecmath, directory));
      bob.restart(bob.config().withLevel(level).withSessions(256, 256, Duration.ofMinutes(5)));
      return bob;
    }

    private boolean warmUp(Party bob, PairingRecord pairing) throws InterruptedException {
      DriverState state = TestDrivers.state(bob.driver());
      Bytes cKey = PeersOnRecord.cKey(ecmath, pairing);
      return TestDrivers.pools(bob.driver())
          .warmUp(pairing, PeersOnRecord.key(state, pairing, cKey), PATIENCE);
    }

    /** Prints the bytes for each peer: the larger level, tables and full pools. */
    private void footprint() throws Exception {
      try (Party bob = bob(SecurityLevel.BITS_128)) {
        SecretId secret = SecretId.random();
        bob.driver().secrets().generate(secret);
        int peers = 4;
        List<PairingRecord> pairings = new ArrayList<>();
        for (int i = 0; i < peers; i++) {
          pairings.add(
              PeersOnRecord.pairing(
                  TestDrivers.state(bob.driver()), secret, SecurityLevel.BITS_128));
        }
        long before = ecmath.vault().report().inUse();
        for (PairingRecord pairing : pairings) {
          if (!warmUp(bob, pairing)) {
            throw new AssertionError("not full");
          }
        }
        PoolReport report = bob.driver().operator().pools();
        if (report.tables() != peers) {
          throw new AssertionError(report.toString());
        }
        System.out.println((ecmath.vault().report().inUse() - before) / peers);
      }
    }

    /** Sessions that wait for a peer that left them: more than the vault could hold at hand. */
    private void flood(Party alice, Party bob, SecretId secret, SyncSessionId key) {
      long many = ecmath.vault().report().bytes() / (20 << 10);
      for (int i = 0; i < many; i++) {
        try (Exchange<List<Signature>> left = alice.driver().signAll(batch(secret, key, 8))) {
          Step.Send<?> g1 = (Step.Send<?>) left.start();
          bob.driver().accept(alice.name(), g1.message()).start();
        }
      }
      assertEquals(many, TestDrivers.runningSessions(bob.driver()));
    }

    private static List<SignRequest> batch(SecretId secret, SyncSessionId key, int count) {
      List<SignRequest> batch = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        batch.add(
            new SignRequest(
                secret,
                key,
                SignSessionId.random(),
                Bytes.of(Vault.randomPublic(32)),
                Bytes.empty()));
      }
      return batch;
    }

    private void small(boolean flooded) throws Exception {
      try (Party alice = Party.alice(new MemoryStateStore(), KeyFiles.custody(ecmath, directory));
          Party bob = bob(SecurityLevel.BITS_112)) {
        SecretId secret = SecretId.random();
        SyncSessionId key = SyncSessionId.random();
        alice.driver().secrets().generate(secret);
        bob.driver().secrets().generate(secret);
        Conversation.of(
                alice.driver().pair(new PairingRequest(secret, bob.name())),
                bob.driver(),
                alice.name())
            .complete();
        SyncRequest request =
            new SyncRequest(
                secret, key, Suite.ECDSA_SECP256K1, new DerivationPath(0, 0), bob.name());
        Conversation.of(alice.driver().synchronise(request), bob.driver(), alice.name()).complete();
        // More peers than there is room for; they have just signed, so they do not give way.
        int full = 0;
        while (warmUp(
            bob,
            PeersOnRecord.pairing(
                TestDrivers.state(bob.driver()), secret, SecurityLevel.BITS_112))) {
          full++;
        }
        VaultReport report = ecmath.vault().report();
        if (full > 100 || report.inUse() > report.bytes() / 8 * 5 + (64 << 10)) {
          throw new AssertionError(full + " " + report);
        }
        if (flooded) {
          flood(alice, bob, secret, key);
        }
        int signed = 0;
        for (int count : new int[] {1, 1, 9, 64}) {
          List<SignRequest> batch = batch(secret, key, count);
          List<Signature> signatures =
              Conversation.of(alice.driver().signAll(batch), bob.driver(), alice.name()).complete();
          for (int i = 0; i < count; i++) {
            IndependentVerifier.verify(
                alice.driver().key(secret, key).orElseThrow(),
                batch.get(i).message(),
                signatures.get(i));
            signed++;
          }
        }
        System.out.println("signed " + signed);
      }
    }
  }
}
