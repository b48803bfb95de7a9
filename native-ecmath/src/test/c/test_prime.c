/* SPDX-License-Identifier: Apache-2.0 */
#include "limb.h"
#include "modular.h"
#include "prime.h"
#include "small_primes.h"
#include "test.h"
#include "vault.h"

static size_t words_of(uint64_t *x, const char *hex) {
  uint8_t b[400];
  char even[801] = "0";
  size_t len = strlen(hex);
  strcpy(even + len % 2, hex);
  size_t n = test_hex(b, sizeof b, even);
  limb_from_bytes(x, 50, b, n);
  return (n + 7) / 8;
}
static int probable(const char *hex) {
  uint64_t x[50];
  size_t n = words_of(x, hex);
  return prime_is_probable_vartime(x, n, 20);
}

static void test_small_primes(void) {
  static uint16_t p[SMALL_PRIMES_BELOW_2_16];
  CHECK(small_primes(p, 1 << 16) == SMALL_PRIMES_BELOW_2_16);
  CHECK(p[0] == 3 && p[1] == 5 && p[SMALL_PRIMES_BELOW_2_16 - 1] == 65521);
  CHECK(small_primes(p, SMALL_FACTOR_BELOW) == SMALL_FACTOR_PRIMES); /* pi(2^13) = 1028 with 2 */
  for (uint64_t x = 0; x < 70000; x++) {
    int prime = x >= 2;
    for (uint64_t d = 2; d * d <= x && prime; d++) prime = x % d != 0;
    CHECK(prime_is_probable_vartime(&x, 1, 2) == prime);
  }
}

/* The smallest factor, wherever the prime stands in the kernel's groups, and whatever else divides. */
static void test_small_factors(void) {
  static uint16_t p[SMALL_FACTOR_PRIMES];
  size_t count = small_primes(p, SMALL_FACTOR_BELOW);
  for (size_t i = 0; i < count; i++) {
    uint64_t x[48], prime = p[i];
    for (size_t n = 1; n <= 47; n += 23) { /* p * 8209^(n-1) */
      uint64_t y[48] = {1}, base = 8209;
      for (size_t len = 1; len < n; len++) {
        uint64_t z[48];
        limb_mul(z, y, len, &base, 1), limb_copy(y, z, len + 1);
      }
      limb_mul(x, y, n, &prime, 1);
      CHECK(small_factor_vartime(x, n + 1) == p[i]);
      CHECK(small_factor_vartime(y, n) == 0);
      if (i + 1 < count) {
        uint64_t z[49], next = p[i + 1];
        limb_mul(z, x, n + 1, &next, 1);
        CHECK(small_factor_vartime(z, n + 2) == p[i]);
      }
    }
  }
}

static void test_known_primes(void) {
  CHECK(probable("7fffffffffffffffffffffffffffffff") == 1);                                 /* 2^127 - 1 */
  CHECK(probable("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed") == 1); /* 2^255 - 19 */
  CHECK(probable("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f") == 1); /* secp256k1 p */
  CHECK(probable("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141") == 1); /* and q */
  CHECK(probable("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed") == 1); /* ed25519 L */
  CHECK(probable("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2d") == 0);
  CHECK(probable("ffffffffffffffffffffffffffffffff") == 0);
  CHECK(probable("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee") == 0); /* even */
  uint64_t m521[9];
  memset(m521, 0xff, sizeof m521);
  m521[8] = 0x1ff;
  CHECK(prime_is_probable_vartime(m521, 9, 10) == 1);
  m521[8] = 0x7ff; /* 2^523 - 1 */
  CHECK(prime_is_probable_vartime(m521, 9, 10) == 0);
}

