/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import com.spatium.cryptodriver.proof.AffProver;
import com.spatium.ecmath.SecretScalar;
import java.time.Instant;

/** k2, R2 and the masks of its proof: for one signature. Closing wipes it. */
public final class Opening implements AutoCloseable {
  private final SecretScalar k;
  private final AffProver.Masks masks;
  private final Instant made;

  /** Takes the secrets over. */
  Opening(SecretScalar k, AffProver.Masks masks, Instant made) {
    this.k = k;
    this.masks = masks;
    this.made = made;
  }

  public SecretScalar k() {
    return k;
  }

  /** They name R2. */
  public AffProver.Masks masks() {
    return masks;
  }

  Instant made() {
    return made;
  }

  @Override
  public void close() {
    k.close();
    masks.close();
  }
}
