/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "ifma.h"
#include "../nadic.h"
#include "../small_primes.h"
#include "../vault.h"
#include "kernel.h"
#include <stdlib.h>

/* Batches of powers over the IFMA engines: what is the same for both layouts. Moduli of other sizes go to the portable kernel, and so does a
 * batch for whose larger tables the vault has no room.
 *
 * Digits are lazy: an element's digits are any numbers below 2m that have the right value. With R >= 256m (ifma.h), for digits a0.. below 3m:
 *   (a0*b0 + q*m)/R < (9m^2 + R*m)/R < m + 9m/256 < 2m.
 * N-adic (nadic.c has the identity): the high digit is (a0*b1 + a1*b0 - q)/R mod m. To stay positive, -q is replaced by (R-1-q) + c with
 * c = m + 1 - (R mod m) = -(R-1) mod m, 1 <= c <= m + 1:
 *   V = (a0*b1 + a1*b0 + (R-1-q) + c + q'*m)/R < (18m^2 + R + m + 1 + R*m)/R < m + 18m/256 + 2 < 2m.
 * The low digit, (a0*b0 + q*m)/R, is used as it is, though it may exceed m: nothing in the identity needs it reduced.
 *
 * In and out. E = R^2 mod m^power takes an operand into Montgomery form. The context has r2 = 2^(128n), and 52K = 65n, so
 *   r2*r2/R * 2^(4n) / R = 2^(256n - 65n + 4n - 65n) = 2^(130n) = R^2;   2^(4n) < m has one bit.
 * A plain residue x < m is a digit. x mod m^2 is no pair of digits; it is cut at bit 63n instead, x = l + h*2^(63n), h < 2^(65n) = R:
 *   (h, 0) * r2 / R = h*2^(63n), with a0*b0 < R*m: low digit below 2m, high digit below (R*m + R + m + 1 + R*m)/R < 2m + 2 <= 3m;
 *   l is added to the low digit: below 2m + R/4^n, so in the product with E, a0*b0 < 6m^2 + m*R/128: that fits the bounds above.
 * Back: the product with 1 gives low digit (a0 + q*m)/R < (2m + R*m)/R, so <= m, high digit (a1 + (R-1-q) + c + q'*m)/R < m + 2, so <= m + 1;
 * one conditional subtraction each and the carry of the low digit: (m + 1) - m + 1 = 2 < m. */

enum { SIZES = 5 };
static const uint8_t size_words[SIZES] = {8, 16, 24, 32, 48};

static int size_of(size_t n) {
  for (int i = 0; i < SIZES; i++)
    if (size_words[i] == n) return i;
  return -1;
}

/* ---- which engine ---- */

/* Time of a batch of eight, and of a pair, in hundredths of the time of one alone; measured on Zen 5, power 1 and 2. A pair that gains nothing
 * (both numbers' sums exceed the registers) is not used. */
static const uint16_t eight_costs[SIZES][2] = {{130, 210}, {220, 415}, {315, 565}, {430, 650}, {490, 660}};
static const uint16_t pair_costs[SIZES][2] = {{120, 170}, {125, 180}, {145, 190}, {155, 200}, {192, 200}};

/* The engine for the next of `count` jobs. */
static const ifma_engine *engine_for(int size, uint32_t power, size_t count) {
  uint32_t eight = eight_costs[size][power - 1], pair = pair_costs[size][power - 1];
  if (count >= 8 || count / 2 * pair + count % 2 * 100 > eight) return &ifma8_engines[size];
  return count > 1 && pair < 200 ? &ifma1x2_engines[size] : &ifma1_engines[size];
}

/* How many of `count` jobs to give it: whole batches, or all when they do not fill one. */
static size_t share_of(const ifma_engine *e, size_t count) { return count < e->lanes ? count : count / e->lanes * e->lanes; }

/* ---- limbs in and out ---- */

