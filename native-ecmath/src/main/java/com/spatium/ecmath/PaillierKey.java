/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * A Paillier private key: the factors of N and everything derived from them. The modulus is public,
 * see {@link Paillier#modulus}.
 */
public final class PaillierKey extends SecretHandle {
  PaillierKey(long raw) {
    super(raw, "Paillier key");
  }

  /** Bytes of N. */
  public int modulusLength() {
    return nativeLength();
  }
}
