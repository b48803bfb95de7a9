/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.state.KeyRecord;
import java.util.List;

/**
 * A machine that computes wrong signatures: modelled by a key on record, on both sides, whose Q is
 * not the fragments' product.
 */
final class Faults {
  private Faults() {}

  static SyncSessionId wrongKey(TwoParties parties) {
    SyncSessionId id = SyncSessionId.random();
    for (TwoParties.Party party : List.of(parties.p1, parties.p2)) {
      KeyRecord key =
          party
              .state()
              .keys()
              .findActive(TwoParties.SECRET, party.role(), TwoParties.ECDSA_KEY)
              .orElseThrow();
      KeyRecord wrong =
          new KeyRecord(
              key.secretId(),
              id,
              key.suite(),
              key.path(),
              key.role(),
              key.pairingId(),
              key.peer(),
              key.q1(),
              key.q2(),
              key.q1(),
              key.cKey(),
              key.status());
      assertTrue(party.state().keys().create(wrong));
    }
    return id;
  }

  static Exchange<Signature> signature(TwoParties parties, SyncSessionId key) {
    return parties
        .p1
        .driver()
        .sign(
            new SignRequest(
                TwoParties.SECRET,
                key,
                SignSessionId.random(),
                TwoParties.random(),
                Bytes.empty()));
  }

  /** P1's proof-checked answer gives a wrong signature: LOCKED. */
  static void lockP1(TwoParties parties) {
    SyncSessionId key = wrongKey(parties);
    assertThrows(KeyLockedException.class, () -> parties.run(signature(parties, key)));
  }
}
