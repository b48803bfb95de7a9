/* SPDX-License-Identifier: Apache-2.0 */
/* ecm_paillier_check_own against GMP: what holds, what does not hold in one leg alone, ranges, faults. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_paillier_check: needs libgmp");
  return DONE();
}
#else
#include "integer_test.h"
#include "paillier.h"

enum { MAX_ROWS = 17, Z1 = 65, Z2 = 145, E = 16 };

static mpz_t p, q, N, N2, x, y;
static size_t len;
static ecm_handle key;

static struct {
  uint8_t C[768], z1[MAX_ROWS * Z1], z2[MAX_ROWS * Z2], w[MAX_ROWS * 384], D[MAX_ROWS * 768], e[MAX_ROWS * E], c[MAX_ROWS * 768];
} r;

static void random_prime(mpz_t z, size_t bits) {
  do {
    random_bits(z, bits);
    mpz_setbit(z, bits - 1);
    mpz_setbit(z, bits - 2);
    mpz_setbit(z, 1);
    mpz_setbit(z, 0);
    while (!mpz_probab_prime_p(z, 25)) mpz_add_ui(z, z, 4);
  } while (mpz_sizeinbase(z, 2) != bits);
}

static void words(uint64_t *out, size_t n, const mpz_t z) {
  memset(out, 0, 8 * n);
  mpz_export(out, NULL, -1, 8, 0, 0, z);
}

static void new_key(size_t bits) {
  uint64_t pw[24], qw[24];
  vault_ref ref;
  random_prime(p, bits / 2);
  random_prime(q, bits / 2);
  mpz_mul(N, p, q);
  mpz_mul(N2, N, N);
  len = bits / 8;
  words(pw, bits / 128, p);
  words(qw, bits / 128, q);
  CHECK(paillier_from_primes((uint32_t)bits, pw, qw, &ref) == ECM_OK);
  vault_publish(&ref, &key);
}

static void unit(uint8_t *out, size_t n, const mpz_t below) {
  do random_mpz_below(x, below);
  while (mpz_sgn(x) == 0);
  mpz_to_be(out, n, x);
}

/* row i's D from the rest: C^z1 * (1 + z2*N) * w^N / c^e */
static void solve(size_t i, int with_C) {
  mpz_t d;
  mpz_init(d);
  mpz_from_be(x, r.w + i * len, len);
  mpz_powm(d, x, N, N2);
  mpz_from_be(x, r.z2 + i * Z2, Z2);
  mpz_mul(x, x, N);
  mpz_add_ui(x, x, 1);
  mpz_mul(d, d, x);
  if (with_C) {
    mpz_from_be(x, r.C, 2 * len);
    mpz_from_be(y, r.z1 + i * Z1, Z1);
    mpz_powm(x, x, y, N2);
    mpz_mul(d, d, x);
  }
  mpz_from_be(x, r.c + i * 2 * len, 2 * len);
  mpz_from_be(y, r.e + i * E, E);
  mpz_powm(x, x, y, N2);
  CHECK(mpz_invert(x, x, N2));
  mpz_mul(d, d, x);
  mpz_mod(d, d, N2);
  mpz_to_be(r.D + i * 2 * len, 2 * len, d);
  mpz_clear(d);
}

static void rows(size_t n, int with_C) {
  unit(r.C, 2 * len, N2);
  test_rand_bytes(r.z1, n * Z1);
  test_rand_bytes(r.z2, n * Z2);
  test_rand_bytes(r.e, n * E);
  if (test_rand() % 4 == 0) memset(r.e, 0, E);
  if (test_rand() % 4 == 0) memset(r.z1, 0, Z1);
  if (test_rand() % 4 == 0) memset(r.z2, test_rand() % 2 ? 0xff : 0, Z2);
  for (size_t i = 0; i < n; i++) {
    unit(r.w + i * len, len, N);
    unit(r.c + i * 2 * len, 2 * len, N2);
    solve(i, with_C);
  }
}

static int32_t run(size_t n, int with_C, uint32_t *first) {
  *first = 99;
  return ecm_paillier_check_own(key, n, with_C ? r.C : NULL, with_C ? r.z1 : NULL, with_C ? Z1 : 0, r.z2, Z2, r.w, r.D, r.e, E, r.c, first);
}

static int fails_at(size_t n, int with_C, size_t row) {
  uint32_t first;
  return run(n, with_C, &first) == ECM_E_VERIFY && first == row;
}

