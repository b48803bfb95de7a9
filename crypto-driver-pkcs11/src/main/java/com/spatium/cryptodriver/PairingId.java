/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * Names a pairing: H("pairing", …) over everything both parties sent in E1 and E2 (protocol.md
 * §4.1).
 */
public record PairingId(Bytes value) {
  public PairingId {
    if (value.size() != 32) {
      throw new UsageException("a pairing id has 32 bytes");
    }
  }

  public static PairingId ofHex(String hex) {
    return new PairingId(Bytes.ofHex(hex));
  }

  /**
   * All 256 bits as 16 groups of 5 decimal digits, for two operators to read to each other
   * (protocol.md §4.1): each group is 16 bits.
   */
  public String toDigits() {
    StringBuilder digits = new StringBuilder();
    byte[] bytes = value.toByteArray();
    for (int i = 0; i < bytes.length; i += 2) {
      int group = (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
      digits.append(i == 0 ? "" : " ").append(String.format("%05d", group));
    }
    return digits.toString();
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
