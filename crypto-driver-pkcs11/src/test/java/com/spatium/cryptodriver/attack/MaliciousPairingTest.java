/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.attack.Forge.WIDTHS;
import static com.spatium.cryptodriver.attack.Forge.fitted;
import static com.spatium.cryptodriver.attack.Forge.number;
import static com.spatium.cryptodriver.attack.Forge.twoTo;
import static com.spatium.cryptodriver.attack.MaliciousInitiatorTest.assertBlamed;
import static com.spatium.cryptodriver.attack.TwoParties.LEVEL;
import static com.spatium.cryptodriver.attack.TwoParties.SECRET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.attack.TwoParties.Ended;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.wire.BlumProof;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.NRootProof;
import com.spatium.cryptodriver.wire.PairingMessage.FactorProof;
import com.spatium.cryptodriver.wire.PairingMessage.InitiatorParameters;
import com.spatium.cryptodriver.wire.PairingMessage.PairingAcknowledgement;
import com.spatium.cryptodriver.wire.PairingMessage.ResponderParameters;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.PrmProof;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.cryptodriver.wire.WireCodec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** threats.md, rows 3, 5, 6, 12, 18: either party cheats in a pairing, mostly in its moduli. */
final class MaliciousPairingTest {
  private TwoParties parties;
  private InitiatorParameters e1;

  @BeforeEach
  void open() {
    parties = TwoParties.at(Stage.SECRETS);
    try (Exchange<Pairing> honest = parties.pairing()) {
      e1 = (InitiatorParameters) TwoParties.decode(TwoParties.sent(honest.start()).orElseThrow());
    }
  }

  /** Nothing of the cheater's is on record, so the honest pairing still can be made, and serves. */
  @AfterEach
  void stateIsSound() {
    try (TwoParties closing = parties) {
      Ended<Pairing> ended = closing.run(closing.pairing());
      assertEquals(
          ended.initiator().orElseThrow().id(), ((Pairing) ended.responder().orElseThrow()).id());
      for (Suite suite : Suite.values()) {
        closing.run(closing.synchronisation(suite, TwoParties.key(suite), TwoParties.PATH));
      }
      closing.assertSound();
    }
  }

  private void assertNotPaired() {
    assertTrue(parties.p1.driver().pairing(SECRET, Role.INITIATOR, TwoParties.P2).isEmpty());
    assertTrue(parties.p2.driver().pairing(SECRET, Role.RESPONDER, TwoParties.P1).isEmpty());
  }

  private void assertInitiatorRefused(String check, InitiatorParameters cheat) {
    Exchange<?> victim = parties.p2.driver().accept(TwoParties.P1, WireCodec.encode(cheat));
    assertBlamed("E1", check, victim::start);
    assertNotPaired();
  }

  private void assertResponderRefused(String check, UnaryOperator<ResponderParameters> cheat) {
    assertBlamed(
        "E2",
        check,
        () ->
            parties.run(
                parties.pairing(),
                TwoParties.Tap.rewrite(2, e2 -> cheat.apply((ResponderParameters) e2))));
    assertNotPaired();
  }

  // ---- row 3 ----

  /** E1 with N and the roots for it. */
  private InitiatorParameters withModulus(List<BigInteger> factors, BigInteger phi) {
    BigInteger n = product(factors);
    InitiatorParameters withN = Leaves.replace(e1, "n", fitted(n, WIDTHS.n()));
    return Leaves.replace(
        Leaves.replace(withN, "nroot", Forge.nroot(n, phi)), "blum", Forge.blum(n, factors));
  }

  /** Two prime factors, 3 mod 4, one of this size. */
  private static List<BigInteger> blumFactors(int bits) {
    while (true) {
      List<BigInteger> factors = completed(List.of(prime(bits)));
      if (factors.stream().allMatch(p -> p.testBit(1))) {
        return factors;
      }
    }
  }

