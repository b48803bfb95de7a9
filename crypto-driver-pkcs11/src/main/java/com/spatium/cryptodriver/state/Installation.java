/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.ProgressListener;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.proof.Prm;
import com.spatium.cryptodriver.wire.PrmProof;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretBlob;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ring-Pedersen parameters belong to an installation and a level; they are made once. Thread-safe.
 */
public final class Installation {
  private final EcMath ecmath;
  private final Records records;
  private final StateKeys names;
  private final Sealer sealer;
  private final ParameterSource source;
  private final Map<SecurityLevel, OwnParameters> known = new ConcurrentHashMap<>();

  Installation(
      EcMath ecmath, Records records, StateKeys names, Sealer sealer, ParameterSource source) {
    this.ecmath = ecmath;
    this.records = records;
    this.names = names;
    this.sealer = sealer;
    this.source = source;
  }

  /** Makes N̂, ŝ₁, ŝ₂, t̂ and {@code prm} of this level, unless they are on record. */
  public void prepare(SecurityLevel level, ProgressListener progress) {
    if (find(level).isPresent()) {
      return;
    }
    try (RingPedersenKey key = source.ringPedersen(level, progress)) {
      PedersenParameters parameters =
          PedersenParameters.of(level, ecmath.ringPedersen().parameters(key));
      PrmProof prm = new Prm(ecmath).prove(parameters, key);
      // protocol.md §1: λ₁, λ₂ are wiped once prm is made; the factors are sealed without them.
      ecmath.ringPedersen().forget(key);
      Bytes sealed = sealer.seal(Sealer.Place.pedersen(level), key);
      // If another process was first, its parameters are the ones.
      records.create(names.pedersen(level), new OwnParameters(parameters, prm, sealed).encode());
    }
  }

  public Optional<OwnParameters> find(SecurityLevel level) {
    OwnParameters present = known.get(level);
    if (present != null) {
      return Optional.of(present);
    }
    Optional<OwnParameters> read =
        records.kind(fields -> OwnParameters.decode(level, fields)).get(names.pedersen(level));
    read.ifPresent(parameters -> known.put(level, parameters));
    return read;
  }

  /** Made at need. */
  public OwnParameters parameters(SecurityLevel level, ProgressListener progress) {
    prepare(level, progress);
    return find(level).orElseThrow();
  }

  /** The factors of N̂; to be closed by the caller. */
  RingPedersenKey open(SecurityLevel level) {
    OwnParameters own = find(level).orElseThrow();
    try (SecretBlob blob = sealer.open(Sealer.Place.pedersen(level), own.sealed())) {
      RingPedersenKey key = ecmath.vault().loadRingPedersenKey(blob);
      if (!PedersenParameters.of(level, ecmath.ringPedersen().parameters(key))
          .fields()
          .equals(own.pedersen().fields())) {
        key.close();
        throw new NativeLibraryException(
            "the sealed ring-Pedersen key of level "
                + level.bits()
                + " does not belong to its record: check this machine");
      }
      return key;
    }
  }
}
