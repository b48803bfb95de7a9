/* SPDX-License-Identifier: Apache-2.0 */
/* Paillier: the public side, roots and factors, against GMP. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_paillier: needs libgmp");
  return DONE();
}
#else
#include "paillier_test.h"

static int rounds(const fixture *k) { return k->bits == 512 ? 24 : k->bits == 1024 ? 10 : 2; }

static void affine_matches_gmp(void) {
  mpz_t a, b, rho, c, want, t, got;
  mpz_inits(a, b, rho, c, want, t, got, NULL);
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    for (int round = 0; round < rounds(k); round++) {
      enum { MAX = 19 };
      size_t n = round == 0 ? MAX : 1 + test_rand() % 4;
      if (k->bits == 2048 && n > 4) n = 4;
      int with_c = test_rand() % 4 != 0;
      static uint8_t in[MAX * 768], out[MAX * 768 + 1], expected[MAX * 768];
      ecm_handle ha[MAX], hb[MAX], hr[MAX];
      for (size_t i = 0; i < n; i++) {
        size_t al = 1 + test_rand() % k->len;
        random_bits(a, test_rand() % 8 ? 8 * al : 0);
        random_mpz_below(b, k->n);
        if (test_rand() % 5 == 0) mpz_set_ui(b, 0);
        if (test_rand() % 5 == 0) mpz_sub_ui(b, k->n, 1);
        random_unit(rho, k);
        random_mpz_below(c, k->n2);
        mpz_to_be(in + i * 2 * k->len, 2 * k->len, c);
        ha[i] = put_natural(a, al);
        hb[i] = put_natural(b, k->len + (test_rand() & 8));
        hr[i] = put_natural(rho, k->len);
        encrypt(want, k, b, rho);
        if (with_c) {
          mpz_powm(t, c, a, k->n2);
          mpz_mul(want, want, t);
          mpz_mod(want, want, k->n2);
        }
        mpz_to_be(expected + i * 2 * k->len, 2 * k->len, want);
      }
      out[n * 2 * k->len] = 0xa5;
      CHECK(ecm_paillier_affine(k->nb, k->len, n, with_c ? in : NULL, with_c ? ha : NULL, hb, hr, out) == ECM_OK);
      CHECK(memcmp(out, expected, n * 2 * k->len) == 0 && out[n * 2 * k->len] == 0xa5);
      for (size_t i = 0; i < n; i++) {
        ecm_secret_free(ha[i]);
        ecm_secret_free(hb[i]);
        ecm_secret_free(hr[i]);
      }
    }
  }
  mpz_clears(a, b, rho, c, want, t, got, NULL);
}

static void affine_refuses_what_is_out_of_range(void) {
  const fixture *k = &keys[0];
  mpz_t x;
  mpz_init_set_ui(x, 3);
  uint8_t c[128] = {0}, out[128], bad[64];
  c[127] = 2;
  ecm_handle three = put_natural(x, 8), minus = put_natural(x, 8), wide = put_natural(x, k->len + 8), modulus = put_natural(k->n, k->len);
  mpz_set_ui(x, 0);
  ecm_handle zero = put_natural(x, 8);
  set_sign(minus, 1);
#define REFUSED(rc, N, C, A, B, R) (memset(out, 1, 128), ecm_paillier_affine(N, k->len, 1, C, A, B, R, out) == (rc) && zeros(out, 128))
  CHECK(ecm_paillier_affine(k->nb, k->len, 1, c, &three, &three, &three, out) == ECM_OK);
  CHECK(ecm_paillier_affine(k->nb, k->len, 1, c, &three, &wide, &wide, out) == ECM_OK);
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &minus, &three, &three));
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &three, &minus, &three));
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &three, &three, &minus));
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &wide, &three, &three));
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &three, &modulus, &three));
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &three, &three, &modulus));
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &three, &three, &zero));
  CHECK(REFUSED(ECM_E_KIND, k->nb, c, &three, &three, &k->h));
  ecm_handle none = 0;
  CHECK(REFUSED(ECM_E_HANDLE, k->nb, c, &none, &three, &three));
  CHECK(REFUSED(ECM_E_ARGUMENT, k->nb, NULL, &three, &three, &three));
  CHECK(REFUSED(ECM_E_ARGUMENT, k->nb, c, NULL, &three, &three));
  CHECK(REFUSED(ECM_E_ARGUMENT, NULL, c, &three, &three, &three));
  memcpy(bad, k->nb, 64);
  bad[63] ^= 1;
  CHECK(REFUSED(ECM_E_MODULUS, bad, c, &three, &three, &three));
  memcpy(bad, k->nb, 64);
  bad[0] &= 0x7f;
  CHECK(REFUSED(ECM_E_MODULUS, bad, c, &three, &three, &three));
  mpz_to_be(c, 128, k->n2);
  CHECK(REFUSED(ECM_E_RANGE, k->nb, c, &three, &three, &three));
  /* one bad operand of two: both outputs are zero */
  uint8_t c2[256] = {0}, out2[256];
  ecm_handle good_bad[2] = {three, minus}, good[2] = {three, three};
  memset(out2, 1, 256);
  CHECK(ecm_paillier_affine(k->nb, k->len, 2, c2, good, good_bad, good, out2) == ECM_E_RANGE && zeros(out2, 256));
  ecm_handle all[] = {three, minus, wide, modulus, zero};
  for (size_t i = 0; i < 5; i++) ecm_secret_free(all[i]);
  mpz_clear(x);
}