static void test_pseudoprimes(void) {
  /* Strong pseudoprimes to the first k prime bases (Jaeschke 1993; Jiang, Deng 2014; Sorenson, Webster 2017),, among them the smallest ones. */
  static const uint64_t psi[] = {2047u, 1373653u, 25326001u, 3215031751u, 2152302898747u, 3474749660383u, 341550071728321u, 3825123056546413051u};
  for (size_t i = 0; i < sizeof psi / sizeof *psi; i++) CHECK(prime_is_probable_vartime(&psi[i], 1, 10) == 0);
  CHECK(probable("437ae92817f9fc85b7e5") == 0);  /* 318665857834031151167461 */
  CHECK(probable("2be6951adc5b22410a5fd") == 0); /* 3317044064679887385961981: to all prime bases up to 41 */
  /* Carmichael numbers: small ones, and (6k+1)(12k+1)(18k+1) without a factor below 2^13. */
  static const uint64_t carmichael[] = {561u, 1105u, 1729u, 2465u, 6601u, 8911u, 41041u, 825265u, 321197185u, 5394826801u, 232250619601u,
                                        9746347772161u, 1436697831295441u, 60977817398996785u, 7156857700403137441u, 4507445537641u, 6323547512449u, 7622722964881u};
  for (size_t i = 0; i < sizeof carmichael / sizeof *carmichael; i++) CHECK(prime_is_probable_vartime(&carmichael[i], 1, 10) == 0);
}

#ifdef HAVE_GMP
#include <gmp.h>

static void import(mpz_t z, const uint64_t *x, size_t n) { mpz_import(z, n, -1, 8, 0, 0, x); }
static size_t export(uint64_t *x, size_t max, const mpz_t z) {
  size_t n = 0;
  memset(x, 0, 8 * max);
  mpz_export(x, &n, -1, 8, 0, 0, z);
  CHECK(n <= max);
  return n;
}
static void random_bits(mpz_t z, unsigned bits) {
  uint64_t r[100];
  for (int i = 0; i < 100; i++) r[i] = test_rand();
  import(z, r, 100);
  mpz_fdiv_r_2exp(z, z, bits);
}

/* Products of two and three primes p, k(p-1)+1: what fools Miller-Rabin with fixed bases most often (Arnault; Narayanan), without small
 * factors, so that the trial division does not help; and all numbers near a random one. */
static void test_agrees_with_gmp(void) {
  mpz_t p, q, r, x;
  uint64_t w[50];
  mpz_inits(p, q, r, x, NULL);
  int composites = 0, primes = 0;
  for (int it = 0; it < 300; it++) {
    unsigned bits = 20 + (unsigned)it;
    random_bits(p, bits), mpz_setbit(p, bits - 1);
    mpz_nextprime(p, p);
    CHECK(prime_is_probable_vartime(w, export(w, 50, p), 5) == 1);
    for (unsigned long k = 2; k <= 6; k += 2) { /* p * (k(p-1) + 1), whether or not the second is prime */
      mpz_sub_ui(q, p, 1), mpz_mul_ui(q, q, k), mpz_add_ui(q, q, 1);
      mpz_mul(x, p, q);
      CHECK(prime_is_probable_vartime(w, export(w, 50, x), 5) == 0);
    }
    mpz_mul(x, p, p);
    CHECK(prime_is_probable_vartime(w, export(w, 50, x), 5) == 0);
    for (int i = 0; i < 6; i++) {
      mpz_add_ui(p, p, 2);
      int want = mpz_probab_prime_p(p, 20) != 0;
      CHECK(prime_is_probable_vartime(w, export(w, 50, p), 5) == want);
      if (want) primes++;
      else composites++;
    }
  }
  CHECK(primes > 5 && composites > 1000);
  /* (6k+1)(12k+1)(18k+1), all three prime: Carmichael numbers of 3 x 60 bits */
  int found = 0;
  random_bits(r, 56), mpz_setbit(r, 55);
  for (int it = 0; it < 200000 && found < 2; it++, mpz_add_ui(r, r, 1)) {
    mpz_mul_ui(p, r, 6), mpz_add_ui(p, p, 1);
    if (!mpz_probab_prime_p(p, 2)) continue;
    mpz_mul_ui(q, r, 12), mpz_add_ui(q, q, 1);
    if (!mpz_probab_prime_p(q, 2)) continue;
    mpz_mul_ui(x, r, 18), mpz_add_ui(x, x, 1);
    if (!mpz_probab_prime_p(x, 2)) continue;
    mpz_mul(x, x, p), mpz_mul(x, x, q);
    CHECK(prime_is_probable_vartime(w, export(w, 50, x), 5) == 0);
    found++;
  }
  CHECK(found == 2);
  mpz_clears(p, q, r, x, NULL);
}

