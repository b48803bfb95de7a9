/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static com.spatium.cryptodriver.attack.Forge.Q;
import static com.spatium.cryptodriver.attack.Forge.number;
import static com.spatium.cryptodriver.attack.TwoParties.SECRET;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartial;
import com.spatium.cryptodriver.wire.SignMessage.EncryptedPartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.NonceCommitment;
import com.spatium.cryptodriver.wire.SignMessage.NonceOpening;
import com.spatium.cryptodriver.wire.SignMessage.NonceShare;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * P2 in an ECDSA signature that chooses its nonce and what it encrypts. It sits on the wire of its
 * own honest driver, replaces the nonce in G2 and all of G4, with right identifiers and proofs
 * where the attack wants them.
 */
final class CheatingResponder implements TwoParties.Tap {
  static final BigInteger P = TestParameters.paillierFactor(1, 0);
  private static final BigInteger OTHER = TestParameters.paillierFactor(1, 1);

  /** P1's N. */
  static final BigInteger N = P.multiply(OTHER);

  private final KeyRecord key;
  private final PairingRecord pairing;
  private final PedersenFields pedersen;
  private final BigInteger x2;
  private final Function<CheatingResponder, EncryptedPartial> g4;
  private NonceCommitment g1;
  private Bytes sid;
  private Bytes r;

  /** Chosen by the test before G2, random at first. */
  BigInteger k2 = Forge.below(Q);

  /** Chosen by the test before G4. */
  BigInteger sigma = Forge.below(N);

  /**
   * @param g4 what is sent as c3 and aff
   */
  CheatingResponder(TwoParties parties, Function<CheatingResponder, EncryptedPartial> g4) {
    var state = parties.p2.state();
    this.key = state.keys().findActive(SECRET, Role.RESPONDER, TwoParties.ECDSA_KEY).orElseThrow();
    this.pairing = state.pairings().find(SECRET, Role.RESPONDER, TwoParties.P1).orElseThrow();
    this.pedersen = pairing.peerPedersen().fields();
    try (Lease<SecretScalar> secret =
        state.unsealed().fragment(SECRET, ECDSA_SECP256K1, key.path())) {
      this.x2 = Forge.reveal(ECDSA_SECP256K1, secret.get());
    }
    this.g4 = g4;
  }

  @Override
  public Bytes pass(MessageHeader header, Bytes message) {
    switch (header.round()) {
      case 1 -> g1 = (NonceCommitment) TwoParties.decode(message);
      case 2 -> {
        NonceShare share = (NonceShare) TwoParties.decode(message);
        Bytes sid1 = Transcript.sid1(pairing.level(), key.path(), key.keyHash(), g1);
        sid = new Transcript.Sid(sid1, g1.com(), share.nonce2()).hash();
        return WireCodec.encode(
            new NonceShare(
                header,
                share.nonce2(),
                List.of(Forge.proven(sid, Role.RESPONDER, ECDSA_SECP256K1, k2))));
      }
      case 3 -> {
        Bytes r1 = ((NonceOpening) TwoParties.decode(message)).nonces().get(0).point();
        byte[] point = Forge.times(ECDSA_SECP256K1, k2, r1).toByteArray();
        r = Forge.scalar(ECDSA_SECP256K1, new BigInteger(1, Arrays.copyOfRange(point, 1, 33)));
      }
      case 4 -> {
        return WireCodec.encode(new EncryptedPartialSignature(header, List.of(g4.apply(this))));
      }
      default -> {}
    }
    return message;
  }

  // ---- what honest P2 would compute ----

  BigInteger m() {
    return number(g1.items().get(0).message());
  }

  BigInteger r() {
    return number(r);
  }

  BigInteger x2() {
    return x2;
  }

  Bytes cKey() {
    return key.cKey().orElseThrow();
  }

  /** k2⁻¹·r·x2 mod q. */
  BigInteger a() {
    return k2.modInverse(Q).multiply(r()).multiply(x2).mod(Q);
  }

  /** k2⁻¹·m mod q. */
  BigInteger b() {
    return k2.modInverse(Q).multiply(m()).mod(Q);
  }

  /** a⊙c_key ⊕ Enc(b; σ). */
  Bytes affine(BigInteger a, BigInteger b) {
    return Forge.affine(N, cKey(), a, b, sigma);
  }

  /** aff for this c3 and this session, from any a and b. */
  AffProof aff(Bytes c3, BigInteger a, BigInteger b) {
    return aff(c3, g1.items().get(0).message(), a, b);
  }

  /** aff for another digest. */
  AffProof aff(Bytes c3, Bytes m, BigInteger a, BigInteger b) {
    return Forge.aff(statement(c3, m), a, b, sigma);
  }

  /** c3 = 0 with the proof in which D = w = 0. */
  EncryptedPartial zero() {
    Bytes zero = Forge.zero(2 * Forge.WIDTHS.n());
    return new EncryptedPartial(
        zero, Forge.aff(statement(zero, g1.items().get(0).message()), a(), b(), sigma, true));
  }

  private Forge.AffStatement statement(Bytes c3, Bytes m) {
    Bytes r2 = Forge.point(ECDSA_SECP256K1, k2);
    return new Forge.AffStatement(sid, N, cKey(), c3, r2, r, key.q2(), m, pedersen);
  }

  EncryptedPartial partial(BigInteger a, BigInteger b) {
    Bytes c3 = affine(a, b);
    return new EncryptedPartial(c3, aff(c3, a, b));
  }

  // ---- what P1 learns, as the tests know P1's key ----

  /** Dec(c) in [0, N). */
  static BigInteger decrypted(Bytes c) {
    BigInteger lambda = P.subtract(BigInteger.ONE).multiply(OTHER.subtract(BigInteger.ONE));
    BigInteger power = number(c).modPow(lambda, N.multiply(N));
    return power.subtract(BigInteger.ONE).divide(N).multiply(lambda.modInverse(N)).mod(N);
  }

  /** ρ of c = Enc(m; ρ). */
  static BigInteger randomizer(Bytes c) {
    BigInteger phi = P.subtract(BigInteger.ONE).multiply(OTHER.subtract(BigInteger.ONE));
    return number(c).mod(N).modPow(N.modInverse(phi), N);
  }

  /** Whether u is what an honest P2 encrypts, mod q, when x1 is this. */
  boolean completes(BigInteger u, BigInteger x1) {
    return u.mod(Q).equals(a().multiply(x1).add(b()).mod(Q));
  }

  /** 32 bytes of x1, as P1's driver has it. */
  static BigInteger x1(TwoParties parties) {
    try (Lease<SecretScalar> secret =
        parties.p1.state().unsealed().fragment(SECRET, ECDSA_SECP256K1, TwoParties.PATH)) {
      return Forge.reveal(ECDSA_SECP256K1, secret.get());
    }
  }
}
