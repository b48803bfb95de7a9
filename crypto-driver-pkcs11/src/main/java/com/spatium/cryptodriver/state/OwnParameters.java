/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.PrmProof;

/**
 * This installation's ring-Pedersen parameters of a level, with their proof.
 *
 * @param sealed the factors of N̂
 */
public record OwnParameters(PedersenParameters pedersen, PrmProof prm, Bytes sealed) {
  Fields encode() {
    PedersenFields hat = pedersen.fields();
    return new Fields()
        .put(1, hat.n())
        .put(2, hat.s1())
        .put(3, hat.s2())
        .put(4, hat.t())
        .put(5, prm.a())
        .put(6, prm.z())
        .put(7, sealed);
  }

  static OwnParameters decode(SecurityLevel level, Fields fields) {
    return new OwnParameters(
        PedersenParameters.trusted(
            level,
            new PedersenFields(fields.bytes(1), fields.bytes(2), fields.bytes(3), fields.bytes(4))),
        new PrmProof(fields.bytes(5), fields.bytes(6)),
        fields.bytes(7));
  }
}
