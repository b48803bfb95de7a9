/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.SyncSessionId;
import java.util.Optional;

/**
 * What a message belongs to.
 *
 * @param syncSessionId in synchronisations and signatures
 * @param signSessionId in signatures: that of the first message of a batch
 */
public record SessionIds(
    SecretId secretId,
    Optional<SyncSessionId> syncSessionId,
    Optional<SignSessionId> signSessionId) {
  public SessionIds {
    if (signSessionId.isPresent() && syncSessionId.isEmpty()) {
      throw new IllegalArgumentException("a signature belongs to a synchronised key");
    }
  }

  public static SessionIds pairing(SecretId secretId) {
    return new SessionIds(secretId, Optional.empty(), Optional.empty());
  }

  public static SessionIds sync(SecretId secretId, SyncSessionId syncSessionId) {
    return new SessionIds(secretId, Optional.of(syncSessionId), Optional.empty());
  }

  public static SessionIds sign(
      SecretId secretId, SyncSessionId syncSessionId, SignSessionId signSessionId) {
    return new SessionIds(secretId, Optional.of(syncSessionId), Optional.of(signSessionId));
  }
}
