/* SPDX-License-Identifier: Apache-2.0 */
#include "modular.h"
#include "mont.h"
#include "prime.h"
#include <stdlib.h>

/* The public-value functions of modular arithmetic. Everything here is public: heap memory, early exits, branches on values. Single
 * products take a little of the vault's scratch (ECM_E_VAULT_FULL if there is none). */

enum { MAX_BATCH = 4096, MAX_EXPONENT = 4096 /* bytes */ };

static int32_t read_modulus(uint64_t *m, size_t *n, const uint8_t *N, size_t nlen) {
  if (!N || nlen < 32 || nlen > 8 * MOD_MAX_WORDS || nlen % 16) return ECM_E_ARGUMENT;
  if (!(N[0] & 0x80) || !(N[nlen - 1] & 1)) return ECM_E_MODULUS;
  *n = nlen / 8;
  limb_from_bytes(m, *n, N, nlen);
  return ECM_OK;
}

/* m^2 for power 2, m for power 1: what elements are below. */
static void element_bound(uint64_t *bound, const uint64_t *m, size_t n, uint32_t power) {
  if (power == 2) limb_sqr(bound, m, n);
  else limb_copy(bound, m, n);
}

static int32_t read_element(uint64_t *x, const uint64_t *bound, size_t len, const uint8_t *in) {
  limb_from_bytes(x, len, in, 8 * len);
  return limb_cmp_vartime(x, bound, len) < 0 ? ECM_OK : ECM_E_RANGE;
}

ECM_API int32_t ecm_modulus_check_vartime(const uint8_t *N, size_t nlen) {
  uint64_t m[MOD_MAX_WORDS];
  size_t n;
  int32_t rc = read_modulus(m, &n, N, nlen);
  if (rc) return rc;
  if (small_factor_vartime(m, n)) return ECM_E_MODULUS;
  /* "Composite" is a proof, whatever the bases: a prime never gets past, and a composite number made to fool 40 random bases does not
   * exist for practical purposes. */
  int probable = prime_is_probable_vartime(m, n, 40);
  return probable < 0 ? probable : probable ? ECM_E_MODULUS : ECM_OK;
}

ECM_API int32_t ecm_units_check_vartime(const uint8_t *N, size_t nlen, uint32_t power, size_t n, const uint8_t *elements) {
  uint64_t bound[2 * MOD_MAX_WORDS], x[2 * MOD_MAX_WORDS], product[MOD_MAX_WORDS] = {1}, w[MONT_WORK(MOD_MAX_WORDS)];
  mod_ctx ctx; /* only what Montgomery products need */
  size_t words;
  int32_t rc = read_modulus(ctx.m, &words, N, nlen);
  if (rc) return rc;
  if (power < 1 || power > 2 || (n && !elements)) return ECM_E_ARGUMENT;
  ctx.n = (uint32_t)words;
  ctx.m0inv = limb_minus_inverse(ctx.m[0]);
  size_t len = words * power;
  element_bound(bound, ctx.m, words, power);
  /* All are units if and only if their product is: one gcd for the batch. Powers of R, which is one itself, may gather on the way. */
  for (size_t i = 0; i < n; i++) {
    if ((rc = read_element(x, bound, len, elements + 8 * len * i)) != 0) return rc;
    if (limb_is_zero(x, len)) return ECM_E_RANGE;
    if (power == 2) { /* x = x0 + x1*R < m^2, so x1 < m: x/R = x0/R + x1 */
      mont_redc(&ctx, x, x, w);
      mont_add(&ctx, x, x, x + words);
    }
    mont_mul(&ctx, product, product, x, w);
  }
  return modular_gcd_is_one_vartime(product, words, ctx.m, words) ? ECM_OK : ECM_E_UNIT;
}

