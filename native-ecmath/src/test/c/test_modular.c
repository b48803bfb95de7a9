/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/kernel.h"
#include "limb.h"
#include "mont.h"
#include "nadic.h"
#include "prime.h"
#include "test.h"
#include "vault.h"

/* Differential tests of modular arithmetic against GMP, on random and on adversarial numbers. */

static void test_kernel_has_a_name(void) {
  CHECK(!strcmp(mod_kernel_name(), kernel_current()->name));
  CHECK(kernel_current()->supported());
}

#ifdef HAVE_GMP
#include <gmp.h>

#define MAX (2 * MOD_MAX_WORDS)
static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 24, 25, 31, 32, 48};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void to_mpz(mpz_t z, const uint64_t *x, size_t n) { mpz_import(z, n, -1, 8, 0, 0, x); }
static void from_mpz(uint64_t *x, size_t n, const mpz_t z) {
  memset(x, 0, 8 * n);
  CHECK(mpz_sizeinbase(z, 2) <= 64 * n);
  mpz_export(x, NULL, -1, 8, 0, 0, z);
}

/* Random words, with whole words of ones or zeros mixed in for shape > 0; shape 1: all ones; 2: zero; 3: a power of two. */
static void fill(uint64_t *x, size_t n, int shape) {
  for (size_t i = 0; i < n; i++) {
    uint64_t r = test_rand();
    x[i] = shape == 1 ? ~(uint64_t)0 : shape == 2 || shape == 3 ? 0 : shape > 3 && r % 3 == 0 ? ~(uint64_t)0 : shape > 3 && r % 3 == 1 ? 0 : test_rand();
  }
  if (shape == 3 && n) x[test_rand() % n] = (uint64_t)1 << test_rand() % 64;
}

enum { MODULI = 7 };
/* Odd moduli of exactly n words: random; B^n - 1; just above 2^(64n-1); just above 2^(64n-64); just below 2^(64n-1); sparse. */
static void modulus(uint64_t *m, size_t n, int which) {
  fill(m, n, which == 1 ? 1 : which == 6 ? 4 : 0);
  if (which == 2 || which == 3) {
    memset(m, 0, 8 * n);
    m[n - 1] = which == 2 ? (uint64_t)1 << 63 : 1;
  }
  if (which == 4) {
    fill(m, n, 1);
    m[n - 1] >>= 1;
  }
  if (which == 5) m[n - 1] |= (uint64_t)3 << 62;
  if (!m[n - 1]) m[n - 1] = test_rand() | 1;
  m[0] |= 1;
  if (n == 1 && m[0] == 1) m[0] = 3;
}

enum { RESIDUES = 9 };
/* Residues mod m^power: random; 0; 1; m^power - 1; and for the square those that are 0 or -1 mod m, m, m - 1, m^2 - m. */
static void residue(mpz_t x, const mpz_t m, unsigned power, int which) {
  uint64_t r[MAX];
  mpz_t mp;
  mpz_init(mp);
  mpz_pow_ui(mp, m, power);
  fill(r, MAX, which == 8 ? 4 : 0);
  to_mpz(x, r, MAX);
  mpz_mod(x, x, mp);
  switch (which) {
    case 1: mpz_set_ui(x, 0); break;
    case 2: mpz_set_ui(x, 1); break;
    case 3: mpz_sub_ui(x, mp, 1); break;
    case 4: mpz_fdiv_q(x, x, m), mpz_mul(x, x, m); break;
    case 5: mpz_fdiv_q(x, x, m), mpz_mul(x, x, m), mpz_add(x, x, m), mpz_sub_ui(x, x, 1); break;
    case 6: mpz_sub(x, mp, m); break;
    case 7: mpz_set(x, m); break;
    default: break;
  }
  mpz_mod(x, x, mp);
  mpz_clear(mp);
}

