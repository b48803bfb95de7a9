/* SPDX-License-Identifier: Apache-2.0 */
/* secp256k1 layer by layer: field, scalars, group law, tables, multiplication, verification; against GMP, libsecp256k1 and libcrypto. */
#include "curve.h"
#include "inverse256.h"
#include "secp256k1_point.h"
#include "secp256k1_scalar.h"
#include "secp256k1_table.h"
#include "test.h"
#if HAVE_GMP
#include <gmp.h>
#endif
#if HAVE_SECP256K1
#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#endif
#if HAVE_CRYPTO
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#endif

static const uint64_t P[4] = {0xFFFFFFFEFFFFFC2Fu, UINT64_MAX, UINT64_MAX, UINT64_MAX};
static const uint64_t Q[4] = K1_Q;
static const uint64_t LAMBDA[4] = {0xDF02967C1B23BD72u, 0x122E22EA20816678u, 0xA5261C028812645Au, 0x5363AD4CC05C30E0u};
static const curve_ops *const C = &curve_secp256k1;

/* ---- values -------------------------------------------------------------------------------------- */

/* r = a + small, mod 2^256 */
static void plus(uint64_t r[4], const uint64_t a[4], int64_t small) {
  __int128 c = small;
  for (int i = 0; i < 4; i++) {
    c += a[i];
    r[i] = (uint64_t)c;
    c >>= 64;
  }
}
/* Long runs of equal bits: what carries stumble over. */
static void rand_runs(uint64_t r[4]) {
  uint64_t bit = test_rand() & 1;
  memset(r, 0, 32);
  for (unsigned i = 0; i < 256;) {
    unsigned run = 1 + (unsigned)(test_rand() % 90);
    for (; run && i < 256; run--, i++) r[i / 64] |= bit << (i % 64);
    bit ^= 1;
  }
}
#define VALUES 48
static void values(uint64_t v[VALUES][4]) {
  static const uint64_t zero[4] = {0};
  int n = 0;
  for (int i = -2; i <= 2; i++) plus(v[n++], P, i);
  for (int i = -2; i <= 2; i++) plus(v[n++], Q, i);
  for (int i = -3; i <= 8; i++) plus(v[n++], zero, i); /* 2^256 - 3 .. 8 */
  memcpy(v[n++], LAMBDA, 32);
  for (unsigned b = 51; b < 256; b += 51) {
    memset(v[n], 0, 32);
    v[n][b / 64] = (uint64_t)1 << (b % 64);
    plus(v[n + 1], v[n], -1);
    n += 2;
  }
  while (n < 40) rand_runs(v[n++]);
  while (n < VALUES) {
    for (int i = 0; i < 4; i++) v[n][i] = test_rand();
    n++;
  }
}

static void encode_words(uint8_t out[32], const uint64_t a[4]) {
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(a[3 - i / 8] >> (56 - 8 * (i % 8)));
}
static int words_below(const uint64_t a[4], const uint64_t b[4]) {
  for (int i = 3; i >= 0; i--)
    if (a[i] != b[i]) return a[i] < b[i];
  return 0;
}
static void rand_scalar(uint64_t k[4]) {
  do
    for (int i = 0; i < 4; i++) k[i] = test_rand();
  while (!words_below(k, Q));
}
static void small_scalar(uint64_t k[4], uint64_t x) {
  memset(k, 0, 32);
  k[0] = x;
}
static int same(const k1_fe *a, const k1_fe *b) {
  k1_fe x, y;
  k1_fe_normalize(&x, a);
  k1_fe_normalize(&y, b);
  return memcmp(&x, &y, sizeof x) == 0;
}

/* ---- field --------------------------------------------------------------------------------------- */

static void field_laws_hold_on_edges_and_random_values(void) {
  uint64_t v[VALUES][4];
  values(v);
  for (int i = 0; i < VALUES; i++) {
    k1_fe a, b, c, x, y, z;
    k1_fe_from_words(&a, v[i]);
    k1_fe_sqr(&x, &a);
    k1_fe_mul(&y, &a, &a);
    CHECK(same(&x, &y));
    k1_fe_neg(&y, &a, 1);
    k1_fe_add(&y, &y, &a);
    CHECK(k1_fe_is_zero(&y));
    k1_fe_normalize(&x, &a);
    k1_fe_normalize(&y, &x);
    CHECK(memcmp(&x, &y, sizeof x) == 0);
    for (int j = 0; j < VALUES; j++) {
      k1_fe_from_words(&b, v[j]);
      k1_fe_from_words(&c, v[(i + 7 * j) % VALUES]);
      k1_fe_mul(&x, &a, &b);
      k1_fe_mul(&y, &b, &a);
      CHECK(same(&x, &y));
      k1_fe_mul(&y, &x, &c); /* (ab)c = a(bc) */
      k1_fe_mul(&z, &b, &c);
      k1_fe_mul(&z, &a, &z);
      CHECK(same(&y, &z));
      k1_fe_add(&y, &b, &c); /* a(b + c) = ab + ac */
      k1_fe_mul(&y, &a, &y);
      k1_fe_mul2(&z, &a, &b, &a, &c);
      CHECK(same(&y, &z));
      k1_fe_mul(&z, &a, &c);
      k1_fe_add(&z, &z, &x);
      CHECK(same(&y, &z));
      k1_fe_sub(&y, &a, &b, 1); /* (a - b)(a + b) = a^2 - b^2 */
      k1_fe_add(&z, &a, &b);
      k1_fe_mul(&y, &y, &z);
      k1_fe_sqr(&x, &a);
      k1_fe_sqr(&z, &b);
      k1_fe_sub(&x, &x, &z, 1);
      CHECK(same(&x, &y));
      CHECK((k1_fe_equal(&a, &b) != 0) == same(&a, &b));
    }
  }
}

static void field_inverse_and_root(void) {
  uint64_t v[VALUES][4];
  values(v);
  for (int i = 0; i < VALUES; i++) {
    k1_fe a, b, one, s;
    k1_fe_from_words(&a, v[i]);
    k1_fe_set_small(&one, 1);
    k1_fe_inv(&b, &a);
    const int zero = k1_fe_is_zero(&a) != 0;
    k1_fe_mul(&s, &a, &b);
    CHECK(zero ? k1_fe_is_zero(&b) != 0 : same(&s, &one));
    k1_fe_inv_vartime(&s, &a);
    CHECK(same(&s, &b));
    k1_fe_sqr(&s, &a);
    CHECK(k1_fe_sqrt(&b, &s) != 0);
    k1_fe_sqr(&b, &b);
    CHECK(same(&b, &s));
    /* p = 3 mod 4: of a and -a exactly one is a square. */
    k1_fe_neg(&s, &a, 1);
    CHECK(zero || (k1_fe_sqrt(&b, &a) != 0) != (k1_fe_sqrt(&b, &s) != 0));
  }
}

