/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import java.util.Optional;

/**
 * The SDK's storage: JSON text by {room, topic}. Thread-safe. (The crypto driver's own state needs
 * atomic create and replace and is in a {@link com.spatium.cryptodriver.StateStore} instead.)
 */
public interface StorageDriver {
  Optional<String> read(StorageMeta meta);

  /** Overwrites. */
  void write(StorageMeta meta, String json);

  /** Reads and removes: of several callers one gets the datum. */
  Optional<String> take(StorageMeta meta);
}
