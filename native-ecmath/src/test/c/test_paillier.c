/* SPDX-License-Identifier: Apache-2.0 */
/* Paillier: the public side and the owner's, against GMP; faults; blobs; key generation. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_paillier: needs libgmp");
  return DONE();
}
#else
#include <pthread.h>

#include "crt.h"
#include "integer_test.h"
#include "paillier.h"

typedef struct {
  size_t bits, len; /* of N, in bits and bytes */
  mpz_t p, q, n, n2, phi;
  uint8_t nb[384];
  ecm_handle h;
} fixture;

static fixture keys[3]; /* 512, 1024, 2048 bits */

static void random_prime(mpz_t p, size_t bits) {
  do {
    random_bits(p, bits);
    mpz_setbit(p, bits - 1);
    mpz_setbit(p, bits - 2);
    mpz_setbit(p, 1);
    mpz_setbit(p, 0);
    while (!mpz_probab_prime_p(p, 30)) mpz_add_ui(p, p, 4);
  } while (mpz_sizeinbase(p, 2) != bits);
}

static void words(uint64_t *w, size_t n, const mpz_t x) {
  memset(w, 0, 8 * n);
  mpz_export(w, NULL, -1, 8, 0, 0, x);
}

static int32_t key_of(const mpz_t p, const mpz_t q, size_t bits, ecm_handle *out) {
  uint64_t pw[24], qw[24];
  vault_ref r;
  words(pw, bits / 128, p);
  words(qw, bits / 128, q);
  int32_t rc = paillier_from_primes((uint32_t)bits, pw, qw, &r);
  if (rc == ECM_OK) vault_publish(&r, out);
  return rc;
}

static void make_keys(void) {
  for (size_t i = 0; i < 3; i++) {
    fixture *k = &keys[i];
    k->bits = (size_t)512 << i;
    k->len = k->bits / 8;
    mpz_inits(k->p, k->q, k->n, k->n2, k->phi, NULL);
    random_prime(k->p, k->bits / 2);
    random_prime(k->q, k->bits / 2);
    mpz_mul(k->n, k->p, k->q);
    mpz_mul(k->n2, k->n, k->n);
    mpz_sub(k->phi, k->n, k->p);
    mpz_sub(k->phi, k->phi, k->q);
    mpz_add_ui(k->phi, k->phi, 1);
    mpz_to_be(k->nb, k->len, k->n);
    CHECK(key_of(k->p, k->q, k->bits, &k->h) == ECM_OK);
    uint8_t n[384];
    CHECK(ecm_paillier_public(k->h, n, k->len) == ECM_OK && memcmp(n, k->nb, k->len) == 0);
    CHECK(ecm_paillier_public(k->h, n, k->len - 16) == ECM_E_ARGUMENT);
    uint32_t kind;
    uint64_t len;
    CHECK(ecm_secret_info(k->h, &kind, &len) == ECM_OK && kind == ECM_KIND_PAILLIER && len == k->len);
  }
}

/* (1 + m*N) * rho^N mod N^2 */
static void encrypt(mpz_t c, const fixture *k, const mpz_t m, const mpz_t rho) {
  mpz_t t;
  mpz_init(t);
  mpz_mul(t, m, k->n);
  mpz_add_ui(t, t, 1);
  mpz_powm(c, rho, k->n, k->n2);
  mpz_mul(c, c, t);
  mpz_mod(c, c, k->n2);
  mpz_clear(t);
}

static void random_unit(mpz_t r, const fixture *k) {
  do random_mpz_below(r, k->n);
  while (mpz_sgn(r) == 0);
}

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

