/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__GNUC__) && !defined(__clang__)
/* Loops over five limbs become moves between general and vector registers, which costs a tenth of the time. */
#pragma GCC optimize("no-tree-vectorize")
#endif
#include "secp256k1_point.h"

#define B 7
#define B3 21 /* 3b */

/* SEC 2 v2 §2.4.1 */
const k1_affine k1_generator = {
    {{0x2815B16F81798u, 0xDB2DCE28D959Fu, 0xE870B07029BFCu, 0xBBAC55A06295Cu, 0x79BE667EF9DCu}},
    {{0x7D08FFB10D4B8u, 0x48A68554199C4u, 0xE1108A8FD17B4u, 0xC4655DA4FBFC0u, 0x483ADA7726A3u}}};
static const k1_fe beta = K1_FE_BETA;

void k1_point_set_identity(k1_point *r) {
  k1_fe_set_small(&r->x, 0);
  k1_fe_set_small(&r->y, 1);
  k1_fe_set_small(&r->z, 0);
}

void k1_point_set_affine(k1_point *r, const k1_affine *a) {
  r->x = a->x;
  r->y = a->y;
  k1_fe_set_small(&r->z, 1);
}

/* ePrint 2015/1060, algorithm 9, with the last product and sum of Y3 as one reduction:
 *   X3 = 2XY (Y^2 - 9b Z^2)   Y3 = 8Y^2 * 3b Z^2 + (Y^2 - 9b Z^2)(Y^2 + 3b Z^2)   Z3 = 8Y^2 * YZ */
void k1_point_double(k1_point *r, const k1_point *p) {
  k1_fe yy, zz, yz, xy, bz, y8, minus, plus;
  k1_fe_sqr(&yy, &p->y);
  k1_fe_sqr(&zz, &p->z);
  k1_fe_mul(&yz, &p->y, &p->z);
  k1_fe_mul(&xy, &p->x, &p->y);
  k1_fe_mul_small(&bz, &zz, B3);        /* 21 */
  k1_fe_mul_small(&y8, &yy, 8);         /* 8 */
  k1_fe_mul_small(&minus, &bz, 3);      /* 63 */
  k1_fe_sub(&minus, &yy, &minus, 63);   /* 65 */
  k1_fe_add(&plus, &yy, &bz);           /* 22 */
  k1_fe_add(&xy, &xy, &xy);             /* 2 */
  k1_fe_mul2(&r->y, &y8, &bz, &minus, &plus); /* 8*21 + 65*22 = 1598 */
  k1_fe_mul(&r->z, &y8, &yz);
  k1_fe_mul(&r->x, &xy, &minus);
}

/* The common end of algorithms 7 and 8: a = X1Y2 + X2Y1, b = Y1Z2 + Y2Z1, d = X1Z2 + X2Z1 (magnitude <= 4 each), xx = X1X2,
 * yy = Y1Y2, zz = 3b Z1Z2 (magnitude 21).
 *   X3 = a (yy - zz) - b 3b d   Y3 = 3b d 3xx + (yy - zz)(yy + zz)   Z3 = (yy + zz) b + 3xx a */
static inline void add_finish(k1_point *r, const k1_fe *a, const k1_fe *b, const k1_fe *d, const k1_fe *xx, const k1_fe *yy,
                              const k1_fe *zz) {
  k1_fe minus, plus, d21, b_neg, xx3;
  k1_fe_sub(&minus, yy, zz, 21);                 /* 23 */
  k1_fe_add(&plus, yy, zz);                      /* 22 */
  k1_fe_mul_small(&d21, d, B3);                  /* 84 */
  k1_fe_neg(&b_neg, b, 4);                       /* 5 */
  k1_fe_mul_small(&xx3, xx, 3);                  /* 3 */
  k1_fe_mul2(&r->x, a, &minus, &b_neg, &d21);    /* 4*23 + 5*84 = 512 */
  k1_fe_mul2(&r->y, &d21, &xx3, &minus, &plus);  /* 84*3 + 23*22 = 758 */
  k1_fe_mul2(&r->z, &plus, b, &xx3, a);          /* 22*4 + 3*4 = 100 */
}

/* r = (a1 + a2)(b1 + b2) - s - t = a1 b2 + a2 b1, for s = a1 b1, t = a2 b2: magnitude 4. */
static inline void cross(k1_fe *r, const k1_fe *a1, const k1_fe *a2, const k1_fe *b1, const k1_fe *b2, const k1_fe *s,
                         const k1_fe *t) {
  k1_fe u, v;
  k1_fe_add(&u, a1, a2); /* <= 3 */
  k1_fe_add(&v, b1, b2);
  k1_fe_mul(&u, &u, &v);
  k1_fe_add(&v, s, t);
  k1_fe_sub(r, &u, &v, 2);
}

