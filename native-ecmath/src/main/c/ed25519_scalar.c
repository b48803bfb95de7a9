/* SPDX-License-Identifier: Apache-2.0 */
#include "ed25519_scalar.h"

#include "ct.h"
#include "inverse256.h"

__extension__ typedef unsigned __int128 wide;

const uint64_t ed25519_order[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

/* Barrett's constant, floor(2^512 / L): 260 bits. */
static const uint64_t barrett[5] = {0xed9ce5a30a2c131b, 0x2106215d086329a7, 0xffffffffffffffeb, 0xffffffffffffffff, 0xf};

/* r = a - b mod 2^256; returns the borrow, 0 or 1. */
static uint64_t words_sub(uint64_t *r, const uint64_t *a, const uint64_t *b) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < 4; i++) {
    const wide t = (wide)a[i] - b[i] - borrow;
    r[i] = (uint64_t)t;
    borrow = (uint64_t)(t >> 64) & 1;
  }
  return borrow;
}

/* r = a < L ? a : a - L */
static void subtract_order(uint64_t r[4], const uint64_t a[4]) {
  uint64_t t[4];
  const uint64_t below = ct_mask_bit(words_sub(t, a, ed25519_order));
  ct_select_words(r, below, a, t, 4);
}

/* The low rn words of a*b. */
static void words_mul(uint64_t *r, size_t rn, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
  for (size_t i = 0; i < rn; i++) r[i] = 0;
  for (size_t i = 0; i < an && i < rn; i++) {
    uint64_t carry = 0;
    size_t j = 0;
    for (; j < bn && i + j < rn; j++) {
      const wide t = (wide)a[i] * b[j] + r[i + j] + carry; /* <= (2^64-1)^2 + 2(2^64-1) = 2^128 - 1 */
      r[i + j] = (uint64_t)t;
      carry = (uint64_t)(t >> 64);
    }
    if (i + j < rn) r[i + j] = carry;
  }
}

/* r = x mod L for any x < 2^512. Barrett as in the Handbook of Applied Cryptography, algorithm 14.42, b = 2^64, k = 4. x/L exceeds the
 * unrounded estimate by less than f + 2^-60 < 1, where f < 0.23 is what rounding took off the constant: so the rounded estimate is at
 * most 1 too small, x - q*L < 2L < 2^254, its low 4 words determine it, and one subtraction ends. */
static void barrett_reduce(uint64_t r[4], const uint64_t x[8]) {
  uint64_t q[10], ql[4], t[4];
  words_mul(q, 10, x + 3, 5, barrett, 5);
  words_mul(ql, 4, q + 5, 5, ed25519_order, 4);
  (void)words_sub(t, x, ql);
  subtract_order(r, t);
}

void ed25519_sc_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
  uint64_t t[4], carry = 0;
  for (size_t i = 0; i < 4; i++) { /* the sum is below 2L < 2^254 */
    const wide s = (wide)a[i] + b[i] + carry;
    t[i] = (uint64_t)s;
    carry = (uint64_t)(s >> 64);
  }
  subtract_order(r, t);
}

void ed25519_sc_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
  uint64_t t[4], carry = 0;
  const uint64_t negative = ct_mask_bit(words_sub(t, a, b));
  for (size_t i = 0; i < 4; i++) {
    const wide s = (wide)t[i] + (ed25519_order[i] & negative) + carry;
    r[i] = (uint64_t)s;
    carry = (uint64_t)(s >> 64);
  }
}

void ed25519_sc_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]) {
  uint64_t t[8];
  words_mul(t, 8, a, 4, b, 4);
  barrett_reduce(r, t);
}

void ed25519_sc_inv(uint64_t r[4], const uint64_t a[4]) {
  static const inverse256_modulus order = {{0x1812631a5cf5d3ed, 0x137be77a8bde7359, 0x1, 0, 0x10}, 0x2d4ae25cedab81e5};
  inverse256(r, a, &order);
}

uint64_t ed25519_sc_decode(uint64_t r[4], const uint8_t in[32]) {
  uint64_t w[4] = {0, 0, 0, 0}, t[4];
  for (size_t i = 0; i < 32; i++) w[i / 8] |= (uint64_t)in[i] << (8 * (i % 8));
  const uint64_t below = ct_mask_bit(words_sub(t, w, ed25519_order));
  for (size_t i = 0; i < 4; i++) r[i] = w[i] & below;
  return below;
}

void ed25519_sc_encode(uint8_t out[32], const uint64_t a[4]) {
  for (size_t i = 0; i < 32; i++) out[i] = (uint8_t)(a[i / 8] >> (8 * (i % 8)));
}

void ed25519_sc_reduce_wide(uint64_t r[4], const uint8_t in[64]) {
  uint64_t w[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  for (size_t i = 0; i < 64; i++) w[i / 8] |= (uint64_t)in[i] << (8 * (i % 8));
  barrett_reduce(r, w);
}

/* Horner from the top, four words at a step: each step reduces r*2^256 + chunk < L*2^256 < 2^512. */
void ed25519_sc_reduce_words(uint64_t r[4], const uint64_t *x, size_t n) {
  uint64_t t[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  const size_t top = (n - 1) % 4 + 1;
  n -= top;
  memcpy(t, x + n, 8 * top);
  barrett_reduce(t + 4, t); /* the chunk may be >= L */
  while (n > 0) {
    n -= 4;
    memcpy(t, x + n, 32);
    barrett_reduce(t + 4, t);
  }
  memcpy(r, t + 4, 32);
}
