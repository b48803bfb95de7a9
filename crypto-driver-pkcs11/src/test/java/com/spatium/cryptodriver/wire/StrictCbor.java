/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Walks core deterministic CBOR of unsigned integers, byte strings, texts, arrays and maps with
 * integer keys; anything else fails.
 */
final class StrictCbor {
  private final byte[] input;
  private int at;
  private int deepest;

  StrictCbor(byte[] input) {
    this.input = input;
  }

  boolean atEnd() {
    return at == input.length;
  }

  int deepest() {
    return deepest;
  }

  void item(int depth) {
    int major = (input[at] & 0xff) >> 5;
    long argument = head();
    switch (major) {
      case 0 -> {}
      case 2, 3 -> at += Math.toIntExact(argument);
      case 4 -> {
        deepest = Math.max(deepest, depth);
        for (long i = 0; i < argument; i++) {
          item(depth + 1);
        }
      }
      case 5 -> {
        deepest = Math.max(deepest, depth);
        long previous = -1;
        for (long i = 0; i < argument; i++) {
          assertEquals(0, (input[at] & 0xff) >> 5, "a key is an unsigned integer");
          long key = head();
          assertTrue(key > previous, "keys ascend");
          previous = key;
          item(depth + 1);
        }
      }
      default -> throw new AssertionError("major type " + major);
    }
  }

  /** Shortest head, definite length. */
  private long head() {
    int info = input[at++] & 0x1f;
    if (info < 24) {
      return info;
    }
    assertTrue(info <= 27, "indefinite or reserved");
    int bytes = 1 << (info - 24);
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (input[at++] & 0xff);
    }
    long least = bytes == 1 ? 24 : 1L << (4 * bytes);
    assertTrue(Long.compareUnsigned(value, least) >= 0, "not the shortest head");
    return value;
  }
}