/* Algorithm 7. */
void k1_point_add(k1_point *r, const k1_point *p, const k1_point *q) {
  k1_fe xx, yy, zz, a, b, d;
  k1_fe_mul(&xx, &p->x, &q->x);
  k1_fe_mul(&yy, &p->y, &q->y);
  k1_fe_mul(&zz, &p->z, &q->z);
  cross(&a, &p->x, &p->y, &q->x, &q->y, &xx, &yy);
  cross(&b, &p->y, &p->z, &q->y, &q->z, &yy, &zz);
  cross(&d, &p->x, &p->z, &q->x, &q->z, &xx, &zz);
  k1_fe_mul_small(&zz, &zz, B3);
  add_finish(r, &a, &b, &d, &xx, &yy, &zz);
}

/* Algorithm 8: Z2 = 1. */
void k1_point_add_affine(k1_point *r, const k1_point *p, const k1_affine *q) {
  k1_fe xx, yy, zz, a, b, d;
  k1_fe_mul(&xx, &p->x, &q->x);
  k1_fe_mul(&yy, &p->y, &q->y);
  cross(&a, &p->x, &p->y, &q->x, &q->y, &xx, &yy);
  k1_fe_mul(&b, &q->y, &p->z);
  k1_fe_add(&b, &b, &p->y); /* <= 3 */
  k1_fe_mul(&d, &q->x, &p->z);
  k1_fe_add(&d, &d, &p->x); /* 2 */
  k1_fe_mul_small(&zz, &p->z, B3);
  add_finish(r, &a, &b, &d, &xx, &yy, &zz);
}

void k1_fe_negate_if(k1_fe *y, uint64_t mask) {
  k1_fe n;
  k1_fe_neg(&n, y, 1);
  k1_fe_select(y, mask, &n, y);
}

void k1_fe_mul_beta(k1_fe *r, const k1_fe *x) { k1_fe_mul(r, x, &beta); }

uint64_t k1_point_is_identity(const k1_point *p) { return k1_fe_is_zero(&p->z); }

uint64_t k1_point_equal(const k1_point *p, const k1_point *q) {
  /* Cross-multiplied; the identity differs from all others in Y1 Z2 = Y2 Z1, since no point of this group has Y = 0. */
  k1_fe s, t;
  uint64_t equal;
  k1_fe_mul(&s, &p->x, &q->z);
  k1_fe_mul(&t, &q->x, &p->z);
  equal = k1_fe_equal(&s, &t);
  k1_fe_mul(&s, &p->y, &q->z);
  k1_fe_mul(&t, &q->y, &p->z);
  return equal & k1_fe_equal(&s, &t);
}

uint64_t k1_point_decode(k1_affine *r, const uint8_t in33[33]) {
  k1_fe t, b;
  uint64_t valid = ct_eq(in33[0] & 0xFE, 2) & k1_fe_decode(&r->x, in33 + 1);
  k1_fe_set_small(&b, B);
  k1_fe_sqr(&t, &r->x);
  k1_fe_mul(&t, &t, &r->x);
  k1_fe_add(&t, &t, &b);
  valid &= k1_fe_sqrt(&r->y, &t);
  k1_fe_normalize(&r->y, &r->y);
  k1_fe_negate_if(&r->y, ct_mask_bit(r->y.n[0] ^ in33[0])); /* y = 0 is not on the curve: -7 is not a cube */
  k1_fe_normalize(&r->y, &r->y);
  return valid;
}

static uint64_t encode(uint8_t out33[33], const k1_point *p, void (*inverse)(k1_fe *, const k1_fe *)) {
  k1_fe inv, x, y;
  const uint64_t finite = ~k1_point_is_identity(p);
  inverse(&inv, &p->z);
  k1_fe_mul(&x, &p->x, &inv);
  k1_fe_mul(&y, &p->y, &inv);
  k1_fe_normalize(&x, &x);
  k1_fe_normalize(&y, &y);
  out33[0] = (uint8_t)((2 | (y.n[0] & 1)) & finite);
  k1_fe_encode(out33 + 1, &x); /* 1/0 = 0 makes it zero for the identity */
  return finite;
}
uint64_t k1_point_encode(uint8_t out33[33], const k1_point *p) { return encode(out33, p, k1_fe_inv); }
uint64_t k1_point_encode_vartime(uint8_t out33[33], const k1_point *p) { return encode(out33, p, k1_fe_inv_vartime); }
