/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.IndependentVerifier;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.cryptodriver.engine.ReferenceKeys;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every driver does alike, with alice as P1 and bob as P2. The parties are paired, and have a key of each suite, once for all
 * tests; each test starts from a copy of their stores.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CryptoDriverContract {
  protected static final EcMath ECMATH = EcMath.open();
  private static final PeerId ALICE = new PeerId("alice");
  private static final PeerId BOB = new PeerId("bob");
  private static final DerivationPath PATH = new DerivationPath(60, 7);

  private final SecretId secret = SecretId.random();
  private final SyncSessionId ecdsaKey = SyncSessionId.random();
  private final SyncSessionId eddsaKey = SyncSessionId.random();
  private Party firstAlice;
  private Party firstBob;
  private Party alice;
  private Party bob;

  /** What opens one and the same custody again and again; a second call gives another one. */
  protected abstract Supplier<Custody> initiatorsCustody() throws Exception;

  protected abstract Supplier<Custody> respondersCustody() throws Exception;

  @BeforeAll
  void pairOnce() throws Exception {
    long started = System.nanoTime();
    firstAlice = Party.alice(new MemoryStateStore(), initiatorsCustody());
    firstBob = Party.bob(new MemoryStateStore(), respondersCustody());
    alice = firstAlice;
    bob = firstBob;
    alice.driver().secrets().generate(secret);
    bob.driver().secrets().generate(secret);
    pair(secret);
    synchronise(secret, ecdsaKey, Suite.ECDSA_SECP256K1, PATH);
    synchronise(secret, eddsaKey, Suite.EDDSA_ED25519, PATH);
    System.out.printf("%s: set up in %d ms%n", getClass().getSimpleName(), (System.nanoTime() - started) / 1_000_000);
  }

  @AfterAll
  void closeFirst() {
    firstAlice.close();
    firstBob.close();
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

  // ---- helpers ----

  private <R> Conversation<R> run(Exchange<R> exchange) {
    return Conversation.of(exchange, bob.driver(), ALICE);
  }

  private Pairing pair(SecretId id) {
    return run(alice.driver().pair(new PairingRequest(id, BOB))).complete();
  }

  private DistributedKey synchronise(SecretId id, SyncSessionId session, Suite suite, DerivationPath path) {
    return run(alice.driver().synchronise(new SyncRequest(id, session, suite, path, BOB))).complete();
  }

  private SyncSessionId key(Suite suite) {
    return suite == Suite.ECDSA_SECP256K1 ? ecdsaKey : eddsaKey;
  }

  private static Bytes message() {
    return Bytes.of(Vault.randomPublic(32));
  }

  private SignRequest request(Suite suite, Bytes message) {
    return new SignRequest(secret, key(suite), SignSessionId.random(), message, Bytes.ofHex("c0ffee"));
  }

  private void signsStill(Suite suite) {
    SignRequest request = request(suite, message());
    Signature signature = run(alice.driver().sign(request)).complete();
    IndependentVerifier.verify(
        alice.driver().key(secret, request.syncSessionId()).orElseThrow(), request.message(), signature);
  }

  private void importSeeds(SecretId id, byte[] ofAlice, byte[] ofBob) {
    try (SecretBlob a = ECMATH.vault().fromPublic(ofAlice);
        SecretBlob b = ECMATH.vault().fromPublic(ofBob)) {
      alice.driver().secrets().importSeed(id, a);
      bob.driver().secrets().importSeed(id, b);
    }
  }

  // ---- pairing ----

  @Test
  void bothSidesHaveTheSamePairing() {
    Pairing ofAlice = alice.driver().pairing(secret, Role.INITIATOR, BOB).orElseThrow();
    Pairing ofBob = bob.driver().pairing(secret, Role.RESPONDER, ALICE).orElseThrow();
    assertEquals(ofAlice.id(), ofBob.id());
    assertEquals(Pairing.Status.ACTIVE, ofAlice.status());
    assertEquals(Pairing.Status.ACTIVE, ofBob.status());
    assertEquals(List.of(ofAlice), alice.driver().operator().pairings());
    assertTrue(alice.driver().pairing(secret, Role.RESPONDER, BOB).isEmpty());
  }

  @Test
  void pairingAgainGivesTheSamePairing() {
    Pairing first = alice.driver().pairing(secret, Role.INITIATOR, BOB).orElseThrow();
    assertEquals(first, pair(secret));
    alice.restart();
    bob.restart();
    assertEquals(first, pair(secret));
    signsStill(Suite.ECDSA_SECP256K1);
  }

  @Test
  void aPairingCutAnywhereCanBeRunAgain() {
    SecretId id = SecretId.random();
    alice.driver().secrets().generate(id);
    bob.driver().secrets().generate(id);
    List<PairingId> ids = new ArrayList<>();
    for (int messages = 0; messages < 4; messages++) {
      int cut = messages;
      assertThrows(
          Cut.class, () -> run(alice.driver().pair(new PairingRequest(id, BOB))).through(cutAfter(cut)).complete());
      bob.driver().pairing(id, Role.RESPONDER, ALICE).ifPresent(pairing -> ids.add(pairing.id()));
      alice.restart();
      bob.restart();
    }
    assertFalse(ids.isEmpty(), "bob stores before E4, which was cut");
    assertEquals(Set.of(pair(id).id()), Set.copyOf(ids));
  }

  @Test
  void aPendingPairingNeitherSynchronisesNorSignsUntilBothOperatorsConfirm() {
    alice.restart(alice.config().withAuthenticatedPeers(Set.of()));
    bob.restart(bob.config().withAuthenticatedPeers(Set.of()));
    SecretId id = SecretId.random();
    alice.driver().secrets().generate(id);
    bob.driver().secrets().generate(id);
    Pairing pairing = pair(id);
    assertEquals(Pairing.Status.PENDING, pairing.status());
    SyncSessionId session = SyncSessionId.random();
    assertThrows(UsageException.class, () -> synchronise(id, session, Suite.ECDSA_SECP256K1, PATH));
    assertEquals(Pairing.Status.ACTIVE, alice.driver().operator().confirm(pairing.id()).status());
    // Now alice would, but bob does not.
    assertThrows(UsageException.class, () -> synchronise(id, session, Suite.ECDSA_SECP256K1, PATH));
    bob.driver().operator().confirm(pairing.id());
    assertEquals(id, synchronise(id, session, Suite.ECDSA_SECP256K1, PATH).secretId());
    assertEquals(Pairing.Status.ACTIVE, pair(id).status(), "pairing again keeps what the operators confirmed");
    assertThrows(UsageException.class, () -> alice.driver().operator().confirm(new PairingId(message())));
  }

  @Test
  void otherParametersForAKnownPairNeedRepairAndTheKeysStayTheSame() throws Exception {
    byte[] ofAlice = Vault.randomPublic(32);
    byte[] ofBob = Vault.randomPublic(32);
    SecretId id = SecretId.random();
    importSeeds(id, ofAlice, ofBob);
    PairingId before = pair(id).id();
    SyncSessionId session = SyncSessionId.random();
    DistributedKey key = synchronise(id, session, Suite.ECDSA_SECP256K1, PATH);

    // Bob lost everything but the seed.
    bob.close();
    bob = Party.bob(new MemoryStateStore(), respondersCustody());
    try (SecretBlob seed = ECMATH.vault().fromPublic(ofBob)) {
      bob.driver().secrets().importSeed(id, seed);
    }
    PeerFaultException refused = assertThrows(PeerFaultException.class, () -> pair(id));
    assertEquals("E2", refused.round());
    assertFalse(refused.sessionAlive());
    assertEquals(before, alice.driver().pairing(id, Role.INITIATOR, BOB).orElseThrow().id(), "nothing was replaced");

    alice.driver().operator().repair(id, Role.INITIATOR, BOB);
    assertNotEquals(before, pair(id).id());
    // The key of the old pairing does not sign any more; synchronised anew it is the same.
    assertThrows(
        UsageException.class,
        () -> run(alice.driver().sign(new SignRequest(id, session, SignSessionId.random(), message(), Bytes.empty()))).complete());
    SyncSessionId anew = SyncSessionId.random();
    assertEquals(key.publicKey(), synchronise(id, anew, Suite.ECDSA_SECP256K1, PATH).publicKey());
    Bytes message = message();
    Signature signature =
        run(alice.driver().sign(new SignRequest(id, anew, SignSessionId.random(), message, Bytes.empty()))).complete();
    IndependentVerifier.verify(key, message, signature);
  }

  @Test
  void afterRepairAnotherSecretOfThePeerIsFound() throws Exception {
    SecretId id = SecretId.random();
    importSeeds(id, Vault.randomPublic(16), Vault.randomPublic(64));
    pair(id);
    synchronise(id, SyncSessionId.random(), Suite.EDDSA_ED25519, PATH);
    bob.close();
    bob = Party.bob(new MemoryStateStore(), respondersCustody());
    try (SecretBlob seed = ECMATH.vault().fromPublic(Vault.randomPublic(64))) {
      bob.driver().secrets().importSeed(id, seed);
    }
    alice.driver().operator().repair(id, Role.INITIATOR, BOB);
    pair(id);
    SyncSessionId session = SyncSessionId.random();
    PeerFaultException refused =
        assertThrows(PeerFaultException.class, () -> synchronise(id, session, Suite.EDDSA_ED25519, PATH));
    assertEquals("S2", refused.round());
    assertTrue(alice.driver().key(id, session).isEmpty());
  }

  @Test
  void aPeerBelowTheMinimumLevelIsRefused() {
    bob.restart(bob.config().withLevel(SecurityLevel.BITS_128).withMinimumLevel(SecurityLevel.BITS_128));
    PeerFaultException refused = assertThrows(PeerFaultException.class, () -> pair(secret));
    assertEquals("E1", refused.round());
  }

  // ---- synchronisation ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void bothSidesHaveTheSameKeyAndSynchronisingAgainGivesItAgain(Suite suite) {
    DistributedKey ofAlice = alice.driver().key(secret, key(suite)).orElseThrow();
    DistributedKey ofBob = bob.driver().key(secret, key(suite)).orElseThrow();
    assertEquals(ofAlice.publicKey(), ofBob.publicKey());
    assertEquals(Role.INITIATOR, ofAlice.role());
    assertEquals(Role.RESPONDER, ofBob.role());
    alice.restart();
    bob.restart();
    assertEquals(ofAlice.publicKey(), synchronise(secret, SyncSessionId.random(), suite, PATH).publicKey());
    assertNotEquals(
        ofAlice.publicKey(),
        synchronise(secret, SyncSessionId.random(), suite, new DerivationPath(60, 8)).publicKey());
  }

  @Test
  void seedsGiveTheKeysThatBip32Gives() {
    for (int bytes : new int[] {16, 64}) {
      byte[] ofAlice = Vault.randomPublic(bytes);
      byte[] ofBob = Vault.randomPublic(bytes);
      SecretId id = SecretId.random();
      importSeeds(id, ofAlice, ofBob);
      assertEquals(Secrets.Kind.PORTABLE, alice.driver().secrets().kind(id));
      pair(id);
      DerivationPath path = new DerivationPath(0x7fffffffL, 0);
      assertEquals(
          ReferenceKeys.ecdsa(ofAlice, ofBob, path),
          synchronise(id, SyncSessionId.random(), Suite.ECDSA_SECP256K1, path).publicKey().encoded());
      assertEquals(
          ReferenceKeys.eddsa(ofAlice, ofBob, path),
          synchronise(id, SyncSessionId.random(), Suite.EDDSA_ED25519, path).publicKey().encoded());
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSyncSessionIdIsNeverUsedTwice(Suite suite) {
    for (SyncSessionId used : List.of(ecdsaKey, eddsaKey)) {
      assertThrows(UsageException.class, () -> synchronise(secret, used, suite, PATH));
    }
    SyncSessionId ofBob = SyncSessionId.random();
    assertThrows(
        Cut.class,
        () ->
            run(alice.driver().synchronise(new SyncRequest(secret, ofBob, suite, PATH, BOB)))
                .through(cutAfter(3))
                .complete());
    // Bob's record is PENDING: not a key, and not to be overwritten.
    assertTrue(bob.driver().key(secret, ofBob).isEmpty());
    PeerFaultException refused = assertThrows(PeerFaultException.class, () -> synchronise(secret, ofBob, suite, PATH));
    assertEquals("S1", refused.round());
    assertTrue(alice.driver().key(secret, ofBob).isEmpty());
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSynchronisationCutAnywhereLeavesNoHalfKey(Suite suite) {
    for (int messages = 0; messages < 5; messages++) {
      SyncSessionId session = SyncSessionId.random();
      int cut = messages;
      assertThrows(
          Cut.class,
          () ->
              run(alice.driver().synchronise(new SyncRequest(secret, session, suite, PATH, BOB)))
                  .through(cutAfter(cut))
                  .complete());
      alice.restart();
      bob.restart();
      assertTrue(bob.driver().key(secret, session).isEmpty(), "bob is ACTIVE on S5 alone");
      assertEquals(messages == 4, alice.driver().key(secret, session).isPresent(), "alice stores before S5");
    }
    signsStill(suite);
  }

  // ---- signatures ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void signaturesVerify(Suite suite) {
    DistributedKey key = alice.driver().key(secret, key(suite)).orElseThrow();
    for (int i = 0; i < 5; i++) {
      SignRequest request = request(suite, message());
      Conversation<Signature> run = run(alice.driver().sign(request));
      Signature signature = run.complete();
      IndependentVerifier.verify(key, request.message(), signature);
      assertEquals(List.of(signature), run.responderResult(), "bob knows the signature too, recovery id included");
    }
  }

  @Test
  void digestsAtTheEdgesAreSigned() {
    for (String hex : List.of("00".repeat(32), "ff".repeat(32), "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")) {
      SignRequest request = request(Suite.ECDSA_SECP256K1, Bytes.ofHex(hex));
      Signature signature = run(alice.driver().sign(request)).complete();
      IndependentVerifier.verify(alice.driver().key(secret, ecdsaKey).orElseThrow(), request.message(), signature);
    }
  }

  @Test
  void eddsaMessagesOfAnyLengthAreSigned() {
    for (int length : new int[] {0, 1, 1000, SignRequest.MAX_MESSAGE - SignRequest.MAX_AUTHORIZATION}) {
      SignRequest request = request(Suite.EDDSA_ED25519, length == 0 ? Bytes.empty() : Bytes.of(Vault.randomPublic(length)));
      Signature signature = run(alice.driver().sign(request)).complete();
      IndependentVerifier.verify(alice.driver().key(secret, eddsaKey).orElseThrow(), request.message(), signature);
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aBatchIsSignedInOrder(Suite suite) {
    List<SignRequest> requests = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      requests.add(request(suite, message()));
    }
    Conversation<List<Signature>> run = run(alice.driver().signAll(requests));
    List<Signature> signatures = run.complete();
    assertEquals(5, signatures.size());
    for (int i = 0; i < 5; i++) {
      IndependentVerifier.verify(
          alice.driver().key(secret, key(suite)).orElseThrow(), requests.get(i).message(), signatures.get(i));
    }
    assertEquals(signatures, run.responderResult());
    assertEquals(1, run(alice.driver().signAll(List.of(request(suite, message())))).complete().size());
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSignSessionIdIsNeverUsedTwiceOnEitherSide(Suite suite) {
    SignRequest request = request(suite, message());
    StateStore beforeSigning = Party.copyOf(alice.store());
    run(alice.driver().sign(request)).complete();
    assertThrows(UsageException.class, () -> run(alice.driver().sign(request)).complete());
    alice.restart();
    assertThrows(UsageException.class, () -> run(alice.driver().sign(request)).complete());
    // Alice's store is restored from a backup; bob remembers.
    for (String key : alice.store().list("")) {
      if (beforeSigning.get(key).isEmpty()) {
        alice.store().take(key);
      }
    }
    bob.restart();
    PeerFaultException refused =
        assertThrows(PeerFaultException.class, () -> run(alice.driver().sign(request)).complete());
    assertEquals(suite == Suite.ECDSA_SECP256K1 ? "G1" : "T1", refused.round());
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSignatureCutAnywhereIsLostAndTheNextOneWorks(Suite suite) {
    for (int messages = 0; messages < 4; messages++) {
      SignRequest request = request(suite, message());
      int cut = messages;
      assertThrows(Cut.class, () -> run(alice.driver().sign(request)).through(cutAfter(cut)).complete());
      assertEquals(0, TestDrivers.runningSessions(alice.driver()));
      alice.restart();
      bob.restart();
      assertThrows(UsageException.class, () -> run(alice.driver().sign(request)).complete());
    }
    signsStill(suite);
  }

  // ---- policy ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void thePolicySeesWhatIsSignedAndItsRefusalReachesTheInitiator(Suite suite) {
    List<SigningPolicy.Request> asked = new ArrayList<>();
    bob.restart(
        bob.config()
            .withPolicy(
                request -> {
                  asked.add(request);
                  return SigningPolicy.refuse("not today");
                }));
    List<SignRequest> requests = List.of(request(suite, message()), request(suite, message()));
    Conversation<List<Signature>> run = run(alice.driver().signAll(requests));
    RefusedException refused = assertThrows(RefusedException.class, run::complete);
    assertTrue(refused.byPeer());
    assertTrue(String.valueOf(refused.getMessage()).contains("not today"));
    assertInstanceOf(SigningPolicy.Decision.Refuse.class, run.responderResult());
    assertEquals(1, asked.size());
    assertEquals(ALICE, asked.get(0).peer());
    assertEquals(bob.driver().key(secret, key(suite)).orElseThrow(), asked.get(0).key());
    for (int i = 0; i < 2; i++) {
      SigningPolicy.Item item = asked.get(0).items().get(i);
      assertEquals(requests.get(i).message(), item.message());
      assertEquals(requests.get(i).authorization(), item.authorization());
      assertEquals(requests.get(i).signSessionId(), item.signSessionId());
    }
    // The ids are used: no second try at the policy.
    assertThrows(UsageException.class, () -> run(alice.driver().signAll(requests)).complete());
    assertEquals(1, asked.size());
    assertEquals(0, TestDrivers.runningSessions(bob.driver()));
  }

  @Test
  void aPolicyThatFailsRefuses() {
    bob.restart(
        bob.config()
            .withPolicy(
                request -> {
                  throw new IllegalStateException("the policy's database is down");
                }));
    RefusedException refused =
        assertThrows(
            RefusedException.class, () -> run(alice.driver().sign(request(Suite.ECDSA_SECP256K1, message()))).complete());
    assertTrue(refused.byPeer());
    assertFalse(String.valueOf(refused.getMessage()).contains("database"), "what failed is not the peer's business");
  }

  // ---- locked ----

  @Test
  void aLockedSecretDoesNothingUntilAnOperatorUnlocksIt() {
    Exchange<Signature> running = alice.driver().sign(request(Suite.EDDSA_ED25519, message()));
    running.start();
    TestDrivers.lock(alice.driver(), secret);
    assertEquals(0, TestDrivers.runningSessions(alice.driver()), "running sessions of the secret are aborted");
    assertThrows(UsageException.class, () -> running.receive(message()));
    alice.restart();
    assertTrue(alice.driver().operator().isLocked(secret));
    for (Suite suite : Suite.values()) {
      assertThrows(KeyLockedException.class, () -> run(alice.driver().sign(request(suite, message()))).complete());
      assertThrows(KeyLockedException.class, () -> synchronise(secret, SyncSessionId.random(), suite, PATH));
    }
    alice.driver().operator().unlock(secret);
    signsStill(Suite.ECDSA_SECP256K1);
    TestDrivers.lock(bob.driver(), secret);
    assertThrows(
        KeyLockedException.class, () -> run(alice.driver().sign(request(Suite.ECDSA_SECP256K1, message()))).complete());
  }

  // ---- secrets ----

  @Test
  void aBackupRestoresThePortableSecretAndATokenBoundOneHasNone() {
    byte[] ofAlice = Vault.randomPublic(32);
    byte[] ofBob = Vault.randomPublic(32);
    SecretId id = SecretId.random();
    importSeeds(id, ofAlice, ofBob);
    try (SecretBlob passphrase = ECMATH.vault().fromPublic("correct horse".getBytes(StandardCharsets.US_ASCII));
        SecretBlob wrong = ECMATH.vault().fromPublic("battery staple".getBytes(StandardCharsets.US_ASCII))) {
      Bytes backup = alice.driver().secrets().exportBackup(id, passphrase);
      alice.driver().secrets().destroy(id);
      assertFalse(alice.driver().secrets().exists(id));
      assertThrows(UsageException.class, () -> alice.driver().secrets().importBackup(id, wrong, backup));
      assertThrows(UsageException.class, () -> alice.driver().secrets().importBackup(SecretId.random(), passphrase, backup));
      alice.driver().secrets().importBackup(id, passphrase, backup);
      assertThrows(UsageException.class, () -> alice.driver().secrets().importBackup(id, passphrase, backup));
      if (alice.driver().secrets().kind(secret) == Secrets.Kind.TOKEN_BOUND) {
        assertThrows(UsageException.class, () -> alice.driver().secrets().exportBackup(secret, passphrase));
      }
    }
    pair(id);
    assertEquals(
        ReferenceKeys.ecdsa(ofAlice, ofBob, PATH),
        synchronise(id, SyncSessionId.random(), Suite.ECDSA_SECP256K1, PATH).publicKey().encoded());
  }

  @Test
  void secretsAreMadeOnceAndDestroyedForGood() {
    SecretId id = SecretId.random();
    alice.driver().secrets().generate(id);
    assertTrue(alice.driver().secrets().exists(id));
    assertTrue(alice.driver().secrets().list().contains(id));
    assertThrows(UsageException.class, () -> alice.driver().secrets().generate(id));
    try (SecretBlob seed = ECMATH.vault().random(32, null);
        SecretBlob tooShort = ECMATH.vault().random(15, null)) {
      assertThrows(UsageException.class, () -> alice.driver().secrets().importSeed(id, seed));
      assertThrows(UsageException.class, () -> alice.driver().secrets().importSeed(SecretId.random(), tooShort));
    }
    bob.driver().secrets().generate(id);
    pair(id);
    SyncSessionId session = SyncSessionId.random();
    synchronise(id, session, Suite.ECDSA_SECP256K1, PATH);
    alice.driver().secrets().destroy(id);
    assertFalse(alice.driver().secrets().exists(id));
    assertTrue(alice.driver().key(id, session).isEmpty());
    assertTrue(alice.driver().pairing(id, Role.INITIATOR, BOB).isEmpty());
    assertThrows(UsageException.class, () -> alice.driver().secrets().destroy(id));
    assertThrows(UsageException.class, () -> alice.driver().secrets().kind(id));
  }

  // ---- use ----

  @Test
  void wrongCallsSayWhatToDo() {
    Bytes message = message();
    SignSessionId session = SignSessionId.random();
    EcdsaCalls calls = new EcdsaCalls();
    calls.refused(new SignRequest(secret, ecdsaKey, session, Bytes.of(new byte[31]), Bytes.empty()));
    calls.refused(new SignRequest(secret, SyncSessionId.random(), session, message, Bytes.empty()));
    calls.refused(new SignRequest(SecretId.random(), ecdsaKey, session, message, Bytes.empty()));
    SignRequest good = new SignRequest(secret, ecdsaKey, session, message, Bytes.empty());
    assertThrows(UsageException.class, () -> alice.driver().signAll(List.of(good, good)));
    assertThrows(UsageException.class, () -> alice.driver().signAll(List.of()));
    assertThrows(
        UsageException.class,
        () -> alice.driver().signAll(Collections.nCopies(65, good)));
    assertThrows(UsageException.class, () -> alice.driver().signAll(List.of(good, request(Suite.EDDSA_ED25519, message))));
    assertThrows(UsageException.class, () -> alice.driver().pair(new PairingRequest(SecretId.random(), BOB)));
    assertThrows(UsageException.class, () -> synchronise(SecretId.random(), SyncSessionId.random(), Suite.ECDSA_SECP256K1, PATH));
    // None of these used up the id.
    run(alice.driver().sign(good)).complete();
    // Bob has the key as responder: he cannot start a signature with it.
    assertThrows(UsageException.class, () -> bob.driver().sign(request(Suite.ECDSA_SECP256K1, message)));
  }

  private final class EcdsaCalls {
    void refused(SignRequest request) {
      UsageException refused = assertThrows(UsageException.class, () -> alice.driver().sign(request));
      assertTrue(String.valueOf(refused.getMessage()).length() > 30, "a sentence");
    }
  }

  @Test
  void aFinishedOrClosedRunTakesNothing() {
    Exchange<Signature> closed = alice.driver().sign(request(Suite.ECDSA_SECP256K1, message()));
    closed.start();
    assertThrows(UsageException.class, closed::start);
    closed.close();
    assertThrows(UsageException.class, () -> closed.receive(message()));
    Exchange<Signature> finished = alice.driver().sign(request(Suite.ECDSA_SECP256K1, message()));
    Conversation<Signature> run = run(finished);
    run.complete();
    assertThrows(UsageException.class, () -> finished.receive(run.messages().get(3)));
    assertEquals(0, TestDrivers.runningSessions(alice.driver()));
    assertEquals(0, TestDrivers.runningSessions(bob.driver()));
    alice.close();
    assertThrows(UsageException.class, () -> alice.driver().key(secret, ecdsaKey));
  }

  @Test
  void aRefusedMessageLeavesTheSessionAsItWas() {
    SignRequest request = request(Suite.ECDSA_SECP256K1, message());
    Exchange<Signature> ofAlice = alice.driver().sign(request);
    Bytes g1 = ((Step.Send<Signature>) ofAlice.start()).message();
    Exchange<?> ofBob = bob.driver().accept(ALICE, g1);
    Bytes g2 = ((Step.Send<?>) ofBob.start()).message();
    for (Bytes wrong : List.of(g1, Bytes.empty(), Bytes.ofHex("a0"), message())) {
      assertTrue(assertThrows(PeerFaultException.class, () -> ofAlice.receive(wrong)).sessionAlive());
      assertTrue(assertThrows(PeerFaultException.class, () -> ofBob.receive(wrong)).sessionAlive());
    }
    Bytes g3 = ((Step.Send<Signature>) ofAlice.receive(g2)).message();
    assertTrue(assertThrows(PeerFaultException.class, () -> ofAlice.receive(g2)).sessionAlive(), "a replay");
    Bytes g4 = ((Step.Send<?>) ofBob.receive(g3)).message();
    Step.SendAndFinish<Signature> last = (Step.SendAndFinish<Signature>) ofAlice.receive(g4);
    assertEquals(List.of(last.result()), ((Step.Finish<?>) ofBob.receive(last.message())).result());
  }

  @Test
  void healthIsMeasured() {
    Health health = alice.driver().health();
    assertFalse(health.custody().isEmpty());
    assertFalse(health.kernel().isEmpty());
    assertEquals("true", health.memory().get("guardPages"));
    assertFalse(health.attributes().isEmpty());
  }

  // ---- a wire that is cut ----

  private static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Carries this many messages; the next one is lost, and with it the run. */
  private static UnaryOperator<Bytes> cutAfter(int messages) {
    int[] left = {messages};
    return message -> {
      if (left[0]-- == 0) {
        throw new Cut();
      }
      return message;
    };
  }
}
