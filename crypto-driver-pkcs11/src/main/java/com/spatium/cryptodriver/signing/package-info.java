/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What ECDSA (protocol.md §4.3) and EdDSA (§5) signatures have in common, for 1 to 64 messages
 * (§4.5): the exchange of nonces and the policy. The partial signatures are in {@code ecdsa} and
 * {@code eddsa}.
 *
 * <pre>
 *  P1                                                             P2
 *  marks the ids used; commits to R1, dl       ── G1, T1 ──▶      marks the ids used; asks its policy
 *  checks dl                                   ◀── G2, T2 ──      R2, dl, or a refusal
 *  opens                                       ── G3, T3 ──▶      checks commitment, dl
 *  checks, completes, verifies                 ◀── G4, T4 ──      partial signature
 *  the signature                               ── G5, T5 ──▶      verifies
 * </pre>
 *
 * <p><b>Nonces.</b> k is in the vault alone, made for this session by §4.4, never stored, and
 * belongs to one round object after the other; each round is used once, so there is one challenge
 * and one partial signature for each k. P2 wipes k2 when it has computed its partial signature,
 * before the message with it is handed out; P1 wipes k1 when it has computed s. R1 and R2 are sent
 * while their k still lives, as the protocol needs; but nothing on disk and no pool can bring k
 * back, so a crash loses the session and not the key.
 */
@NullMarked
package com.spatium.cryptodriver.signing;

import org.jspecify.annotations.NullMarked;
