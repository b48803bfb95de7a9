/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/**
 * {@code dl}, protocol.md §3.1.
 *
 * @param a A, a point
 * @param z a scalar
 */
public record DlProof(Bytes a, Bytes z) {}
