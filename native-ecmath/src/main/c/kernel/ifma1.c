/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "ifma_vector.h"

/* One number across Z registers, limb i in lane i%8 of register i/8, limbs K..8Z-1 zero; row-wise Montgomery products. Row j adds x*y_j + q_j*m
 * and shifts everything down by one limb. The vectors hold sums of half products that are not carried:
 *   u    limb sums of the columns j, j+1, ... after the shifts of the rows before
 *   v    the high halves of the last row, which belong one column up: after the shift, to the same lane (or in u at once, see ONE_SUM)
 * The quotient digit of a row needs the exact lowest column, and waiting for the vector unit to deliver it would take most of a row's time; so
 * lanes 0 and 1 are computed once more in scalar registers with whole 104-bit products:
 *   s0   column j in full, with everything carried into it
 *   s1   column j+1 without the carry out of s0: lane 1 of u before the high halves of its last row, which are in s0 as part of whole products
 * Bounds: a lane of u sums at most K rows of 3 low and 3 high halves: 6*60*2^52 < 2^61. s0: three 104-bit products, and below 2^62 from
 * s1 and from the carry: 2^106. */

typedef unsigned __int128 u128;

INLINE uint64_t lane1(v8 x) { return (uint64_t)_mm_extract_epi64(_mm512_castsi512_si128(x), 1); }

typedef struct {
  v8 u[8], v[8]; /* Z of them in use */
  u128 s0;
  uint64_t s1;
} rows;

/* u and v keep the chain from row to row short, but take two registers for eight limbs. Where that does not leave enough of the 32 registers for
 * all the sums in step, the high halves go straight into u: a longer chain, which the other sums hide. */
#define ONE_SUM(sums, Z) ((sums) * (Z) > 8)

INLINE void start(int Z, rows *s) {
  s->s0 = s->s1 = 0;
  UNROLL for (int i = 0; i < Z; i++) s->u[i] = s->v[i] = zero();
}

/* One row: adds x*y [+ x1*y1] + extra, and q*m for the q that is returned. x1 may be null: a constant at each call. k = -1/m mod 2^52 */
INLINE uint64_t row(int Z, int one, rows *s, const uint64_t *x, uint64_t y, const uint64_t *x1, uint64_t y1, uint64_t extra, const uint64_t *m, uint64_t k) {
  v8 vy = all(y), vy1 = all(y1);
  u128 c0 = s->s0 + (u128)x[0] * y + extra, c1 = (u128)x[1] * y + s->s1;
  if (x1) {
    c0 += (u128)x1[0] * y1;
    c1 += (u128)x1[1] * y1;
  }
  uint64_t q = ((uint64_t)c0 * k) & IFMA_MASK;
  v8 vq = all(q);
  c0 += (u128)q * m[0];
  c1 += (u128)q * m[1];
  s->s0 = c1 + (uint64_t)(c0 >> IFMA_BITS); /* 2^54 at most */
  if (one) {
    UNROLL for (int i = 0; i < Z; i++) s->u[i] = low(s->u[i], load(x + 8 * i), vy);
    if (x1) {
      UNROLL for (int i = 0; i < Z; i++) s->u[i] = low(s->u[i], load(x1 + 8 * i), vy1);
    }
    UNROLL for (int i = 0; i < Z; i++) s->u[i] = low(s->u[i], load(m + 8 * i), vq);
    UNROLL for (int i = 0; i < Z; i++) s->u[i] = _mm512_alignr_epi64(i + 1 < Z ? s->u[i + 1] : zero(), s->u[i], 1);
    s->s1 = lane1(s->u[0]);
    UNROLL for (int i = 0; i < Z; i++) s->u[i] = high(s->u[i], load(x + 8 * i), vy);
    if (x1) {
      UNROLL for (int i = 0; i < Z; i++) s->u[i] = high(s->u[i], load(x1 + 8 * i), vy1);
    }
    UNROLL for (int i = 0; i < Z; i++) s->u[i] = high(s->u[i], load(m + 8 * i), vq);
    return q;
  }
  UNROLL for (int i = 0; i < Z; i++) s->v[i] = low(s->v[i], load(x + 8 * i), vy);
  if (x1) {
    UNROLL for (int i = 0; i < Z; i++) s->v[i] = low(s->v[i], load(x1 + 8 * i), vy1);
  }
  UNROLL for (int i = 0; i < Z; i++) s->v[i] = low(s->v[i], load(m + 8 * i), vq);
  UNROLL for (int i = 0; i < Z; i++) s->u[i] = add(s->u[i], s->v[i]);
  UNROLL for (int i = 0; i < Z; i++) s->u[i] = _mm512_alignr_epi64(i + 1 < Z ? s->u[i + 1] : zero(), s->u[i], 1);
  s->s1 = lane1(s->u[0]);
  UNROLL for (int i = 0; i < Z; i++) s->v[i] = high(zero(), load(x + 8 * i), vy);
  if (x1) {
    UNROLL for (int i = 0; i < Z; i++) s->v[i] = high(s->v[i], load(x1 + 8 * i), vy1);
  }
  UNROLL for (int i = 0; i < Z; i++) s->v[i] = high(s->v[i], load(m + 8 * i), vq);
  return q;
}

