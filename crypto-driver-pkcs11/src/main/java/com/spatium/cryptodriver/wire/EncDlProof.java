/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/** {@code encdl}, protocol.md §3.5; lengths in {@link Widths}. */
public record EncDlProof(Bytes s, Bytes a, Bytes y, Bytes d, Bytes z1, Bytes z2, Bytes z3) {}
