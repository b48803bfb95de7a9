/* SPDX-License-Identifier: Apache-2.0 */
/* secp256k1 behind curve.h: fixed-base comb, secret times point, and the variable-time sums for verification. */
#include "curve.h"
#include "secp256k1_ifma.h"
#include "secp256k1_scalar.h"
#include "secp256k1_table.h"

/* ---- constant time -------------------------------------------------------------------------------- */

#define WINDOW K1_WINDOW /* the tables have 2^(WINDOW - 1) multiples */
#define BASE_DIGITS (2 * K1_COMB_ROWS) /* 260 bits for 256 */
#define HALF_DIGITS K1_HALF_DIGITS     /* 130 bits for 128 */

/* Signed digits: k = sum (-1)^neg mag 32^i. The spare bits on top absorb the last carry. */
static void recode(k1_digits *r, size_t count, const uint64_t *k, size_t words) {
  uint64_t carry = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t bit = WINDOW * i, w = bit / 64, s = bit % 64;
    uint64_t v = w < words ? k[w] >> s : 0;
    if (s > 64 - WINDOW && w + 1 < words) v |= k[w + 1] << (64 - s);
    v = (v & 31) + carry; /* 0 .. 32 */
    const uint64_t high = ct_lt(16, v);
    r->mag[i] = (uint8_t)ct_select(high, 32 - v, v);
    carry = high & 1;
    r->neg[i] = (uint8_t)carry;
  }
  ECM_CT_SECRET(r->mag, count); /* MemorySanitizer takes no secret along a carry */
  ECM_CT_SECRET(r->neg, count);
}

/* acc += (-1)^neg mag row[0], row[j] = (j + 1) row[0]; reads the whole row. */
static void add_from_row(k1_point *acc, const k1_packed row[K1_COMB_COLUMNS], uint64_t mag, uint64_t neg) {
  uint64_t w[8];
  k1_affine a;
  k1_point sum;
  memcpy(w, &row[0], sizeof w);
  for (uint64_t j = 1; j < K1_COMB_COLUMNS; j++) {
    const uint64_t mask = ct_eq(mag, j + 1);
    for (int i = 0; i < 4; i++) {
      w[i] = ct_select(mask, row[j].x[i], w[i]);
      w[4 + i] = ct_select(mask, row[j].y[i], w[4 + i]);
    }
  }
  k1_fe_from_words(&a.x, w);
  k1_fe_from_words(&a.y, w + 4);
  k1_fe_negate_if(&a.y, ct_mask_bit(neg));
  k1_point_add_affine(&sum, acc, &a);
  const uint64_t keep = ct_is_zero(mag); /* an affine entry cannot be the identity */
  k1_fe_select(&acc->x, keep, &acc->x, &sum.x);
  k1_fe_select(&acc->y, keep, &acc->y, &sum.y);
  k1_fe_select(&acc->z, keep, &acc->z, &sum.z);
}

/* Row i of the table serves digits 2i and, through five doublings, 2i + 1. */
static void mul_base(k1_point *r, const uint64_t k[4]) {
  k1_digits d;
  recode(&d, BASE_DIGITS, k, 4);
  CURVE_IFMA(k1_ifma_mul_base(r, &d));
  k1_point_set_identity(r);
  for (size_t i = 0; i < K1_COMB_ROWS; i++) add_from_row(r, k1_comb[i], d.mag[2 * i + 1], d.neg[2 * i + 1]);
  for (int i = 0; i < WINDOW; i++) k1_point_double(r, r);
  for (size_t i = 0; i < K1_COMB_ROWS; i++) add_from_row(r, k1_comb[i], d.mag[2 * i], d.neg[2 * i]);
}

/* Multiples 0 .. 16 of a point; those of lambda times the point have the same y and z. */
typedef struct {
  k1_point p[17];
  k1_fe beta_x[17];
} multiples;

