/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets.Kind;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.proof.Blum;
import com.spatium.cryptodriver.proof.Dl;
import com.spatium.cryptodriver.proof.NRoot;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Our secrets on record: made, imported, read, destroyed. Thread-safe. */
public final class SecretKeeper {
  private final EcMath ecmath;
  private final DriverConfig config;
  private final Custody custody;
  private final Records records;
  private final Records.Kind<SecretRecord> stored;
  private final Records.Kind<StaticKey> statics;
  private final Records.Kind<ModulusProofs> proofs;
  private final StateKeys names;
  private final Sealer sealer;
  private final ParameterSource source;

  SecretKeeper(
      EcMath ecmath,
      DriverConfig config,
      Custody custody,
      Records records,
      StateKeys names,
      Sealer sealer,
      ParameterSource source) {
    this.ecmath = ecmath;
    this.config = config;
    this.custody = custody;
    this.records = records;
    this.stored = records.kind(SecretRecord::decode);
    this.statics = records.kind(StaticKey::decode);
    this.proofs = records.kind(ModulusProofs::decode);
    this.names = names;
    this.sealer = sealer;
    this.source = source;
  }

  /** Only secrets that are complete. */
  public Optional<SecretRecord> find(SecretId id) {
    return stored(id).filter(SecretRecord::ready);
  }

  private Optional<SecretRecord> stored(SecretId id) {
    return stored.get(names.secret(id));
  }

  /** {@link UsageException} if there is none. */
  public SecretRecord require(SecretId id) {
    return find(id)
        .orElseThrow(
            () -> new UsageException("there is no secret " + id + ": generate or import it first"));
  }

  public List<SecretId> list() {
    return records.store().list(names.secrets()).stream()
        .map(key -> SecretId.of(key.substring(names.secrets().length())))
        .filter(id -> find(id).isPresent())
        .toList();
  }

  /** In the token where there is one, else a seed of 64 random bytes. */
  public void generate(SecretId id) {
    requireFree(id);
    if (custody.nativeKind() == Kind.TOKEN_BOUND) {
      create(id, Kind.TOKEN_BOUND, Optional.empty());
      // token.md, "Objects in the token": the record comes first, since two objects of one label
      // block the whole token.
      custody.createSecret(id);
      Records.Stored<SecretRecord> incomplete =
          stored
              .stored(names.secret(id))
              .orElseThrow(
                  () ->
                      new UsageException("the secret " + id + " was destroyed while it was made"));
      SecretRecord complete = incomplete.content().asReady();
      if (!records.replace(names.secret(id), incomplete, complete.encode())) {
        throw new UsageException(
            "the secret " + id + " was changed while it was made: destroy it and make another");
      }
      return;
    }
    try (SecretBlob seed = ecmath.vault().random(64, null)) {
      importSeed(id, seed);
    }
  }

  /** A portable secret. */
  public void importSeed(SecretId id, SecretBlob seed) {
    int length = ecmath.vault().access().length(seed);
    if (length < 16 || length > 64) {
      throw new UsageException("a seed has 16 to 64 bytes, this one has " + length);
    }
    requireFree(id);
    create(id, Kind.PORTABLE, Optional.of(sealer.sealBlob(Sealer.Place.seed(id), seed)));
  }

  private void requireFree(SecretId id) {
    Optional<SecretRecord> present = stored(id);
    if (present.isPresent()) {
      throw new UsageException(
          present.get().ready()
              ? "there is a secret " + id + " already: choose another id"
              : "the making of secret " + id + " was interrupted: destroy it, then make it again");
    }
  }

  private void create(SecretId id, Kind kind, Optional<Bytes> sealedSeed) {
    SecurityLevel level = config.level();
    SecretRecord secret;
    try (PaillierKey key = source.paillier(level, config.progress())) {
      PaillierModulus n = PaillierModulus.trusted(level, Bytes.of(ecmath.paillier().modulus(key)));
      Bytes sealed = sealer.seal(Sealer.Place.paillier(id, level), key);
      secret = new SecretRecord(id, kind, level, n, sealed, sealedSeed, kind == Kind.PORTABLE);
    }
    if (!records.create(names.secret(id), secret.encode())) {
      requireFree(id);
      throw new UsageException(
          "the secret " + id + " was made at the same time elsewhere and destroyed: try again");
    }
  }

