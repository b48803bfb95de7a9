/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include "ifma_vector.h"

/* Eight numbers side by side. Products are scanned by columns, in tiles of TILE x TILE limbs whose 2*TILE column sums stay in registers.
 *
 * Column sums: the largest case is the high digit of an N-adic product: three products of K limbs meet in a column (a*b1, a1*b, q*m), each with
 * at most K low and K high halves below 2^52; then what comes from the columns below (< 2^12 + 2^9), and two limbs of the initial value
 * (< 2^53). 6*60*2^52 + 2^53 + 2^13 < 2^61. Squares double a sum of half the terms: the same. */

enum { TILE = 10 };

/* sum += a*b */
INLINE void tile(v8 sum[2 * TILE], const v8 *a, const v8 *b) {
  v8 y[TILE];
  UNROLL for (int j = 0; j < TILE; j++) y[j] = b[j];
  UNROLL for (int i = 0; i < TILE; i++) {
    v8 x = a[i];
    UNROLL for (int j = 0; j < TILE; j++) sum[i + j] = low(sum[i + j], x, y[j]);
    UNROLL for (int j = 0; j < TILE; j++) sum[i + j + 1] = high(sum[i + j + 1], x, y[j]);
  }
}

/* sum += a_i*a_j over i < j */
INLINE void triangle(v8 sum[2 * TILE], const v8 *a) {
  UNROLL for (int i = 0; i < TILE - 1; i++) {
    v8 x = a[i];
    UNROLL for (int j = i + 1; j < TILE; j++) sum[i + j] = low(sum[i + j], x, a[j]);
    UNROLL for (int j = i + 1; j < TILE; j++) sum[i + j + 1] = high(sum[i + j + 1], x, a[j]);
  }
}

INLINE void diagonal(v8 sum[2 * TILE], const v8 *a) {
  UNROLL for (int i = 0; i < TILE; i++) sum[2 * i] = low(sum[2 * i], a[i], a[i]);
  UNROLL for (int i = 0; i < TILE; i++) sum[2 * i + 1] = high(sum[2 * i + 1], a[i], a[i]);
}

INLINE void twice(v8 sum[2 * TILE]) {
  UNROLL for (int i = 0; i < 2 * TILE; i++) sum[i] = add(sum[i], sum[i]);
}

/* The next TILE limbs of the quotient: each makes its column's low 52 bits vanish; the rest of the column moves on. k: -1/m mod 2^52. */
INLINE void quotient(v8 sum[2 * TILE], v8 *q, const v8 *m, v8 k) {
  UNROLL for (int t = 0; t < TILE; t++) {
    v8 x = low(zero(), sum[t], k);
    q[t] = x;
    UNROLL for (int j = 0; j < TILE; j++) sum[t + j] = low(sum[t + j], x, m[j]);
    UNROLL for (int j = 0; j < TILE; j++) sum[t + j + 1] = high(sum[t + j + 1], x, m[j]);
    sum[t + 1] = add(sum[t + 1], carry_of(sum[t]));
  }
}

enum { PRODUCT, SQUARE, CROSS, CROSS_SQUARE };

/* r = (X + q*m)/R, X + q*m = 0 mod R, q of K limbs, exact; r normalised (it is below R).
 *   PRODUCT       X = a*b
 *   SQUARE        X = a*a
 *   CROSS         X = a*b1 + a1*b + start
 *   CROSS_SQUARE  X = 2*a*a1 + start
 * start: K limbs below 2^54. r may be any of a, a1, b, b1: column C of the upper half overwrites tile C - tiles, and columns after it read
 * tiles above that. */
INLINE void montgomery(int mode, int tiles, v8 *r, const v8 *a, const v8 *b, const v8 *a1, const v8 *b1, const v8 *start, v8 *q, const v8 *m, v8 k) {
  v8 above[TILE], carry = zero();
  UNROLL for (int i = 0; i < TILE; i++) above[i] = zero();
  for (int c = 0; c < 2 * tiles; c++) {
    v8 sum[2 * TILE];
    int first = c < tiles ? 0 : c - tiles + 1, last = c < tiles ? c : tiles - 1;
    UNROLL for (int i = 0; i < 2 * TILE; i++) sum[i] = zero();
    if (mode == PRODUCT) {
      for (int i = first; i <= last; i++) tile(sum, a + TILE * i, b + TILE * (c - i));
    } else if (mode == SQUARE) {
      int i = first;
      for (; 2 * i < c; i++) tile(sum, a + TILE * i, a + TILE * (c - i));
      if (2 * i == c && i <= last) {
        triangle(sum, a + TILE * i);
        twice(sum);
        diagonal(sum, a + TILE * i);
      } else {
        twice(sum);
      }
    } else if (mode == CROSS) {
      for (int i = first; i <= last; i++) tile(sum, a + TILE * i, b1 + TILE * (c - i));
      for (int i = first; i <= last; i++) tile(sum, a1 + TILE * i, b + TILE * (c - i));
    } else {
      for (int i = first; i <= last; i++) tile(sum, a + TILE * i, a1 + TILE * (c - i));
      twice(sum);
    }
    if (mode >= CROSS && c < tiles) {
      UNROLL for (int t = 0; t < TILE; t++) sum[t] = add(sum[t], start[TILE * c + t]);
    }
    int before = c < tiles ? c - 1 : tiles - 1;
    for (int i = first; i <= before; i++) tile(sum, q + TILE * i, m + TILE * (c - i));
    UNROLL for (int t = 0; t < TILE; t++) sum[t] = add(sum[t], above[t]);
    if (c < tiles) {
      quotient(sum, q + TILE * c, m, k);
    } else {
      UNROLL for (int t = 0; t < TILE; t++) {
        v8 x = add(sum[t], carry);
        r[TILE * (c - tiles) + t] = limb_of(x);
        carry = carry_of(x);
      }
    }
    UNROLL for (int t = 0; t < TILE; t++) above[t] = sum[TILE + t];
  }
}

