/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

/** The mechanisms that the driver uses, with the flags and the key size that it needs of each. */
public enum Mechanism {
  AES_KEY_GEN(0x1080, 0x8000, 32),
  AES_CBC(0x1082, 0x100 | 0x200, 32),
  /**
   * Its key sizes are not looked at: NSS states 1 to 32 bytes and makes 64. What was made is
   * verified.
   */
  GENERIC_SECRET_KEY_GEN(0x350, 0x8000, 0),
  SHA512_HMAC(0x271, 0x800, 64);

  private final long type;
  private final long flags;
  private final int keyBytes;

  Mechanism(long type, long flags, int keyBytes) {
    this.type = type;
    this.flags = flags;
    this.keyBytes = keyBytes;
  }

  public long type() {
    return type;
  }

  public int keyBytes() {
    return keyBytes;
  }

  public String ckmName() {
    return "CKM_" + name();
  }

  /** Whether the token offers it for our use and key size. A maximum of 0 means: not stated. */
  public boolean satisfiedBy(MechanismInfo info) {
    return (info.flags() & flags) == flags
        && (keyBytes == 0
            || info.maxKeySize() == 0
            || within(info, keyBytes)
            || within(info, 8L * keyBytes));
  }

  private static boolean within(MechanismInfo info, long size) {
    return info.minKeySize() <= size && Long.compareUnsigned(size, info.maxKeySize()) <= 0;
  }
}
