/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"
#include "../divide.h"
#include "../nadic.h"
#include "../small_primes.h"
#include "../vault.h"
#include <stdlib.h>

/* The kernel for any machine with a 64x64 -> 128 bit multiplication: one number at a time, radix 2^64. */

/* Elements modulo m (power 1) or m^2 (power 2, N-adic), both in Montgomery form. */
typedef struct {
  size_t len;          /* words of an element */
  const uint64_t *one; /* R */
  void (*mul)(const mod_ctx *, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *w);
  void (*sqr)(const mod_ctx *, uint64_t *r, const uint64_t *a, uint64_t *w);
  void (*enter)(const mod_ctx *, uint64_t *r, const uint64_t *x, uint64_t *w);
  void (*leave)(const mod_ctx *, uint64_t *r, const uint64_t *a, uint64_t *w);
} ring;

static void mont_enter(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, uint64_t *w) { mont_mul(ctx, r, x, ctx->r2, w); }

static ring ring_of(const mod_ctx *ctx, uint32_t power) {
  ring one = {ctx->n, ctx->r1, mont_mul, mont_sqr, mont_enter, mont_redc};
  ring two = {2 * (size_t)ctx->n, ctx->nadic_r1, nadic_mul, nadic_sqr, nadic_enter, nadic_leave};
  return power == 1 ? one : two;
}

/* Secret temporaries come from the vault, public ones from the heap. */
static uint64_t *words_new(size_t words, int secret) { return secret ? vault_scratch(words * 8) : calloc(words, 8); }
static void words_free(uint64_t *p, int secret) {
  if (secret) vault_scratch_free(p);
  else free(p);
}

/* Multiplications by table entries against the 2^w - 2 that make the table, and the cost of reading all of it at each step. */
static size_t secret_window(size_t bits) { return bits <= 8 ? 1 : bits <= 64 ? 3 : bits <= 384 ? 4 : bits <= 2560 ? 5 : 6; }
static size_t public_window(size_t bits) { return bits > 671 ? 6 : bits > 239 ? 5 : bits > 79 ? 4 : bits > 23 ? 3 : 1; }

/* ---- secret exponents: fixed windows, every table entry read at each step ---- */

/* table[i] = base^i, i < 2^w */
static void full_table(const mod_ctx *ctx, const ring *g, uint64_t *table, size_t w, const uint64_t *base, uint64_t *work) {
  size_t len = g->len;
  limb_copy(table, g->one, len);
  g->enter(ctx, table + len, base, work);
  for (size_t i = 2; i < (size_t)1 << w; i++) {
    if (i % 2) g->mul(ctx, table + i * len, table + (i - 1) * len, table + len, work);
    else g->sqr(ctx, table + i * len, table + i / 2 * len, work);
  }
}

static size_t longest(const mod_job *job) {
  size_t max = 0;
  for (size_t j = 0; j < job->k; j++)
    if (job->terms[j].exp_words > max) max = job->terms[j].exp_words;
  return max;
}

/* Jobs that follow each other often share bases (commitments): the table of the job before still holds then. Pointers are public. */
static int same_base(const mod_job *jobs, size_t i, size_t j) {
  return i > 0 && jobs[i].ctx == jobs[i - 1].ctx && jobs[i].terms[j].base == jobs[i - 1].terms[j].base;
}

