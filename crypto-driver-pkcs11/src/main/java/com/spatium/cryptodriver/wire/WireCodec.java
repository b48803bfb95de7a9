/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.UsageException;

/**
 * The one CBOR form of each message (protocol.md §8, {@code spatium-2p-v1.cddl}): RFC 8949 core
 * deterministic encoding, a map with integer keys. Thread-safe.
 *
 * <p>A message decodes only if encoding it again gives the same bytes. That refuses at once
 * non-shortest heads, indefinite lengths, unsorted, duplicate and unknown keys, tags, trailing
 * bytes, and every other second spelling.
 */
public final class WireCodec {
  /** Upper bound of one message. */
  public static final int MAX_MESSAGE = 1 << 20;

  private WireCodec() {}

  /** {@link UsageException} if the message is longer than 1 MiB. */
  public static Bytes encode(WireMessage message) {
    byte[] bytes = WireEncoder.encode(message);
    if (bytes.length > MAX_MESSAGE) {
      throw new UsageException(
          "what is to be signed is too long: one protocol message holds 1 MiB, authorizations included");
    }
    return Bytes.of(bytes);
  }

  /**
   * Decodes the message that a session waits for.
   *
   * @throws PeerFaultException refusing anything else: another address or round, another form,
   *     another length
   */
  public static WireMessage decode(Bytes message, Expected expected) {
    return WireDecoder.decode(message, expected);
  }

  /**
   * Decodes a message that starts a session: E1, S1, G1 or T1.
   *
   * @throws PeerFaultException refusing anything else
   */
  public static WireMessage decodeFirst(Bytes message) {
    return WireDecoder.decodeFirst(message);
  }
}
