/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "../limb.h"
#include "../small_primes.h"
#include "ifma_lanes.h"
#include "kernel.h"

/* Batches of powers over the IFMA engines. Moduli of other sizes go to the portable kernel, and so does a batch for whose larger tables the
 * vault has no room. */

/* ---- powers ---- */

/* How a term's exponents are read. */
typedef enum {
  READ_ALL, /* secret: fixed windows, every entry of the table read at each */
  READ_ONE, /* public: fixed windows, and in each lane the entry that is wanted */
  SLIDE     /* public and the same in all lanes: sliding windows, a table of odd powers */
} reading;

typedef struct {
  reading how;
  size_t bits, w, entries;
  uint64_t *table;
  size_t at;      /* SLIDE: the window under way ends at this bit, */
  uint64_t digit; /* and has this odd value; 0: none */
} term;

/* Sets the window that costs least. Costs: of the table; of a product for each window, whose number is what it is on average for those that slide;
 * of reading the table (two registers a cycle at best; a product takes a cycle per limb pair and operand pair, eight lanes wide), or one entry. */
static void set_window(term *t, const ifma_engine *e, size_t k, uint32_t power) {
  size_t registers = e->block / 8, least = SIZE_MAX, product = (power == 2 ? 5 : 2) * e->limbs * registers;
  for (size_t w = 1; w <= 7; w++) {
    size_t entries = (size_t)1 << (t->how == SLIDE ? w - 1 : w), windows = t->how == SLIDE ? t->bits / (w + 1) + 1 : (t->bits + w - 1) / w;
    if (w > 1 && k * power * e->block * entries * 8 > (size_t)1 << 19) break;
    size_t read = t->how == READ_ALL ? power * registers * entries : t->how == READ_ONE ? power * e->lanes * e->limbs : 0;
    size_t cost = entries * product + windows * (product + read);
    if (cost >= least) continue;
    least = cost;
    t->w = w;
    t->entries = entries;
  }
}

/* SLIDE: table[i] = base^(2i+1), i < 2^(w-1); else base^i, i < 2^w. Uses acc. */
static void powers(const ifma_lanes *s, const term *t, const uint64_t *const *base, const mod_ctx *const *ctx) {
  size_t len = s->len;
  uint64_t *table = t->table;
  if (t->how == SLIDE) {
    ifma_enter(s, table, base, ctx);
    if (t->entries > 1) ifma_sqr(s, s->acc, table);
    for (size_t i = 1; i < t->entries; i++) ifma_mul(s, table + i * len, table + (i - 1) * len, s->acc);
    return;
  }
  ifma_enter(s, table + len, base, ctx);
  limb_copy(table, s->one, len);
  for (size_t i = 2; i < t->entries; i++) {
    if (i % 2) ifma_mul(s, table + i * len, table + (i - 1) * len, table + len);
    else ifma_sqr(s, table + i * len, table + i / 2 * len);
  }
}

static size_t exponent_bits(const mod_job *jobs, size_t count, size_t j) {
  size_t max = 0;
  for (size_t i = 0; i < count; i++) {
    size_t bits = limb_bits_vartime(jobs[i].terms[j].exp, jobs[i].terms[j].exp_words);
    if (bits > max) max = bits;
  }
  return max;
}

static term term_of(const ifma_engine *e, const mod_job *jobs, size_t count, size_t j, uint32_t power, int secret) {
  term t = {.how = READ_ALL, .bits = 64 * jobs->terms[j].exp_words};
  if (!secret || (secret & MOD_EXPONENT_PUBLIC(j))) {
    int same = 1;
    for (size_t i = 1; i < count; i++) same &= jobs[i].terms[j].exp == jobs->terms[j].exp;
    t.how = same ? SLIDE : READ_ONE;
    t.bits = exponent_bits(jobs, count, j);
  }
  set_window(&t, e, jobs->k, power);
  return t;
}

