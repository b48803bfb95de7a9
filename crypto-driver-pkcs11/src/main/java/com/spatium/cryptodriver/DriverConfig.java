/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * What both drivers are configured with; immutable, with {@code with…} methods.
 *
 * @param installation names this installation: token labels and state keys contain it. 1 to 32 of
 *     [a-z0-9-]
 * @param level size of the moduli that this installation makes
 * @param minimumLevel smallest level accepted from a peer
 * @param policy asked before P2 signs; refuses everything by default
 * @param authenticatedPeers peers whose channel is authenticated: their pairings become ACTIVE
 *     without comparing digits
 * @param maxSessions running sessions in all
 * @param maxSessionsPerPeer running sessions per peer
 * @param idleTimeout after which a waiting session is wiped
 * @param keyCacheSize unsealed Paillier and fragment handles kept in the vault at most
 * @param keyCacheIdle after which an unused one is wiped
 * @param clock for the timeouts
 * @param progress hears of long searches
 */
public record DriverConfig(
    String installation,
    SecurityLevel level,
    SecurityLevel minimumLevel,
    SigningPolicy policy,
    Set<PeerId> authenticatedPeers,
    int maxSessions,
    int maxSessionsPerPeer,
    Duration idleTimeout,
    int keyCacheSize,
    Duration keyCacheIdle,
    InstantSource clock,
    ProgressListener progress) {
  public DriverConfig {
    if (!installation.matches("[a-z0-9-]{1,32}")) {
      throw new UsageException("an installation name has 1 to 32 of a-z, 0-9 and '-'");
    }
    if (level.compareTo(minimumLevel) < 0) {
      throw new UsageException("the level is below the minimum level");
    }
    if (maxSessions < 1 || maxSessionsPerPeer < 1 || keyCacheSize < 0) {
      throw new UsageException("session limits must be at least 1");
    }
    authenticatedPeers = Set.copyOf(authenticatedPeers);
  }

  /**
   * 3072 bits, policy that refuses, no authenticated peer, 256 sessions, 16 per peer, one minute
   * idle.
   */
  public static DriverConfig of(String installation) {
    return new DriverConfig(
        installation,
        SecurityLevel.BITS_128,
        SecurityLevel.BITS_112,
        SigningPolicy.refuseAll(),
        Set.of(),
        256,
        16,
        Duration.ofMinutes(1),
        64,
        Duration.ofMinutes(10),
        InstantSource.system(),
        ProgressListener.silent());
  }

  public DriverConfig withLevel(SecurityLevel newLevel) {
    return new DriverConfig(
        installation,
        newLevel,
        minimumLevel,
        policy,
        authenticatedPeers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        keyCacheSize,
        keyCacheIdle,
        clock,
        progress);
  }

  public DriverConfig withMinimumLevel(SecurityLevel newMinimum) {
    return new DriverConfig(
        installation,
        level,
        newMinimum,
        policy,
        authenticatedPeers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        keyCacheSize,
        keyCacheIdle,
        clock,
        progress);
  }

  public DriverConfig withPolicy(SigningPolicy newPolicy) {
    return new DriverConfig(
        installation,
        level,
        minimumLevel,
        newPolicy,
        authenticatedPeers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        keyCacheSize,
        keyCacheIdle,
        clock,
        progress);
  }

  public DriverConfig withAuthenticatedPeers(Set<PeerId> peers) {
    return new DriverConfig(
        installation,
        level,
        minimumLevel,
        policy,
        peers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        keyCacheSize,
        keyCacheIdle,
        clock,
        progress);
  }

  public DriverConfig withSessions(int inAll, int perPeer, Duration idle) {
    return new DriverConfig(
        installation,
        level,
        minimumLevel,
        policy,
        authenticatedPeers,
        inAll,
        perPeer,
        idle,
        keyCacheSize,
        keyCacheIdle,
        clock,
        progress);
  }

  public DriverConfig withKeyCache(int size, Duration idle) {
    return new DriverConfig(
        installation,
        level,
        minimumLevel,
        policy,
        authenticatedPeers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        size,
        idle,
        clock,
        progress);
  }

  public DriverConfig withClock(InstantSource newClock) {
    return new DriverConfig(
        installation,
        level,
        minimumLevel,
        policy,
        authenticatedPeers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        keyCacheSize,
        keyCacheIdle,
        newClock,
        progress);
  }

  public DriverConfig withProgress(ProgressListener listener) {
    return new DriverConfig(
        installation,
        level,
        minimumLevel,
        policy,
        authenticatedPeers,
        maxSessions,
        maxSessionsPerPeer,
        idleTimeout,
        keyCacheSize,
        keyCacheIdle,
        clock,
        listener);
  }
}
