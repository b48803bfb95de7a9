/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.Suite.ECDSA_SECP256K1;
import static com.spatium.cryptodriver.Suite.EDDSA_ED25519;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.attack.TwoParties.Stage;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each message of each procedure, altered on its way. Either the receiver refuses it and the right
 * message after it completes the run, or one side aborts, at once or at a later round; never does a
 * run complete on both sides over an altered message.
 */
final class MutationTest {
  /** A procedure with as many messages as it has rounds. */
  enum Kind {
    PAIR(4, 1),
    SYNC_ECDSA(5, 1),
    SYNC_EDDSA(5, 1),
    SIGN_ECDSA(5, 1),
    SIGN_EDDSA(5, 1),
    BATCH_ECDSA(5, 2),
    BATCH_EDDSA(5, 2);

    final int rounds;
    final int items;

    Kind(int rounds, int items) {
      this.rounds = rounds;
      this.items = items;
    }

    Stage stage() {
      return this == PAIR ? Stage.SECRETS : Stage.SYNCHRONISED;
    }

    Exchange<?> begin(TwoParties parties) {
      return switch (this) {
        case PAIR -> parties.pairing();
        case SYNC_ECDSA -> parties.synchronisation(ECDSA_SECP256K1);
        case SYNC_EDDSA -> parties.synchronisation(EDDSA_ED25519);
        case SIGN_ECDSA, BATCH_ECDSA -> parties.p1.driver().signAll(requests(ECDSA_SECP256K1));
        case SIGN_EDDSA, BATCH_EDDSA -> parties.p1.driver().signAll(requests(EDDSA_ED25519));
      };
    }

    private List<SignRequest> requests(Suite suite) {
      List<SignRequest> requests = new ArrayList<>();
      for (int i = 0; i < items; i++) {
        requests.add(
            new SignRequest(
                TwoParties.SECRET,
                TwoParties.key(suite),
                SignSessionId.random(),
                TwoParties.random(),
                Forge.random(9)));
      }
      return requests;
    }
  }

  /** What arrives instead of the message; it may look at all messages of the run before it. */
  interface Mutation {
    Bytes apply(List<Bytes> before, Bytes message);
  }

  /** How an altered run went. */
  enum Verdict {
    /**
     * The altered message was refused; the session lives, and with the right one after it the run
     * came to its end.
     */
    REFUSED,
    /** A side blamed the other. */
    ABORTED
  }

  /** Alterations of one message, by what they do. */
  private static final class Queue {
    private final Deque<Map.Entry<String, Mutation>> left;
    private final Map<Verdict, Integer> verdicts;
    private String last = "";

    Queue(Map<String, Mutation> mutations, Map<Verdict, Integer> verdicts) {
      this.left = new ArrayDeque<>(mutations.entrySet());
      this.verdicts = verdicts;
    }

    Mutation next() {
      Map.Entry<String, Mutation> entry = left.removeFirst();
      last = entry.getKey();
      return entry.getValue();
    }

    void count(Verdict verdict) {
      verdicts.merge(verdict, 1, Integer::sum);
    }
  }

  /**
   * One run of the procedure: alterations of one message arrive, one after the other, until one is
   * taken or there are no more.
   */
  private static final class Altered {
    private final TwoParties parties;
    private final Kind kind;
    private final int round;
    private final Queue mutations;
    private final List<Bytes> before = new ArrayList<>();
    private boolean taken;

    Altered(TwoParties parties, Kind kind, int round, Queue mutations) {
      this.parties = parties;
      this.kind = kind;
      this.round = round;
      this.mutations = mutations;
    }

    private String description() {
      return kind + ", round " + round + ": " + mutations.last;
    }

    void run() {
      try (Exchange<?> initiator = kind.begin(parties)) {
        Bytes first = TwoParties.sent(initiator.start()).orElseThrow();
        try (Exchange<?> responder = accept(first)) {
          run(initiator, responder);
        }
      } catch (PeerFaultException e) {
        // The answer to an altered first message may be refused as another session's: then its
        // receiver just waits on.
        assertTrue(taken && (round == 1 || !e.sessionAlive()), () -> description() + ": " + e);
        // All of a message is bound by the next at the latest, before more is opened: com too, by
        // sid.
        // In a pairing, E3 binds both E1 and E2.
        int noticed = e.round().charAt(e.round().length() - 1) - '0';
        int latest = kind == Kind.PAIR ? Math.max(3, round + 1) : round + 1;
        assertTrue(noticed >= round && noticed <= latest, () -> description() + ": " + e);
        mutations.count(Verdict.ABORTED);
      } catch (UsageException e) {
        // A first message that names ids for which there is nothing here.
        assertTrue(taken && round == 1, () -> description() + ": " + e);
        mutations.count(Verdict.ABORTED);
      } catch (CryptoDriverException e) {
        fail(description() + ": neither refused nor blamed on the peer", e);
      }
    }

