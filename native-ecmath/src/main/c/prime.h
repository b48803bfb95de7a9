/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_PRIME_H
#define ECM_PRIME_H
/* Searching for secret primes, and number theory on numbers of modulus size. Words are least significant first. */
#include "ecm.h"

#define PRIME_MIN_BITS 128
#define PRIME_MAX_BITS 1536

/* State of one search for one prime. Lives in the vault: it holds the start of the current interval and the prime found. */
typedef struct prime_search prime_search;
size_t prime_search_size(void);
/** s: prime_search_size() bytes of vault memory. bits: PRIME_MIN_BITS .. PRIME_MAX_BITS, a multiple of 64.
 *  safe: p and (p - 1)/2 both prime. */
void prime_search_init(prime_search *s, uint32_t bits, int safe);
/** Tries up to `window` candidates (numbers that survived the sieve; at least one is tried).
 *  Returns: ECM_OK (found) | ECM_MORE (call again) | ECM_E_ARGUMENT (not initialised) | ECM_E_RANDOM | ECM_E_VAULT_FULL
 *  Out:     out_prime_words: bits/64 words, the prime on ECM_OK, else zeros; p = 3 mod 4, its two top bits set, so a product of two
 *           has exactly 2*bits bits. *tried: candidates this call has tried; may be null.
 *  Error:   a composite passes with probability < 2^-128.
 *  Timing:  variable while it searches (it tells how many candidates were composite, not which number was found); nothing
 *           branches on the bits of the number that is returned. */
int32_t prime_search_step(prime_search *s, uint32_t window, uint64_t *out_prime_words, uint32_t *tried);

#define SMALL_FACTOR_BELOW 8192 /* 2^13: protocol.md §2.4 */
#define SMALL_FACTOR_PRIMES 1027
/** The smallest odd prime factor of x below SMALL_FACTOR_BELOW, or 0. PUBLIC x. */
uint32_t small_factor_vartime(const uint64_t *x, size_t n);

/** Miller-Rabin with `rounds` random bases and a base-2 round before them; PUBLIC x of n <= MOD_MAX_WORDS words (leading zero words
 *  allowed). 1: probably prime; 0: composite (or 0, 1); negative: ECM_E_VAULT_FULL, ECM_E_RANDOM or ECM_E_ARGUMENT. */
int prime_is_probable_vartime(const uint64_t *x, size_t n, int rounds);

/** The Jacobi symbol (a/b), -1, 0 or 1, of PUBLIC a and odd b of at most 2*MOD_MAX_WORDS words; 0 if b is even. */
int jacobi_vartime(const uint64_t *a, size_t an, const uint64_t *b, size_t bn);

/** gcd(a, b) = 1, for PUBLIC a, b of at most 2*MOD_MAX_WORDS words. gcd(0, b) = b. 1 | 0 */
int modular_gcd_is_one_vartime(const uint64_t *a, size_t an, const uint64_t *b, size_t bn);

/** r = 1/a mod m, in [1, m). a: n words, any value (it need not be below m); m: n <= 2*MOD_MAX_WORDS words, odd, > 1.
 *  Returns: ECM_OK | ECM_E_UNIT (gcd(a, m) > 1; r = 0; that fact becomes public) | ECM_E_ARGUMENT | ECM_E_VAULT_FULL
 *  Timing:  constant in a and m for their width n. */
int32_t ct_inverse_mod(uint64_t *r, const uint64_t *a, const uint64_t *m, size_t n);
#endif