/* start = (R-1-q) + c, limb by limb: stands for -q mod m (ifma_lanes.c) */
INLINE void minus_quotient(v8 *q, const v8 *c, size_t limbs) {
  for (size_t i = 0; i < limbs; i++) q[i] = add(_mm512_xor_si512(q[i], all(IFMA_MASK)), c[i]);
}

static void mul8(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *work) {
  const v8 *m = (const v8 *)mod;
  montgomery(PRODUCT, (int)limbs / TILE, (v8 *)r, (const v8 *)a, (const v8 *)b, 0, 0, 0, (v8 *)work, m, m[2 * limbs]);
}

static void sqr8(uint64_t *r, const uint64_t *a, size_t limbs, const uint64_t *mod, uint64_t *work) {
  const v8 *m = (const v8 *)mod;
  montgomery(SQUARE, (int)limbs / TILE, (v8 *)r, (const v8 *)a, 0, 0, 0, 0, (v8 *)work, m, m[2 * limbs]);
}

static void nadic_mul8(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *work) {
  const v8 *m = (const v8 *)mod, *x = (const v8 *)a, *y = (const v8 *)b;
  v8 *q = (v8 *)work, *q1 = q + limbs, *t = q1 + limbs, *z = (v8 *)r;
  montgomery(PRODUCT, (int)limbs / TILE, t, x, y, 0, 0, 0, q, m, m[2 * limbs]);
  minus_quotient(q, m + limbs, limbs);
  montgomery(CROSS, (int)limbs / TILE, z + limbs, x, y, x + limbs, y + limbs, q, q1, m, m[2 * limbs]);
  for (size_t i = 0; i < limbs; i++) z[i] = t[i];
}

static void nadic_sqr8(uint64_t *r, const uint64_t *a, size_t limbs, const uint64_t *mod, uint64_t *work) {
  const v8 *m = (const v8 *)mod, *x = (const v8 *)a;
  v8 *q = (v8 *)work, *q1 = q + limbs, *t = q1 + limbs, *z = (v8 *)r;
  montgomery(SQUARE, (int)limbs / TILE, t, x, 0, 0, 0, 0, q, m, m[2 * limbs]);
  minus_quotient(q, m + limbs, limbs);
  montgomery(CROSS_SQUARE, (int)limbs / TILE, z + limbs, x, 0, x + limbs, 0, q, q1, m, m[2 * limbs]);
  for (size_t i = 0; i < limbs; i++) z[i] = t[i];
}

static void lookup8(uint64_t *r, const uint64_t *table, size_t entries, size_t blocks, size_t limbs, const uint64_t *index) {
  const v8 *t = (const v8 *)table, want = load(index);
  size_t len = blocks * limbs; /* a multiple of TILE */
  for (size_t at = 0; at < len; at += TILE) {
    v8 x[TILE];
    UNROLL for (int i = 0; i < TILE; i++) x[i] = t[at + (size_t)i];
    for (size_t e = 1; e < entries; e++) {
      __mmask8 here = _mm512_cmpeq_epi64_mask(want, all(e));
      const v8 *entry = t + e * len + at;
      UNROLL for (int i = 0; i < TILE; i++) x[i] = _mm512_mask_mov_epi64(x[i], here, whole(entry[i]));
    }
    UNROLL for (int i = 0; i < TILE; i++) store(r + 8 * (at + (size_t)i), x[i]);
  }
}

