/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.eddsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.proof.Checks;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.signing.OwnNonces;
import com.spatium.cryptodriver.signing.SignContext;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.SignMessage.PartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.SignatureValues;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** P1 takes T4, completes and verifies the signatures, and sends T5 (protocol.md §5). */
final class EddsaInitiatorRound2 extends Round<List<Signature>> {
  private final SignContext context;
  private final OwnNonces nonces;
  private final List<Bytes> r;
  private final List<Bytes> r2;

  EddsaInitiatorRound2(SignContext context, OwnNonces nonces, List<Bytes> r, List<Bytes> r2) {
    super(context.session().scope(), context.expect(4));
    this.context = context;
    this.nonces = nonces;
    this.r = r;
    this.r2 = r2;
  }

  @Override
  protected Outcome<List<Signature>> take(WireMessage message) {
    List<Bytes> s2 = ((PartialSignature) message).s2();
    List<byte[]> challenges = verify(s2);
    Optional<List<Signature.Eddsa>> signatures =
        context.state().locks().whileUnlocked(context.secretId(), () -> complete(s2, challenges));
    if (signatures.isEmpty()) {
      throw context.state().locks().lock(context.secretId());
    }
    List<SignatureValues> values =
        signatures.get().stream()
            .map(signature -> new SignatureValues(signature.r(), signature.s()))
            .toList();
    return new Outcome.Done<>(
        Optional.of(new FinalSignature(context.session().header(5), values)),
        List.copyOf(signatures.get()));
  }

  /** Blames the peer for a wrong part; gives every c. */
  private List<byte[]> verify(List<Bytes> s2) {
    Curve curve = context.curve();
    Checks checks = Checks.at(context.ecmath(), step());
    List<byte[]> challenges = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      checks.scalar(Suite.EDDSA_ED25519, "s2", s2.get(j));
      byte[] c =
          EddsaSteps.challenge(
              curve, r.get(j), context.key().q(), context.items().get(j).message());
      byte[] minusC = Numbers.scalar(curve, Numbers.ofScalar(curve, c).negate());
      // s2·B = R2 + c·A2
      checks.require(
          checks.isSum(
              Suite.EDDSA_ED25519,
              r2.get(j),
              s2.get(j).toByteArray(),
              new byte[][] {minusC},
              context.key().q2()),
          "s2·B ≠ R2 + c·A2");
      challenges.add(c);
    }
    return challenges;
  }

  /** Empty if a signature does not verify. Wipes every k1. */
  private Optional<List<Signature.Eddsa>> complete(List<Bytes> s2, List<byte[]> challenges) {
    Curve curve = context.curve();
    List<Signature.Eddsa> signatures = new ArrayList<>();
    try (nonces;
        Lease<SecretScalar> a1 = context.fragment()) {
      for (int j = 0; j < context.count(); j++) {
        // s1 = k1 + c·a1 is public as soon as s is, since the peer knows s2.
        BigInteger s1 =
            Numbers.ofScalar(curve, curve.response(nonces.k(j), challenges.get(j), a1.get()));
        byte[] s = Numbers.scalar(curve, s1.add(Numbers.ofScalar(curve, s2.get(j))));
        Signature.Eddsa signature = new Signature.Eddsa(r.get(j), Bytes.of(s));
        if (!EddsaSteps.verifies(context, j, signature)) {
          return Optional.empty();
        }
        signatures.add(signature);
      }
    }
    return Optional.of(signatures);
  }
}
