/* SPDX-License-Identifier: Apache-2.0 */
#include "ecm.h"
#include "limb.h"
#include "modular.h"
#include "prime.h"
#include "test.h"

enum { MAX = 2 * MOD_MAX_WORDS };

/* What needs no oracle: multiplicative in both arguments, reciprocity, both supplements. */
static void test_laws(void) {
  for (int i = 0; i < 3000; i++) {
    uint64_t a[MAX], b[MAX], m[MAX], n[MAX], ab[MAX], mn[MAX];
    size_t an = 1 + test_rand() % 24, bn = 1 + test_rand() % 24;
    test_rand_bytes((uint8_t *)a, 8 * an), test_rand_bytes((uint8_t *)b, 8 * bn);
    test_rand_bytes((uint8_t *)m, 8 * an), test_rand_bytes((uint8_t *)n, 8 * bn);
    m[0] |= 1, n[0] |= 1;
    limb_mul(ab, a, an, b, bn), limb_mul(mn, m, an, n, bn);
    int j = jacobi_vartime(a, an, n, bn);
    CHECK(jacobi_vartime(ab, an + bn, n, bn) == j * jacobi_vartime(b, bn, n, bn));
    CHECK(jacobi_vartime(a, an, mn, an + bn) == j * jacobi_vartime(a, an, m, an));
    CHECK(jacobi_vartime(m, an, n, bn) == jacobi_vartime(n, bn, m, an) * ((m[0] & n[0] & 2) ? -1 : 1));
    uint64_t minus_1[MAX], two = 2;
    limb_copy(minus_1, n, bn), minus_1[0] -= 1;
    CHECK(jacobi_vartime(minus_1, bn, n, bn) == ((n[0] & 2) ? -1 : 1));
    CHECK(jacobi_vartime(&two, 1, n, bn) == ((n[0] & 7) == 3 || (n[0] & 7) == 5 ? -1 : 1));
    int coprime = modular_gcd_is_one_vartime(a, an, n, bn);
    CHECK(coprime == (j != 0) && modular_gcd_is_one_vartime(n, bn, a, an) == coprime);
  }
}

static void test_edges(void) {
  uint64_t x[4] = {0}, n[4] = {0};
  n[0] = 1;
  CHECK(jacobi_vartime(x, 4, n, 4) == 1 && jacobi_vartime(n, 4, n, 4) == 1 && jacobi_vartime(n, 0, n, 4) == 1); /* (a/1) = 1 */
  n[0] = 9;
  CHECK(jacobi_vartime(x, 4, n, 4) == 0 && jacobi_vartime(n, 0, n, 1) == 0 && jacobi_vartime(n, 4, n, 4) == 0);
  n[0] = 2;
  CHECK(jacobi_vartime(x, 4, n, 4) == 0 && jacobi_vartime(n, 4, x, 4) == 0 && jacobi_vartime(x, 4, n, 0) == 0); /* not odd */
  for (uint64_t m = 1; m < 64; m += 2)
    for (uint64_t a = 0; a < 256; a++) { /* Euler's criterion, factor by factor */
      int want = 1;
      uint64_t rest = m;
      for (uint64_t p = 3; rest > 1; p += 2)
        for (; rest % p == 0; rest /= p) {
          uint64_t power = 1;
          for (uint64_t i = 0; i < (p - 1) / 2; i++) power = power * a % p;
          want *= power == 0 ? 0 : power == 1 ? 1 : -1;
        }
      CHECK(jacobi_vartime(&a, 1, &m, 1) == want);
    }
}

static void test_api(void) {
  enum { LEN = 48 };
  uint8_t n[400], e[3 * LEN] = {0};
  int8_t out[3] = {9, 9, 9};
  memset(n, 0xff, sizeof n);
  e[LEN - 1] = 1, e[2 * LEN - 1] = 2, memset(e + 2 * LEN, 0xff, LEN), e[3 * LEN - 1] = 0xfe;
  CHECK(ecm_jacobi_vartime(n, LEN, 3, e, out) == ECM_OK && out[0] == 1 && out[1] == 1 && out[2] == -1); /* N = 7 mod 8: 1, 2, -1 */
  CHECK(ecm_jacobi_vartime(n, LEN, 0, NULL, out) == ECM_OK && out[0] == 1);
  e[3 * LEN - 1] = 0xff; /* N itself */
  CHECK(ecm_jacobi_vartime(n, LEN, 3, e, out) == ECM_E_RANGE && !out[0] && !out[1] && !out[2]);
  static const struct { size_t nlen; int32_t code; } refused[] = {{16, ECM_E_ARGUMENT}, {40, ECM_E_ARGUMENT}, {400, ECM_E_ARGUMENT}, {0, ECM_E_ARGUMENT}};
  for (int i = 0; i < 4; i++) {
    out[0] = 9;
    CHECK(ecm_jacobi_vartime(n, refused[i].nlen, 1, e, out) == refused[i].code && !out[0]);
  }
  CHECK(ecm_jacobi_vartime(NULL, LEN, 1, e, out) == ECM_E_ARGUMENT && ecm_jacobi_vartime(n, LEN, 1, NULL, out) == ECM_E_ARGUMENT);
  CHECK(ecm_jacobi_vartime(n, LEN, 1, e, NULL) == ECM_E_ARGUMENT && ecm_jacobi_vartime(n, LEN, 0, NULL, NULL) == ECM_OK);
  n[LEN - 1] = 0xfe;
  CHECK(ecm_jacobi_vartime(n, LEN, 1, e, out) == ECM_E_MODULUS);
  n[LEN - 1] = 0xff, n[0] = 0x7f;
  CHECK(ecm_jacobi_vartime(n, LEN, 1, e, out) == ECM_E_MODULUS);
}

