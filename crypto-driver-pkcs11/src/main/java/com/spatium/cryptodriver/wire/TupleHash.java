/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code H(label, e₁, …)}: TupleHashXOF256 (NIST SP 800-185 §5.3.1), for public data only. An
 * element is hashed with its length, so different tuples have different encodings.
 */
final class TupleHash {
  private TupleHash() {}

  static Bytes hash(Label label, List<byte[]> elements, int outputLength) {
    return Bytes.of(
        xof256(label.customization().getBytes(StandardCharsets.US_ASCII), elements, outputLength));
  }

  static byte[] xof256(byte[] customization, List<byte[]> elements, int outputLength) {
    // The length in the constructor matters to doFinal alone; doOutput is the XOF, which ends in
    // right_encode(0).
    var digest = new org.bouncycastle.crypto.digests.TupleHash(256, customization, 512);
    for (byte[] element : elements) {
      digest.update(element, 0, element.length);
    }
    byte[] out = new byte[outputLength];
    digest.doOutput(out, 0, outputLength);
    return out;
  }
}
