/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretScalar;
import com.spatium.ecmath.Vault;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * protocol.md §4.3: LOCKED, when P2 has proved its part and the signature is wrong nevertheless,
 * and only then.
 */
final class LockTest {
  private static final EcMath ECMATH = EcMath.open();
  @TempDir static Path directory;
  private final SecretId secret = SecretId.random();
  private Party alice;
  private Party bob;

  @BeforeEach
  void pair() throws IOException {
    alice = Party.alice(new MemoryStateStore(), KeyFiles.custody(ECMATH, directory));
    bob = Party.bob(new MemoryStateStore(), KeyFiles.custody(ECMATH, directory));
    alice.driver().secrets().generate(secret);
    bob.driver().secrets().generate(secret);
    run(alice.driver().pair(new PairingRequest(secret, bob.name())));
  }

  @AfterEach
  void close() {
    alice.close();
    bob.close();
  }

  private <R> R run(Exchange<R> exchange) {
    return Conversation.of(exchange, bob.driver(), alice.name()).complete();
  }

  private SyncSessionId synchronise(Suite suite) {
    SyncSessionId id = SyncSessionId.random();
    run(
        alice
            .driver()
            .synchronise(new SyncRequest(secret, id, suite, new DerivationPath(1, 2), bob.name())));
    return id;
  }

  private Exchange<Signature> signing(SyncSessionId key) {
    return alice
        .driver()
        .sign(
            new SignRequest(
                secret,
                key,
                SignSessionId.random(),
                Bytes.of(Vault.randomPublic(32)),
                Bytes.empty()));
  }

  /**
   * A fault: both records of a key hold another Q, so both parties compute the same transcript and
   * every proof holds, but the signature is not one under Q.
   */
  private SyncSessionId keyWithAFault(Suite suite) {
    SyncSessionId good = synchronise(suite);
    SyncSessionId faulty = SyncSessionId.random();
    Bytes q;
    var curve = suite == Suite.ECDSA_SECP256K1 ? ECMATH.secp256k1() : ECMATH.ed25519();
    try (SecretScalar any = curve.random()) {
      q = Bytes.of(curve.mulBase(any));
    }
    copy(alice, Role.INITIATOR, good, faulty, q);
    copy(bob, Role.RESPONDER, good, faulty, q);
    return faulty;
  }

  private void copy(Party party, Role role, SyncSessionId good, SyncSessionId faulty, Bytes q) {
    KeyRecord key = party.driver().state().keys().find(secret, role, good).orElseThrow();
    assertTrue(
        party
            .driver()
            .state()
            .keys()
            .create(
                new KeyRecord(
                    secret,
                    faulty,
                    key.suite(),
                    key.path(),
                    role,
                    key.pairingId(),
                    key.peer(),
                    key.q1(),
                    key.q2(),
                    q,
                    key.cKey(),
                    key.status())));
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aWrongSignatureFromProvenPartsLocks(Suite suite) {
    SyncSessionId good = synchronise(suite);
    SyncSessionId faulty = keyWithAFault(suite);
    Exchange<Signature> other = signing(good);
    other.start();
    KeyLockedException locked = assertThrows(KeyLockedException.class, () -> run(signing(faulty)));
    assertTrue(String.valueOf(locked.getMessage()).contains("LOCKED"));

    assertThrows(
        UsageException.class,
        () -> other.receive(Bytes.empty()),
        "running sessions of the secret were aborted");
    assertEquals(0, alice.driver().runningSessions());
    alice.restart();
    assertTrue(alice.driver().operator().isLocked(secret), "on record");
    assertThrows(KeyLockedException.class, () -> run(signing(good)));
    assertThrows(
        KeyLockedException.class,
        () -> run(alice.driver().pair(new PairingRequest(secret, bob.name()))),
        "a locked secret does not pair either: fac uses the factors");
    alice.driver().operator().unlock(secret);
    run(signing(good));
    assertFalse(bob.driver().operator().isLocked(secret));
  }

  @Test
  void aPeersWrongProofDoesNotLock() {
    SyncSessionId key = synchronise(Suite.ECDSA_SECP256K1);
    Exchange<Signature> ofAlice = signing(key);
    int[] count = {0};
    PeerFaultException fault =
        assertThrows(
            PeerFaultException.class,
            () ->
                Conversation.of(ofAlice, bob.driver(), alice.name())
                    .through(message -> ++count[0] == 4 ? lastBitFlipped(message) : message)
                    .complete());
    assertEquals("G4", fault.round());
    assertFalse(fault.sessionAlive());
    assertFalse(alice.driver().operator().isLocked(secret));
    assertEquals(0, alice.driver().runningSessions());
    run(signing(key));
  }

  private static Bytes lastBitFlipped(Bytes message) {
    byte[] bytes = message.toByteArray();
    bytes[bytes.length - 1] ^= 1;
    return Bytes.of(bytes);
  }
}
