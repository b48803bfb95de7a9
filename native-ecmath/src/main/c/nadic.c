/* SPDX-License-Identifier: Apache-2.0 */
#include "nadic.h"

#include "divide.h"

/* The identity behind it. Let A = a0*b0, q = -A/m mod R, T = (A + q*m)/R, an exact division: A = T*R - q*m. Then
 *
 *   (a0 + a1 m)(b0 + b1 m) = A + (a0 b1 + a1 b0) m = T R + (a0 b1 + a1 b0 - q) m   (mod m^2),
 *   divided by R:            T + m * ((a0 b1 + a1 b0 - q)/R mod m)                 (mod m^2).
 *
 * Low digit: A < R*m gives 0 <= T < 2m, so T = t + c*m with t in [0, m), c in {0, 1}; c moves into the high digit.
 * High digit: S = a0 b1 + a1 b0 - q lies in (-R, 2(m-1)^2]. With q' = -S/m mod R, V = (S + q'm)/R is an integer above -1, hence V >= 0, and
 *   V <= (2(m-1)^2 + (R-1)m)/R < 2(m-1) + m, because m - 1 < R;   so V <= 3m - 3 and V + c <= 3m - 2 < 3m:
 * two conditional subtractions make it canonical. S is held in 2n+1 words of two's complement; V + c < 3m < 3R fits n+1 words, so
 * computing mod B^(2n+1) loses nothing. */

/* w: A on entry (2n words), q and T after. Puts t into T's place (w + n) and returns c as 0 or 1. */
static uint64_t low_digit(const mod_ctx *ctx, uint64_t *w) {
  size_t n = ctx->n;
  uint64_t top = limb_redc(w, ctx->m, ctx->m0inv, n);
  return limb_sub_if_ge(w + n, &top, w + n, ctx->m, n) & 1;
}

/* r = (s - q)/R + c mod m, s of 2n+1 words, 0 <= s <= 2(m-1)^2, q < R. Destroys s. */
static void high_digit(const mod_ctx *ctx, uint64_t *r, uint64_t *s, const uint64_t *q, uint64_t c) {
  size_t n = ctx->n;
  uint64_t borrow = limb_sub(s, s, q, n);
  limb_add_signed(s + n, n + 1, (int64_t)(c - borrow)); /* c*R commutes with the reduction, which works on the low half */
  uint64_t top = s[2 * n] + limb_redc(s, ctx->m, ctx->m0inv, n);
  limb_sub_if_ge(s + n, &top, s + n, ctx->m, n);
  limb_sub_if_ge(r, &top, s + n, ctx->m, n);
}

void nadic_mul(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *w) {
  size_t n = ctx->n;
  uint64_t *s = w + 2 * n + 2;
  limb_mul(w, a, n, b, n);
  uint64_t c = low_digit(ctx, w);
  limb_mul(s, a, n, b + n, n);
  s[2 * n] = limb_addmul(s, a + n, b, n);
  high_digit(ctx, r + n, s, w, c);
  limb_copy(r, w + n, n);
}

void nadic_sqr(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w) {
  size_t n = ctx->n;
  uint64_t *s = w + 2 * n + 2;
  limb_sqr(w, a, n);
  uint64_t c = low_digit(ctx, w);
  limb_mul(s, a, n, a + n, n);
  s[2 * n] = limb_shl1(s, s, 2 * n);
  high_digit(ctx, r + n, s, w, c);
  limb_copy(r, w + n, n);
}

/* r += a */
static void nadic_add(const mod_ctx *ctx, uint64_t *r, const uint64_t *a) {
  size_t n = ctx->n;
  uint64_t top = limb_add(r, r, a, n), c = limb_sub_if_ge(r, &top, r, ctx->m, n) & 1;
  top = limb_add(r + n, r + n, a + n, n); /* at most 2m - 2, and 2m - 1 with c: one subtraction will do */
  for (size_t i = n; i < 2 * n; i++) {
    r[i] += c;
    c &= ct_is_zero(r[i]);
  }
  top += c;
  limb_sub_if_ge(r + n, &top, r + n, ctx->m, n);
}

/* The same for n <= xn <= 3n words: the quotient by m has at most 2n + 1. */
static void split_some(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn, uint64_t *w) {
  size_t n = ctx->n, qn = xn - n + 1;
  uint64_t *q = w + DIVIDE_WORK(n);
  limb_zero(q, n);
  divide(ctx, q, r, x, xn, w);
  divide(ctx, NULL, r + n, q, qn > n ? qn : n, w);
}

void nadic_split(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn, uint64_t *w) {
  size_t n = ctx->n;
  uint64_t acc[2 * MOD_MAX_WORDS], part[2 * MOD_MAX_WORDS];
  size_t rest = xn > 3 * n ? (xn - 2 * n) / n * n : 0; /* whole blocks of n words, below the first 2n to 3n */
  if (xn < n) {
    limb_zero(acc, 2 * n);
    limb_copy(acc, x, xn); /* below B^(n-1), so below m */
  } else {
    split_some(ctx, acc, x + rest, xn - rest, w);
  }
  while (rest) { /* Horner in R: a product with R^2, divided by R, multiplies by R. */
    rest -= n;
    nadic_mul(ctx, acc, acc, ctx->nadic_r2, w);
    split_some(ctx, part, x + rest, n, w);
    nadic_add(ctx, acc, part);
  }
  limb_copy(r, acc, 2 * n);
  ct_wipe(acc, sizeof acc);
  ct_wipe(part, sizeof part);
}

void nadic_join(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w) {
  size_t n = ctx->n;
  limb_mul(w, a + n, n, ctx->m, n);
  uint64_t carry = limb_add(w, w, a, n);
  limb_add_signed(w + n, n, (int64_t)carry); /* a0 + a1*m <= m^2 - 1 < B^2n */
  limb_copy(r, w, 2 * n);
}

void nadic_enter(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, uint64_t *w) {
  nadic_split(ctx, r, x, 2 * (size_t)ctx->n, w);
  nadic_mul(ctx, r, r, ctx->nadic_r2, w);
}

void nadic_leave(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w) {
  uint64_t one[2 * MOD_MAX_WORDS];
  limb_zero(one, 2 * (size_t)ctx->n);
  one[0] = 1;
  nadic_mul(ctx, r, a, one, w);
  nadic_join(ctx, r, r, w);
}