static void make_multiples(multiples *t, const k1_affine *a) {
  k1_point_set_identity(&t->p[0]);
  k1_point_set_affine(&t->p[1], a);
  for (int i = 2; i <= 16; i++) {
    if (i % 2 == 0)
      k1_point_double(&t->p[i], &t->p[i / 2]);
    else
      k1_point_add_affine(&t->p[i], &t->p[i - 1], a);
  }
  for (int i = 0; i <= 16; i++) k1_fe_mul_beta(&t->beta_x[i], &t->p[i].x);
}

/* r = (-1)^neg mag P, or lambda times that; reads the whole table. */
static void choose(k1_point *r, const multiples *t, int endomorphism, uint64_t mag, uint64_t neg) {
  memset(r, 0, sizeof *r);
  for (uint64_t j = 0; j <= 16; j++) {
    const uint64_t mask = ct_eq(mag, j);
    const k1_fe *x = endomorphism ? &t->beta_x[j] : &t->p[j].x;
    for (int i = 0; i < 5; i++) {
      r->x.n[i] |= x->n[i] & mask;
      r->y.n[i] |= t->p[j].y.n[i] & mask;
      r->z.n[i] |= t->p[j].z.n[i] & mask;
    }
  }
  k1_fe_negate_if(&r->y, ct_mask_bit(neg));
}

static void mul(k1_point *r, const k1_affine *a, const uint64_t k[4]) {
  multiples t;
  k1_split split;
  k1_digits d[2];
  k1_point s;
  k1_sc_split(&split, k);
  for (int h = 0; h < 2; h++) {
    recode(&d[h], HALF_DIGITS, split.mag[h], 2);
    for (size_t i = 0; i < HALF_DIGITS; i++) d[h].neg[i] ^= (uint8_t)(split.neg[h] & 1);
  }
  CURVE_IFMA(k1_ifma_mul(r, a, d));
  make_multiples(&t, a);
  k1_point_set_identity(r);
  for (size_t i = HALF_DIGITS; i-- > 0;) {
    if (i + 1 < HALF_DIGITS)
      for (int j = 0; j < WINDOW; j++) k1_point_double(r, r);
    for (int h = 0; h < 2; h++) {
      choose(&s, &t, h, d[h].mag[i], d[h].neg[i]);
      k1_point_add(r, r, &s);
    }
  }
}

static int32_t op_mul_secret(uint8_t *out, const uint8_t *p, const uint64_t k[4]) {
  k1_affine a;
  k1_point r;
  memset(out, 0, 33);
  if (!ct_declassify(k1_point_decode(&a, p))) return ECM_E_POINT;
  mul(&r, &a, k);
  return ct_declassify(k1_point_encode(out, &r)) ? ECM_OK : ECM_E_IDENTITY;
}

static int32_t op_mul(uint8_t *out, const uint8_t *p, const uint64_t k[4]) {
  const int32_t rc = op_mul_secret(out, p, k);
  ECM_CT_PUBLIC(out, 33);
  return rc;
}

static int32_t op_mul_base(uint8_t *out, const uint64_t k[4]) {
  k1_point r;
  mul_base(&r, k);
  const uint64_t finite = k1_point_encode(out, &r);
  ECM_CT_PUBLIC(out, 33);
  return ct_declassify(finite) ? ECM_OK : ECM_E_IDENTITY;
}

/* ---- variable time -------------------------------------------------------------------------------- */

#define NAF_LEN K1_NAF_LEN
#define POINT_WIDTH 5 /* odd multiples 1 .. 15 */
#define POINT_ODD 8
#define BASE_WIDTH 8 /* odd multiples 1 .. 127: k1_odd */

/* A point's odd multiples; those of lambda times the point have the same y and z. */
typedef struct {
  k1_point p[POINT_ODD];
  k1_fe beta_x[POINT_ODD];
} odd_multiples;

