/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors under ed25519's ladders: products and carries against GMP at the edges of their bounds, both formulas against the portable ones.
 * The ladders themselves run in test_ed25519.c, once per kernel. */
#include "kernel/kernel.h"
#include "test.h"

#if defined(HAVE_GMP) && defined(__x86_64__)
#include <gmp.h>
/* A second copy, for what is static in it. */
#define ed25519_ifma_multiply copy_multiply
#define ed25519_ifma_multiply_base copy_multiply_base
#define ed25519_ifma_straus_vartime copy_straus_vartime
#include "../../main/c/ed25519_ifma.c"
#define VECTORS __attribute__((target("avx512f,avx512ifma,avx512vl,avx512dq,avx512bw,bmi2")))

typedef uint64_t limbs4[5][4] __attribute__((aligned(32)));

VECTORS static void in(fe4 *r, const limbs4 x) {
  for (int i = 0; i < 5; i++) r->v[i] = _mm256_load_si256((const v4 *)x[i]);
}
VECTORS static void out(limbs4 r, const fe4 *x) {
  for (int i = 0; i < 5; i++) _mm256_store_si256((v4 *)r[i], x->v[i]);
}
VECTORS static void product(limbs4 r, const limbs4 a, const limbs4 b) {
  fe4 x, y;
  in(&x, a);
  in(&y, b);
  fe4_mul(&x, &x, &y);
  out(r, &x);
}
VECTORS static void carried(limbs4 r, const limbs4 a) {
  fe4 x;
  in(&x, a);
  carry4(&x, x.v);
  out(r, &x);
}

VECTORS static void point_out_of(ge *r, const limbs4 a) {
  fe4 x;
  in(&x, a);
  point_out(r, &x);
}

/* Below 2^bits: all ones, zeros, powers of two and random. */
static void edges(limbs4 x, int bits) {
  const uint64_t max = ((uint64_t)1 << bits) - 1;
  const uint64_t all = test_rand() % 8;
  for (int i = 0; i < 5; i++) {
    for (int l = 0; l < 4; l++) {
      const uint64_t kind = all < 3 ? all : test_rand() % 6;
      x[i][l] = kind == 0 ? max : kind == 1 ? 0 : kind == 2 ? max - test_rand() % 3 : kind == 3 ? (max + 1) >> 1 : test_rand() & max;
    }
  }
}
static void value(mpz_t r, const limbs4 x, int lane) {
  mpz_set_ui(r, 0);
  for (int i = 4; i >= 0; i--) {
    mpz_mul_2exp(r, r, 51);
    mpz_add_ui(r, r, x[i][lane]);
  }
}
static int reduced(const limbs4 x) {
  int ok = 1;
  for (int i = 0; i < 5; i++)
    for (int l = 0; l < 4; l++) ok &= x[i][l] < ((uint64_t)1 << 51) + (1 << 15);
  return ok;
}

/* Reduced here is more than magnitude 1 there. */
static void points_leave_at_magnitude_one(void) {
  limbs4 a;
  ge p;
  for (int i = 0; i < 5; i++)
    for (int l = 0; l < 4; l++) a[i][l] = ((uint64_t)1 << 51) + (1 << 15) - 1;
  point_out_of(&p, a);
  const fe *const part[4] = {&p.x, &p.y, &p.z, &p.t};
  for (int l = 0; l < 4; l++) {
    fe expected;
    for (int i = 0; i < 5; i++) {
      expected.v[i] = a[i][l];
      CHECK(part[l]->v[i] <= ((uint64_t)1 << 51) + (1 << 13));
    }
    CHECK(fe_eq(part[l], &expected));
  }
}