static void decryption_is_linear(void) {
  const fixture *k = &keys[0];
  mpz_t a, b, x, r, got, want, c;
  mpz_inits(a, b, x, r, got, want, c, NULL);
  for (int i = 0; i < 40; i++) { /* a*x + b of both signs, |result| < N/2 */
    random_bits(a, 120);
    random_bits(b, 200);
    random_bits(x, 120);
    random_unit(r, k);
    if (i & 1) mpz_sub(c, k->n, x); /* -x */
    else mpz_set(c, x);
    encrypt(c, k, c, r);
    uint8_t in[128], out[128];
    mpz_to_be(in, 128, c);
    ecm_handle ha = put_natural(a, 15), hb = put_natural(b, 25), hr, hd;
    CHECK(ecm_unit_random(k->nb, k->len, &hr) == ECM_OK);
    CHECK(ecm_paillier_affine(k->nb, k->len, 1, in, &ha, &hb, &hr, out) == ECM_OK);
    CHECK(ecm_paillier_decrypt(k->h, 1, out, 0, &hd) == ECM_OK);
    if (i & 1) mpz_neg(x, x);
    mpz_mul(want, a, x);
    mpz_add(want, want, b);
    get_integer(got, hd);
    CHECK(mpz_cmp(got, want) == 0);
    ecm_secret_free(ha);
    ecm_secret_free(hb);
    ecm_secret_free(hr);
    ecm_secret_free(hd);
  }
  mpz_clears(a, b, x, r, got, want, c, NULL);
}

/* Both signs occur; another Jacobi symbol has no root. */
static void square_roots_are_roots(void) {
  mpz_t y, s;
  mpz_inits(y, s, NULL);
  static uint8_t in[18 * 256], out[18 * 256];
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    size_t n = f == 0 ? 18 : 3;
    for (size_t i = 0; i < n; i++) {
      do random_unit(y, k);
      while (mpz_jacobi(y, k->n) != 1);
      if (i == 1) mpz_set_ui(y, 4);
      if (i == 2) mpz_sub_ui(y, k->n, 4);
      mpz_to_be(in + i * k->len, k->len, y);
    }
    CHECK(ecm_paillier_square_roots(k->h, n, in, out) == ECM_OK);
    for (size_t i = 0; i < n; i++) {
      mpz_from_be(s, out + i * k->len, k->len);
      mpz_from_be(y, in + i * k->len, k->len);
      CHECK(mpz_sgn(s) > 0 && mpz_cmp(s, k->n) < 0);
      mpz_powm_ui(s, s, 2, k->n);
      int is_y = mpz_cmp(s, y) == 0;
      mpz_add(s, s, y);
      CHECK(is_y ? i != 2 : i != 1 && mpz_cmp(s, k->n) == 0);
    }
    do random_unit(y, k);
    while (mpz_jacobi(y, k->n) != -1);
    mpz_to_be(in, k->len, y);
    CHECK(ecm_paillier_square_roots(k->h, 2, in, out) == ECM_E_FAULT && zeros(out, 2 * k->len));
    memset(in, 0, k->len);
    CHECK(ecm_paillier_square_roots(k->h, 1, in, out) == ECM_E_RANGE);
    mpz_to_be(in, k->len, k->q);
    CHECK(ecm_paillier_square_roots(k->h, 1, in, out) == ECM_E_UNIT);
  }
  mpz_clears(y, s, NULL);
}

