/* SPDX-License-Identifier: Apache-2.0 */
/* ed25519: field, scalars, points, subgroup, table. Signatures are in test_ed25519_verify.c. */
#include "curve.h"
#include "ed25519_point.h"
#include "ed25519_scalar.h"
#include "ed25519_table.h"
#include "test.h"
#ifdef HAVE_GMP
#include <gmp.h>
#endif
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif

static const curve_ops *const C = &curve_ed25519;

/* ---- field ---------------------------------------------------------------------------------------- */

/* 0, 1, 2, p-1, p, p+1, 2^255-1, and single limbs of ones: as 32 bytes, bit 255 clear. */
#define FE_EDGES 13
static void fe_edge(uint8_t out[32], int i) {
  memset(out, i >= 3 && i <= 6 ? 0xff : 0, 32);
  if (i >= 3 && i <= 6) {
    static const uint8_t low[] = {0xec, 0xed, 0xee, 0xff};
    out[0] = low[i - 3];
    out[31] = 0x7f;
  } else if (i < 3) {
    out[0] = (uint8_t)i;
  } else if (i < 12) { /* 51 ones from bit 0, 25, 51, 76, 102 (a limb, and across two limbs) */
    for (int b = 0; b < 51; b++) {
      const int at = (i - 7) * 51 / 2 + b;
      out[at / 8] |= (uint8_t)(1 << (at % 8));
    }
  } else {
    out[31] = 0x40; /* 2^254 */
  }
}
static void fe_random(fe *r) {
  uint8_t b[32];
  const uint64_t kind = test_rand() % 40;
  test_rand_bytes(b, 32);
  if (kind < FE_EDGES) fe_edge(b, (int)kind);
  (void)fe_decode(r, b);
  if (test_rand() % 4 == 0) /* up to the bound of what products and sums take: magnitude 7 */
    for (int i = 0; i < 5; i++) r->v[i] = test_rand() % 3 == 0 ? 7 * (((uint64_t)1 << 51) + (1 << 13)) : test_rand() >> 10;
}
/* A magnitude-1 value with limbs at the bound at times. */
static void fe_random_reduced(fe *r) {
  fe_random(r);
  fe_mul(r, r, &FE_ONE);
  if (test_rand() % 4 == 0)
    for (int i = 0; i < 5; i++) r->v[i] = ((uint64_t)1 << 51) + (1 << 13);
}

static void field_laws(void) {
  for (int n = 0; n < 20000; n++) {
    fe a, b, c, s, t, u, v;
    fe_random(&a);
    fe_random_reduced(&b);
    fe_random_reduced(&c);
    fe_mul(&s, &a, &b); /* a (b + c) = ab + ac */
    fe_mul(&t, &a, &c);
    fe_add(&s, &s, &t);
    fe_add(&u, &b, &c);
    fe_mul(&t, &a, &u);
    CHECK(fe_eq(&s, &t));
    fe_sub(&u, &b, &c); /* a (b - c) + ac = ab */
    fe_mul(&s, &a, &u);
    fe_mul(&t, &a, &c);
    fe_add(&s, &s, &t);
    fe_mul(&t, &a, &b);
    CHECK(fe_eq(&s, &t));
    fe_sq(&s, &a);
    fe_mul(&t, &a, &a);
    CHECK(fe_eq(&s, &t));
    fe_add(&u, &b, &c); /* b - (b + c + b) = -(b + c) */
    fe_add(&v, &u, &b);
    fe_sub3(&s, &b, &v);
    fe_sub3(&t, &FE_ZERO, &u);
    CHECK(fe_eq(&s, &t));
    if (n % 50 == 0) {
      fe_inv(&s, &a);
      fe_mul(&t, &s, &a);
      CHECK(fe_eq(&t, fe_is_zero(&a) ? &FE_ZERO : &FE_ONE));
      fe_inv_vartime(&t, &a);
      CHECK(fe_eq(&t, &s));
    }
  }
}

