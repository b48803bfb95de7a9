/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.pool.SigningPools;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.wire.TupleEncode;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Secrets as the caller sees them.
 *
 * <pre>
 *   backup = 53 50 42 4B ("SPBK") ‖ 01 ‖ iterations (4, big-endian) ‖ salt (32) ‖ sealed
 *   key    = PBKDF2-HMAC-SHA-512(passphrase, salt, iterations, 32 bytes)
 *   sealed = ecm_seal(key, AAD = TupleEncode("spatium/backup/v1", secretId), seed)
 * </pre>
 */
final class EngineSecrets implements Secrets {
  private static final byte[] MAGIC = {'S', 'P', 'B', 'K', 1};
  private static final int ITERATIONS = 600_000;

  /** A bound on what a forged backup can cost. */
  private static final int MAX_ITERATIONS = 10_000_000;

  private static final int SALT = 32;
  private static final int KEY = 32;
  private static final int HEADER = MAGIC.length + 4 + SALT;

  private final EcMath ecmath;
  private final DriverState state;
  private final SessionTable sessions;
  private final SigningPools pools;
  private final Runnable begin;

  /**
   * Over these.
   *
   * @param begin what every call of the driver does first
   */
  EngineSecrets(
      EcMath ecmath, DriverState state, SessionTable sessions, SigningPools pools, Runnable begin) {
    this.ecmath = ecmath;
    this.state = state;
    this.sessions = sessions;
    this.pools = pools;
    this.begin = begin;
  }

  @Override
  public void generate(SecretId id) {
    begin.run();
    EcErrors.translate(
        () -> {
          state.secrets().generate(id);
          return id;
        });
  }

  @Override
  public boolean exists(SecretId id) {
    begin.run();
    return state.secrets().find(id).isPresent();
  }

  @Override
  public Kind kind(SecretId id) {
    begin.run();
    return state.secrets().require(id).kind();
  }

  @Override
  public void importSeed(SecretId id, SecretBlob seed) {
    begin.run();
    EcErrors.translate(
        () -> {
          state.secrets().importSeed(id, seed);
          return id;
        });
  }

  @Override
  public Bytes exportBackup(SecretId id, SecretBlob passphrase) {
    begin.run();
    return EcErrors.translate(
        () -> {
          byte[] salt = Vault.randomPublic(SALT);
          try (SecretBlob seed = state.secrets().seed(id);
              SecretBlob key = ecmath.hashing().pbkdf2(passphrase, salt, ITERATIONS, KEY)) {
            byte[] sealed = ecmath.hashing().seal(key, aad(id), seed);
            return Bytes.of(
                ByteBuffer.allocate(HEADER + sealed.length)
                    .put(MAGIC)
                    .putInt(ITERATIONS)
                    .put(salt)
                    .put(sealed)
                    .array());
          }
        });
  }

  @Override
  public void importBackup(SecretId id, SecretBlob passphrase, Bytes backup) {
    begin.run();
    ByteBuffer in = ByteBuffer.wrap(backup.toByteArray());
    byte[] magic = new byte[MAGIC.length];
    byte[] salt = new byte[SALT];
    if (in.remaining() <= HEADER
        || !ByteBuffer.wrap(MAGIC).equals(ByteBuffer.wrap(read(in, magic)))) {
      throw new UsageException("this is not a backup of a secret, or one of a later version");
    }
    int iterations = in.getInt();
    if (iterations < ITERATIONS || iterations > MAX_ITERATIONS) {
      throw new UsageException("the backup is damaged: its number of iterations cannot be right");
    }
    read(in, salt);
    byte[] sealed = read(in, new byte[in.remaining()]);
    EcErrors.translate(
        () -> {
          try (SecretBlob key = ecmath.hashing().pbkdf2(passphrase, salt, iterations, KEY);
              SecretBlob seed = open(id, key, sealed)) {
            state.secrets().importSeed(id, seed);
            return id;
          }
        });
  }

  private SecretBlob open(SecretId id, SecretBlob key, byte[] sealed) {
    try {
      return ecmath.hashing().open(key, aad(id), sealed);
    } catch (InvalidInputException e) {
      throw new UsageException(
          "the passphrase is wrong, the backup is damaged, or it is of another secret than " + id,
          e);
    }
  }

  private static byte[] read(ByteBuffer in, byte[] into) {
    in.get(into);
    return into;
  }

  private static byte[] aad(SecretId id) {
    return new TupleEncode().add("spatium/backup/v1").add(id.bytes()).toByteArray();
  }

  @Override
  public void destroy(SecretId id) {
    begin.run();
    sessions.end(subject -> subject.secretId().equals(id), "its secret was destroyed");
    EcErrors.translate(
        () -> {
          state.secrets().destroy(id);
          return id;
        });
    // Also those that began meanwhile.
    sessions.end(subject -> subject.secretId().equals(id), "its secret was destroyed");
    pools.forget(id);
    state.unsealed().evict(id);
  }

  @Override
  public List<SecretId> list() {
    begin.run();
    return state.secrets().list();
  }
}
