/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static com.spatium.protocol.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.UsageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link TransportDriver} must do; run against each implementation. */
public abstract class TransportDriverContract {
  /**
   * Two connected ends.
   *
   * @param firstName how the first appears to the second
   */
  public record Ends(
      TransportDriver first, TransportDriver second, PeerId firstName, PeerId secondName) {}

  record Received(PeerId from, TransportMeta meta, Bytes data) {}

  private static final TransportMeta META = new TransportMeta("room", "topic");
  private Ends ends;

  /** Two connected ends. */
  protected abstract Ends connect();

  @BeforeEach
  void connectEnds() {
    ends = connect();
  }

  @AfterEach
  void closeEnds() {
    ends.first().close();
    ends.second().close();
  }

  static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static LinkedBlockingQueue<Received> collect(
      TransportDriver driver, TransportDriver.Filter filter) {
    LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
    driver.on(filter, (from, meta, data) -> received.add(new Received(from, meta, data)));
    return received;
  }

  static Received next(LinkedBlockingQueue<Received> queue) throws InterruptedException {
    return queue.poll(20, TimeUnit.SECONDS);
  }

  @Test
  void whatOneEndSendsTheOtherGets() throws Exception {
    var atFirst = collect(ends.first(), TransportDriver.Filter.all());
    var atSecond = collect(ends.second(), TransportDriver.Filter.all());
    ends.first().send(META, text("to second"));
    assertEquals(new Received(ends.firstName(), META, text("to second")), next(atSecond));
    ends.second().send(META, text("to first"));
    assertEquals(new Received(ends.secondName(), META, text("to first")), next(atFirst));
    assertNull(atSecond.poll(), "nobody hears himself");
  }

  @Test
  void filtersChoose() throws Exception {
    var all = collect(ends.second(), TransportDriver.Filter.all());
    var room = collect(ends.second(), TransportDriver.Filter.room("r1"));
    var exact =
        collect(ends.second(), TransportDriver.Filter.exactly(new TransportMeta("r1", "t1")));
    for (String name : List.of("r1/t1", "r1/t2", "r2/t1", "r1/t1")) {
      ends.first().send(new TransportMeta(name.substring(0, 2), name.substring(3)), text(name));
    }
    // Each callback of a message comes before those of the next: the last message fences all.
    for (int i = 0; i < 4; i++) {
      next(all);
    }
    eventually(() -> exact.size() == 2 && room.size() == 3);
    assertEquals(
        List.of("r1/t1", "r1/t2", "r1/t1"),
        room.stream().map(r -> r.meta().room() + "/" + r.meta().topic()).toList());
    assertEquals(Set.of(text("r1/t1")), new HashSet<>(exact.stream().map(Received::data).toList()));
  }

  @Test
  void offEndsTheSubscriptionAndOnlyThat() throws Exception {
    LinkedBlockingQueue<Received> gone = new LinkedBlockingQueue<>();
    long id =
        ends.second()
            .on(
                TransportDriver.Filter.all(),
                (from, meta, data) -> gone.add(new Received(from, meta, data)));
    var stays = collect(ends.second(), TransportDriver.Filter.all());
    ends.first().send(META, text("1"));
    next(stays);
    eventually(() -> gone.size() == 1);
    ends.second().off(id);
    ends.second().off(id);
    ends.second().off(987_654);
    ends.first().send(META, text("2"));
    assertEquals(text("2"), next(stays).data());
    assertEquals(1, gone.size());
  }

  @Test
  void emptyAndLongestMessagesArriveLongerOnesAreRefused() throws Exception {
    var received = collect(ends.second(), TransportDriver.Filter.all());
    byte[] longest = new byte[TransportDriver.MAX_MESSAGE];
    for (int i = 0; i < longest.length; i++) {
      longest[i] = (byte) ((i * 31) >> 3);
    }
    ends.first().send(META, Bytes.empty());
    ends.first().send(META, Bytes.of(longest));
    assertEquals(Bytes.empty(), next(received).data());
    assertEquals(Bytes.of(longest), next(received).data());
    Bytes tooLong = Bytes.of(new byte[TransportDriver.MAX_MESSAGE + 1]);
    assertThrows(UsageException.class, () -> ends.first().send(META, tooLong));
  }

  @Test
  void namesOfAnyCharactersArrive() throws Exception {
    var received = collect(ends.second(), TransportDriver.Filter.all());
    TransportMeta odd = new TransportMeta("room \"\\\n\u0000 äß€𝄞", "{\"topic\": [1]}\t\u007f");
    ends.first().send(odd, text("x"));
    assertEquals(odd, next(received).meta());
  }

  @Test
  void aCallbackThatThrowsHarmsNobody() throws Exception {
    ends.second()
        .on(
            TransportDriver.Filter.all(),
            (from, meta, data) -> {
              throw new IllegalStateException("on purpose");
            });
    var received = collect(ends.second(), TransportDriver.Filter.all());
    ends.first().send(META, text("1"));
    ends.first().send(META, text("2"));
    assertEquals(text("1"), next(received).data());
    assertEquals(text("2"), next(received).data());
  }

  @Test
  void everyMessageOfManyThreadsArrivesWholeAndOnce() throws Exception {
    int threads = 8;
    int each = 100;
    Set<Bytes> received = ConcurrentHashMap.newKeySet();
    AtomicInteger count = new AtomicInteger();
    ends.second()
        .on(
            TransportDriver.Filter.all(),
            (from, meta, data) -> {
              received.add(data);
              count.incrementAndGet();
            });
    Set<Bytes> sent = ConcurrentHashMap.newKeySet();
    List<Thread> senders = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      senders.add(
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  Bytes data = text(("message " + thread + "/" + i + " ").repeat(1 + i * 7));
                  sent.add(data);
                  ends.first().send(META, data);
                }
              }));
    }
    senders.forEach(Thread::start);
    for (Thread sender : senders) {
      sender.join();
    }
    eventually(() -> count.get() == threads * each);
    assertEquals(sent, received);
  }

  @Test
  void aReceiverThatIsBusyDoesNotHoldUpTheSender() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    AtomicInteger received = new AtomicInteger();
    ends.second()
        .on(
            TransportDriver.Filter.all(),
            (from, meta, data) -> {
              try {
                busy.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              received.incrementAndGet();
            });
    Bytes big = Bytes.of(new byte[100_000]);
    for (int i = 0; i < 50; i++) {
      ends.first().send(META, big); // would wait for ever if it waited for the receiver
    }
    busy.countDown();
    eventually(() -> received.get() == 50);
  }

  @Test
  void whatWasSentJustBeforeCloseArrives() throws Exception {
    var received = collect(ends.second(), TransportDriver.Filter.all());
    ends.first().send(META, Bytes.of(new byte[300_000]));
    ends.first().send(META, text("last"));
    ends.first().close();
    assertEquals(300_000, next(received).data().size());
    assertEquals(text("last"), next(received).data());
  }

  @Test
  void aClosedEndNeitherSendsNorReceives() throws Exception {
    var received = collect(ends.first(), TransportDriver.Filter.all());
    ends.first().close();
    ends.first().close();
    assertThrows(TransportException.class, () -> ends.first().send(META, text("x")));
    // The other end learns of it when the network tells it.
    eventually(
        () -> {
          try {
            ends.second().send(META, text("into nothing"));
            return false;
          } catch (TransportException e) {
            return true;
          }
        });
    assertNull(received.poll());
  }
}
