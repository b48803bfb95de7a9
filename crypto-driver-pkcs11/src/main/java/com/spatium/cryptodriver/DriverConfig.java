/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;

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
 * @param keyCacheIdle after which an unused one is wiped, and what was made ahead for an unused
 *     pairing
 * @param clock for the timeouts
 * @param progress hears of long searches
 * @param pools sizes of what is made ahead of time
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
    ProgressListener progress,
    Pools pools) {
  /**
   * What P2 makes ahead of time (docs/protocol.md §6). It lives in locked memory only, but a copy
   * of a running process has a copy of it: {@link #off} where hosts are snapshotted or cloned.
   *
   * @param blindersPerPairing of either half: about 2.5 KiB each
   * @param openingsPerKey nonces and masks of signatures: about 1.5 KiB each; of the 8 keys of a
   *     pairing that signed last
   */
  public record Pools(int blindersPerPairing, int openingsPerKey) {
    private static final int MAX = 1024;

    public Pools {
      if (blindersPerPairing < 0
          || blindersPerPairing > MAX
          || openingsPerKey < 0
          || openingsPerKey > MAX) {
        throw new UsageException("the size of a pool is 0 to " + MAX);
      }
    }

    /** 16 of each. */
    public static Pools defaults() {
      return new Pools(16, 16);
    }

    /** Each signature makes what it needs; no background worker. */
    public static Pools off() {
      return new Pools(0, 0);
    }
  }

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
   * idle, default pools.
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
        ProgressListener.silent(),
        Pools.defaults());
  }

  public DriverConfig withLevel(SecurityLevel newLevel) {
    return with(draft -> draft.level = newLevel);
  }

  public DriverConfig withMinimumLevel(SecurityLevel newMinimum) {
    return with(draft -> draft.minimumLevel = newMinimum);
  }

  public DriverConfig withPolicy(SigningPolicy newPolicy) {
    return with(draft -> draft.policy = newPolicy);
  }

  public DriverConfig withAuthenticatedPeers(Set<PeerId> peers) {
    return with(draft -> draft.authenticatedPeers = peers);
  }

  public DriverConfig withSessions(int inAll, int perPeer, Duration idle) {
    return with(
        draft -> {
          draft.maxSessions = inAll;
          draft.maxSessionsPerPeer = perPeer;
          draft.idleTimeout = idle;
        });
  }

  public DriverConfig withKeyCache(int size, Duration idle) {
    return with(
        draft -> {
          draft.keyCacheSize = size;
          draft.keyCacheIdle = idle;
        });
  }

  public DriverConfig withClock(InstantSource newClock) {
    return with(draft -> draft.clock = newClock);
  }

  public DriverConfig withProgress(ProgressListener listener) {
    return with(draft -> draft.progress = listener);
  }

  public DriverConfig withPools(Pools newPools) {
    return with(draft -> draft.pools = newPools);
  }

  private DriverConfig with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** The same, to be changed. */
  private static final class Draft {
    private final String installation;
    private SecurityLevel level;
    private SecurityLevel minimumLevel;
    private SigningPolicy policy;
    private Set<PeerId> authenticatedPeers;
    private int maxSessions;
    private int maxSessionsPerPeer;
    private Duration idleTimeout;
    private int keyCacheSize;
    private Duration keyCacheIdle;
    private InstantSource clock;
    private ProgressListener progress;
    private Pools pools;

    Draft(DriverConfig from) {
      installation = from.installation;
      level = from.level;
      minimumLevel = from.minimumLevel;
      policy = from.policy;
      authenticatedPeers = from.authenticatedPeers;
      maxSessions = from.maxSessions;
      maxSessionsPerPeer = from.maxSessionsPerPeer;
      idleTimeout = from.idleTimeout;
      keyCacheSize = from.keyCacheSize;
      keyCacheIdle = from.keyCacheIdle;
      clock = from.clock;
      progress = from.progress;
      pools = from.pools;
    }

    DriverConfig done() {
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
          progress,
          pools);
    }
  }
}
