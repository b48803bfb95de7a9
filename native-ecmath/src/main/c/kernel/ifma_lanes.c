/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "ifma_lanes.h"
#include "../nadic.h"
#include "../vault.h"
#include <stdlib.h>

/* What every batch needs, the same for both layouts; and why lazy digits stay in bounds.
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
 * Back: the product with 1 gives low digit (a0 + q*m)/R < (2m + R*m)/R, so <= m, high digit (a1 + (R-1-q) + c + q'*m)/R < m + 2, so <= m + 1,
 * which takes 64n + 1 bits if m = 2^(64n) - 1; one conditional subtraction each and the carry of the low digit: (m + 1) - m + 1 = 2 < m. */

enum { SIZES = 5 };
static const uint8_t size_words[SIZES] = {8, 16, 24, 32, 48};

int ifma_size_of(size_t n) {
  for (int i = 0; i < SIZES; i++)
    if (size_words[i] == n) return i;
  return -1;
}

/* ---- which engine ---- */

/* Time of a batch of eight, and of a pair, in hundredths of the time of one alone; measured on Zen 5, power 1 and 2. A pair that gains nothing
 * (both numbers' sums exceed the registers) is not used. */
static const uint16_t eight_costs[SIZES][2] = {{130, 195}, {220, 335}, {315, 475}, {430, 590}, {490, 620}};
static const uint16_t pair_costs[SIZES][2] = {{120, 117}, {125, 146}, {145, 174}, {155, 200}, {192, 200}};

/* The engine for the next of `count` jobs. */
const ifma_engine *ifma_engine_for(int size, uint32_t power, size_t count) {
  uint32_t eight = eight_costs[size][power - 1], pair = pair_costs[size][power - 1];
  if (count >= 8 || count / 2 * pair + count % 2 * 100 > eight) return &ifma8_engines[size];
  return count > 1 && pair < 200 ? &ifma1x2_engines[size] : &ifma1_engines[size];
}

/* A column costs a squaring and slots/parts products, rounded up; what counts is the time for each of the powers done. */
const ifma_engine *ifma_comb_engine(int size, size_t slots, size_t count, size_t *parts) {
  const ifma_engine *engines[] = {&ifma1_engines[size], &ifma1x2_engines[size], &ifma8_engines[size]}, *best = NULL;
  const size_t costs[] = {100, pair_costs[size][0], eight_costs[size][0]};
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < 3; i++) {
    size_t rows = engines[i]->lanes, now;
    while (rows / 2 >= count) rows /= 2;
    now = rows < count ? rows : count;
    size_t p = engines[i]->lanes / rows, cost = costs[i] * (1 + (slots + p - 1) / p) * 8 / now;
    if (cost >= least) continue;
    least = cost;
    best = engines[i];
    *parts = p;
  }
  return best;
}

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
void ifma_put_bit(const ifma_engine *e, uint64_t *block, size_t bit) {
  limb_zero(block, e->block);
  for (size_t l = 0; l < e->lanes; l++) block[l * e->lane + bit / IFMA_BITS * e->limb] = (uint64_t)1 << (bit % IFMA_BITS);
}

/* n words of a value below 2^(64n). */
void ifma_get(const ifma_engine *e, uint64_t *x, size_t n, const uint64_t *block, size_t l) {
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

int ifma_open(ifma_lanes *s, const ifma_engine *e, size_t n, uint32_t power, size_t table_words, int secret) {
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
void ifma_close(ifma_lanes *s, int secret) { words_free(s->mod, secret); }

/* on the low digits */
static void mul_low(const ifma_lanes *s, uint64_t *r, const uint64_t *a, const uint64_t *b) { s->e->mul[0](r, a, b, s->e->limbs, s->mod, s->work); }

void ifma_put_modulus(const ifma_lanes *s, size_t l, const uint64_t *m, uint64_t m0inv) {
  put_words(s->e, s->mod, l, m, s->n);
  s->mod[2 * s->e->block + l] = m0inv & IFMA_MASK;
}

/* Fills mod, enter, one from the contexts, one per lane. */
void ifma_set_moduli(const ifma_lanes *s, const mod_ctx *const *ctx) {
  const ifma_engine *e = s->e;
  size_t n = s->n, block = e->block;
  uint64_t *r2 = s->acc, *bit = s->entry, *c = s->mod + block;
  for (size_t l = 0; l < e->lanes; l++) {
    ifma_put_modulus(s, l, ctx[l]->m, ctx[l]->m0inv);
    put_words(e, r2, l, ctx[l]->r2, n);
  }
  ifma_put_bit(e, bit, 4 * n);
  mul_low(s, s->enter, r2, r2);
  mul_low(s, s->enter, s->enter, bit);
  ifma_put_bit(e, bit, 0);
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
  ifma_put_bit(e, bit, 4 * n);
  ifma_mul(s, s->enter, r2, r2);
  ifma_mul(s, s->enter, s->enter, bit);
  ifma_put_bit(e, bit, 0);
  ifma_mul(s, s->one, s->enter, bit);
}

/* r = the Montgomery form of base[l] in lane l. Uses acc and entry. */
void ifma_enter(const ifma_lanes *s, uint64_t *r, const uint64_t *const *base, const mod_ctx *const *ctx) {
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
    ifma_mul(s, s->acc, s->acc, s->entry);
    for (size_t l = 0; l < e->lanes; l++) add_words(e, s->acc, l, base[l], 2 * n, 63 * n, s->entry);
  }
  ifma_mul(s, r, s->acc, s->enter);
}

/* acc out of Montgomery form, and the results of the first `count` lanes into out[l]. Uses acc and entry. */
void ifma_leave(const ifma_lanes *s, uint64_t *const *out, size_t count, const mod_ctx *const *ctx) {
  const ifma_engine *e = s->e;
  size_t n = s->n;
  ifma_put_bit(e, s->entry, 0);
  if (s->blocks == 2) limb_zero(s->entry + e->block, e->block);
  ifma_mul(s, s->acc, s->acc, s->entry);
  for (size_t l = 0; l < count; l++) {
    uint64_t *x = s->plain, top = 0;
    ifma_get(e, x, n, s->acc, l);
    uint64_t carry = limb_sub_if_ge(x, &top, x, ctx[l]->m, n) & 1;
    if (s->blocks == 1) {
      limb_copy(out[l], x, n);
      continue;
    }
    uint64_t *y = x + n;
    ifma_get(e, y, n, s->acc + e->block, l);
    top = s->acc[e->block + l * e->lane + 64 * n / IFMA_BITS * e->limb] >> (64 * n % IFMA_BITS);
    limb_sub_if_ge(y, &top, y, ctx[l]->m, n); /* to 0, 1, or below m */
    limb_zero(y + n, n);                      /* scratch of nadic_join, not yet in use */
    y[n] = carry;
    top = limb_add(y, y, y + n, n);
    limb_sub_if_ge(y, &top, y, ctx[l]->m, n);
    nadic_join(ctx[l], out[l], x, x + 2 * n);
  }
}
#else
typedef int ifma_lanes_not_on_this_machine; /* a file must not be empty */
#endif