static int zeros(const uint8_t *p, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= p[i];
  return any == 0;
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

static void encrypt_own_matches_gmp_and_decrypts_centred(void) {
  enum { MAX = 21 };
  mpz_t m, rho, c, got, half;
  mpz_inits(m, rho, c, got, half, NULL);
  static uint8_t out[MAX * 512], expected[MAX * 512];
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    size_t n = k->bits == 512 ? MAX : k->bits == 1024 ? 8 : 6;
    ecm_handle hm[MAX], hr[MAX], hd[MAX];
    mpz_fdiv_q_2exp(half, k->n, 1);
    mpz_t plain[MAX];
    for (size_t i = 0; i < n; i++) {
      random_mpz_below(m, k->n);
      if (i == 0) mpz_set_ui(m, 0);
      if (i == 1) mpz_set_ui(m, 1);
      if (i == 2) mpz_sub_ui(m, k->n, 1);
      if (i == 3) mpz_set(m, half);
      if (i == 4) mpz_add_ui(m, half, 1);
      random_unit(rho, k);
      encrypt(c, k, m, rho);
      mpz_to_be(expected + i * 2 * k->len, 2 * k->len, c);
      hm[i] = put_natural(m, k->len);
      hr[i] = put_natural(rho, k->len);
      mpz_init_set(plain[i], m);
      if (mpz_cmp(m, half) > 0) mpz_sub(plain[i], m, k->n);
    }
    CHECK(ecm_paillier_encrypt_own(k->h, n, hm, hr, out) == ECM_OK);
    CHECK(memcmp(out, expected, n * 2 * k->len) == 0);
    CHECK(ecm_paillier_decrypt(k->h, n, out, 0, hd) == ECM_OK);
    for (size_t i = 0; i < n; i++) {
      get_integer(got, hd[i]);
      CHECK(mpz_cmp(got, plain[i]) == 0);
      uint32_t kind;
      uint64_t len;
      CHECK(ecm_secret_info(hd[i], &kind, &len) == ECM_OK && len == k->len);
      ecm_handle one;
      CHECK(ecm_paillier_decrypt(k->h, 1, out + i * 2 * k->len, 0, &one) == ECM_OK);
      uint32_t same = 0;
      CHECK(ecm_secret_equal(one, hd[i], &same) == ECM_OK && same == 1);
      ecm_secret_free(one);
      ecm_secret_free(hd[i]);
      ecm_secret_free(hm[i]);
      ecm_secret_free(hr[i]);
      mpz_clear(plain[i]);
    }
  }
  mpz_clears(m, rho, c, got, half, NULL);
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

/* Plaintexts at the bound and beyond it, of both signs; bounds that N's redundancy checks, and one that it cannot. */
static void decrypt_holds_plaintexts_to_their_bound(void) {
  mpz_t m, rho, c, got;
  mpz_inits(m, rho, c, got, NULL);
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    uint32_t size = (uint32_t)k->bits, bounds[] = {1, 63, 64, 65, 128, size / 2, size - 131, size - 130, size - 64, size - 1};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
      for (int sign = 0; sign < 2; sign++) {
        for (int over = 0; over < 2; over++) {
          uint8_t in[512];
          ecm_handle h = 1;
          mpz_set_ui(m, 0);
          mpz_setbit(m, bounds[b]);
          if (!over) mpz_sub_ui(m, m, 1);
          mpz_mul_ui(got, m, 2);
          if (mpz_cmp(got, k->n) >= 0) continue;
          if (sign) mpz_neg(m, m);
          mpz_mod(got, m, k->n);
          random_unit(rho, k);
          encrypt(c, k, got, rho);
          mpz_to_be(in, 2 * k->len, c);
          int32_t rc = ecm_paillier_decrypt(k->h, 1, in, bounds[b], &h);
          CHECK(over ? rc == ECM_E_FAULT && h == 0 : rc == ECM_OK);
          if (rc != ECM_OK) continue;
          get_integer(got, h);
          CHECK(mpz_cmp(got, m) == 0);
          ecm_secret_free(h);
        }
      }
    }
    /* of a batch with one beyond it, nothing leaves */
    enum { COUNT = 17 };
    static uint8_t in[COUNT * 512];
    ecm_handle list[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
      random_bits(m, i == 16 ? 101 : 100);
      if (i == 16) mpz_setbit(m, 100);
      random_unit(rho, k);
      encrypt(c, k, m, rho);
      mpz_to_be(in + i * 2 * k->len, 2 * k->len, c);
    }
    uint64_t alive = handles_alive();
    CHECK(ecm_paillier_decrypt(k->h, COUNT, in, 100, list) == ECM_E_FAULT && handles_alive() == alive);
    for (size_t i = 0; i < COUNT; i++) CHECK(list[i] == 0);
    CHECK(ecm_paillier_decrypt(k->h, COUNT, in, 101, list) == ECM_OK);
    get_integer(got, list[16]);
    CHECK(mpz_cmp(got, m) == 0);
    for (size_t i = 0; i < COUNT; i++) ecm_secret_free(list[i]);
  }
  mpz_clears(m, rho, c, got, NULL);
}

static void decrypt_refuses_non_units(void) {
  const fixture *k = &keys[0];
  uint8_t in[256];
  ecm_handle out[2] = {1, 2};
  mpz_t c;
  mpz_init(c);
  memset(in, 0, sizeof in);
  CHECK(ecm_paillier_decrypt(k->h, 1, in, 0, out) == ECM_E_RANGE && out[0] == 0);
  mpz_to_be(in, 128, k->n2);
  CHECK(ecm_paillier_decrypt(k->h, 1, in, 0, out) == ECM_E_RANGE);
  memset(in, 0xff, 128);
  CHECK(ecm_paillier_decrypt(k->h, 1, in, 0, out) == ECM_E_RANGE);
  const __mpz_struct *divisors[] = {k->n, k->p, k->q};
  for (size_t i = 0; i < 3; i++)
    for (unsigned long f = 1; f < 4; f++) {
      mpz_mul_ui(c, divisors[i], f);
      memset(in, 0, 128);
      in[127] = 1; /* a good one first: nothing of it leaves */
      mpz_to_be(in + 128, 128, c);
      out[0] = out[1] = 1;
      CHECK(ecm_paillier_decrypt(k->h, 2, in, 0, out) == ECM_E_UNIT && out[0] == 0 && out[1] == 0);
      CHECK(ecm_paillier_decrypt(k->h, 2, in, 64, out) == ECM_E_UNIT && out[0] == 0 && out[1] == 0);
    }
  CHECK(ecm_paillier_decrypt(k->h, 0, in, 0, out) == ECM_E_ARGUMENT && ecm_paillier_decrypt(k->h, 1, NULL, 0, out) == ECM_E_ARGUMENT);
  CHECK(ecm_paillier_decrypt(0, 1, in, 0, out) == ECM_E_HANDLE);
  mpz_clear(c);
}

