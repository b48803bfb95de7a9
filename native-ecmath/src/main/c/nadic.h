/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_NADIC_H
#define ECM_NADIC_H
/* Arithmetic mod m^2 at the size of m. An element is 2n words: x0, then x1, both in [0, m), standing for x0 + x1*m. Its Montgomery form
 * is that of x*R mod m^2, R = 2^(64n) (the R of m, not of m^2). Constant time in everything but n; m may be secret.
 * A square costs 3.5 products of n words, a product 5 (plain Montgomery mod m^2: 6 and 8). w: scratch of NADIC_WORK(n) words that holds traces
 * of the operands afterwards. r may be a or b throughout. */
#include "mont.h"

#define NADIC_WORK(n) (6 * (n) + 8)

/** r = a*b/R mod m^2. */
void nadic_mul(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *w);
/** r = a*a/R mod m^2. */
void nadic_sqr(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w);
/** r = the N-adic digits of x mod m^2 (not in Montgomery form), x of xn words, any xn. */
void nadic_split(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn, uint64_t *w);
/** r = the plain residue a0 + a1*m, 2n words. */
void nadic_join(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w);
/** Into and out of the Montgomery form, from and to a plain residue of 2n words. */
void nadic_enter(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, uint64_t *w);
void nadic_leave(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w);
#endif
