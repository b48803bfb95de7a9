/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The reference is checked against what others published. */
final class ReferenceKeysTest {
  @Test
  void edwardsArithmeticIsThatOfRfc8032() throws Exception {
    // §7.1, TEST 1: the public key is the multiple of B by the clamped hash of the private key.
    byte[] seed =
        HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    byte[] h = java.security.MessageDigest.getInstance("SHA-512").digest(seed);
    byte[] a = java.util.Arrays.copyOf(h, 32);
    a[0] &= (byte) 248;
    a[31] &= 127;
    a[31] |= 64;
    byte[] reversed = new byte[32];
    for (int i = 0; i < 32; i++) {
      reversed[i] = a[31 - i];
    }
    assertArrayEquals(
        HexFormat.of().parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        ReferenceKeys.multiplyBase(new BigInteger(1, reversed)));
  }

  /**
   * BIP-32 test vector 1: m/0' of seed 000102…0f; the reference's path is longer, so its first step
   * is checked alone.
   */
  @Test
  void hardenedDerivationIsBip32s() {
    byte[] seed = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    assertArrayEquals(
        HexFormat.of().parseHex("edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea"),
        ReferenceKeys.bytes32(ReferenceKeys.derive(seed, 0)));
  }
}