ECM_API int32_t ecm_pow_vartime(const uint8_t *N, size_t nlen, uint32_t power, size_t n, size_t k, const uint8_t *bases, const uint8_t *exps,
                                const uint32_t *exp_len, uint8_t *out) {
  uint64_t m[MOD_MAX_WORDS], bound[2 * MOD_MAX_WORDS];
  mod_ctx ctx;
  size_t words, exp_words[4], exp_sum = 0;
  int32_t rc = read_modulus(m, &words, N, nlen);
  if (!rc && (power < 1 || power > 2 || k < 1 || k > 4 || n > MAX_BATCH || !exp_len || (n && (!bases || !exps || !out)))) rc = ECM_E_ARGUMENT;
  for (size_t j = 0; !rc && j < k; j++) {
    if (exp_len[j] > MAX_EXPONENT) rc = ECM_E_ARGUMENT;
    exp_words[j] = (exp_len[j] + 7) / 8;
    exp_sum += exp_words[j];
  }
  if (out && power >= 1 && power <= 2 && n <= MAX_BATCH && nlen <= 8 * MOD_MAX_WORDS) memset(out, 0, n * power * nlen);
  if (rc || !n) return rc;
  if ((rc = mod_init(&ctx, m, words)) != 0) return rc;

  size_t len = words * power;
  element_bound(bound, m, words, power);
  uint64_t *mem = malloc(n * (k * len + exp_sum + len) * 8);
  mod_term *terms = malloc(n * k * sizeof *terms);
  mod_job *jobs = malloc(n * sizeof *jobs);
  if (!mem || !terms || !jobs) rc = ECM_E_VAULT_FULL;
  uint64_t *x = mem;
  for (size_t i = 0; !rc && i < n; i++) {
    for (size_t j = 0; !rc && j < k; j++) {
      rc = read_element(x, bound, len, bases);
      limb_from_bytes(x + len, exp_words[j], exps, exp_len[j]);
      terms[i * k + j] = (mod_term){x, x + len, exp_words[j]};
      x += len + exp_words[j];
      bases += 8 * len;
      exps += exp_len[j];
    }
    jobs[i] = (mod_job){&ctx, terms + i * k, k, x};
    x += len;
  }
  if (!rc) rc = mod_pow(jobs, n, power, 0);
  for (size_t i = 0; !rc && i < n; i++) limb_to_bytes(out + i * 8 * len, 8 * len, jobs[i].out, len);
  free(jobs);
  free(terms);
  free(mem);
  return rc;
}

ECM_API int32_t ecm_pow_fixed_vartime(const uint8_t *N, size_t nlen, const uint8_t *base, size_t n, const uint8_t *exps, size_t exp_len,
                                      uint8_t *out) {
  uint64_t m[MOD_MAX_WORDS], b[MOD_MAX_WORDS];
  mod_ctx ctx;
  size_t words;
  int32_t rc = read_modulus(m, &words, N, nlen);
  if (!rc && (n > MAX_BATCH || exp_len > MAX_EXPONENT || !base || (n && (!exps || !out)))) rc = ECM_E_ARGUMENT;
  if (out && n <= MAX_BATCH && nlen <= 8 * MOD_MAX_WORDS) memset(out, 0, n * nlen);
  if (rc || !n) return rc;
  if ((rc = read_element(b, m, words, base)) != 0 || (rc = mod_init(&ctx, m, words)) != 0) return rc;

  size_t exp_words = (exp_len + 7) / 8;
  uint64_t *mem = malloc(n * (exp_words + words) * 8);
  if (!mem) return ECM_E_VAULT_FULL;
  uint64_t *result = mem + n * exp_words;
  for (size_t i = 0; i < n; i++) limb_from_bytes(mem + i * exp_words, exp_words, exps + i * exp_len, exp_len);
  rc = mod_pow_fixed(&ctx, b, n, mem, exp_words, result, 0);
  for (size_t i = 0; !rc && i < n; i++) limb_to_bytes(out + i * nlen, nlen, result + i * words, words);
  free(mem);
  return rc;
}

ECM_API int32_t ecm_product_vartime(const uint8_t *N, size_t nlen, uint32_t power, size_t n, const uint8_t *elements, uint8_t *out) {
  uint64_t m[MOD_MAX_WORDS], bound[2 * MOD_MAX_WORDS], x[2 * MOD_MAX_WORDS], product[2 * MOD_MAX_WORDS] = {1};
  mod_ctx ctx;
  size_t words;
  int32_t rc = read_modulus(m, &words, N, nlen);
  if (!rc && (power < 1 || power > 2 || !out || (n && !elements))) rc = ECM_E_ARGUMENT;
  if (out && power >= 1 && power <= 2 && nlen <= 8 * MOD_MAX_WORDS) memset(out, 0, power * nlen);
  if (rc || (rc = mod_init(&ctx, m, words)) != 0) return rc;
  size_t len = words * power;
  element_bound(bound, m, words, power);
  for (size_t i = 0; i < n; i++)
    if ((rc = read_element(x, bound, len, elements + 8 * len * i)) != 0 || (rc = mod_mul(&ctx, power, product, product, x)) != 0) return rc;
  limb_to_bytes(out, 8 * len, product, len);
  return ECM_OK;
}
