/* SPDX-License-Identifier: Apache-2.0 */
#include "rivals.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#if HAVE_GMP
#include <gmp.h>
#endif
#if HAVE_CRYPTO
#include <openssl/bn.h>
#include <openssl/crypto.h>
#endif

/* What a key prepares; g_ are GMP's, o_ OpenSSL's. */
typedef struct {
  int32_t library;
  size_t len;
#if HAVE_GMP
  mpz_t g_n, g_n2, g_p, g_q, g_p2, g_q2, g_hp, g_hq, g_pinv;
#endif
#if HAVE_CRYPTO
  BIGNUM *o_n, *o_n2, *o_p, *o_q, *o_p2, *o_q2, *o_p1, *o_q1, *o_hp, *o_hq, *o_pinv;
  BN_MONT_CTX *m_n2, *m_p2, *m_q2;
#endif
} rival_key;

/* ---- GMP ---- */

#if HAVE_GMP
static void g_in(mpz_t r, const uint8_t *x, size_t len) { mpz_import(r, len, 1, 1, 1, 0, x); }

static void g_out(uint8_t *out, size_t len, const mpz_t x) {
  size_t bytes = (mpz_sizeinbase(x, 2) + 7) / 8;
  memset(out, 0, len);
  if (mpz_sgn(x) && bytes <= len) mpz_export(out + len - bytes, NULL, 1, 1, 1, 0, x);
}

static int32_t g_pow(int32_t constant, const uint8_t *m, size_t len, const uint8_t *base, const uint8_t *exp, size_t exp_len, uint8_t *out) {
  mpz_t n, b, e;
  mpz_inits(n, b, e, NULL);
  g_in(n, m, len);
  g_in(b, base, len);
  g_in(e, exp, exp_len);
  if (constant) mpz_powm_sec(b, b, e, n);
  else mpz_powm(b, b, e, n);
  g_out(out, len, b);
  mpz_clears(n, b, e, NULL);
  return RIVALS_OK;
}

/* h = L(g^(p-1) mod p^2)^-1 mod p for g = 1 + N: (p-1) q, so h = -1/q mod p. */
static void g_half(mpz_t h, const mpz_t p, const mpz_t q) {
  mpz_invert(h, q, p);
  mpz_sub(h, p, h);
}

static void g_new(rival_key *k, const uint8_t *p, const uint8_t *q) {
  mpz_inits(k->g_n, k->g_n2, k->g_p, k->g_q, k->g_p2, k->g_q2, k->g_hp, k->g_hq, k->g_pinv, NULL);
  g_in(k->g_p, p, k->len);
  g_in(k->g_q, q, k->len);
  mpz_mul(k->g_n, k->g_p, k->g_q);
  mpz_mul(k->g_n2, k->g_n, k->g_n);
  mpz_mul(k->g_p2, k->g_p, k->g_p);
  mpz_mul(k->g_q2, k->g_q, k->g_q);
  g_half(k->g_hp, k->g_p, k->g_q);
  g_half(k->g_hq, k->g_q, k->g_p);
  mpz_invert(k->g_pinv, k->g_p, k->g_q);
}

static int32_t g_encrypt(const rival_key *k, const uint8_t *m, const uint8_t *rho, uint8_t *c) {
  mpz_t a, b;
  mpz_inits(a, b, NULL);
  g_in(a, rho, 2 * k->len);
  mpz_powm_sec(a, a, k->g_n, k->g_n2);
  g_in(b, m, 2 * k->len);
  mpz_mul(b, b, k->g_n);
  mpz_add_ui(b, b, 1);
  mpz_mul(a, a, b);
  mpz_mod(a, a, k->g_n2);
  g_out(c, 4 * k->len, a);
  mpz_clears(a, b, NULL);
  return RIVALS_OK;
}

/* r = L(c^(p-1) mod p^2) h mod p */
static void g_leg(mpz_t r, const mpz_t c, const mpz_t p, const mpz_t p2, const mpz_t h) {
  mpz_t e;
  mpz_init(e);
  mpz_sub_ui(e, p, 1);
  mpz_mod(r, c, p2);
  mpz_powm_sec(r, r, e, p2);
  mpz_sub_ui(r, r, 1);
  mpz_divexact(r, r, p);
  mpz_mul(r, r, h);
  mpz_mod(r, r, p);
  mpz_clear(e);
}

static int32_t g_decrypt(const rival_key *k, const uint8_t *c, uint8_t *m) {
  mpz_t x, a, b;
  mpz_inits(x, a, b, NULL);
  g_in(x, c, 4 * k->len);
  g_leg(a, x, k->g_p, k->g_p2, k->g_hp);
  g_leg(b, x, k->g_q, k->g_q2, k->g_hq);
  mpz_sub(b, b, a); /* a + p ((b - a)/p mod q) */
  mpz_mul(b, b, k->g_pinv);
  mpz_mod(b, b, k->g_q);
  mpz_mul(b, b, k->g_p);
  mpz_add(a, a, b);
  g_out(m, 2 * k->len, a);
  mpz_clears(x, a, b, NULL);
  return RIVALS_OK;
}

