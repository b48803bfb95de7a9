/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** A message digest of exactly 32 bytes: what ECDSA signs. */
public record Digest32(Bytes value) {
  public Digest32 {
    if (value.size() != 32) {
      throw new UsageException(
          "an ECDSA message is a digest of exactly 32 bytes; hash the message first");
    }
  }

  public static Digest32 ofHex(String hex) {
    return new Digest32(Bytes.ofHex(hex));
  }
}
