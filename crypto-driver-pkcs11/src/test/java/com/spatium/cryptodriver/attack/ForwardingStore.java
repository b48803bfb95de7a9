/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StateStore;
import java.util.List;
import java.util.Optional;

/** A store over another one: a test overrides what it wants to go wrong. */
class ForwardingStore implements StateStore {
  private final StateStore store;

  ForwardingStore(StateStore store) {
    this.store = store;
  }

  @Override
  public boolean create(String key, Bytes value) {
    return store.create(key, value);
  }

  @Override
  public Optional<Bytes> get(String key) {
    return store.get(key);
  }

  @Override
  public boolean replace(String key, Bytes expected, Bytes next) {
    return store.replace(key, expected, next);
  }

  @Override
  public Optional<Bytes> take(String key) {
    return store.take(key);
  }

  @Override
  public List<String> list(String prefix) {
    return store.list(prefix);
  }

  @Override
  public void close() {
    store.close();
  }
}
