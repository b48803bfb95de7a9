/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** A verified signature. */
public sealed interface Signature {
  /**
   * ECDSA over secp256k1.
   *
   * @param r 32 bytes, big-endian
   * @param s 32 bytes, big-endian, s ≤ q/2
   * @param recovery 0..3: bit 0 is the parity of R.y (after low-s), bit 1 says R.x ≥ q
   */
  record Ecdsa(Bytes r, Bytes s, int recovery) implements Signature {}

  /**
   * EdDSA over ed25519 as RFC 8032.
   *
   * @param r 32 bytes, the encoded R
   * @param s 32 bytes, little-endian
   */
  record Eddsa(Bytes r, Bytes s) implements Signature {
    /** The usual 64 bytes R ‖ S. */
    public Bytes toBytes() {
      byte[] all = new byte[64];
      System.arraycopy(r.toByteArray(), 0, all, 0, 32);
      System.arraycopy(s.toByteArray(), 0, all, 32, 32);
      return Bytes.of(all);
    }
  }
}