/* Digit block d, lane l: K limbs from bit `from` on, as far as `to`. */
static void put(const ifma_engine *e, uint64_t *block, size_t l, const uint64_t *x, size_t words, size_t from, size_t to) {
  uint64_t *p = block + l * e->lane;
  for (size_t i = 0; i < e->limbs; i++, p += e->limb) {
    size_t at = from + IFMA_BITS * i, w = at / 64, s = at % 64;
    uint64_t v = w < words ? x[w] >> s : 0;
    if (s > 64 - IFMA_BITS && w + 1 < words) v |= x[w + 1] << (64 - s);
    if (at + IFMA_BITS > to) v &= at < to ? ((uint64_t)1 << (to - at)) - 1 : 0;
    *p = v & IFMA_MASK;
  }
}

static void put_words(const ifma_engine *e, uint64_t *block, size_t l, const uint64_t *x, size_t words) { put(e, block, l, x, words, 0, 64 * words); }

/* block = 2^bit in every lane */
static void put_bit(const ifma_engine *e, uint64_t *block, size_t bit) {
  limb_zero(block, e->block);
  for (size_t l = 0; l < e->lanes; l++) block[l * e->lane + bit / IFMA_BITS * e->limb] = (uint64_t)1 << (bit % IFMA_BITS);
}

/* n words of a value below 2^(64n). */
static void get(const ifma_engine *e, uint64_t *x, size_t n, const uint64_t *block, size_t l) {
  const uint64_t *p = block + l * e->lane;
  limb_zero(x, n);
  for (size_t i = 0; i < e->limbs; i++, p += e->limb) {
    size_t w = IFMA_BITS * i / 64, s = IFMA_BITS * i % 64;
    if (w < n) x[w] |= *p << s;
    if (s > 64 - IFMA_BITS && w + 1 < n) x[w + 1] |= *p >> (64 - s);
  }
}

/* a += the low `to` bits of x, in lane l. */
static void add_words(const ifma_engine *e, uint64_t *a, size_t l, const uint64_t *x, size_t words, size_t to, uint64_t *tmp) {
  put(e, tmp, l, x, words, 0, to);
  uint64_t *p = a + l * e->lane, carry = 0;
  const uint64_t *q = tmp + l * e->lane;
  for (size_t i = 0; i < e->limbs; i++, p += e->limb, q += e->limb) {
    uint64_t v = *p + *q + carry;
    *p = v & IFMA_MASK;
    carry = v >> IFMA_BITS;
  }
}

/* ---- one batch ---- */

typedef struct {
  const ifma_engine *e;
  size_t n, blocks, len; /* words of the modulus; blocks and words of an element */
  uint64_t *mod, *enter, *one, *acc, *entry, *work, *plain, *table;
} lanes;

static size_t lanes_words(const ifma_engine *e, size_t n, uint32_t power) {
  return IFMA_MOD_WORDS(e) + 4 * power * e->block + IFMA_WORK_WORDS(e) + (NADIC_WORK(n) + 2 * n + 7) / 8 * 8;
}

/* Secret temporaries come from the vault, public ones from the heap. */
static uint64_t *words_new(size_t words, int secret) {
  if (secret) return vault_scratch(words * 8);
  uint64_t *p = aligned_alloc(64, words * 8);
  if (p) memset(p, 0, words * 8); /* the padding of an element is read */
  return p;
}
static void words_free(uint64_t *p, int secret) {
  if (secret) vault_scratch_free(p);
  else free(p);
}

static int lanes_open(lanes *s, const ifma_engine *e, size_t n, uint32_t power, size_t table_words, int secret) {
  uint64_t *p = words_new(lanes_words(e, n, power) + table_words, secret);
  if (!p) return 0;
  s->e = e;
  s->n = n;
  s->blocks = power;
  s->len = power * e->block;
  s->mod = p;
  s->enter = s->mod + IFMA_MOD_WORDS(e);
  s->one = s->enter + s->len;
  s->acc = s->one + s->len;
  s->entry = s->acc + s->len;
  s->work = s->entry + s->len;
  s->table = s->work + IFMA_WORK_WORDS(e);
  s->plain = s->table + table_words;
  return 1;
}
static void lanes_close(lanes *s, int secret) { words_free(s->mod, secret); }

static void mul(const lanes *s, uint64_t *r, const uint64_t *a, const uint64_t *b) { s->e->mul[s->blocks - 1](r, a, b, s->e->limbs, s->mod, s->work); }
static void sqr(const lanes *s, uint64_t *r, const uint64_t *a) { s->e->sqr[s->blocks - 1](r, a, s->e->limbs, s->mod, s->work); }
/* on the low digits */
static void mul_low(const lanes *s, uint64_t *r, const uint64_t *a, const uint64_t *b) { s->e->mul[0](r, a, b, s->e->limbs, s->mod, s->work); }

