/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * {@code encode_string} of each element, concatenated (NIST SP 800-185 §2.3.2): the message of
 * every MAC.
 */
public final class TupleEncode {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Appends an element. */
  public TupleEncode add(byte[] element) {
    return addLength(element.length).addRaw(element);
  }

  public TupleEncode add(Bytes element) {
    return add(element.toByteArray());
  }

  /** Appends an element of ASCII characters. */
  public TupleEncode add(String ascii) {
    return add(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /** Appends a number as an element of 4 bytes, big-endian. */
  public TupleEncode add(long number) {
    return add(u32(number));
  }

  /**
   * Appends the length prefix alone, of an element that somebody else appends: {@code
   * left_encode(8·bytes)}.
   */
  public TupleEncode addLength(int bytes) {
    return addRaw(leftEncode(8L * bytes));
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }

  /**
   * SP 800-185 §2.3.1: the number of bytes of the shortest form (at least 1), then that form,
   * big-endian.
   */
  public static byte[] leftEncode(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("left_encode of a negative number");
    }
    int n = Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 7) / 8);
    byte[] encoded = new byte[n + 1];
    encoded[0] = (byte) n;
    for (int i = 0; i < n; i++) {
      encoded[n - i] = (byte) (value >>> (8 * i));
    }
    return encoded;
  }

  /** How a number of the protocol is hashed. */
  static byte[] u32(long number) {
    if (number < 0 || number > 0xffff_ffffL) {
      throw new IllegalArgumentException("a hashed number has 32 bits");
    }
    return ByteBuffer.allocate(4).putInt((int) number).array();
  }

  private TupleEncode addRaw(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    return this;
  }
}