static void field_decoding_is_canonical(void) {
  uint64_t v[VALUES][4];
  uint8_t in[32], out[32];
  values(v);
  for (int i = 0; i < VALUES; i++) {
    k1_fe a;
    encode_words(in, v[i]);
    const uint64_t ok = k1_fe_decode(&a, in);
    CHECK((ok != 0) == words_below(v[i], P));
    k1_fe_encode(out, &a);
    if (!ok) memset(in, 0, 32);
    CHECK(memcmp(in, out, 32) == 0);
  }
}

#if HAVE_GMP
static void mpz_words(mpz_t r, const uint64_t *w, size_t n) { mpz_import(r, n, -1, 8, 0, 0, w); }
static void mpz_limbs(mpz_t r, const k1_fe *a) {
  mpz_set_ui(r, 0);
  for (int i = 4; i >= 0; i--) {
    mpz_mul_2exp(r, r, 52);
    mpz_add_ui(r, r, a->n[i]);
  }
}
static int fe_is(const k1_fe *a, const mpz_t x, const mpz_t p) {
  mpz_t t;
  mpz_init(t);
  mpz_limbs(t, a);
  mpz_sub(t, t, x);
  const int r = mpz_divisible_p(t, p);
  mpz_clear(t);
  return r;
}
/* Limbs at random, or all at the limit of magnitude m. */
static void fe_magnitude(k1_fe *a, uint64_t m, int full) {
  for (int i = 0; i < 5; i++) {
    const uint64_t max = 2 * m * (i < 4 ? K1_M52 : K1_M48);
    a->n[i] = full || test_rand() % 4 == 0 ? max : test_rand() % (max + 1);
  }
}
static int magnitude_one(const k1_fe *a) {
  return a->n[0] <= 2 * K1_M52 && a->n[1] <= 2 * K1_M52 && a->n[2] <= 2 * K1_M52 && a->n[3] <= 2 * K1_M52 && a->n[4] <= 2 * K1_M48;
}
static void field_keeps_its_bounds_at_the_largest_magnitudes(void) {
  static const uint64_t m[][4] = {{1, 1, 1, 1}, {45, 45, 1, 22}, {32, 64, 0, 0}, {1023, 2, 1, 1}, {2, 1023, 1, 2}, {32, 32, 32, 32}, {84, 3, 23, 22}};
  mpz_t p, x, y, z;
  mpz_inits(p, x, y, z, NULL);
  mpz_words(p, P, 4);
  for (size_t s = 0; s < sizeof m / sizeof m[0]; s++) {
    for (int i = 0; i < 2000; i++) {
      k1_fe f[4], r;
      for (int j = 0; j < 4; j++) fe_magnitude(&f[j], m[s][j], i == 0);
      k1_fe_mul(&r, &f[0], &f[1]);
      mpz_limbs(x, &f[0]);
      mpz_limbs(y, &f[1]);
      mpz_mul(x, x, y);
      CHECK(fe_is(&r, x, p) && magnitude_one(&r));
      k1_fe_mul2(&r, &f[0], &f[1], &f[2], &f[3]);
      mpz_limbs(y, &f[2]);
      mpz_limbs(z, &f[3]);
      mpz_addmul(x, y, z);
      CHECK(fe_is(&r, x, p) && magnitude_one(&r));
      if (m[s][0] <= 45) {
        k1_fe_sqr(&r, &f[0]);
        mpz_limbs(x, &f[0]);
        mpz_mul(x, x, x);
        CHECK(fe_is(&r, x, p) && magnitude_one(&r));
        const uint64_t square = k1_fe_sqrt(&r, &f[0]);
        mpz_limbs(x, &f[0]);
        CHECK((square != 0) == (mpz_jacobi(x, p) >= 0) && magnitude_one(&r));
        if (!square) mpz_neg(x, x);
        k1_fe_sqr(&r, &r);
        CHECK(fe_is(&r, x, p));
      }
      if (m[s][0] == 1) {
        mpz_limbs(x, &f[0]);
        mpz_powm_ui(x, x, 8, p);
        k1_fe_sqr_times(&r, &f[0], 3);
        CHECK(fe_is(&r, x, p) && magnitude_one(&r));
      }
      k1_fe_normalize(&r, &f[0]);
      mpz_limbs(x, &f[0]);
      mpz_mod(x, x, p);
      mpz_limbs(y, &r);
      CHECK(mpz_cmp(x, y) == 0 && r.n[0] <= K1_M52 && r.n[1] <= K1_M52 && r.n[2] <= K1_M52 && r.n[3] <= K1_M52 && r.n[4] <= K1_M48);
      if (m[s][0] < 1023) {
        k1_fe_neg(&r, &f[0], m[s][0]);
        mpz_neg(x, x);
        CHECK(fe_is(&r, x, p));
      }
    }
  }
  mpz_clears(p, x, y, z, NULL);
}

/* ---- scalars ------------------------------------------------------------------------------------- */

