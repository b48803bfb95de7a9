/* SPDX-License-Identifier: Apache-2.0 */
/* ecm_pedersen_check_own against GMP: what holds, what does not hold in one leg alone, ranges, faults. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_pedersen_check: needs libgmp");
  return DONE();
}
#else
#include "integer_test.h"
#include "pedersen.h"

enum { LEN = 64, MAX_ROWS = 17, Z1 = 65, Z2 = 145, Z3 = LEN + 49, E = 16 };

static mpz_t N, S1, S2, T, P, Q, x, y;
static ecm_handle key;

static struct {
  uint8_t z1[MAX_ROWS * Z1], z2[MAX_ROWS * Z2], z3[MAX_ROWS * Z3], S[MAX_ROWS * LEN], e[MAX_ROWS * E], E_[MAX_ROWS * LEN];
} r;

static void make_key(void) {
  ecm_handle job;
  uint64_t progress;
  uint32_t primes;
  uint8_t b[4][LEN];
  CHECK(ecm_keygen_new(ECM_KEYGEN_PEDERSEN, 8 * LEN, &job) == ECM_OK);
  int32_t rc;
  while ((rc = ecm_keygen_step(job, 1000, &progress, &primes)) == ECM_MORE) {}
  CHECK(rc == ECM_OK && ecm_keygen_take(job, &key) == ECM_OK);
  ecm_secret_free(job);
  CHECK(ecm_pedersen_public(key, b[0], b[1], b[2], b[3], LEN) == ECM_OK);
  mpz_from_be(N, b[0], LEN);
  mpz_from_be(S1, b[1], LEN);
  mpz_from_be(S2, b[2], LEN);
  mpz_from_be(T, b[3], LEN);
  vault_ref ref;
  CHECK(vault_pin(key, ECM_KIND_PEDERSEN, &ref) == ECM_OK);
  mpz_import(P, LEN / 16, -1, 8, 0, 0, ((pedersen_key *)ref.ptr)->p.m);
  mpz_divexact(Q, N, P);
  vault_unpin(&ref);
}

static void times_power(mpz_t product, const mpz_t base, const uint8_t *z, size_t n) {
  mpz_from_be(x, z, n);
  mpz_powm(x, base, x, N);
  mpz_mul(product, product, x);
  mpz_mod(product, product, N);
}

/* Row i's E from the rest. S is any unit: mostly no square. */
static void rows(size_t n, int with_z2) {
  mpz_t e;
  mpz_init(e);
  test_rand_bytes(r.z1, sizeof r.z1);
  test_rand_bytes(r.z2, sizeof r.z2);
  test_rand_bytes(r.z3, sizeof r.z3);
  test_rand_bytes(r.e, sizeof r.e);
  if (test_rand() % 4 == 0) memset(r.e, 0, E);
  if (test_rand() % 4 == 0) memset(r.z3, test_rand() % 2 ? 0xff : 0, Z3);
  for (size_t i = 0; i < n; i++) {
    do random_mpz_below(y, N);
    while (mpz_sgn(y) == 0);
    mpz_to_be(r.S + i * LEN, LEN, y);
    CHECK(mpz_invert(y, y, N));
    mpz_set_ui(e, 1);
    times_power(e, y, r.e + i * E, E);
    times_power(e, S1, r.z1 + i * Z1, Z1);
    if (with_z2) times_power(e, S2, r.z2 + i * Z2, Z2);
    times_power(e, T, r.z3 + i * Z3, Z3);
    mpz_to_be(r.E_ + i * LEN, LEN, e);
  }
  mpz_clear(e);
}

static int32_t run(size_t n, int with_z2, uint32_t *first) {
  *first = 99;
  return ecm_pedersen_check_own(key, n, r.z1, Z1, with_z2 ? r.z2 : NULL, with_z2 ? Z2 : 0, r.z3, Z3, r.S, r.e, E, r.E_, first);
}

static int holds(size_t n, int with_z2) {
  uint32_t first;
  return run(n, with_z2, &first) == ECM_OK && first == 0;
}

static int fails_at(size_t n, int with_z2, size_t row) {
  uint32_t first;
  return run(n, with_z2, &first) == ECM_E_VERIFY && first == row;
}

static void multiply_E(size_t row, const mpz_t factor) {
  mpz_from_be(y, r.E_ + row * LEN, LEN);
  mpz_mul(y, y, factor);
  mpz_mod(y, y, N);
  mpz_to_be(r.E_ + row * LEN, LEN, y);
}

