/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.UUID;

/**
 * Names one synchronisation and the key it made. A UUID, chosen by the initiator, never used twice.
 */
public record SyncSessionId(UUID value) {
  public static SyncSessionId random() {
    return new SyncSessionId(UUID.randomUUID());
  }

  /** Parses the canonical text form. Throws {@link UsageException}. */
  public static SyncSessionId of(String uuid) {
    return new SyncSessionId(Ids.parseUuid("syncSessionId", uuid));
  }

  /** The 16 bytes that are hashed and sent. */
  public Bytes bytes() {
    return Ids.bytes(value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
