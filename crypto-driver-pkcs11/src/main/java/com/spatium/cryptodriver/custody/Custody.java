/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.custody;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.Suite;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.Map;
import java.util.Optional;

/**
 * Seals blobs, and makes token-bound secrets and derives from them. Implementations: the token
 * ({@code pkcs11}), a key in locked memory ({@code software}). Thread-safe. Errors are {@link
 * com.spatium.cryptodriver.CryptoDriverException}s.
 *
 * <p>Portable secrets are not the custody's business: the engine keeps their seeds as sealed blobs.
 */
public interface Custody extends AutoCloseable {
  /** For people: what it is, its label, its module. */
  String describe();

  /** What {@link #createSecret} makes: TOKEN_BOUND, or PORTABLE where the custody has no token. */
  Secrets.Kind nativeKind();

  /**
   * Seals the content of a blob of 1 to 64 KiB. A sealed blob opens only with the same AAD in the
   * same custody.
   */
  Bytes seal(Bytes aad, SecretBlob plaintext);

  /**
   * Unseals straight into the vault. {@code StorageException} if the blob was altered, moved or
   * belongs elsewhere.
   */
  SecretBlob open(Bytes aad, Bytes sealed);

  /**
   * 32 bytes from the token's generator, in the vault, to be mixed into nonces (protocol.md §4.4);
   * empty where the custody has no generator of its own.
   */
  Optional<SecretBlob> randomness();

  /**
   * Makes the token object of a token-bound secret; its record is in the store already (token.md,
   * "Objects in the token").
   */
  void createSecret(SecretId id);

  /**
   * protocol.md §7, token-bound: HMAC-SHA-512 in the token over TupleEncode("spatium/fragment/v1",
   * curve, coin, account, counter), wide-reduced in the vault; a zero is tried again with counter +
   * 1.
   */
  SecretScalar fragment(SecretId id, Suite suite, DerivationPath path);

  /** Destroys the token object; fine if there is none. */
  void destroySecret(SecretId id);

  /**
   * A real operation in the custody; throws if it cannot work. Returns the verified attributes, for
   * people.
   */
  Map<String, String> health();

  @Override
  void close();
}
