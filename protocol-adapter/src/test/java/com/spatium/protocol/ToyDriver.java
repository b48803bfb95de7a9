/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Health;
import com.spatium.cryptodriver.Operator;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.PublicPoint;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.ecmath.SecretBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A driver without cryptography, to test who drives it: procedures of the real number of messages,
 * each {@code <procedure>|<session>|<round>}. P1 ends with a message that needs no answer, or,
 * pairing, P2 does.
 */
final class ToyDriver implements CryptoDriver {
  private static final Map<Exchange.Procedure, Integer> ROUNDS =
      Map.of(
          Exchange.Procedure.PAIR, 4,
          Exchange.Procedure.SYNC_ECDSA, 5,
          Exchange.Procedure.SYNC_EDDSA, 5,
          Exchange.Procedure.SIGN_ECDSA, 5,
          Exchange.Procedure.SIGN_EDDSA, 5);

  /** Exchanges that were not closed. */
  final AtomicInteger open = new AtomicInteger();

  final AtomicInteger finished = new AtomicInteger();
  final Set<SecretId> secrets = ConcurrentHashMap.newKeySet();
  final Map<SecretId, Pairing> pairings = new ConcurrentHashMap<>();
  final Map<SyncSessionId, DistributedKey> keys = new ConcurrentHashMap<>();

  /** Called in each round; may block or throw. */
  volatile Consumer<String> inRound = round -> {};

  volatile Consumer<SecretId> inGenerate = id -> {};
  volatile Pairing.Status newPairings = Pairing.Status.ACTIVE;

  private final class Run<R> implements Exchange<R> {
    private final Subject subject;
    private final R result;
    private int round; // of the last message
    private boolean closed;

    Run(Subject subject, R result) {
      this.subject = subject;
      this.result = result;
      open.incrementAndGet();
    }

    @Override
    public Step<R> start() {
      if (subject.role() == Role.RESPONDER) {
        return answer(1);
      }
      inRound.accept(message(1));
      round = 1;
      return new Step.Send<>(text(message(1)));
    }

    @Override
    public Step<R> receive(Bytes message) {
      if (closed) {
        throw new UsageException("this session has ended");
      }
      String expected = message(round + 1);
      String text = new String(message.toByteArray(), StandardCharsets.UTF_8);
      if (text.equals("bad " + expected)) {
        close();
        throw PeerFaultException.abort("toy " + (round + 1), "bad");
      }
      if (!text.equals(expected)) {
        throw PeerFaultException.refuse("toy " + (round + 1), "not the message that is expected");
      }
      return answer(round + 1);
    }

    private Step<R> answer(int received) {
      inRound.accept(message(received));
      int last = ROUNDS.get(subject.procedure());
      if (received == last) {
        finished.incrementAndGet();
        return new Step.Finish<>(result);
      }
      round = received + 1;
      if (round == last) {
        finished.incrementAndGet();
        return new Step.SendAndFinish<>(text(message(round)), result);
      }
      return new Step.Send<>(text(message(round)));
    }

    private String message(int number) {
      return subject.procedure() + "|" + subject.session() + "|" + number;
    }

    @Override
    public Subject subject() {
      return subject;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }

  static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Exchange<Pairing> pair(PairingRequest r) {
    require(secrets.contains(r.secretId()), "no such secret");
    Pairing pairing =
        new Pairing(
            new PairingId(Bytes.of(new byte[32])),
            r.secretId(),
            Role.INITIATOR,
            r.peer(),
            SecurityLevel.BITS_112,
            newPairings);
    pairings.put(r.secretId(), pairing);
    return new Run<>(
        subject(Exchange.Procedure.PAIR, r.secretId(), r.peer(), r.secretId().toString()), pairing);
  }