static void field_encoding_is_canonical(void) {
  uint8_t b[32], out[32];
  fe a;
  for (int i = 0; i < FE_EDGES; i++) {
    fe_edge(b, i);
    const int below = i < 4 || i > 6;
    CHECK((fe_decode(&a, b) != 0) == below);
    fe_encode(out, &a);
    CHECK((memcmp(out, b, 32) == 0) == below);
    if (i == 4) CHECK(fe_is_zero(&a)); /* p */
    if (i == 5) CHECK(fe_eq(&a, &FE_ONE));
  }
  /* k*p as sums: 2p and 4p limb by limb, and p with a limb's carry pending. */
  fe_sub(&a, &FE_ZERO, &FE_ZERO);
  CHECK(fe_is_zero(&a) && !fe_is_odd(&a));
  fe_sub3(&a, &a, &FE_ZERO);
  CHECK(fe_is_zero(&a));
  for (int i = 0; i < 5; i++) a.v[i] = UINT64_MAX >> 10; /* (2^54 - 1)(2^255 - 1)/(2^51 - 1) */
  fe_encode(out, &a);
  CHECK(fe_decode(&a, out) && (out[31] & 0x80) == 0);
}

#ifdef HAVE_GMP
static void fe_to_mpz(mpz_t r, const fe *a) {
  mpz_set_ui(r, 0);
  for (int i = 4; i >= 0; i--) {
    mpz_mul_2exp(r, r, 51);
    mpz_add_ui(r, r, a->v[i]);
  }
}
static int fe_is_mpz(const fe *a, mpz_t v, const mpz_t p) {
  uint8_t out[32];
  mpz_t x;
  mpz_init(x);
  fe_encode(out, a);
  mpz_import(x, 32, -1, 1, 0, 0, out);
  mpz_mod(v, v, p);
  const int same = mpz_cmp(x, v) == 0;
  mpz_clear(x);
  return same;
}
static void field_against_gmp(void) {
  mpz_t p, x, y, v, e;
  mpz_inits(p, x, y, v, e, NULL);
  mpz_ui_pow_ui(p, 2, 255);
  mpz_sub_ui(p, p, 19);
  mpz_ui_pow_ui(e, 2, 252);
  mpz_sub_ui(e, e, 3);
  for (int n = 0; n < 20000; n++) {
    fe a, b, r;
    fe_random(&a);
    fe_random(&b);
    fe_to_mpz(x, &a);
    fe_to_mpz(y, &b);
    fe_mul(&r, &a, &b);
    for (int i = 0; i < 5; i++) CHECK(r.v[i] <= ((uint64_t)1 << 51) + (1 << 13)); /* magnitude 1 */
    mpz_mul(v, x, y);
    CHECK(fe_is_mpz(&r, v, p));
    fe_sq(&r, &a);
    for (int i = 0; i < 5; i++) CHECK(r.v[i] <= ((uint64_t)1 << 51) + (1 << 13));
    mpz_mul(v, x, x);
    CHECK(fe_is_mpz(&r, v, p));
    fe_add(&r, &a, &b);
    mpz_add(v, x, y);
    CHECK(fe_is_mpz(&r, v, p));
    fe_random_reduced(&b);
    fe_to_mpz(y, &b);
    fe_sub(&r, &a, &b);
    mpz_sub(v, x, y);
    CHECK(fe_is_mpz(&r, v, p));
    mpz_mod(v, x, p);
    CHECK(fe_is_odd(&a) == (uint64_t)mpz_odd_p(v));
    fe_sq_times(&r, &a, 2);
    for (int i = 0; i < 5; i++) CHECK(r.v[i] <= 2 * (((uint64_t)1 << 51) + (1 << 13)));
    mpz_powm_ui(v, x, 4, p);
    CHECK(fe_is_mpz(&r, v, p));
    if (n % 50 == 0) {
      fe_pow_p58(&r, &a);
      mpz_powm(v, x, e, p);
      CHECK(fe_is_mpz(&r, v, p));
      fe_inv(&r, &a);
      if (mpz_invert(v, x, p) == 0) mpz_set_ui(v, 0);
      CHECK(fe_is_mpz(&r, v, p));
    }
  }
  mpz_clears(p, x, y, v, e, NULL);
}
#endif

/* ---- scalars -------------------------------------------------------------------------------------- */

