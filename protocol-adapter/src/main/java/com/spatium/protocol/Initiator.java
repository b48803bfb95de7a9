/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.UsageException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives the procedures that we start: the calling thread sends, waits, computes. */
final class Initiator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Initiator.class);

  private record Incoming(Topic.Kind kind, Bytes data) {}

  private final TransportDriver transport;
  private final ProtocolOptions options;
  private final Set<BlockingQueue<Incoming>> inboxes = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Initiator(TransportDriver transport, ProtocolOptions options) {
    this.transport = transport;
    this.options = options;
  }

  /** Runs to its end and closes the exchange whatever happens. */
  <R> R run(Exchange<R> exchange) {
    UUID run = UUID.randomUUID();
    BlockingQueue<Incoming> inbox = new ArrayBlockingQueue<>(Responder.INBOX);
    inboxes.add(inbox);
    // Registered before closed is asked, so that close() misses no run.
    long onRun = subscribe(new Topic(Topic.Kind.RUN, run, 2), inbox);
    long onAbort = subscribe(new Topic(Topic.Kind.ABORT, run, 2), inbox);
    try (exchange) {
      requireOpen(exchange.subject().toString());
      return drive(exchange, run, inbox);
    } finally {
      transport.off(onRun);
      transport.off(onAbort);
      inboxes.remove(inbox);
    }
  }

  private <R> R drive(Exchange<R> exchange, UUID run, BlockingQueue<Incoming> inbox) {
    TransportMeta to = new Topic(Topic.Kind.RUN, run, 1).in(options.room());
    boolean started = false;
    try {
      Step<R> step = exchange.start();
      while (true) {
        if (step instanceof Step.Finish<R> finish) {
          return finish.result();
        } else if (step instanceof Step.SendAndFinish<R> last) {
          sendLast(to, last.message());
          return last.result();
        } else if (step instanceof Step.Send<R> send) {
          transport.send(to, send.message());
          started = true;
        }
        step = receive(exchange, inbox);
      }
    } catch (RuntimeException e) {
      if (started && !(e instanceof PeerAborted)) {
        sendAbort(run, closed ? Abort.CLOSING : Abort.of(e));
      }
      throw e instanceof PeerAborted aborted ? aborted.asTransportException() : e;
    }
  }

  /**
   * The next message that the session takes. What it refuses is logged, and the wait goes on until
   * the same deadline.
   */
  private <R> Step<R> receive(Exchange<R> exchange, BlockingQueue<Incoming> inbox) {
    long deadline = System.nanoTime() + options.messageTimeout().toNanos();
    while (true) {
      Incoming incoming = poll(inbox, deadline, exchange.subject().toString());
      if (incoming.kind() == Topic.Kind.ABORT) {
        throw new PeerAborted(Abort.meaning(incoming.data()));
      }
      try {
        return exchange.receive(incoming.data());
      } catch (PeerFaultException e) {
        if (!e.sessionAlive()) {
          throw e;
        }
        log.warn("{}: {}", exchange.subject(), e.getMessage());
        if (System.nanoTime() - deadline >= 0) {
          throw timedOut(exchange.subject().toString());
        }
      }
    }
  }

  private Incoming poll(BlockingQueue<Incoming> inbox, long deadline, String what) {
    try {
      Incoming incoming = inbox.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      requireOpen(what);
      if (incoming == null) {
        throw timedOut(what);
      }
      return incoming;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException("interrupted during " + what, e);
    }
  }

  private TransportException timedOut(String what) {
    return new TransportException(
        "no answer from "
            + options.peer()
            + " within "
            + options.messageTimeout().toMillis()
            + " ms during "
            + what
            + ": is it running? Keys and state are intact; start anew",
        null);
  }

  private void requireOpen(String what) {
    if (closed) {
      throw new TransportException("this protocol object was closed during " + what, null);
    }
  }

  /** protocol.md §4.3 G5: its loss harms nothing, the result stands. */
  private void sendLast(TransportMeta to, Bytes message) {
    try {
      transport.send(to, message);
    } catch (TransportException e) {
      log.warn("the last message was not sent, the result stands: {}", e.getMessage());
    }
  }

  private void sendAbort(UUID run, Abort reason) {
    try {
      transport.send(new Topic(Topic.Kind.ABORT, run, 1).in(options.room()), reason.encode());
    } catch (RuntimeException e) {
      log.debug("telling the peer of the abort failed: {}", e.toString());
    }
  }

  /** {@link SpatiumProtocol#generateDistributedSecret}, the peer's part. */
  void requestSecret(SecretId id) {
    UUID run = UUID.randomUUID();
    BlockingQueue<Incoming> inbox = new ArrayBlockingQueue<>(Responder.INBOX);
    inboxes.add(inbox);
    long on = subscribe(new Topic(Topic.Kind.SECRET, run, 2), inbox);
    try {
      requireOpen("the creation of a secret");
      transport.send(new Topic(Topic.Kind.SECRET, run, 1).in(options.room()), id.bytes());
      long deadline = System.nanoTime() + options.messageTimeout().toNanos();
      Incoming answer = poll(inbox, deadline, "the creation of a secret");
      switch (SecretAnswer.decode(answer.data())) {
        case READY -> log.debug("the peer has secret {}", id);
        case REFUSED ->
            throw new UsageException(
                "the peer does not let us create secrets: let its operator allow it (acceptSecretCreation), or create"
                    + " the secret there");
        case FAILED ->
            throw new TransportException(
                "the peer could not create the secret: its token, store or library failed, its log says how",
                null);
      }
    } finally {
      transport.off(on);
      inboxes.remove(inbox);
    }
  }

  private long subscribe(Topic topic, BlockingQueue<Incoming> inbox) {
    return transport.on(
        TransportDriver.Filter.exactly(topic.in(options.room())),
        (from, meta, data) -> {
          if (from.equals(options.peer()) && !inbox.offer(new Incoming(topic.kind(), data))) {
            log.debug("dropped a message of {}: more came than the run can take", options.peer());
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    Incoming wakeUp = new Incoming(Topic.Kind.ABORT, Abort.CLOSING.encode());
    inboxes.forEach(inbox -> inbox.offer(wakeUp));
  }

  /** The peer says that it has ended the run. Not authenticated, so it blames nobody. */
  private static final class PeerAborted extends RuntimeException {
    private static final long serialVersionUID = 1;

    PeerAborted(String meaning) {
      super(meaning);
    }

    TransportException asTransportException() {
      return new TransportException(
          "the peer ended the procedure: "
              + getMessage()
              + ". Keys and state are intact; start anew",
          this);
    }
  }
}
