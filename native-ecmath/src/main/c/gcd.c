/* SPDX-License-Identifier: Apache-2.0 */
#include "limb.h"
#include "modular.h"
#include "prime.h"
#include "vault.h"

/* Division steps (D. J. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular inversion", CHES 2019) in batches of 62 on the low
 * words, as in inverse256.c, here for any length: numbers are arrays of signed limbs, all but the top one in [0, 2^62). */

enum { MAX_WORDS = 2 * MOD_MAX_WORDS };
#define M62 ((int64_t)(UINT64_MAX >> 2))

typedef __int128 i128;
/* 2^62 times the product of 62 division steps: |u| + |v| <= 2^62 and |q| + |r| <= 2^62. */
typedef struct {
  int64_t u, v, q, r;
} steps;

static int64_t sign_mask(int64_t x) { return (int64_t)ct_mask_bit((uint64_t)x >> 63); }

/* 62 steps on the low words of f (odd) and g. minus_delta: -delta; returns the new one.
 *   delta > 0 and g odd: (delta, f, g) -> (1 - delta, g, (g - f) / 2)
 *   otherwise:           (delta, f, g) -> (1 + delta, f, (g + (g mod 2) f) / 2)
 * Unsigned arithmetic mod 2^64; the matrix entries never leave the range of int64_t. */
