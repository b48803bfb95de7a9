/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.engine.Conversation;
import com.spatium.cryptodriver.engine.IndependentVerifier;
import com.spatium.cryptodriver.engine.Party;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * Two drivers, alice as P1 and bob as P2, for the contract's tests. The parties are paired, and
 * have a key of each suite, once for all tests; each test starts from a copy of their stores.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoDrivers {
  protected static final EcMath ECMATH = EcMath.open();
  static final PeerId ALICE = new PeerId("alice");
  static final PeerId BOB = new PeerId("bob");
  static final DerivationPath PATH = new DerivationPath(60, 7);

  final SecretId secret = SecretId.random();
  final SyncSessionId ecdsaKey = SyncSessionId.random();
  final SyncSessionId eddsaKey = SyncSessionId.random();
  private Party firstAlice;
  private Party firstBob;
  Party alice;
  Party bob;

  /** What opens one and the same custody again and again; a second call gives another one. */
  protected abstract Supplier<Custody> initiatorsCustody() throws Exception;

  protected abstract Supplier<Custody> respondersCustody() throws Exception;

  /** Of both parties. */
  protected DriverConfig.Pools pools() {
    return DriverConfig.Pools.defaults();
  }

  @BeforeAll
  void pairOnce() throws Exception {
    long started = System.nanoTime();
    firstAlice = Party.alice(new MemoryStateStore(), initiatorsCustody());
    firstBob = Party.bob(new MemoryStateStore(), respondersCustody());
    firstAlice.restart(firstAlice.config().withPools(pools()));
    firstBob.restart(firstBob.config().withPools(pools()));
    alice = firstAlice;
    bob = firstBob;
    alice.driver().secrets().generate(secret);
    bob.driver().secrets().generate(secret);
    pair(secret);
    synchronise(secret, ecdsaKey, Suite.ECDSA_SECP256K1, PATH);
    synchronise(secret, eddsaKey, Suite.EDDSA_ED25519, PATH);
    System.out.printf(
        "%s: set up in %d ms%n",
        getClass().getSimpleName(), (System.nanoTime() - started) / 1_000_000);
  }

  @AfterAll
  void closeFirst() {
    firstAlice.close();
    firstBob.close();
  }

  @BeforeEach
  void copy() {
    alice = firstAlice.copy();
    bob = firstBob.copy();
  }

  @AfterEach
  void close() {
    alice.close();
    bob.close();
  }

  // ---- helpers ----

  <R> Conversation<R> run(Exchange<R> exchange) {
    return Conversation.of(exchange, bob.driver(), ALICE);
  }

  Pairing pair(SecretId id) {
    return run(alice.driver().pair(new PairingRequest(id, BOB))).complete();
  }

  DistributedKey synchronise(SecretId id, SyncSessionId session, Suite suite, DerivationPath path) {
    return run(alice.driver().synchronise(new SyncRequest(id, session, suite, path, BOB)))
        .complete();
  }

  SyncSessionId key(Suite suite) {
    return suite == Suite.ECDSA_SECP256K1 ? ecdsaKey : eddsaKey;
  }

  static Bytes message() {
    return Bytes.of(Vault.randomPublic(32));
  }

  SignRequest request(Suite suite, Bytes message) {
    return new SignRequest(
        secret, key(suite), SignSessionId.random(), message, Bytes.ofHex("c0ffee"));
  }

  void signsStill(Suite suite) {
    SignRequest request = request(suite, message());
    Signature signature = run(alice.driver().sign(request)).complete();
    IndependentVerifier.verify(
        alice.driver().key(secret, request.syncSessionId()).orElseThrow(),
        request.message(),
        signature);
  }

  void importSeeds(SecretId id, byte[] ofAlice, byte[] ofBob) {
    try (SecretBlob a = ECMATH.vault().fromPublic(ofAlice);
        SecretBlob b = ECMATH.vault().fromPublic(ofBob)) {
      alice.driver().secrets().importSeed(id, a);
      bob.driver().secrets().importSeed(id, b);
    }
  }

  // ---- a wire that is cut ----

  static final class Cut extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Carries this many messages; the next one is lost, and with it the run. */
  static UnaryOperator<Bytes> cutAfter(int messages) {
    int[] left = {messages};
    return message -> {
      if (left[0]-- == 0) {
        throw new Cut();
      }
      return message;
    };
  }
}