  /** A modulus of exactly the level's size from these factors and one more prime. */
  private static List<BigInteger> completed(List<BigInteger> factors) {
    BigInteger product = factors.stream().reduce(BigInteger.ONE, BigInteger::multiply);
    while (true) {
      BigInteger least = twoTo(LEVEL.modulusBits() - 1).divide(product).add(BigInteger.ONE);
      BigInteger last = least.add(Forge.below(least.shiftRight(2))).nextProbablePrime();
      if (product.multiply(last).bitLength() == LEVEL.modulusBits()) {
        List<BigInteger> all = new ArrayList<>(factors);
        all.add(last);
        return all;
      }
    }
  }

  private static BigInteger product(List<BigInteger> factors) {
    return factors.stream().reduce(BigInteger.ONE, BigInteger::multiply);
  }

  private static BigInteger phi(List<BigInteger> factors) {
    return product(factors.stream().map(p -> p.subtract(BigInteger.ONE)).toList());
  }

  private static BigInteger prime(int bits) {
    return BigInteger.probablePrime(bits, Forge.RANDOM);
  }

  /**
   * BitForge on GG18/20 (CVE-2023-33241), and the planted weak modulus: N has small factors, above
   * the trial division, square-free, so its N-th roots are right; P2 would tell its secrets modulo
   * them. In the second N they hide in a factor of the right size: fac would be satisfied with it.
   */
  @Test
  void modulusWithSmallFactorsIsRefused() {
    List<BigInteger> small = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      small.add(prime(16));
    }
    small = small.stream().distinct().toList();
    List<BigInteger> hidden = new ArrayList<>(small);
    hidden.add(prime(1024 - product(small).bitLength()));
    for (List<BigInteger> factors :
        List.of(completed(small), completed(hidden), completed(List.of(prime(16), prime(1008))))) {
      assertInitiatorRefused("blum: σ² ≠ ±y", withModulus(factors, phi(factors)));
    }
  }

  /** One small factor alone: whatever fac claims, the true factor, or two near √N. */
  @Test
  void modulusWithASmallFactorIsRefused() {
    List<BigInteger> factors = blumFactors(16);
    BigInteger n = product(factors);
    BigInteger near = n.sqrt();
    List<List<BigInteger>> claims =
        List.of(
            List.of(factors.get(0), n.divide(factors.get(0))),
            List.of(n.divide(factors.get(0)), factors.get(0)),
            List.of(near, near),
            List.of(near, n.divide(near)),
            List.of(BigInteger.ONE, n));
    for (List<BigInteger> claim : claims) {
      InitiatorParameters cheat = withModulus(factors, phi(factors));
      try (Exchange<?> victim =
          parties.p2.driver().accept(TwoParties.P1, WireCodec.encode(cheat))) {
        ResponderParameters e2 =
            (ResponderParameters) TwoParties.decode(TwoParties.sent(victim.start()).orElseThrow());
        PairingId id = Transcript.Pairing.id(cheat, e2);
        FactorProof e3 =
            new FactorProof(
                header(3), id, Forge.fac(id, n, claim.get(0), claim.get(1), e2.pedersen()));
        assertBlamed("E3", "fac", () -> victim.receive(WireCodec.encode(e3)));
        assertNotPaired();
      }
    }
  }

  /**
   * The forging tools are right: with two factors of the right size, made without the driver, the
   * pairing is made.
   */
  @Test
  void theCheatersToolsMakeAnHonestPairing() {
    List<BigInteger> factors = blumFactors(1024);
    BigInteger n = product(factors);
    InitiatorParameters honest = withModulus(factors, phi(factors));
    try (Exchange<?> victim = parties.p2.driver().accept(TwoParties.P1, WireCodec.encode(honest))) {
      ResponderParameters e2 =
          (ResponderParameters) TwoParties.decode(TwoParties.sent(victim.start()).orElseThrow());
      PairingId id = Transcript.Pairing.id(honest, e2);
      FactorProof e3 =
          new FactorProof(
              header(3), id, Forge.fac(id, n, factors.get(0), factors.get(1), e2.pedersen()));
      assertTrue(TwoParties.result(victim.receive(WireCodec.encode(e3))).isPresent());
    }
    // Pinned: now the real P1's N is another one, and only the operator's repair lets it in.
    assertBlamed("E1", "other parameters", () -> parties.run(parties.pairing()));
    parties.p2.driver().operator().repair(SECRET, Role.RESPONDER, TwoParties.P1);
  }

  /**
   * N = p²·q: gcd(N, φ(N)) ≠ 1, so Paillier's decryption is ambiguous; nobody has N-th roots of
   * most numbers.
   */
  @Test
  void modulusThatIsNotSquareFreeIsRefused() {
    BigInteger p = prime(400);
    List<BigInteger> factors = completed(List.of(p, p));
    BigInteger phi = p.multiply(phi(List.of(p, factors.get(2))));
    assertInitiatorRefused("nroot", withModulus(factors, phi));
  }

  @Test
  void malformedModuliAreRefused() {
    BigInteger n = number(e1.n());
    List<BigInteger> withThree = completed(List.of(BigInteger.valueOf(3)));
    List<BigInteger> with8191 = completed(List.of(BigInteger.valueOf(8191)));
    List<BigInteger> shorter = List.of(prime(1023), prime(1023));
    BigInteger prime = completed(List.of()).get(0);
    for (BigInteger bad :
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            n.add(BigInteger.ONE),
            n.clearBit(LEVEL.modulusBits() - 1).setBit(0),
            product(withThree),
            product(with8191),
            product(shorter),
            prime)) {
      Bytes encoded = fitted(bad, WIDTHS.n());
      assertInitiatorRefused(
          "N is even, too short, prime, or has a small factor", Leaves.with(e1, "n", encoded));
      assertInitiatorRefused(
          "N̂ is even, too short, prime, or has a small factor",
          Leaves.with(e1, "pedersen.n", encoded));
      assertResponderRefused(
          "N̂ is even, too short, prime, or has a small factor",
          e2 -> Leaves.with(e2, "pedersen.n", encoded));
    }
  }

  /**
   * A proof in a group whose order its maker knows is worthless: all moduli differ, and none is
   * ours.
   */
  @Test
  void equalModuliAreRefused() {
    ResponderParameters[] e2 = new ResponderParameters[1];
    assertResponderRefused(
        "equal",
        honest -> {
          e2[0] = honest;
          return Leaves.replace(Leaves.replace(honest, "pedersen", e1.pedersen()), "prm", e1.prm());
        });
    // P1 names P2's N̂, with P2's own proof, as its own; and one modulus twice.
    assertInitiatorRefused(
        "equal",
        Leaves.replace(Leaves.replace(e1, "pedersen", e2[0].pedersen()), "prm", e2[0].prm()));
    assertInitiatorRefused("equal", Leaves.with(e1, "n", e1.pedersen().n()));
    assertInitiatorRefused("equal", Leaves.with(e1, "n", e2[0].pedersen().n()));
    // P1's N as P2's N̂; where ŝ or t̂ is above N, that is found first.
    assertResponderRefused("", honest -> Leaves.with(honest, "pedersen.n", e1.n()));
  }

  // ---- row 5 ----

  /**
   * ŝ outside the group of t̂ (CVE-2020-12118, TSSHOCK's c-split): commitments then show the
   * witness modulo the index. −ŝ is such an element: −1 is no square modulo a product of safe
   * primes. The honest proof no longer fits, and a guessed one neither.
   */
  @Test
  void parametersOfTwoGroupsAreRefused() {
    for (String which : List.of("s1", "s2", "t")) {
      assertInitiatorRefused("prm", Leaves.replace(e1, "pedersen", negated(e1.pedersen(), which)));
      for (int tries = 0; tries < 3; tries++) {
        PedersenFields outside = negated(e1.pedersen(), which);
        assertInitiatorRefused(
            "prm",
            Leaves.replace(
                Leaves.replace(e1, "pedersen", outside), "prm", Forge.prm(LEVEL, outside)));
      }
      assertResponderRefused(
          "prm",
          e2 -> {
            PedersenFields outside = negated(e2.pedersen(), which);
            return Leaves.replace(
                Leaves.replace(e2, "pedersen", outside), "prm", Forge.prm(LEVEL, outside));
          });
    }
  }

  private static PedersenFields negated(PedersenFields fields, String which) {
    return Leaves.with(
        fields, which, value -> fitted(number(fields.n()).subtract(number(value)), WIDTHS.n()));
  }

  @Test
  void parametersThatAreNoUnitsAreRefused() {
    for (String which : List.of("s1", "s2", "t")) {
      for (UnaryOperator<PedersenFields> bad :
          List.<UnaryOperator<PedersenFields>>of(
              fields -> Leaves.with(fields, which, Forge.zero(WIDTHS.n())),
              fields -> Leaves.with(fields, which, fields.n()),
              fields ->
                  Leaves.with(
                      fields, which, fitted(number(fields.n()).add(BigInteger.ONE), WIDTHS.n())))) {
        assertInitiatorRefused(
            "is not a unit", Leaves.replace(e1, "pedersen", bad.apply(e1.pedersen())));
        assertResponderRefused(
            "is not a unit", e2 -> Leaves.replace(e2, "pedersen", bad.apply(e2.pedersen())));
      }
    }
  }

  // ---- row 6 ----

  /** Fewer repetitions, in vectors that are consistent, down to none: they do not decode. */
  @Test
  void fewerRepetitionsAreRefused() {
    for (int kept : new int[] {0, 1, 128, 254, 255}) {
      InitiatorParameters shorter =
          Leaves.with(
              Leaves.with(e1, "prm.a", all -> first(all, kept)), "prm.z", all -> first(all, kept));
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () -> parties.p2.driver().accept(TwoParties.P1, WireCodec.encode(shorter)));
      assertEquals("E1", fault.round());
      PeerFaultException answered =
          assertThrows(
              PeerFaultException.class,
              () ->
                  parties.run(
                      parties.pairing(),
                      TwoParties.Tap.rewrite(
                          2,
                          e2 ->
                              Leaves.with(
                                  Leaves.with(
                                      (ResponderParameters) e2, "prm.a", all -> first(all, kept)),
                                  "prm.z",
                                  all -> first(all, kept)))));
      assertEquals("E2", answered.round());
    }
    for (int kept : new int[] {0, 1, 9}) {
      InitiatorParameters shorter = Leaves.with(e1, "nroot.sigma", all -> first(all, kept));
      assertThrows(
          PeerFaultException.class,
          () -> parties.p2.driver().accept(TwoParties.P1, WireCodec.encode(shorter)));
    }
    assertNotPaired();
  }

  private static Bytes first(Bytes vector, int elements) {
    return Bytes.of(Arrays.copyOf(vector.toByteArray(), elements * WIDTHS.n()));
  }

  /** One repetition's answer of another: each counts. */
  @Test
  void oneWrongRepetitionIsRefused() {
    for (int k : new int[] {0, 127, 128, 255}) {
      assertInitiatorRefused(
          "prm",
          Leaves.with(e1, "prm.z", all -> Leaves.flipped(all, 8 * ((255 - k) * WIDTHS.n()))));
    }
    for (int i : new int[] {0, 9}) {
      assertInitiatorRefused(
          "nroot",
          Leaves.with(e1, "nroot.sigma", all -> Leaves.flipped(all, 8 * (9 - i) * WIDTHS.n())));
    }
    for (int i : new int[] {0, 127}) {
      assertInitiatorRefused(
          "blum",
          Leaves.with(e1, "blum.sigma", all -> Leaves.flipped(all, 8 * (127 - i) * WIDTHS.n())));
    }
  }

  // ---- rows 12, 18: static keys ----

  @Test
  void staticKeyThatIsOursOrWithoutLogarithmOrOutsideTheSubgroupIsRefused() {
    assertResponderRefused(
        "the peer's static key is ours",
        e2 -> Leaves.replace(Leaves.replace(e2, "i2", e1.i1()), "dl", e1.dl()));
    BigInteger i = Forge.below(Forge.L);
    Bytes minus = Forge.negative(Suite.EDDSA_ED25519, e1.i1());
    Bytes context = new Transcript.PairContext(Version.V1, LEVEL, SECRET).hash();
    assertResponderRefused(
        "dl",
        e2 ->
            Leaves.replace(
                Leaves.replace(e2, "i2", minus),
                "dl",
                Forge.dl(context, Role.RESPONDER, Suite.EDDSA_ED25519, minus, i)));
    Edwards torsion = Edwards.torsion();
    for (int multiple = 1; multiple < 8; multiple++) {
      ProvenPoint mixed =
          MaliciousInitiatorTest.mixedOrder(
              context, Role.INITIATOR, i, torsion.times(BigInteger.valueOf(multiple)));
      assertInitiatorRefused(
          "is not a point of the group",
          Leaves.replace(Leaves.replace(e1, "i1", mixed.point()), "dl", mixed.dl()));
    }
  }

  // ---- the two sides must mean one pairing ----

  /**
   * A man in the middle gives each side parameters of its own making: the pairing ids, which
   * operators compare, differ.
   */
  @Test
  void substitutedStaticKeyMakesAnotherPairing() {
    BigInteger i = Forge.below(Forge.L);
    Bytes context = new Transcript.PairContext(Version.V1, LEVEL, SECRET).hash();
    ProvenPoint own = Forge.proven(context, Role.INITIATOR, Suite.EDDSA_ED25519, i);
    assertBlamed(
        "E3",
        "another pairing id",
        () ->
            parties.run(
                parties.pairing(),
                TwoParties.Tap.rewrite(
                    1,
                    honest ->
                        Leaves.replace(
                            Leaves.replace((InitiatorParameters) honest, "i1", own.point()),
                            "dl",
                            own.dl()))));
    assertNotPaired();
  }

  @Test
  void acknowledgementOfAnotherPairingIsRefused() {
    assertBlamed(
        "E4",
        "another pairing",
        () ->
            parties.run(
                parties.pairing(),
                TwoParties.Tap.rewrite(
                    4,
                    e4 ->
                        new PairingAcknowledgement(e4.header(), new PairingId(Forge.random(32))))));
    assertTrue(parties.p1.driver().pairing(SECRET, Role.INITIATOR, TwoParties.P2).isEmpty());
  }

  /** fac for another pairing id, and with P1 and P2 swapped. */
  @Test
  void factorProofOfAnotherPairingIsRefused() {
    assertBlamed(
        "E3",
        "fac",
        () ->
            parties.run(
                parties.pairing(),
                TwoParties.Tap.rewrite(
                    3,
                    message -> {
                      FactorProof e3 = (FactorProof) message;
                      PairingId other = new PairingId(Forge.random(32));
                      BigInteger q = CheatingResponder.N.divide(CheatingResponder.P);
                      return new FactorProof(
                          e3.header(),
                          e3.pairingId(),
                          Forge.fac(
                              other,
                              CheatingResponder.N,
                              CheatingResponder.P,
                              q,
                              parties
                                  .p2
                                  .state()
                                  .installation()
                                  .find(LEVEL)
                                  .orElseThrow()
                                  .pedersen()
                                  .fields()));
                    })));
    assertNotPaired();
  }

  /** A level that P2 has no parameters for, or does not accept, is not made for a peer. */
  @Test
  void foreignLevelIsRefused() {
    int n = SecurityLevel.BITS_128.modulusBytes();
    InitiatorParameters other =
        new InitiatorParameters(
            e1.header(),
            SecurityLevel.BITS_128,
            Forge.random(n),
            new NRootProof(Forge.random(10 * n)),
            new BlumProof(Forge.random(128 * n)),
            new PedersenFields(Forge.random(n), Forge.random(n), Forge.random(n), Forge.random(n)),
            new PrmProof(Forge.random(256 * n), Forge.random(256 * n)),
            e1.i1(),
            e1.dl());
    assertInitiatorRefused("no parameters of the peer's level", other);
  }

  private static MessageHeader header(int round) {
    return new MessageHeader(Exchange.Procedure.PAIR, round, SessionIds.pairing(SECRET));
  }
}