/* The entry that term j multiplies by when the squarings have come to `bit`, in `entry` or in the table; or NULL. jobs: one for each lane. */
static const uint64_t *entry_at(const ifma_lanes *s, term *t, const mod_job *const *jobs, size_t j, size_t bit) {
  const mod_term *first = &jobs[0]->terms[j];
  if (bit >= t->bits) return NULL;
  if (t->how == SLIDE) {
    if (!t->digit && limb_bits_at(first->exp, first->exp_words, bit, 1)) { /* a window from here to the lowest bit that is set in reach */
      t->at = bit + 1 > t->w ? bit + 1 - t->w : 0;
      while (!limb_bits_at(first->exp, first->exp_words, t->at, 1)) t->at++;
      t->digit = limb_bits_at(first->exp, first->exp_words, t->at, bit + 1 - t->at);
    }
    if (!t->digit || t->at != bit) return NULL;
    const uint64_t *entry = t->table + t->digit / 2 * s->len;
    t->digit = 0;
    return entry;
  }
  if (bit % t->w) return NULL;
  _Alignas(64) uint64_t index[IFMA_MAX_LANES];
  for (size_t l = 0; l < s->e->lanes; l++) {
    const mod_term *x = &jobs[l]->terms[j];
    index[l] = limb_bits_at(x->exp, x->exp_words, bit, t->w);
    if (t->how == READ_ALL) continue;
    for (size_t b = 0; b < s->blocks; b++)
      for (size_t i = 0; i < s->e->limbs; i++) {
        size_t at = b * s->e->block + l * s->e->lane + i * s->e->limb;
        s->entry[at] = t->table[index[l] * s->len + at];
      }
  }
  if (t->how == READ_ALL) s->e->lookup(s->entry, t->table, t->entries, s->blocks, s->e->limbs, index);
  return s->entry;
}

/* Jobs in the lanes of one engine, batch by batch, with shared squarings (Straus); each term has a window and a length of its own. */
static int32_t pow_on(const ifma_engine *e, const mod_job *jobs, size_t count, uint32_t power, int secret) {
  size_t k = jobs->k, most = 0, table = 0;
  term terms[4];
  for (size_t j = 0; j < k; j++) {
    terms[j] = term_of(e, jobs, count, j, power, secret);
    table += terms[j].entries * power * e->block;
    if (terms[j].bits > most) most = terms[j].bits;
  }
  ifma_lanes s;
  if (!ifma_open(&s, e, jobs->ctx->n, power, table, secret)) return ECM_E_VAULT_FULL;
  limb_zero(s.entry, s.len); /* READ_ONE leaves the padding as it is */
  for (size_t j = 0, at = 0; j < k; at += terms[j++].entries * s.len) terms[j].table = s.table + at;
  const mod_ctx *ctx[IFMA_MAX_LANES] = {0};
  const uint64_t *base[4][IFMA_MAX_LANES] = {{0}};
  const mod_job *lane[IFMA_MAX_LANES];
  for (size_t i = 0; i < count; i += e->lanes) {
    size_t used = count - i < e->lanes ? count - i : e->lanes;
    int same = i > 0, started = 0;
    for (size_t l = 0; l < e->lanes; l++) { /* lanes to spare repeat the last job */
      lane[l] = &jobs[i + (l < used ? l : used - 1)];
      same &= ctx[l] == lane[l]->ctx;
      ctx[l] = lane[l]->ctx;
    }
    if (!same) ifma_set_moduli(&s, ctx);
    for (size_t j = 0; j < k; j++) { /* batches that follow each other often share bases: the table still holds then */
      int keep = same;
      for (size_t l = 0; l < e->lanes; l++) {
        keep &= base[j][l] == lane[l]->terms[j].base;
        base[j][l] = lane[l]->terms[j].base;
      }
      if (!keep && terms[j].bits) powers(&s, &terms[j], base[j], ctx);
    }
    limb_copy(s.acc, s.one, s.len);
    for (size_t bit = most; bit--;) {
      if (started) ifma_sqr(&s, s.acc, s.acc);
      for (size_t j = 0; j < k; j++) {
        const uint64_t *entry = entry_at(&s, &terms[j], lane, j, bit);
        if (!entry) continue;
        ifma_mul(&s, s.acc, s.acc, entry);
        started = 1;
      }
    }
    uint64_t *out[IFMA_MAX_LANES];
    for (size_t l = 0; l < used; l++) out[l] = lane[l]->out;
    ifma_leave(&s, out, used, ctx);
  }
  ifma_close(&s, secret);
  return ECM_OK;
}

static int32_t ifma_pow(const mod_job *jobs, size_t count, uint32_t power, int secret) {
  int size = ifma_size_of(jobs->ctx->n);
  if (size < 0) return kernel_portable.pow(jobs, count, power, secret);
  while (count) {
    const ifma_engine *e = ifma_engine_for(size, power, count);
    size_t now = ifma_share(e, count);
    int32_t rc = pow_on(e, jobs, now, power, secret);
    if (rc == ECM_E_VAULT_FULL && e->lanes > 1) rc = pow_on(&ifma1_engines[size], jobs, now, power, secret);
    if (rc == ECM_E_VAULT_FULL) rc = kernel_portable.pow(jobs, now, power, secret);
    if (rc) return rc;
    jobs += now;
    count -= now;
  }
  return ECM_OK;
}

/* ---- prime search ---- */

