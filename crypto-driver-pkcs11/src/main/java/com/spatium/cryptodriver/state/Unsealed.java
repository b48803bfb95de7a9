/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets.Kind;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.proof.EncDl;
import com.spatium.ecmath.EcError;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import com.spatium.ecmath.VaultException;
import org.jspecify.annotations.Nullable;

/**
 * Leases of unsealed keys and fragments, kept for a while so that a warm signature needs no token
 * operation for them, and of tables. Thread-safe.
 */
public final class Unsealed implements AutoCloseable {
  private static final int HARDENED = 1 << 31;
  private static final int PURPOSE = 44;

  /** Peers with whom keys are being synchronised: each takes up to 256 KiB. */
  private static final int ENCDL_BASES = 4;

  private sealed interface Name {}

  private sealed interface OfSecret extends Name {
    SecretId secretId();
  }

  // A secret that another process destroyed and made anew has the same id, but another sealed key:
  // nothing of the old one is used for it.
  private record PaillierName(SecretId secretId, Bytes sealedPaillier) implements OfSecret {}

  private record FragmentName(
      SecretId secretId, Bytes sealedPaillier, Suite suite, DerivationPath path)
      implements OfSecret {}

  private record PairKeyName(SecretId secretId, PairingId pairingId) implements OfSecret {}

  private record PedersenName(SecurityLevel level) implements Name {}

  private final EcMath ecmath;
  private final Custody custody;
  private final Installation installation;
  private final SecretKeeper secrets;
  private final Pairings pairings;
  private final HandleCache<Name> cache;
  private final HandleCache<PairingId> encDlBases;

  Unsealed(
      EcMath ecmath,
      DriverConfig config,
      Custody custody,
      Installation installation,
      SecretKeeper secrets,
      Pairings pairings) {
    this.ecmath = ecmath;
    this.custody = custody;
    this.installation = installation;
    this.secrets = secrets;
    this.pairings = pairings;
    this.cache = new HandleCache<>(config.keyCacheSize(), config.keyCacheIdle(), config.clock());
    this.encDlBases =
        new HandleCache<>(
            Math.min(ENCDL_BASES, config.keyCacheSize()), config.keyCacheIdle(), config.clock());
  }

  public Lease<PaillierKey> paillier(SecretId id) {
    SecretRecord secret = secrets.require(id);
    return cache.lease(
        new PaillierName(id, secret.sealedPaillier()),
        PaillierKey.class,
        () -> secrets.paillier(secret));
  }

  /** Of our own N̂. */
  public Lease<RingPedersenKey> ringPedersen(SecurityLevel level) {
    return cache.lease(
        new PedersenName(level), RingPedersenKey.class, () -> installation.open(level));
  }

  /** x or a (protocol.md §7). */
  public Lease<SecretScalar> fragment(SecretId id, Suite suite, DerivationPath path) {
    SecretRecord secret = secrets.require(id);
    return cache.lease(
        new FragmentName(id, secret.sealedPaillier(), suite, path),
        SecretScalar.class,
        () -> derive(secret, suite, path));
  }

  /** K. */
  public Lease<SecretBlob> pairKey(PairingRecord pairing) {
    return cache.lease(
        new PairKeyName(pairing.pairing().secretId(), pairing.id()),
        SecretBlob.class,
        () -> pairings.openKey(pairing));
  }

  /** Tables of the peer's parameters; null: there is no room for them. */
  public @Nullable Lease<FixedBases> encDlBases(PairingRecord pairing) {
    try {
      return encDlBases.lease(
          pairing.id(), FixedBases.class, () -> EncDl.bases(ecmath, pairing.peerPedersen()));
    } catch (VaultException e) {
      if (e.error() == EcError.VAULT_FULL) {
        return null;
      }
      throw e;
    }
  }

  private SecretScalar derive(SecretRecord secret, Suite suite, DerivationPath path) {
    if (secret.kind() == Kind.TOKEN_BOUND) {
      return custody.fragment(secret.id(), suite, path);
    }
    try (SecretBlob seed = secrets.seed(secret);
        SecretBlob key =
            ecmath
                .hashing()
                .bip32(
                    seed,
                    PURPOSE | HARDENED,
                    (int) path.coin() | HARDENED,
                    (int) path.account() | HARDENED,
                    HARDENED,
                    HARDENED)) {
      return switch (suite) {
        case ECDSA_SECP256K1 -> ecmath.secp256k1().fromBlob(key);
        case EDDSA_ED25519 -> ecmath.ed25519().fromEd25519Seed(key);
      };
    }
  }

  public void expire() {
    cache.expire();
    encDlBases.expire();
  }

  /** Everything of this secret. */
  public void evict(SecretId id) {
    cache.evict(name -> name instanceof OfSecret of && of.secretId().equals(id));
  }

  @Override
  public void close() {
    cache.close();
    encDlBases.close();
  }
}
