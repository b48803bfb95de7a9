/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/** {@code aff}, protocol.md §3.6; lengths in {@link Widths}. */
public record AffProof(
    Bytes s, Bytes e, Bytes d, Bytes fa, Bytes fb, Bytes z1, Bytes z2, Bytes z3, Bytes w) {}