static int words_are(const uint64_t a[4], const mpz_t x) {
  mpz_t t;
  mpz_init(t);
  mpz_words(t, a, 4);
  const int r = mpz_cmp(t, x) == 0;
  mpz_clear(t);
  return r;
}
static void scalars_agree_with_gmp(void) {
  uint64_t v[VALUES][4], r[4], w[80];
  uint8_t wide[64];
  mpz_t q, x, y, z, half;
  mpz_inits(q, x, y, z, half, NULL);
  mpz_words(q, Q, 4);
  mpz_fdiv_q_2exp(half, q, 1);
  values(v);
  for (int i = 0; i < VALUES; i++) {
    if (!words_below(v[i], Q)) continue;
    mpz_words(x, v[i], 4);
    CHECK((k1_sc_is_high(v[i]) != 0) == (mpz_cmp(x, half) > 0));
    k1_sc_inv(r, v[i]);
    if (mpz_sgn(x)) mpz_invert(z, x, q);
    else mpz_set_ui(z, 0);
    CHECK(words_are(r, z));
    for (int j = 0; j < VALUES; j++) {
      if (!words_below(v[j], Q)) continue;
      mpz_words(y, v[j], 4);
      k1_sc_mul(r, v[i], v[j]);
      mpz_mul(z, x, y);
      mpz_mod(z, z, q);
      CHECK(words_are(r, z));
      k1_sc_add(r, v[i], v[j]);
      mpz_add(z, x, y);
      mpz_mod(z, z, q);
      CHECK(words_are(r, z));
      k1_sc_sub(r, v[i], v[j]);
      mpz_sub(z, x, y);
      mpz_mod(z, z, q);
      CHECK(words_are(r, z));
    }
  }
  for (int i = 0; i < VALUES * VALUES; i++) {
    const uint64_t *hi = v[i / VALUES], *lo = v[i % VALUES];
    memcpy(w, lo, 32);
    memcpy(w + 4, hi, 32);
    encode_words(wide, hi);
    encode_words(wide + 32, lo);
    k1_sc_reduce_wide(r, wide);
    mpz_words(x, w, 8);
    mpz_mod(x, x, q);
    CHECK(words_are(r, x));
    k1_sc_reduce_words(r, w, 8);
    CHECK(words_are(r, x));
    k1_sc_decode_reduce(r, wide);
    mpz_words(x, hi, 4);
    mpz_mod(x, x, q);
    CHECK(words_are(r, x));
  }
  for (size_t n = 1; n <= 80; n++) {
    for (int full = 0; full < 4; full++) {
      for (size_t i = 0; i < n; i++) w[i] = full == 0 ? UINT64_MAX : test_rand() % 3 ? test_rand() : UINT64_MAX;
      k1_sc_reduce_words(r, w, n);
      mpz_words(x, w, n);
      mpz_mod(x, x, q);
      CHECK(words_are(r, x));
    }
  }
  mpz_clears(q, x, y, z, half, NULL);
}
static void inverse_agrees_with_gmp(void) {
  static const inverse256_modulus q = {
      {0x3FD25E8CD0364141, 0x2ABB739ABD2280EE, 0x3FFFFFFFFFFFFFEB, 0x3FFFFFFFFFFFFFFF, 0xFF}, 0x34F20099AA774EC1};
  mpz_t m, x;
  mpz_inits(m, x, NULL);
  mpz_words(m, Q, 4);
  for (int i = 0; i < 20000; i++) {
    uint64_t a[4], r[4];
    if (i % 2) rand_scalar(a);
    else do rand_runs(a); while (!words_below(a, Q) || !(a[0] | a[1] | a[2] | a[3]));
    mpz_words(x, a, 4);
    mpz_invert(x, x, m);
    inverse256(r, a, &q);
    CHECK(words_are(r, x));
    inverse256_vartime(r, a, &q);
    CHECK(words_are(r, x));
  }
  mpz_clears(m, x, NULL);
}
#endif

/* 563 division steps, found by running them backwards from (f, g) = (1, 0) and keeping the smallest: random numbers take about 510, and
 * nine rounds of 62 steps would pass every other test. The modulus need not be prime, only coprime to the number. */
static void inverse_takes_more_than_nine_rounds(void) {
  static const inverse256_modulus m = {{0x3e6477a7b23937b, 0x12dfb357214e895d, 0xda04583ee6bcf84, 0x1438e13d80dc48af, 0xee}, 0xf7076f1db3d53b3};
  static const uint64_t a[4] = {0x096eab00c1b84c35, 0x521e181c40074f7b, 0x07845f6c30cc8580, 0xc0913c8d2334851a};
  static const uint64_t want[4] = {0x74320384f33f41da, 0x31e09f7869845d18, 0x1c974094e5e697d1, 0x45d9bb0f66a11bcc};
  uint64_t r[4], back[4];
  inverse256(r, a, &m);
  CHECK(memcmp(r, want, 32) == 0);
  inverse256(back, r, &m);
  CHECK(memcmp(back, a, 32) == 0);
  inverse256_vartime(r, a, &m);
  CHECK(memcmp(r, want, 32) == 0);
  inverse256_vartime(back, r, &m);
  CHECK(memcmp(back, a, 32) == 0);
}

static void split_recombines_in_range(void) {
  uint64_t v[VALUES][4], k[4], x[4], sum[4], inv[4];
  values(v);
  for (int i = 0; i < 20000; i++) {
    /* Edges; random; multiples of q/2^n and of 1/m, near the places where the rounding of c1, c2 flips; and parts -y*2^64, whose
     * negation carries through a word of zeros (k1 = -y*2^64, k2 = 0 is what k = -y*2^64 splits into, and so with lambda). */
    if (i >= VALUES && i % 7 == 0) {
      memset(k, 0, 32), memset(x, 0, 32);
      x[1] = test_rand() >> 4;
      if (i % 2) k1_sc_mul(x, x, LAMBDA);
      k1_sc_sub(k, k, x);
    } else if (i < VALUES) {
      if (!words_below(v[i], Q)) continue;
      memcpy(k, v[i], 32);
    } else if (i % 3 == 0) {
      small_scalar(x, test_rand() % 100000 + 2);
      k1_sc_inv(inv, x);
      small_scalar(x, test_rand() % 1000);
      k1_sc_mul(k, inv, x);
    } else if (i % 3 == 1) {
      rand_runs(k);
      if (!words_below(k, Q)) continue;
    } else {
      rand_scalar(k);
    }
    k1_split s;
    k1_sc_split(&s, k);
    memset(sum, 0, sizeof sum);
    for (int h = 0; h < 2; h++) {
      CHECK(s.mag[h][1] < 0xA2A9000000000000u); /* 0.6354 * 2^128: the bound in k1_sc_split */
      CHECK(s.neg[h] == 0 || s.neg[h] == UINT64_MAX);
      memset(x, 0, sizeof x);
      memcpy(x, s.mag[h], 16);
      if (h) k1_sc_mul(x, x, LAMBDA);
      if (s.neg[h]) k1_sc_sub(sum, sum, x);
      else k1_sc_add(sum, sum, x);
    }
    CHECK(memcmp(sum, k, 32) == 0);
  }
}

static void scalar_decoding_is_canonical(void) {
  uint64_t v[VALUES][4], k[4];
  uint8_t in[32], out[32];
  values(v);
  for (int i = 0; i < VALUES; i++) {
    encode_words(in, v[i]);
    const uint64_t ok = k1_sc_decode(k, in);
    CHECK((ok != 0) == words_below(v[i], Q));
    k1_sc_encode(out, k);
    if (!ok) memset(in, 0, 32);
    CHECK(memcmp(in, out, 32) == 0);
  }
}

/* ---- group law ----------------------------------------------------------------------------------- */

/* The textbook's affine law, with its case distinctions: the reference here. inf: the identity. */
typedef struct {
  k1_fe x, y;
  int inf;
} ref_point;

