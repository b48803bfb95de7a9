/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_CRT_H
#define ECM_CRT_H
/* What the owner of N = p q does in both of his keys. p, q of h words each, secret, both with their top bit set. */
#include "modular.h"

/** r (2h words) = the number below p*q that is xp mod p and xq mod q; xp < p, xq < q. p_inv_q = 1/p mod q. w: h words, of the vault. */
int32_t crt_combine(const mod_ctx *p, const mod_ctx *q, const uint64_t *p_inv_q, uint64_t *r, const uint64_t *xp, const uint64_t *xq,
                    uint64_t *w);

/** The shape of a pair of primes of 64h bits: top bits set and p*q of exactly 128h bits, both 3 mod 4, |p - q| > 2^(64h - 100).
 *  Mask; says nothing about primality. pq: 2h words of the vault, gets p*q. */
uint64_t crt_pair_fits(uint64_t *pq, const uint64_t *p, const uint64_t *q, size_t h);

#define CRT_MAX_PRIMES 4
/** *are: mask: each of 1 .. CRT_MAX_PRIMES numbers m of one length passes a^((m-1)/2) = +-1 for 5 random bases. For m = 3 mod 4 that is Miller-Rabin; it
 *  is meant for numbers that were searched with all care (prime.h), sealed, and opened again, not for numbers that an adversary chose. Constant
 *  time in m. */
int32_t crt_look_prime(const mod_ctx *const *m, size_t count, uint64_t *are);

/** bits that a key may have: 512 (tests), 2048, 3072. 1 | 0 */
int crt_bits_known(uint32_t bits);
#endif
