/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * The path m/44'/coin'/account'/0'/0' at which each secret derives its fragment (protocol.md §7).
 *
 * @param coin SLIP-44 coin type, 0 ≤ coin &lt; 2³¹
 * @param account 0 ≤ account &lt; 2³¹
 */
public record DerivationPath(long coin, long account) {
  public DerivationPath {
    if (coin < 0 || coin >= 1L << 31 || account < 0 || account >= 1L << 31) {
      throw new UsageException(
          "coin and account must lie between 0 and 2^31 - 1: the path is hardened");
    }
  }
}
