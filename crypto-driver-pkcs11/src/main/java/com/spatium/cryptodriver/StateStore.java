/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.List;
import java.util.Optional;

/**
 * What must survive: public key records, pairings, sealed blobs, and tombstones of used ids.
 * Nothing here is secret in the clear.
 *
 * <p>Each operation is atomic and durable when it returns, across threads and processes. {@link
 * StorageException} when the store cannot answer; the state then is as before or as after, never
 * between.
 *
 * <p>Keys: 1 to 512 characters of printable ASCII. Values: at most 1 MiB.
 */
public interface StateStore extends AutoCloseable {
  /** False, and nothing changes, if the key is present. */
  boolean create(String key, Bytes value);

  Optional<Bytes> get(String key);

  /** Replaces the value if it equals {@code expected}; else false, and nothing changes. */
  boolean replace(String key, Bytes expected, Bytes next);

  /** Reads and removes: of several callers one gets the value. */
  Optional<Bytes> take(String key);

  /** All keys that begin with the prefix, sorted. */
  List<String> list(String prefix);

  @Override
  void close();

  int MAX_VALUE = 1 << 20;

  /** For implementations: returns the key, or throws {@link UsageException}. */
  static String checkKey(String key) {
    if (key.isEmpty() || key.length() > 512 || !key.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new UsageException(
          "a state key has 1 to 512 printable ASCII characters without spaces");
    }
    return key;
  }

  /** For implementations: returns the value, or throws {@link UsageException}. */
  static Bytes checkValue(Bytes value) {
    if (value.size() > MAX_VALUE) {
      throw new UsageException("a state value has at most 1 MiB");
    }
    return value;
  }
}
