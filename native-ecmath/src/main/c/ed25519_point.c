/* SPDX-License-Identifier: Apache-2.0 */
#include "ed25519_point.h"

static const fe D = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
static const fe D2 = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};

/* y = 4/5, x even (RFC 8032 §5.1). */
const ge ed25519_base_point = {
    {{0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5}},
    {{0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666}},
    {{1, 0, 0, 0, 0}},
    {{0x68ab3a5b7dda3, 0x00eea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7}}};

void ed25519_ge_neutral(ge *r) {
  r->x = FE_ZERO;
  r->y = FE_ONE;
  r->z = FE_ONE;
  r->t = FE_ZERO;
}

/* "dbl-2008-hwcd" with all four results negated: one value twice fewer to negate, and the same point. In the products' operands:
 * e <= 5, f <= 5, g <= 3, h <= 2 in magnitude. */
#define DOUBLE_COMMON(p)                                             \
  fe a, b, c, e, f, g, h;                                            \
  fe_sq(&a, &(p)->x);                                                \
  fe_sq(&b, &(p)->y);                                                \
  fe_sq(&c, &(p)->z);                                                \
  fe_add(&e, &(p)->x, &(p)->y);                                      \
  fe_sq(&e, &e);                                                     \
  fe_add(&h, &a, &b);  /* 2: -H */                                   \
  fe_sub3(&e, &e, &h); /* 5: E = (X+Y)^2 - A - B */                  \
  fe_sub(&g, &b, &a);  /* 3: G */                                    \
  fe_add(&c, &c, &c);                                                \
  fe_add(&f, &c, &a);                                                \
  fe_sub(&f, &f, &b)   /* 5: -F = 2Z^2 + A - B */

void ed25519_ge_double(ge *r, const ge *p) {
  DOUBLE_COMMON(p);
  fe_mul(&r->x, &e, &f);
  fe_mul(&r->y, &g, &h);
  fe_mul(&r->z, &f, &g);
  fe_mul(&r->t, &e, &h);
}

void ed25519_ge_double_no_t(ge *r, const ge *p) {
  DOUBLE_COMMON(p);
  fe_mul(&r->x, &e, &f);
  fe_mul(&r->y, &g, &h);
  fe_mul(&r->z, &f, &g);
}

/* The second half of "add-2008-hwcd-3": magnitudes a, b, c 1 and d <= 2. For p - q the operands of q are exchanged and c is negated,
 * that is, f and g are exchanged. */
static inline void add_finish(ge *r, const fe *a, const fe *b, const fe *c, const fe *d, int subtract) {
  fe e, f, g, h;
  fe_sub(&e, b, a); /* 3 */
  fe_add(&h, b, a); /* 2 */
  fe_sub(&f, d, c); /* 4 */
  fe_add(&g, d, c); /* 3 */
  const fe *f1 = subtract ? &g : &f, *g1 = subtract ? &f : &g;
  fe_mul(&r->x, &e, f1);
  fe_mul(&r->y, g1, &h);
  fe_mul(&r->z, f1, g1);
  fe_mul(&r->t, &e, &h);
}

static inline void add_any(ge *r, const ge *p, const ge_cached *q, int subtract) {
  fe a, b, c, d;
  fe_sub(&a, &p->y, &p->x);
  fe_mul(&a, &a, subtract ? &q->y_plus_x : &q->y_minus_x);
  fe_add(&b, &p->y, &p->x);
  fe_mul(&b, &b, subtract ? &q->y_minus_x : &q->y_plus_x);
  fe_mul(&c, &p->t, &q->t2d);
  fe_mul(&d, &p->z, &q->z2);
  add_finish(r, &a, &b, &c, &d, subtract);
}

