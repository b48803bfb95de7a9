/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_ED25519_POINT_H
#define ECM_ED25519_POINT_H
/* The curve -x^2 + y^2 = 1 + d x^2 y^2, d = -121665/121666 (RFC 8032 §5.1): its group has order 8L and is cyclic.
 * Formulas of Hisil, Wong, Carter and Dawson (2008), https://eprint.iacr.org/2008/522: with a = -1 a square and d a non-square in the
 * field the addition is complete, so it serves for every pair of points, equal, opposite or neutral, without a case.
 * Constant time unless the name ends in _vartime; r may be an input. All coordinates that are stored have magnitude 1 unless said. */
#include "ed25519_fe.h"

/* x = X/Z, y = Y/Z, XY = ZT. After ge_double_no_t, T is stale: only for another doubling or encoding. */
typedef struct {
  fe x, y, z, t;
} ge;
/* What an addition needs of its second operand. Magnitudes 2, 3, 2, 1. */
typedef struct {
  fe y_plus_x, y_minus_x, z2, t2d;
} ge_cached;
/* The same of an affine point: y + x, y - x, 2dxy. */
typedef struct {
  fe y_plus_x, y_minus_x, t2d;
} ge_affine;

extern const ge ed25519_base_point;

void ed25519_ge_neutral(ge *r);
void ed25519_ge_double(ge *r, const ge *p);
void ed25519_ge_double_no_t(ge *r, const ge *p);
void ed25519_ge_add(ge *r, const ge *p, const ge_cached *q);
void ed25519_ge_sub(ge *r, const ge *p, const ge_cached *q);
void ed25519_ge_add_affine(ge *r, const ge *p, const ge_affine *q);
void ed25519_ge_sub_affine(ge *r, const ge *p, const ge_affine *q);
void ed25519_ge_cache(ge_cached *r, const ge *p);
void ed25519_ge_neg(ge *r, const ge *p);
/** Limbs below 2^51. */
void ed25519_ge_to_affine(ge_affine *r, const ge *p);
/** RFC 8032 §5.1.2. */
void ed25519_ge_encode(uint8_t out[32], const ge *p);
void ed25519_ge_encode_vartime(uint8_t out[32], const ge *p);
/** RFC 8032 §5.1.3, strict: 1 only for what ed25519_ge_encode can give (y < p, no negative zero). z = 1. */
int ed25519_ge_decode_vartime(ge *r, const uint8_t in[32]);
/** Mask. */
uint64_t ed25519_ge_is_neutral(const ge *p);
/** 1 if the order divides 8. */
int ed25519_ge_is_small_order_vartime(const ge *p);
/** 1 if L*P = O and P != O. p->z must be 1. */
int ed25519_ge_is_prime_order_vartime(const ge *p);
#endif
