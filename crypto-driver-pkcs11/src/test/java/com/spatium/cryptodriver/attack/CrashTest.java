/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PublicPoint;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.FaultyStore.Fault;
import com.spatium.cryptodriver.attack.FaultyStore.Killed;
import com.spatium.cryptodriver.attack.FaultyStore.Moments;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * threats.md row 15, "nonce used twice through a crash": each party is killed after each operation
 * of its store, before and after each message it sends, and each operation fails once with and once
 * without effect. At most the running session is lost; no signSessionId that left a party can be
 * used again, no nonce point is ever seen twice, and the next honest session works.
 */
final class CrashTest {
  /** Every R1 and R2 that any run of this class has sent. */
  private final Set<Bytes> noncePoints = new HashSet<>();

  /** One run under a fault, on copies of the stores of a stage. */
  private final class World implements AutoCloseable {
    final FaultyStore store1;
    final FaultyStore store2;
    final TwoParties parties;
    final Moments moments;
    final List<Bytes> sent = new ArrayList<>();

    /** A party's state was opened beside its driver, and that has its own secrets in the vault. */
    boolean cheats;

    /** The run under way. */
    private Carrier<?> running = new Carrier<>();

    /**
     * Another thread ended the run, or the driver, at the moment: the run then says that it is
     * over.
     */
    boolean ended;

    /** What the operator does before anything else is tried. */
    Runnable afterRun = () -> {};

    World(Stage stage, Moments moments) {
      FaultyStore[] stores = new FaultyStore[2];
      this.parties =
          new TwoParties(
              stage,
              store -> stores[0] = new FaultyStore("P1", store),
              store -> stores[1] = new FaultyStore("P2", store),
              // The operations of the store are counted: none come from a background worker.
              config -> config.withPools(DriverConfig.Pools.off()));
      this.store1 = stores[0];
      this.store2 = stores[1];
      this.moments = moments;
    }

    private FaultyStore store(Role role) {
      return role == Role.INITIATOR ? store1 : store2;
    }

    /**
     * The run, until it ends or nobody can go on. What a party sent before it died arrives. The
     * fault is over afterwards, and who was killed is started again.
     */
    <R> Optional<R> run(Function<TwoParties, Exchange<R>> begin) {
      // Opening the drivers is no part of it.
      parties.p1.driver();
      parties.p2.driver();
      store1.arm(moments);
      store2.arm(moments);
      Carrier<R> carrier = new Carrier<>();
      running = carrier;
      try {
        Optional<Step<R>> one = attempt(Role.INITIATOR, () -> carrier.start(begin.apply(parties)));
        while (true) {
          Optional<Bytes> toP2 = one.flatMap(step -> send(Role.INITIATOR, step));
          Optional<Step<?>> two =
              toP2.flatMap(
                  message -> attempt(Role.RESPONDER, () -> carrier.toResponder(parties, message)));
          Optional<Bytes> toP1 = two.flatMap(step -> send(Role.RESPONDER, step));
          if (one.isPresent() && TwoParties.result(one.get()).isPresent()) {
            return TwoParties.result(one.get());
          }
          if (toP1.isEmpty() || store1.isDead()) {
            return Optional.empty();
          }
          one = attempt(Role.INITIATOR, () -> carrier.initiator.receive(toP1.get()));
          if (one.isPresent() && one.get() instanceof Step.Finish<R> finish) {
            return Optional.of(finish.result());
          }
        }
      } finally {
        for (TwoParties.Party party : List.of(parties.p1, parties.p2)) {
          FaultyStore store = store(party.role());
          if (store.isDead()) {
            party.restart();
          }
          store.revive();
        }
        carrier.close();
        afterRun.run();
      }
    }