static void ref_add(ref_point *r, const ref_point *a, const ref_point *b) {
  k1_fe n, d, l, t;
  if (a->inf || b->inf) {
    *r = a->inf ? *b : *a;
    return;
  }
  if (same(&a->x, &b->x)) {
    k1_fe_add(&t, &a->y, &b->y);
    if (k1_fe_is_zero(&t)) {
      r->inf = 1;
      return;
    }
    k1_fe_sqr(&n, &a->x);
    k1_fe_mul_small(&n, &n, 3);
    k1_fe_mul_small(&d, &a->y, 2);
  } else {
    k1_fe_sub(&n, &b->y, &a->y, 2);
    k1_fe_sub(&d, &b->x, &a->x, 2);
  }
  k1_fe_inv(&d, &d);
  k1_fe_mul(&l, &n, &d);
  k1_fe x, y;
  k1_fe_sqr(&x, &l);
  k1_fe_sub(&x, &x, &a->x, 2);
  k1_fe_sub(&x, &x, &b->x, 2);
  k1_fe_normalize(&x, &x);
  k1_fe_sub(&t, &a->x, &x, 2);
  k1_fe_mul(&y, &l, &t);
  k1_fe_sub(&y, &y, &a->y, 2);
  k1_fe_normalize(&y, &y);
  *r = (ref_point){x, y, 0};
}
static void ref_neg(ref_point *r, const ref_point *a) {
  *r = *a;
  k1_fe_neg(&r->y, &a->y, 1);
  k1_fe_normalize(&r->y, &r->y);
}
/* Some homogeneous representation with a random Z. */
static void project(k1_point *r, const ref_point *a) {
  uint64_t w[4] = {test_rand() | 1, test_rand(), test_rand(), test_rand()};
  k1_fe z;
  k1_fe_from_words(&z, w);
  k1_point_set_identity(r);
  if (a->inf) {
    k1_fe_mul(&r->y, &r->y, &z);
    return;
  }
  k1_fe_mul(&r->x, &a->x, &z);
  k1_fe_mul(&r->y, &a->y, &z);
  r->z = z;
}
static int is_ref(const k1_point *p, const ref_point *r) {
  uint8_t out[33], x[32];
  const uint64_t finite = k1_point_encode(out, p);
  k1_fe n;
  if (r->inf) {
    for (int i = 0; i < 33; i++)
      if (out[i]) return 0;
    return !finite && k1_point_is_identity(p);
  }
  k1_fe_normalize(&n, &r->x);
  k1_fe_encode(x, &n);
  k1_fe_normalize(&n, &r->y);
  return finite && out[0] == (2 | (n.n[0] & 1)) && memcmp(out + 1, x, 32) == 0;
}

#define SMALL 17
static ref_point multiple[2 * SMALL + 1]; /* [SMALL + i] = i G */
static void make_small_multiples(void) {
  multiple[SMALL] = (ref_point){.inf = 1};
  const ref_point g = {k1_generator.x, k1_generator.y, 0};
  for (int i = 1; i <= SMALL; i++) {
    ref_add(&multiple[SMALL + i], &multiple[SMALL + i - 1], &g);
    ref_neg(&multiple[SMALL - i], &multiple[SMALL + i]);
  }
}

static void generator_is_on_the_curve(void) {
  k1_fe l, r, b;
  k1_fe_sqr(&l, &k1_generator.y);
  k1_fe_sqr(&r, &k1_generator.x);
  k1_fe_mul(&r, &r, &k1_generator.x);
  k1_fe_set_small(&b, 7);
  k1_fe_add(&r, &r, &b);
  CHECK(same(&l, &r));
}

static void additions_of_all_pairs_agree_with_the_affine_law(void) {
  make_small_multiples();
  for (int i = -16; i <= 16; i++) {
    for (int j = -16; j <= 16; j++) {
      const ref_point *const a = &multiple[SMALL + i], *const b = &multiple[SMALL + j];
      ref_point expected = {.inf = 0};
      k1_point p, q, r;
      ref_add(&expected, a, b);
      if (i + j >= -16 && i + j <= 16) CHECK(expected.inf == multiple[SMALL + i + j].inf && (expected.inf || same(&expected.x, &multiple[SMALL + i + j].x)));
      project(&p, a);
      project(&q, b);
      k1_point_add(&r, &p, &q);
      CHECK(is_ref(&r, &expected));
      k1_point_add(&p, &p, &q); /* in place */
      CHECK(is_ref(&p, &expected));
      CHECK(k1_point_equal(&p, &r));
      project(&p, a);
      CHECK((k1_point_equal(&p, &q) != 0) == (i == j));
      if (j != 0) {
        const k1_affine affine = {b->x, b->y};
        k1_point_add_affine(&r, &p, &affine);
        CHECK(is_ref(&r, &expected));
      }
      /* y negated lazily has magnitude 2 */
      k1_fe_negate_if(&q.y, UINT64_MAX);
      ref_point minus_b;
      ref_neg(&minus_b, b);
      minus_b.inf = b->inf;
      ref_add(&expected, a, &minus_b);
      expected.inf = i == j || expected.inf;
      k1_point_add(&r, &p, &q);
      CHECK(is_ref(&r, &expected));
    }
    ref_point twice = {.inf = 0};
    k1_point p;
    ref_add(&twice, &multiple[SMALL + i], &multiple[SMALL + i]);
    project(&p, &multiple[SMALL + i]);
    k1_point_double(&p, &p);
    CHECK(is_ref(&p, &twice));
  }
}

static void beta_is_lambda(void) {
  uint8_t a[33], b[33];
  k1_point p;
  k1_affine affine = k1_generator;
  CHECK(C->mul_base(a, LAMBDA) == ECM_OK);
  k1_fe_mul_beta(&affine.x, &affine.x);
  k1_point_set_affine(&p, &affine);
  CHECK(k1_point_encode(b, &p) && memcmp(a, b, 33) == 0);
}

static int packed_is(const k1_packed *e, const k1_point *p) {
  k1_affine a;
  k1_point q;
  k1_fe_from_words(&a.x, e->x);
  k1_fe_from_words(&a.y, e->y);
  k1_point_set_affine(&q, &a);
  return words_below(e->x, P) && words_below(e->y, P) && k1_point_equal(p, &q) != 0;
}
static void tables_are_what_they_say(void) {
  k1_point row, p, twice;
  k1_point_set_affine(&row, &k1_generator);
  for (int i = 0; i < K1_COMB_ROWS; i++) {
    p = row;
    for (int j = 0; j < K1_COMB_COLUMNS; j++) {
      CHECK(packed_is(&k1_comb[i][j], &p));
      k1_point_add(&p, &p, &row);
    }
    for (int j = 0; j < 10; j++) k1_point_double(&row, &row);
  }
  k1_point_set_affine(&p, &k1_generator);
  k1_point_double(&twice, &p);
  for (int i = 0; i < K1_ODD_COUNT; i++) {
    CHECK(packed_is(&k1_odd[i], &p));
    k1_point_add(&p, &p, &twice);
  }
}

