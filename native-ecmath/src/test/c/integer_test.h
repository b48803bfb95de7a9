/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_INTEGER_TEST_H
#define ECM_INTEGER_TEST_H
/* Secret integers to and from GMP's, by way of the vault. Tests only. */
#include <gmp.h>

#include "test.h"
#include "vault.h"

static inline void open_vault(void) {
  CHECK(ecm_vault_open(1u << 25, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
}
static inline uint64_t handles_alive(void) {
  uint64_t r[ECM_REPORT_WORDS] = {0};
  (void)ecm_vault_report(r);
  return r[ECM_REPORT_HANDLES];
}
static inline uint64_t bytes_in_use(void) {
  uint64_t r[ECM_REPORT_WORDS] = {0};
  (void)ecm_vault_report(r);
  return r[ECM_REPORT_IN_USE];
}
/* Big-endian, exactly len bytes. */
static inline void mpz_to_be(uint8_t *out, size_t len, const mpz_t x) {
  memset(out, 0, len);
  size_t n = (mpz_sizeinbase(x, 2) + 7) / 8;
  if (mpz_sgn(x) != 0 && n <= len) mpz_export(out + len - n, NULL, 1, 1, 1, 0, x);
}
static inline void mpz_from_be(mpz_t r, const uint8_t *in, size_t len) { mpz_import(r, len, 1, 1, 1, 0, in); }
/* A natural number at a width of len bytes. */
static inline ecm_handle put_natural(const mpz_t x, size_t len) {
  uint8_t b[1024];
  ecm_handle h = 0;
  mpz_to_be(b, len, x);
  CHECK(ecm_int_from_public(b, len, &h) == ECM_OK);
  return h;
}
static inline void set_sign(ecm_handle h, uint64_t sign) {
  vault_ref r;
  CHECK(vault_pin(h, ECM_KIND_INTEGER, &r) == ECM_OK);
  *(uint64_t *)r.ptr = sign;
  vault_unpin(&r);
}
static inline ecm_handle put_signed(const mpz_t x, size_t len) {
  mpz_t m;
  mpz_init(m);
  mpz_abs(m, x);
  ecm_handle h = put_natural(m, len);
  if (mpz_sgn(x) < 0) set_sign(h, 1);
  mpz_clear(m);
  return h;
}
static inline void get_integer(mpz_t r, ecm_handle h) {
  vault_ref x;
  mpz_set_ui(r, 0);
  int32_t rc = vault_pin(h, ECM_KIND_INTEGER, &x);
  CHECK(rc == ECM_OK);
  if (rc != ECM_OK) return;
  const uint64_t *w = x.ptr;
  mpz_import(r, x.len / 8 - 1, -1, 8, 0, 0, w + 1);
  CHECK(w[0] <= 1 && !(w[0] == 1 && mpz_sgn(r) == 0));
  if (w[0]) mpz_neg(r, r);
  vault_unpin(&x);
}
static inline void random_bits(mpz_t r, size_t bits) {
  uint8_t b[1024];
  size_t n = (bits + 7) / 8;
  test_rand_bytes(b, n);
  mpz_from_be(r, b, n);
  mpz_fdiv_r_2exp(r, r, bits);
}
static inline void random_mpz_below(mpz_t r, const mpz_t m) {
  random_bits(r, mpz_sizeinbase(m, 2) + 64);
  mpz_mod(r, r, m);
}
#endif
