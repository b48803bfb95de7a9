/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;

/** Ring-Pedersen parameters N̂, ŝ₁, ŝ₂, t̂ as they travel: not checked. */
public record PedersenFields(Bytes n, Bytes s1, Bytes s2, Bytes t) {}
