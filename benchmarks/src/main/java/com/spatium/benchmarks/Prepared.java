/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig.Pools;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;

/**
 * Two parties with a pairing and keys. What they store is kept in the folder of {@link #FOLDER}, so
 * that not each of JMH's forks has to search for safe primes; the key that seals it is no secret.
 */
final class Prepared implements AutoCloseable {
  /** System property: where state is kept from fork to fork. Without it, each makes its own. */
  static final String FOLDER = "com.spatium.benchmarks.state";

  private static final String SECRET = "secret";
  private static final String ECDSA = "ecdsa";
  private static final String EDDSA = "eddsa";

  final TwoParties parties;
  final SecretId secret;
  final DistributedKey ecdsa;
  final DistributedKey eddsa;

  private Prepared(
      TwoParties parties, SecretId secret, DistributedKey ecdsa, DistributedKey eddsa) {
    this.parties = parties;
    this.secret = secret;
    this.ecdsa = ecdsa;
    this.eddsa = eddsa;
  }

  static Prepared open(SecurityLevel level, Pools pools) {
    Optional<Path> file = folder().map(folder -> folder.resolve(level + ".properties"));
    try {
      if (file.isPresent() && Files.exists(file.get())) {
        return read(level, pools, file.get());
      }
      return make(level, pools, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty(FOLDER)).map(Path::of);
  }

  private static Prepared make(SecurityLevel level, Pools pools, Optional<Path> file)
      throws IOException {
    StateStore first = new MemoryStateStore();
    StateStore second = new MemoryStateStore();
    TwoParties parties = new TwoParties(level, pools, first, second);
    SecretId secret = parties.generate();
    parties.pair(secret);
    DistributedKey ecdsa = parties.synchronise(secret, Suite.ECDSA_SECP256K1, 0);
    DistributedKey eddsa = parties.synchronise(secret, Suite.EDDSA_ED25519, 0);
    if (file.isPresent()) {
      Properties all = new Properties();
      save(first, "1/", all);
      save(second, "2/", all);
      all.setProperty(SECRET, secret.toString());
      all.setProperty(ECDSA, ecdsa.syncSessionId().toString());
      all.setProperty(EDDSA, eddsa.syncSessionId().toString());
      Path part = Files.createTempFile(file.get().getParent(), "state", ".part");
      try (Writer writer = Files.newBufferedWriter(part)) {
        all.store(writer, null);
      }
      Files.move(part, file.get(), StandardCopyOption.ATOMIC_MOVE);
    }
    return new Prepared(parties, secret, ecdsa, eddsa);
  }

  private static void save(StateStore store, String prefix, Properties to) {
    for (String key : store.list("")) {
      Bytes value = store.get(key).orElseThrow();
      to.setProperty(prefix + key, HexFormat.of().formatHex(value.toByteArray()));
    }
  }

  private static Prepared read(SecurityLevel level, Pools pools, Path file) throws IOException {
    Properties all = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      all.load(reader);
    }
    TwoParties parties = new TwoParties(level, pools, load(all, "1/"), load(all, "2/"));
    SecretId secret = SecretId.of(all.getProperty(SECRET));
    return new Prepared(
        parties,
        secret,
        parties.key(secret, SyncSessionId.of(all.getProperty(ECDSA))),
        parties.key(secret, SyncSessionId.of(all.getProperty(EDDSA))));
  }

  private static StateStore load(Properties all, String prefix) {
    StateStore store = new MemoryStateStore();
    for (String name : all.stringPropertyNames()) {
      if (name.startsWith(prefix)) {
        byte[] value = HexFormat.of().parseHex(all.getProperty(name));
        store.create(name.substring(prefix.length()), Bytes.of(value));
      }
    }
    return store;
  }

  /** The sealing key of both, which seals nothing of worth. */
  static Path keyFile() {
    try {
      Path folder = Files.createTempDirectory("spatium-bench-");
      Path file = folder.resolve("seal.key");
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, "00".repeat(32) + "\n");
      folder.toFile().deleteOnExit(); // the last that was named goes first
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    parties.close();
  }
}
