/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__GNUC__) && !defined(__clang__)
/* Loops over five limbs become moves between general and vector registers, which costs a tenth of the time. */
#pragma GCC optimize("no-tree-vectorize")
#endif
#include "secp256k1_fe.h"

#include "inverse256.h"

static const inverse256_modulus field_p = {
    {0x3FFFFFFEFFFFFC2F, 0x3FFFFFFFFFFFFFFF, 0x3FFFFFFFFFFFFFFF, 0x3FFFFFFFFFFFFFFF, 0xFF}, 0x27C7F6E22DDACACF};

uint64_t k1_fe_decode(k1_fe *r, const uint8_t in[32]) {
  static const k1_fe p = K1_FE_P;
  static const k1_fe zero = {{0}};
  uint64_t w[4];
  for (int i = 0; i < 4; i++) {
    uint64_t x = 0;
    for (int j = 0; j < 8; j++) x = x << 8 | in[8 * (3 - i) + j];
    w[i] = x;
  }
  k1_fe_from_words(r, w);
  uint64_t borrow = 0; /* of r - p, limb by limb */
  for (int i = 0; i < 5; i++) borrow = (r->n[i] - p.n[i] - borrow) >> 63;
  const uint64_t below = ct_mask_bit(borrow);
  k1_fe_select(r, below, r, &zero);
  return below;
}

void k1_fe_encode(uint8_t out[32], const k1_fe *a) {
  uint64_t w[4];
  k1_fe_to_words(w, a);
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(w[3 - i / 8] >> (56 - 8 * (i % 8)));
}

void k1_fe_inv(k1_fe *r, const k1_fe *a) {
  uint64_t w[4];
  k1_fe t;
  k1_fe_normalize(&t, a);
  k1_fe_to_words(w, &t);
  inverse256(w, w, &field_p);
  k1_fe_from_words(r, w);
}

/* r = a^(2^n) * b */
static void sqr_mul(k1_fe *r, const k1_fe *a, int n, const k1_fe *b) {
  k1_fe t = *a;
  for (int i = 0; i < n; i++) k1_fe_sqr(&t, &t);
  k1_fe_mul(r, &t, b);
}

/* a^((p + 1) / 4). The exponent 2^254 - 2^30 - 244 is, in binary, 223 ones, a zero, 22 ones, four zeros, two ones, two zeros;
 * xN below is a to the power of N ones. */
uint64_t k1_fe_sqrt(k1_fe *r, const k1_fe *a) {
  k1_fe x1, x2, x3, x6, x11, x22, x44, x88, t;
  x1 = *a;
  sqr_mul(&x2, &x1, 1, &x1);
  sqr_mul(&x3, &x2, 1, &x1);
  sqr_mul(&x6, &x3, 3, &x3);
  sqr_mul(&t, &x6, 3, &x3);
  sqr_mul(&x11, &t, 2, &x2);
  sqr_mul(&x22, &x11, 11, &x11);
  sqr_mul(&x44, &x22, 22, &x22);
  sqr_mul(&x88, &x44, 44, &x44);
  sqr_mul(&t, &x88, 88, &x88);
  sqr_mul(&t, &t, 44, &x44);
  sqr_mul(&t, &t, 3, &x3); /* 223 ones */
  sqr_mul(&t, &t, 23, &x22);
  sqr_mul(&t, &t, 6, &x2);
  k1_fe_sqr(&t, &t);
  k1_fe_sqr(&t, &t);
  k1_fe check;
  k1_fe_sqr(&check, &t);
  k1_fe_sub(&check, &check, &x1, 45);
  *r = t;
  return k1_fe_is_zero(&check);
}