/* ---- multiplication ------------------------------------------------------------------------------ */

static void mul_base_agrees_with_repeated_addition(void) {
  k1_point p;
  uint8_t out[33], expected[33];
  uint64_t k[4], minus[4];
  k1_point_set_identity(&p);
  for (uint64_t i = 0; i < 600; i++) {
    const uint64_t finite = k1_point_encode(expected, &p);
    small_scalar(k, i);
    CHECK(C->mul_base(out, k) == (finite ? ECM_OK : ECM_E_IDENTITY) && memcmp(out, expected, 33) == 0);
    memset(minus, 0, 32);
    k1_sc_sub(minus, minus, k);
    CHECK(C->mul_base(out, minus) == (finite ? ECM_OK : ECM_E_IDENTITY));
    expected[0] ^= finite ? 1 : 0;
    CHECK(memcmp(out, expected, 33) == 0);
    k1_point_add_affine(&p, &p, &k1_generator);
  }
}

/* Scalars whose digits take every value, the extremes included: 16, -15, 0 in each place. */
static void digit_patterns(uint64_t k[4], int i) {
  memset(k, 0, 32);
  for (unsigned bit = 0; bit < 250; bit += 5) {
    const uint64_t d = i < 32 ? (uint64_t)i : test_rand() % 4 == 0 ? 16 + test_rand() % 2 : test_rand() % 3 == 0 ? 0 : 31;
    k[bit / 64] |= d << (bit % 64);
    if (bit % 64 > 59 && bit / 64 < 3) k[bit / 64 + 1] |= d >> (64 - bit % 64);
  }
}

static void all_ways_to_multiply_agree(void) {
  uint64_t v[VALUES][4], a[4], b[4], ab[4];
  uint8_t pa[33], x[33], y[33], z[33], secret[33], enc[32];
  values(v);
  for (int i = -256; i < 400; i++) {
    rand_scalar(a);
    if (i < 0) { /* powers of two: halves with words of zeros */
      memset(b, 0, 32);
      b[(i + 256) / 64] = (uint64_t)1 << (i + 256) % 64;
    } else if (i < VALUES) {
      memcpy(b, v[i], 32);
      if (!words_below(b, Q)) continue;
    } else if (i < 200) {
      digit_patterns(b, i - VALUES);
    } else {
      rand_scalar(b);
    }
    k1_sc_mul(ab, a, b);
    const int32_t expected = (b[0] | b[1] | b[2] | b[3]) ? ECM_OK : ECM_E_IDENTITY;
    CHECK(C->mul_base(pa, a) == ECM_OK);
    CHECK(C->mul_base(x, ab) == expected);
    CHECK(C->mul(y, pa, b) == expected);
    CHECK(C->mul_secret(secret, pa, b) == expected);
    k1_sc_encode(enc, b);
    CHECK(C->linear_vartime(z, NULL, 1, enc, pa) == expected);
    CHECK(memcmp(x, y, 33) == 0 && memcmp(x, z, 33) == 0 && memcmp(x, secret, 33) == 0);
    CHECK(C->mul_base(x, b) == expected);
    CHECK(C->linear_vartime(z, enc, 0, NULL, NULL) == expected);
    CHECK(memcmp(x, z, 33) == 0);
  }
  /* Small multiples of a small multiple, where the table's own entries and the accumulator meet. */
  for (uint64_t i = 1; i <= 40; i++) {
    small_scalar(a, i);
    CHECK(C->mul_base(pa, a) == ECM_OK);
    for (uint64_t j = 1; j <= 40; j++) {
      small_scalar(b, j);
      small_scalar(ab, i * j);
      CHECK(C->mul_base(x, ab) == ECM_OK && C->mul(y, pa, b) == ECM_OK && memcmp(x, y, 33) == 0);
    }
  }
}

static void linear_sums_many_terms(void) {
  enum { MAX = 20 };
  uint8_t scalars[32 * MAX], points[33 * MAX], base[32], out[33], expected[33];
  for (size_t n = 0; n <= MAX; n++) {
    uint64_t sum[4], k[4], d[4];
    rand_scalar(sum);
    k1_sc_encode(base, sum);
    for (size_t i = 0; i < n; i++) {
      rand_scalar(k);
      if (i % 3 == 0) small_scalar(d, 1 + i / 6); /* equal and opposite points among the terms */
      else rand_scalar(d);
      CHECK(C->mul_base(points + 33 * i, d) == ECM_OK);
      if (i % 2) {
        points[33 * i] ^= 1;
        uint64_t zero[4] = {0};
        k1_sc_sub(d, zero, d);
      }
      k1_sc_encode(scalars + 32 * i, k);
      k1_sc_mul(d, d, k);
      k1_sc_add(sum, sum, d);
    }
    CHECK(C->mul_base(expected, sum) == ECM_OK);
    CHECK(C->linear_vartime(out, base, n, scalars, points) == ECM_OK && memcmp(out, expected, 33) == 0);
    /* The same sum, cancelled by its own negative. */
    uint64_t minus[4] = {0}, all[4];
    k1_sc_decode(all, base);
    k1_sc_sub(minus, all, sum);
    k1_sc_encode(base, minus);
    static const uint8_t zeros[33];
    CHECK(C->linear_vartime(out, base, n, scalars, points) == ECM_E_IDENTITY && memcmp(out, zeros, 33) == 0);
  }
  CHECK(C->linear_vartime(out, NULL, 0, NULL, NULL) == ECM_E_IDENTITY);
}

static void linear_refuses_bad_input(void) {
  uint8_t scalars[64] = {0}, points[66], base[32] = {0}, out[33];
  uint64_t k[4];
  for (size_t i = 0; i < 2; i++) {
    rand_scalar(k);
    C->mul_base(points + 33 * i, k);
    scalars[32 * i + 31] = 1;
  }
  CHECK(C->linear_vartime(out, base, 2, scalars, points) == ECM_OK);
  encode_words(scalars + 32, Q);
  CHECK(C->linear_vartime(out, base, 2, scalars, points) == ECM_E_RANGE);
  memset(scalars + 32, 0, 32);
  encode_words(base, Q);
  CHECK(C->linear_vartime(out, base, 2, scalars, points) == ECM_E_RANGE);
  base[31]--;
  CHECK(C->linear_vartime(out, base, 2, scalars, points) == ECM_OK);
  points[33] = 4;
  CHECK(C->linear_vartime(out, base, 2, scalars, points) == ECM_E_POINT); /* although its scalar is zero */
}

