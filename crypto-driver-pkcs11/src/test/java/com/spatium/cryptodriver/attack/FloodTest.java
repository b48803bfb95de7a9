/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.TwoParties.Ended;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.SignMessage;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.ecmath.Vault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** threats.md rows 29, "sessions opened and left", and 30, "one slow or dead peer". */
final class FloodTest {
  private static final int PER_PEER = 4;
  private static final int IN_ALL = 6;
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final PeerId STRANGER = new PeerId("mallory");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Time that passes when the test says so. */
  private static final class TestClock implements InstantSource {
    private final AtomicReference<Instant> now =
        new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

    @Override
    public Instant instant() {
      return now.get();
    }

    void pass(Duration time) {
      now.updateAndGet(instant -> instant.plus(time));
    }
  }

  private final TestClock clock = new TestClock();

  private TwoParties parties() {
    return parties(config -> config.withSessions(IN_ALL, PER_PEER, IDLE).withClock(clock));
  }

  /** Without pools, since tests count the secrets in the vault; their own floods: PoolTest. */
  private static TwoParties parties(UnaryOperator<DriverConfig> configure) {
    return new TwoParties(
        Stage.SYNCHRONISED,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        config -> configure.apply(config.withPools(DriverConfig.Pools.off())));
  }

  private static long handles() {
    return TwoParties.ECMATH.vault().report().handles();
  }

