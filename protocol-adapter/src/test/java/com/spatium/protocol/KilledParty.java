/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A party whose process dies, as by {@code kill -9}, right after its n-th change of the store or
 * sending of a message.
 */
final class KilledParty {
  static final int KILLED = 9;
  static final String ROOM = "kill";

  /** A message that was given to the transport is on its way before the process dies. */
  private static final long ON_ITS_WAY_NANOS = 20_000_000;

  private final int haltAfter;
  private final AtomicInteger operations = new AtomicInteger();

  private KilledParty(int haltAfter) {
    this.haltAfter = haltAfter;
  }

  /** directory, a or b, the other's port (0: listen), secretId, n (0: live on) */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    boolean first = args[1].equals("a");
    KilledParty party = new KilledParty(Integer.parseInt(args[4]));
    StateStore store =
        party.new CountingStore(SqliteStateStore.open(directory.resolve("state.db")));
    CryptoDriver driver = TestParty.open(TestParty.authenticated(first), store, directory, first);
    TestParty.importSeed(driver, SecretId.of(args[3]), first);
    ProtocolOptions options =
        ProtocolOptions.of(first ? TestParty.B : TestParty.A, ROOM)
            .withMessageTimeout(Duration.ofMinutes(2));
    if (first) {
      TcpTransport transport =
          TcpTransport.connect(Integer.parseInt(args[2]), TestParty.B, Duration.ofSeconds(30));
      SpatiumProtocol protocol =
          new SpatiumProtocol(driver, party.new CountingTransport(transport), options);
      Script.run(protocol, args[3]);
      protocol.close();
      transport.close();
    } else {
      TcpTransport transport = TcpTransport.listen(0, TestParty.A);
      SpatiumProtocol protocol =
          new SpatiumProtocol(driver, party.new CountingTransport(transport), options);
      System.out.println(transport.port());
      while (System.in.read() >= 0) {
        // until the test has seen enough
      }
      protocol.close();
      transport.close();
    }
    driver.close();
    store.close();
    System.out.println(party.operations.get() + " operations");
  }

  private void done(String what) {
    if (operations.incrementAndGet() == haltAfter) {
      if (what.startsWith("send")) {
        LockSupport.parkNanos(ON_ITS_WAY_NANOS);
      }
      System.out.println("killed after " + what);
      System.out.flush();
      Runtime.getRuntime().halt(KILLED);
    }
  }

  private final class CountingStore implements StateStore {
    private final StateStore store;

    CountingStore(StateStore store) {
      this.store = store;
    }

    @Override
    public boolean create(String key, Bytes value) {
      boolean created = store.create(key, value);
      done("create " + key);
      return created;
    }

    @Override
    public Optional<Bytes> get(String key) {
      return store.get(key);
    }

    @Override
    public boolean replace(String key, Bytes expected, Bytes next) {
      boolean replaced = store.replace(key, expected, next);
      done("replace " + key);
      return replaced;
    }

    @Override
    public Optional<Bytes> take(String key) {
      Optional<Bytes> taken = store.take(key);
      done("take " + key);
      return taken;
    }

    @Override
    public List<String> list(String prefix) {
      return store.list(prefix);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private final class CountingTransport implements TransportDriver {
    private final TransportDriver transport;

    CountingTransport(TransportDriver transport) {
      this.transport = transport;
    }

    @Override
    public void send(TransportMeta meta, Bytes data) {
      transport.send(meta, data);
      done("send " + meta.topic());
    }

    @Override
    public long on(Filter filter, Callback callback) {
      return transport.on(filter, callback);
    }

    @Override
    public void off(long id) {
      transport.off(id);
    }

    @Override
    public void close() {
      transport.close();
    }
  }
}
