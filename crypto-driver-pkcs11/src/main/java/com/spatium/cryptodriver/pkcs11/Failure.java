/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What went wrong in the token, from either binding.
 *
 * @param ckr the PKCS#11 return value, or -1 where there was none
 */
record Failure(long ckr, Throwable cause) {
  private static final long NONE = -1;
  private static final Pattern CODE = Pattern.compile("CKR_[A-Z0-9_]+|0x[0-9A-Fa-f]{8}");

  /** What a new session, login or provider may cure: see the ladder in {@link Token}. */
  private static final Set<Long> CURABLE =
      Set.of(
          NONE,
          Ckr.SLOT_ID_INVALID,
          Ckr.GENERAL_ERROR,
          Ckr.FUNCTION_FAILED,
          Ckr.DEVICE_ERROR,
          Ckr.DEVICE_MEMORY,
          Ckr.DEVICE_REMOVED,
          Ckr.KEY_HANDLE_INVALID,
          Ckr.OBJECT_HANDLE_INVALID,
          Ckr.OPERATION_ACTIVE,
          Ckr.OPERATION_NOT_INITIALIZED,
          Ckr.SESSION_CLOSED,
          Ckr.SESSION_COUNT,
          Ckr.SESSION_HANDLE_INVALID,
          Ckr.TOKEN_NOT_PRESENT,
          Ckr.TOKEN_NOT_RECOGNIZED,
          Ckr.USER_NOT_LOGGED_IN,
          Ckr.CRYPTOKI_NOT_INITIALIZED);

  /**
   * SunPKCS11's PKCS11Exception is in a package that is not exported: its code is read from its
   * message.
   */
  static Failure of(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof CkrException e) {
        return new Failure(e.ckr(), thrown);
      }
      if (t.getClass().getSimpleName().equals("PKCS11Exception")) {
        Matcher matcher = CODE.matcher(String.valueOf(t.getMessage()));
        if (matcher.find()) {
          OptionalLong number = Ckr.number(matcher.group());
          if (number.isPresent()) {
            return new Failure(number.getAsLong(), thrown);
          }
        }
      }
    }
    return new Failure(NONE, thrown);
  }

  boolean curable() {
    return CURABLE.contains(ckr);
  }

  /** For log lines and messages. */
  String name() {
    return ckr == NONE ? cause.getClass().getSimpleName() : Ckr.name(ckr);
  }

  /** The error for the caller, when nothing (more) is tried. */
  CryptoDriverException toException(String message) {
    if (ckr == Ckr.PIN_INCORRECT) {
      return new TokenException.PinIncorrect(message);
    }
    if (ckr == Ckr.PIN_LOCKED) {
      return new TokenException.PinLocked(message);
    }
    if (ckr == Ckr.MECHANISM_INVALID) {
      return new TokenException.MechanismMissing(message);
    }
    return new TokenException(message, code(), Math.max(ckr, 0), cause);
  }

  TokenException lost(String message) {
    return new TokenException.TokenLost(message, code(), Math.max(ckr, 0), cause);
  }

  TokenException absent(String message) {
    return new TokenException.TokenAbsent(message, code(), Math.max(ckr, 0), cause);
  }

  private String code() {
    return ckr == NONE ? "" : Ckr.name(ckr);
  }
}
