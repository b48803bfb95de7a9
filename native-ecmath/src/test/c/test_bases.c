/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed bases and randomizers against GMP; where there is none, combs against powers without a table. */
#include "ecm.h"
#include "test.h"

static void combs_agree_with_powers_without_a_table(void) {
  enum { LEN = 256, ROWS = 3 };
  static const uint32_t bits[3] = {513, 1157, 8 * LEN + 385};
  static uint8_t modulus[LEN], bases[3 * LEN], x[320], want[ROWS * LEN], got[ROWS * LEN];
  ecm_handle h = 0, exps[3 * ROWS];
  test_rand_bytes(modulus, LEN), test_rand_bytes(bases, 3 * LEN);
  modulus[0] |= 0x80, modulus[LEN - 1] |= 1;
  for (size_t j = 0; j < 3; j++) bases[j * LEN] &= 0x7f;
  for (size_t i = 0; i < 3 * ROWS; i++) {
    size_t bytes = (bits[i % 3] + 7) / 8;
    test_rand_bytes(x, bytes), x[0] = 1;
    CHECK(ecm_int_from_public(x, bytes, &exps[i]) == ECM_OK);
  }
  CHECK(ecm_bases_new(modulus, LEN, 3, bases, bits, &h) == ECM_OK);
  CHECK(ecm_pedersen_commit(modulus, LEN, 3, bases, ROWS, exps, want) == ECM_OK);
  CHECK(ecm_bases_commit(h, ROWS, exps, NULL, got) == ECM_OK && memcmp(want, got, sizeof want) == 0);
  ecm_secret_free(h);
  for (size_t i = 0; i < 3 * ROWS; i++) ecm_secret_free(exps[i]);
}

