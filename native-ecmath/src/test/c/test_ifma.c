/* SPDX-License-Identifier: Apache-2.0 */
/* The AVX-512 IFMA engines against GMP, below the dispatch: lazy digits, carries, bounds. Batches of jobs are in test_batch.c. */
#include "ct.h"
#include "kernel/ifma.h"
#include "kernel/kernel.h"
#include "small_primes.h"
#include "test.h"

#if defined(HAVE_GMP) && defined(__x86_64__)
#include <gmp.h>

enum { MAX_BLOCK = IFMA_MAX_LIMBS * 8 + 32 };
static const size_t words_of[5] = {8, 16, 24, 32, 48};
static _Alignas(64) uint64_t mod[2 * MAX_BLOCK + 8], a[2 * MAX_BLOCK], b[2 * MAX_BLOCK], r[2 * MAX_BLOCK], work[3 * MAX_BLOCK];

typedef struct {
  mpz_t m, r, inverse, a[2], b[2]; /* modulus; R, and 1/R mod m^2; digits */
} lane;
static lane lanes[IFMA_MAX_LANES];

static void to_lane(const ifma_engine *e, uint64_t *block, size_t l, const mpz_t x) {
  mpz_t t;
  mpz_init_set(t, x);
  for (size_t i = 0; i < e->limbs; i++) {
    block[l * e->lane + i * e->limb] = mpz_get_ui(t) & IFMA_MASK;
    mpz_fdiv_q_2exp(t, t, IFMA_BITS);
  }
  CHECK(!mpz_sgn(t));
  mpz_clear(t);
}
static void from_lane(const ifma_engine *e, mpz_t x, const uint64_t *block, size_t l) {
  mpz_set_ui(x, 0);
  for (size_t i = e->limbs; i--;) {
    uint64_t limb = block[l * e->lane + i * e->limb];
    CHECK(limb <= IFMA_MASK);
    mpz_mul_2exp(x, x, IFMA_BITS);
    mpz_add_ui(x, x, limb);
  }
}

/* Random; all ones; 0; 1; runs of ones and zeros, which may end at limbs. */
static void shaped(mpz_t x, size_t bits, int shape) {
  mpz_set_ui(x, shape == 3);
  if (shape == 1) mpz_setbit(x, bits), mpz_sub_ui(x, x, 1);
  if (shape == 0 || shape == 4 || shape == 5)
    for (size_t at = 0; at < bits;) {
      size_t run = shape == 0 ? 1 : shape == 4 ? 1 + test_rand() % 200 : IFMA_BITS * (1 + test_rand() % 8);
      int ones = test_rand() & 1;
      for (; run-- && at < bits; at++)
        if (ones) mpz_setbit(x, at);
    }
}

/* Moduli of 64n bits, of 64n - 63, all ones, powers of two plus one. */
static void modulus(mpz_t m, size_t n, int which) {
  size_t bits = which % 3 == 2 ? 64 * n - 63 : which % 3 == 1 ? 64 * n - 1 : 64 * n;
  shaped(m, bits, which / 3 % 6);
  mpz_setbit(m, 0), mpz_setbit(m, bits - 1);
}

static void set_lane(const ifma_engine *e, size_t l, const mpz_t m) {
  lane *t = &lanes[l];
  mpz_t x;
  mpz_init(x);
  mpz_set(t->m, m), to_lane(e, mod, l, m);
  mpz_set_ui(t->r, 0), mpz_setbit(t->r, IFMA_BITS * e->limbs);
  mpz_mul(x, m, m);
  CHECK(mpz_invert(t->inverse, t->r, x));
  mpz_mod(x, t->r, m), mpz_sub(x, m, x), mpz_add_ui(x, x, 1), to_lane(e, mod + e->block, l, x); /* c = m + 1 - R mod m */
  mpz_set_ui(x, 0), mpz_setbit(x, IFMA_BITS);
  CHECK(mpz_invert(x, m, x));
  mod[2 * e->block + l] = (0 - mpz_get_ui(x)) & IFMA_MASK;
  mpz_clear(x);
}

/* x0 + x1*m, divided by R as often as asked, mod m^(power) */
static void value(mpz_t x, const lane *t, unsigned power, const mpz_t x0, const mpz_t x1) {
  mpz_t mp;
  mpz_init(mp);
  mpz_pow_ui(mp, t->m, power);
  mpz_set(x, x0);
  if (power == 2) mpz_addmul(x, x1, t->m);
  mpz_mod(x, x, mp);
  mpz_clear(mp);
}

