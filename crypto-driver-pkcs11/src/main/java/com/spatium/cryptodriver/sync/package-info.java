/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Synchronisation of a key, protocol.md §4.2 (ECDSA: Q = x1·x2·G) and §5 (EdDSA: A = A1 + A2, no
 * c_key).
 *
 * <pre>
 *  P1                                                             P2
 *  commits to Q1 and its dl                    ── S1 ──▶
 *  checks dl₂                                  ◀── S2 ──          Q2, dl₂
 *  opens; c_key = Enc(x1), encdl               ── S3 ──▶          checks commitment, dl₁, encdl; stores PENDING
 *  checks, stores ACTIVE                       ◀── S4 ──          HMAC(K, 2, sid, keyHash)
 *  HMAC(K, 1, sid, keyHash)                    ── S5 ──▶          checks; ACTIVE
 * </pre>
 */
@NullMarked
package com.spatium.cryptodriver.sync;

import org.jspecify.annotations.NullMarked;
