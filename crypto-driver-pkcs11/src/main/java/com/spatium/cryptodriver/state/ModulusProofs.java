/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.BlumProof;
import com.spatium.cryptodriver.wire.NRootProof;

/**
 * What E1 proves about the N of a secret (protocol.md §4.1). Only P1 sends it, so it is made when
 * the secret is first paired in this role, and kept.
 *
 * @param n the N that it is about
 */
public record ModulusProofs(Bytes n, NRootProof nroot, BlumProof blum) {
  Fields encode() {
    return new Fields().put(1, n).put(2, nroot.sigma()).put(3, blum.sigma());
  }

  static ModulusProofs decode(Fields fields) {
    return new ModulusProofs(
        fields.bytes(1), new NRootProof(fields.bytes(2)), new BlumProof(fields.bytes(3)));
  }
}