static inline void add_any_affine(ge *r, const ge *p, const ge_affine *q, int subtract) {
  fe a, b, c, d;
  fe_sub(&a, &p->y, &p->x);
  fe_mul(&a, &a, subtract ? &q->y_plus_x : &q->y_minus_x);
  fe_add(&b, &p->y, &p->x);
  fe_mul(&b, &b, subtract ? &q->y_minus_x : &q->y_plus_x);
  fe_mul(&c, &p->t, &q->t2d);
  fe_add(&d, &p->z, &p->z);
  add_finish(r, &a, &b, &c, &d, subtract);
}

void ed25519_ge_add(ge *r, const ge *p, const ge_cached *q) { add_any(r, p, q, 0); }
void ed25519_ge_sub(ge *r, const ge *p, const ge_cached *q) { add_any(r, p, q, 1); }
void ed25519_ge_add_affine(ge *r, const ge *p, const ge_affine *q) { add_any_affine(r, p, q, 0); }
void ed25519_ge_sub_affine(ge *r, const ge *p, const ge_affine *q) { add_any_affine(r, p, q, 1); }

void ed25519_ge_cache(ge_cached *r, const ge *p) {
  fe_add(&r->y_plus_x, &p->y, &p->x);
  fe_sub(&r->y_minus_x, &p->y, &p->x);
  fe_add(&r->z2, &p->z, &p->z);
  fe_mul(&r->t2d, &p->t, &D2);
}

void ed25519_ge_neg(ge *r, const ge *p) {
  /* A product with 1 brings the magnitude back to 1. */
  fe_neg(&r->x, &p->x);
  fe_mul(&r->x, &r->x, &FE_ONE);
  r->y = p->y;
  r->z = p->z;
  fe_neg(&r->t, &p->t);
  fe_mul(&r->t, &r->t, &FE_ONE);
}

void ed25519_ge_to_affine(ge_affine *r, const ge *p) {
  fe zi, x, y, s;
  fe_inv(&zi, &p->z);
  fe_mul(&x, &p->x, &zi);
  fe_mul(&y, &p->y, &zi);
  fe_add(&s, &y, &x);
  fe_canonical(&r->y_plus_x, &s);
  fe_sub(&s, &y, &x);
  fe_canonical(&r->y_minus_x, &s);
  fe_mul(&s, &x, &y);
  fe_mul(&s, &s, &D2);
  fe_canonical(&r->t2d, &s);
}

static void encode(uint8_t out[32], const ge *p, void (*inverse)(fe *, const fe *)) {
  fe zi, x, y;
  inverse(&zi, &p->z);
  fe_mul(&x, &p->x, &zi);
  fe_mul(&y, &p->y, &zi);
  fe_encode(out, &y);
  out[31] |= (uint8_t)(fe_is_odd(&x) << 7);
}
void ed25519_ge_encode(uint8_t out[32], const ge *p) { encode(out, p, fe_inv); }
void ed25519_ge_encode_vartime(uint8_t out[32], const ge *p) { encode(out, p, fe_inv_vartime); }

int ed25519_ge_decode_vartime(ge *r, const uint8_t in[32]) {
  fe u, v, v3, t;
  const uint64_t sign = in[31] >> 7;
  if (!fe_decode(&r->y, in)) return 0;
  /* x^2 = u/v = (y^2 - 1)/(d y^2 + 1); v is never 0, as -1/d is not a square. x = u v^3 (u v^7)^((p-5)/8), or that times sqrt(-1). */
  fe_sq(&t, &r->y);
  fe_sub(&u, &t, &FE_ONE);
  fe_mul(&v, &t, &D);
  fe_add(&v, &v, &FE_ONE);
  fe_sq(&v3, &v);
  fe_mul(&v3, &v3, &v);
  fe_sq(&t, &v3);
  fe_mul(&t, &t, &v);
  fe_mul(&t, &t, &u);
  fe_pow_p58(&t, &t);
  fe_mul(&t, &t, &v3);
  fe_mul(&r->x, &t, &u);
  fe_sq(&t, &r->x);
  fe_mul(&t, &t, &v);
  if (!fe_eq(&t, &u)) {
    fe_sub3(&u, &FE_ZERO, &u); /* u had magnitude 3 */
    if (!fe_eq(&t, &u)) return 0;
    fe_mul(&r->x, &r->x, &FE_I);
  }
  if (fe_is_odd(&r->x) != sign) {
    if (fe_is_zero(&r->x)) return 0;
    fe_neg(&t, &r->x);
    fe_mul(&r->x, &t, &FE_ONE);
  }
  r->z = FE_ONE;
  fe_mul(&r->t, &r->x, &r->y);
  return 1;
}