static void what_holds_holds_and_nothing_else(void) {
  static const size_t counts[] = {1, 2, 3, 8, 9, MAX_ROWS};
  mpz_t f;
  mpz_init(f);
  for (size_t t = 0; t < 30; t++) {
    size_t n = counts[t % 6], at = test_rand() % n;
    int with_z2 = t / 6 % 2 == 0;
    rows(n, with_z2);
    CHECK(holds(n, with_z2));
    uint8_t *fields[] = {r.z1 + at * Z1 + test_rand() % Z1, r.z3 + at * Z3 + test_rand() % Z3,
                         r.S + at * LEN + 1 + test_rand() % (LEN - 1), r.e + at * E + test_rand() % E,
                         r.E_ + at * LEN + 1 + test_rand() % (LEN - 1), r.z2 + at * Z2 + test_rand() % Z2};
    for (size_t i = 0; i < (with_z2 ? 6 : 5); i++) {
      static const uint8_t zero[E];
      uint8_t flip = (uint8_t)(1u << test_rand() % 8);
      *fields[i] ^= flip;
      if (i == 2 && memcmp(r.e + at * E, zero, E) == 0) CHECK(holds(n, with_z2)); /* S^0 */
      else CHECK(fails_at(n, with_z2, at));
      *fields[i] ^= flip;
    }
    /* E wrong mod p alone, mod q alone, and by the square roots of 1: -1 and the one that is 1 mod p and -1 mod q */
    for (int l = 0; l < 2; l++) {
      CHECK(mpz_invert(f, l ? P : Q, l ? Q : P));
      mpz_mul(f, f, l ? P : Q);
      mpz_mul_ui(f, f, 2);
      mpz_ui_sub(f, 1, f);
      mpz_mod(f, f, N);
      multiply_E(at, f);
      CHECK(fails_at(n, with_z2, at));
      multiply_E(at, f);
    }
    mpz_sub_ui(f, N, 1);
    multiply_E(at, f);
    CHECK(fails_at(n, with_z2, at));
    multiply_E(at, f);
    CHECK(holds(n, with_z2));
  }
  mpz_clear(f);
}

static void refuses_what_is_out_of_range(void) {
  uint32_t first;
  uint8_t save[LEN];
  rows(2, 1);
  uint8_t *fields[] = {r.S + LEN, r.E_ + LEN};
  for (size_t i = 0; i < 2; i++) {
    memcpy(save, fields[i], LEN);
    memset(fields[i], 0, LEN);
    CHECK(run(2, 1, &first) == ECM_E_RANGE && first == 0);
    mpz_to_be(fields[i], LEN, N);
    CHECK(run(2, 1, &first) == ECM_E_RANGE && first == 0);
    memcpy(fields[i], save, LEN);
  }
  CHECK(holds(2, 1));
#define CALL(KEY, COUNT, Z1_, L1, Z2_, L2, Z3_, L3, S_, E0, LE, E1, F) ecm_pedersen_check_own(KEY, COUNT, Z1_, L1, Z2_, L2, Z3_, L3, S_, E0, LE, E1, F)
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_OK);
  CHECK(CALL(key, 0, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, NULL, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, 0, r.z2, Z2, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, NULL, Z2, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, 0, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, NULL, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, 4097, r.S, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, NULL, r.e, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, NULL, E, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, 0, r.E_, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, E, NULL, &first) == ECM_E_ARGUMENT);
  CHECK(CALL(key, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, E, r.E_, NULL) == ECM_E_ARGUMENT);
  CHECK(CALL(0, 2, r.z1, Z1, r.z2, Z2, r.z3, Z3, r.S, r.e, E, r.E_, &first) == ECM_E_HANDLE);
}

/* A damaged constant makes a right row fail or does nothing; a wrong row never passes. */
static void a_flipped_bit_in_the_key_never_makes_a_wrong_row_pass(void) {
#define FIELD(name) {#name, offsetof(pedersen_key, name)}
  static const struct {
    const char *name;
    size_t at;
  } fields[] = {FIELD(p.m0inv), FIELD(p.m), FIELD(p.r2), FIELD(q.m0inv), FIELD(q.m), FIELD(q.r2), FIELD(ps.m), FIELD(qs.m), FIELD(tables)};
  rows(1, 1);
  for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
    int seen = 0;
    int tables = strcmp(fields[f].name, "tables") == 0;
    for (int round = 0; round < (tables ? 400 : 6); round++) {
      vault_ref ref;
      uint32_t first;
      CHECK(vault_pin(key, ECM_KIND_PEDERSEN, &ref) == ECM_OK);
      size_t used = tables ? ref.len - fields[f].at : strstr(fields[f].name, "m0inv") ? 6 : 32;
      uint8_t *at = (uint8_t *)ref.ptr + fields[f].at + test_rand() % used, flip = (uint8_t)(1u << test_rand() % 8);
      if (strstr(fields[f].name, ".m") && !strstr(fields[f].name, "m0inv")) flip = 2;
      *at ^= flip;
      int32_t right = run(1, 1, &first);
      r.E_[LEN - 1] ^= 4;
      CHECK(fails_at(1, 1, 0));
      r.E_[LEN - 1] ^= 4;
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

/* Blobs with and without lambdas come back as keys that verify. */
static void a_loaded_key_verifies_and_so_does_one_that_forgot(void) {
  for (int forget = 0; forget < 2; forget++) {
    ecm_handle blob, copy;
    if (forget) CHECK(ecm_pedersen_forget(key) == ECM_OK);
    CHECK(ecm_serialize(key, &blob) == ECM_OK && ecm_load(ECM_KIND_PEDERSEN, blob, &copy) == ECM_OK);
    ecm_secret_free(blob);
    ecm_secret_free(key);
    key = copy;
    rows(3, 1);
    CHECK(holds(3, 1));
    r.E_[3 * LEN - 1] ^= 1;
    CHECK(fails_at(3, 1, 2));
  }
}

int main(void) {
  mpz_inits(N, S1, S2, T, P, Q, x, y, NULL);
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(make_key);
  RUN(what_holds_holds_and_nothing_else);
  RUN(refuses_what_is_out_of_range);
  RUN(a_flipped_bit_in_the_key_never_makes_a_wrong_row_pass);
  RUN(a_loaded_key_verifies_and_so_does_one_that_forgot);
  ecm_secret_free(key);
  CHECK(bytes_in_use() == used);
  return DONE();
}
#endif
