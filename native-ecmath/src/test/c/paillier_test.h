/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_PAILLIER_TEST_H
#define ECM_PAILLIER_TEST_H
/* Keys of known primes, and Paillier by GMP, for the tests. */
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

static int zeros(const uint8_t *p, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= p[i];
  return any == 0;
}

static int free_keys(uint64_t used) {
  for (size_t i = 0; i < 3; i++) ecm_secret_free(keys[i].h);
  if (bytes_in_use() != used) {
    fprintf(stderr, "the vault holds %d bytes more than at the start\n", (int)(bytes_in_use() - used));
    return 1;
  }
  return DONE();
}
#endif
