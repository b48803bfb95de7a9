/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How the vault is opened. The first opening in a process decides; later ones only check that it
 * satisfies them.
 *
 * @param bytes size of the vault; the library rounds it up to a power of two, at least 1 MiB
 * @param requireSecretMemory fail unless {@code memfd_secret(2)} works (memory that even the
 *     kernel's other users cannot map)
 * @param allowUnlocked go on when the kernel refuses to lock the memory: it may then be swapped
 *     out. For tests
 * @param noSecretMemory do not try {@code memfd_secret}. For tests and valgrind
 */
public record VaultOptions(
    long bytes, boolean requireSecretMemory, boolean allowUnlocked, boolean noSecretMemory) {
  private static final long MIB = 1L << 20;
  private static final long DEFAULT_BYTES = 64 * MIB;
  private static final int CAP_IPC_LOCK = 14;

  /** Checks that the wishes do not contradict each other. */
  public VaultOptions {
    if (bytes < 1 || bytes > 1L << 40) {
      throw Calls.invalid("vault options", EcError.ARGUMENT, "bytes must be in 1 .. 2^40");
    }
    if (requireSecretMemory && noSecretMemory) {
      throw Calls.invalid(
          "vault options", EcError.ARGUMENT, "secret memory cannot be both required and avoided");
    }
  }

  /**
   * 64 MiB, or what {@code RLIMIT_MEMLOCK} leaves room for (with 1 MiB spare for others) where it
   * is lower; locked memory required, secret memory used where the kernel has it.
   */
  public static VaultOptions defaults() {
    return new VaultOptions(
        defaultBytes(lines("/proc/self/limits"), lines("/proc/self/status")), false, false, false);
  }

  /** The same with another size. */
  public VaultOptions withBytes(long newBytes) {
    return new VaultOptions(newBytes, requireSecretMemory, allowUnlocked, noSecretMemory);
  }

  /** The same, refusing to run without {@code memfd_secret}. */
  public VaultOptions requiringSecretMemory() {
    return new VaultOptions(bytes, true, allowUnlocked, false);
  }

  int flags() {
    return (noSecretMemory ? 1 : 0) | (requireSecretMemory ? 2 : 0) | (allowUnlocked ? 4 : 0);
  }

  /** The largest power of two, since the library rounds up, that the limit leaves room for. */
  static long defaultBytes(List<String> limits, List<String> status) {
    if (hasIpcLock(status)) {
      return DEFAULT_BYTES;
    }
    for (String line : limits) {
      if (line.startsWith("Max locked memory")) {
        String soft = line.substring("Max locked memory".length()).strip().split("\\s+", 2)[0];
        if (soft.equals("unlimited")) {
          return DEFAULT_BYTES;
        }
        try {
          long room = Long.parseLong(soft) - MIB;
          return Math.min(DEFAULT_BYTES, Long.highestOneBit(Math.max(room, MIB)));
        } catch (NumberFormatException e) {
          return DEFAULT_BYTES; // more than a long: no limit in practice
        }
      }
    }
    return DEFAULT_BYTES;
  }

  /** CAP_IPC_LOCK lifts the limit. */
  private static boolean hasIpcLock(List<String> status) {
    for (String line : status) {
      if (line.startsWith("CapEff:")) {
        return (Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16)
                    >>> CAP_IPC_LOCK
                & 1)
            == 1;
      }
    }
    return false;
  }

  private static List<String> lines(String path) {
    try {
      return Files.readAllLines(Path.of(path));
    } catch (IOException e) {
      return List.of(); // no /proc: the library will say if the size is too large
    }
  }
}
