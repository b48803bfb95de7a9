/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Operator;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.PoolReport;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.pool.SigningPools;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's actions. */
final class EngineOperator implements Operator {
  private static final Logger LOG = LoggerFactory.getLogger(EngineOperator.class);
  private final DriverState state;
  private final SessionTable sessions;
  private final SigningPools pools;
  private final Runnable begin;

  EngineOperator(DriverState state, SessionTable sessions, SigningPools pools, Runnable begin) {
    this.state = state;
    this.sessions = sessions;
    this.pools = pools;
    this.begin = begin;
  }

  @Override
  public List<Pairing> pairings() {
    begin.run();
    return state.pairings().list();
  }

  @Override
  public Pairing confirm(PairingId id) {
    begin.run();
    Pairing pairing = state.pairings().confirm(id);
    LOG.info("an operator confirmed the pairing {} with {}", id, pairing.peer());
    return pairing;
  }

  @Override
  public void repair(SecretId secretId, Role role, PeerId peer) {
    begin.run();
    state.pairings().remove(secretId, role, peer);
    sessions.end(
        subject ->
            subject.secretId().equals(secretId)
                && subject.role() == role
                && subject.peer().equals(peer),
        "its pairing is being repaired");
    pools.forget(secretId);
    state.unsealed().evict(secretId);
    LOG.warn(
        "an operator repairs the pairing of {} with {}: the next pairing may bring other parameters",
        secretId,
        peer);
  }

  @Override
  public boolean isLocked(SecretId secretId) {
    begin.run();
    return state.locks().isLocked(secretId);
  }

  @Override
  public PoolReport pools() {
    begin.run();
    return pools.report();
  }

  @Override
  public boolean warmUp(SecretId secretId, SyncSessionId syncSessionId, Duration patience)
      throws InterruptedException {
    begin.run();
    state.locks().require(secretId);
    KeyRecord key =
        state
            .keys()
            .findActive(secretId, Role.RESPONDER, syncSessionId)
            .filter(found -> found.suite() == Suite.ECDSA_SECP256K1)
            .orElseThrow(
                () ->
                    new UsageException(
                        "there is no ECDSA key of secret "
                            + secretId
                            + " and syncSessionId "
                            + syncSessionId
                            + " that this driver made as responder"));
    PairingRecord pairing = state.pairings().requireActive(secretId, Role.RESPONDER, key.peer());
    if (!pairing.id().equals(key.pairingId())) {
      throw new UsageException(
          "the pairing was repaired after this key was made: synchronise the key anew");
    }
    state.checkedKeys().require(key);
    return pools.warmUp(pairing, key, patience);
  }

  @Override
  public void unlock(SecretId secretId) {
    begin.run();
    state.locks().unlock(secretId);
    LOG.warn("an operator unlocked the secret {}", secretId);
  }
}
