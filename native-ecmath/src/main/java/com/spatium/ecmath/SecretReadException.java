/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/** A secret could not be read from its file or descriptor: the operator must fix the file. */
public final class SecretReadException extends EcMathException {
  private static final long serialVersionUID = 1L;

  SecretReadException(EcError error, String message) {
    super(error, message);
  }
}
