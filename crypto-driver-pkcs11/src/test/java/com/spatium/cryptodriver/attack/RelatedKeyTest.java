/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.attack.TwoParties.ECMATH;
import static com.spatium.cryptodriver.attack.TwoParties.LEVEL;
import static com.spatium.cryptodriver.attack.TwoParties.PATH;
import static com.spatium.cryptodriver.attack.TwoParties.SECRET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.software.SoftwareCryptoDriver;
import com.spatium.cryptodriver.state.DriverState;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threats 20 and 28: P1 has a second name, or the other role, and with it asks for a sibling key. Q
 * = x1·x2·G is multiplicative, so from the same x2 and an x1′ = ρ·x1 comes Q′ = ρ·Q, and s′ =
 * k⁻¹(m′ + r·ρ·x) = ρ·k⁻¹(m′/ρ + r·x): what P2's policy approves under Q′ is a signature under Q of
 * a message that it never saw.
 */
final class RelatedKeyTest {
  private static final PeerId SECOND_NAME = new PeerId("mallory");

  private static DriverConfig trusting(DriverConfig config) {
    return config.withAuthenticatedPeers(Set.of(TwoParties.P1, TwoParties.P2, SECOND_NAME));
  }

  private static TwoParties parties() {
    return new TwoParties(
        TwoParties.Stage.SYNCHRONISED,
        UnaryOperator.identity(),
        UnaryOperator.identity(),
        RelatedKeyTest::trusting);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void secondNameGetsNoSiblingKey(Suite suite) {
    try (TwoParties parties = parties();
        CryptoDriver mallory = mallory()) {
      CryptoDriver p2 = parties.p2.driver();
      run(mallory.pair(new PairingRequest(SECRET, TwoParties.P2)), p2, SECOND_NAME);
      SyncSessionId id = SyncSessionId.random();
      PeerFaultException refused =
          assertThrows(
              PeerFaultException.class,
              () -> run(mallory.synchronise(request(id, suite, PATH)), p2, SECOND_NAME));
      assertEquals("S3", refused.round());
      assertFalse(refused.sessionAlive());
      assertTrue(p2.key(SECRET, id).isEmpty());

      // A path of its own is nobody's sibling.
      DerivationPath other = new DerivationPath(PATH.coin(), PATH.account() + 1);
      DistributedKey key =
          run(mallory.synchronise(request(SyncSessionId.random(), suite, other)), p2, SECOND_NAME)
              .orElseThrow();
      assertTrue(p2.key(SECRET, key.syncSessionId()).isPresent());
    }
  }

  /** With the same two secrets the other role gives the same Q, and is no sibling. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void otherRoleGivesTheSameKey(Suite suite) {
    try (TwoParties parties = parties()) {
      CryptoDriver p1 = parties.p1.driver();
      CryptoDriver p2 = parties.p2.driver();
      run(p2.pair(new PairingRequest(SECRET, TwoParties.P1)), p1, TwoParties.P2);
      SyncRequest request =
          new SyncRequest(SECRET, SyncSessionId.random(), suite, PATH, TwoParties.P1);
      DistributedKey swapped = run(p2.synchronise(request), p1, TwoParties.P2).orElseThrow();
      assertEquals(Role.INITIATOR, swapped.role());
      assertEquals(
          p1.key(SECRET, TwoParties.key(suite)).orElseThrow().publicKey(), swapped.publicKey());
    }
  }

  /** The victim as P1: the peer that answers has another x2. */
  @Test
  void secondNameGetsNoSiblingKeyAsResponder() {
    try (TwoParties parties = parties();
        CryptoDriver mallory = mallory()) {
      CryptoDriver p2 = parties.p2.driver();
      run(p2.pair(new PairingRequest(SECRET, SECOND_NAME)), mallory, TwoParties.P2);
      SyncRequest request =
          new SyncRequest(SECRET, SyncSessionId.random(), Suite.ECDSA_SECP256K1, PATH, SECOND_NAME);
      PeerFaultException refused =
          assertThrows(
              PeerFaultException.class, () -> run(p2.synchronise(request), mallory, TwoParties.P2));
      assertEquals("S2", refused.round());
      assertTrue(p2.key(SECRET, request.syncSessionId()).isEmpty());
    }
  }

  private static SyncRequest request(SyncSessionId id, Suite suite, DerivationPath path) {
    return new SyncRequest(SECRET, id, suite, path, TwoParties.P2);
  }

  /** An installation of its own, with another seed under the same id. */
  private static CryptoDriver mallory() {
    DriverConfig config =
        trusting(DriverConfig.of(SECOND_NAME.name()).withLevel(LEVEL).withMinimumLevel(LEVEL));
    StateStore store = new MemoryStateStore();
    try (DriverState state =
        new DriverState(ECMATH, config, store, TwoParties.custody(), new TwoParties.Prebuilt(1))) {
      state.installation().prepare(LEVEL, config.progress());
      state.secrets().generate(SECRET);
    }
    return SoftwareCryptoDriver.open(config, store, TwoParties.custody());
  }

  private static <R> Optional<R> run(Exchange<R> initiator, CryptoDriver peer, PeerId name) {
    try (initiator) {
      Step<R> one = initiator.start();
      try (Exchange<?> responder = peer.accept(name, TwoParties.sent(one).orElseThrow())) {
        Step<?> two = responder.start();
        while (TwoParties.result(one).isEmpty()) {
          one = initiator.receive(TwoParties.sent(two).orElseThrow());
          if (TwoParties.sent(one).isPresent() && TwoParties.result(two).isEmpty()) {
            two = responder.receive(TwoParties.sent(one).orElseThrow());
          }
        }
        return TwoParties.result(one);
      }
    }
  }
}