static void decoding_refuses_what_is_not_a_point(void) {
  uint8_t p[33], out[33];
  uint64_t k[4];
  rand_scalar(k);
  CHECK(C->mul_base(p, k) == ECM_OK && C->check_vartime(p) == ECM_OK);
  for (int prefix = 0; prefix < 256; prefix++) {
    p[0] = (uint8_t)prefix;
    const int32_t expected = prefix == 2 || prefix == 3 ? ECM_OK : ECM_E_POINT;
    CHECK(C->check_vartime(p) == expected);
    CHECK(C->mul(out, p, k) == expected);
  }
  /* x = p + i is a point for x = i (i = 1, 2, 3 ...) but not canonical; x just below p may be a point. */
  int on = 0, off = 0;
  for (int i = -60; i < 900; i++) {
    uint64_t x[4];
    plus(x, P, i);
    p[0] = 2;
    encode_words(p + 1, x);
    if (i >= 0) CHECK(C->check_vartime(p) == ECM_E_POINT && C->mul(out, p, k) == ECM_E_POINT && out[0] == 0);
    else if (C->check_vartime(p) == ECM_OK) on++;
    else off++;
  }
  CHECK(on > 10 && off > 10);
  memset(p, 0, 33);
  CHECK(C->check_vartime(p) == ECM_E_POINT);
  p[0] = 2;
  CHECK(C->check_vartime(p) == ECM_E_POINT); /* x = 0: 7 is not a square */
  memset(p + 1, 0xFF, 32);
  CHECK(C->check_vartime(p) == ECM_E_POINT);
  /* Both square roots, told apart by the prefix. */
  uint8_t sum[33], ones[64] = {0};
  uint8_t pair[66];
  rand_scalar(k);
  C->mul_base(pair, k);
  memcpy(pair + 33, pair, 33);
  pair[33] ^= 1;
  ones[31] = ones[63] = 1;
  CHECK(C->linear_vartime(sum, NULL, 2, ones, pair) == ECM_E_IDENTITY);
}

/* ---- ECDSA --------------------------------------------------------------------------------------- */

/* A signature by hand: k, d, e -> r, s; returns 0 when r or s is 0. */
static int sign(uint8_t r32[32], uint8_t s32[32], const uint64_t k[4], const uint64_t d[4], const uint8_t digest[32]) {
  uint8_t R[33];
  uint64_t r[4], s[4], e[4], i[4];
  if (C->mul_base(R, k) != ECM_OK) return 0;
  k1_sc_decode_reduce(r, R + 1);
  k1_sc_decode_reduce(e, digest);
  k1_sc_inv(i, k);
  k1_sc_mul(s, r, d);
  k1_sc_add(s, s, e);
  k1_sc_mul(s, s, i);
  k1_sc_encode(r32, r);
  k1_sc_encode(s32, s);
  return (s[0] | s[1] | s[2] | s[3]) != 0 && (r[0] | r[1] | r[2] | r[3]) != 0;
}
static void negate_scalar(uint8_t out[32], const uint8_t in[32]) {
  uint64_t s[4], zero[4] = {0};
  k1_sc_decode(s, in);
  k1_sc_sub(s, zero, s);
  k1_sc_encode(out, s);
}

static void verification_accepts_and_refuses(void) {
  for (int i = 0; i < 60; i++) {
    uint64_t k[4], d[4];
    uint8_t q[33], m[32], r[32], s[32], high[32];
    rand_scalar(k);
    rand_scalar(d);
    test_rand_bytes(m, 32);
    if (i == 0) memset(m, 0, 32);    /* e = 0 */
    if (i == 1) memset(m, 0xFF, 32); /* e >= q is reduced */
    if (i == 2) encode_words(m, Q);
    C->mul_base(q, d);
    CHECK(sign(r, s, k, d, m));
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, s) == ECM_OK);
    negate_scalar(high, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, high) == ECM_OK);
    uint8_t *const part[4] = {q, m, r, s};
    for (int j = 0; j < 4; j++) {
      for (int b = 0; b < 8; b++) {
        const int at = (int)(test_rand() % 32), bit = 1 << (test_rand() % 8);
        part[j][at] ^= (uint8_t)bit;
        CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, s) == ECM_E_VERIFY);
        part[j][at] ^= (uint8_t)bit;
      }
    }
    q[0] ^= 1; /* with e = 0, -Q gives -R, whose x is the same */
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, s) == (i == 0 || i == 2 ? ECM_OK : ECM_E_VERIFY));
  }
}

static void verification_refuses_r_and_s_out_of_range(void) {
  uint64_t k[4], d[4], x[4];
  uint8_t q[33], m[32], r[32], s[32], bad[32];
  static const uint64_t zero[4] = {0};
  rand_scalar(k);
  rand_scalar(d);
  test_rand_bytes(m, 32);
  C->mul_base(q, d);
  CHECK(sign(r, s, k, d, m));
  const uint64_t *const base[2] = {zero, Q};
  for (int b = 0; b < 2; b++) {
    for (int i = 0; i < 3; i++) {
      plus(x, base[b], b == 0 ? -i : i); /* 0, 2^256 - 1, 2^256 - 2; q, q + 1, q + 2 */
      encode_words(bad, x);
      CHECK(secp256k1_ecdsa_verify_vartime(q, m, bad, s) == ECM_E_VERIFY);
      CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, bad) == ECM_E_VERIFY);
      CHECK(secp256k1_ecdsa_verify_vartime(q, m, bad, bad) == ECM_E_VERIFY);
    }
  }
  /* s + q where it fits in 32 bytes: the same residue, still refused. */
  small_scalar(x, 25);
  uint64_t inverse[4], e[4], rr[4];
  k1_sc_decode_reduce(e, m);
  k1_sc_decode(rr, r);
  /* with s = 25: k = (e + r d) / 25, so d = (25 k - e) / r */
  k1_sc_inv(inverse, rr);
  k1_sc_mul(d, x, k);
  k1_sc_sub(d, d, e);
  k1_sc_mul(d, d, inverse);
  C->mul_base(q, d);
  encode_words(bad, x);
  CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, bad) == ECM_OK);
  plus(x, Q, 25);
  encode_words(bad, x);
  CHECK(secp256k1_ecdsa_verify_vartime(q, m, r, bad) == ECM_E_VERIFY);
}

