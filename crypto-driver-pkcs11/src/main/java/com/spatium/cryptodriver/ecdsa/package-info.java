/* SPDX-License-Identifier: Apache-2.0 */
/**
 * ECDSA over secp256k1, protocol.md §4.3: P2 computes its part under P1's Paillier encryption and
 * proves that it did.
 *
 * <pre>
 *  P1                                                             P2
 *                                                                 R = k2·R1, r; a = k2⁻¹·r·x2; b = k2⁻¹·m + ϱ·q
 *  verifies aff, before it decrypts            ◀── G4 ──          c3 = a⊙c_key ⊕ Enc(b; σ), aff
 *  u = Dec(c3); s = k1⁻¹·u, low
 *  verifies (r, s) under Q, returns it         ── G5 ──▶          verifies
 * </pre>
 */
@NullMarked
package com.spatium.cryptodriver.ecdsa;

import org.jspecify.annotations.NullMarked;
