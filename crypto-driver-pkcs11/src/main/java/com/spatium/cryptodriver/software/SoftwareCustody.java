/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.software;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.wire.TupleEncode;
import com.spatium.ecmath.EcError;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretFormat;
import com.spatium.ecmath.SecretScalar;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A custody without a token: blobs are sealed in the native library under a 32-byte key in the
 * vault. Whoever has the key and the state store has the secrets; that is what a token is for.
 *
 * <pre>
 *   sealed = 01 ‖ salt (32) ‖ ChaCha20 ciphertext ‖ HMAC-SHA-512 tag (64)        ecm.h, ecm_seal
 *   its AAD = TupleEncode("spatium/software-envelope/v1", AAD)
 * </pre>
 *
 * <p>Thread-safe; {@link #close} wipes the key.
 *
 * <pre>{@code
 * Custody custody = SoftwareCustody.fromKeyFile(ecmath, Path.of("/etc/spatium/seal.key"));   // openssl rand -hex 32
 * }</pre>
 */
public final class SoftwareCustody implements Custody {
  /** Of PBKDF2-HMAC-SHA-512: three times what OWASP asks for (2023: 210,000). */
  public static final int MIN_ITERATIONS = 600_000;

  private static final int MIN_SALT = 16;
  private static final int KEY_BYTES = 32;
  private static final int MAX_PLAINTEXT = 64 * 1024;
  private static final byte VERSION = 1;

  private final EcMath ecmath;
  private final SecretBlob key;
  private final String origin;

  private SoftwareCustody(EcMath ecmath, SecretBlob key, String origin) {
    this.ecmath = ecmath;
    this.key = key;
    this.origin = origin;
  }

  /**
   * Reads the key straight into the vault.
   *
   * @param file a line of 64 hexadecimal digits; mode 0600 or stricter, owned by this user or root
   * @throws UsageException if it is not
   */
  public static SoftwareCustody fromKeyFile(EcMath ecmath, Path file) {
    return EcErrors.translate(
        () -> {
          SecretBlob key = ecmath.vault().readFile(file, SecretFormat.HEX_LINE, 2 * KEY_BYTES + 2);
          int length = ecmath.vault().access().length(key);
          if (length != KEY_BYTES) {
            key.close();
            throw new UsageException(
                "the key in "
                    + file
                    + " has "
                    + length
                    + " bytes, but must have 32: make it with 'openssl rand -hex 32'");
          }
          return new SoftwareCustody(ecmath, key, "key file " + file);
        });
  }

  /**
   * Derives the key by PBKDF2-HMAC-SHA-512: about a second. The passphrase stays the caller's.
   *
   * @param salt at least 16 random bytes, public, the same each time
   * @param iterations at least {@link #MIN_ITERATIONS}, the same each time
   */
  public static SoftwareCustody fromPassphrase(
      EcMath ecmath, SecretBlob passphrase, Bytes salt, int iterations) {
    if (salt.size() < MIN_SALT) {
      throw new UsageException(
          "the salt has " + salt.size() + " bytes, but needs " + MIN_SALT + " or more");
    }
    if (iterations < MIN_ITERATIONS) {
      throw new UsageException("PBKDF2 needs at least " + MIN_ITERATIONS + " iterations");
    }
    return EcErrors.translate(
        () ->
            new SoftwareCustody(
                ecmath,
                ecmath.hashing().pbkdf2(passphrase, salt.toByteArray(), iterations, KEY_BYTES),
                "passphrase, PBKDF2 with " + iterations + " iterations"));
  }

  @Override
  public String describe() {
    return "software custody (" + origin + ")";
  }

  @Override
  public Secrets.Kind nativeKind() {
    return Secrets.Kind.PORTABLE;
  }

  @Override
  public Bytes seal(Bytes aad, SecretBlob plaintext) {
    requireOpen();
    return EcErrors.translate(
        () -> {
          int length = ecmath.vault().access().length(plaintext);
          if (length > MAX_PLAINTEXT) {
            throw new UsageException(
                "a blob to seal has at most 64 KiB, but this has " + length + " bytes");
          }
          byte[] sealed = ecmath.hashing().seal(key, bind(aad), plaintext);
          return Bytes.of(ByteBuffer.allocate(1 + sealed.length).put(VERSION).put(sealed).array());
        });
  }

  @Override
  public SecretBlob open(Bytes aad, Bytes sealed) {
    requireOpen();
    if (sealed.isEmpty()) {
      throw new StorageException("a sealed blob is empty: the state store is damaged");
    }
    byte[] all = sealed.toByteArray();
    if (all[0] != VERSION) {
      throw new StorageException(
          "a sealed blob has format version " + all[0] + ", this driver reads " + VERSION);
    }
    return EcErrors.translate(
        () -> {
          try {
            return ecmath
                .hashing()
                .open(key, bind(aad), java.util.Arrays.copyOfRange(all, 1, all.length));
          } catch (InvalidInputException e) {
            if (e.error() != EcError.VERIFY) {
              throw e;
            }
            throw new StorageException(
                "a sealed blob is not authentic: it was altered, moved from another place of the state store, or sealed under another"
                    + " key or passphrase",
                e);
          }
        });
  }

  private static byte[] bind(Bytes aad) {
    return new TupleEncode().add("spatium/software-envelope/v1").add(aad).toByteArray();
  }

  /** None of its own: the native library's is the operating system's already. */
  @Override
  public Optional<SecretBlob> randomness() {
    return Optional.empty();
  }

  @Override
  public void createSecret(SecretId id) {
    throw noToken();
  }

  @Override
  public SecretScalar fragment(SecretId id, Suite suite, DerivationPath path) {
    throw noToken();
  }

  /** There is never one. */
  @Override
  public void destroySecret(SecretId id) {}

  private static UsageException noToken() {
    return new UsageException(
        "the software custody has no token-bound secrets: use a portable one, or a token");
  }

  @Override
  public Map<String, String> health() {
    requireOpen();
    Bytes aad = Bytes.of(new byte[] {'h'});
    EcErrors.translate(
        () -> {
          try (SecretBlob probe = ecmath.vault().random(KEY_BYTES, null);
              SecretBlob opened = open(aad, seal(aad, probe))) {
            if (!ecmath.vault().equal(probe, opened)) {
              throw new StorageException(
                  "a blob that was just sealed opened to something else: this machine is faulty");
            }
            return aad;
          }
        });
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("key", origin);
    return attributes;
  }

  private void requireOpen() {
    if (key.isClosed()) {
      throw new UsageException("the software custody was closed");
    }
  }

  @Override
  public void close() {
    key.close();
  }
}
