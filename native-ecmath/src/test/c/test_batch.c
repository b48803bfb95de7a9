/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of every size through the kernel in use, against GMP: full and partial lanes, each lane its own modulus. */
#include "kernel/kernel.h"
#include "limb.h"
#include "modular.h"
#include "test.h"
#include "vault.h"

#ifdef HAVE_GMP
#include <gmp.h>

enum { JOBS = 19, MAX = 2 * MOD_MAX_WORDS, EXP = 50 };
static const size_t sizes[] = {4, 8, 16, 24, 32, 48};
enum { SIZES = sizeof sizes / sizeof *sizes };

static mod_ctx ctx[JOBS];
static uint64_t m[MOD_MAX_WORDS], base[JOBS][4][MAX], exps[JOBS][4][EXP], out[JOBS][MAX];
static mod_term terms[JOBS][4];
static mod_job jobs[JOBS];

static void to_mpz(mpz_t z, const uint64_t *x, size_t n) { mpz_import(z, n, -1, 8, 0, 0, x); }
static void from_mpz(uint64_t *x, size_t n, const mpz_t z) {
  memset(x, 0, 8 * n);
  CHECK(mpz_sizeinbase(z, 2) <= 64 * n);
  mpz_export(x, NULL, -1, 8, 0, 0, z);
}

/* Random; all ones; just below 2^(64n-1); just above it; top word 1; all ones but the last limb of 52 bits; top bits 11. */
static void modulus(uint64_t *x, size_t n, int which) {
  for (size_t i = 0; i < n; i++) x[i] = which == 1 || which == 2 || which == 5 ? ~(uint64_t)0 : which == 3 || which == 4 ? 0 : test_rand();
  if (which == 2) x[n - 1] >>= 1;
  if (which == 3) x[n - 1] = (uint64_t)1 << 63, x[0] = test_rand();
  if (which == 4) x[n - 1] = 1;
  if (which == 5) x[0] = test_rand() >> 12 | 0xfff0000000000000;
  if (which == 6) x[n - 1] |= (uint64_t)3 << 62;
  if (!x[n - 1]) x[n - 1] = 1;
  x[0] |= 1;
}

/* Residues: random; 0; 1; -1; 0 mod m; -1 mod m; m^power - m; runs of ones. */
static void residue(mpz_t x, const uint64_t *mw, size_t n, unsigned power, int which) {
  mpz_t z, mp;
  mpz_inits(z, mp, NULL);
  to_mpz(z, mw, n), mpz_pow_ui(mp, z, power);
  mpz_set_ui(x, (unsigned long)(which == 2));
  if (which != 1 && which != 2)
    for (size_t at = 0; at < 64 * n * power;) {
      size_t run = which == 7 ? 1 + test_rand() % 120 : 1;
      int ones = test_rand() & 1;
      for (; run--; at++)
        if (ones) mpz_setbit(x, at);
    }
  if (which == 3) mpz_sub_ui(x, mp, 1);
  if (which == 4 || which == 5) mpz_fdiv_q(x, x, z), mpz_mul(x, x, z);
  if (which == 5) mpz_sub_ui(x, x, 1);
  if (which == 6) mpz_sub(x, mp, z);
  mpz_mod(x, x, mp);
  mpz_clears(z, mp, NULL);
}

/* 0, 1, 2^k, all ones, random, few bits. */
static void exponent(uint64_t *e, size_t words, int which) {
  for (size_t i = 0; i < words; i++) e[i] = which == 3 ? ~(uint64_t)0 : which == 4 ? test_rand() : 0;
  if (!words) return;
  if (which == 1) e[0] = 1;
  if (which == 2) e[test_rand() % words] = (uint64_t)1 << test_rand() % 64;
  if (which == 5) e[test_rand() % words] = test_rand() & 0xff;
}

