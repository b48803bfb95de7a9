/* SPDX-License-Identifier: Apache-2.0 */
/* Secret units modulo a public N: rho of Paillier, and the response of a proof of knowledge of an N-th root. */
#include "unit.h"

#include "ct.h"
#include "integer.h"
#include "limb.h"

int32_t unit_parse(uint64_t *m, const uint8_t *N, size_t nlen) {
  if (N == NULL || nlen < 32 || nlen > 8 * MOD_MAX_WORDS || nlen % 16 != 0) return ECM_E_ARGUMENT;
  if ((N[nlen - 1] & 1) == 0 || (N[0] & 0x80) == 0) return ECM_E_MODULUS;
  limb_from_bytes(m, nlen / 8, N, nlen);
  return ECM_OK;
}

int32_t unit_modulus(mod_ctx *ctx, const uint8_t *N, size_t nlen) {
  uint64_t m[MOD_MAX_WORDS];
  memset(ctx, 0, sizeof *ctx);
  int32_t rc = unit_parse(m, N, nlen);
  return rc == ECM_OK ? mod_init(ctx, m, nlen / 8) : rc;
}

int32_t ecm_unit_random(const uint8_t *N, size_t nlen, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  uint64_t m[MOD_MAX_WORDS];
  vault_ref r = {0};
  size_t n = nlen / 8;
  int32_t rc = unit_parse(m, N, nlen);
  if (rc == ECM_OK) rc = integer_new(n, &r);
  if (rc == ECM_OK) {
    do rc = integer_below(integer_magnitude(&r), m, n);
    while (rc == ECM_OK && ct_declassify(limb_is_zero(integer_magnitude(&r), n)));
  }
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  ct_clear_stack();
  return rc;
}

int32_t ecm_unit_response(const uint8_t *N, size_t nlen, ecm_handle sec_tau, const uint8_t *e, size_t e_len, ecm_handle sec_sigma,
                          uint8_t *out) {
  if (out == NULL || nlen > 8 * MOD_MAX_WORDS) return ECM_E_ARGUMENT;
  memset(out, 0, nlen);
  if (e == NULL || e_len == 0 || e_len > 8 * MOD_MAX_WORDS) return ECM_E_ARGUMENT;
  mod_ctx ctx;
  int32_t rc = unit_modulus(&ctx, N, nlen);
  if (rc != ECM_OK) return rc;
  size_t n = ctx.n, ew = (e_len + 7) / 8;
  uint64_t exponent[MOD_MAX_WORDS];
  limb_from_bytes(exponent, ew, e, e_len);
  uint64_t *tau = vault_scratch(3 * 8 * n);
  if (tau == NULL) return ECM_E_VAULT_FULL;
  uint64_t *sigma = tau + n, *power = sigma + n;
  rc = integer_get_below(sec_tau, tau, ctx.m, n);
  if (rc == ECM_OK) rc = integer_get_below(sec_sigma, sigma, ctx.m, n);
  mod_term term = {sigma, exponent, ew};
  mod_job job = {&ctx, &term, 1, power};
  if (rc == ECM_OK) rc = mod_pow(&job, 1, 1, 1 | MOD_EXPONENT_PUBLIC(0));
  if (rc == ECM_OK) rc = mod_mul(&ctx, 1, tau, tau, power);
  if (rc == ECM_OK) {
    limb_to_bytes(out, nlen, tau, n);
    ECM_CT_PUBLIC(out, nlen);
  }
  vault_scratch_free(tau);
  ct_clear_stack();
  return rc;
}