static void check_result(const ifma_engine *e, unsigned power, int square) {
  mpz_t x, y, mp, d[2];
  mpz_inits(x, y, mp, d[0], d[1], NULL);
  for (size_t l = 0; l < e->lanes; l++) {
    lane *t = &lanes[l];
    mpz_pow_ui(mp, t->m, power);
    value(x, t, power, t->a[0], t->a[1]);
    value(y, t, power, square ? t->a[0] : t->b[0], square ? t->a[1] : t->b[1]);
    mpz_mul(x, x, y), mpz_mul(x, x, t->inverse), mpz_mod(x, x, mp);
    mpz_mul_2exp(y, t->m, 1);
    for (unsigned i = 0; i < power; i++) {
      from_lane(e, d[i], r + i * e->block, l);
      CHECK(mpz_cmp(d[i], y) < 0); /* below 2m */
    }
    value(y, t, power, d[0], d[1]);
    CHECK(!mpz_cmp(x, y));
  }
  mpz_clears(x, y, mp, d[0], d[1], NULL);
}

/* Digits below 3m of every shape; and products whose result has a given shape, so that carries run through whole numbers. */
static void test_products(const ifma_engine *e, size_t n, unsigned rounds) {
  mpz_t m, x;
  mpz_inits(m, x, NULL);
  for (unsigned it = 0; it < rounds; it++) {
    memset(a, 0, sizeof a), memset(b, 0, sizeof b), memset(mod, 0, sizeof mod);
    for (size_t l = 0; l < e->lanes; l++) {
      lane *t = &lanes[l];
      modulus(m, n, (int)((it + 5 * l) % 18)), set_lane(e, l, m);
      for (int d = 0; d < 2; d++)
        for (int op = 0; op < 2; op++) {
          mpz_t *z = op ? &t->b[d] : &t->a[d];
          int kind = (int)(test_rand() % 9);
          shaped(*z, 64 * n + 2, kind % 6);
          if (kind == 6) mpz_set(*z, m);
          if (kind == 7) mpz_sub_ui(*z, m, 1);
          if (kind == 8) mpz_mul_ui(*z, m, 3), mpz_sub_ui(*z, *z, 1);
          mpz_mul_ui(x, m, 3), mpz_mod(*z, *z, x);
        }
      if (it % 2 && mpz_invert(x, t->b[0], m)) { /* the low result has the shape of its neighbour */
        mpz_mul(x, x, t->r), shaped(t->a[0], 64 * n - 70, (int)(4 + it / 2 % 2)), mpz_mul(x, x, t->a[0]), mpz_mod(t->a[0], x, m);
      }
      for (size_t d = 0; d < 2; d++) to_lane(e, a + d * e->block, l, t->a[d]), to_lane(e, b + d * e->block, l, t->b[d]);
    }
    for (unsigned power = 1; power <= 2; power++) {
      e->mul[power - 1](r, a, b, e->limbs, mod, work), check_result(e, power, 0);
      memcpy(r, a, sizeof r), e->mul[power - 1](r, r, b, e->limbs, mod, work), check_result(e, power, 0);
      memcpy(r, b, sizeof r), e->mul[power - 1](r, a, r, e->limbs, mod, work), check_result(e, power, 0);
      memcpy(r, a, sizeof r), e->mul[power - 1](r, r, r, e->limbs, mod, work), check_result(e, power, 1);
      e->sqr[power - 1](r, a, e->limbs, mod, work), check_result(e, power, 1);
      memcpy(r, a, sizeof r), e->sqr[power - 1](r, r, e->limbs, mod, work), check_result(e, power, 1);
    }
  }
  mpz_clears(m, x, NULL);
}

static void test_lookups_and_shifts(const ifma_engine *e) {
  enum { ENTRIES = 16 };
  size_t len = 2 * e->block, one = (e->limbs + 7) / 8 * 8;
  uint64_t *table = aligned_alloc(64, ENTRIES * len * 8);
  _Alignas(64) uint64_t index[8];
  CHECK(table != NULL);
  if (!table) return;
  for (size_t i = 0; i < ENTRIES * len; i++) table[i] = test_rand();
  for (int it = 0; it < 64; it++) {
    for (int l = 0; l < 8; l++) index[l] = (uint64_t)(it < 16 ? it : (int)(test_rand() % ENTRIES));
    e->lookup(r, table, ENTRIES, 2, e->limbs, index);
    for (size_t l = 0; l < e->lanes; l++)
      for (size_t d = 0; d < 2; d++)
        for (size_t i = 0; i < e->limbs; i++) {
          size_t at = d * e->block + l * e->lane + i * e->limb;
          CHECK(r[at] == table[index[l] * len + at]);
        }
    const uint64_t *x[8];
    for (size_t l = 0; l < 8; l++) x[l] = table + index[l] * one;
    e->gather(r, x, e->limbs);
    for (size_t l = 0; l < e->lanes; l++)
      for (size_t i = 0; i < e->limbs; i++) CHECK(r[l * e->lane + i * e->limb] == x[l][i]);
    if (e->lanes > 1) continue;
    uint64_t *to[4] = {b, b + one, b + 2 * one, b + 3 * one};
    ifma1_lookup_four[e - ifma1_engines](to, table, ENTRIES - (size_t)it % 3, index);
    for (size_t l = 0; l < 4; l++)
      for (size_t i = 0; i < one; i++) CHECK(to[l][i] == (index[l] < ENTRIES - (size_t)it % 3 ? table[index[l] * one + i] : 0));
  }
  free(table);
  mpz_t x[8], y;
  mpz_init(y);
  for (int l = 0; l < 8; l++) mpz_init(x[l]);
  for (int it = 0; it < 60; it++) {
    memset(a, 0, sizeof a);
    for (size_t l = 0; l < e->lanes; l++) {
      index[l] = test_rand() % 8;
      shaped(x[l], IFMA_BITS * e->limbs - 7, it % 6), to_lane(e, a, l, x[l]);
    }
    e->shift(a, e->limbs, index);
    for (size_t l = 0; l < e->lanes; l++) {
      from_lane(e, y, a, l), mpz_mul_2exp(x[l], x[l], index[l]);
      CHECK(!mpz_cmp(x[l], y));
    }
  }
  mpz_clear(y);
  for (int l = 0; l < 8; l++) mpz_clear(x[l]);
}