static void encrypt_own_refuses_what_is_out_of_range(void) {
  const fixture *k = &keys[0];
  mpz_t x;
  mpz_init_set_ui(x, 0);
  ecm_handle zero = put_natural(x, 8), n = put_natural(k->n, k->len), minus;
  mpz_set_si(x, -1);
  minus = put_signed(x, 8);
  mpz_set_ui(x, 1);
  ecm_handle one = put_natural(x, 8);
  uint8_t out[128];
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &zero, &one, out) == ECM_OK && out[127] == 1 && zeros(out, 127));
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &n, &one, out) == ECM_E_RANGE && zeros(out, 128));
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &minus, &one, out) == ECM_E_RANGE);
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &one, &zero, out) == ECM_E_RANGE);
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &one, &n, out) == ECM_E_RANGE);
  CHECK(ecm_paillier_encrypt_own(k->h, 1, NULL, &one, out) == ECM_E_ARGUMENT);
  CHECK(ecm_paillier_encrypt_own(one, 1, &one, &one, out) == ECM_E_KIND);
  ecm_handle all[] = {zero, n, minus, one};
  for (size_t i = 0; i < 4; i++) ecm_secret_free(all[i]);
  mpz_clear(x);
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

/* ---- faults ---- */

#define FIELD(name) {#name, offsetof(paillier_key, name), sizeof ((paillier_key *)0)->name}
static const struct {
  const char *name;
  size_t at, size;
} fields[] = {FIELD(p.m0inv),    FIELD(p.m),         FIELD(p.r2),         FIELD(p.nadic_r2), FIELD(q.m0inv), FIELD(q.m),    FIELD(q.r2),
              FIELD(q.nadic_r2), FIELD(p_minus_1), FIELD(q_minus_1), FIELD(hp),         FIELD(hq),       FIELD(dp),     FIELD(dq),
              FIELD(ep),         FIELD(eq),        FIELD(p_inv_q),    FIELD(phi),        FIELD(n.m0inv),  FIELD(n.r2),   FIELD(n.nadic_r2),
              FIELD(n.m),        FIELD(n.r1),        FIELD(n.nadic_r1),  FIELD(p.r1),       FIELD(q.r1),     FIELD(p.nadic_r1),
              FIELD(q.nadic_r1)};

/* Each constant that an operation uses, one bit flipped: the operation gives the right result (it does not use that constant) or
 * ECM_E_FAULT (or a refusal) and zeros; never a wrong result. */
