/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_MONT_H
#define ECM_MONT_H
/* Montgomery arithmetic modulo one odd m of n words, R = 2^(64n). Constant time in everything but n; m may be secret.
 * Residues are fully reduced, in [0, m). The Montgomery form of x is x*R mod m. w: scratch of MONT_WORK(n) words that holds
 * traces of the operands afterwards: it belongs to the caller, who wipes it. */
#include "limb.h"
#include "modular.h"

#define MONT_WORK(n) (2 * (n) + 2)

/** r = a*b/R mod m. Needs a*b < R*m, for instance a < R and b < m. r may be a or b. */
void mont_mul(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *w);
/** r = a*a/R mod m, a < m. */
void mont_sqr(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w);
/** r = a/R mod m, any a < R. */
void mont_redc(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, uint64_t *w);
/** r = a + b mod m, a, b < m. r may be a or b. */
void mont_add(const mod_ctx *ctx, uint64_t *r, const uint64_t *a, const uint64_t *b);
#endif
