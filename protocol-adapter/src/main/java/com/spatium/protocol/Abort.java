/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.KeyLockedException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.RefusedException;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;

/** Why a side ended a run, as it tells the other: a class of cause, never a detail. */
enum Abort {
  CHECK_FAILED("a message of ours failed a check there"),
  REFUSED("its policy refused"),
  TIMEOUT("it waited too long for a message of ours"),
  UNKNOWN_ID("it does not know the secret or the key, or has used the id already"),
  LOCKED("the secret is locked there: its operator must act"),
  LOCAL_TROUBLE("its token, store or library failed"),
  BUSY("it runs as many procedures as it may: try later");

  private final String meaning;

  Abort(String meaning) {
    this.meaning = meaning;
  }

  Bytes encode() {
    return Bytes.of(new byte[] {(byte) ordinal()});
  }

  static String meaning(Bytes data) {
    int code = data.size() == 1 ? data.toByteArray()[0] : -1;
    return code >= 0 && code < values().length ? values()[code].meaning : "it gave no reason";
  }

  static Abort of(RuntimeException cause) {
    if (cause instanceof PeerFaultException) {
      return CHECK_FAILED;
    } else if (cause instanceof RefusedException) {
      return REFUSED;
    } else if (cause instanceof TransportException) {
      return TIMEOUT;
    } else if (cause instanceof UsageException) {
      return UNKNOWN_ID;
    } else if (cause instanceof KeyLockedException) {
      return LOCKED;
    } else if (cause instanceof TokenException || cause instanceof StorageException) {
      return LOCAL_TROUBLE;
    }
    return LOCAL_TROUBLE;
  }
}
