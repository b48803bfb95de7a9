/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What travels and what is hashed.
 *
 * <p>{@link com.spatium.cryptodriver.wire.WireMessage}s are the messages of docs/protocol.md as
 * records, {@link com.spatium.cryptodriver.wire.WireCodec} their one canonical CBOR form, {@link
 * com.spatium.cryptodriver.wire.Transcript} the table of docs/transcript.md: each identifier,
 * commitment and challenge is a record whose components, in order, are the elements of one
 * TupleHash. Everything here is public data.
 *
 * <pre>
 *        pairing                 synchronisation                 signature (ECDSA G, EdDSA T)
 * P1 ──InitiatorParameters──▶    ──KeyCommitment──▶              ──NonceCommitment──▶
 *    ◀─ResponderParameters───    ◀─KeyShare────────              ◀─NonceShare or Refusal──
 *    ──FactorProof──────────▶    ──KeyOpening─────▶              ──NonceOpening────▶
 *    ◀─PairingAcknowledgement    ◀─KeyConfirmation─              ◀─PartialSignature─
 *                                ──KeyConfirmation▶              ──FinalSignature──▶
 * </pre>
 */
@NullMarked
package com.spatium.cryptodriver.wire;

import org.jspecify.annotations.NullMarked;