static void search(uint32_t bits, int safe) {
  prime_search *s = vault_scratch(prime_search_size());
  uint64_t x[24], zero[24] = {0};
  size_t n = bits / 64;
  uint32_t tried, total = 0;
  int32_t rc;
  mpz_t z;
  CHECK(s != NULL);
  if (!s) return;
  prime_search_init(s, bits, safe);
  int steps = 0;
  do {
    memset(x, 0xaa, sizeof x);
    rc = prime_search_step(s, 7, x, &tried);
    CHECK(tried >= 1 && tried <= 7);
    CHECK(rc == ECM_OK || (rc == ECM_MORE && !memcmp(x, zero, 8 * n)));
    total += tried;
    steps++;
  } while (rc == ECM_MORE);
  CHECK(rc == ECM_OK && steps == (int)((total + 6) / 7));
  mpz_init(z);
  import(z, x, n);
  CHECK(mpz_sizeinbase(z, 2) == bits && mpz_tstbit(z, bits - 2) && mpz_fdiv_ui(z, 4) == 3);
  CHECK(mpz_probab_prime_p(z, 30));
  if (safe) {
    mpz_fdiv_q_2exp(z, z, 1);
    CHECK(mpz_probab_prime_p(z, 30));
  }
  /* The state holds no copy of it. */
  const uint8_t *bytes = (const uint8_t *)s;
  for (size_t i = 0; i + 32 <= prime_search_size(); i += 4) CHECK(memcmp(bytes + i, x, 16) != 0);
  mpz_clear(z);
  vault_scratch_free(s);
}
static void test_search_128(void) { for (int i = 0; i < 20; i++) search(128, 0); }
static void test_search_256(void) { for (int i = 0; i < 10; i++) search(256, 0); }
static void test_search_512(void) { for (int i = 0; i < 4; i++) search(512, 0); }
static void test_search_1024(void) { search(1024, 0); }
static void test_search_safe_128(void) { for (int i = 0; i < 5; i++) search(128, 1); }
static void test_search_safe_256(void) { search(256, 1); }
static void test_search_safe_512(void) { search(512, 1); }
static void test_search_safe_1024(void) { search(1024, 1); } /* the deep sieve */

static void test_gcd(void) {
  mpz_t a, b, g;
  uint64_t x[96], y[96];
  mpz_inits(a, b, g, NULL);
  int ones = 0, others = 0;
  for (int it = 0; it < 400; it++) {
    random_bits(a, 1 + (unsigned)(test_rand() % 1500)), random_bits(b, 1 + (unsigned)(test_rand() % 1500));
    if (it % 3 == 0) {
      random_bits(g, 1 + (unsigned)(test_rand() % 900));
      mpz_mul(a, a, g), mpz_mul(b, b, g);
    }
    if (it % 5 == 1) mpz_mul_2exp(b, b, test_rand() % 200);
    if (it == 7) mpz_set_ui(a, 0);
    if (it == 8) mpz_set_ui(a, 0), mpz_set_ui(b, 1);
    if (it == 9) mpz_set_ui(a, 0), mpz_set_ui(b, 0);
    if (it == 10) mpz_set_ui(b, 1);
    if (it == 11) mpz_set(b, a);
    export(x, 96, a), export(y, 96, b);
    mpz_gcd(g, a, b);
    int want = !mpz_cmp_ui(g, 1);
    CHECK(modular_gcd_is_one_vartime(x, 96, y, 96) == want);
    CHECK(modular_gcd_is_one_vartime(y, 50, x, 50) == want);
    if (want) ones++;
    else others++;
  }
  CHECK(ones > 50 && others > 50);
  mpz_clears(a, b, g, NULL);
}

