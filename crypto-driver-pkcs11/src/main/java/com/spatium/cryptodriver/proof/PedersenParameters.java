/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.RingPedersenParameters;
import java.math.BigInteger;

/** Ring-Pedersen parameters N̂, ŝ₁, ŝ₂, t̂ of exactly their level's size. Public, immutable. */
public final class PedersenParameters {
  private final SecurityLevel level;
  private final PedersenFields fields;

  private PedersenParameters(SecurityLevel level, PedersenFields fields) {
    this.level = level;
    this.fields = fields;
  }

  /**
   * The peer's, just received: N̂ as a Paillier modulus; ŝ₁, ŝ₂, t̂ in [1, N̂ − 1] and coprime to
   * N̂ (protocol.md §2.4). That they lie in one group is for {@link Prm} to prove.
   *
   * @throws PeerFaultException aborting
   */
  public static PedersenParameters received(
      EcMath ecmath, String step, SecurityLevel level, PedersenFields fields) {
    Checks checks = Checks.at(ecmath, step);
    checks.length("N̂", fields.n(), level.modulusBytes());
    checks.require(
        ecmath.modular().checkModulus(fields.n().toByteArray()),
        "N̂ is even, too short, prime, or has a small factor");
    checks.units(fields.n(), 1, "ŝ₁, ŝ₂ or t̂", fields.s1(), fields.s2(), fields.t());
    return new PedersenParameters(level, fields);
  }

  /** Our own, or a peer's that were checked when they were stored. */
  public static PedersenParameters trusted(SecurityLevel level, PedersenFields fields) {
    int length = level.modulusBytes();
    if (fields.n().size() != length
        || Numbers.of(fields.n()).bitLength() != level.modulusBits()
        || fields.s1().size() != length
        || fields.s2().size() != length
        || fields.t().size() != length) {
      throw new IllegalArgumentException("ring-Pedersen parameters are not of the level's size");
    }
    return new PedersenParameters(level, fields);
  }

  /** Our own key's. */
  public static PedersenParameters of(SecurityLevel level, RingPedersenParameters own) {
    return trusted(level, fields(own));
  }

  /** Of any size: for tests of this package. */
  static PedersenParameters toy(PedersenFields fields) {
    return new PedersenParameters(SecurityLevel.BITS_112, fields);
  }

  static PedersenFields fields(RingPedersenParameters own) {
    return new PedersenFields(
        Bytes.of(own.n()), Bytes.of(own.s1()), Bytes.of(own.s2()), Bytes.of(own.t()));
  }

  public SecurityLevel level() {
    return level;
  }

  /** As they travel. */
  public PedersenFields fields() {
    return fields;
  }

  Bytes n() {
    return fields.n();
  }

  Widths widths() {
    return new Widths(fields.n().size());
  }

  BigInteger value() {
    return Numbers.of(fields.n());
  }

  /** 2^s·N̂: exclusive bound of the exponent of t̂ that hides a witness. */
  BigInteger blindBound() {
    return value().shiftLeft(Numbers.S);
  }

  /** 2^(s+ε)·N̂: exclusive bound of the exponent of t̂ that hides a mask. */
  BigInteger maskBound() {
    return value().shiftLeft(Numbers.S + Numbers.EPSILON);
  }

  /** 2^(s+ε+1)·N̂: exclusive bound of the response to both. */
  BigInteger responseBound() {
    return value().shiftLeft(Numbers.S + Numbers.EPSILON + 1);
  }
}
