/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.wire.TupleEncode;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The state store, with records that are bound to their place: stored = HMAC-SHA-512(record key,
 * TupleEncode("spatium/record/v1", state key, body)) ‖ body. Thread-safe.
 */
final class Records implements AutoCloseable {
  private static final int MAC = 64;
  private static final int KEY_BYTES = 64;

  private final EcMath ecmath;
  private final StateStore store;
  private final SecretBlob recordKey;

  private Records(EcMath ecmath, StateStore store, SecretBlob recordKey) {
    this.ecmath = ecmath;
    this.store = store;
    this.recordKey = recordKey;
  }

  /** Opens the record key; makes it for a new installation. */
  static Records open(EcMath ecmath, StateStore store, Sealer sealer, StateKeys names) {
    Optional<Bytes> sealed = store.get(names.recordKey());
    if (sealed.isEmpty()) {
      try (SecretBlob fresh = ecmath.vault().random(KEY_BYTES, null)) {
        Bytes mine = sealer.sealBlob(Sealer.Place.recordKey(), fresh);
        // Another process may have been first: then its key is the one.
        sealed =
            store.create(names.recordKey(), mine)
                ? Optional.of(mine)
                : store.get(names.recordKey());
      }
    }
    Bytes present =
        sealed.orElseThrow(
            () ->
                new StorageException(
                    "the record key was removed from the state store while the driver started"));
    return new Records(ecmath, store, sealer.open(Sealer.Place.recordKey(), present));
  }

  /**
   * @param raw for {@link #replace}
   */
  record Stored<T>(Bytes raw, T content) {}

  StateStore store() {
    return store;
  }

  /** Records of one kind. */
  <T> Kind<T> kind(Function<Fields, T> decode) {
    return new Kind<>(decode);
  }

  /**
   * Reads records of one kind. What was found authentic is remembered with its bytes, and stands
   * for them as long as the store gives the same bytes: a signature reads some KB, and their MACs
   * would cost as much as its curve operations.
   */
  final class Kind<T> {
    private static final int REMEMBERED = 256;
    private final Function<Fields, T> decode;
    private final Recent<String, Stored<T>> known = new Recent<>(REMEMBERED);

    private Kind(Function<Fields, T> decode) {
      this.decode = decode;
    }

    Optional<T> get(String key) {
      return stored(key).map(Stored::content);
    }

    Optional<Stored<T>> stored(String key) {
      return store
          .get(key)
          .map(
              raw ->
                  known
                      .get(key)
                      .filter(present -> present.raw.equals(raw))
                      .orElseGet(() -> read(key, raw)));
    }

    private Stored<T> read(String key, Bytes raw) {
      Stored<T> read = new Stored<>(raw, decode.apply(authentic(key, raw)));
      known.put(key, read);
      return read;
    }
  }

  boolean create(String key, Fields fields) {
    return store.create(key, authenticated(key, fields));
  }

  boolean replace(String key, Stored<?> old, Fields next) {
    return store.replace(key, old.raw, authenticated(key, next));
  }

  private Bytes authenticated(String key, Fields fields) {
    byte[] body = fields.encode().toByteArray();
    byte[] mac = keyed(() -> ecmath.hashing().hmac(recordKey, macInput(key, body)));
    byte[] all = Arrays.copyOf(mac, MAC + body.length);
    System.arraycopy(body, 0, all, MAC, body.length);
    return Bytes.of(all);
  }

  private Fields authentic(String key, Bytes raw) {
    byte[] all = raw.toByteArray();
    if (all.length > MAC) {
      byte[] body = Arrays.copyOfRange(all, MAC, all.length);
      byte[] mac = Arrays.copyOf(all, MAC);
      if (keyed(() -> ecmath.hashing().hmacVerify(recordKey, macInput(key, body), mac))) {
        return Fields.decode(Bytes.of(body));
      }
    }
    throw new StorageException(
        "the record '"
            + key
            + "' is not authentic: it was altered, moved from another place, or belongs to another installation;"
            + " restore the state store from a backup");
  }

  /** The driver may be closed by another thread at any time. */
  private <T> T keyed(Supplier<T> body) {
    try {
      return body.get();
    } catch (IllegalStateException e) {
      if (recordKey.isClosed()) {
        throw new UsageException("this driver was closed", e);
      }
      throw e;
    }
  }

  private static byte[] macInput(String key, byte[] body) {
    return new TupleEncode().add("spatium/record/v1").add(key).add(body).toByteArray();
  }

  @Override
  public void close() {
    recordKey.close();
  }
}
