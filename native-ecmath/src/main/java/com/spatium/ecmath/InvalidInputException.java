/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * An input is not what the operation needs: fix the call, or, if the value came from the peer,
 * treat the peer as faulty.
 */
public final class InvalidInputException extends EcMathException {
  private static final long serialVersionUID = 1L;

  InvalidInputException(EcError error, String message) {
    super(error, message);
  }
}
