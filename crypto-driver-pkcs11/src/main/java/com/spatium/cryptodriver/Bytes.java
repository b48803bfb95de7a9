/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable string of public bytes, compared by value. Never holds a secret. */
public final class Bytes {
  private static final Bytes EMPTY = new Bytes(new byte[0]);
  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Copies the array. */
  public static Bytes of(byte[] value) {
    return new Bytes(value.clone());
  }

  /** Parses hexadecimal digits of either case. Throws {@link UsageException} for anything else. */
  public static Bytes ofHex(String hex) {
    try {
      return new Bytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new UsageException("not a string of hexadecimal digits of even length");
    }
  }

  public static Bytes empty() {
    return EMPTY;
  }

  /** A copy. */
  public byte[] toByteArray() {
    return value.clone();
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  public String toHex() {
    return HexFormat.of().formatHex(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
