/* SPDX-License-Identifier: Apache-2.0 */
/**
 * EdDSA over ed25519, protocol.md §5: both parts are Schnorr signatures that add up.
 *
 * <pre>
 *  P1                                                             P2
 *                                                                 R = R1 + R2, c = SHA-512(R ‖ A ‖ m) with the stored A
 *  checks s2·B = R2 + c·A2                     ◀── T4 ──          s2 = k2 + c·a2
 *  s = k1 + c·a1 + s2; verifies, returns it    ── T5 ──▶          verifies
 * </pre>
 */
@NullMarked
package com.spatium.cryptodriver.eddsa;

import org.jspecify.annotations.NullMarked;
