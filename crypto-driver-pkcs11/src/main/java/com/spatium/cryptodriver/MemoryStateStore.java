/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A {@link StateStore} that lives and dies with the process: for tests and trials. Atomic across
 * threads.
 */
public final class MemoryStateStore implements StateStore {
  private final ConcurrentSkipListMap<String, Bytes> values = new ConcurrentSkipListMap<>();

  @Override
  public boolean create(String key, Bytes value) {
    return values.putIfAbsent(StateStore.checkKey(key), StateStore.checkValue(value)) == null;
  }

  @Override
  public Optional<Bytes> get(String key) {
    return Optional.ofNullable(values.get(StateStore.checkKey(key)));
  }

  @Override
  public boolean replace(String key, Bytes expected, Bytes next) {
    return values.replace(StateStore.checkKey(key), expected, StateStore.checkValue(next));
  }

  @Override
  public Optional<Bytes> take(String key) {
    return Optional.ofNullable(values.remove(StateStore.checkKey(key)));
  }

  @Override
  public List<String> list(String prefix) {
    return values.tailMap(prefix).keySet().stream()
        .takeWhile(key -> key.startsWith(prefix))
        .toList();
  }

  @Override
  public void close() {}
}