static void nth_roots_are_roots(void) {
  mpz_t y, s;
  mpz_inits(y, s, NULL);
  static uint8_t in[18 * 256], out[18 * 256];
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    size_t n = f == 0 ? 18 : 3;
    for (size_t i = 0; i < n; i++) {
      random_unit(y, k);
      if (i == 1) mpz_set_ui(y, 1);
      if (i == 2) mpz_sub_ui(y, k->n, 1);
      mpz_to_be(in + i * k->len, k->len, y);
    }
    CHECK(ecm_paillier_nth_roots(k->h, n, in, out) == ECM_OK);
    for (size_t i = 0; i < n; i++) {
      mpz_from_be(s, out + i * k->len, k->len);
      mpz_from_be(y, in + i * k->len, k->len);
      CHECK(mpz_cmp(s, k->n) < 0);
      mpz_powm(s, s, k->n, k->n);
      CHECK(mpz_cmp(s, y) == 0);
    }
    CHECK(mpz_cmp(s, y) == 0);
    memset(in, 0, k->len);
    CHECK(ecm_paillier_nth_roots(k->h, 2, in, out) == ECM_E_RANGE && zeros(out, 2 * k->len));
    memcpy(in, k->nb, k->len);
    CHECK(ecm_paillier_nth_roots(k->h, 1, in, out) == ECM_E_RANGE);
    mpz_mul_ui(y, k->p, 3);
    mpz_to_be(in, k->len, y);
    CHECK(ecm_paillier_nth_roots(k->h, 1, in, out) == ECM_E_UNIT);
    mpz_mul_ui(y, k->q, 5);
    mpz_to_be(in, k->len, y);
    CHECK(ecm_paillier_nth_roots(k->h, 1, in, out) == ECM_E_UNIT);
  }
  mpz_clears(y, s, NULL);
}

static void factors_are_the_primes(void) {
  mpz_t x;
  mpz_init(x);
  for (size_t f = 0; f < 3; f++) {
    ecm_handle h;
    CHECK(ecm_paillier_factor(keys[f].h, 0, &h) == ECM_OK);
    get_integer(x, h);
    CHECK(mpz_cmp(x, keys[f].p) == 0);
    ecm_secret_free(h);
    CHECK(ecm_paillier_factor(keys[f].h, 1, &h) == ECM_OK);
    get_integer(x, h);
    CHECK(mpz_cmp(x, keys[f].q) == 0);
    ecm_secret_free(h);
    CHECK(ecm_paillier_factor(keys[f].h, 2, &h) == ECM_E_ARGUMENT && h == 0);
  }
  mpz_clear(x);
}

static void unit_response_matches_gmp(void) {
  mpz_t tau, sigma, e, want;
  mpz_inits(tau, sigma, e, want, NULL);
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    for (int i = 0; i < 8; i++) {
      size_t el = i == 0 ? 16 : 1 + test_rand() % 32;
      uint8_t eb[32], out[256], expected[256];
      random_bits(e, i == 1 ? 0 : 8 * el);
      mpz_to_be(eb, el, e);
      random_mpz_below(tau, k->n);
      random_mpz_below(sigma, k->n);
      mpz_powm(want, sigma, e, k->n);
      mpz_mul(want, want, tau);
      mpz_mod(want, want, k->n);
      mpz_to_be(expected, k->len, want);
      ecm_handle ht = put_natural(tau, k->len), hs = put_natural(sigma, k->len);
      CHECK(ecm_unit_response(k->nb, k->len, ht, eb, el, hs, out) == ECM_OK && memcmp(out, expected, k->len) == 0);
      set_sign(hs, 1);
      CHECK(ecm_unit_response(k->nb, k->len, ht, eb, el, hs, out) == ECM_E_RANGE && zeros(out, k->len));
      ecm_secret_free(hs);
      hs = put_natural(k->n, k->len);
      CHECK(ecm_unit_response(k->nb, k->len, hs, eb, el, ht, out) == ECM_E_RANGE);
      CHECK(ecm_unit_response(k->nb, k->len, ht, eb, 0, ht, out) == ECM_E_ARGUMENT);
      CHECK(ecm_unit_response(k->nb, 24, ht, eb, el, ht, out) == ECM_E_ARGUMENT);
      ecm_secret_free(hs);
      ecm_secret_free(ht);
    }
    ecm_handle u;
    CHECK(ecm_unit_random(k->nb, k->len, &u) == ECM_OK);
    get_integer(want, u);
    CHECK(mpz_sgn(want) > 0 && mpz_cmp(want, k->n) < 0 && mpz_sizeinbase(want, 2) > k->bits - 40);
    ecm_secret_free(u);
  }
  mpz_clears(tau, sigma, e, want, NULL);
}

int main(void) {
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(make_keys);
  RUN(affine_matches_gmp);
  RUN(affine_refuses_what_is_out_of_range);
  RUN(decryption_is_linear);
  RUN(nth_roots_are_roots);
  RUN(square_roots_are_roots);
  RUN(factors_are_the_primes);
  RUN(unit_response_matches_gmp);
  return free_keys(used);
}
#endif