static void put_modulus(const lanes *s, size_t l, const uint64_t *m, uint64_t m0inv) {
  put_words(s->e, s->mod, l, m, s->n);
  s->mod[2 * s->e->block + l] = m0inv & IFMA_MASK;
}

/* Fills mod, enter, one from the contexts, one per lane. */
static void set_moduli(const lanes *s, const mod_ctx *const *ctx) {
  const ifma_engine *e = s->e;
  size_t n = s->n, block = e->block;
  uint64_t *r2 = s->acc, *bit = s->entry, *c = s->mod + block;
  for (size_t l = 0; l < e->lanes; l++) {
    put_modulus(s, l, ctx[l]->m, ctx[l]->m0inv);
    put_words(e, r2, l, ctx[l]->r2, n);
  }
  put_bit(e, bit, 4 * n);
  mul_low(s, s->enter, r2, r2);
  mul_low(s, s->enter, s->enter, bit);
  put_bit(e, bit, 0);
  mul_low(s, s->one, s->enter, bit);
  if (s->blocks == 1) return;
  for (size_t l = 0; l < e->lanes; l++) { /* c = m + 1 - one */
    int64_t carry = 1;
    for (size_t i = 0; i < e->limbs; i++) {
      size_t at = l * e->lane + i * e->limb;
      int64_t v = (int64_t)s->mod[at] - (int64_t)s->one[at] + carry; /* one <= m */
      c[at] = (uint64_t)v & IFMA_MASK;
      carry = (int64_t)((uint64_t)v >> 63) * -1;
    }
    put_words(e, r2, l, ctx[l]->nadic_r2, n);
    put_words(e, r2 + block, l, ctx[l]->nadic_r2 + n, n);
  }
  limb_zero(bit + block, block);
  put_bit(e, bit, 4 * n);
  mul(s, s->enter, r2, r2);
  mul(s, s->enter, s->enter, bit);
  put_bit(e, bit, 0);
  mul(s, s->one, s->enter, bit);
}

/* r = the Montgomery form of base[l] in lane l. Uses acc and entry. */
static void enter(const lanes *s, uint64_t *r, const uint64_t *const *base, const mod_ctx *const *ctx) {
  const ifma_engine *e = s->e;
  size_t n = s->n, block = e->block;
  if (s->blocks == 1) {
    for (size_t l = 0; l < e->lanes; l++) put_words(e, s->acc, l, base[l], n);
  } else {
    limb_zero(s->acc + block, block);
    for (size_t l = 0; l < e->lanes; l++) {
      put(e, s->acc, l, base[l], 2 * n, 63 * n, 128 * n);
      put_words(e, s->entry, l, ctx[l]->nadic_r2, n);
      put_words(e, s->entry + block, l, ctx[l]->nadic_r2 + n, n);
    }
    mul(s, s->acc, s->acc, s->entry);
    for (size_t l = 0; l < e->lanes; l++) add_words(e, s->acc, l, base[l], 2 * n, 63 * n, s->entry);
  }
  mul(s, r, s->acc, s->enter);
}

/* acc out of Montgomery form, and the results of the first `count` lanes into out[l]. Uses acc and entry. */
static void leave(const lanes *s, uint64_t *const *out, size_t count, const mod_ctx *const *ctx) {
  const ifma_engine *e = s->e;
  size_t n = s->n;
  put_bit(e, s->entry, 0);
  if (s->blocks == 2) limb_zero(s->entry + e->block, e->block);
  mul(s, s->acc, s->acc, s->entry);
  for (size_t l = 0; l < count; l++) {
    uint64_t *x = s->plain, top = 0;
    get(e, x, n, s->acc, l);
    uint64_t carry = limb_sub_if_ge(x, &top, x, ctx[l]->m, n) & 1;
    if (s->blocks == 1) {
      limb_copy(out[l], x, n);
      continue;
    }
    uint64_t *y = x + n;
    get(e, y, n, s->acc + e->block, l);
    top = 0;
    limb_sub_if_ge(y, &top, y, ctx[l]->m, n); /* to 0, 1, or below m */
    limb_zero(y + n, n);                      /* scratch of nadic_join, not yet in use */
    y[n] = carry;
    top = limb_add(y, y, y + n, n);
    limb_sub_if_ge(y, &top, y, ctx[l]->m, n);
    nadic_join(ctx[l], out[l], x, x + 2 * n);
  }
}

