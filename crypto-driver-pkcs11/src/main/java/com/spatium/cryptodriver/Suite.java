/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** A signature scheme and its curve; the number is what is hashed and sent (protocol.md §4, §5). */
public enum Suite {
  ECDSA_SECP256K1(1, "secp256k1", 33),
  EDDSA_ED25519(2, "ed25519", 32);

  private final int number;
  private final String curveName;
  private final int pointLength;

  Suite(int number, String curveName, int pointLength) {
    this.number = number;
    this.curveName = curveName;
    this.pointLength = pointLength;
  }

  public int number() {
    return number;
  }

  /** The SDK's curve name. */
  public String curveName() {
    return curveName;
  }

  /** Bytes of an encoded point: 33 (SEC1 compressed) or 32 (RFC 8032). */
  public int pointLength() {
    return pointLength;
  }

  /** Throws {@link UsageException} for an unknown name. */
  public static Suite ofCurveName(String name) {
    for (Suite suite : values()) {
      if (suite.curveName.equals(name)) {
        return suite;
      }
    }
    throw new UsageException("unknown curve: use secp256k1 or ed25519");
  }
}
