/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import org.jspecify.annotations.Nullable;

/**
 * The native library is missing, of another version, failed its self-test, caught a fault in its
 * own result, or has no locked memory left.
 */
public final class NativeLibraryException extends CryptoDriverException {
  private static final long serialVersionUID = 1;

  public NativeLibraryException(String message) {
    super(message, null);
  }

  public NativeLibraryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
