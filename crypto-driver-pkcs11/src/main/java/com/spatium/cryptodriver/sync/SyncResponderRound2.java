/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Keys;
import com.spatium.cryptodriver.wire.SyncMessage.KeyConfirmation;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.Optional;

/** P2 takes S5: the key is ACTIVE (protocol.md §4.2). */
final class SyncResponderRound2 extends Round<DistributedKey> {
  private final SyncContext context;
  private final Bytes sid;
  private final KeyRecord key;

  SyncResponderRound2(SyncContext context, Bytes sid, KeyRecord key) {
    super(context.session().scope(), context.expect(5));
    this.context = context;
    this.sid = sid;
    this.key = key;
  }

  @Override
  protected Outcome<DistributedKey> take(WireMessage message) {
    context.checkConfirmation(step(), (KeyConfirmation) message, sid, key.keyHash());
    context.session().state().locks().require(key.secretId());
    Keys keys = context.session().state().keys();
    if (!keys.pin(key)) {
      throw SyncContext.otherKey(step());
    }
    if (!keys.activate(key)) {
      throw new StorageException(
          "the key "
              + key.syncSessionId()
              + " was changed on record while it was made: synchronise anew");
    }
    return new Outcome.Done<>(Optional.empty(), key.distributedKey());
  }
}