/* Width-w non-adjacent form of (-1)^neg mag, mag < 0.64 * 2^128. */
static void wnaf(int8_t naf[NAF_LEN], const uint64_t mag[2], uint64_t neg, int w) {
  k1_u128 v = (k1_u128)mag[1] << 64 | mag[0];
  int i = 0;
  memset(naf, 0, NAF_LEN);
  while (v != 0) {
    const int zeros = (uint64_t)v != 0 ? __builtin_ctzll((uint64_t)v) : 64;
    v >>= zeros;
    i += zeros;
    if (zeros == 64) continue;
    int d = (int)((uint64_t)v & ((1u << w) - 1));
    if (d >= 1 << (w - 1)) d -= 1 << w;
    v -= (k1_u128)(__int128)d;
    naf[i] = (int8_t)(neg ? -d : d);
  }
}

static void add_odd(k1_point *acc, const odd_multiples *t, int endomorphism, int d) {
  const int i = (d < 0 ? -d : d) / 2;
  k1_point s = t->p[i];
  if (endomorphism) s.x = t->beta_x[i];
  if (d < 0) k1_fe_neg(&s.y, &s.y, 1);
  k1_point_add(acc, acc, &s);
}

void k1_odd_multiple(k1_affine *r, int endomorphism, int d) {
  const k1_packed *e = &k1_odd[(d < 0 ? -d : d) / 2];
  k1_fe_from_words(&r->x, e->x);
  k1_fe_from_words(&r->y, e->y);
  if (endomorphism) k1_fe_mul_beta(&r->x, &r->x);
  if (d < 0) k1_fe_neg(&r->y, &r->y, 1);
}

static void make_odd_multiples(odd_multiples *t, const k1_affine *p) {
  k1_point twice;
  k1_point_set_affine(&t->p[0], p);
  k1_point_double(&twice, &t->p[0]);
  k1_point_add_affine(&t->p[1], &twice, p);
  for (int i = 2; i < POINT_ODD; i++) k1_point_add(&t->p[i], &t->p[i - 1], &twice);
  for (int i = 0; i < POINT_ODD; i++) k1_fe_mul_beta(&t->beta_x[i], &t->p[i].x);
}

static void term_init(k1_term *t, const k1_affine *p, const uint64_t k[4]) {
  k1_split split;
  t->p = *p;
  k1_sc_split(&split, k);
  for (int h = 0; h < 2; h++) wnaf(t->naf[h], split.mag[h], split.neg[h], POINT_WIDTH);
}

/* r = base*G + the terms (Straus). base may be NULL. */
static void straus(k1_point *r, const uint64_t *base, const k1_term *terms, size_t n) {
  odd_multiples odd[K1_CHUNK]; /* 10 KB of stack */
  int8_t base_naf[2][NAF_LEN];
  int started = 0;
  if (base) {
    k1_split split;
    k1_sc_split(&split, base);
    for (int h = 0; h < 2; h++) wnaf(base_naf[h], split.mag[h], split.neg[h], BASE_WIDTH);
  }
  CURVE_IFMA(k1_ifma_straus_vartime(r, base ? (const int8_t(*)[NAF_LEN])base_naf : NULL, terms, n));
  for (size_t j = 0; j < n; j++) make_odd_multiples(&odd[j], &terms[j].p);
  k1_point_set_identity(r);
  for (int i = NAF_LEN; i-- > 0;) {
    if (started) k1_point_double(r, r);
    for (int h = 0; h < 2; h++) {
      for (size_t j = 0; j < n; j++) {
        if (terms[j].naf[h][i] == 0) continue;
        add_odd(r, &odd[j], h, terms[j].naf[h][i]);
        started = 1;
      }
      if (base && base_naf[h][i] != 0) {
        k1_affine a;
        k1_odd_multiple(&a, h, base_naf[h][i]);
        k1_point_add_affine(r, r, &a);
        started = 1;
      }
    }
  }
}

static int32_t check_vartime(const uint8_t *p) {
  k1_affine a;
  return k1_point_decode(&a, p) ? ECM_OK : ECM_E_POINT;
}

