/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Views of native memory. */
public final class NativeMemory {
  private NativeMemory() {}

  /**
   * A direct buffer over memory that somebody else owns: it neither copies nor keeps anything
   * alive.
   */
  public static ByteBuffer direct(long address, int length) {
    return new Pointer(address).getByteBuffer(0, length);
  }
}
