/* SPDX-License-Identifier: Apache-2.0 */
#include "ecm.h"
#include "test.h"

/* The exported functions on public moduli, against GMP; and every refusal by name. */

static const uint8_t filler = 0xee;
static int all_are(const uint8_t *p, size_t n, uint8_t v) {
  for (size_t i = 0; i < n; i++)
    if (p[i] != v) return 0;
  return 1;
}

#ifdef HAVE_GMP
#include <gmp.h>
enum { MAX = 384 };

static void be(uint8_t *out, size_t len, const mpz_t z) {
  uint8_t tmp[2 * MAX + 8];
  size_t n = 0;
  memset(out, 0, len);
  mpz_export(tmp, &n, 1, 1, 1, 0, z);
  CHECK(n <= len);
  if (n <= len) memcpy(out + len - n, tmp, n);
}
static void of(mpz_t z, const uint8_t *in, size_t len) { mpz_import(z, len, 1, 1, 1, 0, in); }
static void random_mpz(mpz_t z, size_t bytes) {
  uint8_t b[2 * MAX];
  test_rand_bytes(b, bytes);
  of(z, b, bytes);
}
/* A product of two primes of exactly 8*nlen bits, and one of them. */
static void semiprime(mpz_t N, mpz_t p, size_t nlen) {
  mpz_t q;
  mpz_init(q);
  do {
    random_mpz(p, nlen / 2), mpz_setbit(p, 4 * nlen - 1), mpz_setbit(p, 4 * nlen - 2), mpz_nextprime(p, p);
    random_mpz(q, nlen / 2), mpz_setbit(q, 4 * nlen - 1), mpz_setbit(q, 4 * nlen - 2), mpz_nextprime(q, q);
    mpz_mul(N, p, q);
  } while (mpz_sizeinbase(N, 2) != 8 * nlen);
  mpz_clear(q);
}

static void test_modulus_check(void) {
  mpz_t N, p, x;
  uint8_t n[MAX], keep;
  mpz_inits(N, p, x, NULL);
  for (size_t nlen = 32; nlen <= 128; nlen *= 2) {
    semiprime(N, p, nlen), be(n, nlen, N);
    CHECK(ecm_modulus_check_vartime(n, nlen) == ECM_OK);
    n[nlen - 1] ^= 1;
    CHECK(ecm_modulus_check_vartime(n, nlen) == ECM_E_MODULUS); /* even */
    n[nlen - 1] ^= 1, keep = n[0], n[0] &= 0x7f;
    CHECK(ecm_modulus_check_vartime(n, nlen) == ECM_E_MODULUS); /* too short */
    n[0] = keep;
    mpz_set_ui(x, 0), mpz_setbit(x, 8 * nlen - 1), mpz_nextprime(x, x), be(n, nlen, x);
    CHECK(ecm_modulus_check_vartime(n, nlen) == ECM_E_MODULUS); /* prime */
    /* 8191 is the largest prime below 2^13, 8209 the smallest above. */
    static const unsigned long factor[] = {3, 8191, 8209};
    for (int i = 0; i < 3; i++) {
      mpz_set_ui(x, 0), mpz_setbit(x, 8 * nlen - 1), mpz_cdiv_q_ui(x, x, factor[i]), mpz_nextprime(x, x), mpz_mul_ui(x, x, factor[i]);
      be(n, nlen, x);
      CHECK(ecm_modulus_check_vartime(n, nlen) == (i < 2 ? ECM_E_MODULUS : ECM_OK));
    }
    CHECK(ecm_modulus_check_vartime(n, nlen - 1) == ECM_E_ARGUMENT && ecm_modulus_check_vartime(n, nlen - 8) == ECM_E_ARGUMENT);
  }
  CHECK(ecm_modulus_check_vartime(NULL, 32) == ECM_E_ARGUMENT && ecm_modulus_check_vartime(n, 16) == ECM_E_ARGUMENT);
  CHECK(ecm_modulus_check_vartime(n, 400) == ECM_E_ARGUMENT && ecm_modulus_check_vartime(n, 0) == ECM_E_ARGUMENT);
  mpz_clears(N, p, x, NULL);
}

