/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.UsageException;
import java.time.Duration;

/**
 * How a {@link SpatiumProtocol} talks to its peer.
 *
 * @param peer the other party, under which its pairings are kept
 * @param room the transport's room of this pair of parties
 * @param messageTimeout how long each message may take to come; it includes the other side's
 *     mathematics, token and policy
 * @param maxRuns procedures that the peer may have running with us at once
 * @param workers threads that compute for the peer's procedures
 * @param acceptSecretCreation whether the peer may have us create a secret ({@link
 *     SpatiumProtocol#generateDistributedSecret})
 */
public record ProtocolOptions(
    PeerId peer,
    String room,
    Duration messageTimeout,
    int maxRuns,
    int workers,
    boolean acceptSecretCreation) {
  public ProtocolOptions {
    if (room.isEmpty() || room.length() > 128) {
      throw new UsageException("a room has 1 to 128 characters");
    }
    if (messageTimeout.isNegative() || messageTimeout.isZero() || maxRuns < 1 || workers < 1) {
      throw new UsageException("timeout, runs and workers must be positive");
    }
  }

  /** 30 seconds a message, 64 runs, 4 workers; the peer may not create secrets. */
  public static ProtocolOptions of(PeerId peer, String room) {
    return new ProtocolOptions(peer, room, Duration.ofSeconds(30), 64, 4, false);
  }

  public ProtocolOptions withMessageTimeout(Duration timeout) {
    return new ProtocolOptions(peer, room, timeout, maxRuns, workers, acceptSecretCreation);
  }

  public ProtocolOptions withLimits(int newMaxRuns, int newWorkers) {
    return new ProtocolOptions(
        peer, room, messageTimeout, newMaxRuns, newWorkers, acceptSecretCreation);
  }

  public ProtocolOptions withSecretCreation(boolean accept) {
    return new ProtocolOptions(peer, room, messageTimeout, maxRuns, workers, accept);
  }
}