  /** Leaves the tombstones of used ids, and LOCKED. */
  public void destroy(SecretId id) {
    for (String prefix :
        List.of(names.keys(id), names.pins(id), names.pairings(id), names.statics(id))) {
      for (String key : records.store().list(prefix)) {
        records.store().take(key);
      }
    }
    records.store().take(names.modulusProofs(id));
    custody.destroySecret(id);
    if (records.store().take(names.secret(id)).isEmpty()) {
      throw new UsageException("there is no secret " + id);
    }
  }

  // ---- what is sealed ----

  /** To be closed by the caller. {@link UsageException} for a token-bound secret. */
  public SecretBlob seed(SecretId id) {
    return seed(require(id));
  }

  SecretBlob seed(SecretRecord secret) {
    SecretId id = secret.id();
    Bytes sealed =
        secret
            .sealedSeed()
            .orElseThrow(
                () ->
                    new UsageException(
                        "the secret "
                            + id
                            + " is token-bound and cannot leave the token: back the token up"
                            + " instead"));
    return sealer.open(Sealer.Place.seed(id), sealed);
  }

  PaillierKey paillier(SecretRecord secret) {
    SecretId id = secret.id();
    try (SecretBlob blob =
        sealer.open(Sealer.Place.paillier(id, secret.level()), secret.sealedPaillier())) {
      PaillierKey key = ecmath.vault().loadPaillierKey(blob);
      if (!Bytes.of(ecmath.paillier().modulus(key)).equals(secret.n().n())) {
        key.close();
        throw new NativeLibraryException(
            "the Paillier key of secret "
                + id
                + " does not belong to its record: check this machine");
      }
      return key;
    }
  }

  /**
   * What P1 proves about N; made at need. Roots by CRT have no randomness: whoever makes them makes
   * the same, so E1 and with it the pairingId stay what they are even if nothing can be kept.
   *
   * @param key unsealed if it is needed
   */
  public ModulusProofs modulusProofs(SecretRecord secret, Supplier<Lease<PaillierKey>> key) {
    String name = names.modulusProofs(secret.id());
    Bytes n = secret.n().n();
    Optional<Records.Stored<ModulusProofs>> present = proofs.stored(name);
    Optional<ModulusProofs> ready =
        present.map(Records.Stored::content).filter(kept -> kept.n().equals(n));
    if (ready.isPresent()) {
      return ready.get();
    }
    ModulusProofs made;
    try (Lease<PaillierKey> lease = key.get()) {
      made =
          new ModulusProofs(
              n,
              new NRoot(ecmath).prove(secret.n(), lease.get()),
              new Blum(ecmath).prove(secret.n(), lease.get()));
    }
    // Another N: of a secret of this id that was destroyed while its proofs were made.
    present.ifPresentOrElse(
        old -> records.replace(name, old, made.encode()),
        () -> records.create(name, made.encode()));
    return made;
  }

  /** Our static key of this role; made at need. */
  public StaticKey staticKey(SecretId id, Role role, SecurityLevel level) {
    String name = names.staticKey(id, role, level);
    Optional<StaticKey> present = statics.get(name);
    if (present.isEmpty()) {
      try (SecretScalar i = ecmath.ed25519().random();
          SessionNonces nonces = new SessionNonces(custody)) {
        Bytes point = Bytes.of(ecmath.ed25519().mulBase(i));
        Bytes context = new Transcript.PairContext(Version.V1, level, id).hash();
        DlProof dl =
            new Dl(ecmath, nonces)
                .prove(
                    new ProofContext(context, role),
                    new Dl.Statement(Suite.EDDSA_ED25519, point),
                    i);
        Bytes sealed = sealer.seal(Sealer.Place.staticKey(id, role, level), i);
        // If another process was first, its key is the one.
        records.create(name, new StaticKey(point, dl, sealed).encode());
      }
      present = statics.get(name);
    }
    return present.orElseThrow(
        () -> new UsageException("the secret " + id + " was destroyed meanwhile"));
  }

  /** i, to be closed by the caller. */
  public SecretScalar open(SecretId id, Role role, SecurityLevel level, StaticKey key) {
    try (SecretBlob blob = sealer.open(Sealer.Place.staticKey(id, role, level), key.sealed())) {
      return ecmath.vault().loadScalar(blob);
    }
  }
}
