/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

/**
 * Bytes of every number whose length depends on the moduli: the least that hold its bound in
 * protocol.md §2 and §3, with ℓ = 256, t = s = 128, ε = 256, ℓa = 256, ℓb = 900. N and N̂ have the
 * same length.
 *
 * @param n bytes of N and N̂
 */
public record Widths(int n) {
  /** z1 of encdl and aff: below 2^(256+256+1). */
  public static final int Z1 = 65;

  /** z2 of aff: below 2^(900+256+1). */
  public static final int AFF_Z2 = 145;

  /** A challenge. */
  public static final int CHALLENGE = 16;

  /** Identifiers, commitments, blinds, nonce1, nonce2. */
  public static final int HASH = 32;

  /** HMAC-SHA-512. */
  public static final int MAC = 64;

  public static final int SCALAR = 32;

  /** An element mod N². */
  public int n2() {
    return 2 * n;
  }

  /** z3, w1, w2: below 2^(128+256+1)·N̂. */
  public int masked() {
    return n + 49;
  }

  /** σ of fac: below 2^128·N·N̂. */
  public int facSigma() {
    return 2 * n + 16;
  }

  /** v of fac: below 2^(128+256+1)·N·N̂. */
  public int facV() {
    return 2 * n + 49;
  }

  /** z1, z2 of fac: below 2^(256+256+1)·⌊√N⌋. */
  public int facZ() {
    return n / 2 + 65;
  }

  /** One y of nroot before it is reduced. */
  public int nrootY() {
    return n + 16;
  }

  public int nrootSigma() {
    return NRootProof.REPETITIONS * n;
  }

  public int blumSigma() {
    return BlumProof.REPETITIONS * n;
  }

  /** Each vector of prm. */
  public int prmVector() {
    return 2 * PrmProof.REPETITIONS * n;
  }
}
