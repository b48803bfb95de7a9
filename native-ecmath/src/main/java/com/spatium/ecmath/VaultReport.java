/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import java.util.OptionalLong;

/**
 * What protection the vault's memory got from the kernel, and how full it is.
 *
 * @param bytes size
 * @param inUse bytes in use, by secrets and by computations under way
 * @param handles secrets alive
 * @param secretMemory whether it is {@code memfd_secret} memory
 * @param locked whether it cannot be swapped out
 * @param excludedFromDumps whether core dumps leave it out
 * @param excludedFromForks whether child processes do not inherit it
 * @param guardPages whether inaccessible pages surround it
 * @param peak the highest {@code inUse} so far
 * @param memlockLimit {@code RLIMIT_MEMLOCK} in bytes; empty when unlimited
 */
public record VaultReport(
    long bytes,
    long inUse,
    long handles,
    boolean secretMemory,
    boolean locked,
    boolean excludedFromDumps,
    boolean excludedFromForks,
    boolean guardPages,
    long peak,
    OptionalLong memlockLimit) {

  static final int WORDS = 10;

  static VaultReport of(long[] w) {
    return new VaultReport(
        w[0],
        w[1],
        w[2],
        w[3] != 0,
        w[4] != 0,
        w[5] != 0,
        w[6] != 0,
        w[7] != 0,
        w[8],
        w[9] == -1 ? OptionalLong.empty() : OptionalLong.of(w[9]));
  }
}