uint64_t ed25519_ge_is_neutral(const ge *p) { return fe_is_zero(&p->x) & fe_eq(&p->y, &p->z); }

int ed25519_ge_is_small_order_vartime(const ge *p) {
  ge t;
  ed25519_ge_double_no_t(&t, p);
  ed25519_ge_double_no_t(&t, &t);
  ed25519_ge_double_no_t(&t, &t);
  return ed25519_ge_is_neutral(&t) != 0;
}

/* ---- membership in the prime-order subgroup ------------------------------------------------------ */

/* The group E is cyclic of order 8L, so P has order dividing L exactly when P = 8Q. Three exponentiations decide that, by halving once
 * and then testing divisibility by four: the first idea is Pornin's (https://eprint.iacr.org/2022/1164), the second Koshelev's
 * (https://eprint.iacr.org/2022/037). On the Montgomery form v^2 = u (u^2 + A u + 1), A = 486662, u = (1+y)/(1-y), v = SQRT_M_A2 u/x
 * (RFC 7748 §4.1):
 *
 * 1. Halving. Doubling is f' after f, where f is the isogeny with kernel {O, (0,0)} onto E': v'^2 = u'(u'^2 - 2A u' + A^2 - 4), and f'
 *    its dual. P = (u, v) is in f'(E') exactly when u is a square, u = w^2 (Silverman, The Arithmetic of Elliptic Curves, X.4.9); the two
 *    preimages have u' = 2u + A -+ 2v/w, whose product A^2 - 4 is not a square: so exactly one u' is a square, s^2, and that one is
 *    f(Q), Q = ((u' - A)/2 - w s, s u_Q). If u is not a square, P is not even in 2E. Either half of P will do: they differ by (0,0),
 *    which is in 4E.
 * 2. Q is in 4E exactly when its reduced Tate pairing with a generator T of E[4] is 1, since the fourth roots of unity are in the field
 *    (p = 1 mod 4), the pairing E[4] x E/4E -> mu_4 is perfect, and E[4] is cyclic. T = (1, SQRT_A2); 2T = (0,0); the function
 *    (v - SQRT_A2 u)^2 / u has divisor 4T - 4O and is normalised at O; at Q it is u_Q (s - SQRT_A2)^2. So the condition is
 *    (u_Q (s - SQRT_A2)^2)^((p-1)/4) = 1.
 *
 * Points of order 1 and 2 have 1 - y^2 = 0 and fail in step 1. So Q is none of T, -T, 2T, O, and the function of step 2 has neither a
 * zero nor a pole there. test_ed25519.c compares with L*P over all eight cosets. */
static const fe MONT_A = {{486662, 0, 0, 0, 0}};
/* sqrt(-(A+2)), sqrt(A+2); sqrt((A^2-4)/i), sqrt(-(A^2-4)/i) with i = FE_I. Which root is taken does not matter. */
static const fe SQRT_M_A2 = {{0x604aaff457e06, 0x2296fa350598d, 0x7f13dfb16874f, 0x35de93d846e01, 0x0f26edf460a00}};
static const fe SQRT_A2 = {{0x5b7106377bbd8, 0x71af6ad9382cb, 0x02d64427297b8, 0x6a81ef02c4294, 0x141b0b6806563}};
static const fe SQRT_B_OVER_I = {{0x71277b3ba5222, 0x2970a394eb516, 0x0b29a3e775c7b, 0x0f75f12ecb490, 0x219fc5bc27acf}};
static const fe SQRT_B_OVER_MINUS_I = {{0x374105eb49c67, 0x4274b2f267fe8, 0x3f166de60e579, 0x2078c19f0b198, 0x0680fe74c4f11}};

