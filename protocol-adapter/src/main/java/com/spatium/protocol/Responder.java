/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.TokenException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the procedures that the peer starts. A run holds a worker thread only while it computes; a peer that is slow, or dead,
 * costs one entry in a bounded map until its timeout (threats.md rows 29 and 30).
 */
final class Responder implements AutoCloseable {
  static final Bytes SECRET_READY = Bytes.of(new byte[] {1});
  private static final Bytes SECRET_REFUSED = Bytes.of(new byte[] {0});
  private static final int INBOX = 16;
  private static final Logger log = LoggerFactory.getLogger(Responder.class);

  private final CryptoDriver driver;
  private final TransportDriver transport;
  private final ProtocolOptions options;
  private final Map<UUID, Run> runs = new ConcurrentHashMap<>();
  private final ExecutorService workers;
  private final ScheduledExecutorService clock;
  private final long subscription;
  private volatile boolean closed;

  Responder(CryptoDriver driver, TransportDriver transport, ProtocolOptions options) {
    this.driver = driver;
    this.transport = transport;
    this.options = options;
    this.workers = Executors.newFixedThreadPool(options.workers(), task -> daemon(task, "spatium-responder"));
    this.clock = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "spatium-timeouts"));
    this.subscription = transport.on(TransportDriver.Filter.room(options.room()), this::message);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** On the transport's thread: routes, never computes. */
  private void message(PeerId from, TransportMeta meta, Bytes data) {
    Optional<Topic> parsed = Topic.parse(meta.topic());
    if (closed || parsed.isEmpty() || parsed.get().sender() != 1 || !from.equals(options.peer())) {
      return;
    }
    Topic topic = parsed.get();
    switch (topic.kind()) {
      case SECRET -> workers.execute(() -> createSecret(topic.run(), data));
      case ABORT -> {
        Run run = runs.get(topic.run());
        if (run != null) {
          run.add(new Incoming(true, data));
        }
      }
      case RUN -> {
        Run run = runs.get(topic.run());
        if (run == null && runs.size() >= options.maxRuns()) {
          log.warn("refused a run of {}: {} are running", from, options.maxRuns());
          abort(topic.run(), Abort.BUSY);
          return;
        }
        runs.computeIfAbsent(topic.run(), Run::new).add(new Incoming(false, data));
      }
    }
  }

  private void createSecret(UUID run, Bytes data) {
    Bytes answer = SECRET_REFUSED;
    try {
      if (options.acceptSecretCreation() && data.size() == 16) {
        ByteBuffer id = ByteBuffer.wrap(data.toByteArray());
        SecretId secretId = new SecretId(new UUID(id.getLong(), id.getLong()));
        if (!driver.secrets().exists(secretId)) {
          driver.secrets().generate(secretId);
        }
        answer = SECRET_READY;
      }
      transport.send(new Topic(Topic.Kind.SECRET, run, 2).in(options.room()), answer);
    } catch (CryptoDriverException | TransportException e) {
      log.warn("creating a secret for {} failed: {}", options.peer(), e.getMessage());
    }
  }

  private void abort(UUID run, Abort reason) {
    try {
      transport.send(new Topic(Topic.Kind.ABORT, run, 2).in(options.room()), reason.encode());
    } catch (RuntimeException e) {
      log.debug("telling the peer of the abort failed: {}", e.toString());
    }
  }

  @Override
  public void close() {
    closed = true;
    transport.off(subscription);
    clock.shutdownNow();
    workers.shutdown();
    runs.values().forEach(Run::cancel);
    try {
      // What computes now ends its step, so that no secret is wiped under it.
      if (!workers.awaitTermination(options.messageTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private record Incoming(boolean abort, Bytes data) {}

  /** One run: its messages are taken one at a time, in the order they came. */
  private final class Run {
    private final UUID id;
    private final ArrayDeque<Incoming> inbox = new ArrayDeque<>();
    private boolean scheduled;
    private boolean over;
    private @Nullable ScheduledFuture<?> timeout;
    private @Nullable Exchange<?> exchange; // used only by the task that `scheduled` admits

    Run(UUID id) {
      this.id = id;
    }

    synchronized void add(Incoming incoming) {
      if (over) {
        return;
      }
      if (inbox.size() >= INBOX) {
        log.warn("dropped a message of {}: more came than the run can take", options.peer());
        return;
      }
      inbox.add(incoming);
      schedule();
    }

    private synchronized void schedule() {
      if (!scheduled && !inbox.isEmpty() && !over && !closed) {
        scheduled = true;
        stopClock();
        workers.execute(this::work);
      }
    }

    private void work() {
      Incoming incoming;
      synchronized (this) {
        incoming = inbox.poll();
      }
      boolean goesOn = false;
      try {
        goesOn = incoming != null && handle(incoming);
      } catch (RuntimeException e) {
        report(e);
        abort(id, Abort.of(e));
      }
      if (goesOn && !closed) {
        synchronized (this) {
          scheduled = false;
          startClock();
          schedule();
        }
      } else {
        finish();
      }
    }

    /** Whether the run goes on. */
    private boolean handle(Incoming incoming) {
      if (incoming.abort()) {
        log.info("{} ended its run: {}", options.peer(), Abort.meaning(incoming.data()));
        return false;
      }
      Exchange<?> running = exchange;
      if (running == null) {
        running = driver.accept(options.peer(), incoming.data());
        exchange = running;
        return carryOut(running.start());
      }
      try {
        return carryOut(running.receive(incoming.data()));
      } catch (PeerFaultException e) {
        if (!e.sessionAlive()) {
          throw e;
        }
        log.warn("{}: {}", running.subject(), e.getMessage());
        return true;
      }
    }

    private boolean carryOut(Step<?> step) {
      TransportMeta to = new Topic(Topic.Kind.RUN, id, 2).in(options.room());
      if (step instanceof Step.Send<?> send) {
        transport.send(to, send.message());
        return true;
      } else if (step instanceof Step.SendAndFinish<?> last) {
        transport.send(to, last.message());
        return false;
      }
      return step instanceof Step.Await<?>;
    }

    private void report(RuntimeException e) {
      String what = exchange == null ? "a first message of " + options.peer() : exchange.subject().toString();
      if (e instanceof TokenException || e instanceof StorageException || !(e instanceof CryptoDriverException)) {
        log.error("{} failed here", what, e);
      } else {
        log.warn("{}: {}", what, e.getMessage());
      }
    }

    private synchronized void startClock() {
      if (!closed && !over) {
        timeout =
            clock.schedule(
                () -> {
                  log.info("a run of {} ended: no message in time", options.peer());
                  abort(id, Abort.TIMEOUT);
                  cancel();
                },
                options.messageTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
      }
    }

    private synchronized void stopClock() {
      if (timeout != null) {
        timeout.cancel(false);
        timeout = null;
      }
    }

    /** Ends the run unless a worker has it: then that one does, after its step. */
    private void cancel() {
      synchronized (this) {
        inbox.clear();
        if (scheduled) {
          inbox.add(new Incoming(true, Abort.TIMEOUT.encode()));
          return;
        }
        scheduled = true;
      }
      finish();
    }

    private void finish() {
      synchronized (this) {
        over = true;
        stopClock();
      }
      runs.remove(id);
      if (exchange != null) {
        exchange.close();
      }
    }
  }
}
