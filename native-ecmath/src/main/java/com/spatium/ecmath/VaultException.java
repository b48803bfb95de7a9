/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * The vault is full, closed, or the kernel would not protect its memory: the operator must act; the
 * message says how.
 */
public final class VaultException extends EcMathException {
  private static final long serialVersionUID = 1L;

  VaultException(EcError error, String message) {
    super(error, message);
  }
}
