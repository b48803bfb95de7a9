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

static void invert(k1_fe *r, const k1_fe *a, void (*inverse)(uint64_t *, const uint64_t *, const inverse256_modulus *)) {
  uint64_t w[4];
  k1_fe t;
  k1_fe_normalize(&t, a);
  k1_fe_to_words(w, &t);
  inverse(w, w, &field_p);
  k1_fe_from_words(r, w);
}
void k1_fe_inv(k1_fe *r, const k1_fe *a) { invert(r, a, inverse256); }
void k1_fe_inv_vartime(k1_fe *r, const k1_fe *a) { invert(r, a, inverse256_vartime); }

/* t / 2^bits mod 2^64. The barrier keeps gcc from making one double shift of it, which takes AMD's processors six operations. */
static inline uint64_t carry_of(k1_u128 t, int bits) { return ct_barrier((uint64_t)(t >> 64) << (64 - bits)) | (uint64_t)t >> bits; }

/* Each square waits for the last, so carries go in two passes side by side, not in a chain. Limbs below 2^53
 * (2^49), so columns are below 5 * 2^106, and folded below 2^109: first carries below 2^57, on top 2^61, which times FOLD256 is below 2^94;
 * second carries below 2^6, on top 2^10. Out: limbs 0 .. 4 below 2^52 + 2^43, 2^52 + 2^6, .., 2^48 + 2^6: magnitude 1. */
void k1_fe_sqr_times(k1_fe *r, const k1_fe *a, int n) {
  uint64_t x0 = a->n[0], x1 = a->n[1], x2 = a->n[2], x3 = a->n[3], x4 = a->n[4];
  while (n-- > 0) {
    const uint64_t d0 = 2 * x0, d1 = 2 * x1, d2 = 2 * x2, d3 = 2 * x3;
    const k1_u128 c5 = (k1_u128)d1 * x4 + (k1_u128)d2 * x3, c6 = (k1_u128)d2 * x4 + (k1_u128)x3 * x3;
    const k1_u128 c7 = (k1_u128)d3 * x4, c8 = (k1_u128)x4 * x4;
    const k1_u128 c0 = (k1_u128)x0 * x0 + K1_LOW(c5);
    const k1_u128 c1 = (k1_u128)d0 * x1 + (K1_HIGH(c5) + K1_LOW(c6));
    const k1_u128 c2 = (k1_u128)d0 * x2 + (k1_u128)x1 * x1 + (K1_HIGH(c6) + K1_LOW(c7));
    const k1_u128 c3 = (k1_u128)d0 * x3 + (k1_u128)d1 * x2 + (K1_HIGH(c7) + K1_LOW(c8));
    const k1_u128 c4 = (k1_u128)d0 * x4 + (k1_u128)d1 * x3 + (k1_u128)x2 * x2 + K1_HIGH(c8);
    const k1_u128 top = (k1_u128)carry_of(c4, 48) * K1_FOLD256;
    const uint64_t r0 = ((uint64_t)c0 & K1_M52) + ((uint64_t)top & K1_M52);
    const uint64_t r1 = ((uint64_t)c1 & K1_M52) + carry_of(c0, 52) + carry_of(top, 52);
    const uint64_t r2 = ((uint64_t)c2 & K1_M52) + carry_of(c1, 52);
    const uint64_t r3 = ((uint64_t)c3 & K1_M52) + carry_of(c2, 52);
    const uint64_t r4 = ((uint64_t)c4 & K1_M48) + carry_of(c3, 52);
    x0 = (r0 & K1_M52) + (r4 >> 48) * K1_FOLD256;
    x1 = (r1 & K1_M52) + (r0 >> 52);
    x2 = (r2 & K1_M52) + (r1 >> 52);
    x3 = (r3 & K1_M52) + (r2 >> 52);
    x4 = (r4 & K1_M48) + (r3 >> 52);
  }
  *r = (k1_fe){{x0, x1, x2, x3, x4}};
}

/* r = a^(2^n) * b */
static void sqr_mul(k1_fe *r, const k1_fe *a, int n, const k1_fe *b) {
  k1_fe t;
  k1_fe_sqr_times(&t, a, n);
  k1_fe_mul(r, &t, b);
}

/* a^((p + 1) / 4). The exponent 2^254 - 2^30 - 244 is, in binary, 223 ones, a zero, 22 ones, four zeros, two ones, two zeros;
 * xN below is a to the power of N ones. */
uint64_t k1_fe_sqrt(k1_fe *r, const k1_fe *a) {
  k1_fe x1, x2, x3, x6, x11, x22, x44, x88, t;
  k1_fe_normalize(&x1, a);
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
  k1_fe_sqr_times(&t, &t, 2);
  k1_fe check;
  k1_fe_sqr(&check, &t);
  k1_fe_sub(&check, &check, &x1, 1);
  *r = t;
  return k1_fe_is_zero(&check);
}