static void test_units_check(void) {
  enum { LEN = 64, COUNT = 5 };
  mpz_t N, p, x, bound;
  uint8_t n[LEN], e[COUNT * 2 * LEN];
  mpz_inits(N, p, x, bound, NULL);
  semiprime(N, p, LEN), be(n, LEN, N);
  for (uint32_t power = 1; power <= 2; power++) {
    size_t len = LEN * power;
    mpz_pow_ui(bound, N, power);
    for (int bad = -1; bad < COUNT; bad++)
      for (int how = 0; how < 5; how++) {
        for (int i = 0; i < COUNT; i++) {
          random_mpz(x, len), mpz_mod(x, x, bound);
          if (i == 0) mpz_set_ui(x, 1);
          if (i == 1) mpz_sub_ui(x, bound, 1);
          if (i == bad) {
            if (how == 0) mpz_set_ui(x, 0);
            if (how == 1) mpz_set(x, bound);
            if (how == 2) mpz_set(x, p);
            if (how == 3) mpz_sub(x, bound, p);
            if (how == 4) mpz_set_ui(x, 0), mpz_setbit(x, 8 * len), mpz_sub_ui(x, x, 1);
          }
          be(e + (size_t)i * len, len, x);
        }
        int32_t want = bad < 0 ? ECM_OK : how == 2 || how == 3 ? ECM_E_UNIT : ECM_E_RANGE;
        CHECK(ecm_units_check_vartime(n, LEN, power, COUNT, e) == want);
      }
  }
  be(e, 2 * LEN, N); /* 0 mod N, but not 0 mod N^2 */
  CHECK(ecm_units_check_vartime(n, LEN, 2, 1, e) == ECM_E_UNIT);
  CHECK(ecm_units_check_vartime(n, LEN, 1, 0, NULL) == ECM_OK && ecm_units_check_vartime(n, LEN, 1, 1, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_units_check_vartime(n, LEN, 0, 1, e) == ECM_E_ARGUMENT && ecm_units_check_vartime(n, LEN, 3, 1, e) == ECM_E_ARGUMENT);
  n[LEN - 1] ^= 1;
  CHECK(ecm_units_check_vartime(n, LEN, 1, 1, e) == ECM_E_MODULUS);
  mpz_clears(N, p, x, bound, NULL);
}

static void test_pow(void) {
  enum { COUNT = 3 };
  static const size_t lens[] = {32, 48, 64, 256, 384};
  static uint8_t n[MAX], bases[COUNT * 4 * 2 * MAX], exps[COUNT * 4 * 100], out[COUNT * 2 * MAX];
  mpz_t N, bound, x, e, want;
  mpz_inits(N, bound, x, e, want, NULL);
  for (int it = 0; it < 40; it++) {
    size_t nlen = lens[it % 5], k = 1 + (size_t)it % 4, esum = 0;
    uint32_t power = 1 + (uint32_t)it / 4 % 2, exp_len[4];
    size_t len = nlen * power;
    random_mpz(N, nlen), mpz_setbit(N, 8 * nlen - 1), mpz_setbit(N, 0), be(n, nlen, N), mpz_pow_ui(bound, N, power);
    for (size_t j = 0; j < k; j++) esum += exp_len[j] = (uint32_t)(test_rand() % 40) * (it != 7);
    for (size_t i = 0; i < COUNT * k; i++) {
      random_mpz(x, len), mpz_mod(x, x, bound);
      if (it % 6 == 5) mpz_sub_ui(x, bound, 1 + i);
      be(bases + i * len, len, x);
    }
    test_rand_bytes(exps, COUNT * esum);
    if (it % 8 == 3) memset(exps, it % 16 == 3 ? 0 : 0xff, COUNT * esum);
    memset(out, filler, sizeof out);
    CHECK(ecm_pow_vartime(n, nlen, power, COUNT, k, bases, exps, exp_len, out) == ECM_OK);
    const uint8_t *ep = exps;
    for (size_t i = 0; i < COUNT; i++) {
      mpz_set_ui(want, 1);
      for (size_t j = 0; j < k; j++) {
        of(e, ep, exp_len[j]), ep += exp_len[j];
        of(x, bases + (i * k + j) * len, len);
        mpz_powm(x, x, e, bound), mpz_mul(want, want, x), mpz_mod(want, want, bound);
      }
      of(x, out + i * len, len);
      CHECK(!mpz_cmp(x, want));
    }
    CHECK(all_are(out + COUNT * len, sizeof out - COUNT * len, filler));
    /* A base that is not a residue, in the last place: nothing leaves. */
    mpz_set(x, bound), be(bases + (COUNT * k - 1) * len, len, x);
    CHECK(ecm_pow_vartime(n, nlen, power, COUNT, k, bases, exps, exp_len, out) == ECM_E_RANGE && all_are(out, COUNT * len, 0));
  }
  uint32_t el[5] = {1, 1, 1, 1, 1}, too_long[1] = {4097};
  mpz_set_ui(x, 2), be(bases, 32, x), n[31] |= 1;
#define REFUSED(call)                                              \
  do {                                                             \
    memset(out, filler, 32);                                       \
    CHECK((call) == ECM_E_ARGUMENT && all_are(out, 32, 0));        \
  } while (0)
  REFUSED(ecm_pow_vartime(n, 32, 1, 1, 0, bases, exps, el, out));
  REFUSED(ecm_pow_vartime(n, 32, 1, 1, 5, bases, exps, el, out));
  REFUSED(ecm_pow_vartime(n, 32, 1, 1, 1, bases, exps, too_long, out));
  REFUSED(ecm_pow_vartime(n, 32, 1, 1, 1, NULL, exps, el, out));
  REFUSED(ecm_pow_vartime(n, 32, 1, 1, 1, bases, NULL, el, out));
  REFUSED(ecm_pow_vartime(n, 32, 1, 1, 1, bases, exps, NULL, out));
  REFUSED(ecm_pow_vartime(NULL, 32, 1, 1, 1, bases, exps, el, out));
  CHECK(ecm_pow_vartime(n, 32, 3, 1, 1, bases, exps, el, out) == ECM_E_ARGUMENT);
  CHECK(ecm_pow_vartime(n, 32, 1, 1, 1, bases, exps, el, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_pow_vartime(n, 32, 1, 5000, 1, bases, exps, el, out) == ECM_E_ARGUMENT);
  mpz_clears(N, bound, x, e, want, NULL);
}

static void test_pow_fixed(void) {
  static const size_t counts[] = {1, 2, 5, 64, 70}, exp_lens[] = {1, 8, 16, 33, 0};
  static uint8_t n[MAX], base[MAX], exps[70 * 33], out[70 * 64];
  mpz_t N, b, x, e;
  mpz_inits(N, b, x, e, NULL);
  for (int it = 0; it < 25; it++) {
    size_t nlen = it % 2 ? 64 : 32, count = counts[it % 5], elen = exp_lens[it / 5];
    random_mpz(N, nlen), mpz_setbit(N, 8 * nlen - 1), mpz_setbit(N, 0), be(n, nlen, N);
    random_mpz(b, nlen), mpz_mod(b, b, N), be(base, nlen, b);
    test_rand_bytes(exps, count * elen);
    memset(exps, 0xff, elen); /* the first all ones, the last zero */
    if (count > 1 && elen) memset(exps + (count - 1) * elen, 0, elen);
    CHECK(ecm_pow_fixed_vartime(n, nlen, base, count, exps, elen, out) == ECM_OK);
    for (size_t i = 0; i < count; i++) {
      of(e, exps + i * elen, elen), mpz_powm(e, b, e, N), of(x, out + i * nlen, nlen);
      CHECK(!mpz_cmp(x, e));
    }
    CHECK(ecm_pow_fixed_vartime(n, nlen, n, count, exps, elen, out) == ECM_E_RANGE && all_are(out, count * nlen, 0));
  }
  CHECK(ecm_pow_fixed_vartime(n, 32, NULL, 1, exps, 1, out) == ECM_E_ARGUMENT);
  CHECK(ecm_pow_fixed_vartime(n, 32, base, 1, exps, 4097, out) == ECM_E_ARGUMENT);
  mpz_clears(N, b, x, e, NULL);
}

static void test_product(void) {
  enum { LEN = 48, COUNT = 7 };
  uint8_t n[LEN], e[COUNT * 2 * LEN], out[2 * LEN];
  mpz_t N, bound, x, want;
  mpz_inits(N, bound, x, want, NULL);
  for (uint32_t power = 1; power <= 2; power++)
    for (size_t count = 0; count <= COUNT; count++) {
      size_t len = LEN * power;
      random_mpz(N, LEN), mpz_setbit(N, 8 * LEN - 1), mpz_setbit(N, 0), be(n, LEN, N), mpz_pow_ui(bound, N, power);
      mpz_set_ui(want, 1);
      for (size_t i = 0; i < count; i++) {
        random_mpz(x, len), mpz_mod(x, x, bound), be(e + i * len, len, x);
        mpz_mul(want, want, x), mpz_mod(want, want, bound);
      }
      CHECK(ecm_product_vartime(n, LEN, power, count, e, out) == ECM_OK);
      of(x, out, len);
      CHECK(!mpz_cmp(x, want));
      if (!count) continue;
      be(e + (count - 1) * len, len, bound);
      CHECK(ecm_product_vartime(n, LEN, power, count, e, out) == ECM_E_RANGE && all_are(out, len, 0));
    }
  CHECK(ecm_product_vartime(n, LEN, 1, 1, NULL, out) == ECM_E_ARGUMENT && ecm_product_vartime(n, LEN, 0, 1, e, out) == ECM_E_ARGUMENT);
  mpz_clears(N, bound, x, want, NULL);
}
#endif

int main(void) {
  if (ecm_vault_open(1u << 22, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return 1;
#ifdef HAVE_GMP
  RUN(test_modulus_check);
  RUN(test_units_check);
  RUN(test_pow);
  RUN(test_pow_fixed);
  RUN(test_product);
#else
  SKIP("public modular functions against GMP");
#endif
  return DONE();
}
