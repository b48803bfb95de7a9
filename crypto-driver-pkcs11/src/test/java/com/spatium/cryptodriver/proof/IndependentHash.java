/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.CSHAKEDigest;

/**
 * H of docs/protocol.md §1 written a second time, from cSHAKE256 and with the elements given one by
 * one: shares nothing with the code under test, so an element that {@code prove} and {@code verify}
 * both forgot shows.
 */
public final class IndependentHash {
  private final ByteArrayOutputStream encoded = new ByteArrayOutputStream();
  private final String label;

  public IndependentHash(String label) {
    this.label = label;
  }

  public IndependentHash number(int number) {
    return element(ByteBuffer.allocate(4).putInt(number).array());
  }

  public IndependentHash text(String ascii) {
    return element(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  public IndependentHash bytes(Bytes... elements) {
    for (Bytes element : elements) {
      element(element.toByteArray());
    }
    return this;
  }

  private IndependentHash element(byte[] element) {
    // left_encode of the length in bits: the shortest big-endian form after its own length.
    byte[] bits = BigInteger.valueOf(8L * element.length).toByteArray();
    int skip = bits.length > 1 && bits[0] == 0 ? 1 : 0;
    encoded.write(bits.length - skip);
    encoded.write(bits, skip, bits.length - skip);
    encoded.writeBytes(element);
    return this;
  }

  public byte[] output(int length) {
    CSHAKEDigest digest =
        new CSHAKEDigest(
            256,
            "TupleHash".getBytes(StandardCharsets.US_ASCII),
            ("spatium/2p/v1/" + label).getBytes(StandardCharsets.US_ASCII));
    byte[] all = encoded.toByteArray();
    digest.update(all, 0, all.length);
    digest.update(new byte[] {0, 1}, 0, 2); // right_encode(0): the XOF
    byte[] out = new byte[length];
    digest.doFinal(out, 0, length);
    return out;
  }

  /** e. */
  public BigInteger challenge() {
    return new BigInteger(1, output(16));
  }
}
