/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange.Subject;
import com.spatium.cryptodriver.UsageException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The runs of a driver: bounded in all, and for each peer and role, so that a peer's flood does not
 * keep us from starting runs.
 */
final class SessionTable {
  private final DriverConfig config;
  private final Set<Run<?, ?>> running = new LinkedHashSet<>();

  SessionTable(DriverConfig config) {
    this.config = config;
  }

  /**
   * Adds a run.
   *
   * @param tooMany thrown if its peer has too many
   */
  synchronized void add(Run<?, ?> run, Supplier<? extends RuntimeException> tooMany) {
    Subject subject = run.subject();
    long ofPeer =
        running.stream()
            .map(Run::subject)
            .filter(other -> other.peer().equals(subject.peer()) && other.role() == subject.role())
            .count();
    if (ofPeer >= config.maxSessionsPerPeer()) {
      throw tooMany.get();
    }
    if (running.size() >= config.maxSessions()) {
      throw new UsageException(
          "all "
              + config.maxSessions()
              + " sessions of this driver are running: try later, or raise maxSessions");
    }
    running.add(run);
  }

  synchronized void remove(Run<?, ?> run) {
    running.remove(run);
  }

  private synchronized List<Run<?, ?>> all() {
    return List.copyOf(running);
  }

  synchronized int size() {
    return running.size();
  }

  /** How many compute now, and do not wait for a message. */
  int computing() {
    return (int) all().stream().filter(Run::isComputing).count();
  }

  void reap() {
    Instant limit = config.clock().instant().minus(config.idleTimeout());
    for (Run<?, ?> run : all()) {
      if (run.idleSinceBefore(limit)) {
        run.end("no message came in time");
      }
    }
  }

  void end(Predicate<Subject> which, String reason) {
    for (Run<?, ?> run : all()) {
      if (which.test(run.subject())) {
        run.end(reason);
      }
    }
  }
}