static void test_inverse(void) {
  mpz_t a, m, v, w;
  uint64_t x[96], y[96], r[96], zero[96] = {0};
  mpz_inits(a, m, v, w, NULL);
  static const size_t sizes[] = {1, 2, 4, 7, 16, 24, 31, 32, 48, 96};
  int units = 0, others = 0;
  for (int it = 0; it < 400; it++) {
    size_t n = sizes[it % 10];
    random_bits(m, 64 * (unsigned)n), mpz_setbit(m, 0);
    if (it % 7 == 0) mpz_set_ui(m, 0), mpz_setbit(m, 64 * n), mpz_sub_ui(m, m, 1); /* B^n - 1, divisible by 3 and 5 */
    if (it % 7 == 1) mpz_set_ui(m, 3);
    random_bits(a, 64 * (unsigned)n); /* may be above m */
    if (it % 11 == 0) mpz_sub_ui(a, m, 1);
    if (it % 11 == 1) mpz_set_ui(a, 1);
    if (it % 11 == 2) mpz_set_ui(a, 0);
    if (it % 11 == 3) mpz_set(a, m);
    if (it % 11 == 4) mpz_set_ui(a, 0), mpz_setbit(a, 64 * n), mpz_sub_ui(a, a, 1);
    export(x, n, a), export(y, n, m);
    memset(r, 0xee, sizeof r);
    int32_t rc = ct_inverse_mod(r, x, y, n);
    if (mpz_invert(v, a, m)) {
      import(w, r, n);
      CHECK(rc == ECM_OK && !mpz_cmp(v, w));
      units++;
    } else {
      CHECK(rc == ECM_E_UNIT && !memcmp(r, zero, 8 * n));
      others++;
    }
  }
  CHECK(units > 50 && others > 20);
  uint64_t even[2] = {4, 1}, one[2] = {1, 0};
  CHECK(ct_inverse_mod(r, one, even, 2) == ECM_E_ARGUMENT && ct_inverse_mod(r, one, one, 2) == ECM_E_ARGUMENT);
  CHECK(ct_inverse_mod(r, one, one, 0) == ECM_E_ARGUMENT && ct_inverse_mod(r, one, one, 97) == ECM_E_ARGUMENT);
  mpz_clears(a, m, v, w, NULL);
}
#endif

static void test_search_arguments(void) {
  prime_search *s = vault_scratch(prime_search_size());
  uint64_t x[24];
  CHECK(s != NULL);
  if (!s) return;
  static const uint32_t bad[] = {0, 64, 127, 130, 1537, 1600};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    prime_search_init(s, bad[i], 0);
    CHECK(prime_search_step(s, 1, x, NULL) == ECM_E_ARGUMENT);
  }
  vault_scratch_free(s);
}

int main(void) {
  if (ecm_vault_open(1u << 23, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return 1;
  printf("kernel: %s\n", mod_kernel_name());
  RUN(test_small_primes);
  RUN(test_small_factors);
  RUN(test_known_primes);
  RUN(test_pseudoprimes);
  RUN(test_search_arguments);
#ifdef HAVE_GMP
  RUN(test_agrees_with_gmp);
  RUN(test_search_128);
  RUN(test_search_256);
  RUN(test_search_512);
  RUN(test_search_1024);
  RUN(test_search_safe_128);
  RUN(test_search_safe_256);
  RUN(test_search_safe_512);
  RUN(test_search_safe_1024);
  RUN(test_gcd);
  RUN(test_inverse);
#else
  SKIP("primes against GMP");
#endif
  return DONE();
}
