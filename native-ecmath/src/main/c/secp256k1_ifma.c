/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "secp256k1_ifma.h"

#include "kernel/ifma_vector.h"

/* Eight field elements side by side in five limbs of 52 bits. "Sums" have limbs below 2^63; what goes into a product is "carried": limbs 0 to 3
 * below 2^52, limb 4 below 2^49. The formulas are those of secp256k1_point.c (Renes, Costello, Batina, ePrint 2015/1060, algorithms 7
 * and 9: complete), both of whose halves fit eight lanes: products, sums of products with small factors, carries, products. A point is
 * six carried lanes: x, y, z, x + y, y + z, z + x; the other two hold anything below the same bounds. */
typedef struct {
  v8 n[5];
} fe8;

#define PER_LIMB UNROLL for (int i = 0; i < 5; i++)
#define PICK(l0, l1, l2, l3, l4, l5, l6, l7) _mm512_set_epi64(l7, l6, l5, l4, l3, l2, l1, l0)
INLINE v8 pick(v8 lanes, v8 x) { return _mm512_permutexvar_epi64(lanes, x); }
INLINE v8 pick_some(__mmask8 some, v8 lanes, v8 x) { return _mm512_maskz_permutexvar_epi64(some, lanes, x); }
INLINE v8 times(v8 x, v8 factors) { return _mm512_mullo_epi64(x, factors); }

/* Sums to carried. The top goes first, times 2^256 mod p and below 2^(15 + 33), so that one chain of carries is enough: it leaves
 * limb 4 below 2^48 + 2^12. */
INLINE void carry8(fe8 *r, const v8 x[5]) {
  v8 c = low(x[0], _mm512_srli_epi64(x[4], 48), all(K1_FOLD256));
  UNROLL for (int i = 0; i < 4; i++) {
    r->n[i] = limb_of(c);
    c = add(carry_of(c), i < 3 ? x[i + 1] : _mm512_and_si512(x[4], all(K1_M48)));
  }
  r->n[4] = c;
}

/* Product of carried elements, as sums: limbs below 11 * 2^52. Columns 5 .. 9, cut at bit 52, fold down by 2^260 = FOLD260 (37 bits)
 * with no carry between them; column 9 is one high half, and the high half of its fold, below 2^37, folds once more. */
INLINE void mul8(v8 r[5], const fe8 *x, const fe8 *y) {
  const v8 fold = all(K1_FOLD260);
  v8 lo[9], hi[9], c[5], d[5], e;
  UNROLL for (int k = 0; k < 9; k++) lo[k] = hi[k] = zero();
  UNROLL for (int j = 4; j >= 0; j--) {
    UNROLL for (int i = 4; i >= 0; i--) {
      lo[i + j] = low(lo[i + j], x->n[i], y->n[j]);
      hi[i + j] = high(hi[i + j], x->n[i], y->n[j]);
    }
  }
  c[0] = lo[0];
  UNROLL for (int k = 1; k < 5; k++) c[k] = add(lo[k], hi[k - 1]);
  UNROLL for (int k = 0; k < 4; k++) d[k] = add(lo[k + 5], hi[k + 4]);
  d[4] = hi[8];
  e = high(zero(), d[4], fold);
  c[0] = low(c[0], e, fold);
  c[1] = high(c[1], e, fold);
  PER_LIMB {
    c[i] = low(c[i], d[i], fold);
    e = i == 0 ? zero() : high(low(zero(), carry_of(d[i - 1]), fold), d[i - 1], fold);
    r[i] = add(c[i], e);
  }
}

/* A multiple of p with limbs in [2^62, 2^62 + 2^52): in the lanes of the mask, it keeps differences of sums above zero. */
INLINE v8 bias(__mmask8 lanes, int i) {
  static const uint64_t b[5] = {0x400fbffeff0bbc2f, 0x400ffffffffffbff, 0x400ffffffffffbff, 0x400ffffffffffbff, 0x4000fffffffffbff};
  return _mm512_maskz_set1_epi64(lanes, (long long)b[i]);
}

/* The second half: x = a0 b0 + a1 b1, y = a2 b2 + a3 b3, z = a4 b4 + a5 b5, and their sums. */
INLINE void finish(fe8 *r, const fe8 *a, const fe8 *b) {
  v8 p[5];
  mul8(p, a, b);
  PER_LIMB {
    const v8 t = add(p[i], _mm512_shuffle_epi32(p[i], _MM_PERM_BADC)); /* x x y y z z */
    p[i] = add(pick(PICK(0, 2, 4, 0, 2, 4, 0, 0), t), pick_some(0x38, PICK(0, 0, 0, 2, 4, 0, 0, 0), t)); /* < 2^58 */
  }
  carry8(r, p);
}