static void a_flipped_bit_in_the_key_never_gives_a_wrong_result(void) {
  const fixture *k = &keys[0];
  size_t nf = sizeof fields / sizeof *fields;
  unsigned decrypt_faults = 0, encrypt_faults = 0, root_faults = 0, batch_faults = 0, short_faults = 0;
  mpz_t m, rho, c;
  mpz_inits(m, rho, c, NULL);
  random_bits(m, 300);
  random_unit(rho, k);
  encrypt(c, k, m, rho);
  uint8_t good_c[256], short_c[256], y[64], good_root[64], out[128];
  mpz_to_be(good_c, 128, c);
  memcpy(short_c, good_c, 128);
  memcpy(short_c + 128, good_c, 128);
  encrypt(c, k, rho, m);
  mpz_to_be(good_c + 128, 128, c);
  mpz_to_be(y, 64, m);
  CHECK(ecm_paillier_nth_roots(k->h, 1, y, good_root) == ECM_OK);
  ecm_handle hm = put_natural(m, 64), hr = put_natural(rho, 64);
  for (size_t f = 0; f < nf; f++) {
    for (size_t bit = 0; bit < 12; bit++) {
      vault_ref r;
      CHECK(vault_pin(k->h, ECM_KIND_PAILLIER, &r) == ECM_OK);
      /* the words in use: 4 of p's and q's, 8 of N's, and of N-adic pairs 8 or 16 */
      size_t used = fields[f].size == 8 ? 8 : strstr(fields[f].name, "nadic") ? 64 : fields[f].name[0] == 'n' || fields[f].name[1] == 'h' ? 64 : 32;
      uint8_t *at = (uint8_t *)r.ptr + fields[f].at + test_rand() % used, flip = (uint8_t)(1u << test_rand() % 8);
      if (strcmp(fields[f].name, "hp") == 0 || strcmp(fields[f].name, "hq") == 0) at = (uint8_t *)r.ptr + fields[f].at + test_rand() % 32;
      if (strcmp(fields[f].name + 1, ".m") == 0) flip = 2; /* an even modulus is another matter */
      *at ^= flip;
      ecm_handle d[2];
      uint32_t same = 0;
      int32_t rc = ecm_paillier_decrypt(k->h, 1, good_c, 0, d);
      if (rc == ECM_OK) {
        CHECK(ecm_secret_equal(d[0], hm, &same) == ECM_OK && same == 1);
        ecm_secret_free(d[0]);
      } else {
        CHECK((rc == ECM_E_FAULT || rc == ECM_E_UNIT) && d[0] == 0);
        decrypt_faults |= 1u << f;
      }
      rc = ecm_paillier_decrypt(k->h, 2, good_c, 0, d);
      if (rc == ECM_OK) {
        CHECK(ecm_secret_equal(d[0], hm, &same) == ECM_OK && same == 1);
        ecm_secret_free(d[0]);
        ecm_secret_free(d[1]);
      } else {
        CHECK((rc == ECM_E_FAULT || rc == ECM_E_UNIT) && d[0] == 0 && d[1] == 0);
        batch_faults |= 1u << f;
      }
      for (size_t count = 1; count <= 2; count++) { /* m has 300 bits: N's redundancy is the check */
        rc = ecm_paillier_decrypt(k->h, count, short_c, 300, d);
        CHECK(rc == ECM_OK || rc == ECM_E_FAULT);
        for (size_t i = 0; i < count; i++) {
          CHECK(rc == ECM_OK ? ecm_secret_equal(d[i], hm, &same) == ECM_OK && same == 1 : d[i] == 0);
          if (rc == ECM_OK) ecm_secret_free(d[i]);
        }
        if (rc != ECM_OK) short_faults |= 1u << f;
      }
      rc = ecm_paillier_encrypt_own(k->h, 1, &hm, &hr, out);
      if (rc == ECM_OK) {
        CHECK(memcmp(out, good_c, 128) == 0);
      } else {
        CHECK(rc == ECM_E_FAULT && zeros(out, 128));
        encrypt_faults |= 1u << f;
      }
      rc = ecm_paillier_nth_roots(k->h, 1, y, out);
      if (rc == ECM_OK) {
        CHECK(memcmp(out, good_root, 64) == 0);
      } else {
        CHECK((rc == ECM_E_FAULT || rc == ECM_E_UNIT) && zeros(out, 64));
        root_faults |= 1u << f;
      }
      *at ^= flip;
      vault_unpin(&r);
    }
  }
  /* An error of hp in a low bit gives m - m*q*2^j: still short for m = 1. It is not redundancy that must see this one. */
  for (int i = 0; i < 20; i++) {
    vault_ref r;
    ecm_handle d;
    mpz_set_ui(c, 1);
    encrypt(c, k, c, rho);
    mpz_to_be(short_c, 128, c);
    CHECK(vault_pin(k->h, ECM_KIND_PAILLIER, &r) == ECM_OK);
    uint64_t *at = i % 2 ? ((paillier_key *)r.ptr)->hp : ((paillier_key *)r.ptr)->hq;
    *at ^= (uint64_t)1 << (3 * i);
    CHECK(ecm_paillier_decrypt(k->h, 1, short_c, 381, &d) == ECM_E_FAULT && d == 0);
    *at ^= (uint64_t)1 << (3 * i);
    CHECK(ecm_paillier_decrypt(k->h, 1, short_c, 381, &d) == ECM_OK);
    ecm_secret_free(d);
    vault_unpin(&r);
  }
  unsigned want_decrypt = 0, want_encrypt = 0, want_root = 0, want_short = 0;
  for (size_t f = 0; f < nf; f++) {
    const char *s = fields[f].name;
    int leg = s[1] == '.' && (s[0] == 'p' || s[0] == 'q'), own = s[0] == 'n', adic = strstr(s, "nadic") != NULL;
    int one = strcmp(s + 1, ".r1") == 0; /* only powers mod p, q, N begin with it, and decryption takes none */
    if (own && s[strlen(s) - 1] == '1' && strcmp(mod_kernel_name(), "portable") != 0) continue; /* other radix, other constants: they start from r2 */
    if (((leg || own) && !one) || s[0] == 'h' || s[1] == '_' || strcmp(s, "phi") == 0) want_decrypt |= 1u << f;
    if ((leg && !one) || strcmp(s, "n.m") == 0 || s[0] == 'h' || s[1] == '_' || strcmp(s, "p_inv_q") == 0) want_short |= 1u << f;
    if ((leg && s[0] == 'p') || (own && (adic || s[2] == 'm')) || strcmp(s, "ep") == 0) want_encrypt |= 1u << f;
    if ((leg || own) && !adic) want_root |= 1u << f;
    if (s[0] == 'd' || strcmp(s, "p_inv_q") == 0) want_root |= 1u << f;
  }
  /* every constant that matters to an operation was seen to fail it */
  for (size_t f = 0; f < nf; f++) {
    if (~decrypt_faults & want_decrypt & 1u << f) fprintf(stderr, "decrypt: %s flipped, no fault\n", fields[f].name);
    if (~short_faults & want_short & 1u << f) fprintf(stderr, "decrypt, short: %s flipped, no fault\n", fields[f].name);
    if (~encrypt_faults & want_encrypt & 1u << f) fprintf(stderr, "encrypt_own: %s flipped, no fault\n", fields[f].name);
    if (~root_faults & want_root & 1u << f) fprintf(stderr, "nth_roots: %s flipped, no fault\n", fields[f].name);
  }
  CHECK((decrypt_faults & want_decrypt) == want_decrypt && (batch_faults & want_decrypt) == want_decrypt && (short_faults & want_short) == want_short);
  CHECK((encrypt_faults & want_encrypt) == want_encrypt && (root_faults & want_root) == want_root);
  ecm_secret_free(hm);
  ecm_secret_free(hr);
  mpz_clears(m, rho, c, NULL);
}

