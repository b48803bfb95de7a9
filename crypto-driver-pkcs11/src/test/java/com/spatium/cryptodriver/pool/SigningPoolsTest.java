/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PoolReport;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.IndependentVerifier;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.Vault;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pools of bob, who is P2: each entry is used once, and none outlives what it belongs to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class SigningPoolsTest {
  private static final EcMath ECMATH = EcMath.open();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SIZE = 4;

  @TempDir static Path directory;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final SecretId secret = SecretId.random();
  private final SyncSessionId keyId = SyncSessionId.random();
  private Supplier<Custody> bobsCustody;
  private Party firstAlice;
  private Party firstBob;
  private Party alice;
  private Party bob;

  @BeforeAll
  void synchroniseOnce() throws Exception {
    firstAlice = Party.alice(new MemoryStateStore(), KeyFiles.custody(ECMATH, directory));
    bobsCustody = KeyFiles.custody(ECMATH, directory);
    firstBob = Party.bob(new MemoryStateStore(), bobsCustody);
    firstBob.restart(
        firstBob.config().withClock(now::get).withPools(new DriverConfig.Pools(SIZE, SIZE)));
    alice = firstAlice;
    bob = firstBob;
    alice.driver().secrets().generate(secret);
    bob.driver().secrets().generate(secret);
    pair();
    synchronise(keyId, 0);
  }

  @BeforeEach
  void copy() {
    alice = firstAlice.copy();
    bob = firstBob.copy();
  }

  @AfterEach
  void close() {
    alice.close();
    bob.close();
  }

  @AfterAll
  void closeFirst() {
    firstAlice.close();
    firstBob.close();
  }

  private void pair() {
    PairingRequest request = new PairingRequest(secret, bob.name());
    Conversation.of(alice.driver().pair(request), bob.driver(), alice.name()).complete();
  }

  private void synchronise(SyncSessionId id, int account) {
    SyncRequest request =
        new SyncRequest(
            secret, id, Suite.ECDSA_SECP256K1, new DerivationPath(0, account), bob.name());
    Conversation.of(alice.driver().synchronise(request), bob.driver(), alice.name()).complete();
  }

  private SignRequest request(SyncSessionId id) {
    return new SignRequest(
        secret, id, SignSessionId.random(), Bytes.of(Vault.randomPublic(32)), Bytes.empty());
  }

  private void sign() {
    SignRequest request = request(keyId);
    Signature signature =
        Conversation.of(alice.driver().sign(request), bob.driver(), alice.name()).complete();
    IndependentVerifier.verify(
        alice.driver().key(secret, keyId).orElseThrow(), request.message(), signature);
  }

  private DriverState state() {
    return TestDrivers.state(bob.driver());
  }

  private SigningPools pools() {
    return TestDrivers.pools(bob.driver());
  }

  private KeyRecord key() {
    return state().keys().findActive(secret, Role.RESPONDER, keyId).orElseThrow();
  }

  private Supply supply() {
    PairingRecord pairing = state().pairings().requireActive(secret, Role.RESPONDER, alice.name());
    return pools().supply(pairing, key());
  }

  private PoolReport report() {
    return bob.driver().operator().pools();
  }

  private void fill() throws InterruptedException {
    assertTrue(bob.driver().operator().warmUp(secret, keyId, PATIENCE), "not full in time");
  }

  private static boolean isWiped(Opening opening) {
    return opening.k().isClosed();
  }

  // ---- filling ----

  @Test
  void theWorkerFillsWhatIsUsedAndSignaturesFindIt() throws Exception {
    assertEquals(new PoolReport(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), report());
    sign();
    // The worker may have been quicker.
    assertEquals(1, report().openingMisses() + report().openingHits());
    assertEquals(1, report().tables());
    fill();
    PoolReport full = report();
    assertEquals(SIZE, full.openings());
    assertEquals(2 * SIZE, full.blinders());
    sign();
    sign();
    PoolReport used = report();
    assertEquals(full.openingHits() + 2, used.openingHits());
    assertEquals(full.openingMisses(), used.openingMisses());
    assertEquals(full.blinderHits() + 2, used.blinderHits());
    assertEquals(full.blinderMisses(), used.blinderMisses());
    fill();
    assertEquals(SIZE, report().openings());
    assertEquals(full.openingsMade() + 2, report().openingsMade());
  }

  @Test
  void aBatchTakesWhatIsThereAndMakesTheRest() throws Exception {
    fill();
    for (int count : new int[] {SIZE + 2, 9}) {
      List<SignRequest> batch = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        batch.add(request(keyId));
      }
      List<Signature> signatures =
          Conversation.of(alice.driver().signAll(batch), bob.driver(), alice.name()).complete();
      for (int i = 0; i < count; i++) {
        IndependentVerifier.verify(
            alice.driver().key(secret, keyId).orElseThrow(),
            batch.get(i).message(),
            signatures.get(i));
      }
    }
    assertTrue(report().openingHits() >= SIZE);
    assertTrue(report().openingMisses() > 0);
  }

  @Test
  void withoutPoolsNothingIsKeptAndNoWorkerRuns() throws Exception {
    bob.restart(bob.config().withPools(DriverConfig.Pools.off()));
    sign();
    fill();
    sign();
    assertEquals(0, report().openings());
    assertEquals(0, report().blinders());
    assertEquals(2, report().openingMisses());
    assertEquals(0, report().openingsMade() + report().blindersMade());
  }

  @Test
  void poolSizesAreBounded() {
    assertThrows(UsageException.class, () -> new DriverConfig.Pools(-1, 0));
    assertThrows(UsageException.class, () -> new DriverConfig.Pools(0, -1));
    assertThrows(UsageException.class, () -> new DriverConfig.Pools(1025, 0));
    assertThrows(UsageException.class, () -> new DriverConfig.Pools(0, 1025));
  }

  @Test
  void warmUpIsForOurEcdsaKeysAsResponder() {
    assertThrows(
        UsageException.class,
        () -> bob.driver().operator().warmUp(secret, SyncSessionId.random(), PATIENCE));
    assertThrows(
        UsageException.class, () -> alice.driver().operator().warmUp(secret, keyId, PATIENCE));
  }

  /** Of the keys of one pairing, the 8 that signed last have openings. */
  @Test
  void manyKeysOfAPairingDoNotFillTheVault() throws Exception {
    PairingRecord pairing = state().pairings().requireActive(secret, Role.RESPONDER, alice.name());
    for (int i = 0; i < 12; i++) {
      KeyRecord other = PeersOnRecord.key(state(), pairing, key().cKey().orElseThrow());
      assertTrue(pools().warmUp(pairing, other, PATIENCE));
    }
    assertEquals(8 * SIZE, report().openings());
    assertEquals(2 * SIZE, report().blinders());
  }

  // ---- once ----

  /**
   * Four threads take, use, and leave what they took, while the worker fills and somebody makes it
   * begin anew: nothing comes twice.
   */
  @Test
  void whatThePoolsGiveIsGivenOnce() throws Exception {
    Set<Bytes> r2 = ConcurrentHashMap.newKeySet();
    Set<Object> seen =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    ExecutorService threads = Executors.newFixedThreadPool(5);
    List<Future<?>> done = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      Callable<Void> takes =
          () -> {
            for (int i = 0; i < 40; i++) {
              try (Supply supply = supply()) {
                for (Opening opening : supply.openings(1 + i % 3)) {
                  assertTrue(r2.add(opening.masks().r2()), "an R2 came twice");
                  assertTrue(seen.add(opening), "an opening came twice");
                  assertTrue(seen.add(opening.k()), "a k2 came twice");
                  assertFalse(isWiped(opening), "an opening was wiped before it was given");
                }
                Supply.Blinders blinders = supply.blinders(1, thread % 2);
                for (AffBlinder blinder : blinders.ofWitnesses()) {
                  assertTrue(seen.add(blinder), "a blinder came twice");
                }
                for (AffBlinder blinder : blinders.ofMasks()) {
                  assertTrue(seen.add(blinder), "a blinder came twice");
                }
              }
            }
            return null;
          };
      done.add(threads.submit(takes));
    }
    done.add(
        threads.submit(
            () -> {
              for (int i = 0; i < 10; i++) {
                fill();
                pools().forget(secret);
              }
              return null;
            }));
    threads.shutdown();
    for (Future<?> one : done) {
      one.get(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    }
    assertTrue(r2.size() > SIZE, "the pools gave next to nothing");
  }

  @Test
  void whatASessionTookAndDidNotUseIsWiped() throws Exception {
    fill();
    List<Opening> taken;
    List<AffBlinder> blinders;
    try (Supply supply = supply()) {
      taken = supply.openings(2);
      blinders = supply.blinders(1, 0).ofWitnesses();
      assertEquals(2, taken.size());
      taken.forEach(opening -> assertFalse(isWiped(opening)));
    }
    taken.forEach(opening -> assertTrue(isWiped(opening)));
    SecretInteger none = ECMATH.integers().fromPublic(BigInteger.ONE, 1);
    assertThrows(
        IllegalStateException.class,
        () -> new AffProver.Witness(none, none, blinders.get(0)),
        "a blinder can still be used");
    none.close();
    fill();
    try (Supply supply = supply()) {
      for (Opening opening : supply.openings(SIZE)) {
        for (Opening earlier : taken) {
          assertNotEquals(earlier.masks().r2(), opening.masks().r2());
        }
      }
    }
  }

  /** A session that was ended from outside, and takes all the same. */
  @Test
  void anEndedSessionGetsNothing() throws Exception {
    fill();
    long before = ECMATH.vault().report().handles();
    Supply supply = supply();
    supply.close();
    assertThrows(IllegalStateException.class, () -> supply.openings(1));
    assertThrows(IllegalStateException.class, () -> supply.blinders(1, 1));
    fill();
    assertTrue(ECMATH.vault().report().handles() <= before, "something was left behind");
  }

  // ---- the end of what is ready ----

  private interface End {
    void happen() throws Exception;
  }

  /** Whatever was ready is wiped, and is not what comes afterwards. */
  private void assertWipes(End end) throws Exception {
    fill();
    List<Opening> ready = new ArrayList<>();
    // Looks without taking.
    synchronized (pools()) {
      for (PeerPool peer : pools().peers()) {
        peer.keys().forEach(key -> ready.addAll(key.openings));
      }
    }
    assertEquals(SIZE, ready.size());
    end.happen();
    ready.forEach(opening -> assertTrue(isWiped(opening), "an opening survives"));
  }

  @Test
  void lockWipes() throws Exception {
    assertWipes(() -> TestDrivers.lock(bob.driver(), secret));
    assertEquals(0, report().pairings());
    bob.driver().operator().unlock(secret);
    sign();
    fill();
  }

  @Test
  void repairWipes() throws Exception {
    assertWipes(() -> bob.driver().operator().repair(secret, Role.RESPONDER, alice.name()));
    assertEquals(0, report().pairings());
  }

  @Test
  void destructionOfTheSecretWipes() throws Exception {
    assertWipes(() -> bob.driver().secrets().destroy(secret));
    assertEquals(0, report().pairings());
  }

  @Test
  void ageWipes() throws Exception {
    assertWipes(
        () -> {
          now.set(now.get().plus(Duration.ofMinutes(10)));
          assertEquals(SIZE, report().openings(), "they are exactly as old as they may be");
          now.set(now.get().plusMillis(1));
          bob.driver().reapIdleSessions();
        });
    assertEquals(SIZE, report().openingsExpired());
    assertEquals(0, report().pairings());
  }

  /** Used all the time, so that only its age ends an opening. */
  @Test
  void ageWipesAlsoWhereAKeyIsInUse() throws Exception {
    assertWipes(
        () -> {
          now.set(now.get().plus(Duration.ofMinutes(9)));
          supply().close();
          now.set(now.get().plus(Duration.ofMinutes(2)));
          try (Supply supply = supply()) {
            for (Opening opening : supply.openings(SIZE)) {
              assertFalse(isWiped(opening), "an old opening was given");
            }
          }
        });
    assertEquals(1, report().pairings());
  }

  @Test
  void closingTheDriverWipesAndEndsTheWorker() throws Exception {
    SigningPools ofBob = pools();
    PairingRecord pairing = state().pairings().requireActive(secret, Role.RESPONDER, alice.name());
    KeyRecord key = key();
    fill();
    assertTrue(ofBob.isWorking());
    assertWipes(() -> bob.driver().close());
    assertFalse(ofBob.isWorking());
    assertThrows(IllegalStateException.class, () -> ofBob.supply(pairing, key));
  }

  /** The check is also where it counts, whatever the worker has been doing. */
  @Test
  void whatIsTooOldIsNotGiven() throws Exception {
    fill();
    try (Supply supply = supply()) {
      // The worker needs the lock for anything.
      synchronized (pools()) {
        now.set(now.get().plus(Duration.ofMinutes(10)).plusMillis(1));
        assertEquals(List.of(), supply.openings(SIZE));
      }
    }
  }

  /** What the worker is making when its pool ends is wiped when it is made. */
  @Test
  void whatEndsInTheMiddleOfAPieceLeavesNothing() throws Exception {
    fill();
    pools().forget(secret);
    until(() -> !pools().isWorking());
    long before = ECMATH.vault().report().handles();
    for (int i = 0; i < 20; i++) {
      if (i % 2 == 0) {
        // Then the next piece is openings, else blinders.
        fill();
      }
      try (Supply supply = supply()) {
        supply.openings(SIZE);
      }
      until(() -> inTheMiddleOfAPiece() || isFull());
      pools().forget(secret);
      until(() -> !pools().isWorking());
      assertTrue(ECMATH.vault().report().handles() <= before, "something was left behind");
    }
  }

  private boolean inTheMiddleOfAPiece() {
    synchronized (pools()) {
      return pools().peers().stream().anyMatch(peer -> peer.users > 0);
    }
  }

  /** The worker was so quick that there is no middle any more. */
  private boolean isFull() {
    PoolReport report = report();
    return report.openings() == SIZE && report.blinders() == 2 * SIZE;
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  /** Closed in the middle of a piece: the worker has ended when close returns. */
  @Test
  void closeWaitsForTheWorker() {
    for (int i = 0; i < 5; i++) {
      long before = ECMATH.vault().report().handles();
      try (Party another = firstBob.copy()) {
        another.restart(
            DriverConfig.of("bob")
                .withLevel(another.config().level())
                .withAuthenticatedPeers(another.config().authenticatedPeers()));
        DriverState state = TestDrivers.state(another.driver());
        KeyRecord key = state.keys().findActive(secret, Role.RESPONDER, keyId).orElseThrow();
        TestDrivers.pools(another.driver())
            .supply(state.pairings().requireActive(secret, Role.RESPONDER, alice.name()), key)
            .close();
      }
      assertTrue(ECMATH.vault().report().handles() <= before, "a closed driver left secrets");
    }
  }

  /** Another pairing with the same peer. */
  private void pairAnew(Party other) {
    Pairing old = firstBobs().pairing();
    Pairing anew =
        new Pairing(
            new PairingId(Bytes.of(Vault.randomPublic(32))),
            secret,
            old.role(),
            old.peer(),
            old.level(),
            old.status());
    PairingRecord record =
        new PairingRecord(
            anew, firstBobs().peerPedersen(), firstBobs().peerModulus(), firstBobs().sealedKey());
    assertTrue(TestDrivers.state(other.driver()).pairings().put(record).isPresent());
  }

  private PairingRecord firstBobs() {
    return TestDrivers.state(firstBob.driver())
        .pairings()
        .requireActive(secret, Role.RESPONDER, alice.name());
  }

  /** The worker looks before each piece: nothing is made for what another process has ended. */
  @Test
  void whatAnotherProcessEndedIsWiped() throws Exception {
    List<UnaryOperator<Party>> ends =
        List.of(
            other -> {
              other.driver().operator().repair(secret, Role.RESPONDER, alice.name());
              return other;
            },
            other -> {
              other.driver().operator().repair(secret, Role.RESPONDER, alice.name());
              pairAnew(other);
              return other;
            },
            other -> {
              TestDrivers.lock(other.driver(), secret);
              return other;
            });
    for (UnaryOperator<Party> end : ends) {
      close();
      copy();
      PairingRecord pairing =
          state().pairings().requireActive(secret, Role.RESPONDER, alice.name());
      KeyRecord key = key();
      assertWipes(
          () -> {
            end.apply(new Party(bob.config(), 2, bob.store(), bobsCustody)).close();
            try (Supply supply = pools().supply(pairing, key)) {
              // Makes a gap.
              supply.openings(1);
            }
            assertFalse(pools().warmUp(pairing, key, PATIENCE), "filled all the same");
          });
    }
  }
}