static void run(const ifma_engine *engines, size_t sizes) {
  for (size_t i = 0; i < sizes; i++) {
    test_products(&engines[i], words_of[i], engines[i].lanes == 8 ? 108 : 360);
    test_lookups_and_shifts(&engines[i]);
  }
}
static void test_eight_side_by_side(void) { run(ifma8_engines, 5); }
static void test_one_across(void) { run(ifma1_engines, 5); }
static void test_two_across(void) { run(ifma1x2_engines, 5); }

static void test_remainders(void) {
  enum { COUNT = 104 };
  uint32_t p[COUNT], out[COUNT];
  uint64_t x[24];
  mpz_t z;
  mpz_init(z);
  for (int it = 0; it < 600; it++) {
    size_t n = 1 + test_rand() % 24;
    for (size_t i = 0; i < n; i++) x[i] = it % 4 == 1 ? ~(uint64_t)0 : it % 4 == 2 && test_rand() % 2 ? 0 : test_rand();
    for (int i = 0; i < COUNT; i++) p[i] = i < 10 ? 3 + 2 * (uint32_t)i : i < 20 ? (1u << 22) - 1 - 2 * (uint32_t)(i - 10) : 3 + 2 * (uint32_t)(test_rand() % (1 << 20));
    if (it % 4 == 3) { /* 0 and -1 mod p */
      mpz_set_ui(z, 1);
      for (int i = 20; i < 40 && n > 13; i++) mpz_mul_ui(z, z, p[i]);
      mpz_sub_ui(z, z, it % 8 / 4);
      memset(x, 0, sizeof x), mpz_export(x, NULL, -1, 8, 0, 0, z);
    }
    ifma8_remainders(x, n, p, COUNT, out);
    mpz_import(z, n, -1, 8, 0, 0, x);
    for (int i = 0; i < COUNT; i++) CHECK(out[i] == mpz_fdiv_ui(z, p[i]));
  }
  mpz_clear(z);
}

/* ct_clear_stack is the last call of every function with secrets: nothing of them stays in a vector or mask register either. */
__attribute__((target("avx512f,avx512bw"))) static void test_registers_are_cleared(void) {
  static _Alignas(64) uint64_t left[32 * 8], masks[8];
  memset(left, 0xff, sizeof left), memset(masks, 0xff, sizeof masks);
#define EACH32(x) x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11) x(12) x(13) x(14) x(15) x(16) x(17) x(18) x(19) x(20) x(21) x(22) x(23) x(24) x(25) x(26) x(27) x(28) x(29) x(30) x(31)
#define EACH8(x) x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7)
#define CLOBBERED \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", \
  "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31"
#define FILL(i) "vmovdqa64 (%0), %%zmm" #i "\n\t"
#define STORE(i) "vmovdqa64 %%zmm" #i ", 64*" #i "(%0)\n\t"
#define FILL_MASK(i) "kmovq (%0), %%k" #i "\n\t"
#define STORE_MASK(i) "kmovq %%k" #i ", 8*" #i "(%1)\n\t"
  __asm__ volatile(EACH32(FILL) EACH8(FILL_MASK)::"r"(left) : "memory", CLOBBERED);
  ct_clear_stack();
  __asm__ volatile(EACH32(STORE) EACH8(STORE_MASK)::"r"(left), "r"(masks) : "memory");
  for (size_t i = 0; i < 32 * 8; i++) CHECK(left[i] == 0);
  for (size_t i = 0; i < 8; i++) CHECK(masks[i] == 0);
}

int main(void) {
  if (!kernel_ifma.supported()) {
    SKIP("AVX-512 IFMA engines: not on this machine");
    return DONE();
  }
  for (int l = 0; l < IFMA_MAX_LANES; l++) {
    lane *t = &lanes[l];
    mpz_inits(t->m, t->r, t->inverse, t->a[0], t->a[1], t->b[0], t->b[1], NULL);
  }
  RUN(test_eight_side_by_side);
  RUN(test_one_across);
  RUN(test_two_across);
  RUN(test_remainders);
  RUN(test_registers_are_cleared);
  return DONE();
}
#else
int main(void) {
  SKIP("AVX-512 IFMA engines against GMP");
  return DONE();
}
#endif
