/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SIEVE_H
#define ECM_SIEVE_H
/* Marks the composites of an interval by small primes. Variable time: for the prime search, which is exempt up to here (prime.c). */
#include <stddef.h>
#include <stdint.h>

#define SIEVE_MAX_BELOW (1u << 22)

/** composite: bits 0 .. end-1 (end a multiple of 64), bit j set if x + 4j has a prime factor below `below`, or, with `safe`, if
 *  2(x + 4j) + 1 has. x of n words, odd, far above `below`; below <= SIEVE_MAX_BELOW, best 2^16 or 2^22 or a little less.
 *  ECM_OK | ECM_E_VAULT_FULL (no memory for the table of primes, 290 KB, kept for good) */
int32_t sieve_interval(uint64_t *composite, uint32_t end, const uint64_t *x, size_t n, int safe, uint32_t below);
#endif
