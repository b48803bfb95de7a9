/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SECP256K1_POINT_H
#define ECM_SECP256K1_POINT_H
/* Points of secp256k1, y^2 = x^3 + 7, in homogeneous coordinates (X : Y : Z), x = X/Z, y = Y/Z; the identity is (0 : 1 : 0).
 * The formulas are the complete ones of Renes, Costello and Batina (EUROCRYPT 2016, ePrint 2015/1060, a = 0): correct for every
 * pair of points of this curve, whose order is odd, so nothing here branches on what the points are.
 * Magnitudes: 1 after an operation; an operand's y may have 2 (after a negation). */
#include "secp256k1_fe.h"

typedef struct {
  k1_fe x, y, z;
} k1_point;
/* Never the identity. */
typedef struct {
  k1_fe x, y;
} k1_affine;

extern const k1_affine k1_generator;

void k1_point_set_identity(k1_point *r);
void k1_point_set_affine(k1_point *r, const k1_affine *a);
void k1_point_double(k1_point *r, const k1_point *p);
void k1_point_add(k1_point *r, const k1_point *p, const k1_point *q);
void k1_point_add_affine(k1_point *r, const k1_point *p, const k1_affine *q);
/** y negated where the mask is set. */
void k1_fe_negate_if(k1_fe *y, uint64_t mask);
/** lambda (x, y) = (beta x, y). */
void k1_fe_mul_beta(k1_fe *r, const k1_fe *x);
uint64_t k1_point_is_identity(const k1_point *p); /* mask */
/** Mask: the same point. */
uint64_t k1_point_equal(const k1_point *p, const k1_point *q);

/** SEC1 §2.3.4, compressed only: mask of validity (prefix 2 or 3, x < p, on the curve). r is unspecified otherwise. */
uint64_t k1_point_decode(k1_affine *r, const uint8_t in33[33]);
/** SEC1 §2.3.3, compressed. The identity gives zeros; returns the mask of "not the identity". */
uint64_t k1_point_encode(uint8_t out33[33], const k1_point *p);
uint64_t k1_point_encode_vartime(uint8_t out33[33], const k1_point *p);
#endif
