/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

/** Why there is no library: the message says what was tried and what to do. */
public final class LoadFailure extends Exception {
  private static final long serialVersionUID = 1L;

  LoadFailure(String message) {
    super(message);
  }

  LoadFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