static int holds(size_t n, int with_C) {
  uint32_t first;
  return run(n, with_C, &first) == ECM_OK && first == 0;
}

/* D[row] *= factor */
static void multiply_D(size_t row, const mpz_t factor) {
  mpz_from_be(y, r.D + row * 2 * len, 2 * len);
  mpz_mul(y, y, factor);
  mpz_mod(y, y, N2);
  mpz_to_be(r.D + row * 2 * len, 2 * len, y);
}

static void what_holds_holds_and_nothing_else(size_t bits) {
  static const size_t counts[] = {1, 2, 3, 8, 9, MAX_ROWS};
  new_key(bits);
  for (size_t t = 0; t < (bits == 512 ? 6 : 2); t++) {
    size_t n = counts[t], at = test_rand() % n;
    for (int with_C = 0; with_C < 2; with_C++) {
      rows(n, with_C);
      CHECK(holds(n, with_C));
      /* a bit anywhere in one row */
      uint8_t *fields[] = {r.z2 + at * Z2 + test_rand() % Z2, r.w + at * len + 1 + test_rand() % (len - 1),
                           r.D + at * 2 * len + 1 + test_rand() % (2 * len - 1), r.e + at * E + test_rand() % E,
                           r.c + at * 2 * len + 1 + test_rand() % (2 * len - 1), r.z1 + at * Z1 + test_rand() % Z1};
      for (size_t f = 0; f < (with_C ? 6 : 5); f++) {
        uint8_t flip = (uint8_t)(1u << test_rand() % 8);
        *fields[f] ^= flip;
        static const uint8_t zero[E];
        if (f == 4 && memcmp(r.e + at * E, zero, E) == 0) CHECK(holds(n, with_C)); /* c^0 */
        else CHECK(fails_at(n, with_C, at));
        *fields[f] ^= flip;
      }
      CHECK(holds(n, with_C));
    }
  }
  /* D wrong in one leg, in one digit of one leg, or by a factor of small order */
  rows(2, 1);
  mpz_t f, g, save;
  mpz_inits(f, g, save, NULL);
  const __mpz_struct *legs[] = {p, q};
  for (int l = 0; l < 2; l++) {
    mpz_mul(f, legs[l], legs[l]); /* 1 mod the one square; minus 1 mod the other */
    mpz_mul(g, legs[1 - l], legs[1 - l]);
    CHECK(mpz_invert(save, f, g));
    mpz_mul(f, f, save); /* 0, 1 */
    mpz_mul_ui(f, f, 2);
    mpz_ui_sub(f, 1, f);
    mpz_mod(f, f, N2);
    multiply_D(1, f);
    CHECK(fails_at(2, 1, 1));
    multiply_D(1, f);
    CHECK(holds(2, 1));
    mpz_mul(f, N, legs[l]); /* 1 + N*p: 1 mod p^2, and 1 mod q */
    mpz_add_ui(f, f, 1);
    multiply_D(1, f);
    CHECK(fails_at(2, 1, 1));
    CHECK(mpz_invert(f, f, N2));
    multiply_D(1, f);
    CHECK(holds(2, 1));
  }
  mpz_sub_ui(f, N2, 1);
  multiply_D(1, f);
  CHECK(fails_at(2, 1, 1));
  multiply_D(0, f);
  CHECK(fails_at(2, 1, 0));
  mpz_clears(f, g, save, NULL);
}

static void at_512_bits(void) { what_holds_holds_and_nothing_else(512); }
static void at_2048_bits(void) {
  ecm_secret_free(key);
  what_holds_holds_and_nothing_else(2048);
}
static void at_3072_bits(void) {
  ecm_secret_free(key);
  what_holds_holds_and_nothing_else(3072);
}

