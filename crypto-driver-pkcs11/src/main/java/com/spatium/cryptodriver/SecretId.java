/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.UUID;

/** Names one distributed secret; the two parties use the same id. A UUID, as in the SDK. */
public record SecretId(UUID value) {
  public static SecretId random() {
    return new SecretId(UUID.randomUUID());
  }

  /** Parses the canonical text form. Throws {@link UsageException}. */
  public static SecretId of(String uuid) {
    return new SecretId(Ids.parseUuid("secretId", uuid));
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