static int64_t divsteps62(int64_t minus_delta, uint64_t f, uint64_t g, steps *t) {
  uint64_t u = 1, v = 0, q = 0, r = 1;
  for (int i = 0; i < 62; i++) {
    const uint64_t odd = ct_mask_bit(g);
    uint64_t swap = (uint64_t)sign_mask(minus_delta);
    /* g += +-f, with minus when delta > 0; the matrix rows follow. */
    g += ((f ^ swap) - swap) & odd;
    q += ((u ^ swap) - swap) & odd;
    r += ((v ^ swap) - swap) & odd;
    swap &= odd;
    minus_delta = (int64_t)(((uint64_t)minus_delta ^ swap) - 1 - swap); /* delta - 1 if it swaps, else -delta - 1 */
    /* f + (g - f) = the old g. */
    f += g & swap;
    u += q & swap;
    v += r & swap;
    g >>= 1;
    u <<= 1;
    v <<= 1;
  }
  *t = (steps){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
  return minus_delta;
}

/* (f, g) = t (f, g) / 2^62, exactly. Neither grows beyond the larger of the two. */
static void update_fg(int64_t *f, int64_t *g, size_t limbs, const steps *t) {
  i128 a = (i128)t->u * f[0] + (i128)t->v * g[0]; /* |.| <= 2^124 */
  i128 b = (i128)t->q * f[0] + (i128)t->r * g[0];
  for (size_t i = 1; i < limbs; i++) {
    a = (a >> 62) + (i128)t->u * f[i] + (i128)t->v * g[i];
    b = (b >> 62) + (i128)t->q * f[i] + (i128)t->r * g[i];
    f[i - 1] = (int64_t)a & M62;
    g[i - 1] = (int64_t)b & M62;
  }
  f[limbs - 1] = (int64_t)(a >> 62);
  g[limbs - 1] = (int64_t)(b >> 62);
}

/* (d, e) = t (d, e) / 2^62 mod m. Range (-2m, m) before and after: negative ones first get m, which makes |.| < m and the
 * combination lie in (-2^62 m, 2^62 m); then a multiple of m in (-2^62 m, 0] makes it divisible by 2^62. inverse: 1/m mod 2^62 */
static void update_de(int64_t *d, int64_t *e, const int64_t *m, size_t limbs, uint64_t inverse, const steps *t) {
  const int64_t sd = sign_mask(d[limbs - 1]), se = sign_mask(e[limbs - 1]);
  int64_t md = (t->u & sd) + (t->v & se), me = (t->q & sd) + (t->r & se);
  i128 a = (i128)t->u * d[0] + (i128)t->v * e[0];
  i128 b = (i128)t->q * d[0] + (i128)t->r * e[0];
  md -= (int64_t)(inverse * (uint64_t)a + (uint64_t)md) & M62; /* > -2^63 */
  me -= (int64_t)(inverse * (uint64_t)b + (uint64_t)me) & M62;
  a += (i128)m[0] * md; /* |.| <= 2^124 + 2^125 */
  b += (i128)m[0] * me;
  for (size_t i = 1; i < limbs; i++) {
    a = (a >> 62) + (i128)t->u * d[i] + (i128)t->v * e[i] + (i128)m[i] * md;
    b = (b >> 62) + (i128)t->q * d[i] + (i128)t->r * e[i] + (i128)m[i] * me;
    d[i - 1] = (int64_t)a & M62;
    e[i - 1] = (int64_t)b & M62;
  }
  d[limbs - 1] = (int64_t)(a >> 62);
  e[limbs - 1] = (int64_t)(b >> 62);
}

/* d += m where d is negative, after a negation where mask is set. */
static void negate_and_add(int64_t *d, int64_t mask, const int64_t *m, size_t limbs) {
  int64_t carry = 0;
  for (size_t i = 0; i < limbs; i++) {
    carry += (d[i] ^ mask) - mask;
    d[i] = i + 1 < limbs ? carry & M62 : carry;
    carry >>= 62;
  }
  const int64_t negative = sign_mask(d[limbs - 1]);
  carry = 0;
  for (size_t i = 0; i < limbs; i++) {
    carry += d[i] + (m[i] & negative);
    d[i] = i + 1 < limbs ? carry & M62 : carry;
    carry >>= 62;
  }
}

static void to_limbs(int64_t *r, size_t limbs, const uint64_t *x, size_t n) {
  for (size_t i = 0; i < limbs; i++) {
    size_t word = 62 * i / 64, bit = 62 * i % 64; /* even, so at most 62 */
    uint64_t v = word < n ? x[word] >> bit : 0;
    if (bit > 2 && word + 1 < n) v |= x[word + 1] << (64 - bit);
    r[i] = (int64_t)v & M62;
  }
}

/* x not negative and below 2^64n */
static void from_limbs(uint64_t *r, size_t n, const int64_t *x, size_t limbs) {
  limb_zero(r, n);
  for (size_t i = 0; i < limbs; i++) {
    size_t word = 62 * i / 64, bit = 62 * i % 64;
    if (word < n) r[word] |= (uint64_t)x[i] << bit;
    if (bit > 2 && word + 1 < n) r[word + 1] |= (uint64_t)x[i] >> (64 - bit);
  }
}

/* Mask: x is 1 or -1. */
static uint64_t is_one(const int64_t *x, size_t limbs) {
  const int64_t negative = sign_mask(x[limbs - 1]);
  uint64_t differ = (uint64_t)(x[0] ^ ((negative & M62) | (1 & ~negative)));
  for (size_t i = 1; i < limbs; i++) differ |= (uint64_t)(x[i] ^ (i + 1 < limbs ? negative & M62 : negative));
  return ct_is_zero(differ);
}

int32_t ct_inverse_mod(uint64_t *r, const uint64_t *x, const uint64_t *m, size_t n) {
  if (n < 1 || n > MAX_WORDS) return ECM_E_ARGUMENT;
  if (ct_declassify(ct_mask_bit(~m[0]) | limb_is_word(m, n, 1))) { /* part of the contract, so public */
    limb_zero(r, n);
    return ECM_E_ARGUMENT;
  }
  /* 62 limbs >= 64n + 2, and the top one has its sign beside its 62 bits. */
  size_t limbs = 64 * n / 62 + 1;
  int64_t *mod = vault_scratch(5 * limbs * 8);
  if (!mod) {
    limb_zero(r, n);
    return ECM_E_VAULT_FULL;
  }
  int64_t *f = mod + limbs, *g = f + limbs, *d = g + limbs, *e = d + limbs, minus_delta = -1;
  uint64_t inverse = (3 * m[0]) ^ 2; /* right to 5 bits, then 10, 20, 40, 80 */
  for (int i = 0; i < 4; i++) inverse *= 2 - m[0] * inverse;
  to_limbs(mod, limbs, m, n);
  memcpy(f, mod, limbs * sizeof *f);
  to_limbs(g, limbs, x, n);
  e[0] = 1; /* d = 0: scratch is zeroed. f = d*x and g = e*x mod m from here on */
  /* Theorem 11.2 there: for |f|, |g| <= 2^b, b >= 46, after (49b + 57)/17 steps g = 0 and f = +-gcd; further steps change nothing. */
  for (size_t left = (49 * 64 * n + 57) / 17 / 62 + 1; left--;) {
    steps t;
    minus_delta = divsteps62(minus_delta, (uint64_t)f[0] | (uint64_t)f[1] << 62, (uint64_t)g[0] | (uint64_t)g[1] << 62, &t);
    update_de(d, e, mod, limbs, inverse, &t);
    update_fg(f, g, limbs, &t);
    ct_wipe(&t, sizeof t);
  }
  negate_and_add(d, 0, mod, limbs); /* (-2m, m) -> (-m, m) */
  negate_and_add(d, sign_mask(f[limbs - 1]), mod, limbs);
  from_limbs(r, n, d, limbs);
  uint64_t unit = is_one(f, limbs);
  for (size_t i = 0; i < n; i++) r[i] &= unit;
  vault_scratch_free(mod);
  return ct_declassify(unit) ? ECM_OK : ECM_E_UNIT;
}
