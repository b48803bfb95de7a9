/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors under secp256k1's ladders: products and carries against GMP at the edges of their bounds, both formulas against the portable
 * ones. The ladders themselves run in test_secp256k1.c, once per kernel. */
#include "kernel/kernel.h"
#include "test.h"

#if defined(HAVE_GMP) && defined(__x86_64__)
#include <gmp.h>
/* A second copy, for what is static in it. */
#define k1_ifma_mul copy_mul
#define k1_ifma_mul_base copy_mul_base
#define k1_ifma_straus_vartime copy_straus_vartime
#include "../../main/c/secp256k1_ifma.c"
#define VECTORS __attribute__((target("avx512f,avx512ifma,avx512vl,avx512dq,avx512bw,bmi2")))

typedef uint64_t limbs8[5][8] __attribute__((aligned(64)));

VECTORS static void in(fe8 *r, const limbs8 x) { PER_LIMB r->n[i] = load(x[i]); }
VECTORS static void product(limbs8 r, const limbs8 a, const limbs8 b) {
  fe8 x, y;
  v8 p[5];
  in(&x, a);
  in(&y, b);
  mul8(p, &x, &y);
  PER_LIMB store(r[i], p[i]);
}
VECTORS static void carried(limbs8 r, const limbs8 a) {
  fe8 x;
  in(&x, a);
  carry8(&x, x.n);
  PER_LIMB store(r[i], x.n[i]);
}

/* Below 2^bits, the top limb below 2^top: all ones, zeros, powers of two and random. */
static void edges(limbs8 x, int bits, int top) {
  const uint64_t all_of_them = test_rand() % 8;
  for (int i = 0; i < 5; i++) {
    const uint64_t max = ((uint64_t)1 << (i == 4 ? top : bits)) - 1;
    for (int l = 0; l < 8; l++) {
      const uint64_t kind = all_of_them < 3 ? all_of_them : test_rand() % 6;
      x[i][l] = kind == 0 ? max : kind == 1 ? 0 : kind == 2 ? max - test_rand() % 3 : kind == 3 ? (max + 1) >> 1 : test_rand() & max;
    }
  }
}
static void value(mpz_t r, const limbs8 x, int lane) {
  mpz_set_ui(r, 0);
  for (int i = 4; i >= 0; i--) {
    mpz_mul_2exp(r, r, 52);
    mpz_add_ui(r, r, x[i][lane]);
  }
}
static int below(const limbs8 x, uint64_t limit, uint64_t top) {
  int ok = 1;
  for (int i = 0; i < 5; i++)
    for (int l = 0; l < 8; l++) ok &= x[i][l] < (i == 4 ? top : limit);
  return ok;
}

static void products_and_carries_against_gmp(void) {
  mpz_t p, x, y, z;
  mpz_inits(p, x, y, z, NULL);
  mpz_ui_pow_ui(p, 2, 256);
  mpz_sub_ui(p, p, 0x1000003D1u);
  for (int n = 0; n < 20000; n++) {
    limbs8 a, b, r;
    edges(a, 52, 49);
    edges(b, 52, 49);
    product(r, a, b);
    CHECK(below(r, 11 * ((uint64_t)1 << 52), 11 * ((uint64_t)1 << 52)));
    for (int l = 0; l < 8; l++) {
      value(x, a, l);
      value(y, b, l);
      value(z, r, l);
      mpz_mul(x, x, y);
      CHECK(mpz_congruent_p(x, z, p));
    }
    edges(a, 63, 63);
    carried(r, a);
    CHECK(below(r, (uint64_t)1 << 52, ((uint64_t)1 << 48) + (1 << 12)));
    for (int l = 0; l < 8; l++) {
      value(x, a, l);
      value(z, r, l);
      CHECK(mpz_congruent_p(x, z, p));
    }
  }
  mpz_clears(p, x, y, z, NULL);
}

VECTORS static void bias_limbs(limbs8 r) { PER_LIMB store(r[i], bias(0xff, i)); }
static void bias_is_a_multiple_of_p(void) {
  limbs8 b;
  mpz_t p, x;
  mpz_inits(p, x, NULL);
  mpz_ui_pow_ui(p, 2, 256);
  mpz_sub_ui(p, p, 0x1000003D1u);
  bias_limbs(b);
  value(x, b, 5);
  CHECK(mpz_divisible_p(x, p));
  for (int i = 0; i < 5; i++) CHECK(b[i][5] >> 52 == 0x400); /* 2^62 .. 2^62 + 2^52 */
  mpz_clears(p, x, NULL);
}

