/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "../limb.h"
#include "ifma_lanes.h"
#include "kernel.h"

/* Fixed bases (comb.h) over the IFMA engines. */

/* The table is made by one number across the registers, and read by every layout. */
size_t ifma_comb_entry(size_t n) {
  int size = ifma_size_of(n);
  return size < 0 ? kernel_portable.comb_entry(n) : ifma1_engines[size].block;
}

int32_t ifma_comb_build(const mod_ctx *ctx, const mod_comb *c, const uint64_t *bases, uint64_t *table, int secret) {
  int size = ifma_size_of(ctx->n);
  if (size < 0) return kernel_portable.comb_build(ctx, c, bases, table, secret);
  ifma_lanes s;
  if (!ifma_open(&s, &ifma1_engines[size], ctx->n, 1, ifma1_engines[size].block, secret)) return ECM_E_VAULT_FULL;
  size_t len = s.len;
  uint64_t *x = s.table; /* one element */
  ifma_set_moduli(&s, &ctx);
  for (size_t j = 0; j < c->k; j++) {
    size_t entries = (size_t)1 << c->teeth[j];
    const uint64_t *base = bases + j * ctx->n;
    ifma_enter(&s, x, &base, &ctx);
    for (size_t b = 0; b < c->blocks[j]; b++, table += entries * len) {
      limb_copy(table, s.one, len);
      for (size_t t = 0; t < c->teeth[j]; t++) { /* one chain of squarings through all rows of all blocks */
        limb_copy(table + (len << t), x, len);
        for (size_t i = 0; i < c->length; i++) ifma_sqr(&s, x, x);
      }
      for (size_t i = 3; i < entries; i++)
        if (i & (i - 1)) ifma_mul(&s, table + i * len, table + (i & (i - 1)) * len, table + (i & (0 - i)) * len);
    }
  }
  ifma_close(&s, secret);
  return ECM_OK;
}

/* One evaluation of up to `rows` powers. */
typedef struct {
  const mod_comb *c;
  const comb_slot *slots;
  size_t used, columns, rows, count;
  const uint64_t *exps;
  size_t row;
  size_t group;   /* columns whose entries are looked up together, so that four lookups share a walk through a table */
  size_t kept;    /* slots whose entries are kept, until the group is done: all, or for single columns those in use */
  uint64_t *memo; /* the entries: for each slot kept, column of the group and power */
} comb_run;

static uint64_t *comb_memo(const comb_run *r, size_t slot, size_t column, size_t power) {
  return r->memo + ((slot % r->kept * r->group + column % r->group) * r->rows + power) * r->c->entry;
}

/* The entries of some slots for all columns of a group, one of which is `any`. */
static void comb_lookup(const comb_run *r, size_t first, size_t slots, size_t any, int size) {
  for (size_t i = first; i < first + slots && i < r->used; i++) {
    for (size_t lookup = 0; lookup < r->group * r->rows; lookup += 4) {
      uint64_t *to[4], index[4];
      size_t live = 0;
      for (size_t l = 0; l < 4; l++) {
        size_t column = any - any % r->group + (lookup + l) / r->rows, power = (lookup + l) % r->rows, here = column < r->slots[i].columns;
        const uint64_t *exps = r->exps + (power < r->count ? power : r->count - 1) * r->row; /* lanes to spare repeat the last power */
        to[l] = comb_memo(r, i, column, power);
        index[l] = here ? comb_index(r->c, &r->slots[i], exps, column) : 0;
        live += here;
      }
      if (live) ifma1_lookup_four[size](to, r->slots[i].table, r->slots[i].entries, index);
    }
  }
}

static const uint64_t *comb_entry_of(const comb_run *r, size_t slot, size_t column, size_t power) {
  if (slot >= r->used || column >= r->slots[slot].columns) return r->slots[0].table; /* 1 */
  if (r->memo) return comb_memo(r, slot, column, power);
  const uint64_t *exps = r->exps + (power < r->count ? power : r->count - 1) * r->row;
  return r->slots[slot].table + comb_index(r->c, &r->slots[slot], exps, column) * r->c->entry;
}

