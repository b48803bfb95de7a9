/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import org.jspecify.annotations.Nullable;

/**
 * The token did not do what it was asked; see the subclasses for what to do. Carries the PKCS#11
 * return value where there was one.
 */
public sealed class TokenException extends CryptoDriverException
    permits TokenException.PinIncorrect,
        TokenException.PinLocked,
        TokenException.TokenAbsent,
        TokenException.TokenLost,
        TokenException.KeyMissing,
        TokenException.AttributeViolation,
        TokenException.MechanismMissing {
  private static final long serialVersionUID = 1;
  private final String ckrName;
  private final long ckr;

  public TokenException(String message, String ckrName, long ckr, @Nullable Throwable cause) {
    super(ckrName.isEmpty() ? message : message + " [" + ckrName + "]", cause);
    this.ckrName = ckrName;
    this.ckr = ckr;
  }

  /** E.g. CKR_PIN_INCORRECT; empty where the module gave none. */
  public String ckrName() {
    return ckrName;
  }

  public long ckr() {
    return ckr;
  }

  /** Give the right PIN. Never retried by the driver: tokens lock after a few. */
  public static final class PinIncorrect extends TokenException {
    private static final long serialVersionUID = 1;

    public PinIncorrect(String message) {
      super(message, "CKR_PIN_INCORRECT", 0xA0, null);
    }
  }

  /** The security officer must unlock the PIN. */
  public static final class PinLocked extends TokenException {
    private static final long serialVersionUID = 1;

    public PinLocked(String message) {
      super(message, "CKR_PIN_LOCKED", 0xA4, null);
    }
  }

  /** Module file, slot or token is not there, or not initialised. */
  public static final class TokenAbsent extends TokenException {
    private static final long serialVersionUID = 1;

    public TokenAbsent(String message, String ckrName, long ckr, @Nullable Throwable cause) {
      super(message, ckrName, ckr, cause);
    }
  }

  /** The token was there and is gone; the recovery ladder has been tried. */
  public static final class TokenLost extends TokenException {
    private static final long serialVersionUID = 1;

    public TokenLost(String message, String ckrName, long ckr, @Nullable Throwable cause) {
      super(message, ckrName, ckr, cause);
    }
  }

  /** The token no longer holds an object that the state store says it has. */
  public static final class KeyMissing extends TokenException {
    private static final long serialVersionUID = 1;

    public KeyMissing(String message) {
      super(message, "", 0, null);
    }
  }

  /** A token object's attribute is weaker than required: the driver does not start. */
  public static final class AttributeViolation extends TokenException {
    private static final long serialVersionUID = 1;

    public AttributeViolation(String message) {
      super(message, "", 0, null);
    }
  }

  /** The token lacks a mechanism that the driver needs. */
  public static final class MechanismMissing extends TokenException {
    private static final long serialVersionUID = 1;

    public MechanismMissing(String message) {
      super(message, "CKR_MECHANISM_INVALID", 0x70, null);
    }
  }
}