static int32_t pow_secret(const mod_job *jobs, size_t count, uint32_t power, int secret) {
  size_t n = jobs->ctx->n, k = jobs->k, len = n * power, bits[4], w[4], table[4], words = 0, top = 0;
  for (size_t j = 0; j < k; j++) {
    bits[j] = 64 * jobs->terms[j].exp_words;
    if (secret & MOD_EXPONENT_PUBLIC(j)) {
      bits[j] = 0;
      for (size_t i = 0; i < count; i++) {
        size_t b = limb_bits_vartime(jobs[i].terms[j].exp, jobs[i].terms[j].exp_words);
        if (b > bits[j]) bits[j] = b;
      }
    }
    w[j] = secret_window(bits[j]);
    table[j] = words;
    words += len << w[j];
    if (bits[j] > top) top = bits[j];
  }
  uint64_t *mem = words_new(words + 2 * len + NADIC_WORK(n), 1);
  if (!mem) return ECM_E_VAULT_FULL;
  uint64_t *acc = mem + words, *entry = acc + len, *work = entry + len;
  for (size_t i = 0; i < count; i++) {
    const mod_ctx *ctx = jobs[i].ctx;
    ring g = ring_of(ctx, power);
    for (size_t j = 0; j < k; j++)
      if (!same_base(jobs, i, j)) full_table(ctx, &g, mem + table[j], w[j], jobs[i].terms[j].base, work);
    limb_copy(acc, g.one, len);
    /* Straus: the squarings are shared. A term joins at its own length, which is public. */
    int started = 0;
    for (size_t bit = top; bit--;) {
      if (started) g.sqr(ctx, acc, acc, work);
      for (size_t j = 0; j < k; j++) {
        const mod_term *t = &jobs[i].terms[j];
        if (bit >= bits[j] || bit % w[j]) continue;
        uint64_t index = limb_bits_at(t->exp, t->exp_words, bit, w[j]), *x = entry;
        if (secret & MOD_EXPONENT_PUBLIC(j)) x = mem + table[j] + index * len;
        else limb_lookup(entry, mem + table[j], (size_t)1 << w[j], len, index);
        g.mul(ctx, acc, acc, x, work);
        started = 1;
      }
    }
    g.leave(ctx, jobs[i].out, acc, work);
  }
  words_free(mem, 1);
  return ECM_OK;
}

/* ---- public exponents: sliding windows over odd powers ---- */

/* digits[i] is 0 or odd and below 2^w, e = sum digits[i] 2^i; from the low end, so that windows of several terms interleave freely. */
static void recode(uint8_t *digits, const uint64_t *exp, size_t exp_words, size_t bits, size_t w) {
  memset(digits, 0, bits);
  for (size_t i = 0; i < bits;) {
    uint64_t d = limb_bits_at(exp, exp_words, i, w);
    if (d & 1) {
      digits[i] = (uint8_t)d;
      i += w;
    } else {
      i++;
    }
  }
}

/* table[i] = base^(2i+1), i < 2^(w-1); sq: room for one element */
static void odd_table(const mod_ctx *ctx, const ring *g, uint64_t *table, size_t w, const uint64_t *base, uint64_t *sq, uint64_t *work) {
  g->enter(ctx, table, base, work);
  if (w == 1) return;
  g->sqr(ctx, sq, table, work);
  for (size_t i = 1; i < (size_t)1 << (w - 1); i++) g->mul(ctx, table + i * g->len, table + (i - 1) * g->len, sq, work);
}

static int32_t pow_public(const mod_job *jobs, size_t count, uint32_t power) {
  size_t n = jobs->ctx->n, k = jobs->k, len = n * power, max = 64 * longest(jobs), table = len << (public_window(max) - 1);
  uint64_t *mem = words_new(k * (table + max / 8) + 2 * len + NADIC_WORK(n), 0);
  if (!mem) return ECM_E_VAULT_FULL;
  uint64_t *acc = mem + k * table, *sq = acc + len, *work = sq + len;
  uint8_t *digits = (uint8_t *)(work + NADIC_WORK(n));
  for (size_t i = 0; i < count; i++) {
    const mod_ctx *ctx = jobs[i].ctx;
    const mod_term *t = jobs[i].terms;
    ring g = ring_of(ctx, power);
    size_t bits[4], top = 0;
    for (size_t j = 0; j < k; j++) {
      bits[j] = limb_bits_vartime(t[j].exp, t[j].exp_words);
      if (bits[j] > top) top = bits[j];
      size_t w = public_window(bits[j]);
      recode(digits + j * max, t[j].exp, t[j].exp_words, bits[j], w);
      if (bits[j]) odd_table(ctx, &g, mem + j * table, w, t[j].base, sq, work);
    }
    int started = 0;
    limb_copy(acc, g.one, len);
    for (size_t at = top; at--;) {
      if (started) g.sqr(ctx, acc, acc, work);
      for (size_t j = 0; j < k; j++) {
        uint8_t d = at < bits[j] ? digits[j * max + at] : 0;
        if (!d) continue;
        const uint64_t *entry = mem + j * table + d / 2 * len;
        if (started) g.mul(ctx, acc, acc, entry, work);
        else limb_copy(acc, entry, len);
        started = 1;
      }
    }
    g.leave(ctx, jobs[i].out, acc, work);
  }
  words_free(mem, 0);
  return ECM_OK;
}

static int32_t portable_pow(const mod_job *jobs, size_t count, uint32_t power, int secret) {
  return secret ? pow_secret(jobs, count, power, secret) : pow_public(jobs, count, power);
}

