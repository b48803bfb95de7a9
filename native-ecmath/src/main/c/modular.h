/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_MODULAR_H
#define ECM_MODULAR_H
/* Modular powers in batches: the dispatch point. Everything above works with plain residues in words, least significant first;
 * the kernel behind (kernel/kernel.h) chooses its own radix, layout and windows. */
#include "ecm.h"

#define MOD_MAX_WORDS 48 /* 3072 bits; squares are 96 words */

/* One odd modulus, m > 2^(64 n - 64). May be secret (p, q): then it lives in the vault and set-up is constant time. */
typedef struct {
  uint32_t n;                    /* words of m */
  uint64_t m0inv;                /* -1/m mod 2^64 */
  uint64_t shift, reciprocal;    /* for divide.c */
  uint64_t m[MOD_MAX_WORDS];
  uint64_t r1[MOD_MAX_WORDS];    /* R mod m, R = 2^(64 n) */
  uint64_t r2[MOD_MAX_WORDS];    /* R^2 mod m */
  uint64_t nadic_r1[2 * MOD_MAX_WORDS]; /* R mod m^2, N-adic: low part, then high part */
  uint64_t nadic_r2[2 * MOD_MAX_WORDS]; /* R^2 mod m^2, N-adic */
} mod_ctx;
/** m: n words, odd, top word not 0, not 1 (else ECM_E_MODULUS: that much is public). Constant time in m. ECM_E_ARGUMENT | ECM_E_VAULT_FULL */
int32_t mod_init(mod_ctx *ctx, const uint64_t *m, size_t n);

#define MOD_EXPONENT_PUBLIC(j) (2 << (j))

/* prod_j base_j^exp_j. base: n words (power 1) or 2n words (power 2, a plain residue mod m^2), any value of that width that is below m^power.
 * exp: exp_words words; for secret exponents only exp_words shows in the time. */
typedef struct {
  const uint64_t *base;
  const uint64_t *exp;
  size_t exp_words;
} mod_term;

typedef struct {
  const mod_ctx *ctx;
  const mod_term *terms;
  size_t k;            /* 1..4 terms */
  uint64_t *out;       /* n or 2n words, fully reduced */
} mod_job;

/** jobs may differ in ctx (but not in n) and in terms (but not in k and exp_words). secret: constant time, temporaries in the vault; 1, and where the
 *  exponents of terms j are public all the same (rho^N), with MOD_EXPONENT_PUBLIC(j).
 *  Public jobs (modulus, bases and exponents all public) may take variable time; their temporaries may be on the heap or the vault's scratch.
 *  No out overlaps any input or another out: a kernel may work on several jobs at once. Jobs may share bases and exponents.
 *  ECM_OK | ECM_E_VAULT_FULL. Dispatches to the kernel. */
int32_t mod_pow(const mod_job *jobs, size_t count, uint32_t power, int secret);

/** Many powers of one base mod m with a comb table. secret: exponents secret, constant-time selection. exps: count*exp_words words.
 *  out overlaps neither base nor exps. */
int32_t mod_pow_fixed(const mod_ctx *ctx, const uint64_t *base, size_t count, const uint64_t *exps, size_t exp_words, uint64_t *out, int secret);

/** r = a*b mod m^power, plain residues, constant time. r may be a or b, and a may be b. */
int32_t mod_mul(const mod_ctx *ctx, uint32_t power, uint64_t *r, const uint64_t *a, const uint64_t *b);
/** r = x mod m for x of xn words (any xn), constant time, m may be secret. r may be x, here and below. */
int32_t mod_reduce(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn);
/** r = x mod m^2, 2n words, for x of xn words (any xn), constant time. */
int32_t mod_reduce_square(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn);

const char *mod_kernel_name(void);
#endif