/* The same for two N-adic products: four digits advance in step, so many chains hide the vector unit's latency, and scalar copies of their
 * lowest columns would cost more than they save. Lane 0 of u is exact instead: what exceeds 52 bits there is carried on.
 *   u    the sums of columns j, j+1, ...
 *   v    the high halves of x*y of the last row for register 0, the one that the next q waits for: they are added while it does
 * Bounds: a lane of u sums at most K rows of 3 low and 3 high halves, and a carry: 6*60*2^52 + 2^10 < 2^61. */

typedef struct {
  v8 u[8], v; /* Z of u in use */
} digit;

INLINE void digit_start(int Z, digit *s) {
  s->v = zero();
  UNROLL for (int i = 0; i < Z; i++) s->u[i] = zero();
}

/* One row: adds x*y [+ x1*y1] + extra, of which lane 0 counts, and q*m for the q that is returned, in all lanes. x1 and extra may be null:
 * constants at each call. k = -1/m mod 2^52 in all lanes */
INLINE v8 digit_row(int Z, digit *s, const uint64_t *x, uint64_t y, const uint64_t *x1, uint64_t y1, const v8 *extra, const uint64_t *m, v8 k) {
  v8 vy = all(y), vy1 = all(y1), v = low(s->v, load(x), vy);
  if (x1) v = low(v, load(x1), vy1);
  if (extra) v = _mm512_mask_add_epi64(v, 1, v, *extra);
  s->u[0] = add(s->u[0], v);
  v8 q = _mm512_broadcastq_epi64(_mm512_castsi512_si128(low(zero(), s->u[0], k)));
  UNROLL for (int i = 1; i < Z; i++) s->u[i] = low(s->u[i], load(x + 8 * i), vy);
  if (x1) {
    UNROLL for (int i = 1; i < Z; i++) s->u[i] = low(s->u[i], load(x1 + 8 * i), vy1);
  }
  UNROLL for (int i = 0; i < Z; i++) s->u[i] = low(s->u[i], load(m + 8 * i), q);
  v8 carry = _mm512_maskz_srli_epi64(1, s->u[0], IFMA_BITS);
  UNROLL for (int i = 0; i < Z; i++) s->u[i] = _mm512_alignr_epi64(i + 1 < Z ? s->u[i + 1] : zero(), s->u[i], 1);
  s->u[0] = add(s->u[0], add(carry, high(zero(), load(m), q)));
  s->v = high(zero(), load(x), vy);
  if (x1) s->v = high(s->v, load(x1), vy1);
  UNROLL for (int i = 1; i < Z; i++) s->u[i] = high(s->u[i], load(x + 8 * i), vy);
  if (x1) {
    UNROLL for (int i = 1; i < Z; i++) s->u[i] = high(s->u[i], load(x1 + 8 * i), vy1);
  }
  UNROLL for (int i = 1; i < Z; i++) s->u[i] = high(s->u[i], load(m + 8 * i), q);
  return q;
}

/* Carries so that each limb is below 2^52. A lane below 2^62 gives at most 2^10 to the next; after that step a lane is below 2^53, and what is
 * left are carries of 1: born where a lane exceeds 2^52 - 1, passed on where it equals it. One addition on the masks lets them run. The
 * value is below R, so nothing leaves at the top. */
