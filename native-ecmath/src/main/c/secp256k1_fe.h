/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SECP256K1_FE_H
#define ECM_SECP256K1_FE_H
/* The field of secp256k1, p = 2^256 - 0x1000003D1, in five limbs of 52 bits (the last one 48), lazily reduced.
 *
 * An element a stands for a.n[0] + a.n[1]*2^52 + ... + a.n[4]*2^208 mod p. It has magnitude m (a number known to whoever writes the
 * formula, never stored) when a.n[i] <= 2m(2^52 - 1) for i < 4 and a.n[4] <= 2m(2^48 - 1):
 *   add: magnitudes add.   times a small n: multiplied by n.   neg: m + 1.   mul, sqr, mul2: 1.   normalize: canonical, magnitude 1.
 * Limits: m <= 1023 everywhere; a product takes Ma*Mb <= 2048, a sum of two products Ma*Mb + Mc*Md <= 2048.
 * The bounds at the steps of the multiplication are for that limit.
 *
 * All functions are constant time except those that end in _vartime. Results may alias operands. */
#include "ct.h"

typedef unsigned __int128 k1_u128;

typedef struct {
  uint64_t n[5];
} k1_fe;

#define K1_M52 0xFFFFFFFFFFFFFu
#define K1_M48 0xFFFFFFFFFFFFu
#define K1_FOLD256 0x1000003D1u  /* 2^256 mod p, 33 bits */
#define K1_FOLD260 0x1000003D10u /* 2^260 mod p, 37 bits */

/* A cube root of 1 mod p, the one that goes with lambda of secp256k1_scalar.c. */
#define K1_FE_BETA {{0x96C28719501EEu, 0x7512F58995C13u, 0xC3434E99CF049u, 0x7106E64479EAu, 0x7AE96A2B657Cu}}
#define K1_FE_P {{0xFFFFEFFFFFC2Fu, K1_M52, K1_M52, K1_M52, K1_M48}}

static inline void k1_fe_set_small(k1_fe *r, uint64_t x) { *r = (k1_fe){{x, 0, 0, 0, 0}}; }

/* Any four words: values in [p, 2^256) are legal representations. */
static inline void k1_fe_from_words(k1_fe *r, const uint64_t w[4]) {
  *r = (k1_fe){{w[0] & K1_M52, (w[0] >> 52 | w[1] << 12) & K1_M52, (w[1] >> 40 | w[2] << 24) & K1_M52,
                (w[2] >> 28 | w[3] << 36) & K1_M52, w[3] >> 16}};
}
/* a: normalized. */
static inline void k1_fe_to_words(uint64_t w[4], const k1_fe *a) {
  w[0] = a->n[0] | a->n[1] << 52;
  w[1] = a->n[1] >> 12 | a->n[2] << 40;
  w[2] = a->n[2] >> 24 | a->n[3] << 28;
  w[3] = a->n[3] >> 36 | a->n[4] << 16;
}

static inline void k1_fe_add(k1_fe *r, const k1_fe *a, const k1_fe *b) {
  for (int i = 0; i < 5; i++) r->n[i] = a->n[i] + b->n[i];
}
static inline void k1_fe_mul_small(k1_fe *r, const k1_fe *a, uint64_t x) {
  for (int i = 0; i < 5; i++) r->n[i] = a->n[i] * x;
}
/* a of magnitude at most m. 2(m+1)p_i >= 2m(2^52 - 1) in every limb, so none goes below zero. */
static inline void k1_fe_neg(k1_fe *r, const k1_fe *a, uint64_t m) {
  static const k1_fe p = K1_FE_P;
  for (int i = 0; i < 5; i++) r->n[i] = 2 * (m + 1) * p.n[i] - a->n[i];
}
/* r = a - b, b of magnitude at most m: magnitude of a plus m + 1. */
static inline void k1_fe_sub(k1_fe *r, const k1_fe *a, const k1_fe *b, uint64_t m) {
  k1_fe t;
  k1_fe_neg(&t, b, m);
  k1_fe_add(r, a, &t);
}
static inline void k1_fe_select(k1_fe *r, uint64_t mask, const k1_fe *a, const k1_fe *b) {
  ct_select_words(r->n, mask, a->n, b->n, 5);
}

