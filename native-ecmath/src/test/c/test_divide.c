/* SPDX-License-Identifier: Apache-2.0 */
/* Long division and the constants of a modulus against GMP: quotients whose words are at the ends of their range, divisors that resemble the
 * dividend. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_divide: needs libgmp");
  return DONE();
}
#else
#include <gmp.h>

#include "divide.h"
#include "limb.h"
#include "nadic.h"
#include "test.h"

enum { MAX = 6 * MOD_MAX_WORDS };

static void to_mpz(mpz_t r, const uint64_t *x, size_t n) { mpz_import(r, n, -1, 8, 0, 0, x); }
static void from_mpz(uint64_t *x, size_t n, const mpz_t z) {
  memset(x, 0, 8 * n);
  CHECK(mpz_sizeinbase(z, 2) <= 64 * n || !mpz_sgn(z));
  mpz_export(x, NULL, -1, 8, 0, 0, z);
}
static int is(const mpz_t z, const uint64_t *x, size_t n) {
  mpz_t t;
  mpz_init(t);
  to_mpz(t, x, n);
  int same = !mpz_cmp(t, z);
  mpz_clear(t);
  return same;
}

/* Words of all zeros, all ones, one, 2^63, or random; shape 0: all random */
static void shaped(uint64_t *x, size_t n, unsigned shape) {
  for (size_t i = 0; i < n; i++) {
    static const uint64_t edge[] = {0, UINT64_MAX, 1, (uint64_t)1 << 63, UINT64_MAX - 1, UINT64_MAX >> 1};
    unsigned which = (unsigned)(test_rand() % 8);
    x[i] = shape && which < 6 ? edge[which] : test_rand();
  }
}

static void modulus(uint64_t *m, size_t n, unsigned round) {
  shaped(m, n, round % 3);
  m[0] |= 1;
  if (round % 5 == 1) m[n - 1] |= (uint64_t)1 << 63;
  if (round % 5 == 2) m[n - 1] = 1 + test_rand() % 5;
  if (round % 5 == 3) m[n - 1] = UINT64_MAX >> test_rand() % 64;
  if (round % 5 == 4) m[n - 1] = (uint64_t)1 << test_rand() % 64;
  if (m[n - 1] == 0) m[n - 1] = 3;
  m[0] |= 1;
  if (n == 1 && m[0] == 1) m[0] = 3;
}

static void constants_match_gmp(void) {
  static mod_ctx c;
  uint64_t m[MOD_MAX_WORDS];
  mpz_t z, r, t, q;
  mpz_inits(z, r, t, q, NULL);
  for (unsigned round = 0; round < 4000; round++) {
    size_t n = 1 + test_rand() % (round % 4 ? 6 : MOD_MAX_WORDS);
    modulus(m, n, round);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    to_mpz(z, m, n);
    for (int power = 1; power <= 2; power++) {
      mpz_set_ui(r, 0), mpz_setbit(r, 64 * n * (size_t)power);
      mpz_fdiv_qr(q, t, r, z);
      CHECK(is(t, power == 1 ? c.r1 : c.r2, n) && is(t, power == 1 ? c.nadic_r1 : c.nadic_r2, n));
      mpz_mod(q, q, z);
      CHECK(is(q, (power == 1 ? c.nadic_r1 : c.nadic_r2) + n, n));
    }
    CHECK(c.m0inv * m[0] == UINT64_MAX && c.n == n);
  }
  mpz_clears(z, r, t, q, NULL);
}

static void quotients_match_gmp(void) {
  static mod_ctx c;
  static uint64_t m[MOD_MAX_WORDS], x[MAX], q[MAX + 1], r[2 * MOD_MAX_WORDS], w[NADIC_WORK(MOD_MAX_WORDS)];
  mpz_t z, a, b, t;
  mpz_inits(z, a, b, t, NULL);
  for (unsigned round = 0; round < 20000; round++) {
    size_t n = 1 + test_rand() % (round % 8 ? 5 : MOD_MAX_WORDS), xn = n + test_rand() % (round % 8 ? 9 : 2 * n + 3);
    modulus(m, n, round);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    to_mpz(z, m, n);
    shaped(x, xn, round % 2);
    if (round % 4 >= 2) { /* q*m + r with r at the ends of its range, or the leading words of m */
      to_mpz(a, x, xn - n + 1), mpz_mul(a, a, z);
      if (round % 3) mpz_add(a, a, z), mpz_sub_ui(a, a, 1);
      mpz_fdiv_r_2exp(a, a, 64 * xn), from_mpz(x, xn, a);
    } else if (round % 16 == 1) {
      limb_copy(x + xn - n, m, n);
      x[xn - n] -= test_rand() % 2;
    }
    to_mpz(a, x, xn);
    mpz_fdiv_qr(b, t, a, z);
    divide(&c, q, r, x, xn, w);
    CHECK(is(b, q, xn - n + 1) && is(t, r, n));
    memset(r, 0xff, 8 * n);
    divide(&c, NULL, r, x, xn, w);
    CHECK(is(t, r, n));
    nadic_split(&c, r, x, xn, w);
    mpz_mod(b, b, z);
    CHECK(is(t, r, n) && is(b, r + n, n));
  }
  mpz_clears(z, a, b, t, NULL);
}

int main(void) {
  if (ecm_vault_open(1u << 22, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return 1;
  RUN(constants_match_gmp);
  RUN(quotients_match_gmp);
  return DONE();
}
#endif
