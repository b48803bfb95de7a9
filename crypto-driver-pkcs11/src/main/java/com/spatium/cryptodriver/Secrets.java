/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import com.spatium.ecmath.SecretBlob;
import java.util.List;

/** The secrets in this driver's custody. Thread-safe. */
public interface Secrets {
  /** How a secret exists. */
  enum Kind {
    /** 64 random bytes that never leave the token. */
    TOKEN_BOUND,
    /** An imported or generated seed, sealed under the custody's keys. */
    PORTABLE
  }

  /**
   * Makes a secret: in a token, {@link Kind#TOKEN_BOUND}; in the software driver, a {@link
   * Kind#PORTABLE} one of 64 random bytes. Also makes its Paillier key (seconds at the default
   * level without vector instructions; progress goes to the configured listener). {@link
   * UsageException} if the id exists.
   */
  void generate(SecretId id);

  boolean exists(SecretId id);

  /** {@link UsageException} if there is none. */
  Kind kind(SecretId id);

  /**
   * Imports a seed of 16 to 64 bytes as a portable secret (BIP-32, protocol.md §7). The blob is
   * only read. A key that ever signed with the 2018 core is presumed known to the other party: move
   * its funds to a new account after import.
   */
  void importSeed(SecretId id, SecretBlob seed);

  /**
   * A portable secret's seed, sealed under a passphrase (PBKDF2-HMAC-SHA-512, then ChaCha20 and
   * HMAC-SHA-512; layout in docs/operating.md). {@link UsageException} for a token-bound secret: it
   * cannot leave the token; back the token up instead.
   */
  Bytes exportBackup(SecretId id, SecretBlob passphrase);

  /**
   * Imports what {@link #exportBackup} gave. {@link UsageException} if passphrase or backup is
   * wrong.
   */
  void importBackup(SecretId id, SecretBlob passphrase, Bytes backup);

  /**
   * Destroys the secret, its sealed keys, pairings and key records; tombstones of used ids stay.
   * Cannot be undone.
   */
  void destroy(SecretId id);

  List<SecretId> list();
}
