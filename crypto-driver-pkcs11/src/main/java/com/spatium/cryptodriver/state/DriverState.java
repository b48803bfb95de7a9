/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.ecmath.EcMath;

/** Everything that the rounds read and write besides their session. Thread-safe. */
public final class DriverState implements AutoCloseable {
  private final EcMath ecmath;
  private final DriverConfig config;
  private final Custody custody;
  private final Records records;
  private final Installation installation;
  private final SecretKeeper secrets;
  private final Pairings pairings;
  private final Keys keys;
  private final Locks locks;
  private final Unsealed unsealed;
  private final CheckedKeys checkedKeys;

  /**
   * Opens what is on record; a new installation gets its record key. Without searching for primes:
   * {@link Installation#prepare}.
   *
   * @param custody stays the caller's
   */
  public DriverState(
      EcMath ecmath,
      DriverConfig config,
      StateStore store,
      Custody custody,
      ParameterSource source) {
    StateKeys names = new StateKeys(config.installation());
    Sealer sealer = new Sealer(ecmath, custody, config.installation());
    this.ecmath = ecmath;
    this.config = config;
    this.custody = custody;
    this.records = Records.open(ecmath, store, sealer, names);
    this.installation = new Installation(ecmath, records, names, sealer, source);
    this.secrets = new SecretKeeper(ecmath, config, custody, records, names, sealer, source);
    this.pairings = new Pairings(ecmath, records, names, sealer, config.minimumLevel());
    this.keys = new Keys(records, names);
    this.locks = new Locks(store, names);
    this.unsealed = new Unsealed(ecmath, config, custody, installation, secrets, pairings);
    this.checkedKeys = new CheckedKeys(this);
  }

  public EcMath ecmath() {
    return ecmath;
  }

  public DriverConfig config() {
    return config;
  }

  public Installation installation() {
    return installation;
  }

  public SecretKeeper secrets() {
    return secrets;
  }

  public Pairings pairings() {
    return pairings;
  }

  public Keys keys() {
    return keys;
  }

  public Locks locks() {
    return locks;
  }

  public Unsealed unsealed() {
    return unsealed;
  }

  public CheckedKeys checkedKeys() {
    return checkedKeys;
  }

  /** For one session; to be closed with it. One token operation. */
  public SessionNonces newNonces() {
    return new SessionNonces(custody);
  }

  @Override
  public void close() {
    unsealed.close();
    records.close();
  }
}
