/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Operator;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.state.DriverState;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's actions. */
final class EngineOperator implements Operator {
  private static final Logger LOG = LoggerFactory.getLogger(EngineOperator.class);
  private final DriverState state;
  private final SessionTable sessions;
  private final Runnable begin;

  EngineOperator(DriverState state, SessionTable sessions, Runnable begin) {
    this.state = state;
    this.sessions = sessions;
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
  public void unlock(SecretId secretId) {
    begin.run();
    state.locks().unlock(secretId);
    LOG.warn("an operator unlocked the secret {}", secretId);
  }
}