INLINE void point_double(fe8 *r, const fe8 *p) {
  fe8 a, b;
  v8 v[5];
  PER_LIMB {
    a.n[i] = pick(PICK(1, 2, 1, 0, 1, 1, 1, 1), p->n[i]);
    b.n[i] = pick(PICK(1, 2, 2, 1, 1, 1, 1, 1), p->n[i]);
  }
  mul8(v, &a, &b); /* yy zz yz xy */
  /* To 2xy, yz, 8yy, yy - 63zz, 8yy, 0, yy + 21zz, 21zz; 63 * 11 * 2^52 < 2^62. */
  PER_LIMB {
    const v8 s = times(pick(PICK(3, 2, 0, 0, 0, 0, 0, 1), v[i]), PICK(2, 1, 8, 1, 8, 0, 1, 21));
    const v8 t = times(pick(PICK(1, 1, 1, 1, 1, 1, 1, 1), v[i]), PICK(0, 0, 0, -63, 0, 0, 21, 0));
    v[i] = add(s, add(t, bias(8, i)));
  }
  carry8(&a, v);
  PER_LIMB b.n[i] = pick_some(0x1d, PICK(3, 0, 7, 6, 1, 0, 0, 0), a.n[i]); /* yy - 63zz, 0, 21zz, yy + 21zz, yz, 0 */
  finish(r, &a, &b);
}

INLINE void point_add(fe8 *r, const fe8 *p, const fe8 *q) {
  fe8 a, b;
  v8 v[5];
  mul8(v, p, q); /* xx yy zz, (x1 + y1)(x2 + y2), (y1 + z1)(y2 + z2), (z1 + x1)(z2 + x2) */
  /* To a, -b, 21d, yy - 21zz, yy + 21zz, 3xx, b; 21 * 2 * 11 * 2^52 < 2^62. */
  PER_LIMB {
    const v8 s = times(pick(PICK(3, 4, 5, 1, 1, 0, 4, 0), v[i]), PICK(1, -1, 21, 1, 1, 3, 1, 0));
    const v8 t = add(pick(PICK(0, 1, 2, 2, 2, 0, 1, 0), v[i]), pick_some(0x47, PICK(1, 2, 0, 0, 0, 0, 2, 0), v[i]));
    v[i] = add(add(s, bias(0x4f, i)), times(t, PICK(-1, 1, -21, -21, 21, 0, -1, 0)));
  }
  carry8(&a, v);
  PER_LIMB b.n[i] = pick(PICK(3, 2, 5, 4, 6, 0, 0, 0), a.n[i]);
  finish(r, &a, &b);
}

/* x, y, z in lanes 0, 1, 2 of sums below 2^62, to a point. */
INLINE void with_sums(fe8 *r, const v8 x[5]) {
  v8 s[5];
  PER_LIMB s[i] = add(pick(PICK(0, 1, 2, 0, 1, 2, 0, 0), x[i]), pick_some(0x38, PICK(0, 0, 0, 1, 2, 0, 0, 0), x[i]));
  carry8(r, s);
}
INLINE void point_set(fe8 *r, const k1_fe *x, const k1_fe *y, uint64_t z) {
  v8 s[5];
  PER_LIMB s[i] = PICK((long long)x->n[i], (long long)y->n[i], i == 0 ? (long long)z : 0, 0, 0, 0, 0, 0);
  with_sums(r, s);
}
INLINE void point_identity(fe8 *r) {
  static const k1_fe zero_fe = {{0}}, one = {{1}};
  point_set(r, &zero_fe, &one, 0);
}
INLINE void point_out(k1_point *r, const fe8 *p) {
  uint64_t w[8] __attribute__((aligned(64)));
  PER_LIMB {
    store(w, p->n[i]);
    r->x.n[i] = w[0];
    r->y.n[i] = w[1];
    r->z.n[i] = w[2];
  }
}

/* ---- tables: x, y, z, beta x, carried ---- */

typedef struct {
  __m256i n[5];
} entry;

INLINE void entry_of(entry *r, const fe8 *p) {
  static const k1_fe beta = K1_FE_BETA;
  fe8 a, b;
  v8 v[5];
  PER_LIMB {
    a.n[i] = pick(PICK(0, 1, 2, 0, 0, 0, 0, 0), p->n[i]);
    b.n[i] = _mm512_maskz_set1_epi64(8, (long long)beta.n[i]);
    if (i == 0) b.n[i] = _mm512_mask_set1_epi64(b.n[i], 7, 1);
  }
  mul8(v, &a, &b);
  carry8(&a, v);
  PER_LIMB r->n[i] = _mm512_castsi512_si256(a.n[i]);
}

/* (-1)^negative times the entry, or lambda times that, to a point. y below 2^52, or 2^49 on top, is below 2p limb by limb. */
INLINE void point_of(fe8 *r, const entry *e, int endomorphism, __mmask8 negative) {
  static const k1_fe p = K1_FE_P;
  v8 s[5];
  PER_LIMB {
    const v8 x = pick(endomorphism ? PICK(3, 1, 2, 0, 0, 0, 0, 0) : PICK(0, 1, 2, 0, 0, 0, 0, 0), _mm512_castsi256_si512(e->n[i]));
    s[i] = _mm512_mask_sub_epi64(x, negative & 2, all(2 * p.n[i]), x);
  }
  with_sums(r, s);
}

