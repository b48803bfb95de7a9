/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The zero-knowledge proofs of docs/protocol.md §3, one file each (of aff, the prover has its own):
 * statement, witness, {@code prove} and {@code verify} side by side, symbols as there. Witnesses
 * and masks are handles of the vault; statements and proofs are public.
 *
 * <pre>
 *  {@link com.spatium.cryptodriver.proof.Dl}     I know x with X = x·G                          every point that is sent
 *  {@link com.spatium.cryptodriver.proof.NRoot}  gcd(N, φ(N)) = 1                               pairing
 *  {@link com.spatium.cryptodriver.proof.Blum}   N has two prime factors, both 3 mod 4          pairing
 *  {@link com.spatium.cryptodriver.proof.Fac}    N = p·q has no small factor                    pairing
 *  {@link com.spatium.cryptodriver.proof.Prm}    ŝ₁, ŝ₂ lie in the group that t̂ generates       pairing
 *  {@link com.spatium.cryptodriver.proof.EncDl}  c_key encrypts the logarithm of Q1             synchronisation
 *  {@link com.spatium.cryptodriver.proof.Aff}    c3 is the partial signature of m, in bounds    signature
 * </pre>
 *
 * <p>{@code verify} checks the ranges and units of everything in the proof before it checks an
 * equation, and throws a {@link com.spatium.cryptodriver.PeerFaultException} that names the step
 * and the check. All classes are immutable and thread-safe.
 */
@NullMarked
package com.spatium.cryptodriver.proof;

import org.jspecify.annotations.NullMarked;
