/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The default size follows RLIMIT_MEMLOCK. */
class VaultOptionsTest {
  private static final long MIB = 1 << 20;
  private static final List<String> NO_CAPABILITY =
      List.of("Name:\tjava", "CapEff:\t0000000000000000");

  private static long bytes(String softLimit, List<String> status) {
    String line =
        "Max locked memory         " + softLimit + "              8388608              bytes";
    return VaultOptions.defaultBytes(
        List.of("Limit   Soft Limit   Hard Limit   Units", line), status);
  }

  @Test
  void anUnlimitedProcessGets32MiB() {
    assertEquals(64 * MIB, bytes("unlimited", NO_CAPABILITY));
    assertEquals(64 * MIB, bytes("1073741824", NO_CAPABILITY));
  }

  @Test
  void aLimitedProcessGetsThePowerOfTwoThatLeavesOneMiBToOthers() {
    assertEquals(4 * MIB, bytes("8388608", NO_CAPABILITY));
    assertEquals(8 * MIB, bytes("9437184", NO_CAPABILITY));
    assertEquals(16 * MIB, bytes(Long.toString(32 * MIB), NO_CAPABILITY));
    assertEquals(MIB, bytes("65536", NO_CAPABILITY));
    assertEquals(MIB, bytes("0", NO_CAPABILITY));
  }

  @Test
  void theCapabilityToLockLiftsTheLimit() {
    assertEquals(64 * MIB, bytes("65536", List.of("CapEff:\t0000000000004000")));
    assertEquals(64 * MIB, bytes("65536", List.of("CapEff:\t000001ffffffffff")));
    assertEquals(MIB, bytes("65536", List.of("CapEff:\t000001ffffffbfff")));
  }

  @Test
  void withoutProcTheLibraryDecides() {
    assertEquals(64 * MIB, VaultOptions.defaultBytes(List.of(), List.of()));
  }

  @Test
  void contradictionsAreRefused() {
    CurveTest.assertError(EcError.ARGUMENT, () -> new VaultOptions(MIB, true, false, true));
    CurveTest.assertError(EcError.ARGUMENT, () -> new VaultOptions(0, false, false, false));
  }
}