static int32_t g_prime(size_t len, uint8_t *out) {
  mpz_t x;
  if (getrandom(out, len, 0) != (ssize_t)len) return RIVALS_FAILED;
  out[0] |= 0xc0;
  mpz_init(x);
  do {
    g_in(x, out, len);
    mpz_nextprime(x, x);
  } while (mpz_sizeinbase(x, 2) > 8 * len);
  g_out(out, len, x);
  mpz_clear(x);
  return RIVALS_OK;
}
#endif

/* ---- OpenSSL ---- */

#if HAVE_CRYPTO
static int32_t o_pow(const uint8_t *m, size_t len, const uint8_t *base, const uint8_t *exp, size_t exp_len, uint8_t *out) {
  BN_CTX *ctx = BN_CTX_new();
  BIGNUM *n = BN_bin2bn(m, (int)len, NULL), *b = BN_bin2bn(base, (int)len, NULL), *e = BN_bin2bn(exp, (int)exp_len, NULL), *r = BN_new();
  int ok = ctx && n && b && e && r && BN_mod_exp_mont_consttime(r, b, e, n, ctx, NULL) && BN_bn2binpad(r, out, (int)len) == (int)len;
  BN_free(n);
  BN_free(b);
  BN_clear_free(e);
  BN_free(r);
  BN_CTX_free(ctx);
  return ok ? RIVALS_OK : RIVALS_FAILED;
}

static int o_half(BIGNUM *h, const BIGNUM *p, const BIGNUM *q, BN_CTX *ctx) { return BN_mod_inverse(h, q, p, ctx) && BN_sub(h, p, h); }

static int o_new(rival_key *k, const uint8_t *p, const uint8_t *q) {
  BN_CTX *ctx = BN_CTX_new();
  BIGNUM **all[] = {&k->o_n, &k->o_n2, &k->o_p, &k->o_q, &k->o_p2, &k->o_q2, &k->o_p1, &k->o_q1, &k->o_hp, &k->o_hq, &k->o_pinv};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = BN_new();
  k->m_n2 = BN_MONT_CTX_new();
  k->m_p2 = BN_MONT_CTX_new();
  k->m_q2 = BN_MONT_CTX_new();
  int ok = BN_bin2bn(p, (int)k->len, k->o_p) && BN_bin2bn(q, (int)k->len, k->o_q) && BN_mul(k->o_n, k->o_p, k->o_q, ctx) &&
           BN_sqr(k->o_n2, k->o_n, ctx) && BN_sqr(k->o_p2, k->o_p, ctx) && BN_sqr(k->o_q2, k->o_q, ctx) && BN_copy(k->o_p1, k->o_p) &&
           BN_sub_word(k->o_p1, 1) && BN_copy(k->o_q1, k->o_q) && BN_sub_word(k->o_q1, 1) && o_half(k->o_hp, k->o_p, k->o_q, ctx) &&
           o_half(k->o_hq, k->o_q, k->o_p, ctx) && BN_mod_inverse(k->o_pinv, k->o_p, k->o_q, ctx) && BN_MONT_CTX_set(k->m_n2, k->o_n2, ctx) &&
           BN_MONT_CTX_set(k->m_p2, k->o_p2, ctx) && BN_MONT_CTX_set(k->m_q2, k->o_q2, ctx);
  BN_CTX_free(ctx);
  return ok;
}

static int32_t o_encrypt(const rival_key *k, const uint8_t *m, const uint8_t *rho, uint8_t *c) {
  BN_CTX *ctx = BN_CTX_new();
  BIGNUM *a = BN_bin2bn(rho, (int)(2 * k->len), NULL), *b = BN_bin2bn(m, (int)(2 * k->len), NULL);
  int ok = BN_mod_exp_mont_consttime(a, a, k->o_n, k->o_n2, ctx, k->m_n2) && BN_mul(b, b, k->o_n, ctx) && BN_add_word(b, 1) &&
           BN_mod_mul(a, a, b, k->o_n2, ctx) && BN_bn2binpad(a, c, (int)(4 * k->len)) > 0;
  BN_clear_free(a);
  BN_clear_free(b);
  BN_CTX_free(ctx);
  return ok ? RIVALS_OK : RIVALS_FAILED;
}

static int o_leg(BIGNUM *r, const BIGNUM *c, const BIGNUM *p, const BIGNUM *p1, const BIGNUM *p2, const BIGNUM *h, BN_MONT_CTX *mont, BN_CTX *ctx) {
  return BN_mod(r, c, p2, ctx) && BN_mod_exp_mont_consttime(r, r, p1, p2, ctx, mont) && BN_sub_word(r, 1) && BN_div(r, NULL, r, p, ctx) &&
         BN_mod_mul(r, r, h, p, ctx);
}

