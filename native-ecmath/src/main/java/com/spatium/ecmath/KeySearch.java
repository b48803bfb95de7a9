/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A search for the primes of a key, in bounded steps, so that the caller can show progress and stop
 * (by closing it) between them.
 *
 * <p>The search takes variable time, which says how many candidates failed and nothing about the
 * ones found. One thread steps at a time; others wait.
 *
 * <pre>{@code
 * try (KeySearch<PaillierKey> search = paillier.startPaillier(3072)) {
 *   Optional<PaillierKey> key;
 *   do {
 *     key = search.step(64);
 *     show(search.progress());
 *   } while (key.isEmpty());
 * }
 * }</pre>
 *
 * @param <K> what is searched for
 */
public final class KeySearch<K extends SecretHandle> extends SecretHandle {
  static final int PAILLIER = 1;
  static final int RING_PEDERSEN = 2;

  /** A window that takes some tens of milliseconds. */
  private static final int DEFAULT_WINDOW = 64;

  private final Object stepping = new Object();
  private final LongFunction<K> wrap;
  private boolean taken;
  private volatile Progress progress = new Progress(0, 0);

  private KeySearch(long raw, LongFunction<K> wrap) {
    super(raw, "key search");
    this.wrap = wrap;
  }

  static <K extends SecretHandle> KeySearch<K> start(int what, int bits, LongFunction<K> wrap) {
    long[] out = new long[1];
    Calls.check("start key search", Ecm.ecm_keygen_new(what, bits, out));
    return new KeySearch<>(out[0], wrap);
  }

  /**
   * How far the search is.
   *
   * @param candidates numbers tried so far
   * @param primes primes found: 0, 1 or 2
   */
  public record Progress(long candidates, int primes) {}

  /**
   * Tries up to {@code window} candidates (at least 1).
   *
   * @return the key, if this step completed it; then the search is over and another step is an
   *     {@link IllegalStateException}
   */
  public Optional<K> step(int window) {
    Calls.within("key search", "window", window, 1, 1 << 20);
    synchronized (stepping) {
      if (taken) {
        throw new IllegalStateException("this key search has delivered its key");
      }
      long[] candidates = new long[1];
      int[] primes = new int[1];
      int code = Ecm.ecm_keygen_step(raw(), window, candidates, primes);
      Calls.keep(this);
      progress = new Progress(candidates[0], primes[0]);
      if (code == Ecm.MORE) {
        return Optional.empty();
      }
      Calls.check("key search", code);
      long[] out = new long[1];
      Calls.check("key search", Ecm.ecm_keygen_take(raw(), out), this);
      taken = true;
      return Optional.of(wrap.apply(out[0]));
    }
  }

  /** As of the last step. */
  public Progress progress() {
    return progress;
  }

  /** Steps to the end; the thread's interrupt status is left alone. */
  K run(ProgressListener listener) {
    while (true) {
      Optional<K> key = step(DEFAULT_WINDOW);
      try {
        listener.onProgress(progress());
      } catch (RuntimeException | Error e) {
        key.ifPresent(SecretHandle::close); // nobody else knows of it
        throw e;
      }
      if (key.isPresent()) {
        return key.get();
      }
    }
  }
}
