/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What P2 makes ahead of time, protocol.md §6: openings (nonce and masks) for each key, and sign
 * blinders and tables of powers for each pairing. All of it is in the vault alone, bounded, for one
 * use, and wiped when its secret is locked or destroyed, its pairing repaired, itself old, the
 * driver closed.
 *
 * <pre>
 *  session                         {@link com.spatium.cryptodriver.pool.SigningPools}                worker
 *  {@link com.spatium.cryptodriver.pool.Supply} ◀── takes, once ──  per pairing: tables, blinders    ◀── fills, in small pieces
 *                                  per key: {@link com.spatium.cryptodriver.pool.Opening}s
 * </pre>
 *
 * <p>What the pools lack, the session makes itself: they change when work is done, never what is
 * sent.
 */
@NullMarked
package com.spatium.cryptodriver.pool;

import org.jspecify.annotations.NullMarked;