static void batch(size_t n, unsigned power, size_t k, const size_t *words, size_t count, int seed) {
  mpz_t z, e, mp, want[JOBS];
  mpz_inits(z, e, mp, NULL);
  for (size_t i = 0; i < count; i++) {
    mpz_init_set_ui(want[i], 1);
    modulus(m, n, (seed + (int)i) % 7);
    CHECK(mod_init(&ctx[i], m, n) == ECM_OK);
    to_mpz(mp, m, n), mpz_pow_ui(mp, mp, power);
    for (size_t j = 0; j < k; j++) {
      residue(z, m, n, power, (seed / 2 + (int)(i * 3 + j)) % 8), from_mpz(base[i][j], n * power, z);
      exponent(exps[i][j], words[j], (int)(test_rand() % 6));
      to_mpz(e, exps[i][j], words[j]), mpz_powm(z, z, e, mp), mpz_mul(want[i], want[i], z), mpz_mod(want[i], want[i], mp);
      terms[i][j] = (mod_term){base[i][j], exps[i][j], words[j]};
    }
    mpz_mod(want[i], want[i], mp);
    jobs[i] = (mod_job){&ctx[i], terms[i], k, out[i]};
  }
  const int secrecy[] = {0, 1, 1 | MOD_EXPONENT_PUBLIC(seed % 4), 1 | MOD_EXPONENT_PUBLIC(0) | MOD_EXPONENT_PUBLIC(1)};
  for (int s = 0; s < 4; s++) {
    memset(out, 0xee, sizeof out);
    CHECK(mod_pow(jobs, count, power, secrecy[s]) == ECM_OK);
    for (size_t i = 0; i < count; i++) {
      to_mpz(z, jobs[i].out, n * power);
      CHECK(!mpz_cmp(z, want[i]));
      for (size_t w = n * power; w < MAX; w++) CHECK(out[i][w] == 0xeeeeeeeeeeeeeeee); /* and not a word more */
    }
  }
  mpz_clears(z, e, mp, NULL);
  for (size_t i = 0; i < count; i++) mpz_clear(want[i]);
}

static void test_every_count(void) {
  for (size_t s = 0; s < SIZES; s++)
    for (unsigned power = 1; power <= 2; power++)
      for (size_t count = 1; count <= JOBS; count++) {
        size_t words[1] = {1 + (count + s) % 2};
        batch(sizes[s], power, 1, words, count, (int)(count + power));
      }
}

static void test_several_terms(void) {
  for (size_t s = 0; s < SIZES; s++)
    for (unsigned power = 1; power <= 2; power++)
      for (size_t k = 2; k <= 4; k++) {
        size_t words[4] = {test_rand() % 4, 1 + test_rand() % 3, test_rand() % 2, 1};
        batch(sizes[s], power, k, words, 1 + test_rand() % 11, (int)(k + s));
      }
}

static void test_long_exponents(void) {
  for (size_t s = 0; s < SIZES; s++)
    for (unsigned power = 1; power <= 2; power++)
      for (size_t count = 1; count <= 8; count = count == 1 ? 2 : count + 6) {
        size_t words[1] = {sizes[s]};
        batch(sizes[s], power, 1, words, count, (int)(s + count));
      }
}

/* m = 2^(64n) - 1: m + 2^b leaves Montgomery form with a high digit m + 1, a bit more than n words. */
static void test_high_digit_at_its_limit(void) {
  for (size_t s = 0; s < SIZES; s++)
    for (size_t count = 1; count <= 8; count = count == 1 ? 2 : count + 6)
      for (size_t bit = 62 * sizes[s]; bit < 63 * sizes[s]; bit++) {
        size_t n = sizes[s];
        modulus(m, n, 1);
        CHECK(mod_init(&ctx[0], m, n) == ECM_OK);
        limb_zero(base[0][0], 2 * n);
        base[0][0][bit / 64] = (uint64_t)1 << (bit % 64);
        limb_add(base[0][0], base[0][0], m, n);
        base[0][0][n] = limb_lt(base[0][0], m, n) & 1;
        exps[0][0][0] = 1;
        terms[0][0] = (mod_term){base[0][0], exps[0][0], 1};
        for (size_t i = 0; i < count; i++) jobs[i] = (mod_job){&ctx[0], terms[0], 1, out[i]};
        CHECK(mod_pow(jobs, count, 2, 0) == ECM_OK);
        for (size_t i = 0; i < count; i++) CHECK(!memcmp(out[i], base[0][0], 16 * n));
      }
}

