/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;

/** HMAC-SHA-512, key derivation and sealing under keys that are in the vault. Thread-safe. */
public final class SecretHashing {
  /** A sealed blob is longer than its content by: 32-byte salt, 64-byte tag. */
  public static final int SEAL_OVERHEAD = 96;

  private static final int MAC_LENGTH = 64;

  SecretHashing() {}

  /** HMAC-SHA-512 (RFC 2104): 64 public bytes. */
  public byte[] hmac(SecretBlob key, byte[] data) {
    byte[] out = new byte[MAC_LENGTH];
    Calls.check("hmac", Ecm.ecm_hmac(key.raw(), data, data.length, out), key);
    return out;
  }

  /**
   * Whether {@code mac} is the 64-byte HMAC-SHA-512 of data, compared in constant time. False for
   * another length.
   */
  public boolean hmacVerify(SecretBlob key, byte[] data, byte[] mac) {
    long raw = key.raw();
    return mac.length == MAC_LENGTH
        && Calls.holds(
            "hmac", Ecm.ecm_hmac_verify(raw, data, data.length, mac), EcError.VERIFY, key);
  }

  /** HMAC-SHA-512 whose result stays secret: a blob of 64 bytes. */
  public SecretBlob hmacSecret(SecretBlob key, byte[] data) {
    long[] out = new long[1];
    Calls.check("hmac", Ecm.ecm_hmac_secret(key.raw(), data, data.length, out), key);
    return new SecretBlob(out[0]);
  }

  /** PBKDF2-HMAC-SHA-512 (RFC 8018): 1 .. 64 bytes. Costs about 1 µs per iteration. */
  public SecretBlob pbkdf2(SecretBlob passphrase, byte[] salt, int iterations, int length) {
    Calls.within("pbkdf2", "iterations", iterations, 1, Integer.MAX_VALUE);
    Calls.within("pbkdf2", "length", length, 1, MAC_LENGTH);
    long[] out = new long[1];
    Calls.check(
        "pbkdf2",
        Ecm.ecm_pbkdf2(passphrase.raw(), salt, salt.length, iterations, length, out),
        passphrase);
    return new SecretBlob(out[0]);
  }

  /**
   * Encrypts and authenticates a blob under a key of at least 32 bytes: ChaCha20 under a key
   * derived with a random salt, then HMAC-SHA-512 over {@code aad}, salt and ciphertext (ecm.h).
   *
   * @return content length + {@link #SEAL_OVERHEAD} public bytes
   */
  public byte[] seal(SecretBlob key, byte[] aad, SecretBlob blob) {
    byte[] out = new byte[blob.nativeLength() + SEAL_OVERHEAD];
    Calls.check(
        "seal", Ecm.ecm_seal(key.raw(), aad, aad.length, blob.raw(), out, out.length), key, blob);
    return out;
  }

  /**
   * Undoes {@link #seal}; the tag is checked before anything is decrypted.
   *
   * @throws InvalidInputException VERIFY if key, aad or a byte differ
   */
  public SecretBlob open(SecretBlob key, byte[] aad, byte[] sealed) {
    if (sealed.length <= SEAL_OVERHEAD || sealed.length > Vault.MAX_BLOB + SEAL_OVERHEAD) {
      throw Calls.invalid(
          "open", EcError.VERIFY, "not a sealed blob: it has " + sealed.length + " bytes");
    }
    long[] out = new long[1];
    Calls.check("open", Ecm.ecm_open(key.raw(), aad, aad.length, sealed, sealed.length, out), key);
    return new SecretBlob(out[0]);
  }

  /**
   * BIP-32 private derivation from a seed.
   *
   * @param seed 16 .. 64 bytes
   * @param path child numbers from the master key; those with bit 31 set are hardened; at most 255
   * @return the 32-byte private key
   * @throws InvalidInputException RANGE where BIP-32 calls a key on the path invalid (probability
   *     below 2^-127)
   */
  public SecretBlob bip32(SecretBlob seed, int... path) {
    Calls.within("bip32", "the length of the path", path.length, 0, 255);
    long[] out = new long[1];
    Calls.check("bip32", Ecm.ecm_bip32_derive(seed.raw(), path, path.length, out), seed);
    return new SecretBlob(out[0]);
  }
}
