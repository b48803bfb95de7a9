/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.proof.PaillierModulus;
import java.util.Optional;

/**
 * A secret of ours.
 *
 * @param level of its Paillier key, so of every pairing in which it is P1's
 * @param n N
 * @param sealedPaillier p and q
 * @param sealedSeed of a portable secret
 * @param ready false until the token has its object
 */
public record SecretRecord(
    SecretId id,
    Secrets.Kind kind,
    SecurityLevel level,
    PaillierModulus n,
    Bytes sealedPaillier,
    Optional<Bytes> sealedSeed,
    boolean ready) {
  SecretRecord asReady() {
    return new SecretRecord(id, kind, level, n, sealedPaillier, sealedSeed, true);
  }

  Fields encode() {
    Fields fields =
        new Fields()
            .put(1, kind.name())
            .put(2, level.bits())
            .put(3, n.n())
            .put(5, sealedPaillier)
            .put(7, ready ? 1 : 0)
            .put(8, id.toString());
    sealedSeed.ifPresent(seed -> fields.put(6, seed));
    return fields;
  }

  static SecretRecord decode(Fields fields) {
    SecurityLevel level = Codes.level(fields.number(2));
    return new SecretRecord(
        SecretId.of(fields.text(8)),
        Codes.constant(Secrets.Kind.class, fields.text(1)),
        level,
        PaillierModulus.trusted(level, fields.bytes(3)),
        fields.bytes(5),
        fields.has(6) ? Optional.of(fields.bytes(6)) : Optional.empty(),
        fields.number(7) == 1);
  }
}