/* Q = (s R - e G) / r: then (r, s) signs e under Q if and only if x(R) = r mod q counts. */
static int key_for(uint8_t q33[33], const uint8_t R[33], const uint64_t r[4], const uint64_t s[4], const uint8_t m[32]) {
  uint64_t i[4], a[4], b[4], e[4], zero[4] = {0};
  uint8_t a32[32], b32[32];
  k1_sc_decode_reduce(e, m);
  k1_sc_inv(i, r);
  k1_sc_mul(a, s, i);
  k1_sc_mul(b, e, i);
  k1_sc_sub(b, zero, b);
  k1_sc_encode(a32, a);
  k1_sc_encode(b32, b);
  return C->linear_vartime(q33, b32, 1, a32, R) == ECM_OK;
}

static void verification_knows_that_x_may_exceed_q(void) {
  static const uint64_t p_minus_q[4] = {0x402DA1722FC9BAEEu, 0x4551231950B75FC4u, 1, 0};
  uint8_t R[33] = {2}, q[33], m[32], r32[32], s32[32];
  int found = 0;
  for (int64_t t = 1; t < 60; t++) {
    uint64_t x[4], r[4], s[4];
    plus(x, Q, t); /* x(R) = q + t, r = t */
    encode_words(R + 1, x);
    if (C->check_vartime(R) != ECM_OK) continue;
    found++;
    small_scalar(r, (uint64_t)t);
    rand_scalar(s);
    test_rand_bytes(m, 32);
    CHECK(key_for(q, R, r, s, m));
    k1_sc_encode(r32, r);
    k1_sc_encode(s32, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r32, s32) == ECM_OK);
#if HAVE_SECP256K1
    secp256k1_context *const ctx = secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
    secp256k1_pubkey pk;
    secp256k1_ecdsa_signature sig;
    uint8_t compact[64];
    memcpy(compact, r32, 32);
    memcpy(compact + 32, s32, 32);
    CHECK(secp256k1_ec_pubkey_parse(ctx, &pk, q, 33) && secp256k1_ecdsa_signature_parse_compact(ctx, &sig, compact));
    (void)secp256k1_ecdsa_signature_normalize(ctx, &sig, &sig);
    CHECK(secp256k1_ecdsa_verify(ctx, &sig, m, &pk) == 1);
    secp256k1_context_destroy(ctx);
#endif
  }
  CHECK(found > 10);
  /* r + q = x(R) + p: equal mod p, yet r is not x(R) mod q. Also right at the border p - q. */
  found = 0;
  for (int64_t t = 0; t < 60; t++) {
    uint64_t x[4], r[4], s[4];
    small_scalar(x, (uint64_t)t);
    encode_words(R + 1, x);
    if (C->check_vartime(R) != ECM_OK) continue;
    found++;
    plus(r, p_minus_q, t);
    rand_scalar(s);
    test_rand_bytes(m, 32);
    CHECK(key_for(q, R, r, s, m));
    k1_sc_encode(r32, r);
    k1_sc_encode(s32, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r32, s32) == ECM_E_VERIFY);
  }
  CHECK(found > 10);
  /* The same with r anywhere above p - q: no word of r alone decides. */
  found = 0;
  for (int i = 0; i < 60; i++) {
    uint64_t x[4], r[4], s[4];
    rand_scalar(r);
    if (i % 2) r[1] = r[0] = 0;
    k1_sc_sub(x, r, p_minus_q); /* r > p - q but for 2^-127 */
    encode_words(R + 1, x);
    if (C->check_vartime(R) != ECM_OK) continue;
    found++;
    rand_scalar(s);
    test_rand_bytes(m, 32);
    CHECK(key_for(q, R, r, s, m));
    k1_sc_encode(r32, r);
    k1_sc_encode(s32, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r32, s32) == ECM_E_VERIFY);
  }
  CHECK(found > 10);
  /* x(R) = r + q - 2^256: what is left of a sum that does not fit four words. */
  found = 0;
  for (int i = 0; i < 60; i++) {
    uint64_t x[4], r[4], s[4];
    rand_scalar(r);
    if (i % 2) r[1] = r[0] = 0;
    unsigned __int128 sum = 0;
    for (int j = 0; j < 4; j++) {
      sum = (sum >> 64) + r[j] + Q[j];
      x[j] = (uint64_t)sum;
    }
    encode_words(R + 1, x);
    if (C->check_vartime(R) != ECM_OK) continue;
    found++;
    rand_scalar(s);
    test_rand_bytes(m, 32);
    CHECK(key_for(q, R, r, s, m));
    k1_sc_encode(r32, r);
    k1_sc_encode(s32, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r32, s32) == ECM_E_VERIFY);
  }
  CHECK(found > 10);
  /* x(R) = p - t: r = p - t - q is the largest that wraps. */
  found = 0;
  for (int64_t t = 1; t < 60; t++) {
    uint64_t x[4], r[4], s[4];
    plus(x, P, -t);
    encode_words(R + 1, x);
    if (C->check_vartime(R) != ECM_OK) continue;
    found++;
    plus(r, p_minus_q, -t);
    rand_scalar(s);
    test_rand_bytes(m, 32);
    CHECK(key_for(q, R, r, s, m));
    k1_sc_encode(r32, r);
    k1_sc_encode(s32, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r32, s32) == ECM_OK);
  }
  CHECK(found > 10);
}

static void verification_refuses_the_identity_as_nonce_point(void) {
  for (int i = 0; i < 20; i++) {
    uint64_t d[4], r[4], s[4], e[4], zero[4] = {0};
    uint8_t q[33], m[32], r32[32], s32[32];
    if (i < 2) small_scalar(d, 1); /* Q = G, and Q = -G below */
    else rand_scalar(d);
    if (i == 1) k1_sc_sub(d, zero, d);
    rand_scalar(r);
    rand_scalar(s);
    k1_sc_mul(e, r, d); /* e + r d = 0 */
    k1_sc_sub(e, zero, e);
    C->mul_base(q, d);
    k1_sc_encode(m, e);
    k1_sc_encode(r32, r);
    k1_sc_encode(s32, s);
    CHECK(secp256k1_ecdsa_verify_vartime(q, m, r32, s32) == ECM_E_VERIFY);
  }
}

/* ---- oracles ------------------------------------------------------------------------------------- */

