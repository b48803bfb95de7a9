/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.attack.TwoParties.Party;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.SecretKeeper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * threats.md, row 25: whoever can write the database swaps records, alters them, or brings others.
 */
final class SwappedRecordsTest {
  private final SyncSessionId second = SyncSessionId.random();
  private TwoParties parties;

  @BeforeEach
  void open() {
    parties = TwoParties.synchronised();
    // A second key of each suite, so that there is something of the same kind to swap.
    parties.run(
        parties.synchronisation(
            Suite.EDDSA_ED25519, SyncSessionId.random(), new DerivationPath(1, 1)));
    parties.run(parties.synchronisation(ECDSA_SECP256K1, second, new DerivationPath(1, 1)));
  }

  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      restart();
      closing.assertSound();
    }
  }

  private void restart() {
    parties.p1.restart();
    parties.p2.restart();
  }

  private static void put(StateStore store, String key, Bytes value) {
    store.take(key);
    store.create(key, value);
  }

  /** What a signature or its driver says, opened anew over the store as it is. */
  private void assertRefused(String what) {
    restart();
    assertThrows(
        StorageException.class, () -> parties.run(parties.signature(ECDSA_SECP256K1)), what);
  }

  private static List<String> records(Party party) {
    List<String> records = new ArrayList<>(party.store.list(""));
    // Presence alone counts.
    records.removeIf(key -> key.contains("/used/") || key.contains("/locked/"));
    return records;
  }

  /** Every record that a signature reads, in the place of every other. */
  @Test
  void recordInAnothersPlaceIsRefused() {
    int refused = 0;
    for (Party party : List.of(parties.p1, parties.p2)) {
      List<String> read =
          records(party).stream()
              .filter(
                  key ->
                      !key.contains("/pin/")
                          && !key.contains("/static/")
                          && !key.contains("/modulus/"))
              .toList();
      for (String place : read) {
        Bytes own = party.store.get(place).orElseThrow();
        for (String other : records(party)) {
          // Other keys than the one that signs are not read.
          if (other.equals(place)
              || (place.contains("/key/") && !place.endsWith(TwoParties.ECDSA_KEY.toString()))) {
            continue;
          }
          put(party.store, place, party.store.get(other).orElseThrow());
          assertRefused(other + " in the place of " + place);
          refused++;
          put(party.store, place, own);
        }
      }
    }
    assertTrue(refused > 40, refused + " swaps");
  }

  /**
   * The other party's records, e.g. because an installation's database was put on the wrong host.
   */
  @Test
  void recordOfAnotherInstallationIsRefused() {
    String key = "p1/key/" + TwoParties.SECRET + "/initiator/" + TwoParties.ECDSA_KEY;
    Bytes own = parties.p1.store.get(key).orElseThrow();
    put(
        parties.p1.store,
        key,
        parties
            .p2
            .store
            .get("p2/key/" + TwoParties.SECRET + "/responder/" + TwoParties.ECDSA_KEY)
            .orElseThrow());
    assertRefused("P2's record of the key");
    put(parties.p1.store, key, own);
  }

  /**
   * Even an authentic record, e.g. of a machine that computed wrongly: P1 decrypts c_key again
   * before it uses a key.
   */
  @Test
  void keyWhoseEncryptionIsOfAnotherIsRefused() {
    KeyRecord first = key(TwoParties.ECDSA_KEY);
    List<KeyRecord> others =
        List.of(
            Leaves.replace(first, "cKey", key(second).cKey()),
            Leaves.replace(first, "path", new DerivationPath(1, 1)),
            Leaves.replace(first, "q1", key(second).q1()));
    for (KeyRecord other : others) {
      SyncSessionId id = SyncSessionId.random();
      assertTrue(parties.p1.state().keys().create(Leaves.replace(other, "syncSessionId", id)));
      SignRequest request =
          new SignRequest(
              TwoParties.SECRET, id, SignSessionId.random(), TwoParties.random(), Bytes.empty());
      Exchange<Signature> run = parties.p1.driver().sign(request);
      StorageException refused = assertThrows(StorageException.class, run::start);
      assertTrue(String.valueOf(refused.getMessage()).contains("does not belong to the secret"));
    }
  }

  private KeyRecord key(SyncSessionId id) {
    return parties
        .p1
        .state()
        .keys()
        .findActive(TwoParties.SECRET, Role.INITIATOR, id)
        .orElseThrow();
  }

  /** One bit, anywhere in a record. */
  @Test
  void alteredRecordIsRefused() {
    int refused = 0;
    for (Party party : List.of(parties.p1, parties.p2)) {
      for (String kind : List.of("/key/", "/pairing/", "/pedersen/", "/record-key")) {
        for (String key : party.store.list("")) {
          if (key.contains(kind)
              && (!kind.equals("/key/") || key.endsWith(TwoParties.ECDSA_KEY.toString()))) {
            Bytes own = party.store.get(key).orElseThrow();
            for (int bit : Leaves.bits(own, Forge.RANDOM)) {
              put(party.store, key, Leaves.flipped(own, bit));
              assertRefused("bit " + bit + " of " + key);
              refused++;
            }
            put(party.store, key, own);
          }
        }
      }
    }
    assertEquals(2 * 4 * 3, refused);
  }

  /** nroot and blum: made once, for P1 alone, and made again the same if they are lost. */
  @Test
  void proofsOfTheModulusAreOnRecord() {
    String key = "p1/modulus/" + TwoParties.SECRET;
    StateStore store = parties.p1.store;
    Bytes own = store.get(key).orElseThrow();
    assertEquals(Optional.empty(), parties.p2.store.get("p2/modulus/" + TwoParties.SECRET));
    for (int bit : Leaves.bits(own, Forge.RANDOM)) {
      put(store, key, Leaves.flipped(own, bit));
      restart();
      assertThrows(StorageException.class, () -> parties.run(parties.pairing()), "bit " + bit);
    }
    store.take(key);
    parties.run(parties.pairing());
    assertEquals(own, store.get(key).orElseThrow());

    // Those of another N, in an authentic record of this secret, are not sent.
    SecretKeeper secrets = parties.p1.state().secrets();
    PaillierModulus another = parties.p2.state().secrets().require(TwoParties.SECRET).n();
    secrets.modulusProofs(
        Leaves.replace(secrets.require(TwoParties.SECRET), "n", another),
        () -> parties.p2.state().unsealed().paillier(TwoParties.SECRET));
    assertNotEquals(own, store.get(key).orElseThrow());
    parties.run(parties.pairing());
    assertEquals(own, store.get(key).orElseThrow());
  }

  /** The driver remembers what it read: that must not hide what becomes of it in the store. */
  @Test
  void recordAlteredUnderARunningDriverIsRefused() {
    parties.run(parties.signature(ECDSA_SECP256K1));
    int refused = 0;
    for (Party party : List.of(parties.p1, parties.p2)) {
      for (String key : records(party)) {
        if (key.contains("/secret/")
            || key.contains("/pairing/")
            || key.endsWith(TwoParties.ECDSA_KEY.toString())) {
          Bytes own = party.store.get(key).orElseThrow();
          for (int bit : Leaves.bits(own, Forge.RANDOM)) {
            put(party.store, key, Leaves.flipped(own, bit));
            assertThrows(
                StorageException.class,
                () -> parties.run(parties.signature(ECDSA_SECP256K1)),
                "bit " + bit + " of " + key);
            refused++;
          }
          party.store.take(key);
          assertThrows(
              CryptoDriverException.class,
              () -> parties.run(parties.signature(ECDSA_SECP256K1)),
              "without " + key);
          party.store.create(key, own);
        }
      }
    }
    assertEquals(2 * 3 * 3, refused);
    parties.run(parties.signature(ECDSA_SECP256K1));
  }
}