/* Up to lanes/parts powers. Lane p*rows + i works on every parts-th slot of power i, from slot p on; their products are multiplied at the end. */
static int32_t comb_on(const ifma_engine *e, int size, size_t parts, const mod_ctx *ctx, comb_run r, uint64_t *out, int secret) {
  size_t rows = r.rows = e->lanes / parts, memo;
  r.group = rows < 4 ? 4 / rows : 1;
  r.kept = r.group > 1 ? r.used : parts;
  memo = secret ? r.kept * r.group * rows * r.c->entry : 0;
  ifma_lanes s;
  if (!ifma_open(&s, e, ctx->n, 1, memo, secret)) return ECM_E_VAULT_FULL;
  r.memo = secret ? s.table : NULL;
  const mod_ctx *same[IFMA_MAX_LANES];
  for (size_t l = 0; l < e->lanes; l++) same[l] = ctx;
  ifma_set_moduli(&s, same);
  limb_copy(s.acc, s.one, s.len);
  for (size_t at = r.columns; at--;) {
    if (at + 1 < r.columns) ifma_sqr(&s, s.acc, s.acc);
    for (size_t first = 0; first < r.used; first += parts) {
      if (secret && (at + 1 == r.columns || at % r.group == r.group - 1)) comb_lookup(&r, first, parts, at, size);
      const uint64_t *x[IFMA_MAX_LANES];
      size_t live = 0;
      for (size_t l = 0; l < e->lanes; l++) {
        x[l] = comb_entry_of(&r, first + l / rows, at, l % rows);
        live += first + l / rows < r.used && at < r.slots[first + l / rows].columns;
      }
      if (!live) continue;
      e->gather(s.entry, x, e->limbs);
      ifma_mul(&s, s.acc, s.acc, s.entry);
    }
  }
  for (size_t half = e->lanes / 2; half >= rows; half /= 2) { /* lane l takes what lane l + half has; the upper lanes do not matter any more */
    for (size_t l = 0; l < e->lanes; l++)
      for (size_t i = 0; i < e->limbs; i++) s.entry[l * e->lane + i * e->limb] = s.acc[(l ^ half) * e->lane + i * e->limb];
    ifma_mul(&s, s.acc, s.acc, s.entry);
  }
  uint64_t *to[IFMA_MAX_LANES];
  for (size_t i = 0; i < r.count; i++) to[i] = out + i * ctx->n;
  ifma_leave(&s, to, r.count, same);
  ifma_close(&s, secret);
  return ECM_OK;
}

int32_t ifma_comb_pow(const mod_ctx *ctx, const mod_comb *c, const comb_slot *slots, size_t used, size_t columns, size_t count, size_t row,
                             const uint64_t *exps, uint64_t *out, int secret) {
  int size = ifma_size_of(ctx->n);
  if (size < 0) return kernel_portable.comb_pow(ctx, c, slots, used, columns, count, row, exps, out, secret);
  comb_run r = {.c = c, .slots = slots, .used = used, .columns = columns, .exps = exps, .row = row};
  while (count) {
    size_t parts;
    const ifma_engine *e = ifma_comb_engine(size, used, count, &parts);
    r.count = count < e->lanes / parts ? count : e->lanes / parts;
    int32_t rc = comb_on(e, size, parts, ctx, r, out, secret);
    if (rc == ECM_E_VAULT_FULL && e->lanes > 1) r.count = 1, rc = comb_on(&ifma1_engines[size], size, 1, ctx, r, out, secret);
    if (rc) return rc;
    r.exps += r.count * row;
    out += r.count * ctx->n;
    count -= r.count;
  }
  return ECM_OK;
}
#else
typedef int ifma_comb_not_on_this_machine; /* a file must not be empty */
#endif
