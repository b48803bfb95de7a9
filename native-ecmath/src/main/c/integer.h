/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_INTEGER_H
#define ECM_INTEGER_H
/* Secret integers of a fixed public width (layout: vault.h), for the files that compute with them. */
#include "vault.h"

#define INTEGER_MAX_WORDS 128 /* 8192 bits */

static inline size_t integer_words(const vault_ref *x) { return x->len / 8 - 1; }
static inline uint64_t *integer_magnitude(const vault_ref *x) { return (uint64_t *)x->ptr + 1; }

/** A pinned, unpublished zero. ECM_OK | ECM_E_RANGE (wider than INTEGER_MAX_WORDS) | ECM_E_VAULT_ */
int32_t integer_new(size_t words, vault_ref *out);
/** *words: the public width of an integer. An error of vault_pin. */
int32_t integer_width(ecm_handle h, size_t *words);
/** *max: that of the widest of n integers, h[0], h[stride], ... */
int32_t integer_widest(size_t n, size_t stride, const ecm_handle *h, size_t *max);
/** Frees those of n handles that are not 0, and makes them so: of a batch that failed. */
void integer_free_all(ecm_handle *h, size_t n);
/** r = the value in n words. ECM_E_RANGE if it is negative or does not fit, which becomes public. r: vault memory. */
int32_t integer_get(ecm_handle h, uint64_t *r, size_t n);
/** The same; ECM_E_RANGE also if it is not below bound (n words). */
int32_t integer_get_below(ecm_handle h, uint64_t *r, const uint64_t *bound, size_t n);
/** Uniform in [0, bound) by rejection, r in the vault; bound of n words, its top bit set, may be secret. The number of rejections depends on
 *  bound/B^n, which for phi(N) is N/B^n up to 2^-(bits/2 - 1), and not on the result. ECM_OK | ECM_E_RANDOM */
int32_t integer_below(uint64_t *r, const uint64_t *bound, size_t n);
#endif
