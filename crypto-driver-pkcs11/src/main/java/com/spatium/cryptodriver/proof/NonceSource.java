/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.MacInputs.NoncePurpose;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;

/**
 * Fresh nonces as protocol.md §4.4 makes them, with the custody's randomness mixed in. Thread-safe.
 */
@FunctionalInterface
public interface NonceSource {
  /**
   * Never the same twice, also for the same arguments.
   *
   * @param fragment the secret that the nonce protects
   * @param context public; see docs/transcript.md
   */
  SecretScalar fresh(
      Curve curve, NoncePurpose purpose, SecretScalar fragment, Bytes context, int index);
}
