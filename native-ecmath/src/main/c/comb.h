/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_COMB_H
#define ECM_COMB_H
/* Powers of fixed bases by combs (Lim and Lee, CRYPTO '94), several bases in one evaluation: what the kernels have in common.
 *
 * The exponent of base j is cut into blocks of teeth*length bits, a block into `teeth` rows of `length`; entry i of a block's table is the product
 * of base^(2^(start of row t)) over the bits t of i. An evaluation goes through the columns of all blocks of all bases at once: a squaring for
 * each column, a product for each column of each block. A narrower exponent has fewer blocks; widths are public. */
#include "modular.h"

enum { COMB_MAX_BASES = 3, COMB_MAX_SLOTS = 64 };

typedef struct {
  size_t k, length;
  size_t bits[COMB_MAX_BASES]; /* of the largest exponents */
  size_t teeth[COMB_MAX_BASES], blocks[COMB_MAX_BASES];
  size_t entry;          /* words of an entry: the kernel's own layout */
  size_t words;          /* of the whole table, base after base, block after block */
  const uint64_t *table; /* 64-byte aligned */
} mod_comb;

/** Chooses the shape for `uses` evaluations mod a number of n words with a table of at most max_words, and sets all but table. 1 if there is one.
 *  narrower: for as many more with exponents of half the bits. */
int comb_plan(mod_comb *c, size_t n, size_t k, const size_t *bits, int narrower, size_t uses, size_t max_words);
/** Fills the table, c->words words, and sets it. bases: k times n words. ECM_OK | ECM_E_VAULT_FULL */
int32_t comb_build(const mod_ctx *ctx, mod_comb *c, const uint64_t *bases, uint64_t *table, int secret);
/** out[i] = prod_j base_j^exps[i][j]. A row of exps: words[j] words for each base, 0 for no power of it; values below 2^bits[j].
 *  secret: constant time but for words. Overlaps and errors as mod_pow. */
int32_t comb_pow(const mod_ctx *ctx, const mod_comb *c, size_t count, const size_t *words, const uint64_t *exps, uint64_t *out, int secret);

/* For the kernels: a block that an evaluation reads. */
typedef struct {
  const uint64_t *table;
  size_t entries, teeth;
  size_t at, words;     /* of its exponent in a row */
  size_t from, columns; /* first bit; how many columns are not beyond the exponent's width */
} comb_slot;
/** The slots of an evaluation, the longest columns first among those of one base; returns their number. *columns: the most of any. */
size_t comb_slots(const mod_comb *c, size_t count, const size_t *words, const uint64_t *exps, int secret, comb_slot *slots, size_t *columns);
/** The entry of a column. row: of exps */
static inline uint64_t comb_index(const mod_comb *c, const comb_slot *s, const uint64_t *row, size_t column) {
  uint64_t index = 0;
  for (size_t t = 0; t < s->teeth; t++) {
    size_t bit = s->from + t * c->length + column;
    if (bit / 64 < s->words) index |= (row[s->at + bit / 64] >> (bit % 64) & 1) << t;
  }
  return index;
}
#endif
