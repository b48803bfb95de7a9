/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import org.jspecify.annotations.Nullable;

/**
 * An operator must act: this secret is LOCKED after a fault in this machine (protocol.md §4.3), or
 * a local fault was caught before anything was sent.
 */
public final class KeyLockedException extends CryptoDriverException {
  private static final long serialVersionUID = 1;

  public KeyLockedException(String message) {
    super(message, null);
  }

  public KeyLockedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
