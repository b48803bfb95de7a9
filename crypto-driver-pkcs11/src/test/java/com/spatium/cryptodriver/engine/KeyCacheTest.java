/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unsealed keys stay in the vault for a while, and not longer. */
final class KeyCacheTest {
  private static final EcMath ECMATH = EcMath.open();
  @TempDir static Path directory;
  private final AtomicInteger operations = new AtomicInteger();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final SecretId secret = SecretId.random();
  private final SyncSessionId key = SyncSessionId.random();
  private Party alice;
  private Party bob;

  @BeforeEach
  void synchronise() throws IOException {
    Supplier<Custody> software = KeyFiles.custody(ECMATH, directory);
    alice =
        Party.alice(
            new MemoryStateStore(), () -> new CountingCustody(ECMATH, software.get(), operations));
    bob = Party.bob(new MemoryStateStore(), KeyFiles.custody(ECMATH, directory));
    alice.restart(alice.config().withClock(now::get).withKeyCache(8, Duration.ofMinutes(10)));
    alice.driver().secrets().generate(secret);
    bob.driver().secrets().generate(secret);
    Conversation.of(
            alice.driver().pair(new PairingRequest(secret, bob.name())), bob.driver(), alice.name())
        .complete();
    SyncRequest request =
        new SyncRequest(secret, key, Suite.ECDSA_SECP256K1, new DerivationPath(0, 0), bob.name());
    Conversation.of(alice.driver().synchronise(request), bob.driver(), alice.name()).complete();
  }

  @AfterEach
  void close() {
    alice.close();
    bob.close();
  }

  private int operationsOfASignature() {
    int before = operations.get();
    SignRequest request =
        new SignRequest(
            secret, key, SignSessionId.random(), Bytes.of(Vault.randomPublic(32)), Bytes.empty());
    Conversation.of(alice.driver().sign(request), bob.driver(), alice.name()).complete();
    return operations.get() - before;
  }

  @Test
  void aWarmSignatureNeedsOneOperationInTheToken() {
    operationsOfASignature();
    assertEquals(1, operationsOfASignature(), "the token's randomness");
    alice.restart();
    int cold = operationsOfASignature();
    assertTrue(cold > 1, "after a restart the keys are unsealed again, but this took " + cold);
    assertEquals(1, operationsOfASignature());
  }

  @Test
  void whatWasNotUsedForLongIsWiped() {
    operationsOfASignature();
    long handles = ECMATH.vault().report().handles();
    now.set(now.get().plus(Duration.ofMinutes(11)));
    alice.driver().reapIdleSessions();
    assertTrue(ECMATH.vault().report().handles() < handles, "the vault holds less");
    assertEquals(4, operationsOfASignature(), "randomness, seed, Paillier key, ring-Pedersen key");
  }

  /** So that the vault's handles are those of sessions and caches. */
  private static void withoutPools(Party party) {
    party.restart(party.config().withPools(DriverConfig.Pools.off()));
  }

  @Test
  void withoutACacheEverySignatureUnsealsAndNothingStays() {
    DriverConfig without = alice.config().withKeyCache(0, Duration.ofMinutes(10));
    alice.restart(without);
    withoutPools(bob);
    operationsOfASignature();
    long handles = ECMATH.vault().report().handles();
    for (int i = 0; i < 3; i++) {
      assertTrue(operationsOfASignature() >= 3);
    }
    assertTrue(ECMATH.vault().report().handles() <= handles, "no secret is left behind");
  }

  @Test
  void sessionsLeaveNothingInTheVault() {
    withoutPools(bob);
    operationsOfASignature();
    long handles = ECMATH.vault().report().handles();
    for (int i = 0; i < 5; i++) {
      operationsOfASignature();
      alice
          .driver()
          .sign(
              new SignRequest(
                  secret, key, SignSessionId.random(), Bytes.of(new byte[32]), Bytes.empty()))
          .start();
    }
    assertEquals(5, alice.driver().runningSessions());
    assertTrue(ECMATH.vault().report().handles() > handles);
    now.set(now.get().plus(Duration.ofSeconds(61)));
    alice.driver().reapIdleSessions();
    assertEquals(0, alice.driver().runningSessions());
    assertTrue(ECMATH.vault().report().handles() <= handles, "no secret is left behind");
  }
}