VECTORS static void negated(limbs8 r, const limbs8 a) {
  fe8 q;
  entry e;
  PER_LIMB e.n[i] = _mm256_loadu_si256((const __m256i *)a[i]);
  point_of(&q, &e, 0, 0xff);
  PER_LIMB store(r[i], q.n[i]);
}
static void negation_of_the_largest_entries(void) {
  mpz_t p, x, y, z;
  mpz_inits(p, x, y, z, NULL);
  mpz_ui_pow_ui(p, 2, 256);
  mpz_sub_ui(p, p, 0x1000003D1u);
  for (int n = 0; n < 2000; n++) {
    limbs8 a, r;
    edges(a, 52, 48);
    for (int l = 0; l < 8; l++) a[4][l] += n % 2 ? (1 << 12) - 1 : 0;
    negated(r, a);
    CHECK(below(r, (uint64_t)1 << 52, (uint64_t)1 << 49));
    value(x, r, 0);
    value(y, a, 0);
    CHECK(mpz_congruent_p(x, y, p));
    value(x, r, 1);
    value(y, a, 1);
    mpz_add(z, x, y);
    CHECK(mpz_divisible_p(z, p));
    value(x, r, 2);
    value(y, a, 2);
    CHECK(mpz_congruent_p(x, y, p));
    value(y, r, 1);
    mpz_add(y, y, x); /* y + z has a lane of its own */
    value(z, r, 4);
    CHECK(mpz_congruent_p(y, z, p));
  }
  mpz_clears(p, x, y, z, NULL);
}

VECTORS static void point_in(fe8 *r, const k1_point *p) {
  v8 s[5];
  PER_LIMB s[i] = PICK((long long)p->x.n[i], (long long)p->y.n[i], (long long)p->z.n[i], 0, 0, 0, 0, 0);
  with_sums(r, s);
}
VECTORS static void operations(k1_point *sum, k1_point *difference, k1_point *twice, k1_point *image, const k1_point *a, const k1_point *b) {
  fe8 p, q, r;
  entry e;
  point_in(&p, a);
  point_in(&q, b);
  point_add(&r, &p, &q);
  point_out(sum, &r);
  point_double(&r, &p);
  point_out(twice, &r);
  entry_of(&e, &q);
  point_of(&q, &e, 0, 0xff);
  point_add(&r, &p, &q);
  point_out(difference, &r);
  point_of(&q, &e, 1, 0);
  point_out(image, &q);
}
static int magnitude_one(const k1_point *p) {
  int ok = 1;
  for (const k1_fe *f = &p->x; f <= &p->z; f++)
    for (int i = 0; i < 5; i++) ok &= f->n[i] <= 2 * (i == 4 ? (uint64_t)K1_M48 : (uint64_t)K1_M52);
  return ok;
}
static void formulas_agree_with_the_portable_ones(void) {
  enum { POINTS = 40 };
  static k1_point p[POINTS]; /* the identity, and multiples of G with both signs and their images under lambda, in projective coordinates */
  k1_point_set_identity(&p[0]);
  k1_point_set_affine(&p[1], &k1_generator);
  for (int i = 2; i < POINTS; i++) {
    k1_point_add(&p[i], &p[i - 1], &p[1]);
    if (i % 3 == 0) k1_point_double(&p[i], &p[i]);
    if (i % 4 == 0) k1_fe_mul_beta(&p[i].x, &p[i].x);
    if (i % 5 == 0) { /* the one before, negated */
      p[i] = p[i - 1];
      k1_fe_neg(&p[i].y, &p[i].y, 1);
    }
  }
  for (int i = 0; i < POINTS; i++) {
    for (int j = 0; j < POINTS; j++) {
      k1_point sum, difference, twice, image, expected, t = p[j];
      operations(&sum, &difference, &twice, &image, &p[i], &p[j]);
      k1_point_add(&expected, &p[i], &t);
      CHECK(k1_point_equal(&sum, &expected) && magnitude_one(&sum));
      k1_point_double(&expected, &p[i]);
      CHECK(k1_point_equal(&twice, &expected) && magnitude_one(&twice));
      k1_fe_mul_beta(&t.x, &t.x);
      CHECK(k1_point_equal(&image, &t));
      t = p[j];
      k1_fe_normalize(&t.y, &t.y);
      k1_fe_neg(&t.y, &t.y, 1);
      k1_point_add(&expected, &p[i], &t);
      CHECK(k1_point_equal(&difference, &expected) && magnitude_one(&difference));
    }
  }
}

int main(void) {
  if (kernel_ifma.supported()) {
    RUN(products_and_carries_against_gmp);
    RUN(negation_of_the_largest_entries);
    RUN(bias_is_a_multiple_of_p);
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