    /** Empty: the party was killed, or its store failed. */
    private <T> Optional<T> attempt(Role role, Supplier<T> body) {
      if (store(role).isDead()) {
        return Optional.empty();
      }
      try {
        return Optional.of(body.get());
      } catch (Killed e) {
        assertTrue(store(role).isDead());
        return Optional.empty();
      } catch (UsageException e) {
        // What a process that was killed makes of it, nobody sees.
        if (store(role).isDead() || ended) {
          return Optional.empty();
        }
        throw e;
      } catch (StorageException e) {
        assertTrue(
            String.valueOf(e.getMessage()).startsWith("the test's store fails"),
            () -> moments + ": " + e.getMessage());
        return Optional.empty();
      }
    }

    private Optional<Bytes> send(Role role, Step<?> step) {
      Optional<Bytes> message = TwoParties.sent(step);
      if (message.isEmpty()) {
        return message;
      }
      try {
        store(role).pass("before it sends message " + (sent.size() + 1));
      } catch (Killed e) {
        return Optional.empty();
      }
      sent.add(message.get());
      try {
        store(role).pass("after it sent message " + sent.size());
      } catch (Killed e) {
        // The message is on its way.
      }
      return message;
    }

    /** Whether this round of the run was sent. */
    boolean wasSent(int round) {
      return sent.size() >= round;
    }

    @Override
    public void close() {
      parties.close();
    }
  }

  private static final class Carrier<R> implements AutoCloseable {
    Exchange<R> initiator;
    Exchange<?> responder;

    Step<R> start(Exchange<R> begun) {
      initiator = begun;
      return begun.start();
    }

    Step<?> toResponder(TwoParties parties, Bytes message) {
      if (responder == null) {
        responder = parties.p2.driver().accept(TwoParties.P1, message);
        return responder.start();
      }
      return responder.receive(message);
    }

    @Override
    public void close() {
      if (initiator != null) {
        initiator.close();
      }
      if (responder != null) {
        responder.close();
      }
    }
  }

  /** Carries out the scenario once without a fault, then once with the fault at each moment. */
  private void atEveryMoment(
      Fault fault, boolean writesAlone, Stage stage, Consumer<World> scenario) {
    int moments;
    try (World world = new World(stage, new Moments(fault, -1, writesAlone))) {
      scenario.accept(world);
      moments = world.moments.count();
    }
    // A scenario of no moments would test nothing.
    assertTrue(moments >= 2, moments + " moments");
    for (int at = 0; at < moments; at++) {
      long before = TwoParties.ECMATH.vault().report().handles();
      World world = new World(stage, new Moments(fault, at, writesAlone));
      try (world) {
        scenario.accept(world);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(world.moments + ": " + e.getMessage(), e);
      }
      assertTrue(world.moments.count() > at, "the moment never came");
      if (!world.cheats) {
        // Fewer are fine: what an earlier test forgot was collected meanwhile.
        long after = TwoParties.ECMATH.vault().report().handles();
        assertTrue(
            after <= before,
            () -> world.moments + ": " + (after - before) + " secrets stay in the vault");
      }
    }
  }

  // ---- signatures ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void killedAtAnyMomentOfASignature(Suite suite) {
    atEveryMoment(Fault.KILL, false, Stage.SYNCHRONISED, world -> signature(world, suite));
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void theStoreFailsInASignature(Suite suite) {
    atEveryMoment(Fault.FAIL_BEFORE, false, Stage.SYNCHRONISED, world -> signature(world, suite));
    atEveryMoment(Fault.FAIL_AFTER, false, Stage.SYNCHRONISED, world -> signature(world, suite));
  }

