/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Elliptic-curve and Paillier arithmetic whose secrets live in locked native memory and never in
 * the Java heap.
 *
 * <p>{@link com.spatium.ecmath.EcMath#open} loads a C library and opens the {@link
 * com.spatium.ecmath.Vault}: one arena of memory that is not swapped, not dumped and not inherited
 * by child processes. A secret is a {@link com.spatium.ecmath.SecretHandle}, the number of a slot
 * in the vault. Operations take handles and give new handles, or, where the mathematics makes the
 * result public (a point, a ciphertext, a response), byte arrays.
 *
 * <p>Three rules hold throughout:
 *
 * <ul>
 *   <li><b>Public values</b> are big-endian byte arrays of an exact length (ed25519: little-endian,
 *       RFC 8032). Lengths are checked here, values in C.
 *   <li><b>Secrets</b> are handles, closed by whoever received them. The one way to their bytes is
 *       {@link com.spatium.ecmath.BlobAccess}, a capability for the code that talks to a token.
 *   <li><b>Time</b> does not depend on secrets. Methods named {@code …Vartime}, and those without a
 *       secret argument, take variable time in public values.
 * </ul>
 *
 * <p>A check that fails is a {@code boolean}; everything else that fails is an {@link
 * com.spatium.ecmath.EcMathException}, sorted by what the caller should do.
 *
 * <p>This package knows no protocol and no token.
 */
@NullMarked
package com.spatium.ecmath;

import org.jspecify.annotations.NullMarked;