/* Jobs over two bases and two moduli, beyond one batch: tables are used again only where they are right. */
static void test_shared_bases(void) {
  mpz_t z, e, mp[2];
  mpz_inits(z, e, mp[0], mp[1], NULL);
  for (int it = 0; it < 60; it++) {
    size_t n = sizes[1 + it % 2];
    for (int i = 0; i < 2; i++) {
      modulus(m, n, 6);
      CHECK(mod_init(&ctx[i], m, n) == ECM_OK);
      to_mpz(mp[i], m, n);
      residue(z, m, n, 1, 0), mpz_fdiv_q_2exp(z, z, 2), from_mpz(base[i][0], n, z);
    }
    size_t pattern = test_rand();
    for (size_t i = 0; i < JOBS; i++) {
      size_t pick = it < 20 ? (i >= 8) : it < 40 ? (i >= 8 && i < 16) << 1 : pattern >> 2 * i;
      exponent(exps[i][0], 2, 4);
      terms[i][0] = (mod_term){base[pick & 1][0], exps[i][0], 2};
      jobs[i] = (mod_job){&ctx[pick >> 1 & 1], terms[i], 1, out[i]};
    }
    CHECK(mod_pow(jobs, JOBS, 1, it & 1) == ECM_OK);
    for (size_t i = 0; i < JOBS; i++) {
      to_mpz(z, terms[i][0].base, n), to_mpz(e, exps[i][0], 2), mpz_powm(z, z, e, mp[jobs[i].ctx == &ctx[1]]), to_mpz(e, out[i], n);
      CHECK(!mpz_cmp(z, e));
    }
  }
  mpz_clears(z, e, mp[0], mp[1], NULL);
}

static void test_fixed_base(void) {
  static uint64_t many[70 * 32], results[70 * MOD_MAX_WORDS];
  static const size_t counts[] = {1, 2, 3, 4, 7, 8, 9, 16, 23, 70};
  mpz_t z, zb, zm, e;
  mpz_inits(z, zb, zm, e, NULL);
  for (size_t s = 0; s < SIZES; s++)
    for (size_t c = 0; c < 10; c++)
      for (int secret = 0; secret < 2; secret++) {
        size_t n = sizes[s], count = counts[c], words = c == 2 ? 32 : c == 5 ? 0 : 1 + c % 4;
        modulus(m, n, (int)(c + s) % 7);
        CHECK(mod_init(&ctx[0], m, n) == ECM_OK);
        to_mpz(zm, m, n), residue(zb, m, n, 1, (int)(c * 3 + s) % 8), from_mpz(base[0][0], n, zb);
        for (size_t i = 0; i < count; i++) exponent(many + i * words, words, (int)(test_rand() % 6));
        CHECK(mod_pow_fixed(&ctx[0], base[0][0], count, many, words, results, secret) == ECM_OK);
        for (size_t i = 0; i < count; i++) {
          to_mpz(e, many + i * words, words), mpz_powm(e, zb, e, zm), to_mpz(z, results + i * n, n);
          CHECK(!mpz_cmp(z, e));
        }
      }
  mpz_clears(z, zb, zm, e, NULL);
}

