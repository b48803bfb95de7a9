/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.ecmath.Blinder;
import com.spatium.ecmath.SecretInteger;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Half of a sign blinder (protocol.md §6): what hides one pair of integers in a ciphertext and in a
 * commitment. It needs neither message nor nonce, and is good for one use.
 */
public final class AffBlinder implements AutoCloseable {
  /** What is hidden; it determines the bound of the exponent of t̂. */
  public enum Use {
    /** a and b, in c3 and S: σ, σ^N; μ, t̂^μ. P1 can compute σ, so it must say nothing. */
    WITNESS,
    /** α and β, in D and E: τ, τ^N; γ, t̂^γ. */
    MASK
  }

  private final Use use;
  private final PaillierModulus n;
  private final PedersenParameters verifier;
  private final Blinder unit;
  private final SecretInteger exponent;
  private final @Nullable SecretInteger power;
  private final AtomicBoolean used = new AtomicBoolean();

  /**
   * Takes the secrets over.
   *
   * @param unit σ, σ^N or τ, τ^N
   * @param exponent μ or γ
   * @param power of t̂; null where it is left to the commitment
   */
  AffBlinder(
      Use use,
      PaillierModulus n,
      PedersenParameters verifier,
      Blinder unit,
      SecretInteger exponent,
      @Nullable SecretInteger power) {
    this.use = use;
    this.n = n;
    this.verifier = verifier;
    this.unit = unit;
    this.exponent = exponent;
    this.power = power;
  }

  /** For its one use. */
  void take(Use expected) {
    if (!used.compareAndSet(false, true) || use != expected) {
      throw new IllegalStateException("a blinder was used twice, or for something else");
    }
  }

  void requireFor(PaillierModulus thisN, PedersenParameters thisVerifier) {
    if (!n.n().equals(thisN.n()) || !verifier.fields().equals(thisVerifier.fields())) {
      throw new IllegalStateException("a blinder was made for other parameters");
    }
  }

  /** σ or τ. */
  SecretInteger unit() {
    return unit.secret();
  }

  /** σ^N or τ^N. */
  SecretInteger unitPower() {
    return unit.power();
  }

  /** μ or γ. */
  SecretInteger exponent() {
    return exponent;
  }

  @Nullable SecretInteger power() {
    return power;
  }

  /** After the blinding: only σ, μ or τ, γ are still needed, for the response. */
  void forgetPowers() {
    unit.power().close();
    if (power != null) {
      power.close();
    }
  }

  @Override
  public void close() {
    used.set(true);
    unit.close();
    exponent.close();
    if (power != null) {
      power.close();
    }
  }
}
