/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.DlProof;

/**
 * Our static key of a secret in a role (protocol.md §4.1), made once so that a pairing that was cut
 * off can be run again and is the same.
 *
 * @param point I = i·B
 */
public record StaticKey(Bytes point, DlProof dl, Bytes sealed) {
  Fields encode() {
    return new Fields().put(1, point).put(2, dl.a()).put(3, dl.z()).put(4, sealed);
  }

  static StaticKey decode(Fields fields) {
    return new StaticKey(
        fields.bytes(1), new DlProof(fields.bytes(2), fields.bytes(3)), fields.bytes(4));
  }
}
