/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.TupleEncode;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcError;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The custody in a PKCS#11 token. Its objects, all of them secret keys that were made in the token,
 * are not extractable, and are verified at every start and whenever they are looked up anew:
 *
 * <ul>
 *   <li>{@code spatium:<installation>:seal-enc}: AES-256, and {@code …:seal-mac}: 64 bytes for
 *       HMAC; they seal blobs
 *   <li>{@code spatium:<installation>:secret:<secretId>}: 64 bytes for HMAC, a token-bound secret
 * </ul>
 *
 * <p>Thread-safe. {@link #provision} makes the sealing keys of a new installation; {@link #open}
 * uses them.
 */
public final class TokenCustody implements Custody {
  private static final int RANDOM_BYTES = 32;
  private static final int MAC_BYTES = 64;

  /** A zero has probability 2^-250; a second one means that something else is wrong. */
  private static final int FRAGMENT_TRIES = 4;

  private final EcMath ecmath;
  private final Token token;
  private final String prefix;
  private final KeyRef sealEnc;
  private final KeyRef sealMac;
  private final Envelope envelope;

  private TokenCustody(EcMath ecmath, Token token, String installation) {
    this.ecmath = ecmath;
    this.token = token;
    this.prefix = "spatium:" + installation + ":";
    this.sealEnc = new KeyRef(prefix + "seal-enc", KeyKind.AES);
    this.sealMac = new KeyRef(prefix + "seal-mac", KeyKind.HMAC);
    this.envelope = new Envelope(ecmath, token, sealEnc, sealMac);
  }

  /**
   * Connects and verifies the sealing keys.
   *
   * @throws TokenException.KeyMissing if this installation has no sealing keys in this token
   * @throws TokenException.AttributeViolation if one is weaker than it was made
   */
  public static TokenCustody open(EcMath ecmath, TokenConfig config, String installation) {
    return start(ecmath, config, installation, false, Set.of());
  }

  /**
   * Connects and makes the sealing keys that are missing; existing ones are verified and kept. To
   * be called only after the store has recorded that keys are being made, and never after it has
   * recorded that they were. Of two processes at once one or both fail, since each takes its key
   * back when it finds another with the same label; they may simply try again.
   */
  public static TokenCustody provision(EcMath ecmath, TokenConfig config, String installation) {
    return start(ecmath, config, installation, true, Set.of());
  }

  /**
   * @param waived see {@link Token#open(EcMath, TokenConfig, Set)}
   */
  static TokenCustody start(
      EcMath ecmath, TokenConfig config, String installation, boolean create, Set<Cka> waived) {
    requireInstallation(installation);
    return EcErrors.translate(
        () -> {
          Token token = Token.open(ecmath, config, waived);
          try {
            TokenCustody custody = new TokenCustody(ecmath, token, installation);
            for (KeyRef key : new KeyRef[] {custody.sealEnc, custody.sealMac}) {
              if (create) {
                token.createIfAbsent(key);
              }
            }
            custody.health();
            return custody;
          } catch (RuntimeException | Error e) {
            token.close();
            throw e;
          }
        });
  }

  /**
   * The grammar of {@link com.spatium.cryptodriver.DriverConfig}: nothing in it can be mistaken for
   * the label's separators.
   */
  static void requireInstallation(String installation) {
    if (!installation.matches("[a-z0-9-]{1,32}")) {
      throw new UsageException("an installation name has 1 to 32 of a-z, 0-9 and '-'");
    }
  }

  /** The connection: for its counters. */
  public Token token() {
    return token;
  }

  @Override
  public String describe() {
    return token.describe();
  }

  @Override
  public Secrets.Kind nativeKind() {
    return Secrets.Kind.TOKEN_BOUND;
  }

  @Override
  public Bytes seal(Bytes aad, SecretBlob plaintext) {
    return EcErrors.translate(() -> envelope.seal(aad, plaintext));
  }

  @Override
  public SecretBlob open(Bytes aad, Bytes sealed) {
    return EcErrors.translate(() -> envelope.open(aad, sealed));
  }

  @Override
  public Optional<SecretBlob> randomness() {
    return Optional.of(EcErrors.translate(() -> filled(RANDOM_BYTES, token::random)));
  }

  @Override
  public void createSecret(SecretId id) {
    EcErrors.translate(
        () -> {
          token.create(secret(id));
          return id;
        });
  }

  @Override
  public SecretScalar fragment(SecretId id, Suite suite, DerivationPath path) {
    Curve curve = suite == Suite.ECDSA_SECP256K1 ? ecmath.secp256k1() : ecmath.ed25519();
    return EcErrors.translate(() -> fragment(secret(id), suite, path, curve));
  }

  private SecretScalar fragment(KeyRef secret, Suite suite, DerivationPath path, Curve curve) {
    for (int counter = 0; counter < FRAGMENT_TRIES; counter++) {
      byte[] input = MacInputs.fragment(suite, path, counter);
      try (SecretBlob mac = filled(MAC_BYTES, blob -> token.hmac(secret, input, blob))) {
        return curve.fromWide(mac);
      } catch (InvalidInputException e) {
        if (e.error() != EcError.ZERO) {
          throw e;
        }
      }
    }
    throw new TokenException(
        "the HMACs of "
            + token.where()
            + " reduce to zero again and again: the token or the native library is broken",
        "",
        0,
        null);
  }

  @Override
  public void destroySecret(SecretId id) {
    EcErrors.translate(
        () -> {
          token.destroy(secret(id));
          return id;
        });
  }

  @Override
  public Map<String, String> health() {
    return EcErrors.translate(this::check);
  }

  private Map<String, String> check() {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (KeyRef key : new KeyRef[] {sealEnc, sealMac}) {
      token.verify(key).forEach((name, value) -> attributes.put(key.label() + " " + name, value));
    }
    // A login may succeed although the device is gone; sealing (randomness, AES and an HMAC in the
    // token) cannot.
    Bytes aad = Bytes.of(new TupleEncode().add("spatium/health/v1").toByteArray());
    try (SecretBlob probe = ecmath.vault().random(RANDOM_BYTES, null);
        SecretBlob opened = envelope.open(aad, envelope.seal(aad, probe))) {
      if (!ecmath.vault().equal(probe, opened)) {
        throw new TokenException(
            "a blob that was just sealed in " + token.where() + " opened to something else",
            "",
            0,
            null);
      }
    }
    attributes.put(
        "PIN",
        token.pinVerified()
            ? "verified by the token"
            : "not verified: this process was logged in already");
    token.counters().forEach((name, value) -> attributes.put(name, value.toString()));
    return attributes;
  }

  @Override
  public void close() {
    token.close();
  }

  private KeyRef secret(SecretId id) {
    return new KeyRef(prefix + "secret:" + id, KeyKind.HMAC);
  }

  private interface Fill {
    void into(SecretBlob blob);
  }

  /** A new blob; closed again if it cannot be filled. */
  private SecretBlob filled(int length, Fill fill) {
    SecretBlob blob = ecmath.vault().blob(length);
    try {
      fill.into(blob);
      return blob;
    } catch (RuntimeException | Error e) {
      blob.close();
      throw e;
    }
  }
}
