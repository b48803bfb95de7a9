/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.SecurityLevel;

/**
 * The one message that a session can take next.
 *
 * @param level of the pairing: fixes the lengths
 * @param items messages of the batch, 1 for a single signature and in other procedures
 */
public record Expected(MessageHeader header, SecurityLevel level, int items) {
  public Expected {
    if (items < 1 || items > SignMessage.MAX_ITEMS) {
      throw new IllegalArgumentException("a batch has 1 to 64 messages");
    }
  }
}
