/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A bounded memory of what was used last. Thread-safe. */
final class Recent<K, V> {
  private final Map<K, V> entries;

  Recent(int capacity) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(K key, V value) {
    entries.put(key, value);
  }
}
