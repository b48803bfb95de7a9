/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import org.jspecify.annotations.Nullable;

/**
 * Root of the driver's errors, arranged by what the caller should do. The message says what failed,
 * where, and what to do; it never holds a secret, a PIN or a raw message.
 */
public abstract sealed class CryptoDriverException extends RuntimeException
    permits UsageException,
        RefusedException,
        PeerFaultException,
        KeyLockedException,
        TokenException,
        StorageException,
        NativeLibraryException {
  private static final long serialVersionUID = 1;

  CryptoDriverException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
