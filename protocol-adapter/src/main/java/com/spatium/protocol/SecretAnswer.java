/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;

/**
 * Answers the request for a secret of {@link SpatiumProtocol#generateDistributedSecret}; one byte
 * on the wire.
 */
enum SecretAnswer {
  /** It is there, made now or before. */
  READY(1),
  /** {@link ProtocolOptions#acceptSecretCreation} is off. */
  REFUSED(2),
  /** Making it failed; the responder's log says why. */
  FAILED(3);

  private final int code;

  SecretAnswer(int code) {
    this.code = code;
  }

  Bytes encode() {
    return Bytes.of(new byte[] {(byte) code});
  }

  /** Whatever is not an answer counts as FAILED. */
  static SecretAnswer decode(Bytes data) {
    for (SecretAnswer answer : values()) {
      if (answer.encode().equals(data)) {
        return answer;
      }
    }
    return FAILED;
  }
}
