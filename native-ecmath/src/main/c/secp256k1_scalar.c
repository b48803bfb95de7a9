/* SPDX-License-Identifier: Apache-2.0 */
#include "secp256k1_scalar.h"

#include "inverse256.h"

typedef unsigned __int128 u128;

static const uint64_t order[4] = K1_Q;
static const uint64_t complement[3] = K1_Q_COMPLEMENT;
static const inverse256_modulus order_inverse = {
    {0x3FD25E8CD0364141, 0x2ABB739ABD2280EE, 0x3FFFFFFFFFFFFFEB, 0x3FFFFFFFFFFFFFFF, 0xFF}, 0x34F20099AA774EC1};

/* r[0..an+bn) = a * b, schoolbook. */
static inline void mul_words(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
  for (size_t i = 0; i < an + bn; i++) r[i] = 0;
  for (size_t i = 0; i < an; i++) {
    uint64_t carry = 0;
    for (size_t j = 0; j < bn; j++) {
      const u128 t = (u128)a[i] * b[j] + r[i + j] + carry; /* at most 2^128 - 1 */
      r[i + j] = (uint64_t)t;
      carry = (uint64_t)(t >> 64);
    }
    r[i + bn] = carry;
  }
}
/* r += a over rn words, a of an <= rn words; returns the carry. */
static inline uint64_t add_words(uint64_t *r, size_t rn, const uint64_t *a, size_t an) {
  uint64_t carry = 0;
  for (size_t i = 0; i < rn; i++) {
    const u128 t = (u128)r[i] + (i < an ? a[i] : 0) + carry;
    r[i] = (uint64_t)t;
    carry = (uint64_t)(t >> 64);
  }
  return carry;
}
/* r = a - b over n words; returns the borrow. */
static inline uint64_t sub_words(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < n; i++) {
    const u128 t = (u128)a[i] - b[i] - borrow;
    r[i] = (uint64_t)t;
    borrow = (uint64_t)(t >> 64) & 1;
  }
  return borrow;
}
/* r = a + carry*2^256 - q if that is not negative, else a. The number must be below 2q. */
static inline void subtract_order(uint64_t r[4], const uint64_t a[4], uint64_t carry) {
  uint64_t t[4];
  const uint64_t borrow = sub_words(t, a, order, 4);
  ct_select_words(r, ct_mask_bit(carry | (borrow ^ 1)), t, a, 4);
}

/* Three folds by 2^256 = c mod q, where c has 129 bits. */
static void reduce512(uint64_t r[4], const uint64_t x[8]) {
  uint64_t a[7], b[6], s[4];
  mul_words(a, x + 4, 4, complement, 3);
  add_words(a, 7, x, 4); /* < 2^385 + 2^256 */
  mul_words(b, a + 4, 3, complement, 3);
  add_words(b, 6, a, 4); /* < 2^130 * 2^129 + 2^256 < 2^260: b[4] < 16, b[5] = 0 */
  mul_words(s, b + 4, 1, complement, 3); /* < 2^133 */
  const uint64_t carry = add_words(s, 4, b, 4);
  subtract_order(r, s, carry); /* < 2^256 + 2^133 < 2q */
}

void k1_sc_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
  uint64_t t[4];
  memcpy(t, a, sizeof t);
  const uint64_t carry = add_words(t, 4, b, 4);
  subtract_order(r, t, carry);
}

void k1_sc_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
  uint64_t t[4], m[4];
  const uint64_t negative = ct_mask_bit(sub_words(t, a, b, 4));
  for (int i = 0; i < 4; i++) m[i] = order[i] & negative;
  add_words(t, 4, m, 4);
  memcpy(r, t, sizeof t);
}

void k1_sc_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
  uint64_t t[8];
  mul_words(t, a, 4, b, 4);
  reduce512(r, t);
}

void k1_sc_inv(uint64_t r[4], const uint64_t a[4]) { inverse256(r, a, &order_inverse); }
void k1_sc_inv_vartime(uint64_t r[4], const uint64_t a[4]) { inverse256_vartime(r, a, &order_inverse); }

static void load(uint64_t *r, const uint8_t *in, size_t words) {
  for (size_t i = 0; i < words; i++) {
    uint64_t x = 0;
    for (size_t j = 0; j < 8; j++) x = x << 8 | in[8 * (words - 1 - i) + j];
    r[i] = x;
  }
}

uint64_t k1_sc_decode(uint64_t r[4], const uint8_t in[32]) {
  uint64_t w[4], t[4];
  load(w, in, 4);
  const uint64_t below = ct_mask_bit(sub_words(t, w, order, 4));
  for (int i = 0; i < 4; i++) r[i] = w[i] & below;
  return below;
}

