/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

/**
 * A message of protocol.md: its address and its content, public, not yet checked beyond its form.
 */
public sealed interface WireMessage permits PairingMessage, SyncMessage, SignMessage {
  MessageHeader header();

  /** {@link IllegalArgumentException} unless the header is of one of these rounds. */
  static void requireRound(MessageHeader header, boolean ofProcedure, int... rounds) {
    for (int round : rounds) {
      if (ofProcedure && header.round() == round) {
        return;
      }
    }
    throw new IllegalArgumentException("this message is not of step " + header.step());
  }
}
