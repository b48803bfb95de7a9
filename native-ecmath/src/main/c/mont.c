/* SPDX-License-Identifier: Apache-2.0 */
#include "mont.h"

/* -1/m0 mod 2^64, m0 odd. x = 3*m0 ^ 2 is right to 5 bits; each Newton step x(2 - m0 x) doubles them: 10, 20, 40, 80. */
static uint64_t neg_inverse(uint64_t m0) {
  uint64_t x = (3 * m0) ^ 2;
  for (int i = 0; i < 4; i++) x *= 2 - m0 * x;
  return 0 - x;
}

void mont_add(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b) {
  uint64_t top = limb_add(r, a, b, ctx->n); /* a + b < 2m */
  limb_sub_if_ge(r, &top, r, ctx->m, ctx->n);
}

void mont_init(mod_ctx *ctx, const uint64_t *m, size_t n, uint64_t *w) {
  ctx->n = (uint32_t)n;
  limb_copy(ctx->m, m, n);
  ctx->m0inv = neg_inverse(m[0]);
  /* 2^(64n-64) < m is a residue already; 64 doublings make it R, n more R*2^n, and each Montgomery square doubles the exponent of
   * the second factor: R*2^n -> R*2^2n -> ... -> R*2^64n = R^2 after six. */
  uint64_t *x = ctx->r2;
  limb_zero(x, n);
  x[n - 1] = 1;
  for (int i = 0; i < 64; i++) mont_add(ctx, x, x, x);
  limb_copy(ctx->r1, x, n);
  for (size_t i = 0; i < n; i++) mont_add(ctx, x, x, x);
  for (int i = 0; i < 6; i++) mont_sqr(ctx, x, x, w);
}

/* T = (t + q*m)/R < (R*m + R*m)/R = 2m: one subtraction makes it canonical. */
static void finish(const mod_ctx *ctx, uint64_t *r, uint64_t *w) {
  size_t n = ctx->n;
  uint64_t top = limb_redc(w, ctx->m, ctx->m0inv, n);
  limb_sub_if_ge(r, &top, w + n, ctx->m, n);
}

void mont_mul(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *w) {
  limb_mul(w, a, ctx->n, b, ctx->n);
  finish(ctx, r, w);
}

void mont_sqr(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w) {
  limb_sqr(w, a, ctx->n);
  finish(ctx, r, w);
}

void mont_redc(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w) {
  limb_copy(w, a, ctx->n);
  limb_zero(w + ctx->n, ctx->n);
  finish(ctx, r, w);
}

void mont_reduce_wide(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn, uint64_t *w) {
  size_t n = ctx->n, chunks = (xn + n - 1) / n;
  uint64_t c[MOD_MAX_WORDS];
  limb_zero(r, n);
  /* Horner in R: r*R + chunk = R*(r + chunk/R), and a Montgomery product with R^2 multiplies by R. */
  while (chunks--) {
    size_t at = chunks * n, len = xn - at < n ? xn - at : n;
    limb_zero(c, n);
    limb_copy(c, x + at, len);
    mont_redc(ctx, c, c, w);
    mont_add(ctx, r, r, c);
    mont_mul(ctx, r, r, ctx->r2, w);
  }
  ct_wipe(c, sizeof c);
}
