/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.attack.TwoParties.SECRET;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.SignMessage.Item;
import com.spatium.cryptodriver.wire.SignMessage.NonceCommitment;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import com.spatium.cryptodriver.wire.SignMessage.SignatureValues;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * P1 in a signature of either suite, with its own driver's secrets in the clear: every value is the
 * test's to choose before the step that sends it. Left alone it is honest. P2's driver is the
 * victim.
 */
final class CheatingInitiator implements AutoCloseable {
  private final TwoParties parties;
  final Suite suite;
  final KeyRecord key;
  final PairingRecord pairing;

  /** x1 or a1. */
  final BigInteger secret;

  Item item;
  Bytes nonce1 = TwoParties.random();
  Bytes blind = TwoParties.random();
  BigInteger k1;

  /** What sid1 is computed from where it is not what is sent. */
  Optional<Item> hashedItem = Optional.empty();

  Optional<Bytes> hashedKey = Optional.empty();

  /** What is committed to instead of k1's point and its proof. */
  Optional<ProvenPoint> committed = Optional.empty();

  Exchange<?> victim;
  Bytes sid1;
  Bytes sid;
  Bytes r2;

  CheatingInitiator(TwoParties parties, Suite suite) {
    this.parties = parties;
    this.suite = suite;
    var state = parties.p1.state();
    this.key = state.keys().findActive(SECRET, Role.INITIATOR, TwoParties.key(suite)).orElseThrow();
    this.pairing = state.pairings().find(SECRET, Role.INITIATOR, TwoParties.P2).orElseThrow();
    try (Lease<SecretScalar> fragment = state.unsealed().fragment(SECRET, suite, key.path())) {
      this.secret = Forge.reveal(suite, fragment.get());
    }
    this.item = new Item(SignSessionId.random(), TwoParties.random(), Bytes.empty());
    this.k1 = Forge.below(Forge.curve(suite).order());
  }

  MessageHeader header(int round) {
    Procedure procedure =
        suite == Suite.ECDSA_SECP256K1 ? Procedure.SIGN_ECDSA : Procedure.SIGN_EDDSA;
    return new MessageHeader(
        procedure, round, SessionIds.sign(SECRET, key.syncSessionId(), item.signSessionId()));
  }

  /** G1, T1. */
  NonceCommitment commitment() {
    Item hashed = hashedItem.orElse(item);
    sid1 =
        Transcript.sid1(
            pairing.level(),
            key.path(),
            hashedKey.orElse(key.keyHash()),
            header(1),
            pairing.id(),
            List.of(hashed),
            nonce1);
    Bytes com = new Transcript.CommitNonce(sid1, Role.INITIATOR, List.of(nonce()), blind).hash();
    return new NonceCommitment(header(1), pairing.id(), List.of(item), nonce1, com);
  }

  /** R1 with its proof: as committed to, once made. */
  ProvenPoint nonce() {
    if (committed.isEmpty()) {
      committed = Optional.of(Forge.proven(sid1, Role.INITIATOR, suite, k1));
    }
    return committed.get();
  }

  /** Sends G1, takes G2. */
  WireMessage begin() {
    NonceCommitment g1 = commitment();
    victim = parties.p2.driver().accept(TwoParties.P1, WireCodec.encode(g1));
    WireMessage answer = TwoParties.decode(TwoParties.sent(victim.start()).orElseThrow());
    if (answer instanceof NonceShare g2) {
      sid = new Transcript.Sid(sid1, g1.com(), g2.nonce2()).hash();
      r2 = g2.nonces().get(0).point();
    }
    return answer;
  }

  /** Sends G3, takes G4. */
  WireMessage open() {
    return open(nonce());
  }

  WireMessage open(ProvenPoint opened) {
    return TwoParties.decode(
        TwoParties.sent(
                victim.receive(
                    WireCodec.encode(new NonceOpening(header(3), List.of(opened), blind))))
            .orElseThrow());
  }

  /** Sends G5. */
  Step<?> finish(Bytes r, Bytes s) {
    return victim.receive(
        WireCodec.encode(new FinalSignature(header(5), List.of(new SignatureValues(r, s)))));
  }

  // ---- what P1 computes ----

  Bytes point() {
    return suite == Suite.ECDSA_SECP256K1
        ? Forge.times(suite, k1, r2)
        : Forge.sum(suite, BigInteger.ONE, Forge.point(suite, k1), BigInteger.ONE, r2)
            .orElseThrow();
  }

  /** r of ECDSA. */
  BigInteger r() {
    return new BigInteger(1, Arrays.copyOfRange(point().toByteArray(), 1, 33)).mod(Forge.Q);
  }

  BigInteger m() {
    return Forge.number(item.message());
  }

  /** s of ECDSA, low, from the decrypted u. */
  BigInteger s(BigInteger u) {
    BigInteger s = k1.modInverse(Forge.Q).multiply(u).mod(Forge.Q);
    return s.compareTo(Forge.Q.shiftRight(1)) <= 0 ? s : Forge.Q.subtract(s);
  }

  @Override
  public void close() {
    if (victim != null) {
      victim.close();
    }
  }
}