void k1_ifma_mul(k1_point *r, const k1_affine *p, const k1_digits d[2]) {
  entry table[17];
  fe8 one, acc, q;
  point_identity(&acc);
  point_set(&one, &p->x, &p->y, 1);
  for (int i = 0; i <= 16; i++) {
    entry_of(&table[i], &acc);
    point_add(&acc, &acc, &one);
  }
  point_identity(&acc);
  for (size_t at = K1_HALF_DIGITS; at-- > 0;) {
    if (at + 1 < K1_HALF_DIGITS)
      for (int j = 0; j < K1_WINDOW; j++) point_double(&acc, &acc);
    for (int h = 0; h < 2; h++) {
      const __m256i mag = _mm256_set1_epi64x(d[h].mag[at]);
      entry e;
      PER_LIMB e.n[i] = whole4(table[0].n[i]);
      for (int j = 1; j <= 16; j++) {
        const __mmask8 here = _mm256_cmpeq_epi64_mask(mag, _mm256_set1_epi64x(j));
        PER_LIMB e.n[i] = _mm256_mask_mov_epi64(e.n[i], here, whole4(table[j].n[i]));
      }
      point_of(&q, &e, h, (__mmask8)ct_mask_bit(d[h].neg[at]));
      point_add(&acc, &acc, &q);
    }
  }
  point_out(r, &acc);
}

/* acc += (-1)^neg mag row[0], row[j] = (j + 1) row[0]; reads the whole row. */
INLINE void add_from_row(fe8 *acc, const k1_packed row[K1_COMB_COLUMNS], uint64_t mag, uint64_t neg) {
  uint64_t w[8] __attribute__((aligned(64)));
  k1_affine a;
  fe8 q;
  v8 chosen = PICK(0, 0, 0, 0, 1, 0, 0, 0);
  UNROLL for (int j = 0; j < K1_COMB_COLUMNS; j++)
    chosen = _mm512_mask_mov_epi64(chosen, _mm512_cmpeq_epi64_mask(all(mag), all((uint64_t)j + 1)), whole(_mm512_loadu_si512(&row[j])));
  store(w, chosen);
  k1_fe_from_words(&a.x, w);
  k1_fe_from_words(&a.y, w + 4);
  k1_fe_negate_if(&a.y, ct_mask_bit(neg));
  point_set(&q, &a.x, &a.y, ~ct_is_zero(mag) & 1); /* 0: the identity (0 : 1 : 0), or (0 : -1 : 0), the same */
  point_add(acc, acc, &q);
}

void k1_ifma_mul_base(k1_point *r, const k1_digits *d) {
  fe8 acc;
  point_identity(&acc);
  for (size_t odd = 2; odd-- > 0;) {
    for (size_t i = 0; i < K1_COMB_ROWS; i++) add_from_row(&acc, k1_comb[i], d->mag[2 * i + odd], d->neg[2 * i + odd]);
    for (int i = 0; odd && i < K1_WINDOW; i++) point_double(&acc, &acc);
  }
  point_out(r, &acc);
}

void k1_ifma_straus_vartime(k1_point *r, const int8_t (*base_naf)[K1_NAF_LEN], const k1_term *terms, size_t n) {
  entry odd[K1_CHUNK][8];
  fe8 acc, q, twice;
  int started = 0;
  for (size_t j = 0; j < n; j++) {
    point_set(&q, &terms[j].p.x, &terms[j].p.y, 1);
    point_double(&twice, &q);
    entry_of(&odd[j][0], &q);
    for (int i = 1; i < 8; i++) {
      point_add(&q, &q, &twice);
      entry_of(&odd[j][i], &q);
    }
  }
  point_identity(&acc);
  for (int i = K1_NAF_LEN; i-- > 0;) {
    if (started) point_double(&acc, &acc);
    for (int h = 0; h < 2; h++) {
      for (size_t j = 0; j < n; j++) {
        const int d = terms[j].naf[h][i];
        if (d == 0) continue;
        point_of(&q, &odd[j][(d < 0 ? -d : d) / 2], h, d < 0 ? 0xff : 0);
        point_add(&acc, &acc, &q);
        started = 1;
      }
      if (base_naf && base_naf[h][i] != 0) {
        k1_affine a;
        k1_odd_multiple(&a, h, base_naf[h][i]);
        point_set(&q, &a.x, &a.y, 1);
        point_add(&acc, &acc, &q);
        started = 1;
      }
    }
  }
  point_out(r, &acc);
}
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int secp256k1_ifma_not_on_this_machine; /* a file must not be empty */
#endif
