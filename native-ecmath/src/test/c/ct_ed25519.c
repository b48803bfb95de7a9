/* SPDX-License-Identifier: Apache-2.0 */
/* Constant time of ed25519 below the API: the functions of curve_ed25519 with their scalars marked secret. */
#include "ct_test.h"
#include "curve.h"
#include "ed25519_scalar.h"

static const curve_ops *const C = &curve_ed25519;

/* Random, and the extremes: 1, L - 1. */
static void secret_scalar(uint64_t r[4], int kind) {
  uint8_t b[64];
  test_rand_bytes(b, 64);
  ed25519_sc_reduce_wide(r, b);
  if (kind == 1) memset(r, 0, 32);
  if (kind == 1) r[0] = 1;
  if (kind == 2) memcpy(r, ed25519_order, 32);
  if (kind == 2) r[0]--;
  ECM_CT_SECRET(r, 32);
}

CT_TEST(ed25519_scalars) {
  uint64_t a[4], b[4], r[4];
  uint8_t wide[64], out[32];
  for (int kind = 0; kind < 3; kind++) {
    secret_scalar(a, kind);
    secret_scalar(b, 0);
    C->sc_add(r, a, b);
    C->sc_sub(r, r, a);
    C->sc_mul(r, r, b);
    C->sc_inv(r, r);
    C->sc_encode(out, r);
    CHECK(ct_declassify(C->sc_decode(r, out)));
    test_rand_bytes(wide, 64);
    ECM_CT_SECRET(wide, 64);
    C->sc_reduce_wide(r, wide);
    for (size_t n = 1; n <= 8; n++) {
      uint64_t words[8];
      test_rand_bytes((uint8_t *)words, sizeof words);
      ECM_CT_SECRET(words, sizeof words);
      C->sc_reduce_words(r, words, n);
    }
  }
}

CT_TEST(ed25519_mul_base) {
  uint64_t k[4];
  uint8_t out[32];
  for (int kind = 0; kind < 3; kind++) {
    secret_scalar(k, kind);
    CHECK(C->mul_base(out, k) == ECM_OK);
    CHECK(C->check_vartime(out) == ECM_OK); /* out is public */
  }
  memset(k, 0, sizeof k);
  ECM_CT_SECRET(k, sizeof k);
  CHECK(C->mul_base(out, k) == ECM_E_IDENTITY);
}

CT_TEST(ed25519_mul) {
  uint64_t k[4];
  uint8_t point[32], out[32], again[32];
  secret_scalar(k, 0);
  CHECK(C->mul_base(point, k) == ECM_OK);
  for (int kind = 0; kind < 3; kind++) {
    secret_scalar(k, kind);
    CHECK(C->mul(out, point, k) == ECM_OK);
    CHECK(C->check_vartime(out) == ECM_OK);
    CHECK(C->mul_secret(again, point, k) == ECM_OK);
    ECM_CT_PUBLIC(again, 32);
    CHECK(memcmp(out, again, 32) == 0);
  }
  memset(k, 0, sizeof k);
  ECM_CT_SECRET(k, sizeof k);
  CHECK(C->mul(out, point, k) == ECM_E_IDENTITY);
}

int main(void) {
  CT_RUN(ed25519_scalars);
  CT_RUN(ed25519_mul_base);
  CT_RUN(ed25519_mul);
  return DONE();
}
