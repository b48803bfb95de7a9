/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static com.spatium.protocol.Eventually.eventually;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.RefusedException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import com.spatium.signer.cli.ReferenceKeys;
import com.spatium.signer.cli.Verification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link SpatiumProtocol} with real software drivers at 2048 bits; over each transport. */
abstract class ProtocolWithDriversContract {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final SecretId secret = SecretId.random();
  private final MemoryStateStore storeA = new MemoryStateStore();
  private final MemoryStateStore storeB = new MemoryStateStore();
  private volatile SigningPolicy policy = request -> SigningPolicy.approve();
  private TransportDriverContract.Ends ends;
  private MeddlingTransport wireA;
  private MeddlingTransport wireB;
  private CryptoDriver driverA;
  private CryptoDriver driverB;
  private SpatiumProtocol a;
  private SpatiumProtocol b;

  abstract TransportDriverContract.Ends connect();

  @BeforeEach
  void connectEnds() {
    ends = connect();
    wireA = new MeddlingTransport(ends.first());
    wireB = new MeddlingTransport(ends.second());
  }

  @AfterEach
  void close() {
    a.close();
    b.close();
    driverA.close();
    driverB.close();
    ends.first().close();
    ends.second().close();
  }

  private void open(boolean authenticated, Duration timeout) throws IOException {
    DriverConfig forA = TestParty.config(true);
    DriverConfig forB = TestParty.config(false).withPolicy(request -> policy.decide(request));
    if (authenticated) {
      forA = forA.withAuthenticatedPeers(java.util.Set.of(ends.secondName()));
      forB = forB.withAuthenticatedPeers(java.util.Set.of(ends.firstName()));
    }
    driverA = TestParty.open(forA, storeA, directory, true);
    driverB = TestParty.open(forB, storeB, directory, false);
    a =
        new SpatiumProtocol(
            driverA,
            wireA,
            ProtocolOptions.of(ends.secondName(), "room").withMessageTimeout(timeout));
    b =
        new SpatiumProtocol(
            driverB,
            wireB,
            ProtocolOptions.of(ends.firstName(), "room")
                .withMessageTimeout(timeout)
                .withSecretCreation(true));
  }

  private void openWithSeeds(boolean authenticated) throws IOException {
    open(authenticated, LONG);
    TestParty.importSeed(driverA, secret, true);
    TestParty.importSeed(driverB, secret, false);
  }

