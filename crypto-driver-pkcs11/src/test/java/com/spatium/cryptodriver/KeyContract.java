/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.engine.IndependentVerifier;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.cryptodriver.engine.ReferenceKeys;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every driver does alike in pairing and synchronisation. */
abstract class KeyContract extends TwoDrivers {
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
          Cut.class,
          () ->
              run(alice.driver().pair(new PairingRequest(id, BOB)))
                  .through(cutAfter(cut))
                  .complete());
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
    assertEquals(
        Pairing.Status.ACTIVE,
        pair(id).status(),
        "pairing again keeps what the operators confirmed");
    assertThrows(
        UsageException.class, () -> alice.driver().operator().confirm(new PairingId(message())));
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
    assertEquals(
        before,
        alice.driver().pairing(id, Role.INITIATOR, BOB).orElseThrow().id(),
        "nothing was replaced");

    alice.driver().operator().repair(id, Role.INITIATOR, BOB);
    assertNotEquals(before, pair(id).id());
    // The key of the old pairing does not sign any more; synchronised anew it is the same.
    assertThrows(
        UsageException.class,
        () ->
            run(alice
                    .driver()
                    .sign(
                        new SignRequest(
                            id, session, SignSessionId.random(), message(), Bytes.empty())))
                .complete());
    SyncSessionId anew = SyncSessionId.random();
    assertEquals(key.publicKey(), synchronise(id, anew, Suite.ECDSA_SECP256K1, PATH).publicKey());
    Bytes message = message();
    Signature signature =
        run(alice
                .driver()
                .sign(new SignRequest(id, anew, SignSessionId.random(), message, Bytes.empty())))
            .complete();
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
        assertThrows(
            PeerFaultException.class, () -> synchronise(id, session, Suite.EDDSA_ED25519, PATH));
    assertEquals("S2", refused.round());
    assertTrue(alice.driver().key(id, session).isEmpty());
  }

  @Test
  void aPeerBelowTheMinimumLevelIsRefused() {
    bob.restart(
        bob.config().withLevel(SecurityLevel.BITS_128).withMinimumLevel(SecurityLevel.BITS_128));
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
    assertEquals(
        ofAlice.publicKey(), synchronise(secret, SyncSessionId.random(), suite, PATH).publicKey());
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
          synchronise(id, SyncSessionId.random(), Suite.ECDSA_SECP256K1, path)
              .publicKey()
              .encoded());
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
    PeerFaultException refused =
        assertThrows(PeerFaultException.class, () -> synchronise(secret, ofBob, suite, PATH));
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
      assertEquals(
          messages == 4, alice.driver().key(secret, session).isPresent(), "alice stores before S5");
    }
    signsStill(suite);
  }
}
