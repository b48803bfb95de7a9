/* SPDX-License-Identifier: Apache-2.0 */
#include "divide.h"

#include "limb.h"

/* Schoolbook division (Knuth, TAOCP 4.3.1, algorithm D), a quotient word at a time, by D = m*2^shift whose top bit is set; D has at least two
 * words, so shift >= 64 for n = 1. Each word is estimated from the top three words of the remainder and the top two of D (N. Moller and
 * T. Granlund, "Improved division by invariant integers", IEEE Trans. Comput. 60 (2011), algorithms 4 and 6), which is never too small and too
 * large by one at most. All corrections are masks. */

typedef unsigned __int128 u128;

static size_t words_of(size_t n) { return n < 2 ? 2 : n; }

/* a*2^s, word i of it; s < 64, a of n words */
static uint64_t shifted(const uint64_t *a, size_t n, size_t i, uint64_t s) {
  return (i < n ? a[i] << s : 0) | (i > 0 ? a[i - 1] >> 1 >> (63 - s) : 0);
}

/* floor((B^3 - 1)/d) - B for d >= B^2/2: what is left after the quotient's leading B is B^2 - 1 - d < d, and the other B - 1 brings 64 ones down. */
static uint64_t reciprocal_of(u128 d) {
  u128 rest = ~d;
  uint64_t v = 0;
  for (int i = 0; i < 64; i++) {
    uint64_t over = (uint64_t)(rest >> 127);
    rest = rest << 1 | 1;
    u128 less = rest - d;
    uint64_t fits = ct_mask_bit(over | (1 ^ (uint64_t)(((~rest & d) | ((~rest | d) & less)) >> 127))); /* no borrow in rest - d */
    rest = less + (~((u128)fits << 64 | fits) & d);
    v = v << 1 | (fits & 1);
  }
  return v;
}

/* The quotient of (u2, u1, u0) by d = (d1, d0), (u2, u1) < d, rounded down. */
static uint64_t estimate(uint64_t u2, uint64_t u1, uint64_t u0, uint64_t d1, uint64_t d0, uint64_t v) {
  u128 d = (u128)d1 << 64 | d0, q = (u128)v * u2 + ((u128)u2 << 64 | u1);
  uint64_t q1 = (uint64_t)(q >> 64), q0 = (uint64_t)q;
  u128 r = ((u128)(u1 - q1 * d1) << 64 | u0) - (u128)d0 * q1 - d;
  q1++;
  uint64_t high = ~ct_lt((uint64_t)(r >> 64), q0);
  q1 += high;
  r += ((u128)high << 64 | high) & d;
  uint64_t r1 = (uint64_t)(r >> 64), r0 = (uint64_t)r;
  q1 += 1 & (ct_lt(d1, r1) | (ct_eq(d1, r1) & ~ct_lt(r0, d0)));
  /* (u2, u1) = d: the remainder is below D, so all of the quotient's bits are ones. */
  return q1 | (ct_eq(u2, d1) & ct_eq(u1, d0));
}

/* x = x*B + w - q*D, x < D of n words; returns q. t: n + 1 words. */
static uint64_t step(uint64_t *x, uint64_t w, const uint64_t *d, size_t n, uint64_t v, uint64_t *t) {
  uint64_t q = estimate(x[n - 1], x[n - 2], n > 2 ? x[n - 3] : w, d[n - 1], d[n - 2], v), top = x[n - 1];
  limb_mul(t, d, n, &q, 1);
  limb_copy(x + 1, x, n - 1);
  x[0] = w;
  uint64_t high = ct_barrier(top - t[n] - limb_sub(x, x, t, n)); /* 0, or -1: q was too large */
  for (size_t i = 0; i < n; i++) t[i] = d[i] & high;
  limb_add(x, x, t, n);
  return q + high;
}