    private Exchange<?> accept(Bytes first) {
      before.add(first);
      while (round == 1 && !mutations.left.isEmpty()) {
        try {
          Exchange<?> accepted =
              parties.p2.driver().accept(TwoParties.P1, mutations.next().apply(List.of(), first));
          taken = true;
          return accepted;
        } catch (PeerFaultException e) {
          assertTrue(e.sessionAlive(), () -> description() + ": " + e);
          mutations.count(Verdict.REFUSED);
        }
      }
      return parties.p2.driver().accept(TwoParties.P1, first);
    }

    private void run(Exchange<?> initiator, Exchange<?> responder) {
      Step<?> one = null;
      Step<?> two = responder.start();
      for (int next = 2; next <= kind.rounds; next++) {
        boolean toInitiator = next % 2 == 0;
        Bytes message = TwoParties.sent(toInitiator ? two : one).orElseThrow();
        Step<?> step = deliver(toInitiator ? initiator : responder, next, message);
        before.add(message);
        if (toInitiator) {
          one = step;
        } else {
          two = step;
        }
      }
      if (taken) {
        fail(description() + ": the run completed over it");
      }
      assertTrue(
          TwoParties.result(one).isPresent() && TwoParties.result(two).isPresent(),
          this::description);
    }

    private Step<?> deliver(Exchange<?> to, int number, Bytes message) {
      while (number == round && !mutations.left.isEmpty()) {
        try {
          taken = true;
          Step<?> step = to.receive(mutations.next().apply(List.copyOf(before), message));
          if (!(step instanceof Step.Await)) {
            return step;
          }
          // G5, T5: wrong ones are ignored.
          assertEquals(5, number, this::description);
        } catch (PeerFaultException e) {
          if (!e.sessionAlive()) {
            throw e;
          }
        }
        taken = false;
        mutations.count(Verdict.REFUSED);
      }
      return to.receive(message);
    }
  }

  /** Runs all, then an honest one; returns how often each verdict fell. */
  private static Map<Verdict, Integer> all(Kind kind, Mutations mutations) {
    Map<Verdict, Integer> verdicts = new TreeMap<>();
    List<Bytes> samples = samples(kind);
    try (TwoParties parties = TwoParties.at(kind.stage())) {
      for (int round = 1; round <= kind.rounds; round++) {
        Queue queue = new Queue(mutations.of(round, samples.get(round - 1)), verdicts);
        while (!queue.left.isEmpty()) {
          new Altered(parties, kind, round, queue).run();
        }
      }
      assertSound(parties, kind);
    }
    return verdicts;
  }

  private interface Mutations {
    Map<String, Mutation> of(int round, Bytes sample);
  }

  /** The messages of an honest run: they tell which fields there are. */
  private static List<Bytes> samples(Kind kind) {
    List<Bytes> messages = new ArrayList<>();
    try (TwoParties others = TwoParties.at(kind.stage())) {
      others.run(
          kind.begin(others),
          (header, message) -> {
            messages.add(message);
            return message;
          });
    }
    return messages;
  }

  private static void assertSound(TwoParties parties, Kind kind) {
    if (kind == Kind.PAIR) {
      parties.run(parties.pairing());
      for (Suite suite : Suite.values()) {
        parties.run(parties.synchronisation(suite, TwoParties.key(suite), TwoParties.PATH));
      }
    }
    parties.assertSound();
  }

  // ---- the properties ----

