/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static com.spatium.cryptodriver.Suite.EDDSA_ED25519;
import static com.spatium.cryptodriver.attack.MaliciousInitiatorTest.assertBlamed;
import static com.spatium.cryptodriver.attack.TwoParties.SECRET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.RefusedException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.SignMessage.Item;
import com.spatium.cryptodriver.wire.SignMessage.NonceCommitment;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.SignMessage.Refusal;
import com.spatium.cryptodriver.wire.WireCodec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** threats.md, row 28: no way to a partial signature leads around P2's policy. */
final class PolicyBypassTest {
  private final List<SigningPolicy.Request> asked = new CopyOnWriteArrayList<>();
  private TwoParties parties;

  @BeforeEach
  void open() {
    parties = TwoParties.synchronised();
    parties.p2.policy = this::approve;
  }

  private SigningPolicy.Decision approve(SigningPolicy.Request request) {
    asked.add(request);
    return SigningPolicy.approve();
  }

  private SigningPolicy.Decision refuse(SigningPolicy.Request request) {
    asked.add(request);
    return SigningPolicy.refuse("not on a Sunday");
  }

  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      closing.p2.policy = this::approve;
      closing.assertSound();
    }
  }

  /** Asked once, with the peer, the key, and exactly what is signed. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void policySeesWhatIsSigned(Suite suite) {
    Bytes message = TwoParties.random();
    Bytes authorization = Forge.random(20);
    SignSessionId id = SignSessionId.random();
    parties.run(
        parties
            .p1
            .driver()
            .sign(new SignRequest(SECRET, TwoParties.key(suite), id, message, authorization)));
    assertEquals(1, asked.size());
    assertEquals(TwoParties.P1, asked.get(0).peer());
    assertEquals(
        parties.p2.driver().key(SECRET, TwoParties.key(suite)).orElseThrow(), asked.get(0).key());
    assertEquals(List.of(new SigningPolicy.Item(id, message, authorization)), asked.get(0).items());
  }

  /**
   * After a refusal the opening, though it was committed to, gives nothing; and the same id is not
   * judged twice.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void openingAfterARefusalGivesNothing(Suite suite) {
    parties.p2.policy = this::refuse;
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      Refusal refusal = assertInstanceOf(Refusal.class, p1.begin());
      assertEquals("not on a Sunday", refusal.reason());
      assertThrows(UsageException.class, p1::open);
      parties.p2.policy = this::approve;
      assertBlamed(suite == ECDSA_SECP256K1 ? "G1" : "T1", "used before", p1::begin);
      assertEquals(1, asked.size());
    }
  }

  @Test
  void refusalReachesTheInitiatorAsWhatItIs() {
    parties.p2.policy = this::refuse;
    RefusedException refused =
        assertThrows(RefusedException.class, () -> parties.run(parties.signature(ECDSA_SECP256K1)));
    assertTrue(refused.byPeer());
    assertTrue(refused.getMessage().contains("not on a Sunday"));
  }

  /** A policy that fails, or gives no answer, refuses; what went wrong inside it is not told. */
  @Test
  void policyThatFailsRefuses() {
    List<SigningPolicy> broken =
        List.of(
            request -> {
              throw new IllegalStateException("password=hunter2");
            },
            request -> null);
    for (SigningPolicy policy : broken) {
      parties.p2.policy = policy;
      RefusedException refused =
          assertThrows(RefusedException.class, () -> parties.run(parties.signature(EDDSA_ED25519)));
      assertTrue(!refused.getMessage().contains("hunter2"));
    }
  }

  /** The refusal of one message of a batch is of all. */
  @Test
  void batchIsJudgedAsAWhole() {
    Bytes bad = TwoParties.random();
    parties.p2.policy =
        request -> {
          asked.add(request);
          return request.items().stream().anyMatch(item -> item.message().equals(bad))
              ? SigningPolicy.refuse("one of them")
              : SigningPolicy.approve();
        };
    List<SignRequest> batch =
        List.of(
            TwoParties.request(ECDSA_SECP256K1, SignSessionId.random(), TwoParties.random()),
            TwoParties.request(ECDSA_SECP256K1, SignSessionId.random(), bad));
    assertThrows(RefusedException.class, () -> parties.run(parties.p1.driver().signAll(batch)));
    assertEquals(1, asked.size());
    assertEquals(2, asked.get(0).items().size());
  }

  /** No first message but G1, T1 begins a signature. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void sessionCannotBeginInTheMiddle(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.commitment();
      Bytes g3 = WireCodec.encode(new NonceOpening(p1.header(3), List.of(p1.nonce()), p1.blind));
      assertThrows(PeerFaultException.class, () -> parties.p2.driver().accept(TwoParties.P1, g3));
      assertEquals(0, asked.size());
    }
  }

  /** Another peer, or the right one in another's room, under a key that is not its own. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void keyOfAnotherPeerIsRefused(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      Bytes g1 = WireCodec.encode(p1.commitment());
      for (PeerId other : List.of(new PeerId("mallory"), TwoParties.P2, new PeerId("P1"))) {
        Exchange<?> victim = parties.p2.driver().accept(other, g1);
        assertBlamed(
            suite == ECDSA_SECP256K1 ? "G1" : "T1",
            "no key of these ids with this peer",
            victim::start);
      }
      assertEquals(0, asked.size());
    }
  }

  /** A secret that P2 has, but not with this key; and a key that it has, but not for this suite. */
  @Test
  void keyOfAnotherSecretOrSuiteIsRefused() {
    SecretId other = SecretId.random();
    CryptoDriver driver = parties.p2.driver();
    parties.p2.state().secrets().generate(other);
    try (CheatingInitiator p1 = new CheatingInitiator(parties, ECDSA_SECP256K1)) {
      NonceCommitment honest = p1.commitment();
      for (SessionIds ids :
          List.of(
              SessionIds.sign(other, TwoParties.ECDSA_KEY, p1.item.signSessionId()),
              SessionIds.sign(SECRET, TwoParties.EDDSA_KEY, p1.item.signSessionId()))) {
        MessageHeader header = new MessageHeader(honest.header().procedure(), 1, ids);
        NonceCommitment g1 =
            new NonceCommitment(
                header, honest.pairingId(), List.of(p1.item), honest.nonce1(), honest.com());
        Exchange<?> victim = driver.accept(TwoParties.P1, WireCodec.encode(g1));
        assertBlamed("G1", "no key of these ids with this peer", victim::start);
      }
      assertEquals(0, asked.size());
    }
  }

  /** A batch that names one signature twice would have one decision count for two. */
  @Test
  void batchThatNamesASignatureTwiceIsRefused() {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, ECDSA_SECP256K1)) {
      NonceCommitment honest = p1.commitment();
      Item second = new Item(SignSessionId.random(), TwoParties.random(), Bytes.empty());
      NonceCommitment two =
          new NonceCommitment(
              honest.header(),
              honest.pairingId(),
              List.of(p1.item, second),
              honest.nonce1(),
              honest.com());
      // The second id's bytes are overwritten by the first's.
      String hex = WireCodec.encode(two).toHex();
      String forged =
          hex.replace(
              second.signSessionId().bytes().toHex(), p1.item.signSessionId().bytes().toHex());
      assertThrows(
          PeerFaultException.class,
          () -> parties.p2.driver().accept(TwoParties.P1, Bytes.ofHex(forged)));
      assertEquals(0, asked.size());
    }
  }
}
