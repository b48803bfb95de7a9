/* SPDX-License-Identifier: Apache-2.0 */
#include "mont.h"

void mont_add(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b) {
  uint64_t top = limb_add(r, a, b, ctx->n); /* a + b < 2m */
  limb_sub_if_ge(r, &top, r, ctx->m, ctx->n);
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