  @Override
  public Exchange<DistributedKey> synchronise(SyncRequest r) {
    require(pairings.containsKey(r.secretId()), "not paired");
    DistributedKey key =
        new DistributedKey(
            r.secretId(),
            r.syncSessionId(),
            r.suite(),
            r.path(),
            Role.INITIATOR,
            pairings.get(r.secretId()).id(),
            new PublicPoint(r.suite(), Bytes.of(new byte[r.suite().pointLength()])));
    keys.put(r.syncSessionId(), key);
    Exchange.Procedure procedure =
        r.suite() == Suite.ECDSA_SECP256K1
            ? Exchange.Procedure.SYNC_ECDSA
            : Exchange.Procedure.SYNC_EDDSA;
    return new Run<>(subject(procedure, r.secretId(), r.peer(), r.syncSessionId().toString()), key);
  }

  @Override
  public Exchange<Signature> sign(SignRequest r) {
    DistributedKey key = keys.get(r.syncSessionId());
    require(key != null, "no such key");
    Bytes half = Bytes.of(new byte[32]);
    boolean ecdsa = key.suite() == Suite.ECDSA_SECP256K1;
    Signature signature =
        ecdsa ? new Signature.Ecdsa(half, half, 1) : new Signature.Eddsa(half, half);
    return new Run<>(
        subject(
            ecdsa ? Exchange.Procedure.SIGN_ECDSA : Exchange.Procedure.SIGN_EDDSA,
            r.secretId(),
            new PeerId("peer"),
            r.signSessionId().toString()),
        signature);
  }

  @Override
  public Exchange<List<Signature>> signAll(List<SignRequest> requests) {
    Bytes half = Bytes.of(new byte[32]);
    Signature signature = new Signature.Ecdsa(half, half, 1);
    return new Run<>(
        subject(
            Exchange.Procedure.SIGN_ECDSA,
            requests.get(0).secretId(),
            new PeerId("peer"),
            requests.get(0).signSessionId().toString()),
        requests.stream().map(r -> signature).toList());
  }

  private static Exchange.Subject subject(
      Exchange.Procedure procedure, SecretId id, PeerId peer, String session) {
    return new Exchange.Subject(procedure, id, Role.INITIATOR, peer, session);
  }

  @Override
  public Exchange<?> accept(PeerId from, Bytes firstMessage) {
    String[] parts =
        new String(firstMessage.toByteArray(), StandardCharsets.UTF_8).split("\\|", -1);
    if (parts.length != 3 || !parts[2].equals("1")) {
      throw PeerFaultException.refuse("first message", "undecodable");
    }
    return new Run<>(
        new Exchange.Subject(
            Exchange.Procedure.valueOf(parts[0]),
            SecretId.random(),
            Role.RESPONDER,
            from,
            parts[1]),
        "done");
  }

  @Override
  public Optional<DistributedKey> key(SecretId secretId, SyncSessionId syncSessionId) {
    return Optional.ofNullable(keys.get(syncSessionId));
  }

  @Override
  public Optional<Pairing> pairing(SecretId secretId, Role role, PeerId peer) {
    return Optional.ofNullable(pairings.get(secretId));
  }

  /** Registers a key without a run. */
  SyncSessionId newKey(SecretId secret, Suite suite) {
    SyncSessionId id = SyncSessionId.random();
    keys.put(
        id,
        new DistributedKey(
            secret,
            id,
            suite,
            new DerivationPath(0, 0),
            Role.INITIATOR,
            new PairingId(Bytes.of(new byte[32])),
            new PublicPoint(suite, Bytes.of(new byte[suite.pointLength()]))));
    return id;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new UsageException(otherwise);
    }
  }

  @Override
  public Secrets secrets() {
    return new ToySecrets();
  }

  @Override
  public Operator operator() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Health health() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  private final class ToySecrets implements Secrets {
    @Override
    public void generate(SecretId id) {
      inGenerate.accept(id);
      require(secrets.add(id), "exists");
    }

    @Override
    public boolean exists(SecretId id) {
      return secrets.contains(id);
    }

    @Override
    public Kind kind(SecretId id) {
      return Kind.PORTABLE;
    }

    @Override
    public void importSeed(SecretId id, SecretBlob seed) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Bytes exportBackup(SecretId id, SecretBlob passphrase) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void importBackup(SecretId id, SecretBlob passphrase, Bytes backup) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void destroy(SecretId id) {
      secrets.remove(id);
    }

    @Override
    public List<SecretId> list() {
      return List.copyOf(secrets);
    }
  }
}
