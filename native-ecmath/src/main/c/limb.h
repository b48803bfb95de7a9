/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_LIMB_H
#define ECM_LIMB_H
/* Multi-word natural numbers: 64-bit words, least significant first, lengths public. Everything here is constant time in the
 * words' values unless its name ends in _vartime. B = 2^64 in the comments on bounds. */
#include "ct.h"

/* r may be a or b. Returns the carry or borrow, 0 or 1. */
uint64_t limb_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n);
uint64_t limb_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n);
/** r += d mod B^n, for a signed d of one word. */
void limb_add_signed(uint64_t *r, size_t n, int64_t d);
/** r = 2a; returns the bit shifted out. r may be a. */
uint64_t limb_shl1(uint64_t *r, const uint64_t *a, size_t n);
/** r = (top*B^n + a)/2, rounded down; top is one bit. r may be a. */
void limb_shr1(uint64_t *r, const uint64_t *a, size_t n, uint64_t top);

/** r = a*b, an + bn words; r overlaps neither. */
void limb_mul(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn);
/** r = a*a, 2n words; r does not overlap a. */
void limb_sqr(uint64_t *r, const uint64_t *a, size_t n);
/** r += a*b, r of 2n words; returns the carry, 0 or 1. */
uint64_t limb_addmul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n);
/** Montgomery reduction without its final subtraction. t of 2n words, m odd of n words, k = -1/m mod B.
 *  With q = -t/m mod B^n:  t + q*m = B^n * T.  Out: low half of t: q; high half: T mod B^n. Returns floor(T / B^n), 0 or 1
 *  (t + q*m < B^2n + B^2n, so T < 2*B^n). */
uint64_t limb_redc(uint64_t *t, const uint64_t *m, uint64_t k, size_t n);

/** v = top*B^n + a. If v >= m: r = v - m, else r = v. Returns all ones if it subtracted. *top becomes the top word of the result.
 *  r may be a. */
uint64_t limb_sub_if_ge(uint64_t *r, uint64_t *top, const uint64_t *a, const uint64_t *m, size_t n);

/* Masks, 0 or all ones. */
uint64_t limb_lt(const uint64_t *a, const uint64_t *b, size_t n);
uint64_t limb_is_zero(const uint64_t *a, size_t n);
uint64_t limb_is_word(const uint64_t *a, size_t n, uint64_t w); /* a = w */
uint64_t limb_eq(const uint64_t *a, const uint64_t *b, size_t n);
void limb_swap_if(uint64_t mask, uint64_t *a, uint64_t *b, size_t n);
/** r = table[index], table of `count` entries of n words one after the other; reads every entry. */
void limb_lookup(uint64_t *r, const uint64_t *table, size_t count, size_t n, uint64_t index);

/** Big-endian bytes, any len; r gets n words, zero-extended; len <= 8n. */
void limb_from_bytes(uint64_t *r, size_t n, const uint8_t *in, size_t len);
/** The len low bytes, len <= 8n, big-endian. */
void limb_to_bytes(uint8_t *out, size_t len, const uint64_t *a, size_t n);

/** Position of the highest bit, plus one; 0 for 0. PUBLIC a. */
size_t limb_bits_vartime(const uint64_t *a, size_t n);
/** -1, 0, 1. PUBLIC a, b. */
int limb_cmp_vartime(const uint64_t *a, const uint64_t *b, size_t n);

static inline void limb_copy(uint64_t *r, const uint64_t *a, size_t n) { memmove(r, a, n * sizeof *r); }
static inline void limb_zero(uint64_t *r, size_t n) { memset(r, 0, n * sizeof *r); }
/** -1/m mod 2^64, m odd. x = 3*m ^ 2 is right to 5 bits; each Newton step x(2 - m x) doubles them: 10, 20, 40, 80. */
static inline uint64_t limb_minus_inverse(uint64_t m) {
  uint64_t x = (3 * m) ^ 2;
  for (int i = 0; i < 4; i++) x *= 2 - m * x;
  return 0 - x;
}
/** `width` <= 8 bits of a from bit `at` on; bits at or past 64n are 0. The position is public. */
static inline uint64_t limb_bits_at(const uint64_t *a, size_t n, size_t at, size_t width) {
  size_t i = at / 64, s = at % 64;
  uint64_t v = i < n ? a[i] >> s : 0;
  if (s + width > 64 && i + 1 < n) v |= a[i + 1] << (64 - s);
  return v & ((1u << width) - 1);
}
#endif