static int32_t linear_vartime(uint8_t *out, const uint8_t *base_scalar, size_t n, const uint8_t *scalars, const uint8_t *points) {
  k1_term terms[K1_CHUNK];
  uint64_t base[4] = {0}, k[4];
  k1_affine a;
  k1_point sum, part;
  memset(out, 0, 33);
  if (base_scalar && !k1_sc_decode(base, base_scalar)) return ECM_E_RANGE;
  k1_point_set_identity(&sum);
  for (size_t done = 0; done < n || done == 0;) {
    const size_t count = n - done < K1_CHUNK ? n - done : K1_CHUNK;
    for (size_t i = 0; i < count; i++) {
      if (!k1_sc_decode(k, scalars + 32 * (done + i))) return ECM_E_RANGE;
      if (!k1_point_decode(&a, points + 33 * (done + i))) return ECM_E_POINT;
      term_init(&terms[i], &a, k);
    }
    straus(&part, base_scalar && done == 0 ? base : NULL, terms, count);
    k1_point_add(&sum, &sum, &part);
    done += count;
    if (count == 0) break;
  }
  return k1_point_encode_vartime(out, &sum) ? ECM_OK : ECM_E_IDENTITY;
}

int32_t secp256k1_ecdsa_verify_vartime(const uint8_t q33[33], const uint8_t digest32[32], const uint8_t r32[32],
                                       const uint8_t s32[32]) {
  static const uint64_t order[4] = K1_Q;
  static const uint64_t p_minus_order[4] = {0x402DA1722FC9BAEEu, 0x4551231950B75FC4u, 1, 0};
  uint64_t r[4], s[4], e[4], u1[4], u2[4];
  k1_affine q;
  k1_point sum;
  k1_fe x;
  k1_term t;
  if (!k1_sc_decode(r, r32) || !k1_sc_decode(s, s32)) return ECM_E_VERIFY;
  if ((r[0] | r[1] | r[2] | r[3]) == 0 || (s[0] | s[1] | s[2] | s[3]) == 0) return ECM_E_VERIFY;
  if (!k1_point_decode(&q, q33)) return ECM_E_VERIFY;
  k1_sc_decode_reduce(e, digest32);
  k1_sc_inv_vartime(s, s);
  k1_sc_mul(u1, e, s);
  k1_sc_mul(u2, r, s);
  term_init(&t, &q, u2);
  straus(&sum, u1, &t, 1);
  if (k1_point_is_identity(&sum)) return ECM_E_VERIFY;
  /* x(R) mod q = r: X = r Z, or X = (r + q) Z when r + q < p. */
  k1_fe_from_words(&x, r);
  k1_fe_mul(&x, &x, &sum.z);
  if (k1_fe_equal(&x, &sum.x)) return ECM_OK;
  for (int i = 3; i >= 0; i--) {
    if (r[i] > p_minus_order[i]) return ECM_E_VERIFY;
    if (r[i] < p_minus_order[i]) break;
    if (i == 0) return ECM_E_VERIFY;
  }
  k1_u128 carry = 0;
  for (int i = 0; i < 4; i++) {
    carry += (k1_u128)r[i] + order[i];
    r[i] = (uint64_t)carry;
    carry >>= 64;
  }
  k1_fe_from_words(&x, r);
  k1_fe_mul(&x, &x, &sum.z);
  return k1_fe_equal(&x, &sum.x) ? ECM_OK : ECM_E_VERIFY;
}

const curve_ops curve_secp256k1 = {
    .id = ECM_SECP256K1,
    .point_len = 33,
    .order = K1_Q,
    .sc_add = k1_sc_add,
    .sc_sub = k1_sc_sub,
    .sc_mul = k1_sc_mul,
    .sc_inv = k1_sc_inv,
    .sc_decode = k1_sc_decode,
    .sc_encode = k1_sc_encode,
    .sc_reduce_wide = k1_sc_reduce_wide,
    .sc_reduce_words = k1_sc_reduce_words,
    .mul_base = op_mul_base,
    .mul = op_mul,
    .mul_secret = op_mul_secret,
    .check_vartime = check_vartime,
    .linear_vartime = linear_vartime,
};