void k1_sc_decode_reduce(uint64_t r[4], const uint8_t in[32]) {
  uint64_t w[4];
  load(w, in, 4);
  subtract_order(r, w, 0);
}

void k1_sc_encode(uint8_t out[32], const uint64_t a[4]) {
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(a[3 - i / 8] >> (56 - 8 * (i % 8)));
}

void k1_sc_reduce_wide(uint64_t r[4], const uint8_t in[64]) {
  uint64_t w[8];
  load(w, in, 8);
  reduce512(r, w);
}

void k1_sc_reduce_words(uint64_t r[4], const uint64_t *x, size_t n) {
  uint64_t t[8] = {0};
  /* Horner in 2^256; the top chunk is the short one. */
  for (size_t chunk = (n + 3) / 4; chunk-- > 0;) {
    const size_t have = n - 4 * chunk < 4 ? n - 4 * chunk : 4;
    for (size_t i = 0; i < 4; i++) t[i] = i < have ? x[4 * chunk + i] : 0;
    reduce512(t + 4, t);
  }
  memcpy(r, t + 4, 32);
}

uint64_t k1_sc_is_high(const uint64_t a[4]) {
  static const uint64_t half[4] = K1_Q_HALF;
  uint64_t t[4];
  return ct_mask_bit(sub_words(t, half, a, 4));
}

/* Gallant, Lambert, Vanstone, CRYPTO 2001. lambda = 0x5363AD4C..1B23BD72, a cube root of 1 mod q; (a1, b1), (a2, b2), found by Euclid's
 * algorithm on (q, lambda), are a basis of the lattice of (x, y) with x + y lambda = 0 mod q, of determinant q:
 *   a1 = b2 = 0x3086D221A7D46BCDE86C90E49284EB15   -b1 = 0xE4437ED6010E88286F547FA90ABFE4C3   a2 = a1 - b1
 * c1 = round(k g1 / 2^384) with g1 = round(2^384 b2 / q), c2 likewise with -b1; k1 = k - c1 a1 - c2 a2, k2 = -c1 b1 - c2 b2.
 * |c1 - k b2 / q| <= 1/2 + q / 2^385, and so for c2, hence
 *   |k1| <= (1/2 + 2^-129)(|a1| + |a2|) < 0.64 * 2^128,   |k2| <= (1/2 + 2^-129)(|b1| + |b2|) < 0.55 * 2^128,
 * and both are exact when computed mod 2^192 in two's complement. */
void k1_sc_split(k1_split *r, const uint64_t k[4]) {
  static const uint64_t g1[4] = {0xE893209A45DBB031u, 0x3DAA8A1471E8CA7Fu, 0xE86C90E49284EB15u, 0x3086D221A7D46BCDu};
  static const uint64_t g2[4] = {0x1571B4AE8AC47F71u, 0x221208AC9DF506C6u, 0x6F547FA90ABFE4C4u, 0xE4437ED6010E8828u};
  static const uint64_t a1[2] = {0xE86C90E49284EB15u, 0x3086D221A7D46BCDu};
  static const uint64_t minus_b1[2] = {0x6F547FA90ABFE4C3u, 0xE4437ED6010E8828u};
  static const uint64_t a2[3] = {0x57C1108D9D44CFD8u, 0x14CA50F7A8E2F3F6u, 1};
  static const uint64_t round[1] = {(uint64_t)1 << 63};
  uint64_t t[8], c1[2], c2[2], x[5], k1[3], k2[3], y[4];

  mul_words(t, k, 4, g1, 4);
  add_words(t + 5, 3, round, 1); /* 2^383 */
  memcpy(c1, t + 6, sizeof c1);
  mul_words(t, k, 4, g2, 4);
  add_words(t + 5, 3, round, 1);
  memcpy(c2, t + 6, sizeof c2);

  mul_words(y, c1, 2, a1, 2);
  mul_words(x, c2, 2, a2, 3);
  sub_words(k1, k, y, 3);
  sub_words(k1, k1, x, 3);
  mul_words(y, c2, 2, a1, 2); /* c2 b2 */
  mul_words(x, c1, 2, minus_b1, 2);
  sub_words(k2, x, y, 3);

  const uint64_t *const part[2] = {k1, k2};
  for (int i = 0; i < 2; i++) {
    const uint64_t neg = ct_mask_bit(part[i][2] >> 63);
    const u128 low = (u128)(part[i][0] ^ neg) + (neg & 1);
    r->mag[i][0] = (uint64_t)low;
    r->mag[i][1] = (part[i][1] ^ neg) + (uint64_t)(low >> 64);
    r->neg[i] = neg;
  }
}