static void test_words_agree_with_gmp(void) {
  static uint64_t a[100], b[100], r[200], s[200];
  for (int it = 0; it < 6000; it++) {
    size_t an = 1 + test_rand() % 50, bn = 1 + test_rand() % 50;
    fill(a, an, it % 6), fill(b, bn, (it / 6) % 6);
    limb_mul(r, a, an, b, bn);
    if (an >= bn) mpn_mul(s, a, (mp_size_t)an, b, (mp_size_t)bn);
    else mpn_mul(s, b, (mp_size_t)bn, a, (mp_size_t)an);
    CHECK(!memcmp(r, s, 8 * (an + bn)));
    limb_sqr(r, a, an);
    mpn_sqr(s, a, (mp_size_t)an);
    CHECK(!memcmp(r, s, 16 * an));

    fill(b, an, (it / 6) % 6), fill(r, 2 * an, it / 36 % 6);
    mpn_mul_n(s, a, b, (mp_size_t)an);
    uint64_t carry = mpn_add_n(s, s, r, 2 * (mp_size_t)an);
    CHECK(limb_addmul(r, a, b, an) == carry && !memcmp(r, s, 16 * an));
    CHECK(limb_add(r, a, b, an) == mpn_add_n(s, a, b, (mp_size_t)an) && !memcmp(r, s, 8 * an));
    CHECK(limb_sub(r, a, b, an) == mpn_sub_n(s, a, b, (mp_size_t)an) && !memcmp(r, s, 8 * an));
    CHECK(limb_shl1(r, a, an) == mpn_lshift(s, a, (mp_size_t)an, 1) && !memcmp(r, s, 8 * an));
    limb_shr1(r, a, an, 1);
    mpn_rshift(s, a, (mp_size_t)an, 1);
    s[an - 1] |= (uint64_t)1 << 63;
    CHECK(!memcmp(r, s, 8 * an));
    int cmp = mpn_cmp(a, b, (mp_size_t)an);
    CHECK((limb_lt(a, b, an) != 0) == (cmp < 0) && (limb_eq(a, b, an) != 0) == (cmp == 0));
    CHECK((limb_cmp_vartime(a, b, an) < 0) == (cmp < 0) && (limb_cmp_vartime(a, b, an) > 0) == (cmp > 0));
    uint64_t top = it & 1, mask = limb_sub_if_ge(r, &top, a, b, an);
    if ((it & 1) || cmp >= 0) {
      uint64_t borrow = mpn_sub_n(s, a, b, (mp_size_t)an);
      CHECK(mask == ~(uint64_t)0 && !memcmp(r, s, 8 * an) && top == (it & 1) - borrow);
    } else {
      CHECK(mask == 0 && !memcmp(r, a, 8 * an) && top == 0);
    }
    memcpy(r, a, 8 * an), memcpy(s, a, 8 * an);
    limb_add_signed(r, an, -1), mpn_sub_1(s, s, (mp_size_t)an, 1);
    CHECK(!memcmp(r, s, 8 * an));
    limb_add_signed(r, an, 1);
    CHECK(!memcmp(r, a, 8 * an));
  }
}

static void test_bytes_round_trip(void) {
  uint8_t in[61], out[61];
  uint64_t w[8];
  for (size_t len = 0; len <= sizeof in; len++) {
    test_rand_bytes(in, len);
    limb_from_bytes(w, 8, in, len);
    mpz_t z, y;
    mpz_inits(z, y, NULL);
    mpz_import(z, len, 1, 1, 0, 0, in);
    to_mpz(y, w, 8);
    CHECK(!mpz_cmp(z, y));
    limb_to_bytes(out, len, w, 8);
    CHECK(!memcmp(in, out, len));
    CHECK(limb_bits_vartime(w, 8) == (mpz_sgn(z) ? mpz_sizeinbase(z, 2) : 0));
    mpz_clears(z, y, NULL);
  }
}

