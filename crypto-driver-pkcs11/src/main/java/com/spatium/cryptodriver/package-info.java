/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The Crypto Driver: two parties, each with a secret in its own custody, make ECDSA and EdDSA keys
 * and signatures together.
 *
 * <p>A {@link com.spatium.cryptodriver.CryptoDriver} turns requests into {@link
 * com.spatium.cryptodriver.Exchange}s: one run of a procedure of docs/protocol.md, message in,
 * message out, with no thread and no socket inside. Secrets never appear in this package's types:
 * what is here is public data, identifiers, and errors.
 */
@NullMarked
package com.spatium.cryptodriver;

import org.jspecify.annotations.NullMarked;