int ed25519_ge_is_prime_order_vartime(const ge *p) {
  fe t, k, z, rho, w, s, e, q, minus_one, minus_i;
  fe_neg(&minus_one, &FE_ONE);
  fe_neg(&minus_i, &FE_I);

  /* k = 1/sqrt(1 - y^2): z = t^((p-5)/8) has t z^2 = rho, a fourth root of unity, and t is a square exactly when rho = 1 or -1. */
  fe_sq(&t, &p->y);
  fe_sub(&t, &FE_ONE, &t);
  fe_pow_p58(&k, &t);
  fe_sq(&rho, &k);
  fe_mul(&rho, &rho, &t);
  if (fe_eq(&rho, &minus_one))
    fe_mul(&k, &k, &FE_I);
  else if (!fe_eq(&rho, &FE_ONE))
    return 0;

  /* w = sqrt(u) = (1+y) k; v/w = SQRT_M_A2 w/x, where 1/x = -x (1 + d y^2) k^2 by the curve's equation. */
  fe_add(&t, &FE_ONE, &p->y);
  fe_mul(&w, &t, &k);
  fe_sq(&t, &p->y);
  fe_mul(&t, &t, &D);
  fe_add(&t, &t, &FE_ONE);
  fe_mul(&t, &t, &p->x);
  fe_sq(&e, &k);
  fe_mul(&e, &e, &t); /* -1/x */
  fe_mul(&e, &e, &w);
  fe_mul(&e, &e, &SQRT_M_A2); /* -v/w */

  /* u' = t = 2 w^2 + A - 2 v/w, s = sqrt(u') if it is a square; else the other u' = (A^2-4)/t, which belongs to -w, and its root
   * s = sqrt((A^2-4) z^2 / rho). The sign of w may stay: with the wrong sign of w or s, Q becomes (0,0) - Q, half of -P. */
  fe_sq(&t, &w);
  fe_add(&t, &t, &e); /* 2 */
  fe_add(&t, &t, &t); /* 4 */
  fe_add(&t, &t, &MONT_A);
  fe_pow_p58(&z, &t);
  fe_sq(&rho, &z);
  fe_mul(&rho, &rho, &t);
  if (fe_eq(&rho, &FE_ONE)) {
    fe_mul(&s, &t, &z);
  } else if (fe_eq(&rho, &minus_one)) {
    fe_mul(&s, &t, &z);
    fe_mul(&s, &s, &FE_I);
  } else {
    if (fe_eq(&rho, &FE_I))
      fe_mul(&s, &z, &SQRT_B_OVER_I);
    else if (fe_eq(&rho, &minus_i))
      fe_mul(&s, &z, &SQRT_B_OVER_MINUS_I);
    else
      return 0; /* not reached for a point on the curve */
  }

  /* 2 u_Q = s^2 - A - 2 w s; and 2 is not a square, so it may not be dropped: its half is 1/2 = (p+1)/2. */
  static const fe HALF = {{0x7fffffffffff7, 0x7ffffffffffff, 0x7ffffffffffff, 0x7ffffffffffff, 0x3ffffffffffff}};
  fe_sq(&q, &s);
  fe_sub(&q, &q, &MONT_A); /* 3 */
  fe_mul(&q, &q, &HALF);
  fe_mul(&t, &w, &s);
  fe_sub(&q, &q, &t);
  fe_sub(&t, &s, &SQRT_A2);
  fe_sq(&t, &t);
  fe_mul(&t, &t, &q);

  /* (p-1)/4 = 2 (p-5)/8 + 1 */
  fe_pow_p58(&z, &t);
  fe_sq(&rho, &z);
  fe_mul(&rho, &rho, &t);
  return fe_eq(&rho, &FE_ONE) != 0;
}
