/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_DIVIDE_H
#define ECM_DIVIDE_H
/* Long division by the modulus of a context, constant time in everything but lengths: what set-up and reductions of wide numbers need. */
#include "modular.h"

#define DIVIDE_WORK(n) (3 * (n) + 4)

/** Fills n, m, m0inv, shift, reciprocal, r1, r2, nadic_r1, nadic_r2. m as in mod_init; no aliasing with ctx. */
void divide_init(mod_ctx *ctx, const uint64_t *m, size_t n);
/** x = q*m + r, x of xn >= n words, q of xn - n + 1 words or null, r of n words. q, r overlap neither each other nor x. */
void divide(const mod_ctx *ctx, uint64_t *q, uint64_t *r, const uint64_t *x, size_t xn, uint64_t *w);
#endif
