/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.IndependentVerifier;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.ecmath.Vault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every driver does alike in signatures. */
abstract class SignatureContract extends KeyContract {
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
      assertEquals(
          List.of(signature),
          run.responderResult(),
          "bob knows the signature too, recovery id included");
    }
  }

  @Test
  void digestsAtTheEdgesAreSigned() {
    for (String hex :
        List.of(
            "00".repeat(32),
            "ff".repeat(32),
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")) {
      SignRequest request = request(Suite.ECDSA_SECP256K1, Bytes.ofHex(hex));
      Signature signature = run(alice.driver().sign(request)).complete();
      IndependentVerifier.verify(
          alice.driver().key(secret, ecdsaKey).orElseThrow(), request.message(), signature);
    }
  }

  @Test
  void eddsaMessagesOfAnyLengthAreSigned() {
    for (int length :
        new int[] {0, 1, 1000, SignRequest.MAX_MESSAGE - SignRequest.MAX_AUTHORIZATION}) {
      SignRequest request =
          request(
              Suite.EDDSA_ED25519,
              length == 0 ? Bytes.empty() : Bytes.of(Vault.randomPublic(length)));
      Signature signature = run(alice.driver().sign(request)).complete();
      IndependentVerifier.verify(
          alice.driver().key(secret, eddsaKey).orElseThrow(), request.message(), signature);
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
          alice.driver().key(secret, key(suite)).orElseThrow(),
          requests.get(i).message(),
          signatures.get(i));
    }
    assertEquals(signatures, run.responderResult());
    assertEquals(
        1, run(alice.driver().signAll(List.of(request(suite, message())))).complete().size());
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
      assertThrows(
          Cut.class, () -> run(alice.driver().sign(request)).through(cutAfter(cut)).complete());
      assertEquals(0, TestDrivers.runningSessions(alice.driver()));
      alice.restart();
      bob.restart();
      assertThrows(UsageException.class, () -> run(alice.driver().sign(request)).complete());
    }
    signsStill(suite);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aWrongFinalMessageIsIgnoredAndTheRightOneStillTaken(Suite suite) {
    Exchange<Signature> ofAlice = alice.driver().sign(request(suite, message()));
    Exchange<?> ofBob =
        bob.driver().accept(ALICE, ((Step.Send<Signature>) ofAlice.start()).message());
    Bytes second = ((Step.Send<?>) ofBob.start()).message();
    Bytes third = ((Step.Send<Signature>) ofAlice.receive(second)).message();
    Bytes fourth = ((Step.Send<?>) ofBob.receive(third)).message();
    Step.SendAndFinish<Signature> last = (Step.SendAndFinish<Signature>) ofAlice.receive(fourth);
    byte[] wrong = last.message().toByteArray();
    wrong[wrong.length - 1] ^= 1;
    assertInstanceOf(Step.Await.class, ofBob.receive(Bytes.of(wrong)));
    assertEquals(List.of(last.result()), ((Step.Finish<?>) ofBob.receive(last.message())).result());
  }

  @Test
  void manyThreadsSignAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Suite suite = i % 2 == 0 ? Suite.ECDSA_SECP256K1 : Suite.EDDSA_ED25519;
        all.add(threads.submit(() -> signsStill(suite)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(0, TestDrivers.runningSessions(alice.driver()));
    assertEquals(0, TestDrivers.runningSessions(bob.driver()));
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
            RefusedException.class,
            () -> run(alice.driver().sign(request(Suite.ECDSA_SECP256K1, message()))).complete());
    assertTrue(refused.byPeer());
    assertFalse(
        String.valueOf(refused.getMessage()).contains("database"),
        "what failed is not the peer's business");
  }

  // ---- locked ----

  @Test
  void aLockedSecretDoesNothingUntilAnOperatorUnlocksIt() {
    Exchange<Signature> running = alice.driver().sign(request(Suite.EDDSA_ED25519, message()));
    running.start();
    TestDrivers.lock(alice.driver(), secret);
    assertEquals(
        0,
        TestDrivers.runningSessions(alice.driver()),
        "running sessions of the secret are aborted");
    assertThrows(UsageException.class, () -> running.receive(message()));
    alice.restart();
    assertTrue(alice.driver().operator().isLocked(secret));
    for (Suite suite : Suite.values()) {
      assertThrows(
          KeyLockedException.class,
          () -> run(alice.driver().sign(request(suite, message()))).complete());
      assertThrows(
          KeyLockedException.class, () -> synchronise(secret, SyncSessionId.random(), suite, PATH));
    }
    alice.driver().operator().unlock(secret);
    signsStill(Suite.ECDSA_SECP256K1);
    TestDrivers.lock(bob.driver(), secret);
    assertThrows(
        KeyLockedException.class,
        () -> run(alice.driver().sign(request(Suite.ECDSA_SECP256K1, message()))).complete());
  }
}
