/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.ecdsa;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.pool.Opening;
import com.spatium.cryptodriver.pool.SigningPools;
import com.spatium.cryptodriver.pool.Supply;
import com.spatium.cryptodriver.proof.AffBlinder;
import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.signing.OwnNonces;
import com.spatium.cryptodriver.signing.SignContext;
import com.spatium.cryptodriver.signing.SuiteSteps;
import com.spatium.cryptodriver.state.SessionNonces;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.SignMessage.SignatureValues;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ECDSA's steps, protocol.md §4.3. */
public final class EcdsaSteps implements SuiteSteps {
  /** Messages of a piece, and of a session that has all at hand: 4 KiB of the vault each. */
  static final int MAX_AHEAD = 8;

  private final SigningPools pools;

  public EcdsaSteps(SigningPools pools) {
    this.pools = pools;
  }

  @Override
  public Round<List<Signature>> awaitPartials(
      SignContext context, Bytes sid, OwnNonces nonces, List<Bytes> r2) {
    return new EcdsaInitiatorRound2(context, sid, nonces, r2);
  }

  // ---- P2, G2, G4 ----

  /**
   * With a few messages, everything that does not depend on R1 is at hand before it comes, from the
   * pools or made now. A large batch makes it in G4, piece by piece, and so does any session where
   * the vault is nearly full: what is at hand is kept in the vault while the session waits for a
   * peer that may never answer.
   */
  @Override
  public Share share(SignContext context, Bytes sid) {
    Supply supply = context.session().scope().keep(pools.supply(context.pairing(), context.key()));
    if (context.count() > MAX_AHEAD || !pools.roomToWait()) {
      OwnNonces nonces = context.freshNonces(sid);
      List<Bytes> r2 = nonces.points().stream().map(ProvenPoint::point).toList();
      return new Share(
          nonces,
          new EcdsaPartialSigner(
              context,
              sid,
              nonces,
              supply.prover(),
              (from, to) -> ready(context, supply, List.of(), r2.subList(from, to))));
    }
    List<Opening> openings = supply.openings(context.count());
    SessionNonces source = context.nonceSource();
    List<SecretScalar> k = new ArrayList<>(openings.stream().map(Opening::k).toList());
    List<SecretScalar> fresh = context.draw(source, sid, openings.size());
    k.addAll(fresh);
    Ready ready = ready(context, supply, openings, context.points(fresh));
    List<Bytes> r2 = ready.masks().stream().map(AffProver.Masks::r2).toList();
    OwnNonces nonces = context.prove(source, sid, k, r2);
    return new Share(
        nonces, new EcdsaPartialSigner(context, sid, nonces, supply.prover(), (from, to) -> ready));
  }

  /**
   * What hides the witnesses, and the masks of the proofs.
   *
   * @param masks for the nonces in their order
   */
  record Ready(List<AffBlinder> blinders, List<AffProver.Masks> masks) {}

  /**
   * The openings' masks, then those of further nonces; a blinder for each.
   *
   * @param r2 R2 of these
   */
  private static Ready ready(
      SignContext context, Supply supply, List<Opening> openings, List<Bytes> r2) {
    Supply.Blinders blinders = supply.blinders(openings.size() + r2.size(), r2.size());
    List<AffProver.Masks> masks = new ArrayList<>();
    openings.forEach(opening -> masks.add(opening.masks()));
    if (!r2.isEmpty()) {
      Bytes cKey = context.key().cKey().orElseThrow();
      masks.addAll(supply.keep(supply.prover().prepare(cKey, r2, blinders.ofMasks())));
    }
    return new Ready(blinders.ofWitnesses(), masks);
  }

  // ---- P2, G5 ----

  @Override
  public Optional<List<Signature>> check(
      SignContext context, List<Bytes> r, FinalSignature signatures) {
    List<Signature> checked = new ArrayList<>();
    for (int j = 0; j < context.count(); j++) {
      Optional<Signature> one =
          check(
              context, context.items().get(j).message(), r.get(j), signatures.signatures().get(j));
      if (one.isEmpty()) {
        return Optional.empty();
      }
      checked.add(one.get());
    }
    return Optional.of(checked);
  }

  private static Optional<Signature> check(
      SignContext context, Bytes m, Bytes point, SignatureValues values) {
    Curve curve = context.curve();
    BigInteger s = Numbers.of(values.s());
    if (!values.r().equals(EcdsaNumbers.r(curve, point)) || !EcdsaNumbers.isLow(curve, s)) {
      return Optional.empty();
    }
    // SEC1 §4.1.4, with the recovery id in the same computation: s⁻¹·(m·G + r·Q) is R, or −R where
    // P1 made s low.
    BigInteger inverse = s.modInverse(curve.order());
    byte[] ofG = Numbers.scalar(curve, Numbers.of(m).multiply(inverse));
    byte[] ofQ = Numbers.scalar(curve, Numbers.of(values.r()).multiply(inverse));
    return curve
        .linear(ofG, new byte[][] {ofQ}, new byte[][] {context.key().q().toByteArray()})
        .map(Bytes::of)
        .filter(found -> EcdsaNumbers.x(found).equals(EcdsaNumbers.x(point)))
        .map(
            found ->
                new Signature.Ecdsa(
                    values.r(), values.s(), EcdsaNumbers.recovery(curve, found, false)));
  }
}
