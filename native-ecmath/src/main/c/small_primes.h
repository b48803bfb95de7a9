/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SMALL_PRIMES_H
#define ECM_SMALL_PRIMES_H
/* Small odd primes. */
#include <stddef.h>
#include <stdint.h>

#define SMALL_PRIMES_BELOW_2_16 6541 /* odd ones */
#define SIEVE_PRIMES_BELOW_2_22 295946   /* odd ones */

/** The odd primes below `limit` <= 2^16, ascending; returns how many. */
size_t small_primes(uint16_t *out, uint32_t limit);
/** x mod p for p < 2^32. Variable time: it divides. */
uint32_t small_remainder(const uint64_t *x, size_t n, uint32_t p);
#endif
