/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several processes of one party over one store: what one of them does to the state, the others
 * must not undo, nor go on with what they remember of before.
 */
final class SharedStoreTest {
  private static TwoParties over(Stage stage, StateStore store1, StateStore store2) {
    return new TwoParties(stage, ignored -> store1, ignored -> store2, UnaryOperator.identity());
  }

  /**
   * A process has unsealed a secret; another process destroys the secret and makes one of the same
   * id. A key synchronised by the first must belong to the new secret: else funds go to a key whose
   * secret is destroyed.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSecretMadeAnewElsewhereIsNotMixedWithTheOldOne(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised();
        TwoParties elsewhere = over(Stage.SYNCHRONISED, parties.p1.store, parties.p2.store)) {
      // Both secrets are in the caches.
      parties.assertSound();
      Bytes oldKey = parties.publicKey(suite);
      for (TwoParties.Party party : List.of(elsewhere.p1, elsewhere.p2)) {
        party.driver().secrets().destroy(TwoParties.SECRET);
        party.driver().secrets().generate(TwoParties.SECRET);
      }
      assertThrows(UsageException.class, () -> parties.signature(suite));

      parties.run(parties.pairing());
      DistributedKey key = parties.run(parties.synchronisation(suite)).initiator().orElseThrow();
      assertNotEquals(oldKey, key.publicKey().encoded(), "the key is of the destroyed secrets");
      // Who starts afresh finds a key that works.
      try (TwoParties restarted = over(Stage.SYNCHRONISED, parties.p1.store, parties.p2.store)) {
        for (TwoParties process : List.of(restarted, parties)) {
          Bytes message = TwoParties.random();
          SignRequest request =
              new SignRequest(
                  TwoParties.SECRET,
                  key.syncSessionId(),
                  SignSessionId.random(),
                  message,
                  Bytes.empty());
          Signature signature =
              process.run(process.p1.driver().sign(request)).initiator().orElseThrow();
          assertTrue(TwoParties.verifies(key.publicKey().encoded(), message, signature));
        }
      }
    }
  }

  /** An operator's tool is another process than the signer. */
  @Test
  void lockedAndUnlockedElsewhereCountsHere() {
    try (TwoParties parties = TwoParties.synchronised();
        TwoParties elsewhere = over(Stage.SYNCHRONISED, parties.p1.store, parties.p2.store)) {
      parties.assertSound();
      for (TwoParties locker : List.of(elsewhere, parties)) {
        TwoParties unlocker = locker == parties ? elsewhere : parties;
        Faults.lockP1(locker);
        for (TwoParties process : List.of(parties, elsewhere)) {
          assertTrue(process.p1.driver().operator().isLocked(TwoParties.SECRET));
          try (Exchange<Signature> run = process.signature(Suite.EDDSA_ED25519)) {
            assertThrows(KeyLockedException.class, run::start);
          }
        }
        unlocker.p1.driver().operator().unlock(TwoParties.SECRET);
        parties.assertSound();
        elsewhere.assertSound();
      }
    }
  }

  /**
   * A session that runs in this process when another one locks the secret ends without a signature.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void lockedElsewhereEndsASessionHere(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised();
        TwoParties elsewhere = over(Stage.SYNCHRONISED, parties.p1.store, parties.p2.store)) {
      assertThrows(
          KeyLockedException.class,
          () ->
              parties.run(
                  parties.signature(suite),
                  (header, message) -> {
                    if (header.round() == 4) {
                      Faults.lockP1(elsewhere);
                    }
                    return message;
                  }));
      elsewhere.p1.driver().operator().unlock(TwoParties.SECRET);
      parties.assertSound();
    }
  }

  /**
   * While an operator confirms the pairing whose digits were compared, another process repairs it
   * and pairs with other parameters: those must not become ACTIVE.
   */
  @Test
  void confirmingAPairingActivatesNoOther() {
    UnaryOperator<DriverConfig> compare = config -> config.withAuthenticatedPeers(Set.of());
    InterruptedStore[] store = new InterruptedStore[1];
    try (TwoParties parties =
        new TwoParties(
            Stage.SECRETS,
            UnaryOperator.identity(),
            inner -> store[0] = new InterruptedStore(inner),
            compare)) {
      Pairing compared = parties.run(parties.pairing()).initiator().orElseThrow();
      assertEquals(Pairing.Status.PENDING, compared.status());

      AtomicInteger pairingReads = new AtomicInteger();
      store[0].beforeGet =
          key -> {
            // The first reading finds the pairing of this id, the second one changes it.
            if (key.contains("/pairing/") && pairingReads.incrementAndGet() == 2) {
              try (TwoParties other =
                  new TwoParties(
                      Stage.SECRETS,
                      UnaryOperator.identity(),
                      ignored -> store[0].inner,
                      compare)) {
                other
                    .p2
                    .driver()
                    .operator()
                    .repair(TwoParties.SECRET, Role.RESPONDER, TwoParties.P1);
                Pairing substitute = other.run(other.pairing()).initiator().orElseThrow();
                assertNotEquals(compared.id(), substitute.id());
              }
            }
          };
      CryptoDriver p2 = parties.p2.driver();
      assertThrows(UsageException.class, () -> p2.operator().confirm(compared.id()));
      store[0].beforeGet = key -> {};
      assertTrue(pairingReads.get() >= 2, "the other process never came");
      Pairing present = p2.pairing(TwoParties.SECRET, Role.RESPONDER, TwoParties.P1).orElseThrow();
      assertNotEquals(compared.id(), present.id());
      assertEquals(
          Pairing.Status.PENDING, present.status(), "nobody compared the digits of this pairing");
    }
  }

  private static final class InterruptedStore extends ForwardingStore {
    final StateStore inner;
    volatile Consumer<String> beforeGet = key -> {};

    InterruptedStore(StateStore inner) {
      super(inner);
      this.inner = inner;
    }

    @Override
    public Optional<Bytes> get(String key) {
      beforeGet.accept(key);
      return super.get(key);
    }
  }

  /**
   * The store's own keys stay together: a driver of another installation neither reads nor changes
   * them.
   */
  @Test
  void destroyingInOneInstallationLeavesTheOther() {
    StateStore one = new MemoryStateStore();
    try (TwoParties template = TwoParties.synchronised()) {
      for (StateStore store : template.copies()) {
        store
            .list("")
            .forEach(key -> assertTrue(one.create(key, store.get(key).orElseThrow()), key));
      }
      try (TwoParties shared = over(Stage.SYNCHRONISED, one, one)) {
        shared.assertSound();
        shared.p1.driver().secrets().destroy(TwoParties.SECRET);
        assertFalse(shared.p1.driver().secrets().exists(TwoParties.SECRET));
        assertTrue(shared.p2.driver().secrets().exists(TwoParties.SECRET));
        for (Suite suite : Suite.values()) {
          assertTrue(shared.p2.driver().key(TwoParties.SECRET, TwoParties.key(suite)).isPresent());
        }
      }
    }
  }
}
