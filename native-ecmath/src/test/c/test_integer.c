/* SPDX-License-Identifier: Apache-2.0 */
/* Secret integers against GMP: signs, widths, ranges. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_integer: needs libgmp");
  return DONE();
}
#else
#include "integer_test.h"

static void widths(size_t *a, size_t *b) {
  *a = 1 + test_rand() % 130;
  *b = 1 + test_rand() % 130;
}

/* Extremes often: zero, one, all ones, a single top bit. */
static void pick(mpz_t x, size_t len) {
  switch (test_rand() % 8) {
    case 0: mpz_set_ui(x, 0); break;
    case 1: mpz_set_ui(x, 1); break;
    case 2:
      mpz_set_ui(x, 0);
      mpz_setbit(x, 8 * len);
      mpz_sub_ui(x, x, 1);
      break;
    case 3:
      mpz_set_ui(x, 0);
      mpz_setbit(x, 8 * len - 1);
      break;
    default: random_bits(x, 8 * len);
  }
  if (test_rand() & 1) mpz_neg(x, x);
}

static void check_width(ecm_handle h, size_t words) {
  uint32_t kind;
  uint64_t len;
  CHECK(ecm_secret_info(h, &kind, &len) == ECM_OK && kind == ECM_KIND_INTEGER && len == 8 * words);
}

static void add_sub_mul(void) {
  mpz_t a, b, r, want;
  mpz_inits(a, b, r, want, NULL);
  for (int i = 0; i < 3000; i++) {
    size_t al, bl;
    widths(&al, &bl);
    size_t aw = (al + 7) / 8, bw = (bl + 7) / 8, max = aw > bw ? aw : bw;
    pick(a, al);
    if (test_rand() % 8 == 0) {
      bl = al;
      bw = max = aw;
      mpz_set(b, a);
    } else {
      pick(b, bl);
    }
    ecm_handle ha = put_signed(a, al), hb = put_signed(b, bl), hr = 0;
    CHECK(ecm_int_add(ha, hb, &hr) == ECM_OK);
    mpz_add(want, a, b);
    get_integer(r, hr);
    CHECK(mpz_cmp(r, want) == 0);
    check_width(hr, max + 1);
    ecm_secret_free(hr);
    CHECK(ecm_int_sub(ha, hb, &hr) == ECM_OK);
    mpz_sub(want, a, b);
    get_integer(r, hr);
    CHECK(mpz_cmp(r, want) == 0);
    check_width(hr, max + 1);
    ecm_secret_free(hr);
    CHECK(ecm_int_mul(ha, hb, &hr) == ECM_OK);
    mpz_mul(want, a, b);
    get_integer(r, hr);
    CHECK(mpz_cmp(r, want) == 0);
    check_width(hr, aw + bw);
    ecm_secret_free(hr);
    ecm_secret_free(ha);
    ecm_secret_free(hb);
  }
  mpz_clears(a, b, r, want, NULL);
}

static void response_is_alpha_plus_e_x_or_out_of_range(void) {
  mpz_t a, x, e, z, got;
  mpz_inits(a, x, e, z, got, NULL);
  int in = 0, negative = 0, wide = 0;
  for (int i = 0; i < 3000; i++) {
    size_t al, xl, el = 1 + test_rand() % 32;
    uint8_t eb[32], out[320];
    widths(&al, &xl);
    pick(a, al);
    pick(x, xl);
    random_bits(e, 8 * el);
    mpz_to_be(eb, el, e);
    mpz_mul(z, e, x);
    mpz_add(z, z, a);
    size_t exact = (mpz_sizeinbase(z, 2) + 7) / 8, len = 1 + test_rand() % 300;
    if (test_rand() & 1) len = exact;
    if (len == exact && exact > 1 && test_rand() % 4 == 0) len--;
    memset(out, 0xa5, sizeof out);
    ecm_handle ha = put_signed(a, al), hx = put_signed(x, xl);
    int32_t rc = ecm_int_response(ha, eb, el, hx, out, len);
    CHECK(out[len] == 0xa5);
    mpz_from_be(got, out, len);
    if (mpz_sgn(z) < 0 || exact > len) {
      CHECK(rc == ECM_E_RANGE && mpz_sgn(got) == 0);
      negative += mpz_sgn(z) < 0;
      wide += mpz_sgn(z) > 0;
    } else {
      CHECK(rc == ECM_OK && mpz_cmp(got, z) == 0);
      in++;
    }
    ecm_secret_free(ha);
    ecm_secret_free(hx);
  }
  CHECK(in > 300 && negative > 300 && wide > 100);
  mpz_clears(a, x, e, z, got, NULL);
}

