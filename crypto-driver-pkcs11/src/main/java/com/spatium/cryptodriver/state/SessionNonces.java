/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.proof.NonceSource;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.MacInputs.NoncePurpose;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.Optional;

/**
 * The nonces of one session (protocol.md §4.4). The token is asked for randomness once in a
 * session, since a token operation is slow; its 32 bytes go into the key of each nonce's HMAC,
 * beside 64 bytes of the operating system's that are new for each.
 */
public final class SessionNonces implements NonceSource, AutoCloseable {
  private final Optional<SecretBlob> tokenRandomness;

  SessionNonces(Custody custody) {
    this.tokenRandomness = custody.randomness();
  }

  @Override
  public SecretScalar fresh(
      Curve curve, NoncePurpose purpose, SecretScalar fragment, Bytes context, int index) {
    return curve.nonce(
        tokenRandomness.orElse(null),
        MacInputs.noncePrefix(purpose),
        fragment,
        MacInputs.nonceSuffix(context, index));
  }

  @Override
  public void close() {
    tokenRandomness.ifPresent(SecretBlob::close);
  }
}
