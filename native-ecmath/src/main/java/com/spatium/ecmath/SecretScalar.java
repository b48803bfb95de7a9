/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/** A secret number modulo the order of a {@link Curve}'s group; it remembers its curve. */
public final class SecretScalar extends SecretHandle {
  SecretScalar(long raw) {
    super(raw, "secret scalar");
  }
}
