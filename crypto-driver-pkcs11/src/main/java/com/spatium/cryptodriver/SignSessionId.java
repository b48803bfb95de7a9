/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.UUID;

/** Names one signature. A UUID, chosen by the initiator, never used twice. */
public record SignSessionId(UUID value) {
  public static SignSessionId random() {
    return new SignSessionId(UUID.randomUUID());
  }

  /** Parses the canonical text form. Throws {@link UsageException}. */
  public static SignSessionId of(String uuid) {
    return new SignSessionId(Ids.parseUuid("signSessionId", uuid));
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