#ifdef HAVE_GMP
#include <gmp.h>

static void agree(const mpz_t a, const mpz_t b) {
  uint64_t x[MAX] = {0}, y[MAX] = {0};
  if (mpz_sizeinbase(a, 2) > 64 * MAX || mpz_sizeinbase(b, 2) > 64 * MAX) return;
  mpz_export(x, NULL, -1, 8, 0, 0, a), mpz_export(y, NULL, -1, 8, 0, 0, b);
  int want = mpz_even_p(b) ? 0 : mpz_jacobi(a, b);
  CHECK(jacobi_vartime(x, MAX, y, MAX) == want);
  CHECK(jacobi_vartime(x, mpz_size(a), y, mpz_size(b)) == want);
  mpz_t g;
  mpz_init(g), mpz_gcd(g, a, b);
  CHECK(modular_gcd_is_one_vartime(x, mpz_size(a), y, mpz_size(b)) == (mpz_cmp_ui(g, 1) == 0));
  mpz_clear(g);
}

static void both(const mpz_t a, const mpz_t b) { agree(a, b), agree(b, a); }

static void test_random(void) {
  gmp_randstate_t r;
  mpz_t a, b, g;
  gmp_randinit_default(r), mpz_inits(a, b, g, NULL);
  for (int i = 0; i < 40000; i++) {
    size_t most = i % 4 ? 256 : 64 * MAX - 64, abits = 1 + test_rand() % most, bbits = 1 + test_rand() % most;
    if (i % 2) mpz_urandomb(a, r, abits), mpz_urandomb(b, r, bbits);
    else mpz_rrandomb(a, r, abits), mpz_rrandomb(b, r, bbits); /* long runs of ones and zeros */
    if (i % 3 == 0) mpz_urandomb(g, r, 1 + test_rand() % 64), mpz_mul(a, a, g), mpz_mul(b, b, g);
    both(a, b);
  }
  mpz_clears(a, b, g, NULL), gmp_randclear(r);
}

/* Numbers whose top bits say nothing about which is larger, quotients that are all one, differences with many factors two. */
static void test_close(void) {
  gmp_randstate_t r;
  mpz_t a, b, d;
  gmp_randinit_default(r), mpz_inits(a, b, d, NULL);
  for (size_t bits = 1; bits <= 64 * MAX; bits += 1 + bits / 16) {
    for (size_t k = 0; k < bits; k += 1 + bits / 8) {
      mpz_urandomb(b, r, bits), mpz_setbit(b, bits - 1), mpz_setbit(b, 0);
      mpz_set(a, b), mpz_combit(a, k), both(a, b);
      mpz_set_ui(d, 0), mpz_setbit(d, k), mpz_add(a, b, d), both(a, b);
      mpz_sub(a, b, d), mpz_abs(a, a), both(a, b);
      mpz_urandomb(d, r, k + 1), mpz_add(a, b, d), both(a, b);
      mpz_set_ui(a, 0), mpz_setbit(a, k), both(a, b);
      mpz_sub_ui(a, a, 1), both(a, b);
    }
    mpz_set_ui(b, 0), mpz_setbit(b, bits), mpz_sub_ui(b, b, 1); /* all ones */
    for (unsigned k = 0; k < 200; k++) mpz_set_ui(d, k), mpz_add(a, b, d), both(a, b);
  }
  for (unsigned long i = 1; i < 8800; i += 1 + i / 50) mpz_fib2_ui(a, b, i), both(a, b);
  mpz_clears(a, b, d, NULL), gmp_randclear(r);
}
#endif

int main(void) {
  RUN(test_laws);
  RUN(test_edges);
  RUN(test_api);
#ifdef HAVE_GMP
  RUN(test_random);
  RUN(test_close);
#else
  SKIP("against GMP");
#endif
  return DONE();
}
