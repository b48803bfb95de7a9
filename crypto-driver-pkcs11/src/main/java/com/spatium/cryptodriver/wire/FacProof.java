/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/** {@code fac}, protocol.md §3.3; lengths in {@link Widths}. */
public record FacProof(
    Bytes p,
    Bytes q,
    Bytes a,
    Bytes b,
    Bytes t,
    Bytes sigma,
    Bytes z1,
    Bytes z2,
    Bytes w1,
    Bytes w2,
    Bytes v) {}
