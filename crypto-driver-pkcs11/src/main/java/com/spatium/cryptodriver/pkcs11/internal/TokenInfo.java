/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

/** CK_TOKEN_INFO, as far as it is of use. */
public record TokenInfo(
    String label,
    String manufacturer,
    String model,
    String serial,
    long flags,
    long maxSessions,
    long sessions) {
  private static final long LOGIN_REQUIRED = 0x4;
  private static final long USER_PIN_INITIALIZED = 0x8;
  private static final long INITIALIZED = 0x400;
  private static final long USER_PIN_FINAL_TRY = 0x20000;
  private static final long USER_PIN_LOCKED = 0x40000;

  public boolean initialized() {
    return (flags & INITIALIZED) != 0;
  }

  public boolean loginRequired() {
    return (flags & LOGIN_REQUIRED) != 0;
  }

  public boolean userPinInitialized() {
    return (flags & USER_PIN_INITIALIZED) != 0;
  }

  public boolean userPinFinalTry() {
    return (flags & USER_PIN_FINAL_TRY) != 0;
  }

  public boolean userPinLocked() {
    return (flags & USER_PIN_LOCKED) != 0;
  }
}
