/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * The C library cannot be used: not found, of another version, or its self-test fails. Every later
 * call fails the same way.
 */
public final class LibraryException extends EcMathException {
  private static final long serialVersionUID = 1L;

  LibraryException(EcError error, String message) {
    super(error, message);
  }

  LibraryException(EcError error, String message, Throwable cause) {
    super(error, message, cause);
  }
}