#ifndef HAVE_GMP
int main(void) {
  CHECK(ecm_vault_open(1u << 22, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  RUN(combs_agree_with_powers_without_a_table);
  SKIP("test_bases: the others need libgmp");
  return DONE();
}
#else
#include "ct.h"
#include "integer_test.h"
#include "modular.h"

enum { MAX_LEN = 384, MAX_ROWS = 19 };
static const size_t lengths[] = {32, 64, 128, 192, 208, 256, 384};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static mpz_t n, base[3], e, want, t;
static uint8_t nb[MAX_LEN], bb[3 * MAX_LEN];
static size_t len;

static void moduli_of(size_t bytes, int shape) {
  len = bytes;
  random_bits(n, 8 * len);
  if (shape == 1) mpz_set_ui(n, 0), mpz_setbit(n, 8 * len), mpz_sub_ui(n, n, 1);
  if (shape == 2) mpz_set_ui(n, 0);
  mpz_setbit(n, 0), mpz_setbit(n, 8 * len - 1);
  mpz_to_be(nb, len, n);
  for (size_t j = 0; j < 3; j++) {
    random_mpz_below(base[j], n);
    if (test_rand() % 6 == 0) mpz_sub_ui(base[j], n, 1);
    if (test_rand() % 12 == 0) mpz_set_ui(base[j], test_rand() % 3);
    mpz_to_be(bb + j * len, len, base[j]);
  }
}

static int zeros(const void *p, size_t bytes) {
  const uint8_t *b = p;
  uint8_t any = 0;
  for (size_t i = 0; i < bytes; i++) any |= b[i];
  return any == 0;
}

/* Below 2^bits: random, of fewer bits, 0, 1, all ones, the highest bit alone, runs. */
static void exponent(mpz_t x, size_t bits) {
  switch (test_rand() % 8) {
    case 0: mpz_set_ui(x, 0); break;
    case 1: mpz_set_ui(x, 1); break;
    case 2: mpz_set_ui(x, 0), mpz_setbit(x, bits), mpz_sub_ui(x, x, 1); break;
    case 3: mpz_set_ui(x, 0), mpz_setbit(x, bits - 1); break;
    case 4: random_bits(x, 1 + test_rand() % bits); break;
    case 5:
      mpz_set_ui(x, 0);
      for (size_t at = 0; at < bits;) {
        int ones = test_rand() & 1;
        for (size_t run = 1 + test_rand() % 100; run-- && at < bits; at++)
          if (ones) mpz_setbit(x, at);
      }
      break;
    default: random_bits(x, bits);
  }
}

/* Rows of secret and of public exponents; the same result by both ways. present: bit j: base j is there. */
static void rows_match_gmp(ecm_handle h, size_t k, const uint32_t *bits, size_t rows, unsigned present, int blind) {
  static uint8_t out[MAX_ROWS * MAX_LEN + 1], vartime[MAX_ROWS * MAX_LEN + 1], expected[MAX_ROWS * MAX_LEN], exps[MAX_ROWS * 3 * 1040];
  ecm_handle x[MAX_ROWS * 3] = {0}, blinds[MAX_ROWS];
  uint32_t exp_len[3] = {0};
  size_t at = 0, narrow[3];
  for (size_t j = 0; j < k; j++) {
    narrow[j] = test_rand() % 3 ? bits[j] : 1 + test_rand() % bits[j]; /* integers that are narrower than they may be */
    if (present >> j & 1) exp_len[j] = (uint32_t)((narrow[j] + 7) / 8 + test_rand() % 9);
  }
  for (size_t i = 0; i < rows; i++) {
    mpz_set_ui(want, 1);
    for (size_t j = 0; j < k; j++) {
      if (!(present >> j & 1)) continue;
      exponent(e, narrow[j]);
      x[i * k + j] = put_natural(e, (narrow[j] + 7) / 8 + (test_rand() % 5 || narrow[j] > 8000 ? 0 : 16));
      mpz_to_be(exps + at, exp_len[j], e), at += exp_len[j];
      mpz_powm(t, base[j], e, n), mpz_mul(want, want, t), mpz_mod(want, want, n);
    }
    mpz_to_be(expected + i * len, len, want);
  }
  out[rows * len] = vartime[rows * len] = 0xa5;
  CHECK(ecm_bases_pow_vartime(h, rows, exps, exp_len, vartime) == ECM_OK);
  CHECK(memcmp(vartime, expected, rows * len) == 0 && vartime[rows * len] == 0xa5);
  for (size_t i = 0; i < rows && blind; i++) {
    do random_mpz_below(t, n);
    while (!mpz_sgn(t));
    if (test_rand() % 4 == 0) mpz_sub_ui(t, n, 1);
    blinds[i] = put_natural(t, len);
    mpz_from_be(want, expected + i * len, len), mpz_mul(want, want, t), mpz_mod(want, want, n);
    mpz_to_be(expected + i * len, len, want);
  }
  CHECK(ecm_bases_commit(h, rows, x, blind ? blinds : NULL, out) == ECM_OK);
  CHECK(memcmp(out, expected, rows * len) == 0 && out[rows * len] == 0xa5);
  for (size_t i = 0; i < rows * k; i++)
    if (x[i]) ecm_secret_free(x[i]);
  for (size_t i = 0; i < rows && blind; i++) ecm_secret_free(blinds[i]);
}

static void commitments_match_gmp(void) {
  for (int round = 0; round < 8 * LENGTHS; round++) {
    size_t k = 1 + (size_t)test_rand() % 3;
    uint32_t bits[3];
    ecm_handle h;
    moduli_of(lengths[round % LENGTHS], round / LENGTHS % 4);
    for (size_t j = 0; j < 3; j++) bits[j] = (uint32_t)(1 + test_rand() % (test_rand() % 4 ? 300 : 2600));
    if (round % 9 == 8) bits[0] = 1 + test_rand() % 12;
    CHECK(ecm_bases_new(nb, len, k, bb, bits, &h) == ECM_OK);
    for (size_t rows = 1; rows <= MAX_ROWS; rows += len > 200 && rows > 3 ? 5 : rows < 11 ? 1 : 4)
      rows_match_gmp(h, k, bits, rows, rows == 2 ? (unsigned)test_rand() % 8 : 7, rows % 2 == 0);
    ecm_secret_free(h);
  }
  CHECK(handles_alive() == 0);
}

/* The widest exponents with the smallest moduli, for which there is room for the most tables. */
static void widest_exponents_match_gmp(void) {
  const uint32_t bits[3] = {8192, 8191, 8129};
  ecm_handle h;
  for (size_t f = 0; f < 3; f++) {
    moduli_of(lengths[f], 0);
    CHECK(ecm_bases_new(nb, len, 3, bb, bits, &h) == ECM_OK);
    for (size_t rows = 1; rows <= 9; rows += 4) rows_match_gmp(h, 3, bits, rows, 7, 0);
    ecm_secret_free(h);
  }
}

/* Many long powers of one base mod a small number: the shape with the most blocks that there may be. */
static void many_long_powers_match_gmp(void) {
  enum { POWERS = 100, LONG = 4096 };
  static uint8_t exps[POWERS * LONG], out[POWERS * 32];
  moduli_of(32, 0);
  test_rand_bytes(exps, sizeof exps);
  CHECK(ecm_pow_fixed_vartime(nb, len, bb, POWERS, exps, LONG, out) == ECM_OK);
  for (size_t i = 0; i < POWERS; i++) {
    mpz_from_be(e, exps + i * LONG, LONG), mpz_powm(want, base[0], e, n), mpz_from_be(t, out + i * len, len);
    CHECK(mpz_cmp(t, want) == 0);
  }
}

/* The widths of protocol.md's commitments. */
static void production_shapes_match_gmp(void) {
  for (size_t bytes = 256; bytes <= 384; bytes += 128) {
    const uint32_t bits[3] = {513, 1157, (uint32_t)(8 * bytes + 385)};
    ecm_handle h;
    uint64_t before = bytes_in_use();
    moduli_of(bytes, 0);
    CHECK(ecm_bases_new(nb, len, 3, bb, bits, &h) == ECM_OK);
    CHECK(bytes_in_use() - before <= 1u << 18);
    for (size_t rows = 1; rows <= 9; rows += rows == 2 ? 3 : rows == 5 ? 4 : 1)
      for (unsigned present = 1; present < 8; present += 3) rows_match_gmp(h, 3, bits, rows, present, (int)(rows & 1));
    ecm_secret_free(h);
  }
}

static void bases_refuse_what_is_out_of_range(void) {
  moduli_of(64, 0);
  uint32_t bits[3] = {100, 64, 200}, el[3] = {13, 8, 25}, bad[3] = {100, 0, 8193};
  uint8_t out[2 * 64], exps[46] = {0}, bound[26] = {0};
  ecm_handle h = 7, x[6], none[6] = {0}, y[2], z[2];
  mpz_set_ui(e, 1);
  for (size_t i = 0; i < 6; i++) x[i] = put_natural(e, 8);
  ecm_handle one = x[0], minus = put_natural(e, 8), modulus = put_natural(n, 64);
  set_sign(minus, 1);
  mpz_set_ui(e, 0);
  ecm_handle zero = put_natural(e, 8);
#define NOTHING(call, rc) (h = 7, (call) == (rc) && h == 0)
  CHECK(NOTHING(ecm_bases_new(NULL, 64, 3, bb, bits, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 63, 3, bb, bits, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 400, 3, bb, bits, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 0, bb, bits, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 4, bb, bits, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 3, NULL, bits, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 3, bb, NULL, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 2, bb, bad, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 1, bb, bad + 2, &h), ECM_E_ARGUMENT));
  CHECK(NOTHING(ecm_bases_new(nb, 64, 1, nb, bits, &h), ECM_E_RANGE));
  CHECK(ecm_bases_new(nb, 64, 3, bb, bits, NULL) == ECM_E_ARGUMENT);
  nb[63] ^= 1;
  CHECK(NOTHING(ecm_bases_new(nb, 64, 3, bb, bits, &h), ECM_E_MODULUS));
  nb[63] ^= 1;
  CHECK(ecm_bases_new(nb, 64, 3, bb, bits, &h) == ECM_OK);
  uint32_t kind;
  uint64_t length;
  CHECK(ecm_secret_info(h, &kind, &length) == ECM_OK && kind == ECM_KIND_BASES && length == 64);
  CHECK(ecm_serialize(h, &y[0]) == ECM_E_KIND);

#define REFUSED(rc, call) (memset(out, 1, 128), (call) == (rc) && zeros(out, 128))
  CHECK(ecm_bases_commit(h, 2, x, x, out) == ECM_OK);
  CHECK(ecm_bases_commit(h, 2, none, NULL, out) == ECM_OK && out[63] == 1 && out[127] == 1 && zeros(out, 63) && zeros(out + 64, 63));
  CHECK(ecm_bases_commit(h, 0, x, NULL, out) == ECM_E_ARGUMENT && ecm_bases_commit(h, 1, x, NULL, NULL) == ECM_E_ARGUMENT);
  memset(out, 1, 128);
  CHECK(ecm_bases_commit(one, 2, x, NULL, out) == ECM_E_KIND && ecm_bases_commit(0, 2, x, NULL, out) == ECM_E_HANDLE && out[0] == 1);
  CHECK(REFUSED(ECM_E_ARGUMENT, ecm_bases_commit(h, 2, NULL, NULL, out)));
  x[4] = 0; /* there in one row only */
  CHECK(REFUSED(ECM_E_ARGUMENT, ecm_bases_commit(h, 2, x, NULL, out)));
  x[4] = minus;
  CHECK(REFUSED(ECM_E_RANGE, ecm_bases_commit(h, 2, x, NULL, out)));
  x[4] = h;
  CHECK(REFUSED(ECM_E_KIND, ecm_bases_commit(h, 2, x, NULL, out)));
  for (size_t j = 0; j < 3; j++) { /* the largest exponent, and the one after it */
    mpz_set_ui(e, 0), mpz_setbit(e, bits[j]);
    ecm_handle above = put_natural(e, 40);
    mpz_sub_ui(e, e, 1);
    ecm_handle largest = put_natural(e, 40), row[3] = {one, one, one};
    row[j] = largest;
    CHECK(ecm_bases_commit(h, 1, row, NULL, out) == ECM_OK);
    row[j] = above, memset(out, 1, 64);
    CHECK(ecm_bases_commit(h, 1, row, NULL, out) == ECM_E_RANGE && zeros(out, 64));
    ecm_secret_free(above), ecm_secret_free(largest);
  }
  x[4] = one, y[0] = one;
  ecm_handle bad_blinds[] = {zero, modulus, minus};
  for (size_t i = 0; i < 3; i++) {
    y[1] = bad_blinds[i];
    CHECK(REFUSED(ECM_E_RANGE, ecm_bases_commit(h, 2, x, y, out)));
  }
  y[1] = 0;
  CHECK(REFUSED(ECM_E_HANDLE, ecm_bases_commit(h, 2, x, y, out)));

  memset(exps, 0xff, 46), exps[0] = 15;
  CHECK(ecm_bases_pow_vartime(h, 1, exps, el, out) == ECM_OK && ecm_bases_pow_vartime(h, 0, NULL, el, NULL) == ECM_OK);
  exps[0] = 16, memset(out, 1, 64);
  CHECK(ecm_bases_pow_vartime(h, 1, exps, el, out) == ECM_E_RANGE && zeros(out, 64));
  CHECK(ecm_bases_pow_vartime(h, 1, NULL, el, out) == ECM_E_ARGUMENT && ecm_bases_pow_vartime(h, 1, exps, NULL, out) == ECM_E_ARGUMENT);
  CHECK(ecm_bases_pow_vartime(h, 1, exps, el, NULL) == ECM_E_ARGUMENT && ecm_bases_pow_vartime(h, 4097, exps, el, out) == ECM_E_ARGUMENT);
  el[1] = 4097;
  CHECK(ecm_bases_pow_vartime(h, 1, exps, el, out) == ECM_E_ARGUMENT && ecm_bases_pow_vartime(one, 1, exps, el, out) == ECM_E_KIND);

#define NO_HANDLES(rc, call) (y[0] = y[1] = z[0] = z[1] = 7, (call) == (rc) && zeros(y, sizeof y) && zeros(z, sizeof z))
  CHECK(NO_HANDLES(ECM_E_RANGE, ecm_bases_random(h, 0, bound, 26, 2, y, z)));
  bound[0] = 1; /* 201 bits */
  CHECK(NO_HANDLES(ECM_E_RANGE, ecm_bases_random(h, 2, bound, 26, 2, y, z)));
  CHECK(NO_HANDLES(ECM_E_ARGUMENT, ecm_bases_random(h, 3, bound + 1, 25, 2, y, z)));
  CHECK(NO_HANDLES(ECM_E_ARGUMENT, ecm_bases_random(h, 2, NULL, 25, 2, y, z)));
  CHECK(NO_HANDLES(ECM_E_ARGUMENT, ecm_bases_random(h, 2, bound, 0, 2, y, z)));
  CHECK(NO_HANDLES(ECM_E_KIND, ecm_bases_random(one, 2, bound, 26, 2, y, z)));
  CHECK(ecm_bases_random(h, 2, bound, 26, 0, y, z) == ECM_E_ARGUMENT && ecm_bases_random(h, 2, bound, 26, 1, NULL, z) == ECM_E_ARGUMENT);
  ecm_handle used[] = {h, minus, modulus, zero, x[0], x[1], x[2], x[3], x[5]};
  for (size_t i = 0; i < sizeof used / sizeof *used; i++) CHECK(ecm_secret_free(used[i]) == ECM_OK);
  CHECK(handles_alive() == 1); /* the first x[4] */
}

static int differs(ecm_handle h) {
  get_integer(t, h);
  return mpz_cmp(t, e) != 0;
}

static void random_powers_are_powers(void) {
  enum { ROWS = 18 };
  for (size_t f = 0; f < LENGTHS; f++) {
    uint32_t bits[2] = {300, 401};
    uint8_t bound[52];
    ecm_handle h, x[ROWS], y[ROWS];
    mpz_t b, p;
    mpz_inits(b, p, NULL);
    moduli_of(lengths[f], 0);
    CHECK(ecm_bases_new(nb, len, 2, bb, bits, &h) == ECM_OK);
    for (size_t which = 0; which < 2; which++) {
      random_bits(b, bits[which]), mpz_setbit(b, f % 3 == 2 ? 0 : bits[which] - 1);
      if (f % 3 == 2) mpz_set_ui(b, f == 2 ? 1 : 7);
      mpz_to_be(bound, 52, b);
      size_t rows = f % 2 ? ROWS : 3;
      CHECK(ecm_bases_random(h, which, bound, 52, rows, x, y) == ECM_OK);
      for (size_t i = 0; i < rows; i++) {
        get_integer(e, x[i]), get_integer(p, y[i]);
        mpz_powm(want, base[which], e, n);
        CHECK(mpz_cmp(e, b) < 0 && mpz_cmp(p, want) == 0);
        if (mpz_sizeinbase(b, 2) > 100)
          for (size_t l = 0; l < i; l++) CHECK(differs(x[l]));
        uint32_t kind;
        uint64_t length;
        CHECK(ecm_secret_info(y[i], &kind, &length) == ECM_OK && kind == ECM_KIND_INTEGER && length == len);
      }
      for (size_t i = 0; i < rows; i++) ecm_secret_free(x[i]), ecm_secret_free(y[i]);
    }
    ecm_secret_free(h);
    mpz_clears(b, p, NULL);
  }
}

static void randomizers_are_powers(void) {
  enum { ROWS = 18 };
  mpz_t n2, p;
  mpz_inits(n2, p, NULL);
  ecm_handle x[ROWS], y[ROWS];
  for (size_t f = 0; f < LENGTHS; f++) {
    moduli_of(lengths[f], 0);
    mpz_mul(n2, n, n);
    for (size_t rows = 1; rows <= (len > 128 ? 2 : ROWS); rows += rows < 3 ? 1 : 5) {
      CHECK(ecm_paillier_randomizers(nb, len, rows, x, y) == ECM_OK);
      for (size_t i = 0; i < rows; i++) {
        get_integer(e, x[i]), get_integer(p, y[i]);
        mpz_powm(want, e, n, n2);
        CHECK(mpz_sgn(e) > 0 && mpz_cmp(e, n) < 0 && mpz_cmp(p, want) == 0);
        for (size_t l = 0; l < i; l++) CHECK(differs(x[l]));
      }
      for (size_t i = 0; i < rows; i++) ecm_secret_free(x[i]), ecm_secret_free(y[i]);
    }
  }
  moduli_of(64, 0);
  x[0] = y[0] = 7;
  CHECK(ecm_paillier_randomizers(nb, 63, 1, x, y) == ECM_E_ARGUMENT && x[0] == 0 && y[0] == 0);
  CHECK(ecm_paillier_randomizers(nb, 64, 1, NULL, y) == ECM_E_ARGUMENT && ecm_paillier_randomizers(nb, 64, 1, x, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_paillier_randomizers(nb, 64, 0, x, y) == ECM_E_ARGUMENT && ecm_paillier_randomizers(NULL, 64, 1, x, y) == ECM_E_ARGUMENT);
  mpz_clears(n2, p, NULL);
}

/* Where the vault ends in the middle of a batch, nothing is left behind. */
static void a_full_vault_leaves_nothing(void) {
  enum { MANY = 5000 };
  static ecm_handle x[MANY], y[MANY];
  uint32_t bits = 64;
  uint8_t bound[8] = {1};
  ecm_handle h;
  ecm_vault_close();
  CHECK(ecm_vault_open(1u << 20, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  moduli_of(64, 0);
  CHECK(ecm_bases_new(nb, len, 1, bb, &bits, &h) == ECM_OK);
  uint64_t bytes = bytes_in_use();
  CHECK(ecm_paillier_randomizers(nb, len, MANY, x, y) == ECM_E_VAULT_FULL && zeros(x, sizeof x) && zeros(y, sizeof y));
  CHECK(ecm_bases_random(h, 0, bound, 8, MANY, x, y) == ECM_E_VAULT_FULL && zeros(x, sizeof x) && zeros(y, sizeof y));
  CHECK(handles_alive() == 1 && bytes_in_use() == bytes);
  ecm_vault_close();
  open_vault();
}

static void affine_with_ready_powers_matches_gmp(void) {
  mpz_t n2, b, c, a;
  mpz_inits(n2, b, c, a, NULL);
  for (size_t f = 0; f < LENGTHS; f++) {
    moduli_of(lengths[f], (int)(f % 3));
    mpz_mul(n2, n, n);
    for (size_t rows = 1; rows <= (len > 200 ? 3 : MAX_ROWS); rows += rows < 3 ? 1 : 7)
      for (int with_c = 0; with_c < 2; with_c++) {
        static uint8_t in[MAX_ROWS * 2 * MAX_LEN], out[MAX_ROWS * 2 * MAX_LEN], expected[MAX_ROWS * 2 * MAX_LEN];
        ecm_handle ha[MAX_ROWS], hb[MAX_ROWS], hr[MAX_ROWS];
        for (size_t i = 0; i < rows; i++) {
          random_bits(a, test_rand() % 257), random_mpz_below(b, n), random_mpz_below(c, n2), random_mpz_below(t, n2);
          if (test_rand() % 4 == 0) mpz_sub_ui(b, n, 1), mpz_sub_ui(t, n2, 1), mpz_sub_ui(c, n2, 1);
          if (test_rand() % 6 == 0) mpz_set(t, n);
          if (!mpz_sgn(t)) mpz_set_ui(t, 1);
          mpz_to_be(in + i * 2 * len, 2 * len, c);
          ha[i] = put_natural(a, 33), hb[i] = put_natural(b, len), hr[i] = put_natural(t, 2 * len);
          mpz_powm(want, c, a, n2);
          if (!with_c) mpz_set_ui(want, 1);
          mpz_mul(want, want, t), mpz_mul(b, b, n), mpz_add_ui(b, b, 1), mpz_mul(want, want, b), mpz_mod(want, want, n2);
          mpz_to_be(expected + i * 2 * len, 2 * len, want);
        }
        CHECK(ecm_paillier_affine_with(nb, len, rows, with_c ? in : NULL, with_c ? ha : NULL, hb, hr, out) == (with_c && len < 40 ? ECM_E_RANGE : ECM_OK));
        CHECK((with_c && len < 40) || memcmp(out, expected, rows * 2 * len) == 0);
        for (size_t i = 0; i < rows; i++) ecm_secret_free(ha[i]), ecm_secret_free(hb[i]), ecm_secret_free(hr[i]);
      }
  }
  moduli_of(64, 0);
  mpz_mul(n2, n, n);
  uint8_t out[128];
  mpz_set_ui(t, 1);
  ecm_handle one = put_natural(t, 8), wide = put_natural(n2, 128), minus = put_natural(t, 8);
  mpz_set_ui(t, 0);
  ecm_handle zero = put_natural(t, 8);
  set_sign(minus, 1);
  CHECK(ecm_paillier_affine_with(nb, 64, 1, NULL, NULL, &one, &one, out) == ECM_OK);
  ecm_handle bad[] = {wide, minus, zero};
  for (size_t i = 0; i < 3; i++) {
    memset(out, 1, 128);
    CHECK(ecm_paillier_affine_with(nb, 64, 1, NULL, NULL, &one, &bad[i], out) == ECM_E_RANGE && zeros(out, 128));
    ecm_secret_free(bad[i]);
  }
  CHECK(ecm_paillier_affine_with(nb, 64, 1, out, NULL, &one, &one, out) == ECM_E_ARGUMENT);
  CHECK(ecm_paillier_affine_with(nb, 64, 1, NULL, NULL, &one, NULL, out) == ECM_E_ARGUMENT);
  ecm_secret_free(one);
  mpz_clears(n2, b, c, a, NULL);
}

int main(void) {
  open_vault();
  printf("kernel: %s\n", mod_kernel_name());
  mpz_inits(n, base[0], base[1], base[2], e, want, t, NULL);
  RUN(combs_agree_with_powers_without_a_table);
  RUN(commitments_match_gmp);
  RUN(widest_exponents_match_gmp);
  RUN(many_long_powers_match_gmp);
  RUN(production_shapes_match_gmp);
  RUN(random_powers_are_powers);
  RUN(randomizers_are_powers);
  RUN(affine_with_ready_powers_matches_gmp);
  RUN(bases_refuse_what_is_out_of_range);
  RUN(a_full_vault_leaves_nothing);
  mpz_clears(n, base[0], base[1], base[2], e, want, t, NULL);
  return DONE();
}
#endif
