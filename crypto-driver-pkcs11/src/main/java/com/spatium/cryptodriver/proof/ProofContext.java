/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;

/**
 * What a proof is bound to.
 *
 * @param id 32 bytes: sid1, sid, an item's of a batch, the pair context or pairingId
 *     (docs/transcript.md says which where)
 * @param maker who makes the proof
 */
public record ProofContext(Bytes id, Role maker) {
  public ProofContext {
    if (id.size() != 32) {
      throw new IllegalArgumentException("a context has 32 bytes");
    }
  }
}
