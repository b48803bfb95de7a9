/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * A signed secret integer of a public width: the width, not the value, determines time and memory.
 */
public final class SecretInteger extends SecretHandle {
  SecretInteger(long raw) {
    super(raw, "secret integer");
  }

  /** Bytes of the magnitude: public. */
  public int width() {
    return nativeLength();
  }
}
