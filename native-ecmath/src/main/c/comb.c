/* SPDX-License-Identifier: Apache-2.0 */
#include "comb.h"

#include "kernel/kernel.h"
#include "limb.h"
#include "vault.h"
#include <stdlib.h>

enum {
  MAX_TEETH = 7,
  ENTRIES_PER_PRODUCT = 256, /* so many entries are read in the time of a product, whatever the kernel, within a factor of two */
  SECRET_WORDS = 12288,      /* of the vault for a table that is made for one call: 96 KiB */
  PUBLIC_WORDS = 65536
};

/* Costs in 1/ENTRIES_PER_PRODUCT of a product; squarings count as products. Each base is taken by itself, since evaluations leave bases out. */
typedef struct {
  size_t blocks, words, cost;
} option;

static option option_of(size_t bits, size_t narrow, size_t teeth, size_t length, size_t entry, size_t uses) {
  size_t entries = (size_t)1 << teeth, span = teeth * length, blocks = (bits + span - 1) / span, columns = blocks * length;
  size_t once = blocks * (entries + span) * ENTRIES_PER_PRODUCT, each = 0;
  if (narrow) each = (narrow + span - 1) / span * length * (ENTRIES_PER_PRODUCT + entries) + length * ENTRIES_PER_PRODUCT;
  each += columns * (ENTRIES_PER_PRODUCT + entries) + length * ENTRIES_PER_PRODUCT;
  return (option){blocks, blocks * entries * entry, once + uses * each};
}

int comb_plan(mod_comb *c, size_t n, size_t k, const size_t *bits, int narrower, size_t uses, size_t max_words) {
  option o[COMB_MAX_BASES][MAX_TEETH + 1];
  size_t longest = 1, choices = 1, least = SIZE_MAX;
  *c = (mod_comb){.k = k, .entry = kernel_current()->comb_entry(n)};
  for (size_t j = 0; j < k; j++) {
    c->bits[j] = bits[j];
    if (bits[j] > longest) longest = bits[j];
    choices *= MAX_TEETH;
  }
  for (size_t length = 1; length <= longest; length++) {
    if (uses * length * k * ENTRIES_PER_PRODUCT >= least) break; /* the squarings alone cost more */
    for (size_t j = 0; j < k; j++)
      for (size_t t = 1; t <= MAX_TEETH; t++) o[j][t] = option_of(bits[j], narrower ? bits[j] / 2 : 0, t, length, c->entry, uses);
    for (size_t choice = 0; choice < choices; choice++) {
      size_t teeth[COMB_MAX_BASES], rest = choice, blocks = 0, words = 0, cost = 0;
      for (size_t j = 0; j < k; j++, rest /= MAX_TEETH) {
        teeth[j] = 1 + rest % MAX_TEETH;
        blocks += o[j][teeth[j]].blocks;
        words += o[j][teeth[j]].words;
        cost += o[j][teeth[j]].cost;
      }
      if (cost >= least || words > max_words || blocks > COMB_MAX_SLOTS) continue;
      least = cost;
      c->length = length;
      c->words = words;
      for (size_t j = 0; j < k; j++) {
        c->teeth[j] = teeth[j];
        c->blocks[j] = o[j][teeth[j]].blocks;
      }
    }
  }
  return least < SIZE_MAX;
}

int32_t comb_build(const mod_ctx *ctx, mod_comb *c, const uint64_t *bases, uint64_t *table, int secret) {
  c->table = table;
  return kernel_current()->comb_build(ctx, c, bases, table, secret);
}

size_t comb_slots(const mod_comb *c, size_t count, const size_t *words, const uint64_t *exps, int secret, comb_slot *slots, size_t *columns) {
  size_t used = 0, row = 0, at = 0;
  const uint64_t *table = c->table;
  *columns = 0;
  for (size_t j = 0; j < c->k; j++) row += words[j];
  for (size_t j = 0; j < c->k; at += words[j++]) {
    size_t span = c->teeth[j] * c->length, entries = (size_t)1 << c->teeth[j], width = 64 * words[j];
    if (!secret) {
      width = 0;
      for (size_t i = 0; i < count; i++) {
        size_t b = limb_bits_vartime(exps + i * row + at, words[j]);
        if (b > width) width = b;
      }
    }
    if (width > c->bits[j]) width = c->bits[j];
    for (size_t b = 0; b < c->blocks[j]; b++, table += entries * c->entry) {
      if (b * span >= width) continue;
      size_t rest = width - b * span, most = rest < c->length ? rest : c->length;
      slots[used++] = (comb_slot){table, entries, c->teeth[j], at, words[j], b * span, most};
      if (most > *columns) *columns = most;
    }
  }
  return used;
}

int32_t comb_pow(const mod_ctx *ctx, const mod_comb *c, size_t count, const size_t *words, const uint64_t *exps, uint64_t *out, int secret) {
  comb_slot slots[COMB_MAX_SLOTS];
  size_t columns, row = 0, used = comb_slots(c, count, words, exps, secret, slots, &columns);
  for (size_t j = 0; j < c->k; j++) row += words[j];
  if (used) return kernel_current()->comb_pow(ctx, c, slots, used, columns, count, row, exps, out, secret);
  limb_zero(out, count * ctx->n);
  for (size_t i = 0; i < count; i++) out[i * ctx->n] = 1; /* no exponent has any bits */
  return ECM_OK;
}

int32_t mod_pow_fixed(const mod_ctx *ctx, const uint64_t *base, size_t count, const uint64_t *exps, size_t exp_words, uint64_t *out, int secret) {
  size_t bits = 64 * exp_words;
  mod_comb c;
  if (count == 0) return ECM_OK;
  if (count <= 2 || exp_words == 0 || !comb_plan(&c, ctx->n, 1, &bits, 0, count, secret ? SECRET_WORDS : PUBLIC_WORDS)) { /* a table would not pay */
    int32_t rc = ECM_OK;
    for (size_t i = 0; i < count && rc == ECM_OK; i += 2) {
      size_t last = i + 1 < count ? i + 1 : i;
      mod_term terms[2] = {{base, exps + i * exp_words, exp_words}, {base, exps + last * exp_words, exp_words}};
      mod_job jobs[2] = {{ctx, &terms[0], 1, out + i * ctx->n}, {ctx, &terms[1], 1, out + last * ctx->n}};
      rc = mod_pow(jobs, last - i + 1, 1, secret);
    }
    return rc;
  }
  uint64_t *table = secret ? vault_scratch(8 * c.words) : aligned_alloc(64, (8 * c.words + 63) / 64 * 64);
  if (table == NULL) return ECM_E_VAULT_FULL;
  int32_t rc = comb_build(ctx, &c, base, table, secret);
  if (rc == ECM_OK) rc = comb_pow(ctx, &c, count, &exp_words, exps, out, secret);
  if (secret) vault_scratch_free(table);
  else free(table);
  return rc;
}
