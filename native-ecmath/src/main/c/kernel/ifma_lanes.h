/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_KERNEL_IFMA_LANES_H
#define ECM_KERNEL_IFMA_LANES_H
/* One batch of numbers in the lanes of one engine: choice of the engine, conversions, and the constants of each lane's modulus. */
#include "ifma.h"
#include "../comb.h"

/** Index of the engines for moduli of n words; -1: none. */
int ifma_size_of(size_t n);
/** The engine for the next of `count` jobs. */
const ifma_engine *ifma_engine_for(int size, uint32_t power, size_t count);
/** The engine for the next of `count` combs of `slots` products a column, and in how many lanes (*parts, a power of two) each is worked on. */
const ifma_engine *ifma_comb_engine(int size, size_t slots, size_t count, size_t *parts);
/** How many of `count` jobs to give it: whole batches, or all when they do not fill one. */
static inline size_t ifma_share(const ifma_engine *e, size_t count) { return count < e->lanes ? count : count / e->lanes * e->lanes; }

typedef struct {
  const ifma_engine *e;
  size_t n, blocks, len; /* words of the modulus; blocks and words of an element */
  uint64_t *mod;         /* IFMA_MOD_WORDS */
  uint64_t *enter, *one; /* R^2 and R mod m^power */
  uint64_t *acc, *entry; /* elements for the functions below and their callers */
  uint64_t *work;
  uint64_t *table;       /* as many words as were asked for */
  uint64_t *plain;       /* for the last step out: 2n + NADIC_WORK(n) words */
} ifma_lanes;

/** secret: memory of the vault, else of the heap. 1, or 0 when there is none. */
int ifma_open(ifma_lanes *s, const ifma_engine *e, size_t n, uint32_t power, size_t table_words, int secret);
void ifma_close(ifma_lanes *s, int secret);

/** Lane l's modulus of n words: mod but for the block c. */
void ifma_put_modulus(const ifma_lanes *s, size_t l, const uint64_t *m, uint64_t m0inv);
/** Fills mod, enter, one from the contexts, one per lane. Uses acc and entry. */
void ifma_set_moduli(const ifma_lanes *s, const mod_ctx *const *ctx);
/** r = the Montgomery form of base[l] in lane l. Uses acc and entry. */
void ifma_enter(const ifma_lanes *s, uint64_t *r, const uint64_t *const *base, const mod_ctx *const *ctx);
/** acc out of Montgomery form, and the results of the first `count` lanes, fully reduced, into out[l]. Uses acc and entry. */
void ifma_leave(const ifma_lanes *s, uint64_t *const *out, size_t count, const mod_ctx *const *ctx);

/** block = 2^bit in every lane */
void ifma_put_bit(const ifma_engine *e, uint64_t *block, size_t bit);
/** n words of lane l's number, which is below 2^(64n) */
void ifma_get(const ifma_engine *e, uint64_t *x, size_t n, const uint64_t *block, size_t l);

/* As in kernel.h. */
size_t ifma_comb_entry(size_t n);
int32_t ifma_comb_build(const mod_ctx *ctx, const mod_comb *c, const uint64_t *bases, uint64_t *table, int secret);
int32_t ifma_comb_pow(const mod_ctx *ctx, const mod_comb *c, const comb_slot *slots, size_t used, size_t columns, size_t count, size_t row,
                      const uint64_t *exps, uint64_t *out, int secret);

static inline void ifma_mul(const ifma_lanes *s, uint64_t *r, const uint64_t *a, const uint64_t *b) {
  s->e->mul[s->blocks - 1](r, a, b, s->e->limbs, s->mod, s->work);
}
static inline void ifma_sqr(const ifma_lanes *s, uint64_t *r, const uint64_t *a) { s->e->sqr[s->blocks - 1](r, a, s->e->limbs, s->mod, s->work); }
#endif
