/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.attack.TwoParties.SECRET;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A secret that another process LOCKED meanwhile does not synchronise (protocol.md §4.3). */
final class LockedSyncTest {
  @ParameterizedTest
  @EnumSource(Suite.class)
  void keyOfALockedSecretIsNotActivated(Suite suite) {
    try (TwoParties parties = TwoParties.at(TwoParties.Stage.PAIRED)) {
      SyncSessionId id = SyncSessionId.random();
      assertThrows(
          KeyLockedException.class,
          () ->
              parties.run(
                  parties.synchronisation(suite, id, TwoParties.PATH),
                  (header, message) -> {
                    if (header.round() == 5) {
                      parties.p2.state().locks().lock(SECRET);
                    }
                    return message;
                  }));
      assertTrue(parties.p2.driver().key(SECRET, id).isEmpty());
    }
  }
}