/* t + q*m = B^n * T with the quotient words left in t. */
static void test_reduction_leaves_its_quotient(void) {
  uint64_t m[MOD_MAX_WORDS], t[MAX], inv;
  mpz_t zm, zt, zq, zr;
  mpz_inits(zm, zt, zq, zr, NULL);
  for (int it = 0; it < SIZES * MODULI * 6; it++) {
    size_t n = sizes[it % SIZES];
    modulus(m, n, it / SIZES % MODULI);
    fill(t, 2 * n, it / (SIZES * MODULI));
    to_mpz(zm, m, n), to_mpz(zt, t, 2 * n);
    for (inv = 1; inv * m[0] != ~(uint64_t)0;) inv = inv * (2 + inv * m[0]); /* Newton for -1/m */
    uint64_t top = limb_redc(t, m, inv, n);
    to_mpz(zq, t, n), to_mpz(zr, t + n, n);
    mpz_addmul(zt, zq, zm);
    CHECK(mpz_divisible_2exp_p(zt, 64 * n));
    mpz_fdiv_q_2exp(zt, zt, 64 * n);
    if (top) mpz_setbit(zr, 64 * n);
    CHECK(top <= 1 && !mpz_cmp(zt, zr));
  }
  mpz_clears(zm, zt, zq, zr, NULL);
}

/* All products of adversarial residues, at the level of Montgomery forms: every branch of the final subtractions is met. */
static void test_montgomery_and_nadic_products(void) {
  static mod_ctx c;
  uint64_t m[MOD_MAX_WORDS], a[MAX], b[MAX], r[MAX], w[NADIC_WORK(MOD_MAX_WORDS)];
  mpz_t zm, za, zb, zr, zi, mp, d;
  mpz_inits(zm, za, zb, zr, zi, mp, d, NULL);
  for (int it = 0; it < SIZES * MODULI; it++) {
    size_t n = sizes[it % SIZES];
    modulus(m, n, it / SIZES);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    to_mpz(zm, m, n);
    mpz_set_ui(zr, 0), mpz_setbit(zr, 64 * n), mpz_mod(zr, zr, zm);
    to_mpz(za, c.r1, n);
    CHECK(!mpz_cmp(za, zr));
    mpz_mul(zr, zr, zr), mpz_mod(zr, zr, zm);
    to_mpz(za, c.r2, n);
    CHECK(!mpz_cmp(za, zr));
    for (unsigned power = 1; power <= 2; power++) {
      mpz_pow_ui(mp, zm, power);
      mpz_set_ui(zi, 0), mpz_setbit(zi, 64 * n);
      CHECK(mpz_invert(zi, zi, mp));
      for (int i = 0; i < RESIDUES * RESIDUES; i++) {
        residue(za, zm, power, i % RESIDUES), residue(zb, zm, power, i / RESIDUES);
        for (int square = 0; square < 2; square++) {
          if (square) mpz_set(zb, za);
          if (power == 1) {
            from_mpz(a, n, za), from_mpz(b, n, zb);
            if (square) mont_sqr(&c, r, a, w);
            else mont_mul(&c, r, a, b, w);
            to_mpz(zr, r, n);
          } else {
            mpz_fdiv_qr(d, zr, za, zm), from_mpz(a, n, zr), from_mpz(a + n, n, d);
            mpz_fdiv_qr(d, zr, zb, zm), from_mpz(b, n, zr), from_mpz(b + n, n, d);
            if (square) nadic_sqr(&c, r, a, w);
            else nadic_mul(&c, r, a, b, w);
            CHECK(mpn_cmp(r, m, (mp_size_t)n) < 0 && mpn_cmp(r + n, m, (mp_size_t)n) < 0);
            to_mpz(zr, r, n), to_mpz(d, r + n, n), mpz_addmul(zr, d, zm);
            from_mpz(b, 2 * n, za);
            nadic_split(&c, b, b, 2 * n, w);
            CHECK(!memcmp(a, b, 16 * n));
            nadic_join(&c, b, b, w);
            to_mpz(d, b, 2 * n);
            CHECK(!mpz_cmp(d, za));
            from_mpz(b, 2 * n, zb); /* b is compared below through zb only */
          }
          mpz_mul(d, za, zb), mpz_mul(d, d, zi), mpz_mod(d, d, mp);
          CHECK(!mpz_cmp(d, zr));
        }
      }
    }
  }
  mpz_clears(zm, za, zb, zr, zi, mp, d, NULL);
}

