/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret in the {@link Vault}: Java holds its slot number, never its bytes.
 *
 * <p><b>Lifetime.</b> Whoever receives a handle closes it; {@link #close} wipes the memory. Close
 * in a {@code try} block; the garbage collector is a backstop that frees forgotten secrets late and
 * says so in the log. Operations never consume the handles they are given.
 *
 * <p><b>Threads.</b> A handle may be used by several threads. Closing it while another thread
 * computes with it is safe: the memory is wiped when that computation ends. Use after close is an
 * {@link IllegalStateException}.
 *
 * <p><b>Identity.</b> {@code equals} is identity; values are compared with {@link Vault#equal}.
 * Handles cannot be serialised and {@code toString} tells nothing.
 *
 * <pre>{@code
 * try (SecretScalar k = curve.random()) {
 *   byte[] point = curve.mulBase(k);
 * }
 * }</pre>
 */
public abstract sealed class SecretHandle implements AutoCloseable
    permits SecretBlob,
        SecretScalar,
        SecretInteger,
        PaillierKey,
        RingPedersenKey,
        PrmMasks,
        FixedBases,
        KeySearch {
  private static final Logger LOG = LoggerFactory.getLogger(SecretHandle.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final Slot slot;
  private final Cleaner.Cleanable cleanable;

  SecretHandle(long raw, String kind) {
    this.slot = new Slot(raw, kind);
    this.cleanable = CLEANER.register(this, slot);
  }

  /**
   * The number to pass to C. The caller keeps this object reachable until the call returned ({@link
   * Calls#check}).
   */
  final long raw() {
    if (slot.freed.get()) {
      throw new IllegalStateException("this " + slot.kind + " was closed");
    }
    return slot.raw;
  }

  /** What ecm.h calls length: bytes of a blob, of an integer's magnitude, of a key's modulus. */
  final int nativeLength() {
    int[] kind = new int[1];
    long[] length = new long[1];
    Calls.check("secret info", Ecm.ecm_secret_info(raw(), kind, length), this);
    return Math.toIntExact(length[0]);
  }

  /** Whether {@link #close} was called. */
  public final boolean isClosed() {
    return slot.freed.get();
  }

  /** Wipes and frees the secret. Further calls do nothing. */
  @Override
  public final void close() {
    if (slot.freed.compareAndSet(false, true)) {
      int code = Ecm.ecm_secret_free(slot.raw);
      cleanable.clean();
      Calls.check("close", code, this);
    }
  }

  @Override
  public final boolean equals(Object other) {
    return this == other;
  }

  @Override
  public final int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public final String toString() {
    return "secret[redacted]";
  }

  /**
   * What the cleaner holds: everything but the handle itself, or it would never become unreachable.
   */
  private static final class Slot implements Runnable {
    private final long raw;
    private final String kind;
    private final AtomicBoolean freed = new AtomicBoolean();

    Slot(long raw, String kind) {
      this.raw = raw;
      this.kind = kind;
    }

    @Override
    public void run() {
      if (freed.compareAndSet(false, true)) {
        int code = Ecm.ecm_secret_free(raw);
        LOG.warn(
            "a {} was not closed and stayed in the vault until it was garbage-collected (code {})",
            kind,
            code);
      }
    }
  }
}
