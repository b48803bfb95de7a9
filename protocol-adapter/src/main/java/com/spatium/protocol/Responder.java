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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the procedures that the peer starts. A run holds a worker thread only while it computes
 * or its policy decides; a peer that is slow, or dead, costs one entry in a bounded map until its
 * timeout (threats.md rows 29 and 30).
 */
final class Responder implements AutoCloseable {
  /** A run has one message under way; what comes beyond this is dropped, like any stray message. */
  static final int INBOX = 16;

  private static final Logger log = LoggerFactory.getLogger(Responder.class);

  private final CryptoDriver driver;
  private final TransportDriver transport;
  private final ProtocolOptions options;
  private final Map<UUID, Run> runs = new HashMap<>(); // guarded by itself
  private boolean full; // guarded by runs; keeps a flood out of the log
  private final Semaphore secretRequests;
  private final ExecutorService workers;
  private final ScheduledExecutorService clock;
  private final long subscription;
  private volatile boolean closed;

  Responder(CryptoDriver driver, TransportDriver transport, ProtocolOptions options) {
    this.driver = driver;
    this.transport = transport;
    this.options = options;
    this.secretRequests = new Semaphore(options.workers());
    this.workers =
        Executors.newFixedThreadPool(options.workers(), task -> daemon(task, "spatium-responder"));
    this.clock =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "spatium-timeouts"));
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
      case SECRET -> requestedSecret(topic.run(), data);
      case ABORT -> known(topic.run()).ifPresent(run -> run.add(new Incoming(topic.kind(), data)));
      case RUN ->
          knownOrNew(topic.run())
              .ifPresentOrElse(
                  run -> run.add(new Incoming(topic.kind(), data)),
                  () -> abort(topic.run(), Abort.BUSY));
    }
  }

  private Optional<Run> known(UUID id) {
    synchronized (runs) {
      return Optional.ofNullable(runs.get(id));
    }
  }

  /** Empty when the peer has as many runs as it may. */
  private Optional<Run> knownOrNew(UUID id) {
    synchronized (runs) {
      Run run = runs.get(id);
      if (run == null && runs.size() >= options.maxRuns()) {
        if (!full) {
          full = true;
          log.warn("refusing runs of {}: {} are running", options.peer(), options.maxRuns());
        }
        return Optional.empty();
      }
      if (run == null) {
        full = false;
        CompletableFuture<?>[] before =
            runs.values().stream().map(Run::settled).toArray(CompletableFuture<?>[]::new);
        run = new Run(id, CompletableFuture.allOf(before));
        runs.put(id, run);
      }
      return Optional.of(run);
    }
  }

  /** For tests. */
  int running() {
    synchronized (runs) {
      return runs.size();
    }
  }

  /** Requests beyond the number of workers are dropped: none waits in a queue. */
  private void requestedSecret(UUID run, Bytes data) {
    if (!secretRequests.tryAcquire()) {
      log.debug("dropped a request for a secret: others are worked on");
      return;
    }
    try {
      workers.execute(
          () -> {
            try {
              SecretAnswer answer = createSecret(data);
              transport.send(
                  new Topic(Topic.Kind.SECRET, run, 2).in(options.room()), answer.encode());
            } catch (RuntimeException e) {
              log.warn("the answer about a secret was not sent: {}", e.getMessage());
            } finally {
              secretRequests.release();
            }
          });
    } catch (RejectedExecutionException e) {
      secretRequests.release(); // closed meanwhile
    }
  }

  private SecretAnswer createSecret(Bytes data) {
    if (!options.acceptSecretCreation() || data.size() != 16) {
      log.warn("refused to create a secret for {}", options.peer());
      return SecretAnswer.REFUSED;
    }
    ByteBuffer id = ByteBuffer.wrap(data.toByteArray());
    SecretId secretId = new SecretId(new UUID(id.getLong(), id.getLong()));
    try {
      if (!driver.secrets().exists(secretId)) {
        driver.secrets().generate(secretId);
      }
      return SecretAnswer.READY;
    } catch (RuntimeException e) {
      log.error("creating secret {} for {} failed", secretId, options.peer(), e);
      return SecretAnswer.FAILED;
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
    List<Run> left;
    synchronized (runs) {
      left = List.copyOf(runs.values());
    }
    left.forEach(run -> run.cancel(Abort.CLOSING));
    clock.shutdownNow();
    workers.shutdown();
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

  private record Incoming(Topic.Kind kind, Bytes data) {}

  /**
   * One run: its messages are taken one at a time, in the order they came.
   *
   * <p>Runs do not wait for each other, but for one thing: P1 may use a key as soon as it has sent
   * the last message of its synchronisation (protocol.md §4.2, S5). So a new run begins when the
   * messages of synchronisations that came before it have been worked on. None of those asks a
   * policy.
   */
  private final class Run {
    private final UUID id;
    private final CompletableFuture<Void> mayBegin;
    private final ArrayDeque<Incoming> inbox = new ArrayDeque<>();
    private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);
    private boolean synchronises;
    private boolean scheduled;
    private boolean over;
    private @Nullable Abort cancelled;
    private @Nullable ScheduledFuture<?> timeout;
    // Used only by the task that `scheduled` admits.
    private @Nullable Exchange<?> exchange;
    private long deadline = nextDeadline();

    Run(UUID id, CompletableFuture<Void> mayBegin) {
      this.id = id;
      this.mayBegin = mayBegin;
      CompletableFuture<Void> unused = mayBegin.thenRun(this::schedule);
    }

    /** Done when this is no synchronisation, or has worked on all messages that came so far. */
    synchronized CompletableFuture<Void> settled() {
      return settled;
    }

    private long nextDeadline() {
      return System.nanoTime() + options.messageTimeout().toNanos();
    }

    synchronized void add(Incoming incoming) {
      if (over) {
        return;
      }
      if (inbox.size() >= INBOX) {
        log.debug("dropped a message of {}: more came than the run can take", options.peer());
        return;
      }
      inbox.add(incoming);
      if (synchronises && settled.isDone()) {
        settled = new CompletableFuture<>();
      }
      schedule();
    }

    private synchronized void schedule() {
      if (!scheduled && !inbox.isEmpty() && !over && !closed && mayBegin.isDone()) {
        scheduled = true;
        stopClock();
        try {
          workers.execute(this::work);
        } catch (RejectedExecutionException e) {
          scheduled = false; // closing: cancel() ends the run
        }
      }
    }

    private void work() {
      Incoming incoming;
      boolean goesOn;
      synchronized (this) {
        incoming = inbox.poll();
        goesOn = cancelled != null;
      }
      try {
        // A run that was cancelled while it waited for this thread computes nothing more.
        goesOn = goesOn || (incoming != null && handle(incoming));
      } catch (RuntimeException e) {
        report(e);
        abort(id, Abort.of(e));
      }
      if (goesOn) {
        Abort reason;
        CompletableFuture<Void> done = null;
        synchronized (this) {
          reason =
              cancelled != null
                  ? cancelled
                  : System.nanoTime() - deadline >= 0 ? Abort.TIMEOUT : null;
          if (reason == null) {
            scheduled = false;
            startClock();
            schedule();
            done = scheduled ? null : settled;
          }
        }
        if (reason == null) {
          if (done != null) {
            done.complete(null); // not under the lock: it may start other runs
          }
          return;
        }
        abort(id, reason);
      }
      finish();
    }

    /**
     * Whether the run goes on. A message that the session refuses does not extend the time for the
     * right one.
     */
    private boolean handle(Incoming incoming) {
      if (incoming.kind() == Topic.Kind.ABORT) {
        log.info("{} ended its run: {}", options.peer(), Abort.meaning(incoming.data()));
        return false;
      }
      Exchange<?> running = exchange;
      if (running == null) {
        running = driver.accept(options.peer(), incoming.data());
        exchange = running;
        Exchange.Procedure procedure = running.subject().procedure();
        synchronized (this) {
          synchronises =
              procedure == Exchange.Procedure.SYNC_ECDSA
                  || procedure == Exchange.Procedure.SYNC_EDDSA;
        }
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
      } else if (step instanceof Step.SendAndFinish<?> last) {
        transport.send(to, last.message());
        return false;
      } else if (step instanceof Step.Finish<?>) {
        return false;
      }
      deadline = nextDeadline();
      return true;
    }

    private void report(RuntimeException e) {
      String what =
          exchange == null ? "a first message of " + options.peer() : exchange.subject().toString();
      boolean ordinary = e instanceof CryptoDriverException || e instanceof TransportException;
      if (!ordinary || e instanceof TokenException || e instanceof StorageException) {
        log.error("{} failed here", what, e);
      } else {
        log.warn("{}: {}", what, e.getMessage());
      }
    }

    private synchronized void startClock() {
      if (!closed && !over) {
        try {
          timeout =
              clock.schedule(this::expire, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
          log.debug("no timeout any more: closing");
        }
      }
    }

    private void expire() {
      log.info("a run of {} ended: no message in time", options.peer());
      cancel(Abort.TIMEOUT);
    }

    private synchronized void stopClock() {
      if (timeout != null) {
        timeout.cancel(false);
        timeout = null;
      }
    }

    /** Ends the run unless a worker has it: then that one does, after its step. */
    private void cancel(Abort reason) {
      synchronized (this) {
        if (over || cancelled != null) {
          return;
        }
        cancelled = reason;
        if (scheduled) {
          return;
        }
        scheduled = true;
      }
      abort(id, reason);
      finish();
    }

    private void finish() {
      CompletableFuture<Void> done;
      synchronized (this) {
        over = true;
        inbox.clear();
        stopClock();
        done = settled;
      }
      done.complete(null);
      synchronized (runs) {
        runs.remove(id);
      }
      if (exchange != null) {
        exchange.close();
      }
    }
  }
}