static void test_mul_and_reduce(void) {
  static mod_ctx c;
  uint64_t m[MOD_MAX_WORDS], a[MAX], b[MAX], r[MAX], x[300];
  mpz_t zm, za, zb, zr, mp;
  mpz_inits(zm, za, zb, zr, mp, NULL);
  for (int it = 0; it < SIZES * MODULI; it++) {
    size_t n = sizes[it % SIZES];
    modulus(m, n, it / SIZES);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    to_mpz(zm, m, n);
    for (unsigned power = 1; power <= 2; power++) {
      size_t len = n * power;
      mpz_pow_ui(mp, zm, power);
      for (int i = 0; i < RESIDUES; i++) {
        residue(za, zm, power, i), residue(zb, zm, power, (i * 7 + it) % RESIDUES);
        from_mpz(a, len, za), from_mpz(b, len, zb);
        CHECK(mod_mul(&c, power, r, a, b) == ECM_OK);
        to_mpz(zr, r, len);
        mpz_mul(za, za, zb), mpz_mod(za, za, mp);
        CHECK(!mpz_cmp(za, zr));
        CHECK(mod_mul(&c, power, a, a, b) == ECM_OK && !memcmp(a, r, 8 * len)); /* in place */
      }
      for (int shape = 0; shape < 6; shape++) {
        size_t xn = shape == 5 ? 0 : 1 + test_rand() % 299;
        fill(x, xn ? xn : 1, shape);
        CHECK((power == 1 ? mod_reduce : mod_reduce_square)(&c, r, x, xn) == ECM_OK);
        to_mpz(za, x, xn), mpz_mod(za, za, mp), to_mpz(zr, r, len);
        CHECK(!mpz_cmp(za, zr));
      }
      mpz_mul_ui(za, mp, 12345), from_mpz(x, len + 1, za);
      CHECK((power == 1 ? mod_reduce : mod_reduce_square)(&c, r, x, len + 1) == ECM_OK && limb_is_zero(r, len));
    }
  }
  mpz_clears(zm, za, zb, zr, mp, NULL);
}

/* The sum of the high digits in nadic_split is exactly B^n - 1, and the low digits carry into it. Three chunks do it: the upper two are
 * any number A = a0 + a1*m below m^2, the lowest one, divided by R, has the digits (t, s); then a1 = B^n - 1 - s and a0 = m - 1 >= m - t.
 * Chance does not find it, and numbers below m^2 of two chunks cannot (a1 = 0 there), but CRT legs take four. */
static void test_high_digits_sum_to_all_ones(void) {
  static mod_ctx c;
  uint64_t m[MOD_MAX_WORDS], x[3 * MOD_MAX_WORDS], r[MAX];
  mpz_t zm, mp, R, low, t, s, a, z;
  mpz_inits(zm, mp, R, low, t, s, a, z, NULL);
  int met = 0;
  for (int it = 0; it < SIZES * MODULI; it++) {
    size_t n = sizes[it % SIZES];
    modulus(m, n, it / SIZES);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    to_mpz(zm, m, n), mpz_mul(mp, zm, zm);
    mpz_set_ui(R, 0), mpz_setbit(R, 64 * n);
    for (int tries = 0; tries < 40; tries++) {
      fill(x, n, 0), to_mpz(low, x, n);
      CHECK(mpz_invert(z, R, mp));
      mpz_mul(z, z, low), mpz_mod(z, z, mp), mpz_fdiv_qr(s, t, z, zm);
      mpz_sub(a, R, s), mpz_sub_ui(a, a, 1); /* a1 */
      if (mpz_cmp(a, zm) >= 0 || mpz_sgn(t) == 0) continue;
      mpz_mul(a, a, zm), mpz_add(a, a, zm), mpz_sub_ui(a, a, 1);
      mpz_mul(a, a, R), mpz_add(a, a, low);
      from_mpz(x, 3 * n, a);
      CHECK(mod_reduce_square(&c, r, x, 3 * n) == ECM_OK);
      to_mpz(z, r, 2 * n), mpz_mod(a, a, mp);
      CHECK(!mpz_cmp(a, z));
      met++;
      break;
    }
  }
  CHECK(met >= 2 * SIZES); /* moduli below B^n/2 have no such sum, and for one just above it chance has to find s = m - 1 */
  mpz_clears(zm, mp, R, low, t, s, a, z, NULL);
}