  /**
   * The lowest, the highest and a random bit of each field, in an otherwise well-formed message;
   * the random one alone where runs are long.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void anyBitFlippedInAnyFieldAborts(Kind kind) {
    Random random = new Random();
    all(
        kind,
        (round, sample) -> {
          Map<String, Mutation> mutations = new TreeMap<>();
          Record message = (Record) TwoParties.decode(sample, kind.items);
          boolean isLong = kind == Kind.PAIR || kind == Kind.BATCH_ECDSA;
          for (String path : Leaves.paths(message)) {
            List<Integer> bits = Leaves.bits(Leaves.get(message, path), random);
            for (int bit : isLong ? bits.subList(2, 3) : bits) {
              mutations.put(
                  path + ", bit " + bit,
                  (before, sent) ->
                      WireCodec.encode(
                          (WireMessage)
                              Leaves.with(
                                  (Record) TwoParties.decode(sent, kind.items),
                                  path,
                                  value -> Leaves.flipped(value, bit))));
            }
          }
          return mutations;
        });
  }

  /** Random bits of the encoded message, and bits of its head: addresses, lengths, types. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void anyBitFlippedInAnyMessageAborts(Kind kind) {
    Random random = new Random();
    int anywhere = kind == Kind.PAIR ? 4 : 8;
    all(
        kind,
        (round, sample) -> {
          Map<String, Mutation> mutations = new TreeMap<>();
          int bits = 8 * sample.size();
          int head = Math.min(bits, 8 * 80);
          for (int i = 0; i < anywhere + 12; i++) {
            // flipped() counts from the end.
            int bit = i < anywhere ? random.nextInt(bits) : bits - 1 - random.nextInt(head);
            mutations.put(
                "bit " + bit + " of " + bits, (before, sent) -> Leaves.flipped(sent, bit));
          }
          return mutations;
        });
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anyOtherLengthIsRefused(Kind kind) {
    Map<Verdict, Integer> verdicts =
        all(
            kind,
            (round, sample) -> {
              Map<String, Mutation> mutations = new TreeMap<>();
              int length = sample.size();
              for (int kept : new int[] {0, 1, 2, 40, length / 2, length - 1}) {
                mutations.put(
                    "the first " + kept + " of " + length, (before, sent) -> first(sent, kept));
              }
              mutations.put("a zero after it", (before, sent) -> first(sent, length + 1));
              mutations.put("itself after it", (before, sent) -> twice(sent));
              mutations.put(
                  "more than 1 MiB", (before, sent) -> first(sent, WireCodec.MAX_MESSAGE + 1));
              return mutations;
            });
    assertEquals(Map.of(Verdict.REFUSED, 9 * kind.rounds), verdicts);
  }

  private static Bytes first(Bytes message, int length) {
    return Bytes.of(Arrays.copyOf(message.toByteArray(), length));
  }

  private static Bytes twice(Bytes message) {
    byte[] once = message.toByteArray();
    byte[] twice = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    return Bytes.of(twice);
  }

  /**
   * Every earlier message of the run: of another round, also the receiver's own, sent back to it.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void messagesOfAnotherRoundAreRefused(Kind kind) {
    Map<Verdict, Integer> verdicts =
        all(
            kind,
            (round, sample) -> {
              Map<String, Mutation> mutations = new TreeMap<>();
              for (int earlier = 1; earlier < round; earlier++) {
                int index = earlier - 1;
                mutations.put("message " + earlier, (before, sent) -> before.get(index));
              }
              return mutations;
            });
    assertEquals(Map.of(Verdict.REFUSED, kind.rounds * (kind.rounds - 1) / 2), verdicts);
  }

  /** Addressed to another session, or of another sender, else as it was. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void messagesOfAnotherSessionAreRefused(Kind kind) {
    Map<Verdict, Integer> verdicts =
        all(
            kind,
            (round, sample) -> {
              Map<String, Mutation> mutations = new TreeMap<>();
              if (round == 1) {
                // A first message founds its session; its ids are hashed, and flipped above.
                return mutations;
              }
              SessionIds ids = MessageHeader.peek(sample).session();
              mutations.put(
                  "secretId",
                  readdressed(
                      new SecretId(UUID.randomUUID()), Optional.empty(), Optional.empty(), kind));
              if (ids.syncSessionId().isPresent()) {
                mutations.put(
                    "syncSessionId",
                    readdressed(null, Optional.of(SyncSessionId.random()), Optional.empty(), kind));
              }
              if (ids.signSessionId().isPresent()) {
                mutations.put(
                    "signSessionId",
                    readdressed(null, Optional.empty(), Optional.of(SignSessionId.random()), kind));
              }
              return mutations;
            });
    int ids = kind == Kind.PAIR ? 1 : kind.name().startsWith("SYNC") ? 2 : 3;
    assertEquals(Map.of(Verdict.REFUSED, ids * (kind.rounds - 1)), verdicts);
  }

  private static Mutation readdressed(
      SecretId secretId,
      Optional<SyncSessionId> syncSessionId,
      Optional<SignSessionId> signSessionId,
      Kind kind) {
    return (before, sent) -> {
      MessageHeader header = MessageHeader.peek(sent);
      SessionIds ids = header.session();
      SessionIds others =
          new SessionIds(
              secretId == null ? ids.secretId() : secretId,
              syncSessionId.or(ids::syncSessionId),
              signSessionId.or(ids::signSessionId));
      MessageHeader other = new MessageHeader(header.procedure(), header.round(), others);
      return WireCodec.encode(
          (WireMessage)
              Leaves.replace((Record) TwoParties.decode(sent, kind.items), "header", other));
    };
  }
}
