/* SPDX-License-Identifier: Apache-2.0 */
#include "inverse256.h"

#include "ct.h"

#define M62 ((int64_t)(UINT64_MAX >> 2))

typedef __int128 i128;
/* Signed number in limbs of 62 bits: limbs 0..3 in [0, 2^62), limb 4 carries the sign. */
typedef struct {
  int64_t v[5];
} signed62;
/* 2^62 times the product of 62 division steps: |u| + |v| <= 2^62 and |q| + |r| <= 2^62. */
typedef struct {
  int64_t u, v, q, r;
} steps;

static int64_t sign_mask(int64_t x) { return (int64_t)ct_mask_bit((uint64_t)x >> 63); }

/* 62 division steps on the low words of f (odd) and g. zeta = -(delta + 1/2); returns the new one.
 *   delta > 0 and g odd: (delta, f, g) -> (1 - delta, g, (g - f) / 2)
 *   otherwise:           (delta, f, g) -> (1 + delta, f, (g + (g mod 2) f) / 2)
 * Unsigned arithmetic mod 2^64; the matrix entries never leave the range of int64_t. */
static int64_t divsteps62(int64_t zeta, uint64_t f, uint64_t g, steps *t) {
  uint64_t u = 1, v = 0, q = 0, r = 1;
  for (int i = 0; i < 62; i++) {
    const uint64_t odd = ct_mask_bit(g);
    uint64_t swap = (uint64_t)sign_mask(zeta);
    /* g += +-f, with minus when delta > 0; the matrix rows follow. */
    g += ((f ^ swap) - swap) & odd;
    q += ((u ^ swap) - swap) & odd;
    r += ((v ^ swap) - swap) & odd;
    swap &= odd;
    zeta = (int64_t)((uint64_t)zeta ^ swap) - 1;
    /* f + (g - f) = the old g. */
    f += g & swap;
    u += q & swap;
    v += r & swap;
    g >>= 1;
    u <<= 1;
    v <<= 1;
  }
  *t = (steps){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
  return zeta;
}

/* The same 62 steps, many at once: a run of zeros of g is as many steps, and after a swap (delta := 1 - delta - 1, which leaves the halving to
 * the zeros that follow) the next zeta + 1 steps do not swap, so up to six of them add the multiple w f of f, w = -g/f mod 2^limit: as
 * f^2 = 1 mod 8, 1/f = f (2 - f^2) mod 64. */
static int64_t divsteps62_vartime(int64_t zeta, uint64_t f, uint64_t g, steps *t) {
  uint64_t u = 1, v = 0, q = 0, r = 1;
  for (int left = 62;;) {
    const int zeros = __builtin_ctzll(g | UINT64_MAX << left);
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    zeta -= zeros;
    left -= zeros;
    if (left == 0) break;
    if (zeta < 0) {
      uint64_t x = f;
      f = g;
      g = 0 - x;
      x = u;
      u = q;
      q = 0 - x;
      x = v;
      v = r;
      r = 0 - x;
      zeta = ~zeta;
    }
    const int steps_now = zeta + 1 < left ? (int)zeta + 1 : left;
    const uint64_t w = f * g * (f * f - 2) & 63 & UINT64_MAX >> (64 - steps_now);
    g += f * w;
    q += u * w;
    r += v * w;
  }
  *t = (steps){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
  return zeta;
}

/* (f, g) = t (f, g) / 2^62, exactly. |f|, |g| <= m before and after. */
static void update_fg(signed62 *f, signed62 *g, const steps *t) {
  i128 a = (i128)t->u * f->v[0] + (i128)t->v * g->v[0]; /* |.| <= 2^124 */
  i128 b = (i128)t->q * f->v[0] + (i128)t->r * g->v[0];
  a >>= 62;
  b >>= 62;
  for (int i = 1; i < 5; i++) {
    a += (i128)t->u * f->v[i] + (i128)t->v * g->v[i];
    b += (i128)t->q * f->v[i] + (i128)t->r * g->v[i];
    f->v[i - 1] = (int64_t)a & M62;
    g->v[i - 1] = (int64_t)b & M62;
    a >>= 62;
    b >>= 62;
  }
  f->v[4] = (int64_t)a;
  g->v[4] = (int64_t)b;
}

/* (d, e) = t (d, e) / 2^62 mod m. Range (-2m, m) before and after: negative ones first get m, which makes |.| < m and the
 * combination lie in (-2^62 m, 2^62 m); then a multiple of m in (-2^62 m, 0] makes it divisible by 2^62. */
static void update_de(signed62 *d, signed62 *e, const steps *t, const inverse256_modulus *m) {
  const int64_t sd = sign_mask(d->v[4]), se = sign_mask(e->v[4]);
  int64_t md = (t->u & sd) + (t->v & se), me = (t->q & sd) + (t->r & se);
  i128 a = (i128)t->u * d->v[0] + (i128)t->v * e->v[0];
  i128 b = (i128)t->q * d->v[0] + (i128)t->r * e->v[0];
  md -= (int64_t)(m->inverse * (uint64_t)a + (uint64_t)md) & M62; /* > -2^63 */
  me -= (int64_t)(m->inverse * (uint64_t)b + (uint64_t)me) & M62;
  a += (i128)m->m[0] * md; /* |.| <= 2^124 + 2^125 */
  b += (i128)m->m[0] * me;
  a >>= 62;
  b >>= 62;
  for (int i = 1; i < 5; i++) {
    a += (i128)t->u * d->v[i] + (i128)t->v * e->v[i] + (i128)m->m[i] * md;
    b += (i128)t->q * d->v[i] + (i128)t->r * e->v[i] + (i128)m->m[i] * me;
    d->v[i - 1] = (int64_t)a & M62;
    e->v[i - 1] = (int64_t)b & M62;
    a >>= 62;
    b >>= 62;
  }
  d->v[4] = (int64_t)a;
  e->v[4] = (int64_t)b;
}

/* d += m where d is negative, after a negation where mask is set; limbs carried. */
static void negate_and_add(signed62 *d, int64_t mask, const inverse256_modulus *m) {
  int64_t carry = 0;
  for (int i = 0; i < 5; i++) {
    carry += (d->v[i] ^ mask) - mask;
    d->v[i] = i < 4 ? carry & M62 : carry;
    carry >>= 62;
  }
  const int64_t negative = sign_mask(d->v[4]);
  carry = 0;
  for (int i = 0; i < 5; i++) {
    carry += d->v[i] + (m->m[i] & negative);
    d->v[i] = i < 4 ? carry & M62 : carry;
    carry >>= 62;
  }
}

static inline uint64_t low_word(const signed62 *x) { return (uint64_t)x->v[0] | (uint64_t)x->v[1] << 62; }

static inline __attribute__((always_inline)) void invert(uint64_t r[4], const uint64_t a[4], const inverse256_modulus *m, const int vartime) {
  signed62 d = {{0}}, e = {{1}}, f, g;
  steps t;
  int64_t zeta = -1; /* delta = 1/2 */
  for (int i = 0; i < 5; i++) f.v[i] = m->m[i];
  g = (signed62){{(int64_t)a[0] & M62, (int64_t)(a[0] >> 62 | a[1] << 2) & M62, (int64_t)(a[1] >> 60 | a[2] << 4) & M62,
                  (int64_t)(a[2] >> 58 | a[3] << 6) & M62, (int64_t)(a[3] >> 56)}};
  for (int i = 0; i < 10; i++) {
    if (vartime && (g.v[0] | g.v[1] | g.v[2] | g.v[3] | g.v[4]) == 0) break;
    zeta = (vartime ? divsteps62_vartime : divsteps62)(zeta, low_word(&f), low_word(&g), &t);
    update_de(&d, &e, &t, m);
    update_fg(&f, &g, &t);
  }
  /* g = 0, f = +-1 (or +-m for a = 0, where d = 0), d = +-1/a in (-2m, m). */
  negate_and_add(&d, 0, m);
  negate_and_add(&d, sign_mask(f.v[4]), m);
  const uint64_t *v = (const uint64_t *)d.v;
  r[0] = v[0] | v[1] << 62;
  r[1] = v[1] >> 2 | v[2] << 60;
  r[2] = v[2] >> 4 | v[3] << 58;
  r[3] = v[3] >> 6 | v[4] << 56;
}

void inverse256(uint64_t r[4], const uint64_t a[4], const inverse256_modulus *m) { invert(r, a, m, 0); }
void inverse256_vartime(uint64_t r[4], const uint64_t a[4], const inverse256_modulus *m) { invert(r, a, m, 1); }
