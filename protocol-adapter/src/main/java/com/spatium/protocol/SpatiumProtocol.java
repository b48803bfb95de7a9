/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The SDK's protocol object: makes secrets, keys and signatures together with one peer, under the
 * SDK's names, parameters and encodings (UUID strings, base64). Pairs by itself when a
 * synchronisation needs it. Thread-safe; calls block until the procedure is done or has failed.
 *
 * <pre>{@code
 * try (var protocol = new SpatiumProtocol(driver, transport, ProtocolOptions.of(peer, "room-1"))) {
 *   protocol.generateDistributedSecret(secretId);
 *   String publicKey = protocol.syncDistributedEcdsaKey(secretId, syncSessionId, "secp256k1", 60, 0);
 *   var signature = protocol.signEcdsaMessage(secretId, syncSessionId, signSessionId, digestBase64, "");
 * }
 * }</pre>
 *
 * <p>Errors are {@link com.spatium.cryptodriver.CryptoDriverException}s, and {@link
 * TransportException} when the peer cannot be reached, takes too long, or has ended the run.
 */
public final class SpatiumProtocol implements AutoCloseable {
  /** As the SDK returns it: r and s in base64, 32 bytes big-endian each. */
  public record EcdsaSignature(String r, String s, int recovery) {}

  /** As the SDK returns it: R and s in base64, 32 bytes each, RFC 8032. */
  @SuppressWarnings("RecordComponentName") // the SDK's name
  public record EddsaSignature(String R, String s) {}

  private final CryptoDriver driver;
  private final ProtocolOptions options;
  private final Object pairing = new Object();
  private final Initiator initiator;
  private final Responder responder;

  /** Answers the peer's procedures from now on, and can start ours. */
  public SpatiumProtocol(CryptoDriver driver, TransportDriver transport, ProtocolOptions options) {
    this.driver = driver;
    this.options = options;
    this.initiator = new Initiator(transport, options);
    this.responder = new Responder(driver, transport, options);
  }

  /**
   * Makes a secret on the peer's side first, then on ours; once per id. Nothing happens on a side
   * that has it already, so a run that was cut may be repeated. {@link UsageException} if the peer
   * does not let us.
   */
  public void generateDistributedSecret(String secretId) {
    SecretId id = SecretId.of(secretId);
    initiator.requestSecret(id);
    if (!driver.secrets().exists(id)) {
      driver.secrets().generate(id);
    }
  }

  /** Whether our side has this secret. */
  public boolean checkSecret(String secretId) {
    return driver.secrets().exists(SecretId.of(secretId));
  }

  /**
   * protocol.md §4.2. The same secrets, coin and account give the same key in every session.
   *
   * @param curve secp256k1
   * @param derivationCoin and derivationAccount below 2³¹
   * @return the compound public key, base64 of 33 bytes SEC1 compressed
   */
  public String syncDistributedEcdsaKey(
      String secretId,
      String syncSessionId,
      String curve,
      long derivationCoin,
      long derivationAccount) {
    return synchronise(
        Suite.ECDSA_SECP256K1, secretId, syncSessionId, curve, derivationCoin, derivationAccount);
  }

  /** Likewise for EdDSA, protocol.md §5; the key is base64 of 32 bytes RFC 8032. */
  public String syncDistributedEddsaKey(
      String secretId,
      String syncSessionId,
      String curve,
      long derivationCoin,
      long derivationAccount) {
    return synchronise(
        Suite.EDDSA_ED25519, secretId, syncSessionId, curve, derivationCoin, derivationAccount);
  }

  /** {@link UsageException} if there is no such ECDSA key. */
  public String getEcdsaPublicKey(String secretId, String syncSessionId) {
    return base64(key(Suite.ECDSA_SECP256K1, secretId, syncSessionId).publicKey().encoded());
  }

  /** {@link UsageException} if there is no such EdDSA key. */
  public String getEddsaPublicKey(String secretId, String syncSessionId) {
    return base64(key(Suite.EDDSA_ED25519, secretId, syncSessionId).publicKey().encoded());
  }