/* ---- powers ---- */

/* The window that costs least: 2^w - 2 products for the table; per window a product, and all of the table read (two registers a cycle at
 * best; a product takes a cycle per limb pair and operand pair, eight lanes wide). */
static size_t window(const ifma_engine *e, size_t bits, size_t k, uint32_t power) {
  size_t registers = e->block / 8, best = 1, least = SIZE_MAX;
  size_t product = (power == 2 ? 5 : 2) * e->limbs * registers;
  for (size_t w = 1; w <= 6; w++) {
    size_t table = k * (power * e->block << w) * 8;
    if (w > 1 && table > (size_t)1 << 19) break;
    size_t cost = (((size_t)1 << w) - 2) * product + (bits + w - 1) / w * (product + ((power * registers) << w));
    if (cost < least) {
      least = cost;
      best = w;
    }
  }
  return best;
}

/* table[i] = base^i, i < 2^w */
static void powers(const lanes *s, uint64_t *table, size_t w, const uint64_t *const *base, const mod_ctx *const *ctx) {
  size_t len = s->len;
  enter(s, table + len, base, ctx);
  limb_copy(table, s->one, len);
  for (size_t i = 2; i < (size_t)1 << w; i++) {
    if (i % 2) mul(s, table + i * len, table + (i - 1) * len, table + len);
    else sqr(s, table + i * len, table + i / 2 * len);
  }
}

static size_t exponent_bits(const mod_job *jobs, size_t count, size_t j, int secret) {
  if (secret) return 64 * jobs->terms[j].exp_words;
  size_t max = 0;
  for (size_t i = 0; i < count; i++) {
    size_t bits = limb_bits_vartime(jobs[i].terms[j].exp, jobs[i].terms[j].exp_words);
    if (bits > max) max = bits;
  }
  return max;
}

/* Jobs in the lanes of one engine, batch by batch: fixed windows, shared squarings (Straus), a term joins at its own length. Public
 * jobs take the same way; only their lengths are trimmed to what they are. */
static int32_t pow_on(const ifma_engine *e, const mod_job *jobs, size_t count, uint32_t power, int secret) {
  size_t n = jobs->ctx->n, k = jobs->k, bits[4], most = 0;
  for (size_t j = 0; j < k; j++) {
    bits[j] = exponent_bits(jobs, count, j, secret);
    if (bits[j] > most) most = bits[j];
  }
  size_t w = window(e, most, k, power), windows = (most + w - 1) / w;
  lanes s;
  if (!lanes_open(&s, e, n, power, k * (power * e->block << w), secret)) return ECM_E_VAULT_FULL;
  const mod_ctx *ctx[IFMA_MAX_LANES] = {0};
  const uint64_t *base[4][IFMA_MAX_LANES] = {{0}};
  for (size_t i = 0; i < count; i += e->lanes) {
    size_t used = count - i < e->lanes ? count - i : e->lanes;
    int same = i > 0;
    for (size_t l = 0; l < e->lanes; l++) { /* lanes to spare repeat the last job */
      const mod_ctx *c = jobs[i + (l < used ? l : used - 1)].ctx;
      same &= ctx[l] == c;
      ctx[l] = c;
    }
    if (!same) set_moduli(&s, ctx);
    for (size_t j = 0; j < k; j++) { /* batches that follow each other often share bases: the table still holds then */
      int keep = same;
      for (size_t l = 0; l < e->lanes; l++) {
        const uint64_t *b = jobs[i + (l < used ? l : used - 1)].terms[j].base;
        keep &= base[j][l] == b;
        base[j][l] = b;
      }
      if (!keep && bits[j]) powers(&s, s.table + j * (s.len << w), w, base[j], ctx);
    }
    limb_copy(s.acc, s.one, s.len);
    for (size_t at = windows; at--;) {
      if (at + 1 < windows)
        for (size_t t = 0; t < w; t++) sqr(&s, s.acc, s.acc);
      for (size_t j = 0; j < k; j++) {
        if (at * w >= bits[j]) continue;
        _Alignas(64) uint64_t index[IFMA_MAX_LANES];
        for (size_t l = 0; l < e->lanes; l++) {
          const mod_term *t = &jobs[i + (l < used ? l : used - 1)].terms[j];
          index[l] = limb_bits_at(t->exp, t->exp_words, at * w, w);
        }
        e->lookup(s.entry, s.table + j * (s.len << w), (size_t)1 << w, s.blocks, e->limbs, index);
        mul(&s, s.acc, s.acc, s.entry);
      }
    }
    uint64_t *out[IFMA_MAX_LANES];
    for (size_t l = 0; l < used; l++) out[l] = jobs[i + l].out;
    leave(&s, out, used, ctx);
  }
  lanes_close(&s, secret);
  return ECM_OK;
}