/* Exponents: random, all ones, 0, 2^i, sparse, 1. */
static void exponent(uint64_t *e, size_t words, int which) {
  fill(e, words, which % 6 == 5 ? 2 : which % 6);
  if (which % 6 == 5 && words) e[0] = 1;
}

static void pow_case(size_t n, unsigned power, size_t k, const size_t *exp_words, int seed) {
  enum { JOBS = 2 };
  static mod_ctx c[JOBS];
  static uint64_t m[MOD_MAX_WORDS], base[JOBS][4][MAX], exps[JOBS][4][64], out[JOBS][MAX];
  mod_term terms[JOBS][4];
  mod_job jobs[JOBS];
  mpz_t zm, mp, z, e, want[JOBS];
  mpz_inits(zm, mp, z, e, want[0], want[1], NULL);
  for (int i = 0; i < JOBS; i++) {
    modulus(m, n, (seed + i) % MODULI);
    CHECK(mod_init(&c[i], m, n) == ECM_OK);
    to_mpz(zm, m, n), mpz_pow_ui(mp, zm, power), mpz_set_ui(want[i], 1);
    for (size_t j = 0; j < k; j++) {
      residue(z, zm, power, seed < 6 ? 0 : (int)(test_rand() % RESIDUES));
      from_mpz(base[i][j], n * power, z);
      exponent(exps[i][j], exp_words[j], seed + (int)j + i);
      to_mpz(e, exps[i][j], exp_words[j]);
      mpz_powm(z, z, e, mp), mpz_mul(want[i], want[i], z), mpz_mod(want[i], want[i], mp);
      terms[i][j] = (mod_term){base[i][j], exps[i][j], exp_words[j]};
    }
    mpz_mod(want[i], want[i], mp);
    jobs[i] = (mod_job){&c[i], terms[i], k, out[i]};
  }
  for (int secret = 0; secret < 2; secret++) {
    memset(out, 0xee, sizeof out);
    CHECK(mod_pow(jobs, JOBS, power, secret) == ECM_OK);
    for (int i = 0; i < JOBS; i++) {
      to_mpz(z, out[i], n * power);
      CHECK(!mpz_cmp(z, want[i]));
    }
  }
  mpz_clears(zm, mp, z, e, want[0], want[1], NULL);
}

static void test_powers_agree_with_gmp(void) {
  for (size_t s = 0; s < SIZES; s++)
    for (unsigned power = 1; power <= 2; power++)
      for (int seed = 0; seed < 12; seed++) {
        size_t k = 1 + (size_t)seed % 4, words[4] = {1 + test_rand() % 8, test_rand() % 6, 1 + test_rand() % 3, test_rand() % 5};
        pow_case(sizes[s], power, k, words, seed);
      }
}

/* Each window width of both paths: exponents of 1, 6, 7, 40, 41 words; and the product's own shapes. */
static void test_powers_at_every_window_width(void) {
  static const size_t words[] = {1, 2, 3, 4, 6, 7, 12, 40, 41, 48};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    for (int seed = 0; seed < 4; seed++) {
      pow_case(4, 2, 1, &words[i], seed);
      pow_case(8, 1, 1, &words[i], seed);
    }
  static const struct { size_t n; unsigned power; size_t words; } shape[] = {{16, 2, 16}, {32, 1, 32}, {32, 2, 32}, {48, 2, 48}, {24, 2, 24}};
  for (size_t i = 0; i < 5; i++) pow_case(shape[i].n, shape[i].power, 1, &shape[i].words, 0);
}

