/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.nio.ByteBuffer;
import java.util.UUID;

/** What the UUID-based identifiers share. */
final class Ids {
  private Ids() {}

  static UUID parseUuid(String what, String text) {
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equalsIgnoreCase(text)) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      // reported below, like a non-canonical form
    }
    throw new UsageException(
        what + " is not a UUID: give the form 123e4567-e89b-42d3-a456-426614174000");
  }

  static Bytes bytes(UUID uuid) {
    return Bytes.of(
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array());
  }
}