/* ---- blobs ---- */

static void a_blob_comes_back_and_a_damaged_one_does_not(void) {
  const fixture *k = &keys[0];
  ecm_handle blob, copy, again;
  uint64_t address, len;
  CHECK(ecm_serialize(k->h, &blob) == ECM_OK && ecm_secret_address(blob, &address, &len) == ECM_OK);
  CHECK(len == 4 + 128);
  uint8_t *b = (uint8_t *)(uintptr_t)address;
  CHECK(ecm_load(ECM_KIND_PAILLIER, blob, &copy) == ECM_OK);
  vault_ref x, y;
  CHECK(vault_pin(copy, ECM_KIND_PAILLIER, &x) == ECM_OK && vault_pin(k->h, ECM_KIND_PAILLIER, &y) == ECM_OK);
  CHECK(x.len == y.len && x.tag == y.tag && memcmp(x.ptr, y.ptr, x.len) == 0);
  vault_unpin(&x);
  vault_unpin(&y);
  for (size_t i = 0; i < len; i++) {
    uint8_t flip = (uint8_t)(1 + test_rand() % 255);
    b[i] ^= flip;
    again = 1;
    CHECK(ecm_load(ECM_KIND_PAILLIER, blob, &again) == ECM_E_FORMAT && again == 0);
    b[i] ^= flip;
  }
  vault_ref r;
  CHECK(paillier_load(b, len - 1, &r) == ECM_E_FORMAT && paillier_load(b, 3, &r) == ECM_E_FORMAT && r.ptr == NULL);
  CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
  ecm_secret_free(copy);
  ecm_secret_free(blob);
  ecm_handle other; /* 1024 bits: a key for tests only, never loaded */
  CHECK(ecm_serialize(keys[1].h, &blob) == ECM_OK && ecm_load(ECM_KIND_PAILLIER, blob, &other) == ECM_E_FORMAT);
  ecm_secret_free(blob);
  CHECK(ecm_serialize(keys[2].h, &blob) == ECM_OK && ecm_load(ECM_KIND_PAILLIER, blob, &other) == ECM_OK);
  ecm_secret_free(other);
  ecm_secret_free(blob);
}

static int32_t load_pair(const mpz_t p, const mpz_t q) {
  uint8_t b[4 + 128] = {1, ECM_KIND_PAILLIER, 2, 0};
  mpz_t n;
  mpz_init(n);
  mpz_mul(n, p, q);
  mpz_to_be(b + 4, 32, p);
  mpz_to_be(b + 36, 32, q);
  mpz_to_be(b + 68, 64, n);
  mpz_clear(n);
  vault_ref r;
  int32_t rc = paillier_load(b, sizeof b, &r);
  vault_discard(&r);
  return rc;
}

static void load_refuses_unfit_primes(void) {
  mpz_t p, q, x;
  mpz_inits(p, q, x, NULL);
  random_prime(p, 256);
  random_prime(q, 256);
  CHECK(load_pair(p, q) == ECM_OK);
  CHECK(load_pair(p, p) == ECM_E_FORMAT);
  mpz_add_ui(x, p, 4); /* close: not 2^156 away */
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT && load_pair(x, p) == ECM_E_FORMAT);
  do mpz_add_ui(x, q, 4);
  while (0);
  while (mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT && load_pair(x, p) == ECM_E_FORMAT); /* composite */
  mpz_sub_ui(x, q, 2);
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT); /* 1 mod 4 */
  mpz_mul_ui(x, p, 0);
  mpz_setbit(x, 254); /* 255 bits */
  mpz_add_ui(x, x, 3);
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT);
  mpz_set_ui(x, 0);
  mpz_setbit(x, 255); /* both just above 2^255, far apart: N has 511 bits */
  mpz_add_ui(x, x, 3);
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  mpz_set(q, x);
  mpz_setbit(q, 200);
  while (!mpz_probab_prime_p(q, 20)) mpz_add_ui(q, q, 4);
  CHECK(load_pair(q, x) == ECM_E_FORMAT);
  mpz_set_ui(x, 0);
  CHECK(load_pair(p, x) == ECM_E_FORMAT && load_pair(x, x) == ECM_E_FORMAT);
  mpz_clears(p, q, x, NULL);
}