static int32_t ifma_pow(const mod_job *jobs, size_t count, uint32_t power, int secret) {
  int size = size_of(jobs->ctx->n);
  if (size < 0) return kernel_portable.pow(jobs, count, power, secret);
  while (count) {
    const ifma_engine *e = engine_for(size, power, count);
    size_t now = share_of(e, count);
    int32_t rc = pow_on(e, jobs, now, power, secret);
    if (rc == ECM_E_VAULT_FULL && e->lanes > 1) rc = pow_on(&ifma1_engines[size], jobs, now, power, secret);
    if (rc == ECM_E_VAULT_FULL) rc = kernel_portable.pow(jobs, now, power, secret);
    if (rc) return rc;
    jobs += now;
    count -= now;
  }
  return ECM_OK;
}

/* ---- one base, many exponents: a comb, as in portable.c ---- */

/* The exponent as `teeth` rows of `row` bits; each row in SUBCOMBS blocks of `block` bits. The table is made by one number across the
 * registers, and read by either layout. */
enum { SUBCOMBS = 4 };

typedef struct {
  size_t teeth, row, block;
} comb_shape;

static comb_shape comb_of(size_t bits, size_t count) {
  comb_shape c;
  c.teeth = count < 4 ? 4 : count < 16 ? 5 : 6;
  c.row = (bits + c.teeth - 1) / c.teeth;
  c.block = (c.row + SUBCOMBS - 1) / SUBCOMBS;
  return c;
}

static void comb_table(const lanes *s, const comb_shape *c, uint64_t *table, const uint64_t *base, const mod_ctx *ctx) {
  size_t len = s->len, entries = (size_t)1 << c->teeth;
  uint64_t *x = s->table; /* one element */
  enter(s, x, &base, &ctx);
  /* Single-tooth entries, along one chain of squarings: the positions t*row + s*block ascend while 3*block <= row, which holds
   * for row >= 9 as in portable.c; row is at least 64/6 rounded up, 11. */
  for (size_t t = 0; t < c->teeth; t++) {
    size_t at = 0;
    for (size_t b = 0; b < SUBCOMBS; b++) {
      for (; at < b * c->block; at++) sqr(s, x, x);
      limb_copy(table + (b * entries + ((size_t)1 << t)) * len, x, len);
    }
    for (; at < c->row && t + 1 < c->teeth; at++) sqr(s, x, x);
  }
  for (size_t b = 0; b < SUBCOMBS; b++) {
    uint64_t *sub = table + b * entries * len;
    limb_copy(sub, s->one, len);
    for (size_t i = 3; i < entries; i++)
      if (i & (i - 1)) mul(s, sub + i * len, sub + (i & (i - 1)) * len, sub + (i & (0 - i)) * len);
  }
}

