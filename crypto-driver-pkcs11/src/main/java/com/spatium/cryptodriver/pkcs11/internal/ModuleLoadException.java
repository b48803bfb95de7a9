/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

/** The file is not a PKCS#11 module that this process can load. */
public final class ModuleLoadException extends Exception {
  private static final long serialVersionUID = 1;

  ModuleLoadException(String message, Throwable cause) {
    super(message, cause);
  }

  ModuleLoadException(String message) {
    super(message);
  }
}
