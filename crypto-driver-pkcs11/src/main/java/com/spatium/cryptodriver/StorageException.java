/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import org.jspecify.annotations.Nullable;

/** The state store did not answer or holds something that does not parse. */
public final class StorageException extends CryptoDriverException {
  private static final long serialVersionUID = 1;

  public StorageException(String message) {
    super(message, null);
  }

  public StorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