#if HAVE_SECP256K1
static int compressed(unsigned char *out, const unsigned char *x, const unsigned char *y, void *data) {
  (void)data;
  out[0] = (unsigned char)(2 | (y[31] & 1));
  memcpy(out + 1, x, 32);
  return 1;
}
static void agrees_with_libsecp256k1(void) {
  secp256k1_context *const ctx = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
  uint64_t v[VALUES][4], k[4], k2[4];
  values(v);
  for (int i = 0; i < 1000; i++) {
    uint8_t a[32], b[32], m[32], ours[33], theirs[33], compact[64];
    size_t len = 33;
    secp256k1_pubkey pk, pk2;
    secp256k1_ecdsa_signature sig;
    rand_scalar(k);
    rand_scalar(k2);
    if (i < VALUES && words_below(v[i], Q)) memcpy(i % 2 ? k : k2, v[i], 32);
    if (!(k[0] | k[1] | k[2] | k[3]) || !(k2[0] | k2[1] | k2[2] | k2[3])) continue;
    k1_sc_encode(a, k);
    k1_sc_encode(b, k2);
    test_rand_bytes(m, 32);
    CHECK(secp256k1_ec_pubkey_create(ctx, &pk, a) && secp256k1_ec_pubkey_serialize(ctx, theirs, &len, &pk, SECP256K1_EC_COMPRESSED));
    CHECK(C->mul_base(ours, k) == ECM_OK && memcmp(ours, theirs, 33) == 0);
    pk2 = pk;
    CHECK(secp256k1_ec_pubkey_tweak_mul(ctx, &pk2, b) && secp256k1_ec_pubkey_serialize(ctx, theirs, &len, &pk2, SECP256K1_EC_COMPRESSED));
    uint8_t product[33];
    CHECK(C->mul(product, ours, k2) == ECM_OK && memcmp(product, theirs, 33) == 0);
    CHECK(secp256k1_ecdh(ctx, theirs, &pk, b, compressed, NULL));
    CHECK(C->mul_secret(product, ours, k2) == ECM_OK && memcmp(product, theirs, 33) == 0);
    /* Signatures of theirs, low s and high s; and disagreement on none after a change. */
    CHECK(secp256k1_ecdsa_sign(ctx, &sig, m, a, NULL, NULL) && secp256k1_ecdsa_signature_serialize_compact(ctx, compact, &sig));
    CHECK(secp256k1_ecdsa_verify_vartime(ours, m, compact, compact + 32) == ECM_OK);
    negate_scalar(compact + 32, compact + 32);
    CHECK(secp256k1_ecdsa_verify_vartime(ours, m, compact, compact + 32) == ECM_OK);
    compact[test_rand() % 64] ^= (uint8_t)(1 << test_rand() % 8);
    const int parsed = secp256k1_ecdsa_signature_parse_compact(ctx, &sig, compact);
    (void)secp256k1_ecdsa_signature_normalize(ctx, &sig, &sig);
    const int valid = parsed && secp256k1_ecdsa_verify(ctx, &sig, m, &pk);
    CHECK((secp256k1_ecdsa_verify_vartime(ours, m, compact, compact + 32) == ECM_OK) == valid);
    /* Ours, by them. */
    if (sign(compact, compact + 32, k2, k, m)) {
      CHECK(secp256k1_ecdsa_signature_parse_compact(ctx, &sig, compact));
      (void)secp256k1_ecdsa_signature_normalize(ctx, &sig, &sig);
      CHECK(secp256k1_ecdsa_verify(ctx, &sig, m, &pk));
    }
    /* Decoding of anything. */
    theirs[0] = (uint8_t)(2 + test_rand() % 2);
    test_rand_bytes(theirs + 1, 32);
    if (i % 4 == 0) memset(theirs + 1, 0xFF, 26);
    CHECK((C->check_vartime(theirs) == ECM_OK) == (secp256k1_ec_pubkey_parse(ctx, &pk, theirs, 33) == 1));
  }
  secp256k1_context_destroy(ctx);
}
#endif

#if HAVE_CRYPTO
static void linear_agrees_with_libcrypto(void) {
  EC_GROUP *const g = EC_GROUP_new_by_curve_name(NID_secp256k1);
  EC_POINT *const p = EC_POINT_new(g), *const r = EC_POINT_new(g);
  for (int i = 0; i < 100; i++) {
    uint64_t k[4];
    uint8_t point[33], a[32], b[32], ours[33], theirs[33];
    rand_scalar(k);
    C->mul_base(point, k);
    rand_scalar(k);
    if (i % 5 == 0) k[3] = k[2] = 0;
    k1_sc_encode(a, k);
    rand_scalar(k);
    if (i % 7 == 0) k[3] = k[2] = k[1] = 0;
    k1_sc_encode(b, k);
    BIGNUM *const x = BN_bin2bn(a, 32, NULL), *const y = BN_bin2bn(b, 32, NULL);
    CHECK(EC_POINT_oct2point(g, p, point, 33, NULL) && EC_POINT_mul(g, r, x, p, y, NULL));
    CHECK(EC_POINT_point2oct(g, r, POINT_CONVERSION_COMPRESSED, theirs, 33, NULL) == 33);
    CHECK(C->linear_vartime(ours, a, 1, b, point) == ECM_OK && memcmp(ours, theirs, 33) == 0);
    BN_free(x);
    BN_free(y);
  }
  EC_POINT_free(p);
  EC_POINT_free(r);
  EC_GROUP_free(g);
}
#endif

int main(void) {
  RUN(field_laws_hold_on_edges_and_random_values);
  RUN(field_inverse_and_root);
  RUN(field_decoding_is_canonical);
#if HAVE_GMP
  RUN(field_keeps_its_bounds_at_the_largest_magnitudes);
  RUN(scalars_agree_with_gmp);
  RUN(inverse_agrees_with_gmp);
#else
  SKIP("comparison with GMP");
#endif
  RUN(inverse_takes_more_than_nine_rounds);
  RUN(split_recombines_in_range);
  RUN(scalar_decoding_is_canonical);
  RUN(generator_is_on_the_curve);
  RUN(additions_of_all_pairs_agree_with_the_affine_law);
  RUN(beta_is_lambda);
  RUN(tables_are_what_they_say);
  RUN(mul_base_agrees_with_repeated_addition);
  RUN(all_ways_to_multiply_agree);
  RUN(linear_sums_many_terms);
  RUN(linear_refuses_bad_input);
  RUN(decoding_refuses_what_is_not_a_point);
  RUN(verification_accepts_and_refuses);
  RUN(verification_refuses_r_and_s_out_of_range);
  RUN(verification_knows_that_x_may_exceed_q);
  RUN(verification_refuses_the_identity_as_nonce_point);
#if HAVE_SECP256K1
  RUN(agrees_with_libsecp256k1);
#else
  SKIP("comparison with libsecp256k1");
#endif
#if HAVE_CRYPTO
  RUN(linear_agrees_with_libcrypto);
#else
  SKIP("comparison with libcrypto");
#endif
  return DONE();
}
