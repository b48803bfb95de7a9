/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * Something went wrong in ecmath; the subclass says what the caller should do about it. Messages
 * name the operation and the error, never a value.
 *
 * <p>Use of a closed secret is not here: it is an {@link IllegalStateException}.
 */
public abstract sealed class EcMathException extends RuntimeException
    permits InvalidInputException,
        VaultException,
        FaultException,
        LibraryException,
        SecretReadException {
  private static final long serialVersionUID = 1L;

  private final EcError error;

  EcMathException(EcError error, String message) {
    super(message);
    this.error = error;
  }

  EcMathException(EcError error, String message, Throwable cause) {
    super(message, cause);
    this.error = error;
  }

  /** The cause as a constant. */
  public final EcError error() {
    return error;
  }
}