  /**
   * protocol.md §4.3.
   *
   * @param message base64 of the 32-byte digest
   * @param signatureToken base64 of opaque bytes for the peer's signing policy; may be empty
   */
  public EcdsaSignature signEcdsaMessage(
      String secretId,
      String syncSessionId,
      String signSessionId,
      String message,
      String signatureToken) {
    Signature signature =
        sign(
            Suite.ECDSA_SECP256K1, secretId, syncSessionId, signSessionId, message, signatureToken);
    if (signature instanceof Signature.Ecdsa ecdsa) {
      return new EcdsaSignature(base64(ecdsa.r()), base64(ecdsa.s()), ecdsa.recovery());
    }
    throw new IllegalStateException("an ECDSA key made another signature");
  }

  /**
   * protocol.md §5.
   *
   * @param message base64 of the whole message, at most 1 MiB − 4 KiB
   * @param signatureToken as for {@link #signEcdsaMessage}
   */
  public EddsaSignature signEddsaMessage(
      String secretId,
      String syncSessionId,
      String signSessionId,
      String message,
      String signatureToken) {
    Signature signature =
        sign(Suite.EDDSA_ED25519, secretId, syncSessionId, signSessionId, message, signatureToken);
    if (signature instanceof Signature.Eddsa eddsa) {
      return new EddsaSignature(base64(eddsa.r()), base64(eddsa.s()));
    }
    throw new IllegalStateException("an EdDSA key made another signature");
  }

  /**
   * protocol.md §4.5: 1 to 64 requests under one key in the rounds of one; all are signed, or none.
   */
  public List<Signature> signAll(List<SignRequest> requests) {
    return initiator.run(driver.signAll(requests));
  }

  /**
   * Pairs our secret with the peer's of the same id, as P1, if that has not been done: protocol.md
   * §4.1. One pairing runs at a time.
   */
  public Pairing pair(String secretId) {
    SecretId id = SecretId.of(secretId);
    Optional<Pairing> known = driver.pairing(id, Role.INITIATOR, options.peer());
    if (known.isPresent()) {
      return known.get();
    }
    synchronized (pairing) { // of several threads that need the pairing, one makes it
      return driver
          .pairing(id, Role.INITIATOR, options.peer())
          .orElseGet(() -> initiator.run(driver.pair(new PairingRequest(id, options.peer()))));
    }
  }

  /** For tests: the peer's runs. */
  int running() {
    return responder.running();
  }

  /** Ends the peer's runs and ours, and tells the peer so; leaves driver and transport open. */
  @Override
  public void close() {
    initiator.close();
    responder.close();
  }

  private String synchronise(
      Suite suite, String secretId, String syncSessionId, String curve, long coin, long account) {
    if (Suite.ofCurveName(curve) != suite) {
      throw new UsageException(
          "the curve of this operation is " + suite.curveName() + ", not " + curve);
    }
    SecretId id = SecretId.of(secretId);
    SyncSessionId session = SyncSessionId.of(syncSessionId);
    DerivationPath path = new DerivationPath(coin, account);
    Pairing with = pair(secretId);
    if (with.status() == Pairing.Status.PENDING) {
      throw new UsageException(
          "the pairing is not confirmed yet: let both operators compare its digits ("
              + with.id().toDigits()
              + ") and confirm it on both sides, then synchronise again");
    }
    Exchange<DistributedKey> exchange =
        driver.synchronise(new SyncRequest(id, session, suite, path, options.peer()));
    return base64(initiator.run(exchange).publicKey().encoded());
  }

  private Signature sign(
      Suite suite,
      String secretId,
      String syncSessionId,
      String signSessionId,
      String message,
      String token) {
    DistributedKey key = key(suite, secretId, syncSessionId);
    return initiator.run(
        driver.sign(
            new SignRequest(
                key.secretId(),
                key.syncSessionId(),
                SignSessionId.of(signSessionId),
                decode("message", message),
                decode("signatureToken", token))));
  }

  private DistributedKey key(Suite suite, String secretId, String syncSessionId) {
    DistributedKey key =
        driver
            .key(SecretId.of(secretId), SyncSessionId.of(syncSessionId))
            .orElseThrow(
                () -> new UsageException("no key of this syncSessionId: synchronise it first"));
    if (key.suite() != suite) {
      throw new UsageException("the key of this syncSessionId is of " + key.suite().curveName());
    }
    return key;
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static Bytes decode(String what, String base64) {
    try {
      return Bytes.of(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new UsageException(what + " is not base64", e);
    }
  }
}
