/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.EDDSA_ED25519;
import static com.spatium.cryptodriver.attack.Forge.L;
import static com.spatium.cryptodriver.attack.Forge.number;
import static com.spatium.cryptodriver.attack.MaliciousInitiatorTest.assertBlamed;
import static com.spatium.cryptodriver.attack.TwoParties.SECRET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.attack.TwoParties.Tap;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage.NonceCommitment;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import com.spatium.cryptodriver.wire.SignMessage.PartialSignature;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** threats.md, rows 13, 14, 18, 19: P2 cheats in an EdDSA signature; P1's driver is the victim. */
final class MaliciousEddsaPeerTest {
  private TwoParties parties;

  @BeforeEach
  void open() {
    parties = TwoParties.synchronised();
  }

  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      closing.assertSound();
    }
  }

  private static BigInteger sha512(Bytes... parts) {
    try {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      for (Bytes part : parts) {
        sha512.update(part.toByteArray());
      }
      return number(Forge.reversed(Bytes.of(sha512.digest()))).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** P2 with its own nonce, its own s2, and everything in the clear. */
  private class Cheater implements Tap {
    final KeyRecord key =
        parties
            .p2
            .state()
            .keys()
            .findActive(SECRET, Role.RESPONDER, TwoParties.EDDSA_KEY)
            .orElseThrow();
    final BigInteger a2;
    private final UnaryOperator<BigInteger> s2;
    BigInteger k2 = Forge.below(L);
    private NonceCommitment t1;
    Bytes r1;

    /** What the challenge is made of. */
    UnaryOperator<Bytes> hashedKey = a -> a;

    UnaryOperator<Bytes> hashedMessage = m -> m;

    Cheater(UnaryOperator<BigInteger> s2) {
      this.s2 = s2;
      try (Lease<SecretScalar> fragment =
          parties.p2.state().unsealed().fragment(SECRET, EDDSA_ED25519, key.path())) {
        this.a2 = Forge.reveal(EDDSA_ED25519, fragment.get());
      }
    }

    ProvenPoint nonce(Bytes sid) {
      return Forge.proven(sid, Role.RESPONDER, EDDSA_ED25519, k2);
    }

    @Override
    public Bytes pass(MessageHeader header, Bytes message) {
      switch (header.round()) {
        case 1 -> t1 = (NonceCommitment) TwoParties.decode(message);
        case 2 -> {
          NonceShare share = (NonceShare) TwoParties.decode(message);
          Bytes sid1 = Transcript.sid1(TwoParties.LEVEL, key.path(), key.keyHash(), t1);
          Bytes sid = new Transcript.Sid(sid1, t1.com(), share.nonce2()).hash();
          return WireCodec.encode(new NonceShare(header, share.nonce2(), List.of(nonce(sid))));
        }
        case 3 -> r1 = ((NonceOpening) TwoParties.decode(message)).nonces().get(0).point();
        case 4 -> {
          Bytes r =
              Forge.sum(
                      EDDSA_ED25519,
                      BigInteger.ONE,
                      r1,
                      BigInteger.ONE,
                      Forge.point(EDDSA_ED25519, k2))
                  .orElseThrow();
          BigInteger c =
              sha512(r, hashedKey.apply(key.q()), hashedMessage.apply(t1.items().get(0).message()));
          BigInteger right = k2.add(c.multiply(a2)).mod(L);
          Bytes encoded = Forge.reversed(Forge.fitted(s2.apply(right), 32));
          return WireCodec.encode(new PartialSignature(header, List.of(encoded)));
        }
        default -> {}
      }
      return message;
    }
  }

  private void assertRefused(String round, String check, Cheater cheater) {
    assertBlamed(round, check, () -> parties.run(parties.signature(EDDSA_ED25519), cheater));
  }

  @Test
  void theCheatersToolsMakeAnHonestSignature() {
    assertTrue(
        parties
            .run(parties.signature(EDDSA_ED25519), new Cheater(s2 -> s2))
            .initiator()
            .isPresent());
  }

  @Test
  void wrongPartialSignatureIsBlamedOnThePeer() {
    assertRefused("T4", "s2·B ≠ R2 + c·A2", new Cheater(s2 -> s2.add(BigInteger.ONE).mod(L)));
    assertRefused("T4", "s2·B ≠ R2 + c·A2", new Cheater(s2 -> BigInteger.ZERO));
    assertRefused("T4", "s2·B ≠ R2 + c·A2", new Cheater(s2 -> L.subtract(s2)));
    // The same number, not reduced.
    assertRefused("T4", "s2 is not reduced", new Cheater(s2 -> s2.add(L)));
  }

  /** A partial signature of another message, or under another key: P1 completes neither. */
  @Test
  void partialSignatureOfAnotherMessageOrKeyIsRefused() {
    Cheater message = new Cheater(s2 -> s2);
    message.hashedMessage = m -> Forge.random(32);
    assertRefused("T4", "s2·B ≠ R2 + c·A2", message);
    Cheater key = new Cheater(s2 -> s2);
    key.hashedKey = a -> Forge.point(EDDSA_ED25519, Forge.below(L));
    assertRefused("T4", "s2·B ≠ R2 + c·A2", key);
  }

  /**
   * Row 18: R2 + T with a proof that holds in the whole group. The signature would be valid for
   * some verifiers and not for others.
   */
  @Test
  void nonceOutsideThePrimeSubgroupIsRefused() {
    Edwards torsion = Edwards.torsion();
    for (int multiple = 1; multiple < 8; multiple++) {
      Edwards small = torsion.times(BigInteger.valueOf(multiple));
      assertRefused(
          "T2",
          "is not a point of the group",
          new Cheater(s2 -> s2) {
            @Override
            ProvenPoint nonce(Bytes sid) {
              return MaliciousInitiatorTest.mixedOrder(sid, Role.RESPONDER, k2, small);
            }
          });
      PeerFaultException bare =
          assertThrows(
              PeerFaultException.class,
              () ->
                  parties.run(
                      parties.signature(EDDSA_ED25519),
                      Tap.rewrite(
                          2,
                          t2 -> Leaves.with((NonceShare) t2, "nonces.0.point", small.encode()))));
      assertEquals("T2", bare.round());
    }
  }

  /** Row 14 with P2 as the attacker: one message twice, P2 keeps its nonce, and subtracts. */
  @Test
  void initiatorNeverRepeatsItsNonce() {
    Bytes message = TwoParties.random();
    BigInteger k2 = Forge.below(L);
    Bytes[] r1 = new Bytes[2];
    BigInteger[] s1 = new BigInteger[2];
    BigInteger[] c = new BigInteger[2];
    for (int i = 0; i < 2; i++) {
      Cheater cheater = new Cheater(s2 -> s2);
      cheater.k2 = k2;
      Signature.Eddsa signature =
          (Signature.Eddsa)
              parties
                  .run(parties.signature(EDDSA_ED25519, SignSessionId.random(), message), cheater)
                  .initiator()
                  .orElseThrow();
      r1[i] = cheater.r1;
      c[i] = sha512(signature.r(), cheater.key.q(), message);
      s1[i] =
          Forge.number(EDDSA_ED25519, signature.s())
              .subtract(k2)
              .subtract(c[i].multiply(cheater.a2))
              .mod(L);
    }
    assertNotEquals(r1[0], r1[1]);
    Bytes a1 = new Cheater(s2 -> s2).key.q1();
    BigInteger candidate =
        s1[0].subtract(s1[1]).multiply(c[0].subtract(c[1]).mod(L).modInverse(L)).mod(L);
    assertNotEquals(a1, Forge.point(EDDSA_ED25519, candidate));
    // What P2 computes is P1's part indeed: s1·B = R1 + c·A1.
    assertEquals(
        Forge.sum(EDDSA_ED25519, BigInteger.ONE, r1[0], c[0], a1).orElseThrow(),
        Forge.point(EDDSA_ED25519, s1[0]));
  }
}