/* ---- recombination ---- */

static void ctx_of(mod_ctx *c, size_t h, const mpz_t x) {
  uint64_t w[MOD_MAX_WORDS];
  words(w, h, x);
  CHECK(mod_init(c, w, h) == ECM_OK);
}

/* Every x below p*q comes back from its residues: random ones; those at both ends; those that are p - 1 mod p; and those where the
 * sum of p*w and x mod p carries through a word of ones. p above and below q, near each other and far apart. */
static void recombination_matches_gmp(void) {
  enum { H = 4 };
  static mod_ctx cp, cq;
  uint64_t inv[H], xp[H], xq[H], w[H], r[2 * H];
  mpz_t p, q, n, x, y, z;
  mpz_inits(p, q, n, x, y, z, NULL);
  int carried = 0;
  for (int pair = 0; pair < 12; pair++) {
    random_prime(p, 64 * H);
    random_prime(q, 64 * H);
    if (pair % 3 == 1) { /* the largest there is, against one just above 2^255 */
      mpz_set_ui(p, 0), mpz_setbit(p, 64 * H), mpz_sub_ui(p, p, 189);
      mpz_set_ui(q, 0), mpz_setbit(q, 64 * H - 1), mpz_nextprime(q, q);
    }
    if (pair & 1) mpz_swap(p, q);
    ctx_of(&cp, H, p), ctx_of(&cq, H, q);
    mpz_mul(n, p, q), mpz_invert(x, p, q), words(inv, H, x);
    for (int i = 0; i < 400; i++) {
      if (i % 4 == 0) random_mpz_below(x, n);
      else if (i % 4 == 1) random_bits(x, 20), mpz_mod(x, x, n);
      else if (i % 4 == 2) random_bits(x, 20), mpz_sub(x, n, x), mpz_sub_ui(x, x, 1);
      else {
        /* y = w*p just below a multiple T*B^H with T = 0 mod B, so its word H is all ones; x = y + p - 1 */
        random_mpz_below(y, q), mpz_mul(y, y, p), mpz_fdiv_q_2exp(y, y, 64 * (H + 1)), mpz_mul_2exp(y, y, 64 * (H + 1));
        mpz_fdiv_q(y, y, p), mpz_mul(y, y, p), mpz_add(x, y, p), mpz_sub_ui(x, x, 1);
        mpz_fdiv_q_2exp(y, y, 64 * H), mpz_fdiv_q_2exp(z, x, 64 * H);
        mpz_sub(z, z, y);
        carried += mpz_cmp_ui(z, 1) == 0 && mpz_fdiv_ui(y, 65536) == 65535;
      }
      mpz_mod(y, x, p), words(xp, H, y);
      mpz_mod(y, x, q), words(xq, H, y);
      CHECK(crt_combine(&cp, &cq, inv, r, xp, xq, w) == ECM_OK);
      mpz_import(y, 2 * H, -1, 8, 0, 0, r);
      CHECK(mpz_cmp(x, y) == 0);
    }
  }
  CHECK(carried > 100);
  mpz_clears(p, q, n, x, y, z, NULL);
}

/* |p - q| > 2^156 for 256 bits, exactly there, whichever is larger. */
static void pairs_fit_from_the_stated_distance_on(void) {
  enum { H = 4 };
  uint64_t a[H], b[H], pq[2 * H];
  mpz_t p, q;
  mpz_inits(p, q, NULL);
  for (int i = 0; i < 200; i++) {
    random_bits(p, 255);
    mpz_setbit(p, 255), mpz_setbit(p, 254), mpz_setbit(p, 1), mpz_setbit(p, 0);
    mpz_clrbit(p, 200); /* room above */
    mpz_set_ui(q, 0), mpz_setbit(q, 156), mpz_add(q, q, p);
    words(a, H, p), words(b, H, q);
    CHECK(crt_pair_fits(pq, a, b, H) == 0 && crt_pair_fits(pq, b, a, H) == 0);
    mpz_sub_ui(q, q, 4), words(b, H, q);
    CHECK(crt_pair_fits(pq, a, b, H) == 0 && crt_pair_fits(pq, b, a, H) == 0);
    mpz_add_ui(q, q, 8), words(b, H, q);
    CHECK(~crt_pair_fits(pq, a, b, H) == 0 && ~crt_pair_fits(pq, b, a, H) == 0);
    CHECK(crt_pair_fits(pq, a, a, H) == 0);
    mpz_set_ui(q, 0), mpz_setbit(q, 156), mpz_setbit(q, 64), mpz_add(q, q, p), words(b, H, q); /* a low word of zeros to negate */
    CHECK(~crt_pair_fits(pq, a, b, H) == 0 && ~crt_pair_fits(pq, b, a, H) == 0);
  }
  mpz_clears(p, q, NULL);
}

