/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.custody.Custody;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One side of a test: a custody that can be opened again and again, a store, and the driver over
 * both. Restarting it keeps what a process that ends leaves: the store and the custody's keys.
 */
public final class Party implements AutoCloseable {
  private final Supplier<Custody> place;
  private final int number;
  private final StateStore store;
  private DriverConfig config;
  private EngineDriver driver;

  /**
   * Opens the driver.
   *
   * @param number 1 or 2: of the prebuilt parameters
   * @param place opens the same custody each time
   */
  public Party(DriverConfig config, int number, StateStore store, Supplier<Custody> place) {
    this.config = config;
    this.number = number;
    this.store = store;
    this.place = place;
    this.driver = TestDrivers.open(config, store, place.get(), number);
  }

  /** P1 at 2048 bits, whose channel to bob is authenticated. */
  public static Party alice(StateStore store, Supplier<Custody> place) {
    return new Party(
        DriverConfig.of("alice")
            .withLevel(SecurityLevel.BITS_112)
            .withAuthenticatedPeers(Set.of(new PeerId("bob"))),
        1,
        store,
        place);
  }

  /** P2 at 2048 bits, whose channel to alice is authenticated; approves everything. */
  public static Party bob(StateStore store, Supplier<Custody> place) {
    return new Party(
        DriverConfig.of("bob")
            .withLevel(SecurityLevel.BITS_112)
            .withAuthenticatedPeers(Set.of(new PeerId("alice")))
            .withPolicy(request -> SigningPolicy.approve()),
        2,
        store,
        place);
  }

  public EngineDriver driver() {
    return driver;
  }

  public StateStore store() {
    return store;
  }

  public DriverConfig config() {
    return config;
  }

  /** The name under which the other side knows it. */
  public PeerId name() {
    return new PeerId(config.installation());
  }

  /** As after the end of the process. */
  public void restart() {
    restart(config);
  }

  /** The same, with another configuration. */
  public void restart(DriverConfig newConfig) {
    driver.close();
    config = newConfig;
    driver = TestDrivers.open(config, store, place.get(), number);
  }

  /** A party with a copy of this one's store as it is now. */
  public Party copy() {
    return new Party(config, number, copyOf(store), place);
  }

  public static MemoryStateStore copyOf(StateStore store) {
    MemoryStateStore copy = new MemoryStateStore();
    for (String key : store.list("")) {
      Bytes value = store.get(key).orElseThrow();
      copy.create(key, value);
    }
    return copy;
  }

  @Override
  public void close() {
    driver.close();
  }
}
