/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

/**
 * A PKCS#11 function did not return CKR_OK. Never leaves the driver: {@code Token} turns it into a
 * TokenException.
 */
public final class CkrException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final long ckr;

  public CkrException(String function, long ckr) {
    super(function + ": " + Ckr.name(ckr));
    this.ckr = ckr;
  }

  public long ckr() {
    return ckr;
  }
}
