/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static com.spatium.cryptodriver.attack.CheatingResponder.N;
import static com.spatium.cryptodriver.attack.CheatingResponder.decrypted;
import static com.spatium.cryptodriver.attack.Forge.Q;
import static com.spatium.cryptodriver.attack.Forge.WIDTHS;
import static com.spatium.cryptodriver.attack.Forge.fitted;
import static com.spatium.cryptodriver.attack.Forge.twoTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.TwoParties.Ended;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.WireMessage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * threats.md, rows 1, 2, 8, 9, 13, 19, 20: P2 cheats in an ECDSA signature, in what it encrypts for
 * P1 and in its nonce.
 */
final class MaliciousPeerTest {
  private TwoParties parties;

  @BeforeEach
  void open() {
    parties = TwoParties.synchronised();
  }

  /** However a test attacked: the same key signs, and nothing is LOCKED. */
  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      closing.assertSigns(ECDSA_SECP256K1);
    }
  }

  private Ended<Signature> attack(CheatingResponder cheater) {
    return parties.run(parties.signature(ECDSA_SECP256K1), cheater);
  }

  /** P1 blames P2 in this round, by this check, and its session is over. */
  private PeerFaultException assertBlamed(String round, String check, CheatingResponder cheater) {
    Exchange<Signature> victim = parties.signature(ECDSA_SECP256K1);
    PeerFaultException fault =
        assertThrows(PeerFaultException.class, () -> parties.run(victim, cheater));
    assertEquals(round, fault.round());
    assertTrue(
        fault.check().contains(check),
        () -> "expected \"" + check + "\" but was \"" + fault.check() + "\"");
    assertFalse(fault.sessionAlive());
    assertThrows(UsageException.class, () -> victim.receive(Bytes.of(new byte[] {1})));
    return fault;
  }

  private CheatingResponder cheater(Function<CheatingResponder, EncryptedPartial> g4) {
    return new CheatingResponder(parties, g4);
  }

  /** The cheater's tools are right: used honestly, they make a signature. */
  @Test
  void theCheatersToolsMakeAnHonestSignature() {
    Ended<Signature> ended =
        attack(
            cheater(own -> own.partial(own.a(), own.b().add(Forge.below(twoTo(642)).multiply(Q)))));
    assertTrue(ended.initiator().isPresent());
  }

  // ---- row 1 ----

  /**
   * BitForge on Lindell17 (CVE-2023-33242): with k2 = 2^l P2 sends (a' ⊙ c_key ⊕ Enc(b'))^(2^−l mod
   * N). Where l low bits of x1 are what P2 guessed, the plaintext is divisible by 2^l and the
   * signature comes out; else the quotient wraps around N and it does not. A P1 that decrypts first
   * tells which: l bits of x1 for each message.
   */
  private EncryptedPartial bitForge(
      CheatingResponder own, int bits, BigInteger guess, boolean proofOfTheTruth) {
    BigInteger power = twoTo(bits);
    // X = r·x2 mod q; u = X·x1 + m' with m' = m mod q + ϱ·q such that X·guess + m' = 0 mod 2^l.
    // X is made odd by adding q: an even one may be divisible by 2^l, and the honest message
    // results.
    BigInteger reduced = own.r().multiply(own.x2()).mod(Q);
    BigInteger bigX = reduced.testBit(0) ? reduced : reduced.add(Q);
    BigInteger m = own.m().mod(Q);
    BigInteger rho = bigX.multiply(guess).add(m).negate().multiply(Q.modInverse(power)).mod(power);
    BigInteger divisor = power.modInverse(N);
    Bytes c3 =
        own.affine(bigX.multiply(divisor).mod(N), m.add(rho.multiply(Q)).multiply(divisor).mod(N));
    if (proofOfTheTruth) {
      // The right a and b mod q, in range: all but the ciphertext equation hold.
      return new EncryptedPartial(c3, own.aff(c3, own.a(), own.b()));
    }
    // What is in the ciphertext: out of range, so the responses are cut to the field.
    return new EncryptedPartial(
        c3,
        own.aff(
            c3, bigX.multiply(divisor).mod(N), m.add(rho.multiply(Q)).multiply(divisor).mod(N)));
  }

  @Test
  void bitForgeLearnsNothing() {
    BigInteger x1 = CheatingResponder.x1(parties);
    int bits = 4;
    for (boolean proofOfTheTruth : new boolean[] {true, false}) {
      Set<String> answers = new HashSet<>();
      for (int wrong = 0; wrong <= 1; wrong++) {
        BigInteger guess = x1.mod(twoTo(bits)).xor(BigInteger.valueOf(wrong));
        boolean[] oracle = new boolean[1];
        CheatingResponder cheater =
            cheater(
                own -> {
                  EncryptedPartial partial = bitForge(own, bits, guess, proofOfTheTruth);
                  oracle[0] = own.completes(decrypted(partial.c3()), x1);
                  return partial;
                });
        cheater.k2 = twoTo(bits);
        PeerFaultException fault = assertBlamed("G4", "aff", cheater);
        // The attack is real: a P1 that decrypts and then checks the signature answers whether the
        // guess was right.
        assertEquals(wrong == 0, oracle[0]);
        answers.add(fault.getMessage());
      }
      // This P1's answer does not depend on it. A response that was cut is in range or not by
      // chance of the cheater's own masks.
      if (proofOfTheTruth) {
        assertEquals(
            Set.of(
                "G4: aff: z1⊙c_key ⊕ Enc(z2; w) ≠ D ⊕ e⊙c3 (session aborted; keys and state are"
                    + " intact; start a new session)"),
            answers);
      }
    }
  }

  /**
   * The same in many sessions that are open at once: none decrypts, none locks, and the honest one
   * among them signs.
   */
  @Test
  void bitForgeInParallelSessionsLearnsNothing() {
    BigInteger x1 = CheatingResponder.x1(parties);
    List<Exchange<Signature>> open = new ArrayList<>();
    List<Step<Signature>> first = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Exchange<Signature> run = parties.signature(ECDSA_SECP256K1);
      open.add(run);
      first.add(run.start());
    }
    // All reach G4; then the attackers' G4 arrive, then the honest one's.
    List<Bytes> g4 = new ArrayList<>();
    List<Exchange<?>> responders = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      int index = i;
      CheatingResponder cheater =
          cheater(
              own ->
                  index == 3
                      ? own.partial(own.a(), own.b())
                      : bitForge(own, 4, x1.mod(twoTo(4)).xor(BigInteger.valueOf(index)), true));
      cheater.k2 = twoTo(4);
      Bytes g1 = TwoParties.sent(first.get(i)).orElseThrow();
      cheater.pass(header(g1), g1);
      Exchange<?> responder = parties.p2.driver().accept(TwoParties.P1, g1);
      responders.add(responder);
      Bytes g2 = TwoParties.sent(responder.start()).orElseThrow();
      Bytes g3 = TwoParties.sent(open.get(i).receive(cheater.pass(header(g2), g2))).orElseThrow();
      cheater.pass(header(g3), g3);
      Bytes honestG4 = TwoParties.sent(responder.receive(g3)).orElseThrow();
      g4.add(cheater.pass(header(honestG4), honestG4));
    }
    for (int i = 0; i < 3; i++) {
      int index = i;
      PeerFaultException fault =
          assertThrows(PeerFaultException.class, () -> open.get(index).receive(g4.get(index)));
      assertEquals("G4", fault.round());
    }
    assertTrue(TwoParties.result(open.get(3).receive(g4.get(3))).isPresent());
    open.forEach(Exchange::close);
    responders.forEach(Exchange::close);
  }

  private static MessageHeader header(Bytes message) {
    return MessageHeader.peek(message);
  }

  // ---- row 2 ----

  /**
   * A P2 may encrypt a negative number: the proof's slack lets it. Read in [0, N), u = a·x1 + b
   * gives the right s only if it is not negative: by its choice of b, P2 compares a·x1 with a
   * number of its own. Read centred, every such signature comes out.
   */
  @Test
  void plaintextIsReadCentredSoItsSignTellsNothing() {
    BigInteger x1 = CheatingResponder.x1(parties);
    for (boolean below : new boolean[] {false, true}) {
      boolean[] oracle = new boolean[1];
      Ended<Signature> ended =
          attack(
              cheater(
                  own -> {
                    // b = k2⁻¹·m − j·q, so that a·x1 + b lies just above or just below 0.
                    BigInteger quotient = own.a().multiply(x1).add(own.b()).divide(Q);
                    BigInteger b =
                        own.b()
                            .subtract(
                                quotient.add(below ? BigInteger.ONE : BigInteger.ZERO).multiply(Q));
                    EncryptedPartial partial = own.partial(own.a(), b);
                    oracle[0] = own.completes(decrypted(partial.c3()), x1);
                    return partial;
                  }));
      assertEquals(!below, oracle[0]);
      assertTrue(ended.initiator().isPresent());
    }
  }

  // ---- row 8 ----

  @Test
  void witnessesThatCouldWrapAreRefused() {
    // a + 2^300·q is the same mod q: everything holds but the range of a. Likewise b.
    assertBlamed(
        "G4", "aff", cheater(own -> own.partial(own.a().add(twoTo(300).multiply(Q)), own.b())));
    assertBlamed(
        "G4", "aff", cheater(own -> own.partial(own.a(), own.b().add(twoTo(1100).multiply(Q)))));
    // Just above the slack's end, where the response still fits its field: the range check, not the
    // field, must refuse.
    assertBlamed(
        "G4",
        "out of range",
        cheater(
            own -> {
              EncryptedPartial partial = own.partial(own.a(), own.b());
              Bytes z1 = fitted(twoTo(513), 65);
              return new EncryptedPartial(partial.c3(), Leaves.with(partial.aff(), "z1", z1));
            }));
    assertBlamed(
        "G4",
        "out of range",
        cheater(
            own -> {
              EncryptedPartial partial = own.partial(own.a(), own.b());
              return new EncryptedPartial(
                  partial.c3(), Leaves.with(partial.aff(), "z2", fitted(twoTo(1157), 145)));
            }));
  }

  // ---- row 9 ----

  /** Everything a ciphertext must not be. */
  static List<Bytes> badCiphertexts() {
    int length = WIDTHS.n2();
    BigInteger square = N.multiply(N);
    BigInteger p = TestParameters.paillierFactor(1, 0);
    return List.of(
        fitted(BigInteger.ZERO, length),
        fitted(N, length),
        fitted(p.multiply(BigInteger.valueOf(12345)), length),
        fitted(square.subtract(p), length),
        fitted(square, length),
        fitted(square.add(BigInteger.ONE), length),
        fitted(twoTo(8 * length).subtract(BigInteger.ONE), length));
  }

  @Test
  void valuesThatAreNoCiphertextsAreRefused() {
    for (Bytes bad : badCiphertexts()) {
      assertBlamed(
          "G4",
          "is not a unit",
          cheater(own -> new EncryptedPartial(bad, own.aff(bad, own.a(), own.b()))));
      assertBlamed(
          "G4",
          "is not a unit",
          cheater(
              own -> {
                EncryptedPartial partial = own.partial(own.a(), own.b());
                return new EncryptedPartial(partial.c3(), Leaves.with(partial.aff(), "d", bad));
              }));
    }
  }

  /**
   * The zero forgery: with c3 = D = w = 0 both sides of the ciphertext equation are 0, and all
   * others hold for the true a and b.
   */
  @Test
  void zeroForgesNoProof() {
    assertBlamed("G4", "is not a unit", cheater(CheatingResponder::zero));
  }

  // ---- row 13 ----

  @Test
  void nonceThatIsNoPointOfTheGroupIsRefused() {
    Bytes identity = Forge.zero(33);
    Bytes notOnCurve = Bytes.ofHex("02" + "0".repeat(63) + "5");
    Bytes notReduced = Bytes.ofHex("02" + "f".repeat(64));
    Bytes uncompressedTag =
        Bytes.ofHex("04" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    for (Bytes bad : List.of(identity, notOnCurve, notReduced, uncompressedTag)) {
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () ->
                  parties.run(
                      parties.signature(ECDSA_SECP256K1),
                      TwoParties.Tap.rewrite(
                          2,
                          message ->
                              (WireMessage) Leaves.with((Record) message, "nonces.0.point", bad))));
      assertEquals("G2", fault.round());
      assertFalse(fault.sessionAlive());
    }
  }

  /**
   * k2 = 1 and k2 = −1 are P2's own loss: P1's fresh nonce still makes R unpredictable, and the
   * signature is right.
   */
  @Test
  void degenerateNonceOfThePeerSpoilsNothing() {
    for (BigInteger k2 : List.of(BigInteger.ONE, Q.subtract(BigInteger.ONE))) {
      CheatingResponder cheater = cheater(own -> own.partial(own.a(), own.b()));
      cheater.k2 = k2;
      assertTrue(attack(cheater).initiator().isPresent());
    }
  }

  // ---- row 19 ----

  /** P2 completes another digest than P1 asked for, with a proof that is right for that digest. */
  @Test
  void partialSignatureOfAnotherDigestIsRefused() {
    Bytes other = TwoParties.random();
    assertBlamed(
        "G4",
        "aff",
        cheater(
            own -> {
              BigInteger b = own.k2.modInverse(Q).multiply(Forge.number(other)).mod(Q);
              Bytes c3 = own.affine(own.a(), b);
              return new EncryptedPartial(c3, own.aff(c3, other, own.a(), b));
            }));
  }

  // ---- row 20 ----

  /**
   * Whatever P2 does to s through k2 → −k2: P1 returns the low one, with a recovery id that gives
   * Q.
   */
  @Test
  void signatureIsLowAndRecoversTheKey() {
    BigInteger half = Q.shiftRight(1);
    Bytes q = parties.publicKey(ECDSA_SECP256K1);
    for (int i = 0; i < 12; i++) {
      Bytes digest = TwoParties.random();
      Ended<Signature> ended =
          parties.run(parties.signature(ECDSA_SECP256K1, SignSessionId.random(), digest));
      Signature.Ecdsa signature = (Signature.Ecdsa) ended.initiator().orElseThrow();
      BigInteger s = Forge.number(signature.s());
      assertTrue(s.signum() > 0 && s.compareTo(half) <= 0);
      // Q = r⁻¹·(s·R − m·G), R from r and the recovery id.
      Bytes bigR =
          Bytes.ofHex((signature.recovery() % 2 == 0 ? "02" : "03") + signature.r().toHex());
      BigInteger inverse = Forge.number(signature.r()).modInverse(Q);
      Bytes g = Forge.point(ECDSA_SECP256K1, BigInteger.ONE);
      BigInteger minusM = Forge.number(digest).negate().multiply(inverse);
      assertEquals(
          q, Forge.sum(ECDSA_SECP256K1, s.multiply(inverse), bigR, minusM, g).orElseThrow());
    }
  }
}
