/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Pairing, protocol.md §4.1: once per pair of secrets, the parties prove their moduli to each other
 * and agree on a MAC key.
 *
 * <pre>
 *  P1                                                             P2
 *  N, nroot, blum; N̂, ŝ₁, ŝ₂, t̂, prm; I₁, dl        ── E1 ──▶           checks nroot, blum, prm, dl
 *  checks prm, dl                              ◀── E2 ──           N̂, ŝ₁, ŝ₂, t̂, prm; I₂, dl
 *  fac for N against P2's parameters           ── E3 ──▶           checks fac, stores
 *  stores                                      ◀── E4 ──           acknowledgement
 *
 *  pairingId = H("pairing", E1, E2)            K = HMAC-SHA-512(i₁·i₂·B, pairingId)
 * </pre>
 *
 * <p>E1 and E2 are the same each time, so a pairing that was cut off by a crash on either side is
 * simply run again.
 */
@NullMarked
package com.spatium.cryptodriver.pairing;

import org.jspecify.annotations.NullMarked;
