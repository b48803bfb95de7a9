/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.wire.TupleEncode;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.SecretBlob;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Seals blobs under two keys in the token: encrypt, then MAC, since this is the one construction
 * that every token offers.
 *
 * <pre>
 *   sealed = 01 ‖ IV (16, the token's generator) ‖ C ‖ T (64)
 *   C = AES-256-CBC(seal-enc, IV, pad16(plaintext))         no padding by the token: the length is inside, protected by T
 *   T = HMAC-SHA-512(seal-mac, TupleEncode("spatium/envelope/v1", AAD, IV, C))
 * </pre>
 *
 * T is compared in constant time before anything is decrypted; decryption goes straight into the
 * vault.
 */
final class Envelope {
  static final int MAX_PLAINTEXT = 64 * 1024;
  private static final byte VERSION = 1;
  private static final int IV = 16;
  private static final int TAG = 64;
  private static final int HEADER = 1 + IV;

  private final EcMath ecmath;
  private final Token token;
  private final KeyRef encryption;
  private final KeyRef authentication;

  Envelope(EcMath ecmath, Token token, KeyRef encryption, KeyRef authentication) {
    this.ecmath = ecmath;
    this.token = token;
    this.encryption = encryption;
    this.authentication = authentication;
  }

  Bytes seal(Bytes aad, SecretBlob plaintext) {
    int length = ecmath.vault().access().length(plaintext);
    if (length > MAX_PLAINTEXT) {
      throw new UsageException(
          "a blob to seal has at most 64 KiB, but this has " + length + " bytes");
    }
    byte[] iv = token.random(IV);
    byte[] ciphertext;
    try (SecretBlob padded = ecmath.vault().pad16(plaintext)) {
      ciphertext = token.encrypt(encryption, iv, padded);
    }
    byte[] tag = token.hmac(authentication, macInput(aad, iv, ciphertext));
    return Bytes.of(
        ByteBuffer.allocate(HEADER + ciphertext.length + TAG)
            .put(VERSION)
            .put(iv)
            .put(ciphertext)
            .put(tag)
            .array());
  }

  SecretBlob open(Bytes aad, Bytes sealed) {
    int length = sealed.size() - HEADER - TAG;
    if (length < 16 || length % 16 != 0 || length > MAX_PLAINTEXT + 32) {
      throw new StorageException(
          "a sealed blob of " + sealed.size() + " bytes cannot be one: the state store is damaged");
    }
    ByteBuffer in = ByteBuffer.wrap(sealed.toByteArray());
    byte version = in.get();
    if (version != VERSION) {
      throw new StorageException(
          "a sealed blob has format version " + version + ", this driver reads " + VERSION);
    }
    byte[] iv = new byte[IV];
    byte[] ciphertext = new byte[length];
    byte[] tag = new byte[TAG];
    in.get(iv).get(ciphertext).get(tag);
    if (!MessageDigest.isEqual(tag, token.hmac(authentication, macInput(aad, iv, ciphertext)))) {
      throw new StorageException(
          "a sealed blob is not authentic: it was altered, moved from another place of the state store, or sealed by another token");
    }
    try (SecretBlob padded = ecmath.vault().blob(length)) {
      token.decrypt(encryption, iv, ciphertext, padded);
      return ecmath.vault().unpad16(padded);
    } catch (InvalidInputException e) {
      throw new StorageException(
          "a sealed blob is authentic, but decrypts to nonsense: the key '"
              + encryption.label()
              + "' is not the one it was sealed with",
          e);
    }
  }

  private static byte[] macInput(Bytes aad, byte[] iv, byte[] ciphertext) {
    return new TupleEncode()
        .add("spatium/envelope/v1")
        .add(aad)
        .add(iv)
        .add(ciphertext)
        .toByteArray();
  }
}
