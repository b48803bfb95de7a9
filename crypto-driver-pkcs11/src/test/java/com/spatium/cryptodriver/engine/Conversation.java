/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages between P1's run and the run that P2 opens for it.
 *
 * <pre>{@code
 * Conversation<Pairing> run = Conversation.of(alice.pair(request), bob, new PeerId("alice"));
 * Pairing ofAlice = run.complete();
 * }</pre>
 */
public final class Conversation<R> {
  private final Exchange<R> initiator;
  private final CryptoDriver responder;
  private final PeerId initiatorName;
  private final List<Bytes> messages = new ArrayList<>();
  private @Nullable Exchange<?> accepted;
  private @Nullable Object responderResult;
  private UnaryOperator<Bytes> wire = message -> message;

  private Conversation(Exchange<R> initiator, CryptoDriver responder, PeerId initiatorName) {
    this.initiator = initiator;
    this.responder = responder;
    this.initiatorName = initiatorName;
  }

  /**
   * Nothing is sent yet.
   *
   * @param initiatorName who P1 is for P2
   */
  public static <R> Conversation<R> of(
      Exchange<R> initiator, CryptoDriver responder, PeerId initiatorName) {
    return new Conversation<>(initiator, responder, initiatorName);
  }

  /**
   * Every message passes through this: an attacker on the wire, or a cheating party's last step.
   */
  public Conversation<R> through(UnaryOperator<Bytes> attacker) {
    wire = attacker;
    return this;
  }

  /**
   * To the end; P1's result. Exceptions of either side pass, and end both runs, as a transport
   * would.
   */
  public R complete() {
    try {
      return carryOut();
    } catch (RuntimeException | Error e) {
      initiator.close();
      if (accepted != null) {
        accepted.close();
      }
      throw e;
    }
  }

  private R carryOut() {
    Step<R> step = initiator.start();
    while (true) {
      if (step instanceof Step.Finish<R> finish) {
        return finish.result();
      } else if (step instanceof Step.SendAndFinish<R> last) {
        answer(last.message());
        return last.result();
      } else if (step instanceof Step.Send<R> send) {
        Bytes answer = answer(send.message());
        if (answer == null) {
          throw new AssertionError("P2 gave no answer to P1's message " + messages.size());
        }
        step = initiator.receive(answer);
      } else {
        throw new AssertionError("P1 waits without having sent anything");
      }
    }
  }

  private @Nullable Bytes answer(Bytes message) {
    Bytes arrived = carry(message);
    Step<?> step;
    if (accepted == null) {
      accepted = responder.accept(initiatorName, arrived);
      step = accepted.start();
    } else {
      step = accepted.receive(arrived);
    }
    if (step instanceof Step.Send<?> send) {
      return carry(send.message());
    } else if (step instanceof Step.SendAndFinish<?> last) {
      responderResult = last.result();
      return carry(last.message());
    } else if (step instanceof Step.Finish<?> finish) {
      responderResult = finish.result();
    }
    return null;
  }

  private Bytes carry(Bytes message) {
    Bytes arrived = wire.apply(message);
    messages.add(arrived);
    return arrived;
  }

  /** P2's result; null if it has none yet. */
  public @Nullable Object responderResult() {
    return responderResult;
  }

  /** As they arrived, in order. */
  public List<Bytes> messages() {
    return List.copyOf(messages);
  }
}
