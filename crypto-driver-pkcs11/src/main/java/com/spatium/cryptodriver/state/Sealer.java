/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.wire.TupleEncode;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretHandle;
import java.util.Optional;

/** Seals secrets in the custody, bound to what they are (token.md, "Envelope"). */
final class Sealer {
  private final EcMath ecmath;
  private final Custody custody;
  private final String installation;

  Sealer(EcMath ecmath, Custody custody, String installation) {
    this.ecmath = ecmath;
    this.custody = custody;
    this.installation = installation;
  }

  /** What a sealed secret is. What does not apply is empty. */
  record Place(
      String what,
      Optional<SecretId> secretId,
      Optional<Role> role,
      Optional<PairingId> pairingId,
      Optional<SecurityLevel> level) {
    static Place recordKey() {
      return new Place(
          "record-key", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Place pedersen(SecurityLevel level) {
      return new Place(
          "pedersen", Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(level));
    }

    static Place seed(SecretId id) {
      return new Place(
          "seed", Optional.of(id), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Place paillier(SecretId id, SecurityLevel level) {
      return new Place(
          "paillier", Optional.of(id), Optional.empty(), Optional.empty(), Optional.of(level));
    }

    static Place staticKey(SecretId id, Role role, SecurityLevel level) {
      return new Place(
          "static", Optional.of(id), Optional.of(role), Optional.empty(), Optional.of(level));
    }

    static Place pairKey(SecretId id, Role role, PairingId pairingId) {
      return new Place(
          "pair-key", Optional.of(id), Optional.of(role), Optional.of(pairingId), Optional.empty());
    }
  }

  /** Seals a blob as it is. */
  Bytes sealBlob(Place place, SecretBlob secret) {
    return custody.seal(aad(place), secret);
  }

  /** Seals a scalar or a key. */
  Bytes seal(Place place, SecretHandle secret) {
    try (SecretBlob blob = ecmath.vault().serialize(secret)) {
      return sealBlob(place, blob);
    }
  }

  SecretBlob open(Place place, Bytes sealed) {
    return custody.open(aad(place), sealed);
  }

  private Bytes aad(Place place) {
    TupleEncode aad = new TupleEncode().add("spatium/sealed/v1").add(installation).add(place.what);
    aad.add(place.secretId.map(SecretId::bytes).orElse(Bytes.empty()));
    add(aad, place.role.map(Role::number));
    aad.add(place.pairingId.map(PairingId::value).orElse(Bytes.empty()));
    add(aad, place.level.map(SecurityLevel::bits));
    return Bytes.of(aad.toByteArray());
  }

  private static void add(TupleEncode aad, Optional<Integer> number) {
    if (number.isPresent()) {
      aad.add(number.get());
    } else {
      aad.add(Bytes.empty());
    }
  }
}
