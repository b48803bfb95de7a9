/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * A public key or nonce commitment in the suite's encoding. That it lies on the curve is checked
 * where it is received or used.
 */
public record PublicPoint(Suite suite, Bytes encoded) {
  public PublicPoint {
    if (encoded.size() != suite.pointLength()) {
      throw new UsageException(
          "a point of " + suite.curveName() + " has " + suite.pointLength() + " bytes");
    }
  }
}