static void products_and_carries_against_gmp(void) {
  mpz_t p, x, y, z;
  mpz_inits(p, x, y, z, NULL);
  mpz_ui_pow_ui(p, 2, 255);
  mpz_sub_ui(p, p, 19);
  for (int n = 0; n < 20000; n++) {
    limbs4 a, b, r;
    edges(a, 52);
    edges(b, 52);
    product(r, a, b);
    CHECK(reduced(r));
    for (int l = 0; l < 4; l++) {
      value(x, a, l);
      value(y, b, l);
      value(z, r, l);
      mpz_mul(x, x, y);
      CHECK(mpz_congruent_p(x, z, p));
    }
    edges(a, 61);
    carried(r, a);
    CHECK(reduced(r));
    for (int l = 0; l < 4; l++) {
      value(x, a, l);
      value(z, r, l);
      CHECK(mpz_congruent_p(x, z, p));
    }
  }
  mpz_clears(p, x, y, z, NULL);
}

VECTORS static void add_both_ways(ge *sum, ge *difference, ge *twice, const ge *a, const ge *b) {
  fe4 p, q, r;
  point_in(&p, a);
  point_in(&q, b);
  point_cache(&q, &q);
  point_add(&r, &p, &q);
  point_out(sum, &r);
  cached_negate(&q, 0xff);
  point_add(&r, &p, &q);
  point_out(difference, &r);
  point_double(&r, &p);
  point_out(twice, &r);
}
/* XY = ZT too */
static int same(const ge *a, const ge *b) {
  fe s, t;
  fe_mul(&s, &a->x, &b->z);
  fe_mul(&t, &b->x, &a->z);
  if (!fe_eq(&s, &t)) return 0;
  fe_mul(&s, &a->y, &b->z);
  fe_mul(&t, &b->y, &a->z);
  if (!fe_eq(&s, &t)) return 0;
  fe_mul(&s, &a->x, &a->y);
  fe_mul(&t, &a->z, &a->t);
  return fe_eq(&s, &t) && !fe_is_zero(&a->z);
}
static void formulas_agree_with_the_portable_ones(void) {
  enum { POINTS = 40 };
  static ge p[POINTS]; /* neutral, those of order 2 and 4, and multiples of B with both signs, in projective coordinates */
  ed25519_ge_neutral(&p[0]);
  ed25519_ge_neutral(&p[1]);
  fe_neg(&p[1].y, &FE_ONE);
  fe_mul(&p[1].y, &p[1].y, &FE_ONE);
  ed25519_ge_neutral(&p[2]);
  p[2].x = FE_I;
  p[2].y = (fe){{0}};
  ge_cached c;
  ed25519_ge_cache(&c, &ed25519_base_point);
  p[3] = ed25519_base_point;
  for (int i = 4; i < POINTS; i++) {
    if (i % 3) ed25519_ge_add(&p[i], &p[i - 1], &c);
    else ed25519_ge_neg(&p[i], &p[i - 1]);
    if (i % 4 == 0) ed25519_ge_double(&p[i], &p[i]);
    if (i % 8 == 2) {
      ge_cached t;
      ed25519_ge_cache(&t, &p[2]);
      ed25519_ge_add(&p[i], &p[i], &t);
    }
  }
  for (int i = 0; i < POINTS; i++) {
    for (int j = 0; j < POINTS; j++) {
      ge sum, difference, twice, expected;
      add_both_ways(&sum, &difference, &twice, &p[i], &p[j]);
      ed25519_ge_cache(&c, &p[j]);
      ed25519_ge_add(&expected, &p[i], &c);
      CHECK(same(&sum, &expected));
      ed25519_ge_sub(&expected, &p[i], &c);
      CHECK(same(&difference, &expected));
      ed25519_ge_double(&expected, &p[i]);
      CHECK(same(&twice, &expected));
      for (int k = 0; k < 5; k++)
        for (const fe *f = &sum.x; f <= &sum.t; f++) CHECK(f->v[k] <= ((uint64_t)1 << 51) + (1 << 13));
    }
  }
}

int main(void) {
  if (kernel_ifma.supported()) {
    RUN(products_and_carries_against_gmp);
    RUN(points_leave_at_magnitude_one);
    RUN(formulas_agree_with_the_portable_ones);
  } else {
    SKIP("no AVX-512 IFMA here");
  }
  return DONE();
}
#else
int main(void) {
  SKIP("needs x86-64 and GMP");
  return DONE();
}
#endif
