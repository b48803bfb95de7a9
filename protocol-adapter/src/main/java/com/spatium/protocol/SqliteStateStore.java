/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/**
 * A {@link StateStore} in one SQLite file: durable when a call returns, whole after {@code kill -9}
 * or power loss at any instruction, shared by any number of processes on the host. Thread-safe;
 * calls of one instance are serialised.
 *
 * <p>Each operation is one SQL statement, hence atomic, in SQL that PostgreSQL understands too. WAL
 * with {@code synchronous=FULL} syncs the log at every commit.
 */
public final class SqliteStateStore implements StateStore {
  /** How long a writer waits for another process's write. */
  private static final int BUSY_TIMEOUT_MS = 15_000;

  private final Path file;
  private final Connection connection;

  private SqliteStateStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Opens the file; makes it, readable by its owner alone, if it is not there. */
  public static SqliteStateStore open(Path file) {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      // the usual case
    } catch (IOException e) {
      throw new StorageException(
          "cannot make the state file "
              + file
              + ": give a file in a folder that this process may write",
          e);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    // What was taken is overwritten: a destroyed secret's sealed seed does not stay in free pages.
    config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
    try {
      Connection connection = config.createConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS spatium_state (name TEXT PRIMARY KEY, content BLOB NOT NULL)");
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return new SqliteStateStore(file, connection);
    } catch (SQLException e) {
      throw new StorageException(
          "cannot open the state file "
              + file
              + ": is it a state store of this product, and writable?",
          e);
    }
  }

  @Override
  public boolean create(String key, Bytes value) {
    StateStore.checkKey(key);
    StateStore.checkValue(value);
    return run(
        "INSERT INTO spatium_state (name, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
        statement -> {
          statement.setString(1, key);
          statement.setBytes(2, value.toByteArray());
          return statement.executeUpdate() == 1;
        });
  }

  @Override
  public Optional<Bytes> get(String key) {
    StateStore.checkKey(key);
    return run(
        "SELECT content FROM spatium_state WHERE name = ?",
        statement -> {
          statement.setString(1, key);
          return first(statement);
        });
  }

  @Override
  public boolean replace(String key, Bytes expected, Bytes next) {
    StateStore.checkKey(key);
    StateStore.checkValue(next);
    return run(
        "UPDATE spatium_state SET content = ? WHERE name = ? AND content = ?",
        statement -> {
          statement.setBytes(1, next.toByteArray());
          statement.setString(2, key);
          statement.setBytes(3, expected.toByteArray());
          return statement.executeUpdate() == 1;
        });
  }

  @Override
  public Optional<Bytes> take(String key) {
    StateStore.checkKey(key);
    return run(
        "DELETE FROM spatium_state WHERE name = ? RETURNING content",
        statement -> {
          statement.setString(1, key);
          return first(statement);
        });
  }

  @Override
  public List<String> list(String prefix) {
    // Keys are printable ASCII: every key with the prefix sorts below prefix + DEL.
    return run(
        "SELECT name FROM spatium_state WHERE name >= ? AND name < ? ORDER BY name",
        statement -> {
          statement.setString(1, prefix);
          statement.setString(2, prefix + "\u007f");
          List<String> names = new ArrayList<>();
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              names.add(rows.getString(1));
            }
          }
          return List.copyOf(names);
        });
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StorageException("closing the state file " + file + " failed", e);
    }
  }

  private static Optional<Bytes> first(PreparedStatement statement) throws SQLException {
    // The row is read to its end: a DELETE … RETURNING commits when it is done.
    try (ResultSet rows = statement.executeQuery()) {
      Optional<Bytes> found = Optional.empty();
      while (rows.next()) {
        found = Optional.of(Bytes.of(rows.getBytes(1)));
      }
      return found;
    }
  }

  private interface Work<T> {
    T on(PreparedStatement statement) throws SQLException;
  }

  private synchronized <T> T run(String sql, Work<T> work) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return work.on(statement);
    } catch (SQLException e) {
      throw new StorageException(
          "the state file "
              + file
              + " did not answer ("
              + e.getErrorCode()
              + "): check disk space and permissions",
          e);
    }
  }
}
