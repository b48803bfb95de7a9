/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

import org.jspecify.annotations.Nullable;

/**
 * Runs a loader at most once and remembers how it ended, so that a failure is reported to every
 * caller with its first cause: a static initialiser would say it once and leave {@code
 * NoClassDefFoundError} to all others.
 */
public final class LoadOnce {
  /** What is run. */
  interface Action {
    void run() throws LoadFailure;
  }

  /** The process's library. */
  private static final LoadOnce LIBRARY =
      new LoadOnce(() -> NativeLoader.fromSystemProperties().loadAndBind());

  private final Action action;
  private boolean done;
  private @Nullable Throwable failure;

  LoadOnce(Action action) {
    this.action = action;
  }

  /**
   * Makes {@link Ecm} callable. The first call loads; later calls return at once or fail as the
   * first did.
   */
  public static void library() throws LoadFailure {
    LIBRARY.ensure();
  }

  synchronized void ensure() throws LoadFailure {
    if (!done) {
      try {
        action.run();
      } catch (LoadFailure | RuntimeException | LinkageError e) {
        failure = e;
      }
      done = true;
    }
    if (failure != null) {
      throw new LoadFailure(String.valueOf(failure.getMessage()), failure);
    }
  }
}