INLINE void normalise(int Z, v8 *u) {
  v8 carry[8];
  uint64_t born = 0, passed = 0;
  UNROLL for (int i = 0; i < Z; i++) {
    carry[i] = carry_of(u[i]);
    u[i] = limb_of(u[i]);
  }
  UNROLL for (int i = 0; i < Z; i++) u[i] = add(u[i], _mm512_alignr_epi64(carry[i], i ? carry[i - 1] : zero(), 7));
  UNROLL for (int i = 0; i < Z; i++) {
    born |= (uint64_t)_mm512_cmpgt_epu64_mask(u[i], all(IFMA_MASK)) << (8 * i);
    passed |= (uint64_t)_mm512_cmpeq_epu64_mask(u[i], all(IFMA_MASK)) << (8 * i);
  }
  uint64_t into = ((born << 1) + passed) ^ passed;
  UNROLL for (int i = 0; i < Z; i++) {
    v8 more = _mm512_mask_sub_epi64(u[i], (__mmask8)(into >> (8 * i)), u[i], all(IFMA_MASK)); /* +1 mod 2^52 */
    u[i] = limb_of(more);
  }
}

INLINE void finish(int Z, int one, rows *s, uint64_t *r) {
  if (!one) {
    UNROLL for (int i = 0; i < Z; i++) s->u[i] = add(s->u[i], s->v[i]);
  }
  uint64_t l0 = (uint64_t)s->s0 & IFMA_MASK, l1 = s->s1 + (uint64_t)(s->s0 >> IFMA_BITS);
  s->u[0] = _mm512_mask_set1_epi64(s->u[0], 1, (long long)l0);
  s->u[0] = _mm512_mask_set1_epi64(s->u[0], 2, (long long)l1);
  normalise(Z, s->u);
  UNROLL for (int i = 0; i < Z; i++) store(r + 8 * i, s->u[i]);
}

INLINE void digit_finish(int Z, digit *s, uint64_t *r) {
  s->u[0] = add(s->u[0], s->v);
  normalise(Z, s->u);
  UNROLL for (int i = 0; i < Z; i++) store(r + 8 * i, s->u[i]);
}

/* For NB numbers at once. The results are stored after the last use of the operands: r may be a or b. */

INLINE void product(int Z, int NB, uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod) {
  rows s[2];
  int one = ONE_SUM(NB, Z);
  const uint64_t *k = mod + 16 * Z * NB;
  UNROLL for (int l = 0; l < NB; l++) start(Z, &s[l]);
  for (size_t j = 0; j < limbs; j++) {
    UNROLL for (int l = 0; l < NB; l++) {
      int at = 8 * Z * l;
      row(Z, one, &s[l], a + at, b[(size_t)at + j], 0, 0, 0, mod + at, k[l]);
    }
  }
  UNROLL for (int l = 0; l < NB; l++) finish(Z, one, &s[l], r + 8 * Z * l);
}

/* r = 2a mod R */
INLINE void twice_of(int Z, uint64_t *r, const uint64_t *a) {
  v8 below = zero();
  UNROLL for (int i = 0; i < Z; i++) {
    v8 x = load(a + 8 * i), top = _mm512_srli_epi64(x, IFMA_BITS - 1);
    store(r + 8 * i, _mm512_or_si512(limb_of(_mm512_slli_epi64(x, 1)), _mm512_alignr_epi64(top, below, 7)));
    below = top;
  }
}

/* Both digits in step: the low digit's quotient q_j goes, as (2^52-1 - q_j) + c_j, into the high digit's row j. twice: 2*a0 for a square. */
INLINE void nadic_1(int Z, int square, uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *twice) {
  rows s, t;
  int one = ONE_SUM(2, Z);
  const uint64_t *c = mod + 8 * Z, k = c[8 * Z], *a1 = a + 8 * Z, *b1 = b + 8 * Z;
  start(Z, &s);
  start(Z, &t);
  if (square) twice_of(Z, twice, a);
  for (size_t j = 0; j < limbs; j++) {
    uint64_t q = row(Z, one, &s, a, b[j], 0, 0, 0, mod, k), extra = (q ^ IFMA_MASK) + c[j];
    if (square) row(Z, one, &t, twice, b1[j], 0, 0, extra, mod, k);
    else row(Z, one, &t, a, b1[j], a1, b[j], extra, mod, k);
  }
  finish(Z, one, &s, r);
  finish(Z, one, &t, r + 8 * Z);
}

