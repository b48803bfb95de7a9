/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.List;
import java.util.Optional;

/**
 * What must survive: public key records, pairings, sealed blobs, and tombstones of used ids. Nothing here is secret in the clear.
 *
 * <p>Each operation is atomic and durable when it returns, across threads and processes. {@link StorageException} when the store
 * cannot answer; the state then is as before or as after, never between.
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
}