  private void signature(World world, Suite suite) {
    TwoParties parties = world.parties;
    SignSessionId id = SignSessionId.random();
    Bytes message = TwoParties.random();
    Optional<Signature> signature = world.run(p -> p.signature(suite, id, message));
    signature.ifPresent(
        found ->
            assertTrue(
                TwoParties.verifies(parties.publicKey(suite), message, found),
                "a signature that does not verify"));
    collectNonces(world.sent);

    if (world.wasSent(1)) {
      try (Exchange<Signature> again = parties.signature(suite, id, message)) {
        assertThrows(UsageException.class, again::start, "P1 signs again with an id that it sent");
      }
    }
    if (world.wasSent(2)) {
      assertThrows(
          PeerFaultException.class,
          () -> acceptAndStart(parties.p2.driver(), world.sent.get(0)),
          "P2 answers a G1 for the second time");
    }
    assertSignsUnderTheSameKey(parties, suite);
  }

  /** All ids of a batch are used before its first message leaves, on both sides. */
  @Test
  void killedAtAnyMomentOfABatch() {
    Suite suite = Suite.EDDSA_ED25519;
    atEveryMoment(
        Fault.KILL,
        false,
        Stage.SYNCHRONISED,
        world -> {
          TwoParties parties = world.parties;
          List<SignRequest> batch = new ArrayList<>();
          for (int j = 0; j < 3; j++) {
            batch.add(TwoParties.request(suite, SignSessionId.random(), TwoParties.random()));
          }
          Optional<List<Signature>> signatures = world.run(p -> p.p1.driver().signAll(batch));
          signatures.ifPresent(all -> assertEquals(batch.size(), all.size()));
          for (SignRequest request : batch) {
            SignSessionId id = request.signSessionId();
            if (world.wasSent(1)) {
              try (Exchange<Signature> again = parties.signature(suite, id, TwoParties.random())) {
                assertThrows(UsageException.class, again::start);
              }
            }
            if (world.wasSent(2)) {
              assertTrue(
                  parties.p2.store.list("p2/used/").stream()
                      .anyMatch(key -> key.endsWith("/" + id)),
                  "P2 answered a batch without marking its ids");
            }
          }
          assertSignsUnderTheSameKey(parties, suite);
        });
  }

  private void assertSignsUnderTheSameKey(TwoParties parties, Suite suite) {
    List<Bytes> sent = new ArrayList<>();
    Bytes message = TwoParties.random();
    TwoParties.Ended<Signature> ended =
        parties.run(
            parties.signature(suite, SignSessionId.random(), message),
            (header, bytes) -> {
              sent.add(bytes);
              return bytes;
            });
    Signature signature = ended.initiator().orElseThrow();
    assertEquals(Optional.of(List.of(signature)), ended.responder());
    assertTrue(TwoParties.verifies(parties.publicKey(suite), message, signature));
    collectNonces(sent);
  }

  private static void acceptAndStart(CryptoDriver driver, Bytes first) {
    try (Exchange<?> run = driver.accept(TwoParties.P1, first)) {
      run.start();
    }
  }

  /** Each point of each message is new. */
  private void collectNonces(List<Bytes> sent) {
    for (Bytes bytes : sent) {
      WireMessage message = TwoParties.decode(bytes);
      List<ProvenPoint> points = List.of();
      if (message instanceof SignMessage.NonceShare share) {
        points = share.nonces();
      } else if (message instanceof SignMessage.NonceOpening opening) {
        points = opening.nonces();
      }
      for (ProvenPoint point : points) {
        assertTrue(noncePoints.add(point.point()), "a nonce was used twice");
      }
    }
  }

