/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: decodes what comes for the round that waits, and wipes everything when the run ends,
 * however it ends. No lock is held while a round computes; whoever ends the run meanwhile wipes its
 * secrets under it, and the computation fails or its result is dropped.
 *
 * @param <O> what the rounds make
 * @param <R> what the caller gets
 */
final class Run<O, R> implements Exchange<R> {
  private enum State {
    NEW,
    COMPUTING,
    WAITING,
    OVER
  }

  private final Session session;
  private final Opening<O> opening;
  private final Function<O, R> result;
  private final Subject subject;
  private final InstantSource clock;
  private final SessionTable table;

  private State state = State.NEW;
  private Instant idleSince;
  private @Nullable Round<O> round;
  private String end = "";

  Run(
      Session session,
      Opening<O> opening,
      Function<O, R> result,
      SessionTable table,
      InstantSource clock) {
    this.session = session;
    this.opening = opening;
    this.result = result;
    this.table = table;
    this.clock = clock;
    this.idleSince = clock.instant();
    String name =
        session
            .ids()
            .signSessionId()
            .map(Object::toString)
            .or(() -> session.ids().syncSessionId().map(Object::toString))
            .orElse(session.secretId().toString());
    this.subject =
        new Subject(session.procedure(), session.secretId(), session.role(), session.peer(), name);
  }

  @Override
  public Subject subject() {
    return subject;
  }

  @Override
  public Step<R> start() {
    // Ends this run too, if it has waited for too long.
    table.reap();
    enter(State.NEW, "was started already");
    return step(opening::start);
  }

  @Override
  public Step<R> receive(Bytes message) {
    table.reap();
    enter(State.WAITING, "has not been started, or is computing");
    Round<O> waiting = waiting();
    WireMessage decoded;
    try {
      decoded = WireCodec.decode(message, waiting.expected());
    } catch (PeerFaultException e) {
      // Refused: as it was, also in how long it has been idle.
      if (e.sessionAlive()) {
        leave();
      } else {
        end("a message failed a check");
      }
      throw e;
    } catch (RuntimeException | Error e) {
      end("it failed");
      throw e;
    }
    return step(() -> waiting.receive(decoded));
  }

  private synchronized Round<O> waiting() {
    if (round == null) {
      throw new IllegalStateException("a run waits for no message");
    }
    return round;
  }

  private synchronized void enter(State expected, String otherwise) {
    if (state == State.OVER) {
      throw over(null);
    }
    if (state != expected) {
      throw new UsageException(
          "this run " + otherwise + ": one thread at a time calls start once, then receive");
    }
    state = State.COMPUTING;
  }

  private synchronized void leave() {
    if (state == State.COMPUTING) {
      state = State.WAITING;
    }
  }

  private Step<R> step(Supplier<Outcome<O>> body) {
    try {
      Outcome<O> outcome = EcErrors.translate(body);
      if (outcome instanceof Outcome.Next<O> next) {
        Bytes message = WireCodec.encode(next.send());
        await(next.next(), clock.instant());
        return new Step.Send<>(message);
      } else if (outcome instanceof Outcome.Wait<O> wait) {
        await(wait.next(), idleSince());
        return new Step.Await<>();
      }
      Outcome.Done<O> done = (Outcome.Done<O>) outcome;
      Optional<Bytes> message = done.send().map(WireCodec::encode);
      finish();
      R value = result.apply(done.result());
      return message.isPresent()
          ? new Step.SendAndFinish<>(message.get(), value)
          : new Step.Finish<>(value);
    } catch (CryptoDriverException e) {
      end("it failed: " + e.getMessage());
      throw e;
    } catch (RuntimeException | Error e) {
      if (isOver()) {
        // The secrets were wiped under the computation.
        throw over(e);
      }
      end("it failed");
      throw e;
    }
  }

  private synchronized void await(Round<O> next, Instant since) {
    if (state == State.OVER) {
      throw over(null);
    }
    round = next;
    state = State.WAITING;
    idleSince = since;
  }

  private synchronized void finish() {
    if (state == State.OVER) {
      throw over(null);
    }
    end("it is finished");
  }

  private synchronized Instant idleSince() {
    return idleSince;
  }

  private synchronized boolean isOver() {
    return state == State.OVER;
  }

  private synchronized UsageException over(@Nullable Throwable cause) {
    return new UsageException("this run is over: " + end + ". Start a new one", cause);
  }

  synchronized boolean isComputing() {
    return state == State.COMPUTING;
  }

  /**
   * Whether it has waited since before this instant. A run that computes, or whose policy decides,
   * does not wait.
   */
  synchronized boolean idleSinceBefore(Instant limit) {
    return (state == State.WAITING || state == State.NEW) && idleSince.isBefore(limit);
  }

  /** Wipes, at any time, from any thread. */
  void end(String reason) {
    synchronized (this) {
      if (state != State.OVER) {
        end = reason;
      }
      state = State.OVER;
      round = null;
    }
    session.scope().close();
    table.remove(this);
  }

  @Override
  public void close() {
    end("it was closed");
  }
}
