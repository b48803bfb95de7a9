/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Health;
import com.spatium.cryptodriver.Operator;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.ecmath.EcMath;
import java.util.List;
import java.util.Optional;

/**
 * The driver over any custody. Use it through its two forms, {@code SoftwareCryptoDriver} and {@code Pkcs11CryptoDriver}. Thread-safe.
 */
public class EngineDriver implements CryptoDriver {
  /**
   * @param store stays the caller's
   * @param custody is closed with the driver
   */
  public EngineDriver(DriverConfig config, StateStore store, Custody custody, EcMath ecmath) {}

  /** Wipes sessions that waited longer than {@link DriverConfig#idleTimeout()}; also done in every other call. */
  public final void reapIdleSessions() {}

  @Override
  public final Secrets secrets() {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Operator operator() {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Exchange<Pairing> pair(PairingRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Exchange<DistributedKey> synchronise(SyncRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Exchange<Signature> sign(SignRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Exchange<List<Signature>> signAll(List<SignRequest> requests) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Exchange<?> accept(PeerId from, Bytes firstMessage) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Optional<DistributedKey> key(SecretId secretId, SyncSessionId syncSessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Optional<Pairing> pairing(SecretId secretId, Role role, PeerId peer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final Health health() {
    throw new UnsupportedOperationException();
  }

  @Override
  public final void close() {}
}
