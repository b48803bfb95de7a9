/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import org.jspecify.annotations.Nullable;

/** Fix the call: a bad argument, an unknown or already used id, a finished session. */
public final class UsageException extends CryptoDriverException {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message, null);
  }

  public UsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
