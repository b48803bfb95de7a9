/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static com.spatium.cryptodriver.Suite.EDDSA_ED25519;
import static com.spatium.cryptodriver.attack.Forge.Q;
import static com.spatium.cryptodriver.attack.Forge.fitted;
import static com.spatium.cryptodriver.attack.Forge.twoTo;
import static com.spatium.cryptodriver.attack.MaliciousInitiatorTest.assertBlamed;
import static com.spatium.cryptodriver.attack.TwoParties.SECRET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.TwoParties.Ended;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SyncMessage.EncryptedKey;
import com.spatium.cryptodriver.wire.SyncMessage.KeyCommitment;
import com.spatium.cryptodriver.wire.SyncMessage.KeyConfirmation;
import com.spatium.cryptodriver.wire.SyncMessage.KeyOpening;
import com.spatium.cryptodriver.wire.SyncMessage.KeyShare;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireCodec;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** threats.md, rows 7, 9, 10, 12, 18: either party cheats in a synchronisation. */
final class MaliciousSyncTest {
  private static final DerivationPath NEW_PATH = new DerivationPath(0, 7);
  private TwoParties parties;

  @BeforeEach
  void open() {
    parties = TwoParties.synchronised();
  }

  /**
   * The keys from before sign; the attacked path synchronises, on both sides to one key; a second
   * time to the same.
   */
  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      closing.assertSound();
      for (Suite suite : Suite.values()) {
        DistributedKey first = synchronised(suite);
        assertEquals(first.publicKey(), synchronised(suite).publicKey());
      }
    }
  }

  private DistributedKey synchronised(Suite suite) {
    Ended<DistributedKey> ended =
        parties.run(parties.synchronisation(suite, SyncSessionId.random(), NEW_PATH));
    DistributedKey key = ended.initiator().orElseThrow();
    assertEquals(key.publicKey(), ((DistributedKey) ended.responder().orElseThrow()).publicKey());
    return key;
  }

  private void assertNoKey(SyncSessionId id) {
    assertTrue(parties.p1.driver().key(SECRET, id).isEmpty());
    assertTrue(parties.p2.driver().key(SECRET, id).isEmpty());
    assertTrue(
        parties.p2.state().keys().find(SECRET, Role.RESPONDER, id).isEmpty(),
        "P2 stored a key before it was proved");
  }

  /** P1 answers S2 with this S3, and P2 blames it. */
  private void assertEncryptedKeyRefused(String check, Function<CheatingSync, EncryptedKey> cheat) {
    try (CheatingSync p1 = new CheatingSync(parties, ECDSA_SECP256K1, NEW_PATH)) {
      p1.begin();
      EncryptedKey encrypted = cheat.apply(p1);
      assertBlamed("S3", check, () -> p1.open(p1.own(), encrypted));
      assertThrows(UsageException.class, p1::open);
      assertNoKey(p1.id);
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void theCheatersToolsAreRight(Suite suite) {
    try (CheatingSync p1 = new CheatingSync(parties, suite, NEW_PATH)) {
      p1.begin();
      assertInstanceOf(KeyConfirmation.class, p1.open());
    }
  }

  // ---- row 7 ----

  /**
   * α-rays: c_key encrypts x1 + j·q. Every signature would come out, and leak x2 through the
   * quotient of a·(x1 + j·q).
   */
  @Test
  void encryptedKeyThatIsRightModQButLongIsRefused() {
    for (int bits : new int[] {264, 600, 1700}) {
      assertEncryptedKeyRefused(
          "encdl",
          p1 -> {
            BigInteger x = p1.secret.add(twoTo(bits).multiply(Q));
            return p1.encrypted(p1.cKey(x), x);
          });
    }
    // At the very end of the range: the response that is one too long for the check still fits its
    // field.
    assertEncryptedKeyRefused(
        "z1 is out of range",
        p1 ->
            Leaves.with(
                p1.encrypted(p1.cKey(p1.secret), p1.secret), "encdl.z1", fitted(twoTo(513), 65)));
  }

  /** c_key encrypts another number than Q1's logarithm; the proof is right for one or the other. */
  @Test
  void encryptedKeyOfAnotherNumberIsRefused() {
    assertEncryptedKeyRefused(
        "encdl: Enc(z1; z2) ≠",
        p1 -> p1.encrypted(p1.cKey(p1.secret.add(BigInteger.ONE)), p1.secret));
    assertEncryptedKeyRefused(
        "encdl: z1·G ≠",
        p1 -> p1.encrypted(p1.cKey(p1.secret.add(BigInteger.ONE)), p1.secret.add(BigInteger.ONE)));
  }

  /** A proof of an earlier session, for the same c_key. */
  @Test
  void proofOfAnotherSessionIsRefused() {
    EncryptedKey[] earlier = new EncryptedKey[1];
    try (CheatingSync p1 = new CheatingSync(parties, ECDSA_SECP256K1, NEW_PATH)) {
      p1.begin();
      earlier[0] = p1.encrypted(p1.cKey(p1.secret), p1.secret);
    }
    assertEncryptedKeyRefused("encdl", p1 -> earlier[0]);
  }

  // ---- row 9 ----

  /**
   * c_key = 0 would turn c3 into Enc(b): P1 would read k2 off it. With A = z2 = 0 the proof's
   * equation is 0 = 0.
   */
  @Test
  void zeroForgesNoEncryptedKey() {
    assertEncryptedKeyRefused(
        "is not a unit",
        p1 -> {
          Bytes zero = Forge.zero(2 * Forge.WIDTHS.n());
          return new EncryptedKey(zero, Forge.encdl(p1.statement(zero), p1.secret, p1.rho, true));
        });
  }

  @Test
  void encryptedKeyThatIsNoCiphertextIsRefused() {
    for (Bytes bad : MaliciousPeerTest.badCiphertexts()) {
      assertEncryptedKeyRefused("is not a unit", p1 -> p1.encrypted(bad, p1.secret));
      assertEncryptedKeyRefused(
          "is not a unit",
          p1 -> Leaves.with(p1.encrypted(p1.cKey(p1.secret), p1.secret), "encdl.a", bad));
    }
  }

  // ---- row 10 ----

  /**
   * Frozen Heart: the values that the equation uses but a weak hash would forget are computed last,
   * to fit.
   */
  @Test
  void valuesComputedAfterTheChallengeAreRefused() {
    assertEncryptedKeyRefused(
        "encdl: z1·G ≠",
        p1 -> {
          EncryptedKey honest = p1.encrypted(p1.cKey(p1.secret), p1.secret);
          // Y' = z1'·G − e·Q1 with the e that was.
          BigInteger z1 = Forge.below(twoTo(500));
          BigInteger e =
              Forge.encdlChallenge(
                  p1.statement(honest.cKey()),
                  honest.encdl().s(),
                  honest.encdl().a(),
                  honest.encdl().y(),
                  honest.encdl().d());
          Bytes y =
              Forge.sum(
                      ECDSA_SECP256K1,
                      BigInteger.ONE,
                      Forge.point(ECDSA_SECP256K1, z1),
                      e.negate(),
                      p1.own().point())
                  .orElseThrow();
          return Leaves.with(Leaves.with(honest, "encdl.y", y), "encdl.z1", fitted(z1, 65));
        });
  }

  // ---- row 12 ----

  /** A1 = T − A2 would make T, whose logarithm P1 knows, the joint key: P1 alone could sign. */
  @Test
  void rogueKeyOfTheInitiatorIsRefused() {
    try (CheatingSync p1 = new CheatingSync(parties, EDDSA_ED25519, NEW_PATH)) {
      p1.begin();
      BigInteger own = Forge.below(Forge.L);
      Bytes rogue =
          Forge.sum(
                  EDDSA_ED25519,
                  BigInteger.ONE,
                  Forge.point(EDDSA_ED25519, own),
                  BigInteger.ONE.negate(),
                  p1.theirs)
              .orElseThrow();
      ProvenPoint opened =
          new ProvenPoint(rogue, Forge.dl(p1.sid1, Role.INITIATOR, EDDSA_ED25519, rogue, own));
      assertBlamed("S3", "commitment", () -> p1.open(opened, null));
      assertNoKey(p1.id);
    }
  }

  /**
   * P2 learns A1 in a run that it breaks off, and in the next makes its own share of it: A2 = T −
   * A1, A2 = −A1, A2 = A1.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void rogueKeyOfTheResponderIsRefused(Suite suite) {
    Bytes[] q1 = new Bytes[1];
    assertThrows(
        IllegalStateException.class,
        () ->
            parties.run(
                parties.synchronisation(suite, SyncSessionId.random(), NEW_PATH),
                TwoParties.Tap.rewrite(
                    3,
                    message -> {
                      q1[0] = ((KeyOpening) message).key().point();
                      throw new IllegalStateException("broken off");
                    })));
    BigInteger t = Forge.below(Q.min(Forge.L));
    List<Bytes> rogues =
        List.of(
            Forge.sum(suite, BigInteger.ONE, Forge.point(suite, t), BigInteger.ONE.negate(), q1[0])
                .orElseThrow(),
            Forge.negative(suite, q1[0]),
            q1[0]);
    for (Bytes rogue : rogues) {
      TwoParties.Tap cheat =
          share(sid -> new ProvenPoint(rogue, Forge.dl(sid, Role.RESPONDER, suite, rogue, t)));
      assertBlamed(
          "S2",
          "dl",
          () ->
              parties.run(parties.synchronisation(suite, SyncSessionId.random(), NEW_PATH), cheat));
    }
  }

  /** Replaces P2's share and its proof, made for the session's sid. */
  private TwoParties.Tap share(Function<Bytes, ProvenPoint> share) {
    KeyCommitment[] s1 = new KeyCommitment[1];
    return (header, message) -> {
      if (header.round() == 1) {
        s1[0] = (KeyCommitment) TwoParties.decode(message);
      } else if (header.round() == 2) {
        KeyShare s2 = (KeyShare) TwoParties.decode(message);
        Bytes sid =
            new Transcript.Sid(Transcript.sid1(TwoParties.LEVEL, s1[0]), s1[0].com(), s2.nonce2())
                .hash();
        return WireCodec.encode(Leaves.replace(s2, "key", share.apply(sid)));
      }
      return message;
    };
  }

  /**
   * The commitment of an honest run, sent again as one's own: to open it takes the session that it
   * was made for.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void copiedCommitmentCannotBeOpened(Suite suite) {
    KeyCommitment[] copied = new KeyCommitment[1];
    KeyOpening[] opened = new KeyOpening[1];
    parties.run(
        parties.synchronisation(suite, SyncSessionId.random(), NEW_PATH),
        (header, message) -> {
          if (header.round() == 1) {
            copied[0] = (KeyCommitment) TwoParties.decode(message);
          } else if (header.round() == 3) {
            opened[0] = (KeyOpening) TwoParties.decode(message);
          }
          return message;
        });
    // In a new run P2 receives the copied com, then its opening.
    try (CheatingSync p1 = new CheatingSync(parties, suite, NEW_PATH)) {
      var header1 = p1.header(1);
      p1.victim =
          parties
              .p2
              .driver()
              .accept(
                  TwoParties.P1,
                  WireCodec.encode(
                      new KeyCommitment(
                          header1,
                          copied[0].pairingId(),
                          NEW_PATH,
                          copied[0].nonce1(),
                          copied[0].com())));
      p1.victim.start();
      KeyOpening replayed =
          new KeyOpening(
              p1.header(3), opened[0].key(), opened[0].blind(), opened[0].encryptedKey());
      assertBlamed("S3", "commitment", () -> p1.victim.receive(WireCodec.encode(replayed)));
      assertNoKey(p1.id);
    }
  }

  /** Another secret for a path that has a key, with all proofs right: the address would change. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void otherShareForAKnownPathIsRefused(Suite suite) {
    try (CheatingSync p1 = new CheatingSync(parties, suite, TwoParties.PATH)) {
      p1.secret = p1.secret.add(BigInteger.ONE);
      p1.begin();
      assertBlamed("S3", "another key on record", p1::open);
      assertNoKey(p1.id);
    }
    assertBlamed(
        "S2",
        "another key on record",
        () ->
            parties.run(
                parties.synchronisation(suite),
                share(
                    sid -> Forge.proven(sid, Role.RESPONDER, suite, Forge.below(Q.min(Forge.L))))));
  }

  // ---- row 18 ----

  @Test
  void sharesOutsideThePrimeSubgroupAreRefused() {
    Edwards torsion = Edwards.torsion();
    for (int multiple = 1; multiple < 8; multiple++) {
      Edwards small = torsion.times(BigInteger.valueOf(multiple));
      BigInteger x = Forge.below(Forge.L);
      assertBlamed(
          "S2",
          "is not a point of the group",
          () ->
              parties.run(
                  parties.synchronisation(EDDSA_ED25519, SyncSessionId.random(), NEW_PATH),
                  share(sid -> MaliciousInitiatorTest.mixedOrder(sid, Role.RESPONDER, x, small))));
      try (CheatingSync p1 = new CheatingSync(parties, EDDSA_ED25519, NEW_PATH)) {
        p1.committed =
            Optional.of(
                MaliciousInitiatorTest.mixedOrder(p1.sid1, Role.INITIATOR, p1.secret, small));
        p1.begin();
        assertBlamed("S3", "is not a point of the group", p1::open);
        assertNoKey(p1.id);
      }
    }
  }

  // ---- confirmation ----

  /**
   * Without K nobody confirms. P2's key waits PENDING, is given out to nobody, and a new run makes
   * it.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void confirmationWithoutTheKeyIsRefused(Suite suite) {
    for (int round : new int[] {4, 5}) {
      SyncSessionId id = SyncSessionId.random();
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () ->
                  parties.run(
                      parties.synchronisation(suite, id, NEW_PATH),
                      TwoParties.Tap.rewrite(
                          round,
                          message -> new KeyConfirmation(message.header(), Forge.random(64)))));
      assertEquals("S" + round, fault.round());
      assertTrue(parties.p2.driver().key(SECRET, id).isEmpty());
      assertEquals(round == 5, parties.p1.driver().key(SECRET, id).isPresent());
    }
  }

  /** P1's own confirmation is no confirmation of P2's: the role is in it. */
  @Test
  void reflectedConfirmationIsRefused() {
    Bytes[] s4 = new Bytes[1];
    PeerFaultException fault =
        assertThrows(
            PeerFaultException.class,
            () ->
                parties.run(
                    parties.synchronisation(ECDSA_SECP256K1, SyncSessionId.random(), NEW_PATH),
                    (header, message) -> {
                      if (header.round() == 4) {
                        s4[0] = ((KeyConfirmation) TwoParties.decode(message)).mac();
                      }
                      return header.round() == 5
                          ? WireCodec.encode(new KeyConfirmation(header, s4[0]))
                          : message;
                    }));
    assertEquals("S5", fault.round());
  }
}