INLINE void nadic_2(int Z, int square, uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *twice) {
  digit s[2], t[2];
  const uint64_t *c = mod + 16 * Z, *k = c + 16 * Z, *a1 = a + 16 * Z, *b1 = b + 16 * Z;
  UNROLL for (int l = 0; l < 2; l++) {
    digit_start(Z, &s[l]);
    digit_start(Z, &t[l]);
    if (square) twice_of(Z, twice + 8 * Z * l, a + 8 * Z * l);
  }
  for (size_t j = 0; j < limbs; j++) {
    UNROLL for (int l = 0; l < 2; l++) {
      int at = 8 * Z * l;
      size_t i = (size_t)at + j;
      v8 q = digit_row(Z, &s[l], a + at, b[i], 0, 0, 0, mod + at, all(k[l])), extra = add(_mm512_xor_si512(q, all(IFMA_MASK)), all(c[i]));
      if (square) digit_row(Z, &t[l], twice + at, b1[i], 0, 0, &extra, mod + at, all(k[l]));
      else digit_row(Z, &t[l], a + at, b1[i], a1 + at, b[i], &extra, mod + at, all(k[l]));
    }
  }
  UNROLL for (int l = 0; l < 2; l++) {
    digit_finish(Z, &s[l], r + 8 * Z * l);
    digit_finish(Z, &t[l], r + 8 * Z * (2 + l));
  }
}

/* r = table[index], entries `step` words apart, Z registers each */
INLINE void lookup_one(int Z, uint64_t *r, const uint64_t *table, size_t entries, size_t step, uint64_t index) {
  v8 x[8], want = all(index);
  UNROLL for (int i = 0; i < Z; i++) x[i] = zero();
  for (size_t e = 0; e < entries; e++) {
    __mmask8 here = _mm512_cmpeq_epi64_mask(want, all(e));
    UNROLL for (int i = 0; i < Z; i++) x[i] = _mm512_mask_mov_epi64(x[i], here, whole(load(table + e * step + 8 * i)));
  }
  UNROLL for (int i = 0; i < Z; i++) store(r + 8 * i, x[i]);
}

/* Up to five registers of each entry at a time: with the four results they fit the 32 there are. */
INLINE void lookup_four(int Z, uint64_t *const r[4], const uint64_t *table, size_t entries, const uint64_t index[4]) {
  int part = Z <= 5 ? Z : 4;
  for (int at = 0; at < Z; at += part) {
    v8 x[4][5], want[4], entry = zero();
    UNROLL for (int c = 0; c < 4; c++) {
      want[c] = all(index[c]);
      UNROLL for (int i = 0; i < part; i++) x[c][i] = zero();
    }
    for (size_t e = 0; e < entries; e++) {
      v8 y[5];
      UNROLL for (int i = 0; i < part; i++) y[i] = whole(load(table + 8 * ((size_t)Z * e + (size_t)(at + i))));
      UNROLL for (int c = 0; c < 4; c++) {
        __mmask8 here = _mm512_cmpeq_epi64_mask(want[c], entry);
        UNROLL for (int i = 0; i < part; i++) x[c][i] = _mm512_mask_mov_epi64(x[c][i], here, y[i]);
      }
      entry = add(entry, all(1));
    }
    UNROLL for (int c = 0; c < 4; c++) {
      UNROLL for (int i = 0; i < part; i++) store(r[c] + 8 * (at + i), x[c][i]);
    }
  }
}

/* A limb shifted by at most 7 is below 2^59. */
INLINE void shift_by(int Z, int NB, uint64_t *a, const uint64_t *shift) {
  UNROLL for (int l = 0; l < NB; l++) {
    v8 u[8], by = all(shift[l]);
    uint64_t *x = a + 8 * Z * l;
    UNROLL for (int i = 0; i < Z; i++) u[i] = _mm512_sllv_epi64(load(x + 8 * i), by);
    normalise(Z, u);
    UNROLL for (int i = 0; i < Z; i++) store(x + 8 * i, u[i]);
  }
}

