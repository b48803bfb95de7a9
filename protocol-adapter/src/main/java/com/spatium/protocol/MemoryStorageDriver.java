/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The SDK's MemoryStorageDriver. */
public final class MemoryStorageDriver implements StorageDriver {
  private final ConcurrentHashMap<StorageMeta, String> data = new ConcurrentHashMap<>();

  @Override
  public Optional<String> read(StorageMeta meta) {
    return Optional.ofNullable(data.get(meta));
  }

  @Override
  public void write(StorageMeta meta, String json) {
    data.put(meta, json);
  }

  @Override
  public Optional<String> take(StorageMeta meta) {
    return Optional.ofNullable(data.remove(meta));
  }
}