/* ---- fixed bases: combs (comb.h) ---- */

static size_t portable_comb_entry(size_t n) { return n; }

static int32_t portable_comb_build(const mod_ctx *ctx, const mod_comb *c, const uint64_t *bases, uint64_t *table, int secret) {
  size_t n = ctx->n;
  uint64_t *x = words_new(n + MONT_WORK(n), secret), *work;
  if (!x) return ECM_E_VAULT_FULL;
  work = x + n;
  for (size_t j = 0; j < c->k; j++) {
    size_t entries = (size_t)1 << c->teeth[j];
    mont_enter(ctx, x, bases + j * n, work);
    for (size_t b = 0; b < c->blocks[j]; b++, table += entries * n) {
      limb_copy(table, ctx->r1, n);
      for (size_t t = 0; t < c->teeth[j]; t++) { /* one chain of squarings through all rows of all blocks */
        limb_copy(table + (n << t), x, n);
        for (size_t i = 0; i < c->length; i++) mont_sqr(ctx, x, x, work);
      }
      for (size_t i = 3; i < entries; i++)
        if (i & (i - 1)) mont_mul(ctx, table + i * n, table + (i & (i - 1)) * n, table + (i & (0 - i)) * n, work);
    }
  }
  words_free(x, secret);
  return ECM_OK;
}

static int32_t portable_comb_pow(const mod_ctx *ctx, const mod_comb *c, const comb_slot *slots, size_t used, size_t columns, size_t count, size_t row,
                                 const uint64_t *exps, uint64_t *out, int secret) {
  size_t n = ctx->n;
  uint64_t *acc = words_new(2 * n + MONT_WORK(n), secret), *entry, *work;
  if (!acc) return ECM_E_VAULT_FULL;
  entry = acc + n;
  work = entry + n;
  for (size_t i = 0; i < count; i++) {
    limb_copy(acc, ctx->r1, n);
    for (size_t at = columns; at--;) {
      if (at + 1 < columns) mont_sqr(ctx, acc, acc, work);
      for (const comb_slot *s = slots; s < slots + used; s++) {
        if (at >= s->columns) continue;
        uint64_t index = comb_index(c, s, exps + i * row, at);
        if (secret) {
          limb_lookup(entry, s->table, s->entries, n, index);
          mont_mul(ctx, acc, acc, entry, work);
        } else if (index) {
          mont_mul(ctx, acc, acc, s->table + index * n, work);
        }
      }
    }
    mont_redc(ctx, out + i * n, acc, work);
  }
  words_free(acc, secret);
  return ECM_OK;
}

/* ---- prime search ---- */

static int32_t portable_base2_round(const uint64_t *x, size_t n, size_t count, uint64_t *pass) {
  uint64_t *mem = words_new((sizeof(mod_ctx) + 7) / 8 + 2 * n + MONT_WORK(n), 1);
  if (!mem) return ECM_E_VAULT_FULL;
  mod_ctx *ctx = (mod_ctx *)mem;
  uint64_t *y = mem + (sizeof(mod_ctx) + 7) / 8, *d = y + n, *work = d + n;
  for (size_t i = 0; i < count; i++, x += n) {
    divide_init(ctx, x, n);
    /* y = 2^((x-1)/2): square, and double where the exponent has a bit: d = 2y mod x, taken by mask. */
    limb_copy(y, ctx->r1, n);
    for (size_t bit = 64 * n; bit-- > 1;) { /* bits 63.. down to 1 of x are those of (x-1)/2 */
      mont_sqr(ctx, y, y, work);
      mont_add(ctx, d, y, y);
      ct_select_words(y, ct_mask_bit(x[bit / 64] >> (bit % 64)), d, y, n);
    }
    limb_sub(d, ctx->m, ctx->r1, n); /* -1 in Montgomery form */
    pass[i] = limb_eq(y, ctx->r1, n) | limb_eq(y, d, n);
  }
  words_free(mem, 1);
  return ECM_OK;
}

static void portable_remainders(const uint64_t *x, size_t n, const uint32_t *p, size_t count, uint32_t *r) {
  for (size_t i = 0; i < count; i++) r[i] = small_remainder(x, n, p[i]);
}

static int portable_supported(void) { return 1; }

const mod_kernel kernel_portable = {"portable", 1, portable_supported, portable_pow, portable_comb_entry, portable_comb_build, portable_comb_pow,
                                    portable_base2_round, portable_remainders};
