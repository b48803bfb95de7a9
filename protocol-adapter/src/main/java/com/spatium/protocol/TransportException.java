/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A message could not be sent, or none came in time. The procedure is over; keys and state are
 * intact; it may be started anew.
 */
public final class TransportException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TransportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
