/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static com.spatium.protocol.Eventually.eventually;
import static com.spatium.protocol.ToyDriver.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.RefusedException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How {@link SpatiumProtocol} drives its driver, whatever the network and the other side do; over
 * each transport.
 */
abstract class ProtocolRunsContract {
  private static final String DIGEST = Base64.getEncoder().encodeToString(new byte[32]);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final ToyDriver driverA = new ToyDriver();
  private final ToyDriver driverB = new ToyDriver();
  private final SecretId secret = SecretId.random();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private TransportDriverContract.Ends ends;
  private MeddlingTransport wireA;
  private MeddlingTransport wireB;
  private SpatiumProtocol a;
  private SpatiumProtocol b;

  abstract TransportDriverContract.Ends connect();

  @BeforeEach
  void connectEnds() {
    ends = connect();
    wireA = new MeddlingTransport(ends.first());
    wireB = new MeddlingTransport(ends.second());
    driverA.secrets.add(secret);
  }

  @AfterEach
  void everythingIsClosedAndNoSessionIsLeft() {
    a.close();
    b.close();
    assertEquals(0, driverA.open.get());
    assertEquals(0, driverB.open.get());
    assertEquals(0, b.running());
    ends.first().close();
    ends.second().close();
    threads.shutdownNow();
  }

  private ProtocolOptions optionsA() {
    return ProtocolOptions.of(ends.secondName(), "room").withMessageTimeout(LONG);
  }

  private ProtocolOptions optionsB() {
    return ProtocolOptions.of(ends.firstName(), "room").withMessageTimeout(LONG);
  }

  private void open(ProtocolOptions forA, ProtocolOptions forB) {
    b = new SpatiumProtocol(driverB, wireB, forB);
    a = new SpatiumProtocol(driverA, wireA, forA);
  }

  private void open() {
    open(optionsA(), optionsB());
  }