/* Columns of a product: column k collects what has weight 2^(52k). */
#define K1_X(a, i, b, j) ((k1_u128)(a)->n[i] * (b)->n[j])
#define K1_COL0(a, b) K1_X(a, 0, b, 0)
#define K1_COL1(a, b) (K1_X(a, 0, b, 1) + K1_X(a, 1, b, 0))
#define K1_COL2(a, b) (K1_X(a, 0, b, 2) + K1_X(a, 1, b, 1) + K1_X(a, 2, b, 0))
#define K1_COL3(a, b) (K1_X(a, 0, b, 3) + K1_X(a, 1, b, 2) + K1_X(a, 2, b, 1) + K1_X(a, 3, b, 0))
#define K1_COL4(a, b) (K1_X(a, 0, b, 4) + K1_X(a, 1, b, 3) + K1_X(a, 2, b, 2) + K1_X(a, 3, b, 1) + K1_X(a, 4, b, 0))
#define K1_COL5(a, b) (K1_X(a, 1, b, 4) + K1_X(a, 2, b, 3) + K1_X(a, 3, b, 2) + K1_X(a, 4, b, 1))
#define K1_COL6(a, b) (K1_X(a, 2, b, 4) + K1_X(a, 3, b, 3) + K1_X(a, 4, b, 2))
#define K1_COL7(a, b) (K1_X(a, 3, b, 4) + K1_X(a, 4, b, 3))
#define K1_COL8(a, b) K1_X(a, 4, b, 4)

/* Reduces nine columns, given as expressions, to magnitude 1. With Ma*Mb <= 2048 a column is below 5 * 4*2048 * 2^104 < 2^120.
 * Columns 5 .. 8, cut at bit 64, fold down with no carry between them: 2^260 = FOLD260 and 2^(260 + 64) = 2^52 * 2^12 FOLD260. The
 * upper part of column 4 folds the same way, so that little is left above bit 256 in the end. */
#define K1_LOW(t) ((k1_u128)(uint64_t)(t) * K1_FOLD260)                /* < 2^101 */
#define K1_HIGH(t) ((k1_u128)(uint64_t)((t) >> 64) * (K1_FOLD260 << 12)) /* 56 bits times 49 bits */
#define K1_FE_REDUCE(r, C0, C1, C2, C3, C4, C5, C6, C7, C8)                                    \
  do {                                                                                         \
    k1_u128 c_, d_, e_;                                                                        \
    uint64_t t4_, r0_, r1_, r2_, r3_;                                                          \
    d_ = (C4);                                                                                 \
    t4_ = (uint64_t)d_;                                                                        \
    e_ = (C5);                                                                                 \
    c_ = (C0) + K1_HIGH(d_) + K1_LOW(e_); /* < 2^120 + 2^106 */                                \
    r0_ = (uint64_t)c_ & K1_M52;                                                               \
    d_ = (C6);                                                                                 \
    c_ = (c_ >> 52) + (C1) + K1_HIGH(e_) + K1_LOW(d_);                                         \
    r1_ = (uint64_t)c_ & K1_M52;                                                               \
    e_ = (C7);                                                                                 \
    c_ = (c_ >> 52) + (C2) + K1_HIGH(d_) + K1_LOW(e_);                                         \
    r2_ = (uint64_t)c_ & K1_M52;                                                               \
    d_ = (C8); /* < 2^109 */                                                                   \
    c_ = (c_ >> 52) + (C3) + K1_HIGH(e_) + K1_LOW(d_);                                         \
    r3_ = (uint64_t)c_ & K1_M52;                                                               \
    c_ = (c_ >> 52) + t4_ + K1_HIGH(d_); /* < 2^69 + 2^64 + 2^94 */                            \
    (r)->n[4] = (uint64_t)c_ & K1_M48;                                                         \
    c_ = r0_ + (k1_u128)(uint64_t)(c_ >> 48) * K1_FOLD256; /* 47 bits times 33 bits */         \
    (r)->n[0] = (uint64_t)c_ & K1_M52;                                                         \
    (r)->n[1] = r1_ + (uint64_t)(c_ >> 52); /* < 2^52 + 2^29 */                                \
    (r)->n[2] = r2_;                                                                           \
    (r)->n[3] = r3_;                                                                           \
  } while (0)