/* r = x/2^shift, exactly; x of words_of(n) words. r may be x. */
static void unshift(uint64_t *r, const uint64_t *x, size_t n, uint64_t shift) {
  size_t pad = words_of(n) - n;
  for (size_t i = 0; i < n; i++) r[i] = x[i + pad] >> shift | (i + 1 < n ? x[i + 1 + pad] << 1 << (63 - shift) : 0);
}

/* D = m*2^shift */
static void normalise(uint64_t *d, const mod_ctx *ctx) {
  size_t n = ctx->n, pad = words_of(n) - n;
  d[0] = 0;
  for (size_t i = 0; i < n; i++) d[i + pad] = shifted(ctx->m, n, i, ctx->shift);
}

void divide(const mod_ctx *ctx, uint64_t *q, uint64_t *r, const uint64_t *x, size_t xn, uint64_t *w) {
  size_t n = ctx->n, dn = words_of(n), pad = dn - n;
  uint64_t *d = w, *rest = d + dn, *t = rest + dn;
  normalise(d, ctx);
  /* x*2^shift has xn + 1 + pad words; the first dn of them are below D, since the topmost is below 2^shift. */
  size_t total = xn + 1 + pad;
  for (size_t i = 0; i < dn; i++) {
    size_t at = total - dn + i;
    rest[i] = at >= pad ? shifted(x, xn, at - pad, ctx->shift) : 0;
  }
  for (size_t at = total - dn; at-- > 0;) {
    uint64_t word = step(rest, at >= pad ? shifted(x, xn, at - pad, ctx->shift) : 0, d, dn, ctx->reciprocal, t);
    if (q) q[at] = word;
  }
  unshift(r, rest, n, ctx->shift);
}

/* of x > 0 */
static uint64_t leading_zeros(uint64_t x) {
  uint64_t n = 0;
  for (uint64_t s = 32; s; s /= 2) {
    uint64_t clear = s & ct_is_zero(x >> (64 - s));
    n += clear;
    x <<= clear;
  }
  return n;
}

void divide_init(mod_ctx *ctx, const uint64_t *m, size_t n) {
  size_t dn = words_of(n);
  ctx->n = (uint32_t)n;
  limb_copy(ctx->m, m, n);
  ctx->m0inv = limb_minus_inverse(m[0]);
  ctx->shift = leading_zeros(m[n - 1]);
  /* R^2 = G*m + r2 in one go: from R*2^shift, whose first dn words are 2^shift at the top alone, one step gives the first word t of G and R mod m, and
   * n more the rest. R = t*m + r1, so the digits of R mod m^2 are r1 and t mod m; those of R^2 are r2 and G mod m. */
  uint64_t g[MOD_MAX_WORDS + 1], w[DIVIDE_WORK(MOD_MAX_WORDS)], *d = w, *rest = d + dn, *t = rest + dn;
  normalise(d, ctx);
  ctx->reciprocal = reciprocal_of((u128)d[dn - 1] << 64 | d[dn - 2]);
  limb_zero(rest, dn);
  rest[dn - 1] = (uint64_t)1 << ctx->shift;
  g[n] = step(rest, 0, d, dn, ctx->reciprocal, t);
  unshift(ctx->r1, rest, n, ctx->shift);
  for (size_t i = n; i-- > 0;) g[i] = step(rest, 0, d, dn, ctx->reciprocal, t);
  unshift(ctx->r2, rest, n, ctx->shift);
  limb_copy(ctx->nadic_r1, ctx->r1, n);
  limb_zero(ctx->nadic_r1 + n, n);
  ctx->nadic_r1[n] = g[n];
  if (n == 1) divide(ctx, NULL, ctx->nadic_r1 + 1, g + 1, 1, w); /* else t < B <= m */
  limb_copy(ctx->nadic_r2, ctx->r2, n);
  divide(ctx, NULL, ctx->nadic_r2 + n, g, n + 1, w);
  ct_wipe(g, sizeof g);
  ct_wipe(w, sizeof w);
}
