/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static com.spatium.cryptodriver.Suite.EDDSA_ED25519;
import static com.spatium.cryptodriver.attack.CheatingResponder.decrypted;
import static com.spatium.cryptodriver.attack.Forge.L;
import static com.spatium.cryptodriver.attack.Forge.Q;
import static com.spatium.cryptodriver.attack.Forge.fitted;
import static com.spatium.cryptodriver.attack.Forge.number;
import static com.spatium.cryptodriver.attack.Forge.twoTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.Item;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.SignMessage.PartialSignature;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireCodec;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * threats.md, rows 4, 12, 14, 16, 17, 18, 19, 20: P1 cheats in a signature; P2's driver is the
 * victim.
 */
final class MaliciousInitiatorTest {
  private TwoParties parties;

  @BeforeEach
  void open() {
    parties = TwoParties.synchronised();
  }

  /** However a test attacked: the same keys sign, and nothing is LOCKED. */
  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      closing.assertSound();
    }
  }

  private static String step(Suite suite, int round) {
    return (suite == ECDSA_SECP256K1 ? "G" : "T") + round;
  }

  static PeerFaultException assertBlamed(String round, String check, Executable attack) {
    PeerFaultException fault = assertThrows(PeerFaultException.class, attack);
    assertEquals(round, fault.round());
    assertTrue(
        fault.check().contains(check),
        () -> "expected \"" + check + "\" but was \"" + fault.check() + "\"");
    assertFalse(fault.sessionAlive());
    return fault;
  }

  /** The session is wiped: the right message comes too late. */
  private void assertOver(CheatingInitiator cheater) {
    assertThrows(UsageException.class, cheater::open);
  }

  private Bytes s2(CheatingInitiator cheater) {
    return ((PartialSignature) cheater.open()).s2().get(0);
  }

  private BigInteger u(CheatingInitiator cheater) {
    return decrypted(((EncryptedPartialSignature) cheater.open()).items().get(0).c3());
  }

  /** c of EdDSA. */
  private static BigInteger challenge(CheatingInitiator cheater) {
    try {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      for (Bytes part : List.of(cheater.point(), cheater.key.q(), cheater.item.message())) {
        sha512.update(part.toByteArray());
      }
      return number(Forge.reversed(Bytes.of(sha512.digest()))).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The cheater's tools are right: used honestly, P2 accepts its signature. */
  @Test
  void theCheatersToolsMakeHonestSignatures() {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, ECDSA_SECP256K1)) {
      p1.begin();
      BigInteger s = p1.s(u(p1));
      Step<?> last = p1.finish(fitted(p1.r(), 32), fitted(s, 32));
      assertTrue(TwoParties.result(last).isPresent());
    }
    try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
      p1.begin();
      BigInteger s2 = Forge.number(EDDSA_ED25519, s2(p1));
      BigInteger s = p1.k1.add(challenge(p1).multiply(p1.secret)).add(s2);
      assertTrue(
          TwoParties.result(p1.finish(p1.point(), Forge.scalar(EDDSA_ED25519, s))).isPresent());
    }
  }

  // ---- row 4 ----

  /**
   * The boundary between message and authorization moves: the same bytes one after the other,
   * another tuple, another hash.
   */
  @Test
  void movedBoundaryBetweenFieldsChangesTheHash() {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
      SignSessionId id = p1.item.signSessionId();
      p1.hashedItem = Optional.of(new Item(id, Bytes.ofHex("aabb"), Bytes.ofHex("cc")));
      p1.item = new Item(id, Bytes.ofHex("aa"), Bytes.ofHex("bbcc"));
      p1.begin();
      assertBlamed("T3", "commitment", p1::open);
      assertOver(p1);
    }
  }

  // ---- row 12 ----

  /**
   * P1 waits for R2 and then chooses R1 so that R is what it wants, e.g. a point of its own: the
   * commitment holds it.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void nonceChosenAfterThePeersIsRefused(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.begin();
      BigInteger wanted = Forge.below(Q.min(L));
      // EdDSA: R1 = T − R2, so that R = T. ECDSA has R = k2·R1: any other R1 will do.
      Bytes rogue =
          suite == EDDSA_ED25519
              ? Forge.sum(
                      suite,
                      BigInteger.ONE,
                      Forge.point(suite, wanted),
                      BigInteger.ONE.negate(),
                      p1.r2)
                  .orElseThrow()
              : Forge.point(suite, wanted);
      ProvenPoint opened =
          new ProvenPoint(rogue, Forge.dl(p1.sid1, Role.INITIATOR, suite, rogue, wanted));
      assertBlamed(step(suite, 3), "commitment", () -> p1.open(opened));
      assertOver(p1);
    }
  }

  /** R1 = −R2 of an earlier session, whose logarithm P1 does not know, properly committed to. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void committedNonceWithoutItsLogarithmIsRefused(Suite suite) {
    Bytes foreign;
    try (CheatingInitiator earlier = new CheatingInitiator(parties, suite)) {
      earlier.begin();
      foreign = Forge.negative(suite, earlier.r2);
    }
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.commitment();
      p1.committed =
          Optional.of(
              new ProvenPoint(foreign, Forge.dl(p1.sid1, Role.INITIATOR, suite, foreign, p1.k1)));
      p1.begin();
      assertBlamed(step(suite, 3), "dl", p1::open);
      assertOver(p1);
    }
  }

  /**
   * As the responder, or in another session, the same point would have another proof: a proof of
   * P2's role is refused.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void proofOfTheOtherRoleIsRefused(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.commitment();
      p1.committed = Optional.of(Forge.proven(p1.sid1, Role.RESPONDER, suite, p1.k1));
      p1.begin();
      assertBlamed(step(suite, 3), "dl", p1::open);
    }
  }

  // ---- row 14 ----

  /**
   * The attack that broke the 2018 core: two sessions for one message, P1 changes its nonce, and if
   * P2's is a function of the message, two equations give the whole key. Everything else that P1
   * chooses is the same.
   */
  @Test
  void sameEcdsaMessageInTwoSessionsDoesNotRevealTheKey() {
    List<BigInteger> r = new ArrayList<>();
    List<BigInteger> u = new ArrayList<>();
    Set<Bytes> r2 = new HashSet<>();
    Bytes message = TwoParties.random();
    Bytes nonce1 = TwoParties.random();
    BigInteger m = number(message);
    Bytes q = null;
    for (int i = 0; i < 2; i++) {
      try (CheatingInitiator p1 = new CheatingInitiator(parties, ECDSA_SECP256K1)) {
        p1.item = new Item(SignSessionId.random(), message, Bytes.empty());
        p1.nonce1 = nonce1;
        p1.begin();
        r.add(p1.r());
        u.add(u(p1).mod(Q));
        r2.add(p1.r2);
        q = p1.key.q();
      }
    }
    assertEquals(2, r2.size(), "P2 used a nonce twice");
    assertNotEquals(
        q,
        Forge.point(ECDSA_SECP256K1, keyOfEqualNonces(m, r.get(0), u.get(0), r.get(1), u.get(1))));
    // The attack is real: with one k2 in both sessions the same lines give the key.
    BigInteger x = Forge.below(Q);
    BigInteger k2 = Forge.below(Q).modInverse(Q);
    BigInteger first = k2.multiply(m.add(r.get(0).multiply(x))).mod(Q);
    BigInteger second = k2.multiply(m.add(r.get(1).multiply(x))).mod(Q);
    assertEquals(x, keyOfEqualNonces(m, r.get(0), first, r.get(1), second));
  }

  /** x from u = k2⁻¹·(m + r·x) and u' = k2⁻¹·(m + r'·x). */
  private static BigInteger keyOfEqualNonces(
      BigInteger m, BigInteger r, BigInteger u, BigInteger r2, BigInteger u2) {
    BigInteger divisor = u.multiply(r2).subtract(u2.multiply(r)).mod(Q);
    return m.multiply(u2.subtract(u)).multiply(divisor.modInverse(Q)).mod(Q);
  }

  @Test
  void sameEddsaMessageInTwoSessionsDoesNotRevealTheKey() {
    List<BigInteger> c = new ArrayList<>();
    List<BigInteger> s2 = new ArrayList<>();
    Set<Bytes> r2 = new HashSet<>();
    Bytes message = TwoParties.random();
    Bytes nonce1 = TwoParties.random();
    Bytes a2 = null;
    for (int i = 0; i < 2; i++) {
      try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
        p1.item = new Item(SignSessionId.random(), message, Bytes.empty());
        p1.nonce1 = nonce1;
        p1.begin();
        c.add(challenge(p1));
        s2.add(Forge.number(EDDSA_ED25519, s2(p1)));
        r2.add(p1.r2);
        a2 = p1.key.q2();
      }
    }
    assertEquals(2, r2.size(), "P2 used a nonce twice");
    BigInteger candidate =
        s2.get(0)
            .subtract(s2.get(1))
            .multiply(c.get(0).subtract(c.get(1)).mod(L).modInverse(L))
            .mod(L);
    assertNotEquals(a2, Forge.point(EDDSA_ED25519, candidate));
  }

  /** Two openings in one session would be two challenges for one k2. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void secondOpeningInASessionIsRefused(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.begin();
      p1.open();
      PeerFaultException fault = assertThrows(PeerFaultException.class, p1::open);
      assertTrue(fault.sessionAlive());
    }
  }

  // ---- rows 16 and 17 ----

  /** What a P1 that knows its factors sees of P2's mask and of its randomiser. */
  @Test
  void maskAndRandomizerAreUniform() {
    int count = 48;
    List<SignRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(
          TwoParties.request(ECDSA_SECP256K1, SignSessionId.random(), TwoParties.random()));
    }
    List<Bytes> c3 = new ArrayList<>();
    parties.run(
        parties.p1.driver().signAll(requests),
        (header, message) -> {
          if (header.round() == 4) {
            ((EncryptedPartialSignature) TwoParties.decode(message, count))
                .items().stream().map(EncryptedPartial::c3).forEach(c3::add);
          }
          return message;
        });
    assertEquals(count, c3.size());
    // ⌊u/q⌋ = ϱ + a quotient below 2^257, ϱ uniform in [0, 2^642): in units of 2^642 the mean is ½
    // ± 0.042 (one deviation).
    double sum = 0;
    Set<BigInteger> low = new HashSet<>();
    for (Bytes c : c3) {
      BigInteger quotient = decrypted(c).divide(Q);
      double share = quotient.shiftRight(642 - 52).doubleValue() / 0x1p52;
      assertTrue(share <= 1, "ϱ is too long: " + share);
      sum += share;
      low.add(quotient.mod(twoTo(64)));
    }
    assertEquals(0.5, sum / count, 0.26, "ϱ is not uniform");
    assertEquals(count, low.size(), "ϱ repeats");

    // c3's randomiser is ρ^a·σ. Where χ(ρ) = 1, χ shows σ alone: both values appear, or σ is from
    // the subgroup χ = 1.
    Bytes cKey =
        parties
            .p1
            .state()
            .keys()
            .findActive(TwoParties.SECRET, Role.INITIATOR, TwoParties.ECDSA_KEY)
            .orElseThrow()
            .cKey()
            .orElseThrow();
    BigInteger p = CheatingResponder.P;
    BigInteger q = CheatingResponder.N.divide(p);
    int characters = 0;
    for (List<BigInteger> character : List.of(List.of(p), List.of(q), List.of(p, q))) {
      if (symbol(CheatingResponder.randomizer(cKey), character) == 1) {
        long ones =
            c3.stream()
                .filter(c -> symbol(CheatingResponder.randomizer(c), character) == 1)
                .count();
        assertTrue(
            ones >= 4 && ones <= count - 4, "σ is from a subgroup: " + ones + " of " + count);
        characters++;
      }
    }
    assertTrue(characters > 0);
  }

  /** The product of Legendre symbols. */
  private static int symbol(BigInteger value, List<BigInteger> primes) {
    int symbol = 1;
    for (BigInteger p : primes) {
      symbol *= value.modPow(p.shiftRight(1), p).equals(BigInteger.ONE) ? 1 : -1;
    }
    return symbol;
  }

  // ---- row 18 ----

  /**
   * Small-order, mixed-order and non-canonical R1, committed to and with proofs that hold in the
   * whole group.
   */
  @Test
  void pointsOutsideThePrimeSubgroupAreRefused() {
    Edwards torsion = Edwards.torsion();
    for (int multiple = 1; multiple <= 8; multiple++) {
      Edwards small = torsion.times(BigInteger.valueOf(multiple));
      try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
        p1.commitment();
        boolean mixed = multiple < 8;
        ProvenPoint rogue =
            mixed
                ? mixedOrder(p1.sid1, Role.INITIATOR, p1.k1, small)
                : new ProvenPoint(
                    small.encode(),
                    Forge.dl(
                        p1.sid1, Role.INITIATOR, EDDSA_ED25519, small.encode(), BigInteger.ZERO));
        p1.committed = Optional.of(rogue);
        p1.begin();
        assertBlamed("T3", "is not a point of the group", p1::open);
        assertOver(p1);
      }
    }
    // y = p + 1: the identity again, not reduced.
    try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
      p1.commitment();
      Bytes unreduced = Forge.reversed(fitted(Edwards.P.add(BigInteger.ONE), 32));
      p1.committed =
          Optional.of(
              new ProvenPoint(
                  unreduced,
                  Forge.dl(p1.sid1, Role.INITIATOR, EDDSA_ED25519, unreduced, BigInteger.ZERO)));
      p1.begin();
      assertBlamed("T3", "is not a point of the group", p1::open);
    }
  }

  /** x·B + T with a dl that holds: A is ground until e·T cancels, some eight tries. */
  static ProvenPoint mixedOrder(Bytes context, Role maker, BigInteger x, Edwards torsion) {
    Edwards point = Edwards.decode(Forge.point(EDDSA_ED25519, x)).plus(torsion);
    Bytes encoded = point.encode();
    while (true) {
      BigInteger k = Forge.below(L);
      int guess = Forge.RANDOM.nextInt(8);
      Edwards a =
          Edwards.decode(Forge.point(EDDSA_ED25519, k))
              .plus(torsion.times(BigInteger.valueOf(8 - guess)));
      Bytes encodedA = a.encode();
      BigInteger e =
          number(
              new Transcript.Dl(context, maker, EDDSA_ED25519.curveName(), encoded, encodedA)
                  .hash());
      if (e.mod(BigInteger.valueOf(8)).intValue() == guess) {
        BigInteger z = k.add(e.multiply(x)).mod(L);
        // z·B = A + e·X in the whole group: only the subgroup check stands against it.
        assertEquals(Edwards.decode(Forge.point(EDDSA_ED25519, z)), a.plus(point.times(e)));
        return new ProvenPoint(encoded, new DlProof(encodedA, Forge.scalar(EDDSA_ED25519, z)));
      }
    }
  }

  /**
   * The challenge hashes the stored A: with another, s2 and s2' for one R would give a2
   * (double-public-key oracle).
   */
  @Test
  void challengeHashesTheStoredKey() {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
      p1.begin();
      BigInteger c = challenge(p1);
      Bytes expected =
          Forge.sum(EDDSA_ED25519, BigInteger.ONE, p1.r2, c, p1.key.q2()).orElseThrow();
      assertEquals(expected, Forge.point(EDDSA_ED25519, Forge.number(EDDSA_ED25519, s2(p1))));
    }
    // And P1 cannot even name another: keyHash is in sid1.
    try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
      Bytes foreign = Forge.point(EDDSA_ED25519, Forge.below(L));
      p1.hashedKey =
          Optional.of(
              new Transcript.Key(p1.key.q1(), p1.key.q2(), foreign, Optional.empty()).hash());
      p1.begin();
      assertBlamed("T3", "commitment", p1::open);
    }
  }

  // ---- row 19 ----

  /** P1 shows the policy one message and commits to another. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void messageOtherThanTheCommittedIsRefused(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.hashedItem =
          Optional.of(new Item(p1.item.signSessionId(), TwoParties.random(), Bytes.empty()));
      p1.begin();
      assertBlamed(step(suite, 3), "commitment", p1::open);
      assertOver(p1);
    }
  }

  /** What P2's partial signature completes is the message that its policy saw, and no other. */
  @Test
  void partialSignatureIsOfTheMessageThatThePolicySaw() {
    List<Bytes> seen = new ArrayList<>();
    parties.p2.policy =
        request -> {
          seen.add(request.items().get(0).message());
          return SigningPolicy.approve();
        };
    try (CheatingInitiator p1 = new CheatingInitiator(parties, ECDSA_SECP256K1)) {
      p1.begin();
      BigInteger s = p1.s(u(p1));
      Signature.Ecdsa signature = new Signature.Ecdsa(fitted(p1.r(), 32), fitted(s, 32), 0);
      assertEquals(List.of(p1.item.message()), seen);
      assertTrue(TwoParties.verifies(p1.key.q(), p1.item.message(), signature));
      assertFalse(TwoParties.verifies(p1.key.q(), TwoParties.random(), signature));
    }
  }

  // ---- row 20 ----

  /** G5 is for P2's record only. Wrong ones are ignored, and the right one is taken after them. */
  @Test
  void wrongFinalSignatureIsIgnored() {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, ECDSA_SECP256K1)) {
      p1.begin();
      BigInteger s = p1.s(u(p1));
      Bytes r = fitted(p1.r(), 32);
      for (BigInteger wrong :
          List.of(
              Q.subtract(s),
              BigInteger.ZERO,
              Q,
              s.add(Q).min(twoTo(256).subtract(BigInteger.ONE)),
              s.add(BigInteger.ONE))) {
        assertInstanceOf(Step.Await.class, p1.finish(r, fitted(wrong, 32)));
      }
      assertInstanceOf(
          Step.Await.class, p1.finish(fitted(p1.r().add(BigInteger.ONE), 32), fitted(s, 32)));
      // A signature that is right under the key, of another session.
      Signature.Ecdsa other =
          (Signature.Ecdsa)
              parties
                  .run(
                      parties.signature(ECDSA_SECP256K1, SignSessionId.random(), p1.item.message()))
                  .initiator()
                  .orElseThrow();
      assertInstanceOf(Step.Await.class, p1.finish(other.r(), other.s()));
      assertTrue(TwoParties.result(p1.finish(r, fitted(s, 32))).isPresent());
    }
  }

  /** The signature that is not reduced would be a second one: s + L. */
  @Test
  void unreducedEddsaSignatureIsIgnored() {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, EDDSA_ED25519)) {
      p1.begin();
      BigInteger s =
          p1.k1
              .add(challenge(p1).multiply(p1.secret))
              .add(Forge.number(EDDSA_ED25519, s2(p1)))
              .mod(L);
      Bytes unreduced = Forge.reversed(fitted(s.add(L), 32));
      assertInstanceOf(Step.Await.class, p1.finish(p1.point(), unreduced));
      assertTrue(
          TwoParties.result(p1.finish(p1.point(), Forge.scalar(EDDSA_ED25519, s))).isPresent());
    }
  }

  /** An opening with one nonce more or fewer than messages. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void openingOfAnotherNumberOfNoncesIsRefused(Suite suite) {
    try (CheatingInitiator p1 = new CheatingInitiator(parties, suite)) {
      p1.begin();
      NonceOpening two = new NonceOpening(p1.header(3), List.of(p1.nonce(), p1.nonce()), p1.blind);
      PeerFaultException fault =
          assertThrows(PeerFaultException.class, () -> p1.victim.receive(WireCodec.encode(two)));
      assertTrue(fault.sessionAlive());
      p1.open();
    }
  }
}