/* Four jobs over two bases and two moduli in every order: a table is used again only where it is right. */
static void test_jobs_may_share_bases(void) {
  static mod_ctx c[2];
  static uint64_t m[8], base[2][16], exps[4][3], out[4][16];
  mod_term terms[4];
  mod_job jobs[4];
  mpz_t zm[2], z, e;
  mpz_inits(zm[0], zm[1], z, e, NULL);
  for (int i = 0; i < 2; i++) {
    modulus(m, 8, 5), to_mpz(zm[i], m, 8), mpz_mul(zm[i], zm[i], zm[i]);
    CHECK(mod_init(&c[i], m, 8) == ECM_OK);
    fill(base[i], 15, 0); /* below either m^2 */
  }
  for (int secret = 0; secret < 2; secret++)
    for (unsigned order = 0; order < 256; order++) { /* two bits per job: which base, which modulus */
      for (int i = 0; i < 4; i++) {
        fill(exps[i], 3, (int)order % 5);
        terms[i] = (mod_term){base[order >> 2 * i & 1], exps[i], 3};
        jobs[i] = (mod_job){&c[order >> (2 * i + 1) & 1], &terms[i], 1, out[i]};
      }
      CHECK(mod_pow(jobs, 4, 2, secret) == ECM_OK);
      for (int i = 0; i < 4; i++) {
        to_mpz(z, terms[i].base, 16), to_mpz(e, exps[i], 3), mpz_powm(z, z, e, zm[order >> (2 * i + 1) & 1]), to_mpz(e, out[i], 16);
        CHECK(!mpz_cmp(z, e));
      }
    }
  mpz_clears(zm[0], zm[1], z, e, NULL);
}

static void test_fixed_base_agrees_with_gmp(void) {
  enum { COUNT = 70 };
  static mod_ctx c;
  static uint64_t m[MOD_MAX_WORDS], base[MOD_MAX_WORDS], exps[COUNT * 33], out[COUNT * MOD_MAX_WORDS];
  static const size_t shapes[][3] = {{4, 1, 3}, {5, 2, 6}, {16, 3, 6}, {8, 7, COUNT}, {32, 32, 6}, {4, 1, COUNT}, {4, 33, 7}, {7, 0, 2}};
  mpz_t zm, zb, z, e;
  mpz_inits(zm, zb, z, e, NULL);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
    for (int secret = 0; secret < 2; secret++) {
      size_t n = shapes[s][0], words = shapes[s][1], count = shapes[s][2];
      modulus(m, n, (int)s % MODULI);
      CHECK(mod_init(&c, m, n) == ECM_OK);
      to_mpz(zm, m, n);
      residue(zb, zm, 1, s % 3 == 2 ? 3 : 0);
      from_mpz(base, n, zb);
      for (size_t i = 0; i < count && words; i++) exponent(exps + i * words, words, (int)i);
      CHECK(mod_pow_fixed(&c, base, count, exps, words, out, secret) == ECM_OK);
      for (size_t i = 0; i < count; i++) {
        to_mpz(e, exps + i * words, words), mpz_powm(e, zb, e, zm), to_mpz(z, out + i * n, n);
        CHECK(!mpz_cmp(z, e));
      }
    }
  mpz_clears(zm, zb, z, e, NULL);
}

static void test_modulus_is_checked(void) {
  static mod_ctx c;
  uint64_t m[MOD_MAX_WORDS + 1] = {0};
  CHECK(mod_init(&c, m, 0) == ECM_E_ARGUMENT && mod_init(&c, m, MOD_MAX_WORDS + 1) == ECM_E_ARGUMENT);
  m[3] = 1;
  CHECK(mod_init(&c, m, 4) == ECM_E_MODULUS); /* even */
  m[0] = 1;
  CHECK(mod_init(&c, m, 4) == ECM_OK && mod_init(&c, m, 5) == ECM_E_MODULUS); /* top word zero */
  CHECK(mod_init(&c, m, 1) == ECM_E_MODULUS);                                 /* one */
}
#endif

int main(void) {
  CHECK(ecm_vault_open(1u << 23, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  RUN(test_kernel_has_a_name);
#ifdef HAVE_GMP
  RUN(test_words_agree_with_gmp);
  RUN(test_bytes_round_trip);
  RUN(test_reduction_leaves_its_quotient);
  RUN(test_montgomery_and_nadic_products);
  RUN(test_mul_and_reduce);
  RUN(test_high_digits_sum_to_all_ones);
  RUN(test_powers_agree_with_gmp);
  RUN(test_powers_at_every_window_width);
  RUN(test_jobs_may_share_bases);
  RUN(test_fixed_base_agrees_with_gmp);
  RUN(test_modulus_is_checked);
#else
  SKIP("modular arithmetic against GMP");
#endif
  return DONE();
}