  // ---- synchronisation ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void killedAtAnyMomentOfASynchronisation(Suite suite) {
    atEveryMoment(Fault.KILL, false, Stage.PAIRED, world -> synchronisation(world, suite));
  }

  @Test
  void theStoreFailsInASynchronisation() {
    atEveryMoment(
        Fault.FAIL_BEFORE,
        true,
        Stage.PAIRED,
        world -> synchronisation(world, Suite.EDDSA_ED25519));
    atEveryMoment(
        Fault.FAIL_AFTER, true, Stage.PAIRED, world -> synchronisation(world, Suite.EDDSA_ED25519));
  }

  private void synchronisation(World world, Suite suite) {
    TwoParties parties = world.parties;
    SyncSessionId id = SyncSessionId.random();
    Optional<DistributedKey> result = world.run(p -> p.synchronisation(suite, id, TwoParties.PATH));
    Optional<PublicPoint> of1 = publicKey(parties.p1, id);
    Optional<PublicPoint> of2 = publicKey(parties.p2, id);
    assertTrue(result.isEmpty() || of1.isPresent(), "P1 gave out a key that it does not have");
    assertTrue(of2.isEmpty() || of1.isPresent(), "P2 has the key ACTIVE, P1 has not");
    assertTrue(of1.isEmpty() || world.wasSent(4), "P1 has the key without P2's confirmation");
    assertTrue(
        of2.isEmpty() || world.wasSent(5), "P2 has the key ACTIVE without P1's confirmation");
    assertTrue(of2.isEmpty() || of1.equals(of2), "the parties have different keys");
    if (of1.isPresent()) {
      try (Exchange<DistributedKey> again = parties.synchronisation(suite, id, TwoParties.PATH)) {
        assertThrows(UsageException.class, again::start, "an existing syncSessionId is made again");
      }
    }
    if (world.wasSent(4)) {
      assertThrows(
          PeerFaultException.class, () -> acceptAndStart(parties.p2.driver(), world.sent.get(0)));
    }

    SyncSessionId next = SyncSessionId.random();
    DistributedKey key =
        parties
            .run(parties.synchronisation(suite, next, TwoParties.PATH))
            .initiator()
            .orElseThrow();
    assertEquals(reference(suite), key.publicKey(), "a crash changed the key of a path");
    assertEquals(Optional.of(key.publicKey()), publicKey(parties.p2, next));
    of1.ifPresent(earlier -> assertEquals(earlier, key.publicKey()));
    Bytes message = TwoParties.random();
    SignRequest request =
        new SignRequest(TwoParties.SECRET, next, SignSessionId.random(), message, Bytes.empty());
    Signature signature = parties.run(parties.p1.driver().sign(request)).initiator().orElseThrow();
    assertTrue(TwoParties.verifies(key.publicKey().encoded(), message, signature));
  }

  private static Optional<PublicPoint> publicKey(TwoParties.Party party, SyncSessionId id) {
    return party.driver().key(TwoParties.SECRET, id).map(DistributedKey::publicKey);
  }

  /** The same secrets and path always give this. */
  private static PublicPoint reference(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      return parties
          .p1
          .driver()
          .key(TwoParties.SECRET, TwoParties.key(suite))
          .orElseThrow()
          .publicKey();
    }
  }

  // ---- pairing ----

  @Test
  void killedAtAnyMomentOfAPairing() {
    atEveryMoment(Fault.KILL, true, Stage.SECRETS, this::pairing);
  }

  private void pairing(World world) {
    TwoParties parties = world.parties;
    world.run(TwoParties::pairing);
    Optional<Pairing> of1 =
        parties.p1.driver().pairing(TwoParties.SECRET, Role.INITIATOR, TwoParties.P2);
    Optional<Pairing> of2 =
        parties.p2.driver().pairing(TwoParties.SECRET, Role.RESPONDER, TwoParties.P1);
    assertTrue(of1.isEmpty() || of2.isPresent(), "P1 has stored before P2");

    // No operator is needed: the same parameters make the same pairing.
    Pairing pairing = parties.run(parties.pairing()).initiator().orElseThrow();
    assertEquals(Pairing.Status.ACTIVE, pairing.status());
    of1.ifPresent(earlier -> assertEquals(earlier, pairing));
    of2.ifPresent(earlier -> assertEquals(earlier.id(), pairing.id()));
    DistributedKey key =
        parties.run(parties.synchronisation(Suite.EDDSA_ED25519)).initiator().orElseThrow();
    assertEquals(Optional.of(key.publicKey()), publicKey(parties.p2, key.syncSessionId()));
  }

  // ---- a run is ended from outside while it computes ----

  /** What another thread does to the party whose operation it is. */
  private enum Ending {
    CLOSE_RUN,
    CLOSE_DRIVER,
    REPAIR
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSignatureIsEndedFromOutsideAtAnyMoment(Suite suite) {
    for (Ending ending : Ending.values()) {
      if (ending == Ending.REPAIR && suite == Suite.ECDSA_SECP256K1) {
        // Pairing again takes half a second at each moment, and the engine is the same.
        continue;
      }
      atEveryMoment(
          Fault.MEANWHILE,
          false,
          Stage.SYNCHRONISED,
          world -> {
            endAtTheMoment(world, ending);
            signature(world, suite);
          });
    }
  }

  @Test
  void aSynchronisationIsEndedFromOutsideAtAnyMoment() {
    for (Ending ending : Ending.values()) {
      atEveryMoment(
          Fault.MEANWHILE,
          false,
          Stage.PAIRED,
          world -> {
            endAtTheMoment(world, ending);
            synchronisation(world, Suite.EDDSA_ED25519);
          });
    }
  }

  private static void endAtTheMoment(World world, Ending ending) {
    TwoParties parties = world.parties;
    world.moments.meanwhile(
        store -> {
          world.ended = true;
          boolean isP1 = store == world.store1;
          TwoParties.Party party = isP1 ? parties.p1 : parties.p2;
          switch (ending) {
            case CLOSE_RUN -> world.running.close();
            case CLOSE_DRIVER -> party.driver().close();
            case REPAIR ->
                party.driver().operator().repair(TwoParties.SECRET, party.role(), party.peer());
          }
        });
    world.afterRun =
        () -> {
          if (world.ended && ending == Ending.CLOSE_DRIVER) {
            parties.p1.restart();
            parties.p2.restart();
          } else if (world.ended && ending == Ending.REPAIR) {
            // The parameters are the same on both sides, so the pairing is, and its keys work
            // again.
            parties.run(parties.pairing());
          }
        };
  }

  // ---- secrets ----

  @Test
  void killedAtAnyMomentOfMakingASecret() {
    SecretId id = SecretId.random();
    atEveryMomentOfP1(
        world -> {
          assertTrue(world.parties.p1.driver().secrets().list().contains(TwoParties.SECRET));
          if (!world.parties.p1.driver().secrets().exists(id)) {
            world.parties.p1.driver().secrets().generate(id);
          }
          assertTrue(world.parties.p1.driver().secrets().list().contains(id));
        },
        driver -> driver.secrets().generate(id));
  }

  @Test
  void killedAtAnyMomentOfDestroyingASecret() {
    atEveryMomentOfP1(
        world -> {
          CryptoDriver driver = world.parties.p1.driver();
          if (driver.secrets().exists(TwoParties.SECRET)) {
            // Half destroyed: whatever a key still does, it does under its own Q; and destroying
            // goes on.
            driver.secrets().destroy(TwoParties.SECRET);
          }
          assertFalse(driver.secrets().exists(TwoParties.SECRET));
          assertTrue(driver.operator().pairings().isEmpty());
          for (Suite suite : Suite.values()) {
            assertEquals(Optional.empty(), driver.key(TwoParties.SECRET, TwoParties.key(suite)));
          }
        },
        driver -> driver.secrets().destroy(TwoParties.SECRET));
  }

  /**
   * The first start of an installation: its record key and its ring-Pedersen parameters are made.
   */
  @Test
  void killedAtAnyMomentOfTheFirstStart(@TempDir Path directory) throws IOException {
    Supplier<Custody> custodies = KeyFiles.custody(TwoParties.ECMATH, directory);
    int moments = Integer.MAX_VALUE;
    for (int at = 0; at < moments; at++) {
      FaultyStore store = new FaultyStore("P1", new MemoryStateStore());
      Moments strike = new Moments(Fault.KILL, at, true);
      store.arm(strike);
      SecretId id = SecretId.random();
      try (Custody custody = custodies.get();
          CryptoDriver driver = TestDrivers.open(DriverConfig.of("p1"), store, custody, 1)) {
        // The start has fewer moments than this.
        assertFalse(driver.secrets().exists(id));
        moments = at;
      } catch (Killed e) {
        store.revive();
        try (Custody custody = custodies.get();
            CryptoDriver driver = TestDrivers.open(DriverConfig.of("p1"), store, custody, 1)) {
          driver.secrets().generate(id);
          assertTrue(driver.secrets().exists(id));
        }
      }
    }
    assertTrue(moments >= 2, moments + " moments");
  }

  /**
   * A token-bound secret is an object in the token and a record: neither is left alone where the
   * driver cannot find it, and no second object of its label is made, which would block the token.
   */
  @Test
  void killedAtAnyMomentOfMakingATokenBoundSecret(@TempDir Path directory) throws IOException {
    Supplier<Custody> custodies = KeyFiles.custody(TwoParties.ECMATH, directory);
    StateStore installed = new MemoryStateStore();
    TestDrivers.open(DriverConfig.of("p1"), installed, custodies.get(), 1).close();
    int moments = Integer.MAX_VALUE;
    boolean[] outcomes = new boolean[2];
    for (int at = 0; at < moments; at++) {
      FaultyStore store = new FaultyStore("P1", TwoParties.copy(installed));
      Set<SecretId> objects = new HashSet<>();
      SecretId id = SecretId.random();
      try (CryptoDriver driver = openWithToken(store, custodies.get(), objects)) {
        store.arm(new Moments(Fault.KILL, at, false));
        driver.secrets().generate(id);
        moments = at;
      } catch (Killed e) {
        assertTrue(store.isDead());
      }
      store.revive();
      try (CryptoDriver driver = openWithToken(store, custodies.get(), objects)) {
        boolean complete = driver.secrets().exists(id);
        outcomes[complete ? 1 : 0] = true;
        if (complete) {
          assertEquals(Set.of(id), objects);
          assertEquals(Secrets.Kind.TOKEN_BOUND, driver.secrets().kind(id));
        } else {
          if (!objects.isEmpty()) {
            assertThrows(
                UsageException.class,
                () -> driver.secrets().generate(id),
                "a second object of one label");
          }
          try {
            driver.secrets().destroy(id);
          } catch (UsageException e) {
            // It was killed before there was a record.
            assertEquals(Set.of(), objects, "an object that no record knows");
          }
          assertEquals(Set.of(), objects);
          driver.secrets().generate(id);
          assertEquals(Set.of(id), objects);
        }
      }
    }
    assertTrue(outcomes[0] && outcomes[1], "both outcomes have to occur");
  }

  private static CryptoDriver openWithToken(
      FaultyStore store, Custody custody, Set<SecretId> objects) {
    return TestDrivers.open(
        DriverConfig.of("p1"), store, new FakeToken(custody, store, objects), 1);
  }

  /** Objects of a token that outlives the process; each operation on them is a moment of it. */
  private record FakeToken(Custody sealing, FaultyStore process, Set<SecretId> objects)
      implements Custody {
    @Override
    public String describe() {
      return "test token";
    }

    @Override
    public Secrets.Kind nativeKind() {
      return Secrets.Kind.TOKEN_BOUND;
    }

    @Override
    public Bytes seal(Bytes aad, SecretBlob plaintext) {
      return sealing.seal(aad, plaintext);
    }

    @Override
    public SecretBlob open(Bytes aad, Bytes sealed) {
      return sealing.open(aad, sealed);
    }

    @Override
    public Optional<SecretBlob> randomness() {
      return sealing.randomness();
    }

    @Override
    public void createSecret(SecretId id) {
      process.pass("before the token makes its object");
      assertTrue(objects.add(id), "two objects of one label");
      process.pass("after the token made its object");
    }

    @Override
    public SecretScalar fragment(SecretId id, Suite suite, DerivationPath path) {
      throw new UnsupportedOperationException("no key is made here");
    }

    @Override
    public void destroySecret(SecretId id) {
      objects.remove(id);
    }

    @Override
    public Map<String, String> health() {
      return sealing.health();
    }

    @Override
    public void close() {
      sealing.close();
    }
  }

  private void atEveryMomentOfP1(Consumer<World> afterwards, Consumer<CryptoDriver> action) {
    atEveryMoment(
        Fault.KILL,
        false,
        Stage.SYNCHRONISED,
        world -> {
          CryptoDriver driver = world.parties.p1.driver();
          world.store1.arm(world.moments);
          try {
            action.accept(driver);
          } catch (Killed e) {
            world.parties.p1.restart();
          }
          world.store1.revive();
          afterwards.accept(world);
        });
  }

  // ---- LOCKED ----

  @Test
  void killedAtAnyMomentOfLocking() {
    boolean[] seen = new boolean[2];
    atEveryMoment(
        Fault.KILL,
        true,
        Stage.SYNCHRONISED,
        world -> {
          TwoParties parties = world.parties;
          SyncSessionId key = Faults.wrongKey(parties);
          world.cheats = true;
          boolean reported = false;
          try {
            assertEquals(
                Optional.empty(),
                world.run(p -> Faults.signature(p, key)),
                "a wrong signature was returned");
          } catch (KeyLockedException e) {
            reported = true;
          }
          boolean locked = parties.p1.driver().operator().isLocked(TwoParties.SECRET);
          assertTrue(locked || !reported, "the error was reported before LOCKED was durable");
          assertFalse(world.wasSent(5));
          seen[locked ? 1 : 0] = true;
          if (locked) {
            assertRefusesEverythingLocked(parties);
            parties.p1.driver().operator().unlock(TwoParties.SECRET);
          }
          parties.assertSigns(Suite.ECDSA_SECP256K1);
        });
    assertTrue(seen[0] && seen[1], "both outcomes have to occur");
  }

  private static void assertRefusesEverythingLocked(TwoParties parties) {
    for (Suite suite : Suite.values()) {
      try (Exchange<?> signature = parties.signature(suite);
          Exchange<?> synchronisation = parties.synchronisation(suite)) {
        assertThrows(KeyLockedException.class, signature::start);
        assertThrows(KeyLockedException.class, synchronisation::start);
      }
    }
  }

  /**
   * The disk is full just when LOCKED has to be written: the machine stays faulty, so the driver
   * must not go on either.
   */
  @Test
  void aLockThatCannotBeStoredHoldsAllTheSame() {
    try (TwoParties parties =
        new TwoParties(
            Stage.SYNCHRONISED,
            NoLockStore::new,
            UnaryOperator.identity(),
            UnaryOperator.identity())) {
      SyncSessionId key = Faults.wrongKey(parties);
      Exchange<Signature> running = parties.signature(Suite.EDDSA_ED25519);
      running.start();
      assertThrows(CryptoDriverException.class, () -> parties.run(Faults.signature(parties, key)));
      assertTrue(parties.p1.driver().operator().isLocked(TwoParties.SECRET));
      assertRefusesEverythingLocked(parties);
      assertThrows(
          UsageException.class,
          () -> running.receive(Bytes.empty()),
          "a running session of this secret goes on");
      parties.p1.driver().operator().unlock(TwoParties.SECRET);
      parties.assertSound();
    }
  }

  /** Everything but LOCKED can be written. */
  private static final class NoLockStore extends ForwardingStore {
    NoLockStore(StateStore store) {
      super(store);
    }

    @Override
    public boolean create(String key, Bytes value) {
      if (key.contains("/locked/")) {
        throw new StorageException("the test's store is full");
      }
      return super.create(key, value);
    }
  }
}