  // ---- row 29: sessions ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aPeersSessionsAreBoundedAndWipedWhenItLeavesThem(Suite suite) {
    try (TwoParties parties = parties();
        TwoParties flooder = parties(config -> config)) {
      CryptoDriver p2 = parties.p2.driver();
      parties.assertSigns(suite);
      flooder.assertSigns(suite);
      long before = handles();
      List<Exchange<?>> left = new ArrayList<>();
      List<Exchange<?>> flood = new ArrayList<>();
      for (int i = 0; i < PER_PEER; i++) {
        Exchange<?> of1 = flooder.signature(suite);
        flood.add(of1);
        Exchange<?> of2 = p2.accept(TwoParties.P1, TwoParties.sent(of1.start()).orElseThrow());
        of2.start();
        left.add(of2);
      }
      flood.forEach(Exchange::close);
      assertTrue(handles() > before, "sessions without secrets prove nothing here");
      try (Exchange<?> oneMore = flooder.signature(suite)) {
        Bytes g1 = TwoParties.sent(oneMore.start()).orElseThrow();
        assertThrows(PeerFaultException.class, () -> p2.accept(TwoParties.P1, g1));
        // In the other role there is room: a flood does not keep P2 from starting runs of its own.
        p2.pair(new PairingRequest(TwoParties.SECRET, TwoParties.P1)).close();

        clock.pass(IDLE.plusMillis(1));
        // Reaped by any call; then the same G1 is answered.
        try (Exchange<?> accepted = p2.accept(TwoParties.P1, g1)) {
          assertTrue(TwoParties.sent(accepted.start()).isPresent());
        }
      }
      assertTrue(handles() <= before, () -> handles() - before + " secrets stay in the vault");
      for (Exchange<?> run : left) {
        assertThrows(UsageException.class, () -> run.receive(Bytes.empty()));
      }
      parties.assertSigns(suite);
    }
  }

  @Test
  void theSessionsOfAllPeersTogetherAreBounded() {
    try (TwoParties parties = parties()) {
      CryptoDriver p2 = parties.p2.driver();
      List<Exchange<?>> runs = new ArrayList<>();
      for (int i = 0; i < IN_ALL; i++) {
        // Not started: a caller that leaves runs lying about.
        runs.add(p2.accept(new PeerId("peer-" + i), firstMessage(parties)));
      }
      assertThrows(
          CryptoDriverException.class,
          () -> p2.accept(new PeerId("one-more"), firstMessage(parties)));
      assertThrows(
          CryptoDriverException.class, () -> p2.accept(TwoParties.P1, firstMessage(parties)));
      runs.get(0).close();
      parties.assertSigns(Suite.EDDSA_ED25519);
      clock.pass(IDLE.plusMillis(1));
      parties.assertSound();
      runs.forEach(run -> assertThrows(UsageException.class, run::start));
    }
  }

  /** A G1 of the right form; P1 does not know of it. */
  private static Bytes firstMessage(TwoParties parties) {
    SignSessionId id = SignSessionId.random();
    return WireCodec.encode(
        new SignMessage.NonceCommitment(
            new MessageHeader(
                Exchange.Procedure.SIGN_ECDSA,
                1,
                SessionIds.sign(TwoParties.SECRET, TwoParties.ECDSA_KEY, id)),
            parties
                .p1
                .driver()
                .key(TwoParties.SECRET, TwoParties.ECDSA_KEY)
                .orElseThrow()
                .pairingId(),
            List.of(new SignMessage.Item(id, TwoParties.random(), Bytes.empty())),
            TwoParties.random(),
            TwoParties.random()));
  }

  @Test
  void aStrangersFloodLeavesNothing() {
    try (TwoParties parties = parties()) {
      CryptoDriver p2 = parties.p2.driver();
      parties.assertSigns(Suite.ECDSA_SECP256K1);
      List<String> before = parties.p2.store.list("");
      long secrets = handles();
      for (int i = 0; i < 500; i++) {
        Exchange<?> run = p2.accept(STRANGER, firstMessage(parties));
        assertThrows(PeerFaultException.class, run::start);
      }
      assertTrue(handles() <= secrets);
      assertEquals(before, parties.p2.store.list(""), "a stranger wrote to the state");
      assertEquals("0", p2.health().memory().get("sessions"));
      parties.assertSigns(Suite.ECDSA_SECP256K1);
    }
  }

  /**
   * A whole batch for each session that a peer may have: the vault has room for the next signature.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aFloodOfWholeBatchesFitsTheVault(Suite suite) {
    try (TwoParties parties = parties(config -> config);
        TwoParties flooder = parties(config -> config)) {
      CryptoDriver p2 = parties.p2.driver();
      List<Exchange<?>> runs = new ArrayList<>();
      int perPeer = DriverConfig.of("defaults").maxSessionsPerPeer();
      // One slot stays for the honest session.
      for (int i = 0; i < perPeer - 1; i++) {
        List<SignRequest> batch = new ArrayList<>();
        for (int j = 0; j < SignMessage.MAX_ITEMS; j++) {
          batch.add(TwoParties.request(suite, SignSessionId.random(), TwoParties.random()));
        }
        try (Exchange<List<Signature>> of1 = flooder.p1.driver().signAll(batch)) {
          Exchange<?> of2 = p2.accept(TwoParties.P1, TwoParties.sent(of1.start()).orElseThrow());
          of2.start();
          runs.add(of2);
        }
      }
      parties.assertSigns(suite);
      long during = handles();
      runs.forEach(Exchange::close);
      assertTrue(
          handles() <= during - (long) runs.size() * SignMessage.MAX_ITEMS,
          "the nonces of the flood stay in the vault");
      parties.assertSigns(suite);
    }
  }

  // ---- row 29: messages ----

  @Test
  void garbageOpensNoSessionAndCostsNoMemory() {
    try (TwoParties parties = parties()) {
      CryptoDriver p2 = parties.p2.driver();
      parties.assertSigns(Suite.EDDSA_ED25519);
      long secrets = handles();
      Random random = new Random(29);
      for (int i = 0; i < 5000; i++) {
        byte[] garbage = new byte[random.nextInt(200)];
        random.nextBytes(garbage);
        assertAliveRefusal(
            assertThrows(
                PeerFaultException.class, () -> p2.accept(TwoParties.P1, Bytes.of(garbage))));
      }
      Bytes huge = Bytes.of(new byte[WireCodec.MAX_MESSAGE + 1]);
      assertAliveRefusal(
          assertThrows(PeerFaultException.class, () -> p2.accept(TwoParties.P1, huge)));
      assertEquals("0", p2.health().memory().get("sessions"));
      assertTrue(handles() <= secrets);
      parties.assertSigns(Suite.EDDSA_ED25519);
    }
  }

  private static void assertAliveRefusal(PeerFaultException fault) {
    assertTrue(fault.sessionAlive(), fault::getMessage);
  }

  /** Garbage neither ends a session, nor keeps it from timing out. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void garbageNeitherEndsASessionNorExtendsItsTime(Suite suite) {
    try (TwoParties parties = parties()) {
      Bytes message = TwoParties.random();
      Random random = new Random(30);
      Ended<Signature> ended =
          parties.run(
              parties.signature(suite, SignSessionId.random(), message),
              (header, bytes) -> {
                clock.pass(IDLE.dividedBy(2));
                return bytes;
              });
      assertTrue(
          TwoParties.verifies(parties.publicKey(suite), message, ended.initiator().orElseThrow()));

      try (Exchange<Signature> initiator = parties.signature(suite);
          Exchange<?> responder =
              parties
                  .p2
                  .driver()
                  .accept(TwoParties.P1, TwoParties.sent(initiator.start()).orElseThrow())) {
        Bytes g2 = TwoParties.sent(responder.start()).orElseThrow();
        for (int i = 0; i < 200; i++) {
          byte[] garbage = new byte[random.nextInt(100)];
          random.nextBytes(garbage);
          assertAliveRefusal(
              assertThrows(PeerFaultException.class, () -> responder.receive(Bytes.of(garbage))));
        }
        Bytes g3 = TwoParties.sent(initiator.receive(g2)).orElseThrow();
        clock.pass(IDLE.dividedBy(2));
        assertAliveRefusal(assertThrows(PeerFaultException.class, () -> responder.receive(g2)));
        clock.pass(IDLE.dividedBy(2).plusMillis(1));
        // Nothing else was called: the session looks at the clock itself.
        assertThrows(UsageException.class, () -> responder.receive(g3));
      }
      parties.assertSigns(suite);
    }
  }

  /** P2's last wait, for a signature that never comes right. */
  @Test
  void wrongLastMessagesDoNotExtendASession() {
    try (TwoParties parties = parties()) {
      Suite suite = Suite.EDDSA_ED25519;
      try (Exchange<Signature> initiator = parties.signature(suite);
          Exchange<?> responder =
              parties
                  .p2
                  .driver()
                  .accept(TwoParties.P1, TwoParties.sent(initiator.start()).orElseThrow())) {
        Bytes t3 =
            TwoParties.sent(initiator.receive(TwoParties.sent(responder.start()).orElseThrow()))
                .orElseThrow();
        Bytes t4 = TwoParties.sent(responder.receive(t3)).orElseThrow();
        Bytes t5 = TwoParties.sent(initiator.receive(t4)).orElseThrow();
        SignMessage.FinalSignature last = (SignMessage.FinalSignature) TwoParties.decode(t5);
        SignMessage.SignatureValues values = last.signatures().get(0);
        Bytes wrong =
            WireCodec.encode(
                new SignMessage.FinalSignature(
                    last.header(),
                    List.of(new SignMessage.SignatureValues(values.r(), Bytes.of(new byte[32])))));
        for (int i = 0; i < 3; i++) {
          clock.pass(IDLE.dividedBy(4));
          assertTrue(responder.receive(wrong) instanceof Step.Await<?>);
        }
        clock.pass(IDLE.dividedBy(4).plusMillis(1));
        assertThrows(UsageException.class, () -> responder.receive(wrong));
      }
      parties.assertSigns(suite);
    }
  }

  // ---- row 30 ----

  /**
   * The policy asks a human while time passes: that session neither times out nor holds up any
   * other.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSessionThatDecidesHoldsUpNoOther(Suite suite) {
    assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          ExecutorService thread = Executors.newSingleThreadExecutor();
          try (TwoParties parties = parties()) {
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch decided = new CountDownLatch(1);
            Bytes slow = TwoParties.random();
            parties.p2.policy =
                request -> {
                  if (request.items().get(0).message().equals(slow)) {
                    asked.countDown();
                    await(decided);
                  }
                  return SigningPolicy.approve();
                };
            Future<Ended<Signature>> waits =
                thread.submit(
                    () -> parties.run(parties.signature(suite, SignSessionId.random(), slow)));
            assertTrue(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            // P2 decides for long; P1's side of it would time out, so the wait is kept short of
            // that.
            clock.pass(IDLE.minusMillis(1));
            parties.assertSound();
            parties.run(parties.synchronisation(suite));
            parties.p2.driver().health();
            assertFalse(waits.isDone());
            decided.countDown();
            assertTrue(
                TwoParties.verifies(
                    parties.publicKey(suite), slow, waits.get().initiator().orElseThrow()));
          } finally {
            thread.shutdownNow();
          }
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theTimeThatThePolicyTakesIsNotIdle() {
    try (TwoParties parties = parties()) {
      parties.p2.policy =
          request -> {
            clock.pass(IDLE.multipliedBy(10));
            // Anything that reaps.
            parties.p2.driver().key(TwoParties.SECRET, TwoParties.ECDSA_KEY);
            return SigningPolicy.approve();
          };
      try (Exchange<Signature> initiator = parties.signature(Suite.EDDSA_ED25519)) {
        Bytes t1 = TwoParties.sent(initiator.start()).orElseThrow();
        try (Exchange<?> responder = parties.p2.driver().accept(TwoParties.P1, t1)) {
          assertTrue(TwoParties.sent(responder.start()).isPresent());
          // Its time begins with the answer.
          clock.pass(IDLE.minusMillis(1));
          assertAliveRefusal(assertThrows(PeerFaultException.class, () -> responder.receive(t1)));
        }
      }
    }
  }

  /**
   * Closing a run, or the driver, does not wait for a policy that never decides; nothing is signed
   * afterwards.
   */
  @Test
  void aDeadPolicyHoldsUpNeitherCloseNorTheDriversEnd() {
    assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          for (boolean wholeDriver : new boolean[] {false, true}) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try (TwoParties parties = parties();
                Exchange<Signature> initiator = parties.signature(Suite.ECDSA_SECP256K1)) {
              CountDownLatch asked = new CountDownLatch(1);
              CountDownLatch decided = new CountDownLatch(1);
              parties.p2.policy =
                  request -> {
                    asked.countDown();
                    await(decided);
                    return SigningPolicy.approve();
                  };
              CryptoDriver p2 = parties.p2.driver();
              Exchange<?> responder =
                  p2.accept(TwoParties.P1, TwoParties.sent(initiator.start()).orElseThrow());
              Future<Step<?>> answer = thread.submit((Callable<Step<?>>) responder::start);
              assertTrue(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
              if (wholeDriver) {
                p2.close();
              } else {
                responder.close();
              }
              decided.countDown();
              Exception failure =
                  assertThrows(java.util.concurrent.ExecutionException.class, answer::get);
              assertTrue(
                  failure.getCause() instanceof CryptoDriverException,
                  () -> String.valueOf(failure.getCause()));
              parties.p2.policy = request -> SigningPolicy.approve();
              parties.p2.restart();
              parties.assertSigns(Suite.ECDSA_SECP256K1);
            } finally {
              thread.shutdownNow();
            }
          }
        });
  }

  /** A store that hangs for one session, e.g. on a lock of the database, holds up no other. */
  @Test
  void aStoreThatHangsForOneSessionHoldsUpNoOther() {
    assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          ExecutorService thread = Executors.newSingleThreadExecutor();
          SignSessionId slow = SignSessionId.random();
          CountDownLatch reached = new CountDownLatch(1);
          CountDownLatch released = new CountDownLatch(1);
          try (TwoParties parties =
              new TwoParties(
                  Stage.SYNCHRONISED,
                  UnaryOperator.identity(),
                  store -> new HangingStore(store, slow.toString(), reached, released),
                  config -> config)) {
            Bytes message = TwoParties.random();
            Future<Ended<Signature>> waits =
                thread.submit(
                    () -> parties.run(parties.signature(Suite.EDDSA_ED25519, slow, message)));
            assertTrue(reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            parties.assertSound();
            assertFalse(waits.isDone());
            released.countDown();
            assertTrue(
                TwoParties.verifies(
                    parties.publicKey(Suite.EDDSA_ED25519),
                    message,
                    waits.get().initiator().orElseThrow()));
          } finally {
            released.countDown();
            thread.shutdownNow();
          }
        });
  }

  /** Hangs when it is to create a key with this part in its name. */
  private static final class HangingStore extends ForwardingStore {
    private final String part;
    private final CountDownLatch reached;
    private final CountDownLatch released;

    HangingStore(StateStore store, String part, CountDownLatch reached, CountDownLatch released) {
      super(store);
      this.part = part;
      this.reached = reached;
      this.released = released;
    }

    @Override
    public boolean create(String key, Bytes value) {
      if (key.contains(part)) {
        reached.countDown();
        FloodTest.await(released);
      }
      return super.create(key, value);
    }
  }

  // ---- leases of cached handles ----

  /**
   * Four threads sign under three keys while the cache keeps none, one, or all: no handle is wiped
   * under a session, none stays.
   */
  @Test
  void manyThreadsShareFewCachedKeys() throws Exception {
    for (int cache : new int[] {0, 1, 64}) {
      long before = handles();
      try (TwoParties parties = parties(config -> config.withKeyCache(cache, IDLE))) {
        List<SyncSessionId> keys = new ArrayList<>();
        for (int account = 0; account < 3; account++) {
          SyncSessionId key = SyncSessionId.random();
          keys.add(key);
          Suite suite = account == 0 ? Suite.ECDSA_SECP256K1 : Suite.EDDSA_ED25519;
          parties.run(parties.synchronisation(suite, key, new DerivationPath(501, account)));
        }
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> futures = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          futures.add(
              pool.submit(
                  () -> {
                    for (int i = 0; i < 6; i++) {
                      SyncSessionId key = keys.get(i % keys.size());
                      Bytes message = Bytes.of(Vault.randomPublic(32));
                      SignRequest request =
                          new SignRequest(
                              TwoParties.SECRET,
                              key,
                              SignSessionId.random(),
                              message,
                              Bytes.empty());
                      Signature signature =
                          parties.run(parties.p1.driver().sign(request)).initiator().orElseThrow();
                      Bytes publicKey =
                          parties
                              .p1
                              .driver()
                              .key(TwoParties.SECRET, key)
                              .orElseThrow()
                              .publicKey()
                              .encoded();
                      assertTrue(TwoParties.verifies(publicKey, message, signature));
                      // Evicts under the others' hands.
                      parties.p2.driver().key(TwoParties.SECRET, key);
                    }
                  }));
        }
        pool.shutdown();
        for (Future<?> future : futures) {
          future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
      }
      assertTrue(handles() <= before, () -> handles() - before + " secrets stay in the vault");
    }
  }

  @Test
  void cachedKeysLeaveTheVaultWhenTheyAreNotUsed() {
    try (TwoParties parties = parties(config -> config.withKeyCache(64, IDLE).withClock(clock))) {
      parties.p1.driver();
      parties.p2.driver();
      long cold = handles();
      parties.assertSound();
      assertTrue(handles() > cold, "nothing was cached");
      clock.pass(IDLE.plusMillis(1));
      parties.p1.driver().key(TwoParties.SECRET, TwoParties.ECDSA_KEY);
      parties.p2.driver().key(TwoParties.SECRET, TwoParties.ECDSA_KEY);
      assertTrue(handles() <= cold, () -> handles() - cold + " unused secrets stay in the vault");
      parties.assertSound();
    }
  }
}