static int32_t o_decrypt(const rival_key *k, const uint8_t *c, uint8_t *m) {
  BN_CTX *ctx = BN_CTX_new();
  BIGNUM *x = BN_bin2bn(c, (int)(4 * k->len), NULL), *a = BN_new(), *b = BN_new();
  int ok = o_leg(a, x, k->o_p, k->o_p1, k->o_p2, k->o_hp, k->m_p2, ctx) && o_leg(b, x, k->o_q, k->o_q1, k->o_q2, k->o_hq, k->m_q2, ctx) &&
           BN_sub(b, b, a) && BN_nnmod(b, b, k->o_q, ctx) && BN_mod_mul(b, b, k->o_pinv, k->o_q, ctx) && BN_mul(b, b, k->o_p, ctx) &&
           BN_add(a, a, b) && BN_bn2binpad(a, m, (int)(2 * k->len)) > 0;
  BN_free(x);
  BN_clear_free(a);
  BN_clear_free(b);
  BN_CTX_free(ctx);
  return ok ? RIVALS_OK : RIVALS_FAILED;
}

static int32_t o_prime(int32_t safe, size_t len, uint8_t *out) {
  BIGNUM *x = BN_new();
  int ok = BN_generate_prime_ex(x, (int)(8 * len), safe, NULL, NULL, NULL) && BN_bn2binpad(x, out, (int)len) > 0;
  BN_clear_free(x);
  return ok ? RIVALS_OK : RIVALS_FAILED;
}
#endif

/* ---- the calls ---- */

int32_t rivals_pow(int32_t library, int32_t constant, const uint8_t *m, size_t len, const uint8_t *base, const uint8_t *exp, size_t exp_len,
                   uint8_t *out) {
#if HAVE_GMP
  if (library == RIVALS_GMP) return g_pow(constant, m, len, base, exp, exp_len, out);
#endif
#if HAVE_CRYPTO
  if (library == RIVALS_OPENSSL) return o_pow(m, len, base, exp, exp_len, out);
#endif
  return RIVALS_ABSENT;
}

void *rivals_paillier_new(int32_t library, const uint8_t *p, const uint8_t *q, size_t len) {
  rival_key *k = rivals_has(library) ? calloc(1, sizeof *k) : NULL;
  if (!k) return NULL;
  k->library = library;
  k->len = len;
#if HAVE_GMP
  if (library == RIVALS_GMP) g_new(k, p, q);
#endif
#if HAVE_CRYPTO
  if (library == RIVALS_OPENSSL && !o_new(k, p, q)) {
    rivals_paillier_free(k);
    return NULL;
  }
#endif
  return k;
}

void rivals_paillier_free(void *key) {
  rival_key *k = key;
  if (!k) return;
#if HAVE_GMP
  if (k->library == RIVALS_GMP) mpz_clears(k->g_n, k->g_n2, k->g_p, k->g_q, k->g_p2, k->g_q2, k->g_hp, k->g_hq, k->g_pinv, NULL);
#endif
#if HAVE_CRYPTO
  if (k->library == RIVALS_OPENSSL) {
    BIGNUM *all[] = {k->o_n, k->o_n2, k->o_p, k->o_q, k->o_p2, k->o_q2, k->o_p1, k->o_q1, k->o_hp, k->o_hq, k->o_pinv};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) BN_clear_free(all[i]);
    BN_MONT_CTX_free(k->m_n2);
    BN_MONT_CTX_free(k->m_p2);
    BN_MONT_CTX_free(k->m_q2);
  }
#endif
  free(k);
}

int32_t rivals_paillier_encrypt(const void *key, const uint8_t *m, const uint8_t *rho, uint8_t *c) {
  const rival_key *k = key;
  if (!k) return RIVALS_ABSENT;
#if HAVE_GMP
  if (k->library == RIVALS_GMP) return g_encrypt(k, m, rho, c);
#endif
#if HAVE_CRYPTO
  if (k->library == RIVALS_OPENSSL) return o_encrypt(k, m, rho, c);
#endif
  return RIVALS_ABSENT;
}

int32_t rivals_paillier_decrypt(const void *key, const uint8_t *c, uint8_t *m) {
  const rival_key *k = key;
  if (!k) return RIVALS_ABSENT;
#if HAVE_GMP
  if (k->library == RIVALS_GMP) return g_decrypt(k, c, m);
#endif
#if HAVE_CRYPTO
  if (k->library == RIVALS_OPENSSL) return o_decrypt(k, c, m);
#endif
  return RIVALS_ABSENT;
}

int32_t rivals_primes(int32_t library, int32_t safe, size_t len, uint8_t *p, uint8_t *q) {
  int32_t first = RIVALS_ABSENT;
#if HAVE_GMP
  if (library == RIVALS_GMP && !safe && (first = g_prime(len, p)) == RIVALS_OK) return g_prime(len, q);
#endif
#if HAVE_CRYPTO
  if (library == RIVALS_OPENSSL && (first = o_prime(safe, len, p)) == RIVALS_OK) return o_prime(safe, len, q);
#endif
  return first;
}
