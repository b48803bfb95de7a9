/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_ED25519_FE_H
#define ECM_ED25519_FE_H
/* The field of p = 2^255 - 19 in five limbs of 51 bits. Private to the ed25519_ files. Constant time, but for
 * fe_inv_vartime.
 *
 * An element has magnitude m when every limb is at most m*M, where M = 2^51 + 2^13. Each function says what magnitudes it takes and
 * gives; "reduced" is magnitude 1, which is what products have. Only fe_encode and the comparisons see the unique value mod p.
 *   mul, sq     in: magnitude <= 7 (limbs < 2^54)   out: 1
 *   add         out: the sum of the magnitudes
 *   sub         subtrahend: 1                       out: that of the minuend + 2
 *   sub3        subtrahend: <= 3                    out: that of the minuend + 4 */
#include "ct.h"
#include "inverse256.h"

typedef struct {
  uint64_t v[5];
} fe;

__extension__ typedef unsigned __int128 fe_wide;

#define FE_MASK51 (((uint64_t)1 << 51) - 1)

static const fe FE_ZERO = {{0, 0, 0, 0, 0}};
static const fe FE_ONE = {{1, 0, 0, 0, 0}};
/* sqrt(-1) = 2^((p-1)/4) */
static const fe FE_I = {{0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

/* The barriers keep sums in general registers, where the next product wants them: gcc's vector adds cost a quarter of a doubling. */
static inline void fe_add(fe *r, const fe *a, const fe *b) {
  for (int i = 0; i < 5; i++) r->v[i] = ct_barrier(a->v[i] + b->v[i]);
}

/* a + 2p - b: the limbs of 2p, 2^52 - 38 and 2^52 - 2, exceed M, so no limb goes below zero; and they are below 2M. */
static inline void fe_sub(fe *r, const fe *a, const fe *b) {
  r->v[0] = ct_barrier(a->v[0] + 0xfffffffffffda - b->v[0]);
  for (int i = 1; i < 5; i++) r->v[i] = ct_barrier(a->v[i] + 0xffffffffffffe - b->v[i]);
}

/* a + 4p - b: the limbs of 4p, at least 2^53 - 76, exceed 3M; they are below 4M. */
static inline void fe_sub3(fe *r, const fe *a, const fe *b) {
  r->v[0] = ct_barrier(a->v[0] + 0x1fffffffffffb4 - b->v[0]);
  for (int i = 1; i < 5; i++) r->v[i] = ct_barrier(a->v[i] + 0x1ffffffffffffc - b->v[i]);
}

/* b of magnitude 1; out: 2 */
static inline void fe_neg(fe *r, const fe *b) { fe_sub(r, &FE_ZERO, b); }

/* t / 2^51 mod 2^64. The barrier keeps gcc from making one double shift of it, which takes AMD's processors six operations. */
static inline uint64_t fe_carry_of(fe_wide t) { return ct_barrier((uint64_t)(t >> 64) << 13) | (uint64_t)t >> 51; }

/* Carries a product's columns. In: t0 < (1 + 4*19)*2^108 < 2^115, and t4 <= 5*2^108 + 2^64 (no column above it wraps into it).
 * So each carry c < 2^64, the last one c4 < 2^59.4 and 19*c4 + 2^51 < 2^64; after it limb 0 carries at most 2^13 into limb 1.
 * Out: limbs 0, 2, 3, 4 < 2^51, limb 1 < 2^51 + 2^13: magnitude 1. */
static inline void fe_carry_wide(fe *r, fe_wide t0, fe_wide t1, fe_wide t2, fe_wide t3, fe_wide t4) {
  uint64_t r0, r1;
  t1 += fe_carry_of(t0);
  t2 += fe_carry_of(t1);
  t3 += fe_carry_of(t2);
  t4 += fe_carry_of(t3);
  r0 = ((uint64_t)t0 & FE_MASK51) + 19 * fe_carry_of(t4);
  r1 = ((uint64_t)t1 & FE_MASK51) + (r0 >> 51);
  r->v[0] = r0 & FE_MASK51;
  r->v[1] = r1;
  r->v[2] = (uint64_t)t2 & FE_MASK51;
  r->v[3] = (uint64_t)t3 & FE_MASK51;
  r->v[4] = (uint64_t)t4 & FE_MASK51;
}

/* Schoolbook; columns from 5 up come back times 19, as 2^255 = 19. Limbs < 2^54, so 19*b < 2^58.3 fits a word. */
static inline void fe_mul(fe *r, const fe *a, const fe *b) {
  const uint64_t a0 = a->v[0], a1 = a->v[1], a2 = a->v[2], a3 = a->v[3], a4 = a->v[4];
  const uint64_t b0 = b->v[0], b1 = b->v[1], b2 = b->v[2], b3 = b->v[3], b4 = b->v[4];
  const uint64_t c1 = 19 * b1, c2 = 19 * b2, c3 = 19 * b3, c4 = 19 * b4;
  const fe_wide t0 = (fe_wide)a0 * b0 + (fe_wide)a1 * c4 + (fe_wide)a2 * c3 + (fe_wide)a3 * c2 + (fe_wide)a4 * c1;
  const fe_wide t1 = (fe_wide)a0 * b1 + (fe_wide)a1 * b0 + (fe_wide)a2 * c4 + (fe_wide)a3 * c3 + (fe_wide)a4 * c2;
  const fe_wide t2 = (fe_wide)a0 * b2 + (fe_wide)a1 * b1 + (fe_wide)a2 * b0 + (fe_wide)a3 * c4 + (fe_wide)a4 * c3;
  const fe_wide t3 = (fe_wide)a0 * b3 + (fe_wide)a1 * b2 + (fe_wide)a2 * b1 + (fe_wide)a3 * b0 + (fe_wide)a4 * c4;
  const fe_wide t4 = (fe_wide)a0 * b4 + (fe_wide)a1 * b3 + (fe_wide)a2 * b2 + (fe_wide)a3 * b1 + (fe_wide)a4 * b0;
  fe_carry_wide(r, t0, t1, t2, t3, t4);
}

/* The columns of a square: 38*a < 2^59.3. */
#define FE_SQ_COLUMNS(a)                                                                                                     \
  const uint64_t a0 = (a)->v[0], a1 = (a)->v[1], a2 = (a)->v[2], a3 = (a)->v[3], a4 = (a)->v[4];                             \
  const uint64_t d0 = 2 * a0, d1 = 2 * a1, a3_19 = 19 * a3, a4_19 = 19 * a4, a3_38 = 38 * a3, a4_38 = 38 * a4;               \
  const fe_wide t0 = (fe_wide)a0 * a0 + (fe_wide)a1 * a4_38 + (fe_wide)a2 * a3_38;                                           \
  const fe_wide t1 = (fe_wide)d0 * a1 + (fe_wide)a2 * a4_38 + (fe_wide)a3 * a3_19;                                           \
  const fe_wide t2 = (fe_wide)d0 * a2 + (fe_wide)a1 * a1 + (fe_wide)a3 * a4_38;                                              \
  const fe_wide t3 = (fe_wide)d0 * a3 + (fe_wide)d1 * a2 + (fe_wide)a4 * a4_19;                                              \
  const fe_wide t4 = (fe_wide)d0 * a4 + (fe_wide)d1 * a3 + (fe_wide)a2 * a2

static inline void fe_sq(fe *r, const fe *a) {
  FE_SQ_COLUMNS(a);
  fe_carry_wide(r, t0, t1, t2, t3, t4);
}

/* r = a^(2^n). Each square waits for the last, so carries go in two passes side by side, not in a chain. First carries: at most
 * t0 >> 51 < 2^63.3 and 19*(t4 >> 51) < 2^63.7, and with 2^51 added below 2^64 still. Second carries: below 2^13, and t3 < 2^112.6
 * makes the one from limb 4 below 2^10.7. Out: limb 0 < 2^51 + 2^15, the others < 2^51 + 2^13: magnitude 2. */
static inline void fe_sq_times(fe *r, const fe *a, int n) {
  fe x = *a;
  while (n-- > 0) {
    FE_SQ_COLUMNS(&x);
    const uint64_t r0 = ((uint64_t)t0 & FE_MASK51) + 19 * fe_carry_of(t4);
    const uint64_t r1 = ((uint64_t)t1 & FE_MASK51) + fe_carry_of(t0);
    const uint64_t r2 = ((uint64_t)t2 & FE_MASK51) + fe_carry_of(t1);
    const uint64_t r3 = ((uint64_t)t3 & FE_MASK51) + fe_carry_of(t2);
    const uint64_t r4 = ((uint64_t)t4 & FE_MASK51) + fe_carry_of(t3);
    x.v[0] = (r0 & FE_MASK51) + 19 * (r4 >> 51);
    x.v[1] = (r1 & FE_MASK51) + (r0 >> 51);
    x.v[2] = (r2 & FE_MASK51) + (r1 >> 51);
    x.v[3] = (r3 & FE_MASK51) + (r2 >> 51);
    x.v[4] = (r4 & FE_MASK51) + (r3 >> 51);
  }
  *r = x;
}

/* r = a^(2^252 - 3) = a^((p-5)/8): 251 squarings and 11 products. x_n stands for a^(2^n - 1). Magnitude <= 7. */
static inline void fe_pow_p58(fe *r, const fe *a) {
  fe a2, a9, x5, x10, x50, x100, t, u;
  fe_sq(&a2, a);
  fe_sq_times(&t, &a2, 2);
  fe_mul(&a9, &t, a);
  fe_mul(&t, &a9, &a2); /* a^11 */
  fe_sq(&t, &t);
  fe_mul(&x5, &t, &a9); /* a^31 */
  fe_sq_times(&t, &x5, 5);
  fe_mul(&x10, &t, &x5);
  fe_sq_times(&t, &x10, 10);
  fe_mul(&u, &t, &x10); /* x_20 */
  fe_sq_times(&t, &u, 20);
  fe_mul(&t, &t, &u); /* x_40 */
  fe_sq_times(&t, &t, 10);
  fe_mul(&x50, &t, &x10);
  fe_sq_times(&t, &x50, 50);
  fe_mul(&x100, &t, &x50);
  fe_sq_times(&t, &x100, 100);
  fe_mul(&t, &t, &x100); /* x_200 */
  fe_sq_times(&t, &t, 50);
  fe_mul(&t, &t, &x50); /* x_250 */
  fe_sq_times(&t, &t, 2);
  fe_mul(r, &t, a); /* 2^252 - 4, + 1 */
}

/* The value mod p in [0, p) as limbs below 2^51. Limbs below 2^63 will do. */
static inline void fe_canonical(fe *r, const fe *a) {
  uint64_t t[5], c;
  memcpy(t, a->v, sizeof t);
  /* After the first round limb 0 is below 2^51 + 19*2^13, the others below 2^51. If the second round carries out of limb 4, the carry
   * ran through all limbs and left them nearly zero: so after it every limb is below 2^51, and the value below 2^255 = p + 19. */
  for (int round = 0; round < 2; round++) {
    c = 0;
    for (int i = 0; i < 5; i++) {
      t[i] += c;
      c = t[i] >> 51;
      t[i] &= FE_MASK51;
    }
    t[0] += 19 * c;
  }
  /* It is at least p exactly when adding 19 carries out of bit 255. Then subtract p = add 19, drop bit 255. */
  c = (t[0] + 19) >> 51;
  for (int i = 1; i < 5; i++) c = (t[i] + c) >> 51;
  c *= 19;
  for (int i = 0; i < 5; i++) {
    t[i] += c;
    c = t[i] >> 51;
    t[i] &= FE_MASK51;
  }
  memcpy(r->v, t, sizeof t);
}

/* Limbs below 2^51 to words and back. */
static inline void fe_to_words(uint64_t w[4], const fe *c) {
  for (int i = 0; i < 4; i++) w[i] = c->v[i] >> (13 * i) | c->v[i + 1] << (51 - 13 * i);
}
static inline void fe_from_words(fe *r, const uint64_t w[4]) {
  r->v[0] = w[0] & FE_MASK51;
  for (int i = 1; i < 4; i++) r->v[i] = (w[i - 1] >> (64 - 13 * i) | w[i] << (13 * i)) & FE_MASK51;
  r->v[4] = w[3] >> 12 & FE_MASK51; /* bit 255 is dropped */
}

/* r = 1/a; 0 gives 0. */
static inline void fe_invert(fe *r, const fe *a, void (*inverse)(uint64_t *, const uint64_t *, const inverse256_modulus *)) {
  static const inverse256_modulus p = {
      {0x3fffffffffffffed, 0x3fffffffffffffff, 0x3fffffffffffffff, 0x3fffffffffffffff, 0x7f}, 0x39435e50d79435e5};
  uint64_t w[4];
  fe_canonical(r, a);
  fe_to_words(w, r);
  inverse(w, w, &p);
  fe_from_words(r, w);
}
static inline void fe_inv(fe *r, const fe *a) { fe_invert(r, a, inverse256); }
static inline void fe_inv_vartime(fe *r, const fe *a) { fe_invert(r, a, inverse256_vartime); }

/* 32 bytes little-endian, canonical: bit 255 is 0. */
static inline void fe_encode(uint8_t out[32], const fe *a) {
  fe c;
  uint64_t w[4];
  fe_canonical(&c, a);
  fe_to_words(w, &c);
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(w[i / 8] >> (8 * (i % 8)));
}

/* Reads 255 bits, leaving bit 255 aside. Returns the mask of "below p". Out: limbs < 2^51. */
static inline uint64_t fe_decode(fe *r, const uint8_t in[32]) {
  uint64_t w[4] = {0, 0, 0, 0}, c;
  for (int i = 0; i < 32; i++) w[i / 8] |= (uint64_t)in[i] << (8 * (i % 8));
  fe_from_words(r, w);
  c = (r->v[0] + 19) >> 51; /* carries out of bit 255 exactly when the value is >= p */
  for (int i = 1; i < 5; i++) c = (r->v[i] + c) >> 51;
  return ct_is_zero(c);
}

/* Masks; magnitudes <= 7. */
static inline uint64_t fe_is_zero(const fe *a) {
  fe c;
  fe_canonical(&c, a);
  return ct_is_zero(c.v[0] | c.v[1] | c.v[2] | c.v[3] | c.v[4]);
}
static inline uint64_t fe_eq(const fe *a, const fe *b) {
  fe x, y;
  uint64_t d = 0;
  fe_canonical(&x, a);
  fe_canonical(&y, b);
  for (int i = 0; i < 5; i++) d |= x.v[i] ^ y.v[i];
  return ct_is_zero(d);
}
/* The sign of RFC 8032: the lowest bit of the canonical value. */
static inline uint64_t fe_is_odd(const fe *a) {
  fe c;
  fe_canonical(&c, a);
  return c.v[0] & 1;
}
/* r = mask ? a : b */
static inline void fe_select(fe *r, uint64_t mask, const fe *a, const fe *b) { ct_select_words(r->v, mask, a->v, b->v, 5); }
#endif