static int32_t comb_on(const ifma_engine *e, const comb_shape *c, const uint64_t *table, size_t step, const mod_ctx *ctx, size_t count, const uint64_t *exps,
                       size_t exp_words, uint64_t *out, int secret) {
  size_t n = ctx->n, entries = (size_t)1 << c->teeth;
  lanes s;
  if (!lanes_open(&s, e, n, 1, 0, secret)) return ECM_E_VAULT_FULL;
  const mod_ctx *all[IFMA_MAX_LANES];
  for (size_t l = 0; l < e->lanes; l++) all[l] = ctx;
  set_moduli(&s, all);
  for (size_t i = 0; i < count; i += e->lanes) {
    size_t used = count - i < e->lanes ? count - i : e->lanes;
    limb_copy(s.acc, s.one, s.len);
    for (size_t at = c->block; at--;) {
      if (at + 1 < c->block) sqr(&s, s.acc, s.acc);
      for (size_t b = 0; b < SUBCOMBS; b++) {
        size_t col = b * c->block + at;
        if (col >= c->row) continue;
        _Alignas(64) uint64_t index[IFMA_MAX_LANES] = {0};
        for (size_t l = 0; l < e->lanes; l++) {
          const uint64_t *exp = exps + (i + (l < used ? l : used - 1)) * exp_words;
          for (size_t t = 0; t < c->teeth; t++) index[l] |= limb_bits_at(exp, exp_words, t * c->row + col, 1) << t;
        }
        e->lookup_shared(s.entry, table + b * entries * step, entries, e->limbs, index);
        mul(&s, s.acc, s.acc, s.entry);
      }
    }
    uint64_t *to[IFMA_MAX_LANES];
    for (size_t l = 0; l < used; l++) to[l] = out + (i + l) * n;
    leave(&s, to, used, all);
  }
  lanes_close(&s, secret);
  return ECM_OK;
}

static int32_t ifma_pow_fixed(const mod_ctx *ctx, const uint64_t *base, size_t count, const uint64_t *exps, size_t exp_words, uint64_t *out, int secret) {
  int size = size_of(ctx->n);
  if (size < 0 || !exp_words) return kernel_portable.pow_fixed(ctx, base, count, exps, exp_words, out, secret);
  const ifma_engine *one = &ifma1_engines[size];
  comb_shape c = comb_of(64 * exp_words, count);
  size_t table = (SUBCOMBS * one->block) << c.teeth;
  lanes s;
  if (!lanes_open(&s, one, ctx->n, 1, table + one->block, secret)) /* the element that comb_table works on, then the table */
    return kernel_portable.pow_fixed(ctx, base, count, exps, exp_words, out, secret);
  set_moduli(&s, &ctx);
  comb_table(&s, &c, s.table + one->block, base, ctx);
  int32_t rc = ECM_OK;
  while (count && !rc) {
    const ifma_engine *e = engine_for(size, 1, count);
    size_t now = share_of(e, count);
    rc = comb_on(e, &c, s.table + one->block, one->block, ctx, now, exps, exp_words, out, secret);
    if (rc == ECM_E_VAULT_FULL && e != one) rc = comb_on(one, &c, s.table + one->block, one->block, ctx, now, exps, exp_words, out, secret);
    exps += now * exp_words;
    out += now * ctx->n;
    count -= now;
  }
  lanes_close(&s, secret);
  return rc;
}

/* ---- prime search ---- */

/* -1/m0 mod 2^64, m0 odd (mont.c). */
static uint64_t minus_inverse(uint64_t m0) {
  uint64_t x = (3 * m0) ^ 2;
  for (int i = 0; i < 4; i++) x *= 2 - m0 * x;
  return 0 - x;
}

/* 2^e = +-1 mod x, e = (x-1)/2, is (1/2)^e = +-1; and powers of 1/2 have Montgomery forms that are powers of 2, without any constant of x: the
 * form of (1/2)^h is 2^(65n - h). So the first bits of e come for free.
 *
 * e is odd; Q = e - 1. With s = 64n - 1 - head low bits of e cut off, P = floor(Q/2^s) + 1:  e = P*2^s - D, D = 2^s*P - Q - 1 = ~Q mod 2^s.
 * Start from (1/2)^P; in steps of w bits, square w times and multiply by 2^d, d the next w bits of ~Q: shifts by at most 7.
 * x has at least 64n - 1 bits, so e has at least 64n - 2, and with head = 9 or 10:  P >= 2^(head-2) >= n + 64 (128 >= 72 for n = 8; 256 >= 112),
 * so 2^(65n - P) <= 2^(64n - 64) < x; and P <= 2^head <= 65n (512 <= 520; 1024 <= 1040).
 * Bounds: a shifted digit is below 2m * 2^7 = 2^8 m and its square below 2^16 m^2 <= R*m for n >= 16; for n = 8, w = 2: 2m * 2^3, 2^8 m^2 <= R*m. */
