/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.ProgressListener;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.software.SoftwareCryptoDriver;
import com.spatium.cryptodriver.software.SoftwareCustody;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.ParameterSource;
import com.spatium.cryptodriver.wire.Expected;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Two parties with the software driver over stores in memory, at BITS_112 with the prebuilt
 * parameters, and the wire between them in the test's hand. P1 is the initiator.
 *
 * <p>Setting up costs seconds, so it is done once: each object starts from a copy of the two stores
 * as they were at a {@link Stage}.
 */
final class TwoParties implements AutoCloseable {
  static final EcMath ECMATH = EcMath.open();
  static final SecurityLevel LEVEL = SecurityLevel.BITS_112;
  static final PeerId P1 = new PeerId("p1");
  static final PeerId P2 = new PeerId("p2");
  static final SecretId SECRET =
      new SecretId(UUID.fromString("00000000-0000-4000-8000-000000000001"));
  static final SyncSessionId ECDSA_KEY =
      new SyncSessionId(UUID.fromString("00000000-0000-4000-8000-000000000002"));
  static final SyncSessionId EDDSA_KEY =
      new SyncSessionId(UUID.fromString("00000000-0000-4000-8000-000000000003"));
  static final DerivationPath PATH = new DerivationPath(60, 0);

  /** How far a pair has come. */
  enum Stage {
    /** Both have parameters and the secret. */
    SECRETS,
    /** And are paired, ACTIVE. */
    PAIRED,
    /** And have {@link #ECDSA_KEY} and {@link #EDDSA_KEY} at {@link #PATH}. */
    SYNCHRONISED
  }

  /** What happens to a message on its way: returns what arrives. */
  interface Tap {
    Bytes pass(MessageHeader header, Bytes message);

    /** Rewrites the message of this round and leaves the others. */
    static Tap rewrite(int round, UnaryOperator<WireMessage> change) {
      return (header, message) ->
          header.round() == round ? WireCodec.encode(change.apply(decode(message))) : message;
    }
  }

  /** How a run ended. Empty: that side still waits, e.g. P2 for a last message that was dropped. */
  record Ended<R>(Optional<R> initiator, Optional<Object> responder) {}

  /** One side; its driver can be closed and opened again over the same store. */
  static final class Party implements AutoCloseable {
    final PeerId name;
    final int number;
    final StateStore store;
    private final UnaryOperator<DriverConfig> configure;
    private CryptoDriver driver;
    private DriverState state;

    /** What the party's policy says; approves at first. */
    volatile SigningPolicy policy = request -> SigningPolicy.approve();

    private Party(int number, StateStore store, UnaryOperator<DriverConfig> configure) {
      this.number = number;
      this.name = number == 1 ? P1 : P2;
      this.store = store;
      this.configure = configure;
    }

    PeerId peer() {
      return number == 1 ? P2 : P1;
    }

    Role role() {
      return number == 1 ? Role.INITIATOR : Role.RESPONDER;
    }

    DriverConfig config() {
      return configure.apply(
          DriverConfig.of(name.name())
              .withLevel(LEVEL)
              .withMinimumLevel(LEVEL)
              .withAuthenticatedPeers(Set.of(peer()))
              .withPolicy(request -> policy.decide(request)));
    }

    /** Opened at first use. */
    synchronized CryptoDriver driver() {
      if (driver == null) {
        driver = SoftwareCryptoDriver.open(config(), store, custody());
      }
      return driver;
    }

    /**
     * The party's own state, for tests in which it cheats: its secrets, records, parameters. Opened
     * at first use.
     */
    synchronized DriverState state() {
      if (state == null) {
        state = new DriverState(ECMATH, config(), store, custody(), new Prebuilt(number));
      }
      return state;
    }

    /** As after a crash of the process: what was only in memory is gone. */
    synchronized void restart() {
      close();
    }

    @Override
    public synchronized void close() {
      if (driver != null) {
        driver.close();
        driver = null;
      }
      if (state != null) {
        state.close();
        state = null;
      }
    }
  }

  /** The prebuilt parameters of this number. */
  record Prebuilt(int number) implements ParameterSource {
    @Override
    public PaillierKey paillier(SecurityLevel level, ProgressListener progress) {
      return TestParameters.paillier(ECMATH, number);
    }

    @Override
    public RingPedersenKey ringPedersen(SecurityLevel level, ProgressListener progress) {
      return TestParameters.ringPedersen(ECMATH, level.modulusBits(), number);
    }
  }

