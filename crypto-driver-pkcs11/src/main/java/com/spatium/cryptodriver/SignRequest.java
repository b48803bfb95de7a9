/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * Sign one message under a synchronised key, as P1 (protocol.md §4.3, §5).
 *
 * @param message ECDSA: the digest, exactly 32 bytes. EdDSA: the whole message, at most 1 MiB − 4
 *     KiB.
 * @param authorization opaque bytes for the other side's {@link SigningPolicy} (the SDK's
 *     signatureToken); at most 4096 bytes; may be empty
 */
public record SignRequest(
    SecretId secretId,
    SyncSessionId syncSessionId,
    SignSessionId signSessionId,
    Bytes message,
    Bytes authorization) {
  /** Longest EdDSA message, protocol.md §5. */
  public static final int MAX_MESSAGE = (1 << 20) - 4096;

  public static final int MAX_AUTHORIZATION = 4096;

  public SignRequest {
    if (message.size() > MAX_MESSAGE) {
      throw new UsageException("the message is longer than 1 MiB - 4 KiB");
    }
    if (authorization.size() > MAX_AUTHORIZATION) {
      throw new UsageException("the authorization is longer than 4096 bytes");
    }
  }

  public static SignRequest ecdsa(
      SecretId secretId, SyncSessionId key, SignSessionId id, Digest32 digest) {
    return new SignRequest(secretId, key, id, digest.value(), Bytes.empty());
  }

  public static SignRequest eddsa(
      SecretId secretId, SyncSessionId key, SignSessionId id, Bytes message) {
    return new SignRequest(secretId, key, id, message, Bytes.empty());
  }
}
