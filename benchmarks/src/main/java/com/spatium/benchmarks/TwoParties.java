/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.DriverConfig.Pools;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerId;
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
import com.spatium.cryptodriver.software.SoftwareCryptoDriver;
import com.spatium.cryptodriver.software.SoftwareCustody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Vault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Both parties in one process, without network and token: what remains is the mathematics, the
 * encoding and the bookkeeping. Safe for several threads, each with exchanges of its own.
 */
final class TwoParties implements AutoCloseable {
  private static final PeerId P1 = new PeerId("p1");
  private static final PeerId P2 = new PeerId("p2");

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final CryptoDriver first;
  private final CryptoDriver second;

  /** Opens both; an empty store means that ring-Pedersen parameters are made. */
  TwoParties(SecurityLevel level, Pools pools, StateStore firstStore, StateStore secondStore) {
    first = open("bench-1", level, pools, P2, firstStore);
    second = open("bench-2", level, pools, P1, secondStore);
  }

  private static CryptoDriver open(
      String installation, SecurityLevel level, Pools pools, PeerId peer, StateStore store) {
    DriverConfig config =
        DriverConfig.of(installation)
            .withLevel(level)
            .withPools(pools)
            .withPolicy(request -> SigningPolicy.approve())
            .withAuthenticatedPeers(Set.of(peer))
            .withSessions(1024, 1024, Duration.ofMinutes(5));
    return SoftwareCryptoDriver.open(
        config, store, SoftwareCustody.fromKeyFile(EcMath.open(), Prepared.keyFile()));
  }

  /** Makes the secret on P1's side: with its Paillier modulus. */
  SecretId generateFirst() {
    SecretId id = SecretId.random();
    first.secrets().generate(id);
    return id;
  }

  /** A new secret on both sides. */
  SecretId generate() {
    SecretId id = generateFirst();
    second.secrets().generate(id);
    return id;
  }

  DistributedKey key(SecretId id, SyncSessionId session) {
    return first.key(id, session).orElseThrow();
  }

  /** Waits until all that P2 makes ahead of time for this key is ready. */
  void warmUp(DistributedKey key) throws InterruptedException {
    Check.that(
        second.operator().warmUp(key.secretId(), key.syncSessionId(), PATIENCE),
        "the pools do not become full");
  }

  /** Opens a new installation: with its ring-Pedersen parameters and their proof. */
  static void install(SecurityLevel level) {
    open("bench-new", level, Pools.off(), P2, new MemoryStateStore()).close();
  }

  Pairing pair(SecretId id) {
    return run("E", () -> first.pair(new PairingRequest(id, P2)));
  }

  DistributedKey synchronise(SecretId id, Suite suite, long account) {
    SyncRequest request =
        new SyncRequest(id, SyncSessionId.random(), suite, new DerivationPath(60, account), P2);
    return run("S", () -> first.synchronise(request));
  }

  Signature sign(DistributedKey key, Bytes message) {
    SignRequest request = request(key, message);
    return run(key.suite() == Suite.ECDSA_SECP256K1 ? "G" : "T", () -> first.sign(request));
  }

  /** As many random digests, in one run. */
  List<Signature> signAll(DistributedKey key, int count) {
    List<SignRequest> requests =
        IntStream.range(0, count).mapToObj(i -> request(key, digest())).toList();
    return run("B", () -> first.signAll(requests));
  }

  private static SignRequest request(DistributedKey key, Bytes message) {
    return new SignRequest(
        key.secretId(), key.syncSessionId(), SignSessionId.random(), message, Bytes.empty());
  }

  static Bytes digest() {
    return Bytes.of(Vault.randomPublic(32));
  }

  /** Runs P1's exchange against P2 to its end, and tells {@link Steps} how long each part took. */
  private <R> R run(String procedure, Supplier<Exchange<R>> opening) {
    Steps.Clock clock = Steps.clock(procedure);
    try (Exchange<R> initiator = opening.get()) {
      Exchange<?> responder = null;
      try {
        Step<R> step = initiator.start();
        while (true) {
          Bytes message;
          if (step instanceof Step.Send<R> send) {
            clock.made("P1");
            message = send.message();
          } else if (step instanceof Step.SendAndFinish<R> last) {
            clock.made("P1");
            if (responder != null) {
              responder.receive(last.message());
              clock.received("P2");
            }
            return last.result();
          } else if (step instanceof Step.Finish<R> finish) {
            clock.received("P1");
            return finish.result();
          } else {
            throw new IllegalStateException("P1 waits for nothing");
          }
          Step<?> answer;
          if (responder == null) {
            responder = second.accept(P1, message);
            answer = responder.start();
          } else {
            answer = responder.receive(message);
          }
          clock.made("P2");
          step = initiator.receive(messageOf(answer));
        }
      } finally {
        if (responder != null) {
          responder.close();
        }
      }
    }
  }

  private static Bytes messageOf(Step<?> step) {
    if (step instanceof Step.Send<?> send) {
      return send.message();
    } else if (step instanceof Step.SendAndFinish<?> last) {
      return last.message();
    }
    throw new IllegalStateException("P2 has no answer");
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