static const uint8_t ORDER[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/* 0, 1, L-1, and random: canonical. */
static void sc_random(uint64_t r[4]) {
  uint8_t b[64];
  const uint64_t kind = test_rand() % 16;
  test_rand_bytes(b, 64);
  if (kind == 0) memset(b, 0, 64);
  if (kind == 1) memset(b, 0xff, 64);
  if (kind == 2) {
    memset(b, 0, 64);
    b[0] = 1;
  }
  if (kind == 3) {
    memset(b, 0, 64);
    memcpy(b, ORDER, 32);
    b[0]--;
  }
  ed25519_sc_reduce_wide(r, b);
}
static int sc_same(const uint64_t a[4], const uint64_t b[4]) { return memcmp(a, b, 32) == 0; }

static void scalar_laws(void) {
  const uint64_t one[4] = {1, 0, 0, 0}, zero[4] = {0, 0, 0, 0};
  for (int n = 0; n < 20000; n++) {
    uint64_t a[4], b[4], c[4], s[4], t[4], u[4];
    sc_random(a);
    sc_random(b);
    sc_random(c);
    ed25519_sc_add(s, b, c);
    ed25519_sc_mul(s, a, s);
    ed25519_sc_mul(t, a, b);
    ed25519_sc_mul(u, a, c);
    ed25519_sc_add(t, t, u);
    CHECK(sc_same(s, t));
    ed25519_sc_sub(s, a, b);
    ed25519_sc_add(s, s, b);
    CHECK(sc_same(s, a));
    ed25519_sc_sub(s, a, a);
    CHECK(sc_same(s, zero));
    ed25519_sc_inv(s, a);
    ed25519_sc_mul(s, s, a);
    CHECK(sc_same(s, sc_same(a, zero) ? zero : one));
  }
}

static void scalar_decoding_is_strict(void) {
  uint8_t b[32], out[32];
  uint64_t r[4];
  memcpy(b, ORDER, 32);
  CHECK(ed25519_sc_decode(r, b) == 0 && (r[0] | r[1] | r[2] | r[3]) == 0); /* L */
  b[0]--;
  CHECK(ed25519_sc_decode(r, b) == UINT64_MAX); /* L - 1 */
  ed25519_sc_encode(out, r);
  CHECK(memcmp(out, b, 32) == 0);
  b[0] += 2;
  CHECK(ed25519_sc_decode(r, b) == 0); /* L + 1 */
  memset(b, 0xff, 32);
  CHECK(ed25519_sc_decode(r, b) == 0 && (r[0] | r[1] | r[2] | r[3]) == 0);
  memset(b, 0, 32);
  CHECK(ed25519_sc_decode(r, b) == UINT64_MAX && (r[0] | r[1] | r[2] | r[3]) == 0);
  b[31] = 0x10; /* 2^252 < L */
  CHECK(ed25519_sc_decode(r, b) == UINT64_MAX);
  b[16] = 1; /* 2^252 + 2^128 > L */
  CHECK(ed25519_sc_decode(r, b) == 0);
}

#ifdef HAVE_GMP
static int sc_is_mpz(const uint64_t a[4], mpz_t v, const mpz_t L) {
  mpz_t x;
  mpz_init(x);
  mpz_import(x, 4, -1, 8, 0, 0, a);
  mpz_mod(v, v, L);
  const int same = mpz_cmp(x, v) == 0;
  mpz_clear(x);
  return same;
}
static void scalars_against_gmp(void) {
  mpz_t L, x, y, v;
  mpz_inits(L, x, y, v, NULL);
  mpz_import(L, 32, -1, 1, 0, 0, ORDER);
  for (int n = 0; n < 20000; n++) {
    uint64_t a[4], b[4], r[4], w[64];
    sc_random(a);
    sc_random(b);
    mpz_import(x, 4, -1, 8, 0, 0, a);
    mpz_import(y, 4, -1, 8, 0, 0, b);
    ed25519_sc_add(r, a, b);
    mpz_add(v, x, y);
    CHECK(sc_is_mpz(r, v, L));
    ed25519_sc_sub(r, a, b);
    mpz_sub(v, x, y);
    CHECK(sc_is_mpz(r, v, L));
    ed25519_sc_mul(r, a, b);
    mpz_mul(v, x, y);
    CHECK(sc_is_mpz(r, v, L));
    ed25519_sc_inv(r, a);
    if (mpz_invert(v, x, L) == 0) mpz_set_ui(v, 0);
    CHECK(sc_is_mpz(r, v, L));
    const size_t words = 1 + (size_t)(n % 64);
    for (size_t i = 0; i < words; i++) w[i] = test_rand() % 4 == 0 ? 0 - (test_rand() & 1) : test_rand();
    if (n % 10 == 0) { /* multiples of L, and one below, with the quotient at its largest: where Barrett's estimate is worst */
      mpz_set_ui(v, 0);
      mpz_setbit(v, 64 * words);
      mpz_fdiv_q(v, v, L);
      mpz_mul(v, v, L);
      if (n % 20 == 0 && mpz_sgn(v) > 0) mpz_sub_ui(v, v, 1);
      memset(w, 0, sizeof w);
      mpz_export(w, NULL, -1, 8, 0, 0, v);
    }
    mpz_import(v, words, -1, 8, 0, 0, w);
    ed25519_sc_reduce_words(r, w, words);
    CHECK(sc_is_mpz(r, v, L));
    mpz_import(v, 8, -1, 8, 0, 0, w);
    if (words >= 8) {
      ed25519_sc_reduce_wide(r, (const uint8_t *)w); /* the host is little-endian */
      CHECK(sc_is_mpz(r, v, L));
    }
  }
  mpz_clears(L, x, y, v, NULL);
}
#endif

#ifdef HAVE_SODIUM
static void scalars_against_sodium(void) {
  for (int n = 0; n < 5000; n++) {
    uint64_t a[4], b[4], r[4];
    uint8_t ea[32], eb[32], out[32], ref[32], wide[64];
    sc_random(a);
    sc_random(b);
    C->sc_encode(ea, a);
    C->sc_encode(eb, b);
    C->sc_add(r, a, b);
    C->sc_encode(out, r);
    crypto_core_ed25519_scalar_add(ref, ea, eb);
    CHECK(memcmp(out, ref, 32) == 0);
    C->sc_sub(r, a, b);
    C->sc_encode(out, r);
    crypto_core_ed25519_scalar_sub(ref, ea, eb);
    CHECK(memcmp(out, ref, 32) == 0);
    C->sc_mul(r, a, b);
    C->sc_encode(out, r);
    crypto_core_ed25519_scalar_mul(ref, ea, eb);
    CHECK(memcmp(out, ref, 32) == 0);
    C->sc_inv(r, a);
    C->sc_encode(out, r);
    if (crypto_core_ed25519_scalar_invert(ref, ea) == 0) CHECK(memcmp(out, ref, 32) == 0);
    test_rand_bytes(wide, 64);
    C->sc_reduce_wide(r, wide);
    C->sc_encode(out, r);
    crypto_core_ed25519_scalar_reduce(ref, wide);
    CHECK(memcmp(out, ref, 32) == 0);
  }
}
#endif

/* ---- points --------------------------------------------------------------------------------------- */

static void ge_add_points(ge *r, const ge *p, const ge *q) {
  ge_cached c;
  ed25519_ge_cache(&c, q);
  ed25519_ge_add(r, p, &c);
}
/* k*P by doubling and adding, bit by bit. */
static void ge_multiply_slowly(ge *r, const ge *p, const uint64_t k[4]) {
  ge sum;
  ed25519_ge_neutral(&sum);
  for (int i = 255; i >= 0; i--) {
    ed25519_ge_double(&sum, &sum);
    if (k[i / 64] >> (i % 64) & 1) ge_add_points(&sum, &sum, p);
  }
  *r = sum;
}
static void ge_random(ge *r, uint64_t k[4]) {
  sc_random(k);
  if ((k[0] | k[1] | k[2] | k[3]) == 0) k[0] = 1;
  ge_multiply_slowly(r, &ed25519_base_point, k);
}
/* z = 1 */
static void ge_normalise(ge *r) {
  uint8_t b[32];
  ed25519_ge_encode(b, r);
  CHECK(ed25519_ge_decode_vartime(r, b));
}
static int ge_on_curve(const ge *p) { /* (Y^2 - X^2) = Z^2 + d T^2, XY = ZT */
  static const fe d = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
  fe x2, y2, z2, t2, l;
  fe_sq(&x2, &p->x);
  fe_sq(&y2, &p->y);
  fe_sq(&z2, &p->z);
  fe_sq(&t2, &p->t);
  fe_mul(&t2, &t2, &d);
  fe_add(&t2, &t2, &z2);
  fe_sub(&l, &y2, &x2);
  const uint64_t equation = fe_eq(&l, &t2);
  fe_mul(&x2, &p->x, &p->y);
  fe_mul(&y2, &p->z, &p->t);
  return (equation & fe_eq(&x2, &y2)) != 0;
}

/* The affine law as the paper states it, denominators and all: shares no formula with the library.
 * x3 = (x1 y2 + x2 y1)/(1 + d x1 x2 y1 y2), y3 = (y1 y2 + x1 x2)/(1 - d x1 x2 y1 y2). */
static void affine_add(fe *x3, fe *y3, const fe *x1, const fe *y1, const fe *x2, const fe *y2) {
  static const fe d = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
  fe a, b, c, e, n, m, k;
  fe_mul(&a, x1, y2);
  fe_mul(&b, x2, y1);
  fe_mul(&c, y1, y2);
  fe_mul(&e, x1, x2);
  fe_mul(&k, &a, &b);
  fe_mul(&k, &k, &d);
  fe_add(&n, &FE_ONE, &k);
  fe_inv(&n, &n);
  fe_sub(&m, &FE_ONE, &k);
  fe_inv(&m, &m);
  fe_add(&a, &a, &b);
  fe_mul(x3, &a, &n);
  fe_add(&c, &c, &e);
  fe_mul(y3, &c, &m);
}

static void check_entry(const ge_affine *e, const fe *x, const fe *y) {
  static const fe d2 = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
  fe s;
  fe_add(&s, y, x);
  CHECK(fe_eq(&s, &e->y_plus_x));
  fe_sub(&s, y, x);
  CHECK(fe_eq(&s, &e->y_minus_x));
  fe_mul(&s, x, y);
  fe_mul(&s, &s, &d2);
  CHECK(fe_eq(&s, &e->t2d));
  for (int l = 0; l < 5; l++) /* what the bounds of the additions count on */
    CHECK((e->y_plus_x.v[l] | e->y_minus_x.v[l] | e->t2d.v[l]) <= FE_MASK51);
}

static void tables_are_recomputed(void) {
  fe x, y, px = ed25519_base_point.x, py = ed25519_base_point.y, five, four;
  memset(&five, 0, sizeof five);
  memset(&four, 0, sizeof four);
  five.v[0] = 5;
  four.v[0] = 4;
  fe_mul(&five, &five, &py);
  CHECK(fe_eq(&five, &four) && !fe_is_odd(&px) && ge_on_curve(&ed25519_base_point)); /* B: y = 4/5, x even */
  for (int i = 0; i < 32; i++) {
    x = px;
    y = py;
    for (int j = 0; j < 8; j++) {
      check_entry(&base_table[i][j], &x, &y);
      if (j < 7) affine_add(&x, &y, &x, &y, &px, &py);
    }
    for (int k = 0; k < 5; k++) affine_add(&x, &y, &x, &y, &x, &y); /* 8 * 2^5 = 256 */
    px = x;
    py = y;
  }
  x = ed25519_base_point.x;
  y = ed25519_base_point.y;
  affine_add(&px, &py, &x, &y, &x, &y);
  for (int i = 0; i < 64; i++) {
    check_entry(&base_odd[i], &x, &y);
    affine_add(&x, &y, &x, &y, &px, &py);
  }
}

/* The addition is complete: every pair out of small-order points, P, -P and P + T against the affine law. */
static void additions_against_the_affine_law(void) {
  ge p[12];
  uint64_t k[4];
  uint8_t order8[32];
  test_hex(order8, 32, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  CHECK(ed25519_ge_decode_vartime(&p[1], order8));
  ed25519_ge_neutral(&p[0]);
  for (int i = 2; i < 8; i++) ge_add_points(&p[i], &p[i - 1], &p[1]);
  ge_random(&p[8], k);
  ed25519_ge_neg(&p[9], &p[8]);
  ge_add_points(&p[10], &p[8], &p[3]);
  ge_random(&p[11], k);
  for (int i = 0; i < 12; i++) ge_normalise(&p[i]);
  for (int i = 0; i < 12; i++)
    for (int j = 0; j < 12; j++) {
      fe x, y, t;
      ge r;
      ge_affine a;
      affine_add(&x, &y, &p[i].x, &p[i].y, &p[j].x, &p[j].y);
      for (int how = 0; how < 6; how++) {
        ge_cached c;
        ge q = p[j];
        if (how == 2 || how == 3) ed25519_ge_neg(&q, &q);
        if (how == 4 && i != j) continue;
        if (how == 5 && i != j) continue;
        ed25519_ge_cache(&c, &q);
        ed25519_ge_to_affine(&a, &q);
        if (how == 0) ed25519_ge_add(&r, &p[i], &c);
        if (how == 1) ed25519_ge_add_affine(&r, &p[i], &a);
        if (how == 2) ed25519_ge_sub(&r, &p[i], &c);
        if (how == 3) ed25519_ge_sub_affine(&r, &p[i], &a);
        if (how == 4) ed25519_ge_double(&r, &p[i]);
        if (how == 5) ed25519_ge_double_no_t(&r, &p[i]);
        fe_mul(&t, &x, &r.z);
        CHECK(fe_eq(&t, &r.x));
        fe_mul(&t, &y, &r.z);
        CHECK(fe_eq(&t, &r.y));
        if (how < 5) CHECK(ge_on_curve(&r));
      }
    }
}

static void small_multiples(void) {
  ge p, q;
  uint64_t k[4] = {0, 0, 0, 0}, m[4], minus[4];
  const uint64_t zero[4] = {0, 0, 0, 0};
  uint8_t out[32], ref[32], q32[32];
  CHECK(C->mul_base(out, zero) == ECM_E_IDENTITY);
  ge_random(&q, m);
  ed25519_ge_encode(q32, &q);
  CHECK(C->mul(out, q32, zero) == ECM_E_IDENTITY);
  for (int i = 0; i < 32; i++) CHECK(out[i] == 0);
  ge sum = ed25519_base_point, qsum = q;
  for (k[0] = 1; k[0] < 600; k[0]++) {
    ed25519_ge_encode(ref, &sum);
    CHECK(C->mul_base(out, k) == ECM_OK && memcmp(out, ref, 32) == 0);
    C->sc_sub(minus, zero, k); /* L - k: the negative point */
    ref[31] ^= 0x80;
    CHECK(C->mul_base(out, minus) == ECM_OK && memcmp(out, ref, 32) == 0);
    ge_add_points(&sum, &sum, &ed25519_base_point);
    ed25519_ge_encode(ref, &qsum);
    CHECK(C->mul(out, q32, k) == ECM_OK && memcmp(out, ref, 32) == 0);
    ref[31] ^= 0x80;
    CHECK(C->mul_secret(out, q32, minus) == ECM_OK && memcmp(out, ref, 32) == 0);
    ge_add_points(&qsum, &qsum, &q);
  }
  /* Digits of every kind at every place: 8, -8, 7 and carries. */
  for (int i = 0; i < 63; i++)
    for (uint64_t d = 7; d <= 9; d++) {
      memset(k, 0, sizeof k);
      k[i / 16] = d << (4 * (i % 16));
      if (i == 62 && d == 9) k[2] = UINT64_MAX;
      C->sc_add(k, k, zero); /* canonical */
      ge_multiply_slowly(&p, &ed25519_base_point, k);
      ed25519_ge_encode(ref, &p);
      CHECK(C->mul_base(out, k) == ECM_OK && memcmp(out, ref, 32) == 0);
      CHECK(C->mul(out, q32, k) == ECM_OK);
      ge_multiply_slowly(&p, &q, k);
      ed25519_ge_encode(ref, &p);
      CHECK(memcmp(out, ref, 32) == 0);
    }
}

/* ---- subgroup and encodings ------------------------------------------------------------------------ */

/* All encodings of the eight points of small order that a lenient decoder takes (Chalkias, Garillot, Nikolaenko: "Taming the many
 * EdDSAs", ePrint 2020/1244, table 1 (a)); the first eight are canonical. */
static const char *const SMALL_ORDER[14] = {
    "0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080", "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};

static void small_order_points_are_refused(void) {
  const uint64_t k[4] = {5, 0, 0, 0};
  const uint8_t one[32] = {1};
  uint8_t b[32], out[32];
  for (int i = 0; i < 14; i++) {
    ge p;
    test_hex(b, 32, SMALL_ORDER[i]);
    CHECK(ed25519_ge_decode_vartime(&p, b) == (i < 8));
    if (i < 8) CHECK(ed25519_ge_is_small_order_vartime(&p) && ge_on_curve(&p));
    CHECK(C->check_vartime(b) == ECM_E_POINT);
    memset(out, 1, 32);
    CHECK(C->mul(out, b, k) == ECM_E_POINT && out[0] == 0 && out[31] == 0);
    CHECK(C->mul_secret(out, b, k) == ECM_E_POINT);
    CHECK(C->linear_vartime(out, one, 1, one, b) == ECM_E_POINT);
  }
}

static void non_canonical_and_off_curve_are_refused(void) {
  uint8_t b[32];
  int on = 0;
  ge p;
  for (int low = 0xed; low <= 0xff; low++) /* y = p .. 2^255 - 1 */
    for (int sign = 0; sign < 2; sign++) {
      memset(b, 0xff, 32);
      b[0] = (uint8_t)low;
      b[31] = sign ? 0xff : 0x7f;
      CHECK(!ed25519_ge_decode_vartime(&p, b));
      CHECK(C->check_vartime(b) == ECM_E_POINT);
    }
  for (int i = 0; i < 1000; i++) { /* half of all y belong to points */
    uint8_t back[32];
    test_rand_bytes(b, 32);
    if (!ed25519_ge_decode_vartime(&p, b)) continue;
    on++;
    CHECK(ge_on_curve(&p));
    ed25519_ge_encode(back, &p);
    CHECK(memcmp(b, back, 32) == 0);
  }
  CHECK(on > 400 && on < 600);
}

/* The fast test against its definition, L*P = O, on all eight cosets of the subgroup. */
static void subgroup_check_over_all_cosets(void) {
  ge torsion[8];
  uint8_t b[32];
  test_hex(b, 32, SMALL_ORDER[4]);
  CHECK(ed25519_ge_decode_vartime(&torsion[1], b));
  ed25519_ge_neutral(&torsion[0]);
  for (int i = 2; i < 8; i++) ge_add_points(&torsion[i], &torsion[i - 1], &torsion[1]);
  int accepted = 0;
  for (int n = 0; n < 400; n++) {
    ge p, q, lp;
    uint64_t k[4];
    ge_random(&p, k);
    for (int i = 0; i < 8; i++) {
      ge_add_points(&q, &p, &torsion[i]);
      ge_normalise(&q);
      const int fast = ed25519_ge_is_prime_order_vartime(&q);
      ge_multiply_slowly(&lp, &q, ed25519_order);
      CHECK(fast == (ed25519_ge_is_neutral(&lp) != 0));
      CHECK(fast == (i == 0));
      accepted += fast;
      ed25519_ge_encode(b, &q);
      CHECK(C->check_vartime(b) == (i == 0 ? ECM_OK : ECM_E_POINT));
      CHECK(!ed25519_ge_is_small_order_vartime(&q));
#ifdef HAVE_SODIUM
      CHECK(crypto_core_ed25519_is_valid_point(b) == fast);
#endif
      if (n < 20 && i > 0) {
        const uint64_t three[4] = {3, 0, 0, 0};
        const uint8_t one[32] = {1};
        uint8_t out[32];
        CHECK(C->mul(out, b, three) == ECM_E_POINT && C->mul_secret(out, b, three) == ECM_E_POINT);
        CHECK(C->linear_vartime(out, one, 1, one, b) == ECM_E_POINT);
      }
    }
  }
  CHECK(accepted == 400);
  for (int n = 0; n < 400; n++) { /* points found by decoding, not built from B */
    ge p, lp;
    test_rand_bytes(b, 32);
    if (!ed25519_ge_decode_vartime(&p, b)) continue;
    ge_multiply_slowly(&lp, &p, ed25519_order);
    CHECK(ed25519_ge_is_prime_order_vartime(&p) == (ed25519_ge_is_neutral(&lp) != 0));
  }
}

#ifdef HAVE_SODIUM
static void multiples_against_sodium(void) {
  for (int n = 0; n < 3000; n++) {
    uint64_t k[4];
    uint8_t e[32], out[32], ref[32], p[32];
    sc_random(k);
    C->sc_encode(e, k);
    const int base_ok = crypto_scalarmult_ed25519_base_noclamp(ref, e) == 0;
    CHECK(C->mul_base(out, k) == (base_ok ? ECM_OK : ECM_E_IDENTITY));
    if (!base_ok) continue;
    CHECK(memcmp(out, ref, 32) == 0);
    memcpy(p, out, 32);
    sc_random(k);
    C->sc_encode(e, k);
    const int ok = crypto_scalarmult_ed25519_noclamp(ref, e, p) == 0;
    CHECK(C->mul(out, p, k) == (ok ? ECM_OK : ECM_E_IDENTITY));
    if (ok) CHECK(memcmp(out, ref, 32) == 0);
    CHECK(C->mul_secret(out, p, k) == (ok ? ECM_OK : ECM_E_IDENTITY));
    if (ok) CHECK(memcmp(out, ref, 32) == 0);
  }
}
#endif

/* ---- linear combinations --------------------------------------------------------------------------- */

static void linear_combinations(void) {
  static uint8_t scalars[20][32], points[20][32];
  uint8_t out[32], ref[32], b32[32];
  for (int n = 0; n < 300; n++) {
    const size_t count = (size_t)n % 20;
    uint64_t base[4], k[4];
    ge sum, t;
    sc_random(base);
    C->sc_encode(b32, base);
    ge_multiply_slowly(&sum, &ed25519_base_point, base);
    for (size_t i = 0; i < count; i++) {
      ge p;
      ge_random(&p, k);
      ed25519_ge_encode(points[i], &p);
      sc_random(k);
      C->sc_encode(scalars[i], k);
      ge_multiply_slowly(&t, &p, k);
      ge_add_points(&sum, &sum, &t);
    }
    const int32_t want = ed25519_ge_is_neutral(&sum) ? ECM_E_IDENTITY : ECM_OK;
    memset(ref, 0, 32);
    if (want == ECM_OK) ed25519_ge_encode(ref, &sum);
    CHECK(C->linear_vartime(out, b32, count, scalars[0], points[0]) == want && memcmp(out, ref, 32) == 0);
  }
  /* z*B - z*B = O with B once as a point; null base; scalar L refused; point checked even where its scalar is 0. */
  const uint64_t zero[4] = {0, 0, 0, 0};
  uint64_t z[4], minus[4];
  do sc_random(z);
  while ((z[0] | z[1] | z[2] | z[3]) == 0);
  C->sc_sub(minus, zero, z);
  C->sc_encode(b32, z);
  C->sc_encode(scalars[0], minus);
  ed25519_ge_encode(points[0], &ed25519_base_point);
  CHECK(C->linear_vartime(out, b32, 1, scalars[0], points[0]) == ECM_E_IDENTITY && out[0] == 0);
  C->mul_base(ref, minus);
  CHECK(C->linear_vartime(out, NULL, 1, scalars[0], points[0]) == ECM_OK && memcmp(out, ref, 32) == 0);
  CHECK(C->linear_vartime(out, NULL, 0, NULL, NULL) == ECM_E_IDENTITY);
  CHECK(C->linear_vartime(out, ORDER, 1, scalars[0], points[0]) == ECM_E_RANGE);
  CHECK(C->linear_vartime(out, b32, 1, ORDER, points[0]) == ECM_E_RANGE);
  memset(scalars[0], 0, 32);
  test_hex(points[0], 32, SMALL_ORDER[6]);
  CHECK(C->linear_vartime(out, b32, 1, scalars[0], points[0]) == ECM_E_POINT);
}

int main(void) {
#ifdef HAVE_SODIUM
  if (sodium_init() < 0) return 1;
#endif
  RUN(field_laws);
  RUN(field_encoding_is_canonical);
  RUN(scalar_laws);
  RUN(scalar_decoding_is_strict);
  RUN(tables_are_recomputed);
  RUN(additions_against_the_affine_law);
  RUN(small_multiples);
  RUN(small_order_points_are_refused);
  RUN(non_canonical_and_off_curve_are_refused);
  RUN(subgroup_check_over_all_cosets);
  RUN(linear_combinations);
#ifdef HAVE_GMP
  RUN(field_against_gmp);
  RUN(scalars_against_gmp);
#else
  SKIP("against gmp");
#endif
#ifdef HAVE_SODIUM
  RUN(scalars_against_sodium);
  RUN(multiples_against_sodium);
#else
  SKIP("against sodium");
#endif
  return DONE();
}
