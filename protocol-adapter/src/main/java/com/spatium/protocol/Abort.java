/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.RefusedException;
import com.spatium.cryptodriver.UsageException;

/**
 * Why a side ended a run, as it tells the other: a class of cause, never a detail. One byte on the
 * wire.
 */
enum Abort {
  CHECK_FAILED(1, "a message of ours failed a check there"),
  REFUSED(2, "its policy refused"),
  TIMEOUT(3, "it waited too long for a message of ours"),
  UNUSABLE_ID(4, "it does not know the secret, the pairing or the key, or the id was used before"),
  LOCKED(5, "the secret is locked there: its operator must act"),
  LOCAL_TROUBLE(6, "its token, store or library failed: its log says how"),
  BUSY(7, "it runs as many procedures as it may: try later"),
  CLOSING(8, "it is shutting down");

  private final int code;
  private final String meaning;

  Abort(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  Bytes encode() {
    return Bytes.of(new byte[] {(byte) code});
  }

  static String meaning(Bytes data) {
    for (Abort reason : values()) {
      if (reason.encode().equals(data)) {
        return reason.meaning;
      }
    }
    return "it gave no reason";
  }

  static Abort of(RuntimeException cause) {
    if (cause instanceof PeerFaultException) {
      return CHECK_FAILED;
    } else if (cause instanceof RefusedException) {
      return REFUSED;
    } else if (cause instanceof TransportException) {
      return TIMEOUT;
    } else if (cause instanceof UsageException) {
      return UNUSABLE_ID;
    } else if (cause instanceof KeyLockedException) {
      return LOCKED;
    }
    return LOCAL_TROUBLE;
  }
}