  private SpatiumProtocol.EcdsaSignature sign() {
    SyncSessionId key = driverA.newKey(secret, Suite.ECDSA_SECP256K1);
    return a.signEcdsaMessage(
        secret.toString(), key.toString(), UUID.randomUUID().toString(), DIGEST, "");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void everyOperationRunsToItsEnd() {
    open();
    String session = UUID.randomUUID().toString();
    String session2 = UUID.randomUUID().toString();
    String key = a.syncDistributedEcdsaKey(secret.toString(), session, "secp256k1", 60, 0);
    assertEquals(33, Base64.getDecoder().decode(key).length);
    assertEquals(key, a.getEcdsaPublicKey(secret.toString(), session));
    String edKey = a.syncDistributedEddsaKey(secret.toString(), session2, "ed25519", 501, 0);
    assertEquals(edKey, a.getEddsaPublicKey(secret.toString(), session2));
    assertEquals(
        1,
        a.signEcdsaMessage(secret.toString(), session, UUID.randomUUID().toString(), DIGEST, "")
            .recovery());
    assertNotNull(
        a.signEddsaMessage(
                secret.toString(), session2, UUID.randomUUID().toString(), "AQID", "dG9rZW4=")
            .R());
    SignRequest request =
        new SignRequest(
            secret,
            SyncSessionId.of(session),
            SignSessionId.random(),
            Bytes.of(new byte[32]),
            Bytes.empty());
    assertEquals(2, a.signAll(List.of(request, request)).size());
    eventually(() -> driverB.open.get() == 0);
    // pairing once, by itself; two synchronisations, three signatures
    assertEquals(6, driverA.finished.get());
    eventually(() -> driverB.finished.get() == 6);
  }

  @Test
  void argumentsAreChecked() {
    open();
    String id = UUID.randomUUID().toString();
    assertThrows(
        UsageException.class, () -> a.syncDistributedEcdsaKey("no uuid", id, "secp256k1", 0, 0));
    assertThrows(UsageException.class, () -> a.syncDistributedEcdsaKey(id, id, "ed25519", 0, 0));
    assertThrows(UsageException.class, () -> a.syncDistributedEcdsaKey(id, id, "p256", 0, 0));
    assertThrows(
        UsageException.class,
        () -> a.syncDistributedEcdsaKey(secret.toString(), id, "secp256k1", 1L << 31, 0));
    assertThrows(
        UsageException.class,
        () -> a.syncDistributedEddsaKey(secret.toString(), id, "ed25519", 0, -1));
    assertThrows(UsageException.class, () -> a.getEcdsaPublicKey(secret.toString(), id));
    String edKey = driverA.newKey(secret, Suite.EDDSA_ED25519).toString();
    assertThrows(UsageException.class, () -> a.getEcdsaPublicKey(secret.toString(), edKey));
    assertThrows(
        UsageException.class, () -> a.signEcdsaMessage(secret.toString(), edKey, id, DIGEST, ""));
    assertThrows(
        UsageException.class,
        () -> a.signEddsaMessage(secret.toString(), edKey, id, "not base64!", ""));
    assertThrows(
        UsageException.class,
        () -> a.signEddsaMessage(secret.toString(), edKey, id, "AQID", "not base64!"));
  }

  @Test
  void manyRunsAtOnce() throws Exception {
    open();
    List<Future<SpatiumProtocol.EcdsaSignature>> signatures =
        threads.invokeAll(
            Collections.nCopies(40, (Callable<SpatiumProtocol.EcdsaSignature>) this::sign));
    for (Future<SpatiumProtocol.EcdsaSignature> signature : signatures) {
      assertNotNull(signature.get());
    }
  }

  @Test
  void severalThreadsThatNeedThePairingMakeItOnce() throws Exception {
    open();
    List<Future<String>> keys =
        threads.invokeAll(
            Collections.nCopies(
                8,
                () ->
                    a.syncDistributedEcdsaKey(
                        secret.toString(), UUID.randomUUID().toString(), "secp256k1", 0, 0)));
    for (Future<String> key : keys) {
      assertNotNull(key.get());
    }
    assertEquals(9, driverA.finished.get());
  }

  @Test
  void aPendingPairingIsNotUsed() {
    open();
    driverA.newPairings = Pairing.Status.PENDING;
    UsageException e =
        assertThrows(
            UsageException.class,
            () ->
                a.syncDistributedEcdsaKey(
                    secret.toString(), UUID.randomUUID().toString(), "secp256k1", 0, 0));
    assertTrue(e.getMessage().contains("compare its digits (00000 00000"), e.getMessage());
    assertEquals(1, driverA.finished.get());
  }

  @Test
  void theInitiatorDoesNotWaitForEverAndTellsTheResponder() {
    open(optionsA().withMessageTimeout(SHORT), optionsB());
    wireB.dropFromRound(2);
    TransportException e = assertThrows(TransportException.class, this::sign);
    assertTrue(e.getMessage().contains("no answer from"), e.getMessage());
    eventually(() -> b.running() == 0); // long before its own timeout
    wireB.meddle(TransportDriver::send);
    assertNotNull(sign());
  }

  @Test
  void theResponderDoesNotWaitForEverAndTellsTheInitiator() {
    open(optionsA(), optionsB().withMessageTimeout(SHORT));
    wireA.dropFromRound(3);
    TransportException e = assertThrows(TransportException.class, this::sign);
    assertTrue(e.getMessage().contains("waited too long"), e.getMessage());
    eventually(() -> b.running() == 0);
    wireA.meddle(TransportDriver::send);
    assertNotNull(sign());
  }

  @Test
  void whyTheOtherSideEndedIsSaid() {
    open();
    Map<RuntimeException, String> reasons =
        Map.of(
            new RefusedException(true, "limit of the day"),
            "policy refused",
            new KeyLockedException("locked"),
            "operator must act",
            new UsageException("no such key"),
            "does not know",
            new StorageException("disk full"),
            "its token, store or library failed",
            new IllegalStateException("a bug"),
            "its token, store or library failed",
            PeerFaultException.abort("G1", "dl"),
            "failed a check there");
    for (Map.Entry<RuntimeException, String> reason : reasons.entrySet()) {
      driverB.inRound =
          round -> {
            throw reason.getKey();
          };
      TransportException e = assertThrows(TransportException.class, this::sign);
      assertTrue(e.getMessage().contains(reason.getValue()), e.getMessage());
      assertTrue(
          !e.getMessage().contains("limit of the day") && !e.getMessage().contains("disk"),
          "no detail leaves");
    }
    driverB.inRound = round -> {};
    assertNotNull(sign());
  }

  @Test
  void aFaultAtTheInitiatorEndsTheRespondersRun() {
    open();
    driverA.inRound =
        round -> {
          if (round.endsWith("|2")) {
            throw new StorageException("disk full");
          }
        };
    assertThrows(StorageException.class, this::sign);
    eventually(() -> driverB.open.get() == 0 && b.running() == 0);
  }

  @Test
  void aBadMessageEndsTheRunOnBothSides() {
    open();
    wireB.meddle(
        (to, meta, data) ->
            to.send(meta, isRound(meta, data, 4) ? text("bad " + string(data)) : data));
    PeerFaultException e = assertThrows(PeerFaultException.class, this::sign);
    assertTrue(!e.sessionAlive());
    eventually(() -> driverB.open.get() == 0);
    wireB.meddle(TransportDriver::send);
    wireA.meddle(
        (to, meta, data) ->
            to.send(meta, isRound(meta, data, 3) ? text("bad " + string(data)) : data));
    TransportException told = assertThrows(TransportException.class, this::sign);
    assertTrue(told.getMessage().contains("failed a check"), told.getMessage());
  }

  private static boolean isRound(TransportMeta meta, Bytes data, int round) {
    return MeddlingTransport.isRun(meta) && MeddlingTransport.round(data) == round;
  }

  private static String string(Bytes data) {
    return new String(data.toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void strayRepeatedReorderedAndForeignMessagesChangeNothing() {
    open();
    Random random = new Random(1);
    MeddlingTransport.Meddler noise =
        (to, meta, data) -> {
          byte[] garbage = new byte[random.nextInt(200)];
          random.nextBytes(garbage);
          to.send(meta, Bytes.of(garbage)); // undecodable, in the right topic
          if (MeddlingTransport.isRun(meta) && MeddlingTransport.round(data) < 4) {
            to.send(
                meta,
                text(
                    string(data)
                        .replaceAll(
                            "\\d$",
                            String.valueOf(MeddlingTransport.round(data) + 2)))); // too early
          }
          to.send(new TransportMeta("other room", meta.topic()), data);
          to.send(new TransportMeta(meta.room(), meta.topic() + "/x"), data);
          to.send(
              new TransportMeta(meta.room(), "spatium.v1/run/" + UUID.randomUUID() + "/9"), data);
          to.send(new TransportMeta(meta.room(), ""), data);
          to.send(meta, data);
          to.send(meta, data); // once more
        };
    // The first message of a run makes it: garbage before it would be taken for it, as a run of its
    // own that fails.
    wireA.meddle(
        (to, meta, data) ->
            (isRound(meta, data, 1) ? (MeddlingTransport.Meddler) TransportDriver::send : noise)
                .send(to, meta, data));
    wireB.meddle(noise);
    for (int i = 0; i < 5; i++) {
      assertNotNull(sign());
    }
  }

  @Test
  void garbageAsFirstMessageIsRefusedAndLeavesNothing() {
    open();
    // Fewer than may run at once: beyond that, an honest run is told to try later.
    for (int i = 0; i < 50; i++) {
      wireA.send(new Topic(Topic.Kind.RUN, UUID.randomUUID(), 1).in("room"), text("garbage " + i));
    }
    assertNotNull(sign());
    eventually(() -> b.running() == 0 && driverB.open.get() == 0);
  }

  @Test
  void garbageDoesNotBuyTime() throws Exception {
    open(optionsA().withMessageTimeout(SHORT), optionsB().withMessageTimeout(SHORT));
    // Each side gets garbage for as long as the run lasts, never the right message, and no notice
    // of an abort.
    AtomicReference<TransportMeta> topicOfB = new AtomicReference<>();
    AtomicReference<TransportMeta> topicOfA = new AtomicReference<>();
    CountDownLatch bothRun = new CountDownLatch(2);
    wireA.meddle(
        (to, meta, data) -> {
          if (isRound(meta, data, 1)) {
            topicOfA.set(meta);
            to.send(meta, data);
            bothRun.countDown();
          }
        });
    wireB.meddle(
        (to, meta, data) -> {
          if (isRound(meta, data, 2)) {
            topicOfB.set(meta);
            bothRun.countDown();
          }
        });
    Future<?> signing = threads.submit(this::sign);
    await(bothRun);
    AtomicInteger sent = new AtomicInteger();
    Future<?> noise =
        threads.submit(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                ends.first().send(topicOfA.get(), text("garbage " + sent.incrementAndGet()));
                ends.second().send(topicOfB.get(), text("garbage " + sent.incrementAndGet()));
                java.util.concurrent.locks.LockSupport.parkNanos(200_000);
              }
            });
    ExecutionException e = assertThrows(ExecutionException.class, signing::get);
    assertTrue(e.getCause() instanceof TransportException, e.toString());
    eventually(() -> driverB.finished.get() == 0 && driverB.open.get() == 0);
    noise.cancel(true);
  }

  @Test
  void aFloodOfRunsIsBoundedAndPasses() {
    int max = 8;
    open(optionsA(), optionsB().withLimits(max, 2).withMessageTimeout(Duration.ofMillis(700)));
    AtomicInteger busy = new AtomicInteger();
    ends.first()
        .on(
            TransportDriver.Filter.room("room"),
            (from, meta, data) -> {
              if (data.equals(Abort.BUSY.encode())) {
                busy.incrementAndGet();
              }
            });
    AtomicInteger most = new AtomicInteger();
    driverB.inRound = round -> most.accumulateAndGet(driverB.open.get(), Math::max);
    int flood = 500;
    for (int i = 0; i < flood; i++) {
      wireA.send(
          new Topic(Topic.Kind.RUN, UUID.randomUUID(), 1).in("room"),
          text("SIGN_ECDSA|" + UUID.randomUUID() + "|1"));
    }
    eventually(() -> busy.get() > 0);
    assertTrue(b.running() <= max);
    eventually(() -> b.running() == 0); // each has waited its time
    assertTrue(most.get() <= max, most + " sessions at once");
    assertNotNull(sign());
  }

  @Test
  void whatWaitsForADeadPeerOrAnOperatorBlocksNothingElse() throws Exception {
    open(optionsA(), optionsB().withLimits(64, 2));
    // A dead initiator: its run was opened, nothing more comes.
    for (int i = 0; i < 20; i++) {
      wireA.send(
          new Topic(Topic.Kind.RUN, UUID.randomUUID(), 1).in("room"),
          text("SIGN_ECDSA|" + UUID.randomUUID() + "|1"));
    }
    // A policy that takes its time, in one of two workers.
    CountDownLatch decision = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    driverB.inRound =
        round -> {
          if (round.startsWith("SIGN_EDDSA") && round.endsWith("|1")) {
            asked.countDown();
            await(decision);
          }
        };
    SyncSessionId edKey = driverA.newKey(secret, Suite.EDDSA_ED25519);
    Future<SpatiumProtocol.EddsaSignature> slow =
        threads.submit(
            () ->
                a.signEddsaMessage(
                    secret.toString(), edKey.toString(), UUID.randomUUID().toString(), "AQID", ""));
    await(asked);
    for (int i = 0; i < 10; i++) {
      assertNotNull(sign());
    }
    assertTrue(!slow.isDone());
    decision.countDown();
    assertNotNull(slow.get());
  }

  @Test
  void aKeyMayBeUsedAtOnceAlthoughItsLastMessageIsStillWorkedOn() throws Exception {
    open();
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch lastOfSync = new CountDownLatch(1);
    driverB.inRound =
        round -> {
          String what = round.replaceAll("\\|.*\\|", " ");
          if (what.equals("SYNC_ECDSA 5")) {
            lastOfSync.countDown();
            await(goOn);
          }
          order.add(what);
        };
    String session = UUID.randomUUID().toString();
    a.syncDistributedEcdsaKey(secret.toString(), session, "secp256k1", 0, 0);
    await(lastOfSync);
    Future<?> signing =
        threads.submit(
            () ->
                a.signEcdsaMessage(
                    secret.toString(), session, UUID.randomUUID().toString(), DIGEST, ""));
    eventually(() -> b.running() == 2);
    // Were it not held back, it would be worked on now.
    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    goOn.countDown();
    signing.get();
    assertTrue(order.indexOf("SYNC_ECDSA 5") < order.indexOf("SIGN_ECDSA 1"), order.toString());
  }

  @Test
  void closingTheInitiatorEndsItsRunsAtOnceAndTellsTheResponder() throws Exception {
    open();
    CountDownLatch reached = new CountDownLatch(1);
    wireB.meddle(
        (to, meta, data) -> {
          if (!isRound(meta, data, 2)) {
            to.send(meta, data);
          } else {
            reached.countDown();
          }
        });
    Future<?> signing = threads.submit(this::sign);
    await(reached);
    a.close();
    ExecutionException e = assertThrows(ExecutionException.class, signing::get);
    assertTrue(e.getCause().getMessage().contains("closed"), e.toString());
    eventually(() -> b.running() == 0 && driverB.open.get() == 0);
    TransportException late = assertThrows(TransportException.class, this::sign);
    assertTrue(late.getMessage().contains("closed"), late.getMessage());
  }

  @Test
  void closingTheResponderEndsItsRunsAndTellsTheInitiator() throws Exception {
    open();
    CountDownLatch reached = new CountDownLatch(1);
    wireB.meddle(
        (to, meta, data) -> {
          if (!isRound(meta, data, 2)) {
            to.send(meta, data);
          } else {
            reached.countDown();
          }
        });
    Future<?> signing = threads.submit(this::sign);
    await(reached);
    eventually(() -> driverB.open.get() == 1);
    b.close();
    ExecutionException e = assertThrows(ExecutionException.class, signing::get);
    assertTrue(e.getCause().getMessage().contains("shutting down"), e.toString());
    assertEquals(0, driverB.open.get());
  }

  @Test
  void closingTheResponderWaitsForTheStepUnderWay() throws Exception {
    open();
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger openAtEnd = new AtomicInteger(-1);
    driverB.inRound =
        round -> {
          computing.countDown();
          await(goOn);
          openAtEnd.set(driverB.open.get());
        };
    Future<?> signing = threads.submit(this::sign);
    await(computing);
    Future<?> closing = threads.submit(b::close);
    eventually(() -> !closing.isDone());
    goOn.countDown();
    closing.get();
    assertEquals(1, openAtEnd.get(), "the session was not wiped under the computation");
    assertEquals(0, driverB.open.get());
    ExecutionException e = assertThrows(ExecutionException.class, signing::get);
    assertTrue(e.getCause() instanceof TransportException, e.toString());
  }

  @Test
  void anInterruptEndsTheCallersRun() throws Exception {
    open();
    wireB.dropFromRound(2);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread signing =
        new Thread(
            () -> {
              try {
                sign();
              } catch (TransportException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    signing.start();
    eventually(() -> driverB.open.get() == 1);
    signing.interrupt();
    signing.join();
    assertNotNull(thrown.get());
    eventually(() -> driverB.open.get() == 0);
  }

  @Test
  void secretsAreMadeOnBothSidesWhereTheOtherAllowsIt() {
    open(optionsA(), optionsB().withSecretCreation(true));
    SecretId id = SecretId.random();
    a.generateDistributedSecret(id.toString());
    assertTrue(driverA.secrets.contains(id) && driverB.secrets.contains(id));
    assertTrue(a.checkSecret(id.toString()) && b.checkSecret(id.toString()));
    a.generateDistributedSecret(id.toString()); // nothing happens
    SecretId onlyThere = SecretId.random();
    driverB.secrets.add(onlyThere);
    a.generateDistributedSecret(onlyThere.toString());
    assertTrue(driverA.secrets.contains(onlyThere));
    assertThrows(
        UsageException.class, () -> b.generateDistributedSecret(SecretId.random().toString()));
  }

  @Test
  void secretsAreNotMadeWhereTheOtherDoesNotAllowIt() {
    open();
    SecretId id = SecretId.random();
    UsageException e =
        assertThrows(UsageException.class, () -> a.generateDistributedSecret(id.toString()));
    assertTrue(e.getMessage().contains("acceptSecretCreation"), e.getMessage());
    assertTrue(!driverA.secrets.contains(id) && !driverB.secrets.contains(id));
  }

  @Test
  void aSecretThatCannotBeMadeThereIsNotMadeHere() {
    open(optionsA(), optionsB().withSecretCreation(true));
    driverB.inGenerate =
        id -> {
          throw new StorageException("disk full");
        };
    SecretId id = SecretId.random();
    TransportException e =
        assertThrows(TransportException.class, () -> a.generateDistributedSecret(id.toString()));
    assertTrue(e.getMessage().contains("its log says how"), e.getMessage());
    assertTrue(!driverA.secrets.contains(id));
  }

  @Test
  void aFloodOfRequestsForSecretsIsNotQueued() {
    open(optionsA(), optionsB().withLimits(64, 2).withSecretCreation(true));
    CountDownLatch goOn = new CountDownLatch(1);
    driverB.inGenerate = id -> await(goOn);
    for (int i = 0; i < 300; i++) {
      wireA.send(
          new Topic(Topic.Kind.SECRET, UUID.randomUUID(), 1).in("room"), SecretId.random().bytes());
    }
    List<SecretId> answered = new ArrayList<>();
    // The 300 are routed before this one, in order.
    wireA.send(new Topic(Topic.Kind.RUN, UUID.randomUUID(), 1).in("room"), text("fence"));
    eventually(() -> b.running() == 1);
    goOn.countDown();
    eventually(() -> b.running() == 0);
    answered.addAll(driverB.secrets);
    assertTrue(answered.size() <= 2, answered.size() + " secrets made");
  }

  @Test
  void aLostConnectionIsSaidClearly() {
    open();
    ends.first().close();
    assertThrows(TransportException.class, this::sign);
  }
}
