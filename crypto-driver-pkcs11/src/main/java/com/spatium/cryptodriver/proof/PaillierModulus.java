/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.EcMath;
import java.math.BigInteger;

/** A Paillier modulus N of exactly its level's size. Public, immutable. */
public final class PaillierModulus {
  private final SecurityLevel level;
  private final Bytes n;

  private PaillierModulus(SecurityLevel level, Bytes n) {
    this.level = level;
    this.n = n;
  }

  /**
   * The peer's, just received: odd, of exactly the level's size, not prime, no prime factor below
   * 2¹³ (protocol.md §2.4).
   *
   * @throws PeerFaultException aborting
   */
  public static PaillierModulus received(EcMath ecmath, String step, SecurityLevel level, Bytes n) {
    Checks checks = Checks.at(ecmath, step);
    checks.length("N", n, level.modulusBytes());
    checks.require(
        ecmath.modular().checkModulus(n.toByteArray()),
        "N is even, too short, prime, or has a small factor");
    return new PaillierModulus(level, n);
  }

  /** Our own, or a peer's that was checked when it was stored. */
  public static PaillierModulus trusted(SecurityLevel level, Bytes n) {
    if (n.size() != level.modulusBytes() || Numbers.of(n).bitLength() != level.modulusBits()) {
      throw new IllegalArgumentException("N is not of the level's size");
    }
    return new PaillierModulus(level, n);
  }

  /** Of any size: for tests of this package. */
  static PaillierModulus toy(Bytes n) {
    return new PaillierModulus(SecurityLevel.BITS_112, n);
  }

  public SecurityLevel level() {
    return level;
  }

  public Bytes n() {
    return n;
  }

  Widths widths() {
    return new Widths(n.size());
  }

  BigInteger value() {
    return Numbers.of(n);
  }

  /** (1 + m·N)·ρN mod N² for a public ρN = ρ^N mod N². */
  BigInteger encrypt(BigInteger m, BigInteger rhoToN) {
    BigInteger square = value().multiply(value());
    return m.multiply(value()).add(BigInteger.ONE).multiply(rhoToN).mod(square);
  }
}