/* Primes and composites, 64n and 64n - 1 bits and shorter, in batches of every size; the answer is 2^((x-1)/2) = +-1 exactly. */
static void test_base2_rounds(void) {
  static uint64_t x[JOBS * MOD_MAX_WORDS], pass[JOBS];
  mpz_t z, e, y;
  mpz_inits(z, e, y, NULL);
  int passed = 0, failed = 0;
  for (size_t s = 0; s < 4; s++)
    for (size_t count = 1; count <= JOBS; count++) {
      size_t n = sizes[s];
      for (size_t i = 0; i < count; i++) {
        int kind = (int)((count + i) % 6);
        size_t bits = count % 5 == 0 && i % 3 == 0 ? 64 * n - 20 : 64 * n - (kind & 1);
        do {
          modulus(m, n, kind == 2 ? 1 : 0), to_mpz(z, m, n), mpz_fdiv_r_2exp(z, z, bits);
          mpz_setbit(z, bits - 1), mpz_setbit(z, 0), mpz_setbit(z, 1);
          if (kind >= 3 && s < 3 && (i < 2 || count % 4 == 0)) do mpz_nextprime(z, z); while (mpz_fdiv_ui(z, 4) != 3);
        } while (mpz_sizeinbase(z, 2) != bits);
        from_mpz(x + i * n, n, z);
      }
      CHECK(kernel_current()->base2_round(x, n, count, pass) == ECM_OK);
      for (size_t i = 0; i < count; i++) {
        to_mpz(z, x + i * n, n), mpz_fdiv_q_2exp(e, z, 1), mpz_set_ui(y, 2), mpz_powm(y, y, e, z), mpz_add_ui(e, y, 1);
        int want = !mpz_cmp_ui(y, 1) || !mpz_cmp(e, z);
        CHECK(pass[i] == (want ? ~(uint64_t)0 : 0));
        passed += want, failed += !want;
      }
    }
  CHECK(passed > 60 && failed > 60);
  /* Composites that pass: M_p for p prime has 2^p = 1 mod M_p; 2^509 - 1 and 2^1021 - 1 are composite, 3 mod 4. (x-1)/2 = 2^(p-1) - 1 = 0 mod p. */
  for (size_t s = 1; s < 3; s++) {
    mpz_set_ui(z, 0), mpz_setbit(z, 64 * sizes[s] - 3), mpz_sub_ui(z, z, 1);
    from_mpz(x, sizes[s], z);
    CHECK(!mpz_probab_prime_p(z, 30) && kernel_current()->base2_round(x, sizes[s], 1, pass) == ECM_OK && pass[0] == ~(uint64_t)0);
  }
  mpz_clears(z, e, y, NULL);
}

/* A vault with room for the small tables only: slower, but right; and with no room at all an error. */
static void test_little_vault(void) {
  size_t words[4] = {4, 4, 4, 4};
  void *hold[64];
  int held = 0;
  for (size_t part = 1u << 22; part >= 1u << 17; part /= 2)
    while (held < 64 && (hold[held] = vault_scratch(part)) != NULL) held++;
  vault_scratch_free(hold[--held]); /* one block of 128 KiB is left, or two */
  batch(32, 2, 1, words, 8, 1);
  batch(48, 1, 2, words, 9, 2);
  hold[held++] = vault_scratch(1u << 17);
  for (size_t part = 1u << 17; part >= 1u << 11; part /= 2)
    while (held < 64 && (hold[held] = vault_scratch(part)) != NULL) held++;
  CHECK(mod_pow(jobs, 9, 1, 1) == ECM_E_VAULT_FULL);
  CHECK(mod_pow_fixed(&ctx[0], base[0][0], 9, exps[0][0], 4, &out[0][0], 1) == ECM_E_VAULT_FULL);
  CHECK(kernel_current()->base2_round(ctx[0].m, 48, 1, &out[0][0]) == ECM_E_VAULT_FULL);
  while (held) vault_scratch_free(hold[--held]);
}
#endif

/* What ECM_KERNEL asks for is what runs, so that a test run for each kernel is one. */
static void test_kernel_is_the_one_asked_for(void) {
  const char *wanted = getenv("ECM_KERNEL"), *expected = "portable";
#if defined(__x86_64__)
  if (wanted && !strcmp(wanted, "ifma") && kernel_ifma.supported()) expected = "ifma";
#endif
  if (wanted) CHECK(!strcmp(mod_kernel_name(), expected));
}

int main(void) {
  if (ecm_vault_open(1u << 22, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return 1;
  printf("kernel: %s\n", mod_kernel_name());
  RUN(test_kernel_is_the_one_asked_for);
#ifdef HAVE_GMP
  RUN(test_every_count);
  RUN(test_several_terms);
  RUN(test_long_exponents);
  RUN(test_high_digit_at_its_limit);
  RUN(test_shared_bases);
  RUN(test_fixed_base);
  RUN(test_base2_rounds);
  RUN(test_little_vault);
#else
  SKIP("batches against GMP");
#endif
  return DONE();
}
