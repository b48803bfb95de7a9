/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** Size of the Paillier and ring-Pedersen moduli; the number is what is hashed and sent. */
public enum SecurityLevel {
  BITS_112(112, 2048),
  BITS_128(128, 3072);

  private final int bits;
  private final int modulusBits;

  SecurityLevel(int bits, int modulusBits) {
    this.bits = bits;
    this.modulusBits = modulusBits;
  }

  /** 112 or 128. */
  public int bits() {
    return bits;
  }

  /** Exact bit length of N and N̂. */
  public int modulusBits() {
    return modulusBits;
  }

  /** Bytes of an element mod N. */
  public int modulusBytes() {
    return modulusBits / 8;
  }
}