static inline void k1_fe_mul(k1_fe *r, const k1_fe *a, const k1_fe *b) {
  K1_FE_REDUCE(r, K1_COL0(a, b), K1_COL1(a, b), K1_COL2(a, b), K1_COL3(a, b), K1_COL4(a, b), K1_COL5(a, b),
               K1_COL6(a, b), K1_COL7(a, b), K1_COL8(a, b));
}
/* r = a*b + c*d with one reduction. */
static inline void k1_fe_mul2(k1_fe *r, const k1_fe *a, const k1_fe *b, const k1_fe *c, const k1_fe *d) {
  K1_FE_REDUCE(r, K1_COL0(a, b) + K1_COL0(c, d), K1_COL1(a, b) + K1_COL1(c, d), K1_COL2(a, b) + K1_COL2(c, d),
               K1_COL3(a, b) + K1_COL3(c, d), K1_COL4(a, b) + K1_COL4(c, d), K1_COL5(a, b) + K1_COL5(c, d),
               K1_COL6(a, b) + K1_COL6(c, d), K1_COL7(a, b) + K1_COL7(c, d), K1_COL8(a, b) + K1_COL8(c, d));
}
static inline void k1_fe_sqr(k1_fe *r, const k1_fe *a) {
  const uint64_t a0 = 2 * a->n[0], a1 = 2 * a->n[1], a2 = 2 * a->n[2], a3 = 2 * a->n[3]; /* m <= 45, so < 2^60 */
  K1_FE_REDUCE(r, K1_X(a, 0, a, 0), (k1_u128)a0 * a->n[1], (k1_u128)a0 * a->n[2] + K1_X(a, 1, a, 1),
               (k1_u128)a0 * a->n[3] + (k1_u128)a1 * a->n[2],
               (k1_u128)a0 * a->n[4] + (k1_u128)a1 * a->n[3] + K1_X(a, 2, a, 2),
               (k1_u128)a1 * a->n[4] + (k1_u128)a2 * a->n[3], (k1_u128)a2 * a->n[4] + K1_X(a, 3, a, 3),
               (k1_u128)a3 * a->n[4], K1_X(a, 4, a, 4));
}

/* The canonical representative, every limb within its 52 (48) bits. */
static inline void k1_fe_normalize(k1_fe *r, const k1_fe *a) {
  uint64_t v[5], t[5], c;
  /* Pass 1: n[4] <= 2^59, so the surplus is at most 11 bits; afterwards v < 2^256 + 2^221. */
  c = (a->n[4] >> 48) * K1_FOLD256;
  for (int i = 0; i < 4; i++) {
    c += a->n[i];
    v[i] = c & K1_M52;
    c >>= 52;
  }
  v[4] = (a->n[4] & K1_M48) + c;
  /* v >= p iff v + (2^256 - p) reaches 2^256; v < 2p, so once is enough. */
  c = K1_FOLD256;
  for (int i = 0; i < 4; i++) {
    c += v[i];
    t[i] = c & K1_M52;
    c >>= 52;
  }
  t[4] = v[4] + c;
  const uint64_t over = ~ct_is_zero(t[4] >> 48);
  t[4] &= K1_M48;
  ct_select_words(r->n, over, t, v, 5);
}
/* Mask: a = 0 mod p. */
static inline uint64_t k1_fe_is_zero(const k1_fe *a) {
  k1_fe t;
  k1_fe_normalize(&t, a);
  return ct_is_zero(t.n[0] | t.n[1] | t.n[2] | t.n[3] | t.n[4]);
}
/* Mask: a = b mod p. b of magnitude at most 8. */
static inline uint64_t k1_fe_equal(const k1_fe *a, const k1_fe *b) {
  k1_fe t;
  k1_fe_sub(&t, a, b, 8);
  return k1_fe_is_zero(&t);
}

/* Big-endian; r = 0 and mask 0 unless below p. */
uint64_t k1_fe_decode(k1_fe *r, const uint8_t in[32]);
/* a: normalized. */
void k1_fe_encode(uint8_t out[32], const k1_fe *a);
/* 1/a, normalized; 0 gives 0. */
void k1_fe_inv(k1_fe *r, const k1_fe *a);
void k1_fe_inv_vartime(k1_fe *r, const k1_fe *a);
/* r = a^(2^n), n >= 1, magnitudes 1. */
void k1_fe_sqr_times(k1_fe *r, const k1_fe *a, int n);
/* A square root of a (magnitude <= 45), or of -a when a is not a square; mask: r^2 = a. */
uint64_t k1_fe_sqrt(k1_fe *r, const k1_fe *a);
#endif