  private static String random() {
    return UUID.randomUUID().toString();
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private String ecdsaKey(String session) {
    return a.syncDistributedEcdsaKey(secret.toString(), session, "secp256k1", 60, 7);
  }

  private void requireSigns(String session) {
    byte[] digest = new byte[32];
    java.util.Arrays.fill(digest, (byte) 0xab);
    SpatiumProtocol.EcdsaSignature signature =
        a.signEcdsaMessage(secret.toString(), session, random(), encode(digest), "");
    assertTrue(
        Verification.ecdsa(
            decode(a.getEcdsaPublicKey(secret.toString(), session)),
            digest,
            decode(signature.r()),
            decode(signature.s()),
            signature.recovery()));
  }

  @Test
  void fromSecretsToSignaturesOfBothSuites() throws Exception {
    openWithSeeds(false);
    String first = random();
    // The pairing is made, and then needs both operators.
    UsageException pending = assertThrows(UsageException.class, () -> ecdsaKey(first));
    Pairing atA = driverA.pairing(secret, Role.INITIATOR, ends.secondName()).orElseThrow();
    Pairing atB = driverB.pairing(secret, Role.RESPONDER, ends.firstName()).orElseThrow();
    assertEquals(atA.id().toDigits(), atB.id().toDigits());
    assertTrue(pending.getMessage().contains(atA.id().toDigits()));
    driverA.operator().confirm(atA.id());
    // One side alone does not suffice.
    assertThrows(RuntimeException.class, () -> ecdsaKey(first));
    driverB.operator().confirm(atB.id());

    String session = random();
    String key = ecdsaKey(session);
    assertArrayEquals(
        ReferenceKeys.ecdsaKey(TestParty.SEED_A, TestParty.SEED_B, 60, 7), decode(key));
    assertEquals(key, ecdsaKey(random()), "the same in every session");
    assertEquals(key, a.getEcdsaPublicKey(secret.toString(), session));
    eventually(() -> driverB.key(secret, SyncSessionId.of(session)).isPresent());
    assertEquals(key, b.getEcdsaPublicKey(secret.toString(), session));
    requireSigns(session);

    String edSession = random();
    String edKey = a.syncDistributedEddsaKey(secret.toString(), edSession, "ed25519", 60, 7);
    assertArrayEquals(
        ReferenceKeys.eddsaKey(TestParty.SEED_A, TestParty.SEED_B, 60, 7), decode(edKey));
    byte[] message = "a message of any length".getBytes(StandardCharsets.UTF_8);
    SpatiumProtocol.EddsaSignature signature =
        a.signEddsaMessage(
            secret.toString(), edSession, random(), encode(message), encode(new byte[] {1}));
    byte[] whole = new byte[64];
    System.arraycopy(decode(signature.R()), 0, whole, 0, 32);
    System.arraycopy(decode(signature.s()), 0, whole, 32, 32);
    assertTrue(Verification.eddsa(decode(edKey), message, whole));

    List<SignRequest> batch = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] digest = new byte[32];
      digest[0] = (byte) i;
      batch.add(
          new SignRequest(
              secret,
              SyncSessionId.of(session),
              SignSessionId.random(),
              Bytes.of(digest),
              Bytes.empty()));
    }
    List<Signature> signatures = a.signAll(batch);
    assertEquals(5, signatures.size());
    for (int i = 0; i < 5; i++) {
      Signature.Ecdsa each = (Signature.Ecdsa) signatures.get(i);
      assertTrue(
          Verification.ecdsa(
              decode(key),
              batch.get(i).message().toByteArray(),
              each.r().toByteArray(),
              each.s().toByteArray(),
              each.recovery()));
    }
    eventually(() -> b.running() == 0);
  }

  @Test
  void aSecretMadeOnBothSidesSigns() throws Exception {
    open(true, LONG);
    String id = random();
    a.generateDistributedSecret(id);
    assertTrue(
        driverA.secrets().exists(SecretId.of(id)) && driverB.secrets().exists(SecretId.of(id)));
    String session = random();
    String key = a.syncDistributedEcdsaKey(id, session, "secp256k1", 0, 0);
    SpatiumProtocol.EcdsaSignature signature =
        a.signEcdsaMessage(id, session, random(), encode(new byte[32]), "");
    assertTrue(
        Verification.ecdsa(
            decode(key),
            new byte[32],
            decode(signature.r()),
            decode(signature.s()),
            signature.recovery()));
  }

  @Test
  void thePolicySeesWhatIsSignedAndItsRefusalIsARefusal() throws Exception {
    openWithSeeds(true);
    String session = random();
    ecdsaKey(session);
    List<SigningPolicy.Item> seen = new ArrayList<>();
    policy =
        request -> {
          seen.addAll(request.items());
          return SigningPolicy.refuse("above the limit");
        };
    String signSession = random();
    byte[] digest = new byte[32];
    digest[5] = 5;
    RefusedException e =
        assertThrows(
            RefusedException.class,
            () ->
                a.signEcdsaMessage(
                    secret.toString(),
                    session,
                    signSession,
                    encode(digest),
                    encode(new byte[] {9, 9})));
    assertTrue(e.byPeer() && e.getMessage().contains("above the limit"), e.getMessage());
    assertEquals(
        List.of(
            new SigningPolicy.Item(
                SignSessionId.of(signSession), Bytes.of(digest), Bytes.of(new byte[] {9, 9}))),
        seen);
    policy = request -> SigningPolicy.approve();
    assertThrows(
        CryptoDriverException.class,
        () -> a.signEcdsaMessage(secret.toString(), session, signSession, encode(digest), ""));
    requireSigns(session);
  }

  @Test
  void badCallsLeaveKeysAndStateIntact() throws Exception {
    openWithSeeds(true);
    String session = random();
    ecdsaKey(session);
    String digest = encode(new byte[32]);
    String used = random();
    a.signEcdsaMessage(secret.toString(), session, used, digest, "");
    assertThrows(
        UsageException.class,
        () -> a.signEcdsaMessage(secret.toString(), session, used, digest, ""),
        "id used twice");
    assertThrows(UsageException.class, () -> ecdsaKey(session), "session used twice");
    assertThrows(
        UsageException.class,
        () -> a.signEcdsaMessage(secret.toString(), random(), random(), digest, ""),
        "no key");
    assertThrows(
        UsageException.class,
        () -> a.signEcdsaMessage(random(), session, random(), digest, ""),
        "no secret");
    assertThrows(
        UsageException.class,
        () -> a.signEcdsaMessage(secret.toString(), session, random(), encode(new byte[31]), ""));
    assertThrows(
        UsageException.class,
        () -> a.signEcdsaMessage(secret.toString(), session, random(), encode(new byte[33]), ""));
    assertThrows(
        UsageException.class,
        () -> a.syncDistributedEcdsaKey(secret.toString(), random(), "secp256k1", 1L << 31, 0));
    assertThrows(
        UsageException.class,
        () -> a.syncDistributedEcdsaKey(random(), random(), "secp256k1", 0, 0),
        "no secret");
    requireSigns(session);
  }

  /**
   * A message of each round, of either side, is damaged on the way: an exception on both sides, and
   * the next signature works.
   */
  @Test
  void damagedMessagesOfEveryRoundEndTheRunAndNothingElse() throws Exception {
    openWithSeeds(true);
    String session = random();
    String key = ecdsaKey(session);
    eventually(() -> driverB.key(secret, SyncSessionId.of(session)).isPresent());
    a.close();
    b.close();
    ProtocolOptions quickA =
        ProtocolOptions.of(ends.secondName(), "quick").withMessageTimeout(Duration.ofSeconds(2));
    ProtocolOptions quickB =
        ProtocolOptions.of(ends.firstName(), "quick").withMessageTimeout(Duration.ofSeconds(2));
    a = new SpatiumProtocol(driverA, wireA, quickA);
    b = new SpatiumProtocol(driverB, wireB, quickB);
    List<MeddlingTransport> wires = List.of(wireA, wireB);
    for (int side = 0; side < 2; side++) {
      for (int round = 0;
          round < 2;
          round++) { // P1: G1, G3; P2: G2, G4. The loss of G5 harms nothing.
        for (boolean flip : new boolean[] {true, false}) {
          AtomicInteger left = new AtomicInteger(round);
          wires
              .get(side)
              .meddle(
                  (to, meta, data) ->
                      to.send(
                          meta,
                          MeddlingTransport.isRun(meta) && left.getAndDecrement() == 0
                              ? damaged(data, flip)
                              : data));
          String what =
              "side " + side + ", message " + round + ", " + (flip ? "bit flipped" : "truncated");
          assertThrows(
              RuntimeException.class,
              () ->
                  a.signEcdsaMessage(
                      secret.toString(), session, random(), encode(new byte[32]), ""),
              what);
          wires.get(side).meddle(TransportDriver::send);
          eventually(() -> b.running() == 0);
        }
      }
    }
    a.close();
    b.close();
    a = new SpatiumProtocol(driverA, wireA, quickA.withMessageTimeout(LONG));
    b = new SpatiumProtocol(driverB, wireB, quickB.withMessageTimeout(LONG));
    requireSigns(session);
    assertEquals(key, ecdsaKey(random()));
  }

  private static Bytes damaged(Bytes data, boolean flip) {
    byte[] bytes = data.toByteArray();
    if (flip) {
      bytes[bytes.length - 20] ^= 1;
      return Bytes.of(bytes);
    }
    return Bytes.of(java.util.Arrays.copyOf(bytes, bytes.length - 1));
  }

  @Test
  void closingInTheMiddleOfARealRunLosesTheRunOnly() throws Exception {
    openWithSeeds(true);
    String session = random();
    ecdsaKey(session);
    wireB.meddle(
        (to, meta, data) -> {
          if (MeddlingTransport.isRun(meta)) {
            a.close(); // while P1 waits for the first answer
          }
          to.send(meta, data);
        });
    assertThrows(
        TransportException.class,
        () -> a.signEcdsaMessage(secret.toString(), session, random(), encode(new byte[32]), ""));
    eventually(() -> b.running() == 0);
    wireB.meddle(TransportDriver::send);
    a =
        new SpatiumProtocol(
            driverA, wireA, ProtocolOptions.of(ends.secondName(), "room").withMessageTimeout(LONG));
    requireSigns(session);
  }
}
