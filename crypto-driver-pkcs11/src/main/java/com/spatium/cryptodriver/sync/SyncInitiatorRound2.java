/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Keys;
import com.spatium.cryptodriver.wire.SyncMessage.KeyConfirmation;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.Optional;

/** P1 takes S4, stores the key ACTIVE, then sends S5 (protocol.md §4.2). */
final class SyncInitiatorRound2 extends Round<DistributedKey> {
  private final SyncContext context;
  private final Bytes sid;
  private final KeyRecord key;

  SyncInitiatorRound2(SyncContext context, Bytes sid, KeyRecord key) {
    super(context.session().scope(), context.expect(4));
    this.context = context;
    this.sid = sid;
    this.key = key;
  }

  @Override
  protected Outcome<DistributedKey> take(WireMessage message) {
    Bytes keyHash = key.keyHash();
    context.checkConfirmation(step(), (KeyConfirmation) message, sid, keyHash);
    KeyConfirmation s5 = context.confirm(5, sid, keyHash);
    context.session().state().locks().require(key.secretId());
    Keys keys = context.session().state().keys();
    if (!keys.pin(key)) {
      throw SyncContext.otherKey(step());
    }
    if (!keys.create(key)) {
      throw SyncInitiator.used(context);
    }
    return new Outcome.Done<>(Optional.of(s5), key.distributedKey());
  }
}
