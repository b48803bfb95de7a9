/* SPDX-License-Identifier: Apache-2.0 */
/* ecm_point_* and the verification of signatures, for both curves. */
#include "ct.h"
#include "curve.h"
#include "vault.h"

#define BATCH_MAX (SIZE_MAX / 64) /* so that n * point_len does not wrap */

const curve_ops *curve_by_id(uint32_t id) {
  return id == ECM_SECP256K1 ? &curve_secp256k1 : id == ECM_ED25519 ? &curve_ed25519 : NULL;
}

static int32_t pin_scalar(const curve_ops *c, ecm_handle h, vault_ref *ref) {
  int32_t rc = vault_pin(h, ECM_KIND_SCALAR, ref);
  if (rc == ECM_OK && ref->tag != c->id) {
    vault_unpin(ref);
    rc = ECM_E_KIND;
  }
  return rc;
}

/* points: NULL for the generator. */
static int32_t mul_batch(const curve_ops *c, size_t n, const uint8_t *points, const ecm_handle *sec_k, uint8_t *out) {
  int32_t rc = ECM_OK;
  for (size_t i = 0; rc == ECM_OK && i < n; i++) {
    vault_ref k = {0};
    uint8_t *const o = out + i * c->point_len;
    rc = pin_scalar(c, sec_k[i], &k);
    if (rc == ECM_OK) rc = points ? c->mul(o, points + i * c->point_len, k.ptr) : c->mul_base(o, k.ptr);
    vault_unpin(&k);
  }
  if (rc != ECM_OK) memset(out, 0, n * c->point_len);
  ct_clear_stack();
  return rc;
}

int32_t ecm_point_mul_base(uint32_t curve, size_t n, const ecm_handle *sec_k, uint8_t *out) {
  const curve_ops *const c = curve_by_id(curve);
  if (!c || n > BATCH_MAX || (n && !out)) return ECM_E_ARGUMENT;
  if (n == 0) return ECM_OK;
  memset(out, 0, n * c->point_len);
  if (!sec_k) return ECM_E_ARGUMENT;
  return mul_batch(c, n, NULL, sec_k, out);
}

int32_t ecm_point_mul(uint32_t curve, size_t n, const uint8_t *points, const ecm_handle *sec_k, uint8_t *out) {
  const curve_ops *const c = curve_by_id(curve);
  if (!c || n > BATCH_MAX || (n && !out)) return ECM_E_ARGUMENT;
  if (n == 0) return ECM_OK;
  memset(out, 0, n * c->point_len);
  if (!sec_k || !points) return ECM_E_ARGUMENT;
  return mul_batch(c, n, points, sec_k, out);
}

int32_t ecm_point_dh(uint32_t curve, const uint8_t *point, ecm_handle sec_k, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c || !point) return ECM_E_ARGUMENT;
  vault_ref k = {0}, result = {0};
  int32_t rc = pin_scalar(c, sec_k, &k);
  if (rc == ECM_OK) rc = vault_new(ECM_KIND_BLOB, 0, c->point_len, &result);
  if (rc == ECM_OK) rc = c->mul_secret(result.ptr, point, k.ptr);
  if (rc == ECM_OK) vault_publish(&result, out);
  vault_discard(&result);
  vault_unpin(&k);
  ct_clear_stack();
  return rc;
}

int32_t ecm_point_check_vartime(uint32_t curve, size_t n, const uint8_t *points) {
  const curve_ops *const c = curve_by_id(curve);
  if (!c || n > BATCH_MAX || (n && !points)) return ECM_E_ARGUMENT;
  int32_t rc = ECM_OK;
  for (size_t i = 0; rc == ECM_OK && i < n; i++) rc = c->check_vartime(points + i * c->point_len);
  return rc;
}

int32_t ecm_point_linear_vartime(uint32_t curve, const uint8_t *base_scalar, size_t n, const uint8_t *scalars,
                                 const uint8_t *points, uint8_t *out) {
  const curve_ops *const c = curve_by_id(curve);
  if (!c || !out) return ECM_E_ARGUMENT;
  memset(out, 0, c->point_len);
  if (n > BATCH_MAX || (n && (!scalars || !points))) return ECM_E_ARGUMENT;
  const int32_t rc = c->linear_vartime(out, base_scalar, n, scalars, points);
  if (rc != ECM_OK) memset(out, 0, c->point_len);
  return rc;
}

int32_t ecm_ecdsa_verify_vartime(const uint8_t *q33, const uint8_t *digest32, const uint8_t *r32, const uint8_t *s32) {
  if (!q33 || !digest32 || !r32 || !s32) return ECM_E_ARGUMENT;
  return secp256k1_ecdsa_verify_vartime(q33, digest32, r32, s32);
}

int32_t ecm_ed25519_verify_vartime(const uint8_t *a32, const uint8_t *message, size_t len, const uint8_t *sig64) {
  if (!a32 || !sig64 || (!message && len)) return ECM_E_ARGUMENT;
  return ed25519_verify_vartime(a32, message, len, sig64);
}