#define FUNCTIONS(Z, NB)                                                                                                                             \
  static void mul_##Z##_##NB(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *work) {                 \
    (void)work;                                                                                                                                      \
    product(Z, NB, r, a, b, limbs, mod);                                                                                                             \
  }                                                                                                                                                  \
  static void sqr_##Z##_##NB(uint64_t *r, const uint64_t *a, size_t limbs, const uint64_t *mod, uint64_t *work) {                                    \
    mul_##Z##_##NB(r, a, a, limbs, mod, work);                                                                                                       \
  }                                                                                                                                                  \
  static void nadic_mul_##Z##_##NB(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *work) {           \
    nadic_##NB(Z, 0, r, a, b, limbs, mod, work);                                                                                                      \
  }                                                                                                                                                  \
  static void nadic_sqr_##Z##_##NB(uint64_t *r, const uint64_t *a, size_t limbs, const uint64_t *mod, uint64_t *work) {                              \
    nadic_##NB(Z, 1, r, a, a, limbs, mod, work);                                                                                                      \
  }                                                                                                                                                  \
  static void lookup_##Z##_##NB(uint64_t *r, const uint64_t *table, size_t entries, size_t blocks, size_t limbs, const uint64_t *index) {            \
    (void)limbs;                                                                                                                                     \
    for (size_t d = 0; d < blocks; d++) {                                                                                                            \
      UNROLL for (int l = 0; l < NB; l++) {                                                                                                          \
        size_t at = 8 * Z * (NB * d + (size_t)l);                                                                                                    \
        lookup_one(Z, r + at, table + at, entries, 8 * Z * NB * blocks, index[l]);                                                                   \
      }                                                                                                                                              \
    }                                                                                                                                                \
  }                                                                                                                                                  \
  static void gather_##Z##_##NB(uint64_t *r, const uint64_t *const *x, size_t limbs) {                                                               \
    (void)limbs;                                                                                                                                     \
    UNROLL for (int l = 0; l < NB; l++) {                                                                                                            \
      UNROLL for (int i = 0; i < Z; i++) store(r + 8 * (Z * l + i), load(x[l] + 8 * i));                                                             \
    }                                                                                                                                                \
  }                                                                                                                                                  \
  static void shift_##Z##_##NB(uint64_t *a, size_t limbs, const uint64_t *shift) {                                                                   \
    (void)limbs;                                                                                                                                     \
    shift_by(Z, NB, a, shift);                                                                                                                       \
  }

#define ENGINE(K, Z, NB)                                                                                                                            \
  {NB, K, 8 * Z * NB, 8 * Z, 1, {mul_##Z##_##NB, nadic_mul_##Z##_##NB}, {sqr_##Z##_##NB, nadic_sqr_##Z##_##NB}, lookup_##Z##_##NB,                   \
   gather_##Z##_##NB, shift_##Z##_##NB}

FUNCTIONS(2, 1)
FUNCTIONS(3, 1)
FUNCTIONS(4, 1)
FUNCTIONS(5, 1)
FUNCTIONS(8, 1)
FUNCTIONS(2, 2)
FUNCTIONS(3, 2)
FUNCTIONS(4, 2)
FUNCTIONS(5, 2)
FUNCTIONS(8, 2)

const ifma_engine ifma1_engines[5] = {ENGINE(10, 2, 1), ENGINE(20, 3, 1), ENGINE(30, 4, 1), ENGINE(40, 5, 1), ENGINE(60, 8, 1)};
const ifma_engine ifma1x2_engines[5] = {ENGINE(10, 2, 2), ENGINE(20, 3, 2), ENGINE(30, 4, 2), ENGINE(40, 5, 2), ENGINE(60, 8, 2)};

#define LOOKUP_FOUR(Z)                                                                                                               \
  static void lookup_four_##Z(uint64_t *const r[4], const uint64_t *table, size_t entries, const uint64_t index[4]) { \
    lookup_four(Z, r, table, entries, index);                                                                                        \
  }
LOOKUP_FOUR(2)
LOOKUP_FOUR(3)
LOOKUP_FOUR(4)
LOOKUP_FOUR(5)
LOOKUP_FOUR(8)
void (*const ifma1_lookup_four[5])(uint64_t *const[4], const uint64_t *, size_t, const uint64_t[4]) = {lookup_four_2, lookup_four_3, lookup_four_4,
                                                                                                      lookup_four_5, lookup_four_8};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int ifma1_not_on_this_machine; /* a file must not be empty */
#endif
