/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.ReferenceKeys;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every driver does alike. */
public abstract class CryptoDriverContract extends SignatureContract {
  // ---- secrets ----

  @Test
  void aBackupRestoresThePortableSecretAndATokenBoundOneHasNone() {
    byte[] ofAlice = Vault.randomPublic(32);
    byte[] ofBob = Vault.randomPublic(32);
    SecretId id = SecretId.random();
    importSeeds(id, ofAlice, ofBob);
    try (SecretBlob passphrase =
            ECMATH.vault().fromPublic("correct horse".getBytes(StandardCharsets.US_ASCII));
        SecretBlob wrong =
            ECMATH.vault().fromPublic("battery staple".getBytes(StandardCharsets.US_ASCII))) {
      Bytes backup = alice.driver().secrets().exportBackup(id, passphrase);
      alice.driver().secrets().destroy(id);
      assertFalse(alice.driver().secrets().exists(id));
      assertThrows(
          UsageException.class, () -> alice.driver().secrets().importBackup(id, wrong, backup));
      assertThrows(
          UsageException.class,
          () -> alice.driver().secrets().importBackup(SecretId.random(), passphrase, backup));
      alice.driver().secrets().importBackup(id, passphrase, backup);
      assertThrows(
          UsageException.class,
          () -> alice.driver().secrets().importBackup(id, passphrase, backup));
      if (alice.driver().secrets().kind(secret) == Secrets.Kind.TOKEN_BOUND) {
        assertThrows(
            UsageException.class, () -> alice.driver().secrets().exportBackup(secret, passphrase));
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
      assertThrows(
          UsageException.class,
          () -> alice.driver().secrets().importSeed(SecretId.random(), tooShort));
    }
    bob.driver().secrets().generate(id);
    pair(id);
    SyncSessionId session = SyncSessionId.random();
    synchronise(id, session, Suite.ECDSA_SECP256K1, PATH);
    alice.driver().secrets().destroy(id);
    assertTrue(alice.store().list("").stream().noneMatch(key -> key.contains(id.toString())));
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
    calls.refused(
        new SignRequest(secret, ecdsaKey, session, Bytes.of(new byte[31]), Bytes.empty()));
    calls.refused(new SignRequest(secret, SyncSessionId.random(), session, message, Bytes.empty()));
    calls.refused(new SignRequest(SecretId.random(), ecdsaKey, session, message, Bytes.empty()));
    SignRequest good = new SignRequest(secret, ecdsaKey, session, message, Bytes.empty());
    assertThrows(UsageException.class, () -> alice.driver().signAll(List.of(good, good)));
    assertThrows(UsageException.class, () -> alice.driver().signAll(List.of()));
    assertThrows(UsageException.class, () -> alice.driver().signAll(Collections.nCopies(65, good)));
    assertThrows(
        UsageException.class,
        () -> alice.driver().signAll(List.of(good, request(Suite.EDDSA_ED25519, message))));
    assertThrows(
        UsageException.class,
        () -> alice.driver().pair(new PairingRequest(SecretId.random(), BOB)));
    assertThrows(
        UsageException.class,
        () -> synchronise(SecretId.random(), SyncSessionId.random(), Suite.ECDSA_SECP256K1, PATH));
    // None of these used up the id.
    run(alice.driver().sign(good)).complete();
    // Bob has the key as responder: he cannot start a signature with it.
    assertThrows(
        UsageException.class, () -> bob.driver().sign(request(Suite.ECDSA_SECP256K1, message)));
  }

  private final class EcdsaCalls {
    void refused(SignRequest request) {
      UsageException refused =
          assertThrows(UsageException.class, () -> alice.driver().sign(request));
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
      assertTrue(
          assertThrows(PeerFaultException.class, () -> ofAlice.receive(wrong)).sessionAlive());
      assertTrue(assertThrows(PeerFaultException.class, () -> ofBob.receive(wrong)).sessionAlive());
    }
    Bytes g3 = ((Step.Send<Signature>) ofAlice.receive(g2)).message();
    assertTrue(
        assertThrows(PeerFaultException.class, () -> ofAlice.receive(g2)).sessionAlive(),
        "a replay");
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
}
