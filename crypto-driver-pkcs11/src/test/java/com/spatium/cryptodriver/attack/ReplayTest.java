/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.TwoParties.Ended;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.attack.TwoParties.Tap;
import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.PairingMessage;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.SignMessage;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * threats.md row 11, replay and reflection across sessions, keys and roles, and row 15, a nonce
 * used twice through a retry, a restored backup or two processes on one store.
 */
final class ReplayTest {
  private static final DerivationPath OTHER_PATH = new DerivationPath(60, 1);

  // ---- row 11: messages as they are ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noMessageOfAnotherSignatureOrOfThisOneIsTakenTwice(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      List<Bytes> old = new ArrayList<>();
      parties.run(parties.signature(suite), recording(old));
      assertEquals(5, old.size());
      Bytes message = TwoParties.random();
      Ended<Signature> ended =
          amidReplays(parties, parties.signature(suite, SignSessionId.random(), message), old);
      assertTrue(
          TwoParties.verifies(parties.publicKey(suite), message, ended.initiator().orElseThrow()));
      assertEquals(Optional.of(List.of(ended.initiator().get())), ended.responder());
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noMessageOfAnotherSynchronisationOrOfThisOneIsTakenTwice(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      List<Bytes> old = new ArrayList<>();
      parties.run(parties.synchronisation(suite), recording(old));
      assertEquals(5, old.size());
      Ended<DistributedKey> ended = amidReplays(parties, parties.synchronisation(suite), old);
      assertEquals(parties.publicKey(suite), ended.initiator().orElseThrow().publicKey().encoded());
      parties.assertSigns(suite);
    }
  }

  /** Before each message that either side takes, all earlier ones of both sessions come again. */
  private static <R> Ended<R> amidReplays(
      TwoParties parties, Exchange<R> initiator, List<Bytes> earlier) {
    List<Bytes> old = new ArrayList<>(earlier);
    try (initiator) {
      Step<R> one = initiator.start();
      for (Bytes message : old) {
        assertThrows(
            PeerFaultException.class,
            () -> acceptAndStart(parties.p2.driver(), TwoParties.P1, message));
      }
      Bytes first = TwoParties.sent(one).orElseThrow();
      try (Exchange<?> responder = parties.p2.driver().accept(TwoParties.P1, first)) {
        Step<?> two = responder.start();
        old.add(first);
        // G1 once more, to another session of the same driver.
        assertRefusedSecond(parties, first);
        while (true) {
          Bytes toP1 = TwoParties.sent(two).orElseThrow();
          old.forEach(message -> assertRefused(initiator, message));
          one = initiator.receive(toP1);
          old.add(toP1);
          Bytes toP2 = TwoParties.sent(one).orElseThrow();
          old.forEach(message -> assertRefused(responder, message));
          two = responder.receive(toP2);
          old.add(toP2);
          if (TwoParties.result(one).isPresent()) {
            return new Ended<>(
                TwoParties.result(one), TwoParties.result(two).map(Object.class::cast));
          }
        }
      }
    }
  }

  /**
   * A second G1 finds the id used. A second S1 may be answered, since nothing is stored yet; only
   * one run can store the key.
   */
  private static void assertRefusedSecond(TwoParties parties, Bytes first) {
    if (TwoParties.decode(first) instanceof SignMessage) {
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () -> acceptAndStart(parties.p2.driver(), TwoParties.P1, first));
      assertEquals("a signSessionId was used before", fault.check());
    }
  }

  private static void assertRefused(Exchange<?> run, Bytes message) {
    PeerFaultException fault = assertThrows(PeerFaultException.class, () -> run.receive(message));
    assertTrue(fault.sessionAlive(), fault::getMessage);
  }

  private static Step<?> acceptAndStart(CryptoDriver driver, PeerId from, Bytes first) {
    try (Exchange<?> run = driver.accept(from, first)) {
      return run.start();
    }
  }

  private static Tap recording(List<Bytes> into) {
    return (header, message) -> {
      into.add(message);
      return message;
    };
  }

  // ---- row 11: messages with another address ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noPartOfASignatureProvesAnythingInAnotherOne(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      List<Bytes> old = new ArrayList<>();
      // The very same message, so that only the session differs.
      Bytes message = TwoParties.random();
      parties.run(parties.signature(suite, SignSessionId.random(), message), recording(old));
      for (int round = 2; round <= 4; round++) {
        assertAborts(
            round,
            old.get(round - 1),
            tap -> parties.run(parties.signature(suite, SignSessionId.random(), message), tap));
      }
      // A wrong last message harms nobody.
      Ended<Signature> ended =
          parties.run(
              parties.signature(suite, SignSessionId.random(), message), inPlaceOf(5, old.get(4)));
      assertTrue(ended.initiator().isPresent());
      assertTrue(ended.responder().isEmpty(), "P2 recorded the signature of another session");
      parties.assertSound();
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noPartOfASignatureProvesAnythingUnderAnotherKey(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      SyncSessionId other = SyncSessionId.random();
      parties.run(parties.synchronisation(suite, other, OTHER_PATH));
      Bytes message = TwoParties.random();
      List<Bytes> old = new ArrayList<>();
      parties.run(parties.signature(suite, SignSessionId.random(), message), recording(old));
      for (int round = 2; round <= 4; round++) {
        assertAborts(
            round,
            old.get(round - 1),
            tap ->
                parties.run(
                    parties
                        .p1
                        .driver()
                        .sign(
                            new SignRequest(
                                TwoParties.SECRET,
                                other,
                                SignSessionId.random(),
                                message,
                                Bytes.empty())),
                    tap));
      }
      parties.assertSound();
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noPartOfASynchronisationProvesAnythingInAnotherOne(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      List<Bytes> old = new ArrayList<>();
      parties.run(parties.synchronisation(suite), recording(old));
      for (int round = 2; round <= 5; round++) {
        SyncSessionId id = SyncSessionId.random();
        assertAborts(
            round,
            old.get(round - 1),
            tap -> parties.run(parties.synchronisation(suite, id, TwoParties.PATH), tap));
        assertEquals(Optional.empty(), parties.p2.driver().key(TwoParties.SECRET, id));
      }
      parties.assertSound();
    }
  }

  /**
   * The old message in place of the new one of its round: blamed there, and the session is over.
   */
  private static void assertAborts(int round, Bytes old, Function<Tap, ?> run) {
    PeerFaultException fault =
        assertThrows(PeerFaultException.class, () -> run.apply(inPlaceOf(round, old)));
    assertFalse(fault.sessionAlive());
    assertTrue(fault.round().endsWith(Integer.toString(round)), fault::getMessage);
  }

  private static Tap inPlaceOf(int round, Bytes old) {
    return (header, message) ->
        header.round() == round
            ? WireCodec.encode(readdressed(TwoParties.decode(old), header))
            : message;
  }

  /** The same content with another header. */
  private static WireMessage readdressed(WireMessage message, MessageHeader header) {
    return with((Record & WireMessage) message, "header", header);
  }

  private static <R extends Record> R with(R record, String name, Object value) {
    try {
      RecordComponent[] components = record.getClass().getRecordComponents();
      Object[] values = new Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] =
            components[i].getName().equals(name)
                ? value
                : components[i].getAccessor().invoke(record);
      }
      @SuppressWarnings("unchecked")
      R changed = (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
      return changed;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- row 11: reflection ----

  @Test
  void ourOwnParametersAreNotAPeers() {
    try (TwoParties parties = TwoParties.at(Stage.SECRETS);
        Exchange<Pairing> pairing = parties.pairing()) {
      Bytes e1 = TwoParties.sent(pairing.start()).orElseThrow();
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () -> acceptAndStart(parties.p1.driver(), TwoParties.P2, e1));
      assertEquals("E1", fault.round());
      assertTrue(parties.p1.driver().operator().pairings().isEmpty());
      parties.run(parties.pairing());
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void p2sConfirmationIsNotP1s(Suite suite) {
    try (TwoParties parties = TwoParties.at(Stage.PAIRED)) {
      SyncSessionId id = SyncSessionId.random();
      Bytes[] s4 = new Bytes[1];
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () ->
                  parties.run(
                      parties.synchronisation(suite, id, TwoParties.PATH),
                      (header, message) -> {
                        if (header.round() == 4) {
                          s4[0] = message;
                        }
                        return header.round() == 5
                            ? inPlaceOf(5, s4[0]).pass(header, message)
                            : message;
                      }));
      assertEquals("S5", fault.round());
      assertEquals(Optional.empty(), parties.p2.driver().key(TwoParties.SECRET, id));
      DistributedKey key = parties.run(parties.synchronisation(suite)).initiator().orElseThrow();
      assertTrue(parties.p2.driver().key(TwoParties.SECRET, key.syncSessionId()).isPresent());
    }
  }

  /**
   * Both parties are P1 and P2 of the same secret, with keys of the same syncSessionId. P2 sends
   * P1's first message back, addressed to P1's other role, and P1's answer, made with the same
   * fragment, into the first session.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void ourAnswerInTheOtherRoleProvesNothing(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      CryptoDriver p1 = parties.p1.driver();
      CryptoDriver p2 = parties.p2.driver();
      Pairing back =
          Conversation.of(
                  p2.pair(new PairingRequest(TwoParties.SECRET, TwoParties.P1)), p1, TwoParties.P2)
              .complete();
      SyncRequest request =
          new SyncRequest(
              TwoParties.SECRET, TwoParties.key(suite), suite, TwoParties.PATH, TwoParties.P1);
      Conversation.of(p2.synchronise(request), p1, TwoParties.P2).complete();

      SyncSessionId id = SyncSessionId.random();
      assertReflectionFails(
          parties, back.id(), parties.synchronisation(suite, id, TwoParties.PATH));
      assertEquals(Optional.empty(), p1.key(TwoParties.SECRET, id));
      assertReflectionFails(parties, back.id(), parties.signature(suite));
      parties.assertSound();
    }
  }

  private static void assertReflectionFails(
      TwoParties parties, PairingId back, Exchange<?> initiator) {
    CryptoDriver p1 = parties.p1.driver();
    try (initiator) {
      Bytes first = TwoParties.sent(initiator.start()).orElseThrow();
      assertThrows(PeerFaultException.class, () -> acceptAndStart(p1, TwoParties.P2, first));
      WireMessage redirected =
          with((Record & WireMessage) TwoParties.decode(first), "pairingId", back);
      Bytes answer =
          TwoParties.sent(acceptAndStart(p1, TwoParties.P2, WireCodec.encode(redirected)))
              .orElseThrow();
      PeerFaultException fault =
          assertThrows(PeerFaultException.class, () -> initiator.receive(answer));
      assertFalse(fault.sessionAlive());
      assertTrue(fault.check().contains("dl"), fault::getMessage);
    }
  }

  // ---- row 11: pairing ----

  @Test
  void aReplayedPairingChangesNothing() {
    try (TwoParties parties = TwoParties.at(Stage.SECRETS)) {
      List<Bytes> old = new ArrayList<>();
      parties.run(parties.pairing(), recording(old));
      List<StateStore> before = parties.copies();
      CryptoDriver p2 = parties.p2.driver();
      try (Exchange<?> run = p2.accept(TwoParties.P1, old.get(0))) {
        assertEquals(old.get(1), TwoParties.sent(run.start()).orElseThrow());
        assertEquals(old.get(3), TwoParties.sent(run.receive(old.get(2))).orElseThrow());
      }
      assertSameState(before.get(1), parties.p2.store);

      // The same parameters do not pair another secret.
      SecretId other = SecretId.random();
      p2.secrets().generate(other);
      PairingMessage.InitiatorParameters e1 =
          (PairingMessage.InitiatorParameters) TwoParties.decode(old.get(0));
      MessageHeader header =
          new MessageHeader(Exchange.Procedure.PAIR, 1, SessionIds.pairing(other));
      PeerFaultException fault =
          assertThrows(
              PeerFaultException.class,
              () -> acceptAndStart(p2, TwoParties.P1, WireCodec.encode(readdressed(e1, header))));
      assertEquals("E1", fault.round());
      assertEquals(Optional.empty(), p2.pairing(other, Role.RESPONDER, TwoParties.P1));
    }
  }

  private static void assertSameState(StateStore expected, StateStore actual) {
    assertEquals(expected.list(""), actual.list(""));
    for (String key : expected.list("")) {
      assertEquals(expected.get(key), actual.get(key), key);
    }
  }

  // ---- row 15 ----

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSignatureIsOpenedAndAnsweredOnce(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised();
        Exchange<Signature> initiator = parties.signature(suite);
        Exchange<?> responder =
            parties
                .p2
                .driver()
                .accept(TwoParties.P1, TwoParties.sent(initiator.start()).orElseThrow())) {
      Bytes g2 = TwoParties.sent(responder.start()).orElseThrow();
      Bytes g3 = TwoParties.sent(initiator.receive(g2)).orElseThrow();
      Bytes g4 = TwoParties.sent(responder.receive(g3)).orElseThrow();
      assertRefused(responder, g3);
      assertThrows(UsageException.class, responder::start);
      Step<Signature> last = initiator.receive(g4);
      assertTrue(TwoParties.result(last).isPresent());
      // P1's run is over: no second answer makes a second signature of the same k1.
      assertThrows(UsageException.class, () -> initiator.receive(g4));
      assertThrows(UsageException.class, () -> initiator.receive(g2));
      responder.receive(TwoParties.sent(last).orElseThrow());
      assertThrows(UsageException.class, () -> responder.receive(g3));
      parties.assertSigns(suite);
    }
  }

  /**
   * P2's database is brought back to before the signature, so that the id looks unused, and P1's
   * messages come again: P2 signs the same message once more, with another nonce.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aRestoredBackupOfP2RepeatsNoNonce(Suite suite) throws Exception {
    try (TwoParties parties = TwoParties.synchronised()) {
      List<StateStore> backup = parties.copies();
      List<Bytes> old = new ArrayList<>();
      Bytes message = TwoParties.random();
      parties.run(parties.signature(suite, SignSessionId.random(), message), recording(old));
      Bytes a2 =
          parties
              .p2
              .state()
              .keys()
              .findActive(TwoParties.SECRET, Role.RESPONDER, TwoParties.key(suite))
              .orElseThrow()
              .q2();
      try (TwoParties restored = over(parties.p1.store, backup.get(1));
          Exchange<?> responder = restored.p2.driver().accept(TwoParties.P1, old.get(0))) {
        Bytes g2 = TwoParties.sent(responder.start()).orElseThrow();
        SignMessage.NonceShare first = (SignMessage.NonceShare) TwoParties.decode(old.get(1));
        SignMessage.NonceShare second = (SignMessage.NonceShare) TwoParties.decode(g2);
        assertNotEquals(
            first.nonces().get(0).point(), second.nonces().get(0).point(), "k2 was used twice");
        assertNotEquals(first.nonce2(), second.nonce2());
        // P1's opening depends on sid1 alone and is accepted again; the answer is under the new
        // nonce.
        Bytes g4 = TwoParties.sent(responder.receive(old.get(2))).orElseThrow();
        assertNotEquals(old.get(3), g4);
        if (suite == Suite.EDDSA_ED25519) {
          Bytes found =
              keyIfTheNonceWereTheSame(
                  parties.publicKey(suite),
                  message,
                  old.get(2),
                  List.of(old.get(1), g2),
                  List.of(old.get(3), g4));
          assertNotEquals(a2, found, "the key was computed from two answers");
        }
        restored.assertSigns(suite);
      }
    }
  }

  /** (s2 − s2′)/(c − c′)·B, which is A2 if both answers are of one nonce. */
  private static Bytes keyIfTheNonceWereTheSame(
      Bytes publicKey, Bytes message, Bytes t3, List<Bytes> t2, List<Bytes> t4) throws Exception {
    Curve curve = TwoParties.ECMATH.ed25519();
    BigInteger order = curve.order();
    byte[] r1 =
        ((SignMessage.NonceOpening) TwoParties.decode(t3)).nonces().get(0).point().toByteArray();
    BigInteger[] c = new BigInteger[2];
    BigInteger[] s2 = new BigInteger[2];
    byte[] one = littleEndian(BigInteger.ONE);
    for (int i = 0; i < 2; i++) {
      byte[] r2 =
          ((SignMessage.NonceShare) TwoParties.decode(t2.get(i)))
              .nonces()
              .get(0)
              .point()
              .toByteArray();
      byte[] r = curve.linear(null, new byte[][] {one, one}, new byte[][] {r1, r2}).orElseThrow();
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      sha512.update(r);
      sha512.update(publicKey.toByteArray());
      c[i] = number(sha512.digest(message.toByteArray())).mod(order);
      s2[i] =
          number(
              ((SignMessage.PartialSignature) TwoParties.decode(t4.get(i)))
                  .s2()
                  .get(0)
                  .toByteArray());
    }
    BigInteger a2 =
        s2[0].subtract(s2[1]).multiply(c[0].subtract(c[1]).modInverse(order)).mod(order);
    try (SecretScalar guess = curve.fromPublic(littleEndian(a2))) {
      return Bytes.of(curve.mulBase(guess));
    }
  }

  private static BigInteger number(byte[] littleEndian) {
    byte[] bigEndian = littleEndian.clone();
    for (int i = 0; i < bigEndian.length / 2; i++) {
      byte swap = bigEndian[i];
      bigEndian[i] = bigEndian[bigEndian.length - 1 - i];
      bigEndian[bigEndian.length - 1 - i] = swap;
    }
    return new BigInteger(1, bigEndian);
  }

  private static byte[] littleEndian(BigInteger value) {
    byte[] bigEndian = value.toByteArray();
    byte[] out = new byte[32];
    for (int i = 0; i < Math.min(32, bigEndian.length); i++) {
      out[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void aRestoredBackupOfP1RepeatsNoNonceAndItsIdIsNotSignedAgain(Suite suite) {
    try (TwoParties parties = TwoParties.synchronised()) {
      List<StateStore> backup = parties.copies();
      List<Bytes> old = new ArrayList<>();
      SignSessionId id = SignSessionId.random();
      Bytes message = TwoParties.random();
      parties.run(parties.signature(suite, id, message), recording(old));

      try (TwoParties restored = over(TwoParties.copy(backup.get(0)), parties.p2.store)) {
        PeerFaultException fault =
            assertThrows(
                PeerFaultException.class,
                () -> restored.run(restored.signature(suite, id, message)));
        assertEquals("a signSessionId was used before", fault.check());
        restored.assertSigns(suite);
      }
      // Both restored: then the id is signed again, in another session. The old answers do not fit
      // it.
      List<Bytes> again = new ArrayList<>();
      try (TwoParties restored =
          over(TwoParties.copy(backup.get(0)), TwoParties.copy(backup.get(1)))) {
        restored.run(restored.signature(suite, id, message), recording(again));
      }
      assertNotEquals(opened(old.get(2)), opened(again.get(2)), "k1 was used twice");
      for (int round : new int[] {2, 4}) {
        try (TwoParties restored =
            over(TwoParties.copy(backup.get(0)), TwoParties.copy(backup.get(1)))) {
          assertAborts(
              round,
              old.get(round - 1),
              tap -> restored.run(restored.signature(suite, id, message), tap));
        }
      }
    }
  }

  private static Bytes opened(Bytes g3) {
    return ((SignMessage.NonceOpening) TwoParties.decode(g3)).nonces().get(0).point();
  }

  private static TwoParties over(StateStore store1, StateStore store2) {
    return new TwoParties(
        Stage.SYNCHRONISED, ignored -> store1, ignored -> store2, UnaryOperator.identity());
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void ofManyProcessesOnOneStoreOneAnswers(Suite suite) throws Exception {
    try (TwoParties parties = TwoParties.synchronised();
        TwoParties twins = over(parties.p1.store, parties.p2.store);
        Exchange<Signature> initiator = parties.signature(suite)) {
      Bytes g1 = TwoParties.sent(initiator.start()).orElseThrow();
      List<Callable<Exchange<?>>> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        for (TwoParties process : List.of(parties, twins)) {
          answers.add(
              () -> {
                Exchange<?> run = process.p2.driver().accept(TwoParties.P1, g1);
                assertTrue(TwoParties.sent(run.start()).isPresent());
                return run;
              });
        }
      }
      List<Exchange<?>> answered = onlyRefusedBy(PeerFaultException.class, atOnce(answers));
      assertEquals(1, answered.size(), "G1 was answered " + answered.size() + " times");
      answered.get(0).close();
      parties.assertSigns(suite);
      twins.assertSigns(suite);
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void ofManyProcessesOnOneStoreOneBegins(Suite suite) throws Exception {
    try (TwoParties parties = TwoParties.synchronised();
        TwoParties twins = over(parties.p1.store, parties.p2.store)) {
      SignSessionId id = SignSessionId.random();
      List<Callable<Exchange<Signature>>> beginnings = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        for (TwoParties process : List.of(parties, twins)) {
          beginnings.add(
              () -> {
                Exchange<Signature> run = process.signature(suite, id, TwoParties.random());
                assertTrue(TwoParties.sent(run.start()).isPresent());
                return run;
              });
        }
      }
      List<Exchange<Signature>> begun = onlyRefusedBy(UsageException.class, atOnce(beginnings));
      assertEquals(1, begun.size(), begun.size() + " sessions of one id began");
      begun.get(0).close();
      parties.assertSigns(suite);
    }
  }

  /**
   * Two processes of P1 make the key of one syncSessionId at the same time: one of them has it, and
   * it stays.
   */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSyncSessionIdIsMadeByOneProcess(Suite suite) {
    try (TwoParties parties = TwoParties.at(Stage.PAIRED);
        TwoParties twins = over(parties.p1.store, parties.p2.store)) {
      SyncSessionId id = SyncSessionId.random();
      try (Exchange<DistributedKey> late = twins.synchronisation(suite, id, TwoParties.PATH);
          Exchange<?> lateResponder =
              twins
                  .p2
                  .driver()
                  .accept(TwoParties.P1, TwoParties.sent(late.start()).orElseThrow())) {
        Bytes s2 = TwoParties.sent(lateResponder.start()).orElseThrow();
        DistributedKey key =
            parties
                .run(parties.synchronisation(suite, id, TwoParties.PATH))
                .initiator()
                .orElseThrow();
        List<StateStore> before = parties.copies();
        Bytes s3 = TwoParties.sent(late.receive(s2)).orElseThrow();
        PeerFaultException fault =
            assertThrows(PeerFaultException.class, () -> lateResponder.receive(s3));
        assertEquals("S3", fault.round());
        assertSameState(before.get(0), parties.p1.store);
        assertSameState(before.get(1), parties.p2.store);
        assertEquals(Optional.of(key), twins.p1.driver().key(TwoParties.SECRET, id));
      }
    }
  }

  private static <T> List<Future<T>> atOnce(List<Callable<T>> bodies) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(bodies.size());
    try {
      CyclicBarrier barrier = new CyclicBarrier(bodies.size());
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> body : bodies) {
        futures.add(
            threads.submit(
                () -> {
                  barrier.await(60, TimeUnit.SECONDS);
                  return body.call();
                }));
      }
      return futures;
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }
  }

  /** What succeeded; the others failed with this. */
  private static <T> List<T> onlyRefusedBy(
      Class<? extends Exception> expected, List<Future<T>> futures) throws Exception {
    List<T> succeeded = new ArrayList<>();
    for (Future<T> future : futures) {
      try {
        succeeded.add(future.get());
      } catch (java.util.concurrent.ExecutionException e) {
        assertEquals(
            expected, e.getCause().getClass(), () -> Arrays.toString(e.getCause().getStackTrace()));
      }
    }
    return succeeded;
  }
}
