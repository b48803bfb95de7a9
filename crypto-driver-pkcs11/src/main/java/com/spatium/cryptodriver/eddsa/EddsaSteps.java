/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.eddsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.signing.OwnNonces;
import com.spatium.cryptodriver.signing.SignContext;
import com.spatium.cryptodriver.signing.SuiteSteps;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.SignMessage.PartialSignature;
import com.spatium.cryptodriver.wire.SignMessage.SignatureValues;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** EdDSA's steps, protocol.md §5. */
public final class EddsaSteps implements SuiteSteps {
  @Override
  public Round<List<Signature>> awaitPartials(
      SignContext context, Bytes sid, OwnNonces nonces, List<Bytes> r2) {
    return new EddsaInitiatorRound2(context, nonces, sums(context, "T2", nonces, r2), r2);
  }

  /** R_j = R1_j + R2_j. */
  private static List<Bytes> sums(
      SignContext context, String step, OwnNonces own, List<Bytes> theirs) {
    List<Bytes> sums = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      sums.add(
          Numbers.sum(context.curve(), own.point(j), theirs.get(j))
              .orElseThrow(() -> PeerFaultException.abort(step, "R1 + R2 is the identity")));
    }
    return sums;
  }

  // ---- P2, T2, T4 ----

  @Override
  public Share share(SignContext context, Bytes sid) {
    OwnNonces nonces = context.freshNonces(sid);
    return new Share(nonces, (step, r1) -> partials(context, step, nonces, r1));
  }

  private static Partials partials(
      SignContext context, String step, OwnNonces nonces, List<Bytes> r1) {
    Curve curve = context.curve();
    List<Bytes> s2 = new ArrayList<>();
    try (nonces;
        Lease<SecretScalar> a2 = context.fragment()) {
      List<Bytes> r = sums(context, step, nonces, r1);
      for (int j = 0; j < context.count(); j++) {
        byte[] c = challenge(curve, r.get(j), context.key().q(), context.items().get(j).message());
        // s2 = k2 + c·a2 mod L
        s2.add(Bytes.of(curve.response(nonces.k(j), c, a2.get())));
      }
      return new Partials(new PartialSignature(context.session().header(4), s2), r);
    }
  }

  // ---- P2, T5 ----

  @Override
  public Optional<List<Signature>> check(
      SignContext context, List<Bytes> r, FinalSignature signatures) {
    List<Signature> checked = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      SignatureValues values = signatures.signatures().get(j);
      Signature.Eddsa signature = new Signature.Eddsa(values.r(), values.s());
      if (!values.r().equals(r.get(j)) || !verifies(context, j, signature)) {
        return Optional.empty();
      }
      checked.add(signature);
    }
    return Optional.of(checked);
  }

  /** As RFC 8032 §5.1.7. */
  static boolean verifies(SignContext context, int j, Signature.Eddsa signature) {
    return context
        .curve()
        .ed25519Verify(
            context.key().q().toByteArray(),
            context.items().get(j).message().toByteArray(),
            signature.toBytes().toByteArray());
  }

  /** c = SHA-512(R ‖ A ‖ m) mod L. */
  static byte[] challenge(Curve curve, Bytes r, Bytes a, Bytes m) {
    try {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      sha512.update(r.toByteArray());
      sha512.update(a.toByteArray());
      sha512.update(m.toByteArray());
      return Numbers.scalar(curve, Numbers.ofScalar(curve, sha512.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-512", e);
    }
  }
}