/* t[i], lane l = x[l], lane i */
INLINE void transpose(v8 t[8], const v8 x[8]) {
  v8 y[8], z[8];
  UNROLL for (int i = 0; i < 4; i++) {
    y[2 * i] = _mm512_unpacklo_epi64(x[2 * i], x[2 * i + 1]);
    y[2 * i + 1] = _mm512_unpackhi_epi64(x[2 * i], x[2 * i + 1]);
  }
  UNROLL for (int i = 0; i < 2; i++) { /* pairs of lanes */
    UNROLL for (int j = 0; j < 2; j++) {
      z[4 * i + j] = _mm512_shuffle_i64x2(y[4 * i + j], y[4 * i + j + 2], 0x88);
      z[4 * i + j + 2] = _mm512_shuffle_i64x2(y[4 * i + j], y[4 * i + j + 2], 0xdd);
    }
  }
  UNROLL for (int j = 0; j < 2; j++) {
    t[j] = _mm512_shuffle_i64x2(z[j], z[4 + j], 0x88);
    t[2 + j] = _mm512_shuffle_i64x2(z[2 + j], z[6 + j], 0x88);
    t[4 + j] = _mm512_shuffle_i64x2(z[j], z[4 + j], 0xdd);
    t[6 + j] = _mm512_shuffle_i64x2(z[2 + j], z[6 + j], 0xdd);
  }
}

static void gather8(uint64_t *r, const uint64_t *const *x, size_t limbs) {
  for (size_t limb = 0; limb < limbs; limb += 8) {
    v8 y[8], t[8];
    UNROLL for (int l = 0; l < 8; l++) y[l] = load(x[l] + limb);
    transpose(t, y);
    for (size_t i = 0; i < 8 && limb + i < limbs; i++) store(r + 8 * (limb + i), t[i]);
  }
}

/* A limb shifted by at most 7, plus a carry below 2^8, is below 2^60. */
static void shift8(uint64_t *a, size_t limbs, const uint64_t *shift) {
  v8 by = load(shift), carry = zero();
  for (size_t i = 0; i < limbs; i++) {
    v8 x = add(_mm512_sllv_epi64(load(a + 8 * i), by), carry);
    carry = carry_of(x);
    store(a + 8 * i, limb_of(x));
  }
}

/* Eight primes side by side, four times. Horner's rule in chunks of 28 bits with a lazy remainder r < 3p < 2^23.6: v = r*2^28 + chunk < 2^52.
 * f = floor(2^52/p) - 1, or one more or less as the division rounds: 2^52/p - 3 < f <= 2^52/p. So the estimate floor(v*f/2^52) is at most v/p
 * and above v/p - 3*v/2^52 - 1; and r*2^28/2^52 < 3*2^22*2^28/2^52 < 0.19 makes that more than v/p - 1.6: the new remainder is below 2p. */
void ifma8_remainders(const uint64_t *x, size_t n, const uint32_t *p, size_t count, uint32_t *out) {
  size_t chunks = (64 * n + 27) / 28;
  for (size_t at = 0; at < count; at += 32) {
    v8 prime[4], f[4], r[4];
    UNROLL for (size_t g = 0; g < 4; g++) {
      size_t from = at + 8 * g < count ? at + 8 * g : count - 8; /* the tail is done again */
      prime[g] = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(p + from)));
      f[g] = _mm512_cvttpd_epu64(_mm512_div_pd(_mm512_set1_pd(0x1p52), _mm512_cvtepu64_pd(prime[g])));
      f[g] = _mm512_sub_epi64(f[g], all(1)); /* never above 2^52/p, however the division rounded */
      r[g] = zero();
    }
    for (size_t c = chunks; c--;) {
      size_t bit = 28 * c, i = bit / 64, s = bit % 64;
      uint64_t w = x[i] >> s;
      if (s > 36 && i + 1 < n) w |= x[i + 1] << (64 - s);
      v8 chunk = all(w & 0xfffffff);
      UNROLL for (int g = 0; g < 4; g++) {
        v8 v = add(_mm512_slli_epi64(r[g], 28), chunk);
        v8 q = high(zero(), v, f[g]);
        r[g] = _mm512_sub_epi64(v, low(zero(), q, prime[g]));
      }
    }
    UNROLL for (size_t g = 0; g < 4; g++) {
      size_t from = at + 8 * g < count ? at + 8 * g : count - 8;
      for (int i = 0; i < 2; i++) r[g] = _mm512_min_epu64(r[g], _mm512_sub_epi64(r[g], prime[g]));
      _mm256_storeu_si256((__m256i *)(out + from), _mm512_cvtepi64_epi32(r[g]));
    }
  }
}

#define ENGINE(k) {8, k, 8 * (k), 1, 8, {mul8, nadic_mul8}, {sqr8, nadic_sqr8}, lookup8, gather8, shift8}
const ifma_engine ifma8_engines[5] = {ENGINE(10), ENGINE(20), ENGINE(30), ENGINE(40), ENGINE(60)};

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int ifma8_not_on_this_machine; /* a file must not be empty */
#endif
