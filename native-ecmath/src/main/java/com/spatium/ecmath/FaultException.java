/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * A computation failed its own check, or the kernel gave no randomness: stop; nothing of the result
 * has left.
 */
public final class FaultException extends EcMathException {
  private static final long serialVersionUID = 1L;

  FaultException(EcError error, String message) {
    super(error, message);
  }
}
