/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.Health;
import com.spatium.cryptodriver.Operator;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.ecdsa.EcdsaSteps;
import com.spatium.cryptodriver.eddsa.EddsaSteps;
import com.spatium.cryptodriver.pairing.PairingInitiator;
import com.spatium.cryptodriver.pairing.PairingResponder;
import com.spatium.cryptodriver.pool.SigningPools;
import com.spatium.cryptodriver.round.Opening;
import com.spatium.cryptodriver.round.Scope;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.signing.SignInitiator;
import com.spatium.cryptodriver.signing.SignResponder;
import com.spatium.cryptodriver.signing.SuiteSteps;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.state.ParameterSource;
import com.spatium.cryptodriver.sync.SyncInitiator;
import com.spatium.cryptodriver.sync.SyncResponder;
import com.spatium.cryptodriver.wire.PairingMessage;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.cryptodriver.wire.SignMessage;
import com.spatium.cryptodriver.wire.SyncMessage;
import com.spatium.cryptodriver.wire.WireCodec;
import com.spatium.cryptodriver.wire.WireMessage;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.VaultReport;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The driver over any custody. Use it through its two forms, {@code SoftwareCryptoDriver} and
 * {@code Pkcs11CryptoDriver}. Thread-safe.
 *
 * <p>What {@link #accept} gives has as its result: a {@link Pairing}; a {@link DistributedKey}; for
 * a signature the list of {@link Signature}s, or, after our policy refused and the refusal is to be
 * sent, the {@code SigningPolicy.Decision.Refuse}.
 */
public class EngineDriver implements CryptoDriver {
  private final DriverConfig config;
  private final Custody custody;
  private final EcMath ecmath;
  private final DriverState state;
  private final SessionTable sessions;
  private final SigningPools pools;
  private final EngineSecrets secrets;
  private final EngineOperator operator;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Opens the state of this installation. A new installation makes its ring-Pedersen parameters,
   * which may take minutes; progress goes to the configured listener.
   *
   * @param store stays the caller's
   * @param custody is closed with the driver
   */
  public EngineDriver(DriverConfig config, StateStore store, Custody custody, EcMath ecmath) {
    this(config, store, custody, ecmath, ParameterSource.search(ecmath));
  }

  /** With moduli of another source: for tests. */
  EngineDriver(
      DriverConfig config,
      StateStore store,
      Custody custody,
      EcMath ecmath,
      ParameterSource source) {
    this.config = config;
    this.custody = custody;
    this.ecmath = ecmath;
    this.state = EcErrors.translate(() -> opened(config, store, custody, ecmath, source));
    this.sessions = new SessionTable(config);
    this.pools = new SigningPools(state, sessions::computing);
    this.secrets = new EngineSecrets(ecmath, state, sessions, pools, this::begin);
    this.operator = new EngineOperator(state, sessions, pools, this::begin);
    state
        .locks()
        .onLock(
            id -> {
              sessions.end(subject -> subject.secretId().equals(id), "its secret is LOCKED");
              pools.forget(id);
            });
  }

  private static DriverState opened(
      DriverConfig config,
      StateStore store,
      Custody custody,
      EcMath ecmath,
      ParameterSource source) {
    DriverState state = new DriverState(ecmath, config, store, custody, source);
    try {
      state.installation().prepare(config.level(), config.progress());
      return state;
    } catch (RuntimeException | Error e) {
      state.close();
      throw e;
    }
  }

  /** What every call does first. */
  private void begin() {
    if (closed.get()) {
      throw new UsageException("this driver was closed");
    }
    reapIdleSessions();
  }

  /**
   * Wipes sessions that waited longer than {@link DriverConfig#idleTimeout()}, keys unused for long
   * and what was made ahead too long ago; done in every other call too.
   */
  public final void reapIdleSessions() {
    sessions.reap();
    state.unsealed().expire();
    pools.expire();
  }

  @Override
  public final Secrets secrets() {
    return secrets;
  }

  @Override
  public final Operator operator() {
    return operator;
  }

  // ---- as P1 ----

  @Override
  public final Exchange<Pairing> pair(PairingRequest request) {
    begin();
    state.secrets().require(request.secretId());
    Session session =
        initiator(Procedure.PAIR, request.peer(), SessionIds.pairing(request.secretId()));
    return run(session, new PairingInitiator(session), Function.identity(), tooManyOwn(session));
  }

  @Override
  public final Exchange<DistributedKey> synchronise(SyncRequest request) {
    begin();
    state.secrets().require(request.secretId());
    Procedure procedure =
        request.suite() == Suite.ECDSA_SECP256K1 ? Procedure.SYNC_ECDSA : Procedure.SYNC_EDDSA;
    Session session =
        initiator(
            procedure,
            request.peer(),
            SessionIds.sync(request.secretId(), request.syncSessionId()));
    return run(
        session,
        new SyncInitiator(session, request.path()),
        Function.identity(),
        tooManyOwn(session));
  }

  @Override
  public final Exchange<Signature> sign(SignRequest request) {
    return sign(List.of(request), signatures -> signatures.get(0));
  }

  @Override
  public final Exchange<List<Signature>> signAll(List<SignRequest> requests) {
    return sign(List.copyOf(requests), Function.identity());
  }

  private <R> Exchange<R> sign(List<SignRequest> requests, Function<List<Signature>, R> result) {
    begin();
    if (requests.isEmpty() || requests.size() > SignMessage.MAX_ITEMS) {
      throw new UsageException("a batch has 1 to " + SignMessage.MAX_ITEMS + " messages");
    }
    SignRequest first = requests.get(0);
    KeyRecord key =
        state
            .keys()
            .findActive(first.secretId(), Role.INITIATOR, first.syncSessionId())
            .orElseThrow(
                () ->
                    new UsageException(
                        "there is no key of secret "
                            + first.secretId()
                            + " and syncSessionId "
                            + first.syncSessionId()
                            + " that this driver made as initiator: synchronise first"));
    Set<Object> ids = new HashSet<>();
    for (SignRequest request : requests) {
      if (!request.secretId().equals(first.secretId())
          || !request.syncSessionId().equals(first.syncSessionId())) {
        throw new UsageException("all messages of a batch are signed under one key");
      }
      if (!ids.add(request.signSessionId())) {
        throw new UsageException(
            "the signSessionId " + request.signSessionId() + " stands twice in a batch");
      }
      if (key.suite() == Suite.ECDSA_SECP256K1 && request.message().size() != 32) {
        throw new UsageException(
            "an ECDSA message is a digest of exactly 32 bytes; hash the message first");
      }
    }
    Procedure procedure =
        key.suite() == Suite.ECDSA_SECP256K1 ? Procedure.SIGN_ECDSA : Procedure.SIGN_EDDSA;
    Session session =
        initiator(
            procedure,
            key.peer(),
            SessionIds.sign(key.secretId(), key.syncSessionId(), first.signSessionId()));
    List<SignMessage.Item> items =
        requests.stream()
            .map(
                request ->
                    new SignMessage.Item(
                        request.signSessionId(), request.message(), request.authorization()))
            .toList();
    return run(
        session,
        new SignInitiator(session, key, items, steps(session)),
        result,
        tooManyOwn(session));
  }

  private Session initiator(Procedure procedure, PeerId peer, SessionIds ids) {
    return new Session(state, new Scope(), procedure, Role.INITIATOR, peer, ids);
  }

  private Supplier<RuntimeException> tooManyOwn(Session session) {
    return () ->
        new UsageException(
            config.maxSessionsPerPeer()
                + " sessions with "
                + session.peer()
                + " are running: wait for one to end, or close it");
  }

  // ---- as P2 ----

  @Override
  public final Exchange<?> accept(PeerId from, Bytes firstMessage) {
    begin();
    WireMessage first = WireCodec.decodeFirst(firstMessage);
    String step = first.header().step();
    Session session =
        new Session(
            state,
            new Scope(),
            first.header().procedure(),
            Role.RESPONDER,
            from,
            first.header().session());
    Supplier<RuntimeException> tooMany =
        () ->
            PeerFaultException.abort(
                step, "the peer has " + config.maxSessionsPerPeer() + " running sessions already");
    if (first instanceof PairingMessage.InitiatorParameters e1) {
      return run(session, new PairingResponder(session, e1), Function.identity(), tooMany);
    } else if (first instanceof SyncMessage.KeyCommitment s1) {
      return run(session, new SyncResponder(session, s1), Function.identity(), tooMany);
    } else if (first instanceof SignMessage.NonceCommitment g1) {
      return run(
          session, new SignResponder(session, g1, steps(session)), Function.identity(), tooMany);
    }
    throw PeerFaultException.refuse(step, "no session waits for this message");
  }

  private SuiteSteps steps(Session session) {
    return session.suite() == Suite.ECDSA_SECP256K1 ? new EcdsaSteps(pools) : new EddsaSteps();
  }

  private <O, R> Exchange<R> run(
      Session session,
      Opening<O> opening,
      Function<O, R> result,
      Supplier<RuntimeException> tooMany) {
    Run<O, R> run = new Run<>(session, opening, result, sessions, config.clock());
    sessions.add(run, tooMany);
    if (closed.get()) {
      run.close();
      throw new UsageException("this driver was closed");
    }
    return run;
  }

  // ---- public data ----

  @Override
  public final Optional<DistributedKey> key(SecretId secretId, SyncSessionId syncSessionId) {
    begin();
    return state
        .keys()
        .findActive(secretId, Role.INITIATOR, syncSessionId)
        .or(() -> state.keys().findActive(secretId, Role.RESPONDER, syncSessionId))
        .map(KeyRecord::distributedKey);
  }

  @Override
  public final Optional<Pairing> pairing(SecretId secretId, Role role, PeerId peer) {
    begin();
    return state.pairings().find(secretId, role, peer).map(PairingRecord::pairing);
  }

  @Override
  public final Health health() {
    begin();
    Map<String, String> attributes = custody.health();
    VaultReport report = ecmath.vault().report();
    Map<String, String> memory = new LinkedHashMap<>();
    memory.put("memfd_secret", Boolean.toString(report.secretMemory()));
    memory.put("locked", Boolean.toString(report.locked()));
    memory.put("dontdump", Boolean.toString(report.excludedFromDumps()));
    memory.put("dontfork", Boolean.toString(report.excludedFromForks()));
    memory.put("guardPages", Boolean.toString(report.guardPages()));
    memory.put("bytes", Long.toString(report.bytes()));
    memory.put("inUse", Long.toString(report.inUse()));
    memory.put("peak", Long.toString(report.peak()));
    memory.put("sessions", Integer.toString(sessions.size()));
    return new Health(custody.describe(), ecmath.kernel(), memory, attributes);
  }

  /** What is on record: for tests. */
  final DriverState state() {
    return state;
  }

  /** For tests. */
  final SigningPools pools() {
    return pools;
  }

  /** How many runs there are: for tests. */
  final int runningSessions() {
    return sessions.size();
  }

  @Override
  public final void close() {
    if (closed.compareAndSet(false, true)) {
      sessions.end(subject -> true, "the driver was closed");
      pools.close();
      state.close();
      custody.close();
    }
  }
}
