/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/** A point whose sender proves that it knows the logarithm. */
public record ProvenPoint(Bytes point, DlProof dl) {}