static void random_below_is_below_and_reaches_everything(void) {
  mpz_t x, bound;
  mpz_inits(x, bound, NULL);
  int seen[5] = {0};
  uint8_t five[9] = {0, 0, 0, 0, 0, 0, 0, 0, 5}, one = 1, zero[3] = {0};
  ecm_handle h;
  for (int i = 0; i < 300; i++) {
    CHECK(ecm_int_random_below(five, sizeof five, &h) == ECM_OK);
    check_width(h, 2);
    get_integer(x, h);
    CHECK(mpz_cmp_ui(x, 5) < 0);
    if (mpz_cmp_ui(x, 5) < 0) seen[mpz_get_ui(x)]++;
    ecm_secret_free(h);
  }
  for (int i = 0; i < 5; i++) CHECK(seen[i] > 20);
  CHECK(ecm_int_random_below(&one, 1, &h) == ECM_OK);
  get_integer(x, h);
  CHECK(mpz_sgn(x) == 0);
  ecm_secret_free(h);
  for (size_t bits = 1; bits < 600; bits += 7) {
    uint8_t b[80];
    random_bits(bound, bits);
    mpz_setbit(bound, bits - 1);
    mpz_to_be(b, 80, bound);
    CHECK(ecm_int_random_below(b, 80, &h) == ECM_OK);
    get_integer(x, h);
    CHECK(mpz_cmp(x, bound) < 0);
    ecm_secret_free(h);
  }
  CHECK(ecm_int_random_below(zero, 3, &h) == ECM_E_RANGE && h == 0);
  CHECK(ecm_int_random_below(NULL, 3, &h) == ECM_E_ARGUMENT && ecm_int_random_below(five, 0, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_int_random_below(five, 1025, &h) == ECM_E_ARGUMENT && ecm_int_random_below(five, 9, NULL) == ECM_E_ARGUMENT);
  mpz_clears(x, bound, NULL);
}

static void wider_than_8192_bits_is_refused(void) {
  uint8_t b[1024];
  memset(b, 0xff, sizeof b);
  ecm_handle big = 0, small = 0, r = 7;
  CHECK(ecm_int_from_public(b, 1024, &big) == ECM_OK && ecm_int_from_public(b, 1, &small) == ECM_OK);
  CHECK(ecm_int_add(big, small, &r) == ECM_E_RANGE && r == 0);
  r = 7;
  CHECK(ecm_int_mul(small, big, &r) == ECM_E_RANGE && r == 0);
  CHECK(ecm_int_from_public(b, 1025, &r) == ECM_E_ARGUMENT);
  uint8_t out[1024], e[32];
  memset(e, 0xff, 32);
  CHECK(ecm_int_response(small, e, 32, big, out, 1024) == ECM_E_RANGE);
  CHECK(ecm_int_response(big, e, 32, small, out, 1024) == ECM_E_RANGE); /* 2^8192 - 1 + ...: one bit too many */
  CHECK(ecm_int_response(big, e, 33, small, out, 1024) == ECM_E_ARGUMENT);
  ecm_secret_free(big);
  ecm_secret_free(small);
}

static void scalar_becomes_the_same_number(void) {
  mpz_t x, want;
  mpz_inits(x, want, NULL);
  vault_ref s;
  ecm_handle h, i;
  uint64_t words[4] = {1, 2, 3, 4};
  CHECK(vault_new(ECM_KIND_SCALAR, ECM_SECP256K1, 32, &s) == ECM_OK);
  memcpy(s.ptr, words, 32);
  vault_publish(&s, &h);
  CHECK(ecm_int_from_scalar(h, &i) == ECM_OK);
  get_integer(x, i);
  mpz_import(want, 4, -1, 8, 0, 0, words);
  CHECK(mpz_cmp(x, want) == 0);
  check_width(i, 4);
  ecm_handle r = 9;
  CHECK(ecm_int_from_scalar(i, &r) == ECM_E_KIND && r == 0);
  CHECK(ecm_int_add(h, i, &r) == ECM_E_KIND && ecm_int_add(i, 12345, &r) == ECM_E_HANDLE && r == 0);
  ecm_secret_free(h);
  ecm_secret_free(i);
  mpz_clears(x, want, NULL);
}

int main(void) {
  open_vault();
  uint64_t alive = handles_alive(), used = bytes_in_use();
  RUN(add_sub_mul);
  RUN(response_is_alpha_plus_e_x_or_out_of_range);
  RUN(random_below_is_below_and_reaches_everything);
  RUN(wider_than_8192_bits_is_refused);
  RUN(scalar_becomes_the_same_number);
  if (handles_alive() != alive || bytes_in_use() != used) {
    fprintf(stderr, "leak: %d handles\n", (int)(handles_alive() - alive));
    return 1;
  }
  return DONE();
}
#endif