/* ---- key generation ---- */

static void keygen_makes_fit_keys(void) {
  mpz_t p, q, d;
  mpz_inits(p, q, d, NULL);
  uint8_t last[64] = {0};
  for (int i = 0; i < 25; i++) {
    ecm_handle job, key, h;
    CHECK(ecm_keygen_new(ECM_KEYGEN_PAILLIER, 512, &job) == ECM_OK);
    CHECK(ecm_keygen_take(job, &key) == ECM_E_RANGE && key == 0);
    uint64_t progress = 0, before = 0;
    uint32_t primes = 0;
    int32_t rc;
    while ((rc = ecm_keygen_step(job, 1 + (uint32_t)i, &progress, &primes)) == ECM_MORE) {
      CHECK(progress > before && primes < 2);
      before = progress;
    }
    CHECK(rc == ECM_OK && primes == 2 && progress > before);
    CHECK(ecm_keygen_step(job, 1, &before, &primes) == ECM_OK && before == progress && primes == 2);
    CHECK(ecm_keygen_take(job, &key) == ECM_OK);
    CHECK(ecm_keygen_take(job, &h) == ECM_E_RANGE);
    ecm_secret_free(job);
    CHECK(ecm_paillier_factor(key, 0, &h) == ECM_OK);
    get_integer(p, h);
    ecm_secret_free(h);
    CHECK(ecm_paillier_factor(key, 1, &h) == ECM_OK);
    get_integer(q, h);
    ecm_secret_free(h);
    CHECK(mpz_probab_prime_p(p, 20) && mpz_probab_prime_p(q, 20));
    CHECK(mpz_sizeinbase(p, 2) == 256 && mpz_sizeinbase(q, 2) == 256 && mpz_fdiv_ui(p, 4) == 3 && mpz_fdiv_ui(q, 4) == 3);
    mpz_sub(d, p, q);
    CHECK(mpz_sizeinbase(d, 2) > 156);
    uint8_t n[64];
    CHECK(ecm_paillier_public(key, n, 64) == ECM_OK && n[0] >= 0x80 && memcmp(n, last, 64) != 0);
    memcpy(last, n, 64);
    ecm_handle u, v, w;
    uint8_t c[128];
    uint32_t same = 0;
    CHECK(ecm_unit_random(n, 64, &u) == ECM_OK && ecm_int_from_public((const uint8_t *)"plain", 5, &v) == ECM_OK);
    CHECK(ecm_paillier_encrypt_own(key, 1, &v, &u, c) == ECM_OK && ecm_paillier_decrypt(key, 1, c, 0, &w) == ECM_OK);
    CHECK(ecm_secret_equal(v, w, &same) == ECM_OK && same);
    ecm_secret_free(u);
    ecm_secret_free(v);
    ecm_secret_free(w);
    ecm_secret_free(key);
  }
  ecm_handle job = 1;
  CHECK(ecm_keygen_new(3, 512, &job) == ECM_E_ARGUMENT && job == 0 && ecm_keygen_new(1, 1024, &job) == ECM_E_ARGUMENT);
  CHECK(ecm_keygen_new(1, 512, NULL) == ECM_E_ARGUMENT);
  mpz_clears(p, q, d, NULL);
}

/* Two threads on one job: whoever finds it busy is refused and changes nothing; progress never falls; one of them gets the key. */
typedef struct {
  ecm_handle job, key;
  pthread_barrier_t *start;
  int32_t step, take;
  int odd; /* things that must not happen */
} miner;

static void *mine(void *p) {
  miner *m = p;
  uint64_t progress = 0, before = 0;
  uint32_t primes;
  (void)pthread_barrier_wait(m->start);
  do {
    m->step = ecm_keygen_step(m->job, 3, &progress, &primes);
    if (m->step == ECM_E_ARGUMENT) {
      m->odd += progress != 0 || primes != 0;
      m->step = ECM_MORE;
      continue;
    }
    m->odd += progress < before;
    before = progress;
  } while (m->step == ECM_MORE);
  (void)pthread_barrier_wait(m->start);
  do m->take = ecm_keygen_take(m->job, &m->key);
  while (m->take == ECM_E_ARGUMENT); /* the other is taking it */
  return NULL;
}

