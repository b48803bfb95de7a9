/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The custody of secrets in a PKCS#11 token.
 *
 * <p>{@link com.spatium.cryptodriver.pkcs11.TokenCustody} knows which objects there are and what is
 * sealed how; {@link com.spatium.cryptodriver.pkcs11.Token} is the connection to one token: who is
 * logged in, sessions, keys by label, and recovery.
 *
 * <p>Two bindings reach the same module in one process and share its login. SunPKCS11 does the AES,
 * between direct buffers over the vault. Everything whose result must not be a {@code byte[]} goes
 * through JNA ({@code internal}): HMACs and random bytes into the vault, the PIN out of it,
 * attributes, key generation.
 *
 * <pre>
 *   TokenCustody ── Envelope            what is sealed, and how
 *        │
 *      Token ── Failure                 runs an operation; climbs the recovery ladder
 *        │
 *    Connection ── Slots, Logins        slot, sessions, key handles; replaced as a whole by recovery
 *      │      │
 *   SunAes  internal.Cryptoki           AES-CBC by SunPKCS11 | C_* functions by JNA
 * </pre>
 */
@NullMarked
package com.spatium.cryptodriver.pkcs11;

import org.jspecify.annotations.NullMarked;