static void base2_lanes(const lanes *s, const uint64_t *x, size_t count, uint64_t *pass) {
  const ifma_engine *e = s->e;
  size_t n = s->n, head = n == 8 ? 9 : 10, step = n == 8 ? 2 : 3, low = 64 * n - 1 - head;
  uint64_t *q = s->plain;
  limb_zero(s->acc, e->block);
  for (size_t l = 0; l < e->lanes; l++) {
    const uint64_t *m = x + (l < count ? l : count - 1) * n;
    put_modulus(s, l, m, minus_inverse(m[0]));
    limb_shr1(q, m, n, 0);
    uint64_t p = (limb_bits_at(q, n, low, 8) | limb_bits_at(q, n, low + 8, 8) << 8) + 1, up = 65 * n - p;
    for (size_t i = 0; i < e->limbs; i++) { /* 2^up, up is secret */
      uint64_t in = up - IFMA_BITS * i;     /* < 52 in one limb alone */
      s->acc[l * e->lane + i * e->limb] = ct_lt(in, IFMA_BITS) & (uint64_t)1 << (in % 64);
    }
  }
  _Alignas(64) uint64_t digit[IFMA_MAX_LANES] = {0};
  for (size_t at = low; at;) {
    size_t w = at % step ? at % step : step;
    at -= w;
    for (size_t i = 0; i < w; i++) mul_low(s, s->acc, s->acc, s->acc);
    for (size_t l = 0; l < e->lanes; l++) {
      const uint64_t *m = x + (l < count ? l : count - 1) * n;
      digit[l] = limb_bits_at(m, n, at + 1, w) ^ (((uint64_t)1 << w) - 1); /* bit i of e is bit i+1 of x */
      if (at == 0) digit[l] |= 1;                                          /* Q is even */
    }
    e->shift(s->acc, e->limbs, digit);
  }
  put_bit(e, s->entry, 0);
  mul_low(s, s->acc, s->acc, s->entry); /* (2^8 m + R*m)/R, so at most m: one form of each residue but 0 */
  for (size_t l = 0; l < count; l++) {
    uint64_t *y = q + n;
    get(e, q, n, s->acc, l);
    limb_copy(y, x + l * n, n);
    y[0] -= 1;
    pass[l] = limb_is_word(q, n, 1) | limb_eq(q, y, n);
  }
  ct_wipe(digit, sizeof digit);
}

static int32_t ifma_base2_round(const uint64_t *x, size_t n, size_t count, uint64_t *pass) {
  int size = size_of(n);
  uint64_t long_enough = ~(uint64_t)0;
  for (size_t i = 0; i < count; i++) long_enough &= ct_mask_bit(x[i * n + n - 1] >> 63 | x[i * n + n - 1] >> 62);
  /* The caller knows how long his numbers are: 64n or 64n - 1 bits in a search. */
  if (size < 0 || !ct_declassify(long_enough)) return kernel_portable.base2_round(x, n, count, pass);
  while (count) {
    const ifma_engine *e = engine_for(size, 1, count);
    size_t now = count < e->lanes ? count : e->lanes;
    lanes s;
    if (!lanes_open(&s, e, n, 1, 0, 1)) return kernel_portable.base2_round(x, n, count, pass);
    base2_lanes(&s, x, now, pass);
    lanes_close(&s, 1);
    x += now * n;
    pass += now;
    count -= now;
  }
  return ECM_OK;
}

static void ifma_remainders(const uint64_t *x, size_t n, const uint32_t *p, size_t count, uint32_t *r) {
  size_t whole = count / 8 * 8;
  if (whole) ifma8_remainders(x, n, p, whole, r);
  for (size_t i = whole; i < count; i++) r[i] = small_remainder(x, n, p[i]);
}

/* What the compiler asks CPUID, and XCR0 for the operating system's part: the C runtime's own table. */
static int ifma_supported(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2");
}

const mod_kernel kernel_ifma = {"ifma", 8, ifma_supported, ifma_pow, ifma_pow_fixed, ifma_base2_round, ifma_remainders};
#else
typedef int ifma_not_on_this_machine; /* a file must not be empty */
#endif