static void refuses_what_is_out_of_range(void) {
  uint32_t first;
  uint8_t save[768];
  ecm_secret_free(key);
  new_key(512);
  rows(2, 1);
  CHECK(holds(2, 1));
  struct {
    uint8_t *at;
    size_t n;
    const __mpz_struct *bound;
  } fields[] = {{r.C, 2 * len, N2}, {r.D + 2 * len, 2 * len, N2}, {r.c + 2 * len, 2 * len, N2}, {r.w + len, len, N}};
  for (size_t i = 0; i < 4; i++) {
    memcpy(save, fields[i].at, fields[i].n);
    memset(fields[i].at, 0, fields[i].n);
    CHECK(run(2, 1, &first) == ECM_E_RANGE && first == 0);
    mpz_to_be(fields[i].at, fields[i].n, fields[i].bound);
    CHECK(run(2, 1, &first) == ECM_E_RANGE && first == 0);
    mpz_from_be(x, save, fields[i].n); /* the same residue, not reduced */
    mpz_add(x, x, fields[i].bound);
    if (mpz_sizeinbase(x, 2) <= 8 * fields[i].n) {
      mpz_to_be(fields[i].at, fields[i].n, x);
      CHECK(run(2, 1, &first) == ECM_E_RANGE);
    }
    memcpy(fields[i].at, save, fields[i].n);
  }
  CHECK(holds(2, 1));
  /* 0 = 0 is no proof: D, w multiples of p (the other leg is right) */
  mpz_from_be(x, r.w, len);
  mpz_mod(x, x, q);
  mpz_mul(y, p, p);
  CHECK(mpz_invert(y, y, q));
  mpz_mul(x, x, y);
  mpz_mod(x, x, q);
  mpz_mul(x, x, p);
  mpz_mul(x, x, p);
  mpz_mod(x, x, N);
  if (mpz_sgn(x) != 0) {
    mpz_to_be(r.w, len, x);
    solve(0, 1);
    CHECK(fails_at(2, 1, 0));
  }
  rows(2, 1);
#define CALL(KEY, COUNT, C_, Z1_, L1, Z2_, L2, W_, D_, E_, LE, c_, F) ecm_paillier_check_own(KEY, COUNT, C_, Z1_, L1, Z2_, L2, W_, D_, E_, LE, c_, F)
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_OK);
  CHECK(CALL(key, 0, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, NULL, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, NULL, 0, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, 0, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, NULL, NULL, Z1, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, 4097, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, NULL, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, 0, r.w, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, NULL, r.D, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, NULL, r.e, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, NULL, E, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, 0, r.c, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, E, NULL, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, E, r.c, NULL) == ECM_E_ARGUMENT);
  CHECK(CALL(0, 2, r.C, r.z1, Z1, r.z2, Z2, r.w, r.D, r.e, E, r.c, &first) == ECM_E_HANDLE);
}

/* A damaged constant makes a right row fail or does nothing; a wrong row never passes. */
static void a_flipped_bit_in_the_key_never_makes_a_wrong_row_pass(void) {
#define FIELD(name) {#name, offsetof(paillier_key, name)}
  static const struct {
    const char *name;
    size_t at;
  } fields[] = {FIELD(p.m0inv), FIELD(p.m), FIELD(p.r2), FIELD(p.nadic_r2), FIELD(q.m0inv), FIELD(q.m), FIELD(q.r2), FIELD(q.nadic_r2), FIELD(ep), FIELD(eq)};
  rows(1, 1);
  for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
    int seen = 0;
    for (int round = 0; round < 6; round++) {
      vault_ref ref;
      uint32_t first;
      CHECK(vault_pin(key, ECM_KIND_PAILLIER, &ref) == ECM_OK);
      uint8_t *at = (uint8_t *)ref.ptr + fields[f].at + test_rand() % (strstr(fields[f].name, "m0inv") ? 6 : 32), flip = (uint8_t)(1u << test_rand() % 8);
      if (strcmp(fields[f].name + 1, ".m") == 0) flip = 2;
      *at ^= flip;
      int32_t right = run(1, 1, &first);
      r.D[2 * len - 1] ^= 4;
      CHECK(fails_at(1, 1, 0));
      r.D[2 * len - 1] ^= 4;
      *at ^= flip;
      vault_unpin(&ref);
      CHECK(right == ECM_OK || (right == ECM_E_VERIFY && first == 0));
      seen += right == ECM_E_VERIFY;
    }
    if (!seen) fprintf(stderr, "%s flipped, no effect\n", fields[f].name);
    CHECK(seen > 0);
  }
  CHECK(holds(1, 1));
}

int main(void) {
  mpz_inits(p, q, N, N2, x, y, NULL);
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(at_512_bits);
  RUN(at_2048_bits);
  RUN(at_3072_bits);
  RUN(refuses_what_is_out_of_range);
  RUN(a_flipped_bit_in_the_key_never_makes_a_wrong_row_pass);
  ecm_secret_free(key);
  CHECK(bytes_in_use() == used);
  return DONE();
}
#endif