static void of_threads_on_one_job_one_gets_the_key(void) {
  for (int round = 0; round < 20; round++) {
    pthread_barrier_t start;
    pthread_t thread[2];
    miner m[2];
    ecm_handle job, h[2];
    uint64_t alive = handles_alive();
    pthread_barrier_init(&start, NULL, 2);
    CHECK(ecm_keygen_new(ECM_KEYGEN_PAILLIER, 512, &job) == ECM_OK);
    for (int i = 0; i < 2; i++) {
      m[i] = (miner){.job = job, .start = &start};
      CHECK(pthread_create(&thread[i], NULL, mine, &m[i]) == 0);
    }
    for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);
    CHECK(m[0].step == ECM_OK && m[1].step == ECM_OK && m[0].odd == 0 && m[1].odd == 0);
    int winner = m[0].take != ECM_OK;
    CHECK(m[winner].take == ECM_OK && m[winner].key != 0);
    CHECK(m[!winner].take == ECM_E_RANGE && m[!winner].key == 0);
    for (uint32_t i = 0; i < 2; i++) {
      mpz_t p;
      mpz_init(p);
      CHECK(ecm_paillier_factor(m[winner].key, i, &h[i]) == ECM_OK);
      get_integer(p, h[i]);
      CHECK(mpz_probab_prime_p(p, 20));
      mpz_clear(p);
      ecm_secret_free(h[i]);
    }
    ecm_secret_free(m[winner].key);
    ecm_secret_free(job);
    CHECK(handles_alive() == alive);
    pthread_barrier_destroy(&start);
  }
}

/* A key freed while threads decrypt with it: each call gives the right plaintext or ECM_E_HANDLE, and nothing stays behind. */
typedef struct {
  ecm_handle key, m;
  const uint8_t *c;
  pthread_barrier_t *start;
  int right, wrong;
  int32_t last;
} reader;

static void *decrypt_until_freed(void *p) {
  reader *r = p;
  (void)pthread_barrier_wait(r->start);
  for (;;) {
    ecm_handle d = 1;
    uint32_t same = 0;
    r->last = ecm_paillier_decrypt(r->key, 1, r->c, 0, &d);
    if (r->last != ECM_OK) {
      r->wrong += d != 0;
      return NULL;
    }
    if (ecm_secret_equal(d, r->m, &same) == ECM_OK && same) r->right++;
    else r->wrong++;
    (void)ecm_secret_free(d);
  }
}

static void a_key_freed_in_use_serves_its_users_to_the_end(void) {
  const fixture *k = &keys[0];
  mpz_t m, rho, c;
  mpz_inits(m, rho, c, NULL);
  random_bits(m, 200);
  random_unit(rho, k);
  encrypt(c, k, m, rho);
  uint8_t cb[128];
  mpz_to_be(cb, 128, c);
  ecm_handle hm = put_natural(m, 64);
  for (int round = 0; round < 30; round++) {
    uint64_t used = bytes_in_use();
    ecm_handle copy;
    pthread_barrier_t start;
    pthread_t thread[2];
    reader r[2];
    CHECK(key_of(k->p, k->q, 512, &copy) == ECM_OK);
    pthread_barrier_init(&start, NULL, 3);
    for (int i = 0; i < 2; i++) {
      r[i] = (reader){.key = copy, .m = hm, .c = cb, .start = &start};
      CHECK(pthread_create(&thread[i], NULL, decrypt_until_freed, &r[i]) == 0);
    }
    (void)pthread_barrier_wait(&start);
    struct timespec t = {0, 1000000};
    (void)nanosleep(&t, NULL); /* only so that some rounds free in the middle of a call: nothing here depends on it */
    CHECK(ecm_secret_free(copy) == ECM_OK && ecm_secret_free(copy) == ECM_E_HANDLE);
    for (int i = 0; i < 2; i++) {
      pthread_join(thread[i], NULL);
      CHECK(r[i].wrong == 0 && r[i].last == ECM_E_HANDLE);
    }
    CHECK(bytes_in_use() == used);
    pthread_barrier_destroy(&start);
  }
  ecm_secret_free(hm);
  mpz_clears(m, rho, c, NULL);
}

int main(void) {
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(make_keys);
  RUN(affine_matches_gmp);
  RUN(affine_refuses_what_is_out_of_range);
  RUN(encrypt_own_matches_gmp_and_decrypts_centred);
  RUN(decryption_is_linear);
  RUN(decrypt_holds_plaintexts_to_their_bound);
  RUN(decrypt_refuses_non_units);
  RUN(encrypt_own_refuses_what_is_out_of_range);
  RUN(nth_roots_are_roots);
  RUN(square_roots_are_roots);
  RUN(factors_are_the_primes);
  RUN(unit_response_matches_gmp);
  RUN(a_flipped_bit_in_the_key_never_gives_a_wrong_result);
  RUN(a_blob_comes_back_and_a_damaged_one_does_not);
  RUN(load_refuses_unfit_primes);
  RUN(recombination_matches_gmp);
  RUN(pairs_fit_from_the_stated_distance_on);
  RUN(keygen_makes_fit_keys);
  RUN(of_threads_on_one_job_one_gets_the_key);
  RUN(a_key_freed_in_use_serves_its_users_to_the_end);
  for (size_t i = 0; i < 3; i++) ecm_secret_free(keys[i].h);
  if (bytes_in_use() != used) {
    fprintf(stderr, "the vault holds %d bytes more than at the start\n", (int)(bytes_in_use() - used));
    return 1;
  }
  return DONE();
}
#endif
