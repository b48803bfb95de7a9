/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "ed25519_ifma.h"

#include "kernel/ifma_vector.h"

/* Four field elements side by side, in five limbs of 51 bits: the four coordinates of a point, or the four products of half an addition
 * (Hisil, Wong, Carter and Dawson, https://eprint.iacr.org/2008/522, §4.3: both halves of an addition are four products). The IFMA
 * products see 52 bits of a limb, so what goes into one is below 2^52. "Reduced" is below M = 2^51 + 2^15, which is what fe4_mul and
 * fe4_carry give. Points and tables are reduced. */
typedef __m256i v4;
typedef struct {
  v4 v[5];
} fe4;

#define LANES(a, b, c, d) ((a) | (b) << 2 | (c) << 4 | (d) << 6) /* for _mm256_permutex_epi64 */
#define SWAP_PAIRS _MM_PERM_BADC                                 /* lanes 1, 0, 3, 2, for _mm256_shuffle_epi32 */

INLINE v4 add4(v4 a, v4 b) { return _mm256_add_epi64(a, b); }
INLINE v4 all4(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
INLINE v4 low4(v4 c, v4 a, v4 b) { return _mm256_madd52lo_epu64(c, a, b); }
INLINE v4 high4(v4 c, v4 a, v4 b) { return _mm256_madd52hi_epu64(c, a, b); }

/* Limb i of 2p in the lanes of the mask. Its limbs, 2^52 - 38 and 2^52 - 2, exceed M. */
INLINE v4 two_p(__mmask8 lanes, int i) { return _mm256_maskz_set1_epi64(lanes, i == 0 ? 0xfffffffffffda : 0xffffffffffffe); }

/* Limbs below 2^62: each carries < 2^11 into the next, limb 4 at most 19*2^11 < 2^15.3 into limb 0. Limbs below 2^61: reduced. */
INLINE void carry4(fe4 *r, const v4 x[5]) {
  v4 c[5];
  UNROLL for (int i = 0; i < 5; i++) c[i] = _mm256_srli_epi64(x[i], 51);
  UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm256_and_si256(x[i], all4(FE_MASK51));
  r->v[0] = low4(r->v[0], c[4], all4(19));
  UNROLL for (int i = 1; i < 5; i++) r->v[i] = add4(r->v[i], c[i - 1]);
}

/* Operands' limbs < 2^52. x_i y_j = low + 2^52 high, and 2^52 = 2 * 2^51: so column k of the product is the sum of the lows with
 * i + j = k and twice that of the highs with i + j = k - 1, below (5 + 2*5) 2^52 < 2^56. Column k + 5 comes back times 19. */
INLINE void fe4_mul(fe4 *r, const fe4 *x, const fe4 *y) {
  v4 lo[9], hi[9], c[10];
  UNROLL for (int k = 0; k < 9; k++) lo[k] = hi[k] = _mm256_setzero_si256();
  UNROLL for (int i = 0; i < 5; i++) {
    UNROLL for (int j = 0; j < 5; j++) {
      lo[i + j] = low4(lo[i + j], x->v[i], y->v[j]);
      hi[i + j] = high4(hi[i + j], x->v[i], y->v[j]);
    }
  }
  c[0] = lo[0];
  UNROLL for (int k = 1; k < 9; k++) c[k] = add4(lo[k], add4(hi[k - 1], hi[k - 1]));
  c[9] = add4(hi[8], hi[8]);
  UNROLL for (int k = 0; k < 5; k++) { /* 19 = 16 + 2 + 1; < 20 * 15/16 * 2^56 < 2^61 */
    const v4 h = c[k + 5];
    c[k] = add4(add4(c[k], h), add4(_mm256_slli_epi64(h, 4), add4(h, h)));
  }
  carry4(r, c);
}

/* A macro: clang wants the lanes as a constant where the intrinsic stands. */
#define PERMUTE(r, x, lanes) UNROLL for (int i = 0; i < 5; i++) (r).v[i] = _mm256_permutex_epi64((x).v[i], lanes)

/* (X, Y, Z, T) to (Y - X, Y + X, Z, T), reduced */
INLINE void difference_and_sum(fe4 *r, const fe4 *p) {
  v4 s[5];
  UNROLL for (int i = 0; i < 5; i++) {
    const v4 yx = _mm256_maskz_shuffle_epi32(0x0f, p->v[i], SWAP_PAIRS); /* Y, X, 0, 0 */
    s[i] = _mm256_mask_sub_epi64(add4(p->v[i], yx), 1, add4(yx, two_p(1, i)), p->v[i]);
  }
  carry4(r, s);
}

/* X3 = EF, Y3 = GH, Z3 = FG, T3 = EH */
#define FINISH(r, s, e, f, g, h)            \
  do {                                      \
    fe4 a_, b_;                             \
    PERMUTE(a_, *(s), LANES(e, g, f, e));   \
    PERMUTE(b_, *(s), LANES(f, h, g, h));   \
    fe4_mul(r, &a_, &b_);                   \
  } while (0)

/* "dbl-2008-hwcd" with 2XY for (X+Y)^2 - A - B and all four results negated, as in ed25519_point.c:
 * E = 2XY, F = 2C + A - B, G = B - A, H = A + B for A = X^2, B = Y^2, C = Z^2. */
INLINE void point_double(fe4 *r, const fe4 *p) {
  fe4 a, b, v;
  v4 s[5];
  PERMUTE(a, *p, LANES(0, 1, 2, 0));
  PERMUTE(b, *p, LANES(0, 1, 2, 1));
  fe4_mul(&v, &a, &b); /* A, B, C, XY */
  UNROLL for (int i = 0; i < 5; i++) {
    const v4 x = v.v[i];
    const v4 y = _mm256_mask_shuffle_epi32(x, 0x0f, x, SWAP_PAIRS);                   /* B, A, C, XY */
    const v4 a_b = _mm256_sub_epi64(_mm256_maskz_permutex_epi64(4, x, LANES(0, 0, 0, 0)),
                                    _mm256_maskz_permutex_epi64(4, x, LANES(1, 1, 1, 1))); /* 0, 0, A - B, 0 */
    const v4 t = add4(x, two_p(6, i));                                                /* A, B + 2p, C + 2p, XY */
    s[i] = add4(_mm256_mask_sub_epi64(add4(t, y), 2, t, y), a_b);                     /* H, G, F, E */
  }
  carry4(&v, s);
  FINISH(r, &v, 3, 2, 1, 0);
}

/* "add-2008-hwcd-3"; q = (Y - X, Y + X, 2Z, 2dT), limbs < 2^52. With A, B, D, C as the products come out:
 * E = B - A, F = D - C, G = D + C, H = B + A. */
INLINE void point_add(fe4 *r, const fe4 *p, const fe4 *q) {
  fe4 v;
  v4 s[5];
  difference_and_sum(&v, p);
  fe4_mul(&v, &v, q);
  UNROLL for (int i = 0; i < 5; i++) {
    const v4 y = _mm256_shuffle_epi32(v.v[i], SWAP_PAIRS); /* B, A, C, D */
    s[i] = _mm256_mask_sub_epi64(add4(v.v[i], y), 9, add4(y, two_p(9, i)), v.v[i]); /* E, H, G, F */
  }
  carry4(&v, s);
  FINISH(r, &v, 0, 3, 2, 1);
}

/* 1, 1, 2, 2d */
static const uint64_t CACHE[5][4] __attribute__((aligned(32))) = {{1, 1, 2, 0x69b9426b2f159},
                                                                  {0, 0, 0, 0x35050762add7a},
                                                                  {0, 0, 0, 0x3cf44c0038052},
                                                                  {0, 0, 0, 0x6738cc7407977},
                                                                  {0, 0, 0, 0x2406d9dc56dff}};
INLINE void point_cache(fe4 *r, const fe4 *p) {
  fe4 c;
  UNROLL for (int i = 0; i < 5; i++) c.v[i] = _mm256_load_si256((const v4 *)CACHE[i]);
  difference_and_sum(r, p);
  fe4_mul(r, r, &c);
}

/* q or, in the mask, -q: the first two exchanged and 2dT negated. Reduced in, limbs < 2^52 out. */
INLINE void cached_negate(fe4 *q, __mmask8 negative) {
  UNROLL for (int i = 0; i < 5; i++) {
    const v4 x = _mm256_mask_shuffle_epi32(q->v[i], negative & 0x0f, q->v[i], SWAP_PAIRS);
    q->v[i] = _mm256_mask_sub_epi64(x, negative & 8, two_p(8, i), x);
  }
}

INLINE void point_neutral(fe4 *r) {
  UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm256_setzero_si256();
  r->v[0] = _mm256_set_epi64x(0, 1, 1, 0);
}
INLINE void point_in(fe4 *r, const ge *p) {
  UNROLL for (int i = 0; i < 5; i++)
    r->v[i] = _mm256_set_epi64x((long long)p->t.v[i], (long long)p->z.v[i], (long long)p->y.v[i], (long long)p->x.v[i]);
}
/* Limb 0 below 2^51 + 2^15 would exceed ed25519_fe.h's magnitude 1: one more carry, as fe_carry_wide ends. */
INLINE void point_out(ge *r, const fe4 *p) {
  uint64_t w[5][4] __attribute__((aligned(32)));
  fe *const part[4] = {&r->x, &r->y, &r->z, &r->t};
  fe4 q;
  carry4(&q, p->v);
  UNROLL for (int i = 0; i < 5; i++) _mm256_store_si256((v4 *)w[i], q.v[i]);
  for (int l = 0; l < 4; l++)
    for (int i = 0; i < 5; i++) part[l]->v[i] = w[i][l];
}

/* |digit| in all lanes, and the mask of "negative" */
INLINE v4 magnitude(__mmask8 *negative, int64_t digit) {
  const v4 d = all4((uint64_t)digit);
  *negative = _mm256_movepi64_mask(d);
  return _mm256_abs_epi64(d);
}

/* digit times the point whose multiples 1..8 are in the table, all of which is read. */
INLINE void select_multiple(fe4 *r, const fe4 table[8], int64_t digit) {
  __mmask8 negative;
  const v4 n = magnitude(&negative, digit);
  UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm256_setzero_si256();
  r->v[0] = _mm256_set_epi64x(0, 2, 1, 1);
  UNROLL for (int j = 0; j < 8; j++) {
    const __mmask8 here = _mm256_cmpeq_epi64_mask(n, all4((uint64_t)j + 1));
    UNROLL for (int i = 0; i < 5; i++) r->v[i] = _mm256_mask_mov_epi64(r->v[i], here, whole4(table[j].v[i]));
  }
  cached_negate(r, negative);
}

/* The 15 words of an affine entry, 0 .. 7 and 7 .. 14, to lanes y - x, y + x, 2, 2dxy. */
INLINE void affine_lanes(fe4 *r, v8 a, v8 b) {
  UNROLL for (int i = 0; i < 5; i++) {
    const v8 from = _mm512_set_epi64(0, 0, 0, 0, 11 + i, 0, i, 5 + i + (i > 2));
    const v4 x = _mm512_castsi512_si256(_mm512_permutex2var_epi64(a, from, b));
    r->v[i] = _mm256_mask_mov_epi64(x, 4, all4(i == 0 ? 2 : 0));
  }
}
_Static_assert(sizeof(ge_affine) == 15 * 8, "affine_lanes takes 15 words in the order y + x, y - x, 2dxy");

INLINE void select_affine(fe4 *r, const ge_affine row[8], int64_t digit) {
  __mmask8 negative;
  const v8 n = _mm512_broadcast_i64x4(magnitude(&negative, digit));
  v8 a = _mm512_set_epi64(0, 0, 1, 0, 0, 0, 0, 1), b = zero();
  UNROLL for (int j = 0; j < 8; j++) {
    const uint64_t *const w = row[j].y_plus_x.v;
    const __mmask8 here = _mm512_cmpeq_epi64_mask(n, all((uint64_t)j + 1));
    a = _mm512_mask_mov_epi64(a, here, whole(_mm512_loadu_si512(w)));
    b = _mm512_mask_mov_epi64(b, here, whole(_mm512_loadu_si512(w + 7)));
  }
  affine_lanes(r, a, b);
  cached_negate(r, negative);
}

static void table_of(fe4 *table, int count, const fe4 *first, const fe4 *step) {
  fe4 t = *first;
  point_cache(&table[0], &t);
  for (int j = 1; j < count; j++) {
    point_add(&t, &t, step);
    point_cache(&table[j], &t);
  }
}

void ed25519_ifma_multiply(ge *r, const ge *p, const int64_t digit[64]) {
  fe4 table[8], acc, q;
  point_in(&q, p);
  point_cache(&acc, &q);
  table_of(table, 8, &q, &acc);
  point_neutral(&acc);
  for (int i = 63; i >= 0; i--) {
    for (int j = 0; j < 4; j++) point_double(&acc, &acc);
    select_multiple(&q, table, digit[i]);
    point_add(&acc, &acc, &q);
  }
  point_out(r, &acc);
}

/* The odd digits, times 16, and the even digits. */
void ed25519_ifma_multiply_base(ge *r, const int64_t digit[64], const ge_affine table[32][8]) {
  fe4 acc, q;
  point_neutral(&acc);
  for (int odd = 1; odd >= 0; odd--) {
    for (int i = odd; i < 64; i += 2) {
      select_affine(&q, table[i / 2], digit[i]);
      point_add(&acc, &acc, &q);
    }
    for (int j = 0; odd && j < 4; j++) point_double(&acc, &acc);
  }
  point_out(r, &acc);
}

void ed25519_ifma_straus_vartime(ge *r, size_t n, const ge *points, const int8_t (*digit)[256], const int8_t *base_digit, int top,
                                 const ge_affine base_odd[64]) {
  fe4 odd[8][8], acc, q;
  for (size_t i = 0; i < n; i++) {
    point_in(&q, &points[i]);
    point_double(&acc, &q);
    point_cache(&acc, &acc);
    table_of(odd[i], 8, &q, &acc);
  }
  point_neutral(&acc);
  for (int b = top - 1; b >= 0; b--) {
    point_double(&acc, &acc);
    for (size_t i = 0; i < n; i++) {
      const int d = digit[i][b];
      if (d == 0) continue;
      q = odd[i][(d < 0 ? -d : d) / 2];
      if (d < 0) cached_negate(&q, 0xff);
      point_add(&acc, &acc, &q);
    }
    const int d = base_digit[b];
    if (d == 0) continue;
    const uint64_t *const w = base_odd[(d < 0 ? -d : d) / 2].y_plus_x.v;
    affine_lanes(&q, _mm512_loadu_si512(w), _mm512_loadu_si512(w + 7));
    if (d < 0) cached_negate(&q, 0xff);
    point_add(&acc, &acc, &q);
  }
  point_out(r, &acc);
}
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int ed25519_ifma_not_on_this_machine; /* a file must not be empty */
#endif