  final Party p1;
  final Party p2;

  /**
   * @param wrap1 round P1's store, e.g. to make it fail; {@code UnaryOperator.identity()}
   * @param configure changes both configurations
   */
  TwoParties(
      Stage stage,
      UnaryOperator<StateStore> wrap1,
      UnaryOperator<StateStore> wrap2,
      UnaryOperator<DriverConfig> configure) {
    this(Template.store(stage, 1), Template.store(stage, 2), wrap1, wrap2, configure);
  }

  private TwoParties(
      StateStore store1,
      StateStore store2,
      UnaryOperator<StateStore> wrap1,
      UnaryOperator<StateStore> wrap2,
      UnaryOperator<DriverConfig> configure) {
    this.p1 = new Party(1, wrap1.apply(store1), configure);
    this.p2 = new Party(2, wrap2.apply(store2), configure);
  }

  static TwoParties at(Stage stage) {
    return new TwoParties(
        stage, UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
  }

  static TwoParties synchronised() {
    return at(Stage.SYNCHRONISED);
  }

  @Override
  public void close() {
    p1.close();
    p2.close();
  }

  // ---- running both sides ----

  /** Both sides honest, the wire untouched. */
  <R> Ended<R> run(Exchange<R> initiator) {
    return run(initiator, (header, message) -> message);
  }

  /** To the end; an exception of either side comes out. */
  <R> Ended<R> run(Exchange<R> initiator, Tap tap) {
    try (initiator) {
      Step<R> step1 = initiator.start();
      Exchange<?> responder = p2.driver().accept(P1, through(tap, sent(step1).orElseThrow()));
      try (responder) {
        return run(initiator, step1, responder, responder.start(), tap);
      }
    }
  }

  private static <R, S> Ended<R> run(
      Exchange<R> initiator, Step<R> step1, Exchange<S> responder, Step<?> first, Tap tap) {
    Step<R> one = step1;
    Step<?> two = first;
    while (true) {
      Optional<Bytes> toP1 = sent(two);
      if (toP1.isEmpty() || result(one).isPresent()) {
        return new Ended<>(result(one), result(two).map(Object.class::cast));
      }
      one = initiator.receive(through(tap, toP1.get()));
      Optional<Bytes> toP2 = sent(one);
      if (toP2.isEmpty() || result(two).isPresent()) {
        return new Ended<>(result(one), result(two).map(Object.class::cast));
      }
      two = responder.receive(through(tap, toP2.get()));
    }
  }

  private static Bytes through(Tap tap, Bytes message) {
    return tap.pass(MessageHeader.peek(message), message);
  }

  /** What a step sends. */
  static Optional<Bytes> sent(Step<?> step) {
    if (step instanceof Step.Send<?> send) {
      return Optional.of(send.message());
    }
    return step instanceof Step.SendAndFinish<?> last
        ? Optional.of(last.message())
        : Optional.empty();
  }

  /** What a step gives. */
  static <R> Optional<R> result(Step<R> step) {
    if (step instanceof Step.Finish<R> finish) {
      return Optional.of(finish.result());
    }
    return step instanceof Step.SendAndFinish<R> last
        ? Optional.of(last.result())
        : Optional.empty();
  }

  /** Any message of a run with one item. */
  static WireMessage decode(Bytes message) {
    return decode(message, 1);
  }

  static WireMessage decode(Bytes message, int items) {
    MessageHeader header = MessageHeader.peek(message);
    return header.round() == 1
        ? WireCodec.decodeFirst(message)
        : WireCodec.decode(message, new Expected(header, LEVEL, items));
  }

  // ---- the procedures ----

  Exchange<Pairing> pairing() {
    return p1.driver().pair(new PairingRequest(SECRET, P2));
  }

  Exchange<DistributedKey> synchronisation(Suite suite) {
    return synchronisation(suite, SyncSessionId.random(), PATH);
  }

  Exchange<DistributedKey> synchronisation(Suite suite, SyncSessionId id, DerivationPath path) {
    return p1.driver().synchronise(new SyncRequest(SECRET, id, suite, path, P2));
  }

  Exchange<Signature> signature(Suite suite, SignSessionId id, Bytes message) {
    return p1.driver().sign(request(suite, id, message));
  }

  /** A fresh signature of a random message. */
  Exchange<Signature> signature(Suite suite) {
    return signature(suite, SignSessionId.random(), random());
  }

  static SignRequest request(Suite suite, SignSessionId id, Bytes message) {
    return new SignRequest(SECRET, key(suite), id, message, Bytes.empty());
  }

  static SyncSessionId key(Suite suite) {
    return suite == Suite.ECDSA_SECP256K1 ? ECDSA_KEY : EDDSA_KEY;
  }

  /** 32 bytes. */
  static Bytes random() {
    return Bytes.of(Vault.randomPublic(32));
  }

  // ---- the state is sound ----

  /**
   * An honest signature under each key that was there succeeds and both sides have it; nothing is
   * LOCKED.
   */
  void assertSound() {
    for (Suite suite : Suite.values()) {
      assertSigns(suite);
    }
  }

  /** The same for one suite. */
  void assertSigns(Suite suite) {
    assertFalse(p1.driver().operator().isLocked(SECRET), "P1 is LOCKED");
    assertFalse(p2.driver().operator().isLocked(SECRET), "P2 is LOCKED");
    Bytes message = random();
    Ended<Signature> ended = run(signature(suite, SignSessionId.random(), message));
    Signature signature = ended.initiator().orElseThrow();
    assertEquals(
        Optional.of(List.of(signature)), ended.responder(), "the sides have different signatures");
    assertTrue(verifies(publicKey(suite), message, signature), "the signature does not verify");
  }

  Bytes publicKey(Suite suite) {
    return p1.driver().key(SECRET, key(suite)).orElseThrow().publicKey().encoded();
  }

  static boolean verifies(Bytes publicKey, Bytes message, Signature signature) {
    if (signature instanceof Signature.Ecdsa ecdsa) {
      return ECMATH
          .secp256k1()
          .ecdsaVerify(
              publicKey.toByteArray(),
              message.toByteArray(),
              ecdsa.r().toByteArray(),
              ecdsa.s().toByteArray());
    }
    return ECMATH
        .ed25519()
        .ed25519Verify(
            publicKey.toByteArray(),
            message.toByteArray(),
            ((Signature.Eddsa) signature).toBytes().toByteArray());
  }

  // ---- what is built once ----

  static SoftwareCustody custody() {
    return SoftwareCustody.fromKeyFile(ECMATH, KeyFile.PATH);
  }

  private static final class KeyFile {
    static final Path PATH = make();

    private static Path make() {
      try {
        Path file =
            Files.createTempFile(
                "spatium-test",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        file.toFile().deleteOnExit();
        return Files.writeString(file, random().toHex() + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Template {
    private static final Map<Stage, List<StateStore>> STAGES = build();

    static StateStore store(Stage stage, int number) {
      return copy(Objects.requireNonNull(STAGES.get(stage)).get(number - 1));
    }

    private static Map<Stage, List<StateStore>> build() {
      Map<Stage, List<StateStore>> stages = new EnumMap<>(Stage.class);
      UnaryOperator<StateStore> same = UnaryOperator.identity();
      try (TwoParties parties =
          new TwoParties(
              new MemoryStateStore(),
              new MemoryStateStore(),
              same,
              same,
              UnaryOperator.identity())) {
        for (Party party : List.of(parties.p1, parties.p2)) {
          party.state().installation().prepare(LEVEL, ProgressListener.silent());
          party.state().secrets().generate(SECRET);
        }
        stages.put(Stage.SECRETS, parties.copies());
        Ended<Pairing> paired = parties.run(parties.pairing());
        assertEquals(Pairing.Status.ACTIVE, paired.initiator().orElseThrow().status());
        stages.put(Stage.PAIRED, parties.copies());
        for (Suite suite : Suite.values()) {
          Ended<DistributedKey> key = parties.run(parties.synchronisation(suite, key(suite), PATH));
          assertEquals(
              key.initiator().orElseThrow().publicKey(),
              ((DistributedKey) key.responder().orElseThrow()).publicKey());
        }
        stages.put(Stage.SYNCHRONISED, parties.copies());
      }
      return stages;
    }
  }

  /** The stores as they are now. */
  List<StateStore> copies() {
    return List.of(copy(p1.store), copy(p2.store));
  }

  static StateStore copy(StateStore store) {
    MemoryStateStore copy = new MemoryStateStore();
    for (String key : store.list("")) {
      copy.create(key, store.get(key).orElseThrow());
    }
    return copy;
  }
}
