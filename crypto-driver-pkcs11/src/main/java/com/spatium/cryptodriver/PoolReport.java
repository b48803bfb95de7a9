/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * What a driver has made ahead of time for signing as P2 (docs/protocol.md §6), and how well that
 * served it. Counters count since the driver was opened.
 *
 * @param pairings that have pools now
 * @param tables of powers of a peer's ŝ₁, ŝ₂, t̂, one for a pairing
 * @param blinders ready now, halves: a signature takes one for its witness and, without an opening,
 *     one for its masks
 * @param openings ready now
 * @param openingHits openings that signatures found
 * @param openingMisses nonces that signatures had to make themselves
 * @param blinderHits blinders that signatures found
 * @param blinderMisses blinders that signatures had to make themselves
 * @param blindersMade by the background worker
 * @param openingsMade by the background worker
 * @param openingsExpired wiped because of their age
 */
public record PoolReport(
    int pairings,
    int tables,
    int blinders,
    int openings,
    long openingHits,
    long openingMisses,
    long blinderHits,
    long blinderMisses,
    long blindersMade,
    long openingsMade,
    long openingsExpired) {}