/* 2^e = +-1 mod x, e = (x-1)/2, is (1/2)^e = +-1; and powers of 1/2 have Montgomery forms that are powers of 2, without any constant of x: the
 * form of (1/2)^h is 2^(65n - h). So the first bits of e come for free.
 *
 * e is odd; Q = e - 1. With s = 64n - 1 - head low bits of e cut off, P = floor(Q/2^s) + 1:  e = P*2^s - D, D = 2^s*P - Q - 1 = ~Q mod 2^s.
 * Start from (1/2)^P; in steps of w bits, square w times and multiply by 2^d, d the next w bits of ~Q: shifts by at most 7.
 * x has at least 64n - 1 bits, so e has at least 64n - 2, and with head = 9 or 10:  P >= 2^(head-2) >= n + 64 (128 >= 72 for n = 8; 256 >= 112),
 * so 2^(65n - P) <= 2^(64n - 64) < x; and P <= 2^head <= 65n (512 <= 520; 1024 <= 1040).
 * Bounds: a shifted digit is below 2m * 2^7 = 2^8 m and its square below 2^16 m^2 <= R*m for n >= 16; for n = 8, w = 2: 2m * 2^3, 2^8 m^2 <= R*m. */
static void base2_lanes(const ifma_lanes *s, const uint64_t *x, size_t count, uint64_t *pass) {
  const ifma_engine *e = s->e;
  size_t n = s->n, head = n == 8 ? 9 : 10, step = n == 8 ? 2 : 3, low = 64 * n - 1 - head;
  uint64_t *q = s->plain;
  limb_zero(s->acc, e->block);
  for (size_t l = 0; l < e->lanes; l++) {
    const uint64_t *m = x + (l < count ? l : count - 1) * n;
    ifma_put_modulus(s, l, m, limb_minus_inverse(m[0]));
    limb_shr1(q, m, n, 0);
    uint64_t p = (limb_bits_at(q, n, low, 8) | limb_bits_at(q, n, low + 8, 8) << 8) + 1, up = 65 * n - p;
    for (size_t i = 0; i < e->limbs; i++) { /* 2^up, up is secret */
      uint64_t in = up - IFMA_BITS * i;     /* < 52 in one limb alone */
      s->acc[l * e->lane + i * e->limb] = ct_lt(in, IFMA_BITS) & (uint64_t)1 << (in & 63);
    }
  }
  _Alignas(64) uint64_t digit[IFMA_MAX_LANES] = {0};
  for (size_t at = low; at;) {
    size_t w = at % step ? at % step : step;
    at -= w;
    for (size_t i = 0; i < w; i++) ifma_sqr(s, s->acc, s->acc);
    for (size_t l = 0; l < e->lanes; l++) {
      const uint64_t *m = x + (l < count ? l : count - 1) * n;
      digit[l] = limb_bits_at(m, n, at + 1, w) ^ (((uint64_t)1 << w) - 1); /* bit i of e is bit i+1 of x */
      if (at == 0) digit[l] |= 1;                                          /* Q is even */
    }
    e->shift(s->acc, e->limbs, digit);
  }
  ifma_put_bit(e, s->entry, 0);
  ifma_mul(s, s->acc, s->acc, s->entry); /* (2^8 m + R*m)/R, so at most m: one form of each residue but 0 */
  for (size_t l = 0; l < count; l++) {
    uint64_t *y = q + n;
    ifma_get(e, q, n, s->acc, l);
    limb_copy(y, x + l * n, n);
    y[0] -= 1;
    pass[l] = limb_is_word(q, n, 1) | limb_eq(q, y, n);
  }
  ct_wipe(digit, sizeof digit);
}

static int32_t ifma_base2_round(const uint64_t *x, size_t n, size_t count, uint64_t *pass) {
  int size = ifma_size_of(n);
  uint64_t long_enough = ~(uint64_t)0;
  for (size_t i = 0; i < count; i++) long_enough &= ct_mask_bit(x[i * n + n - 1] >> 63 | x[i * n + n - 1] >> 62);
  /* The caller knows how long his numbers are: 64n or 64n - 1 bits in a search. */
  if (size < 0 || !ct_declassify(long_enough)) return kernel_portable.base2_round(x, n, count, pass);
  while (count) {
    const ifma_engine *e = ifma_engine_for(size, 1, count);
    size_t now = count < e->lanes ? count : e->lanes;
    ifma_lanes s;
    if (!ifma_open(&s, e, n, 1, 0, 1)) return kernel_portable.base2_round(x, n, count, pass);
    base2_lanes(&s, x, now, pass);
    ifma_close(&s, 1);
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

const mod_kernel kernel_ifma = {"ifma", 8, ifma_supported, ifma_pow, ifma_comb_entry, ifma_comb_build, ifma_comb_pow,
                                ifma_base2_round, ifma_remainders};
#else
typedef int ifma_not_on_this_machine; /* a file must not be empty */
#endif
