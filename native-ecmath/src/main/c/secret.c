/* SPDX-License-Identifier: Apache-2.0 */
/* What every secret answers to: what it is, where a blob lies, and whether two are equal. */
#include "ct.h"
#include "vault.h"

int32_t ecm_secret_info(ecm_handle sec_h, uint32_t *kind, uint64_t *length) {
  if (kind == NULL || length == NULL) return ECM_E_ARGUMENT;
  *kind = 0;
  *length = 0;
  vault_ref r;
  int32_t rc = vault_pin(sec_h, 0, &r);
  if (rc != ECM_OK) return rc;
  *kind = r.kind;
  switch (r.kind) {
    case ECM_KIND_INTEGER: *length = r.len - 8; break;
    case ECM_KIND_PAILLIER:
    case ECM_KIND_PEDERSEN:
    case ECM_KIND_BASES: *length = r.tag; break; /* bytes of N */
    default: *length = r.len;
  }
  vault_unpin(&r);
  return ECM_OK;
}

int32_t ecm_secret_address(ecm_handle sec_blob, uint64_t *address, uint64_t *length) {
  if (address == NULL || length == NULL) return ECM_E_ARGUMENT;
  *address = *length = 0;
  vault_ref r;
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &r);
  if (rc != ECM_OK) return rc;
  *address = (uint64_t)(uintptr_t)r.ptr;
  *length = r.len;
  vault_unpin(&r);
  return ECM_OK;
}

/* By value: words that only the wider one has must be zero. Time depends on the two widths. */
static uint64_t integers_equal(const vault_ref *a, const vault_ref *b) {
  const uint64_t *x = a->ptr, *y = b->ptr;
  size_t xn = a->len / 8, yn = b->len / 8, n = xn > yn ? xn : yn;
  uint64_t diff = 0;
  for (size_t i = 0; i < n; i++) diff |= (i < xn ? x[i] : 0) ^ (i < yn ? y[i] : 0); /* word 0 is the sign */
  return ct_is_zero(diff);
}

int32_t ecm_secret_equal(ecm_handle sec_a, ecm_handle sec_b, uint32_t *equal) {
  if (equal == NULL) return ECM_E_ARGUMENT;
  *equal = 0;
  vault_ref a = {0}, b = {0};
  int32_t rc = vault_pin(sec_a, 0, &a);
  if (rc == ECM_OK) rc = vault_pin(sec_b, 0, &b);
  if (rc == ECM_OK) {
    if (a.kind != b.kind) {
      rc = ECM_E_KIND;
    } else if (a.kind == ECM_KIND_BLOB) {
      *equal = a.len == b.len && ct_declassify(ct_eq_bytes(a.ptr, b.ptr, a.len));
    } else if (a.kind == ECM_KIND_SCALAR && a.tag == b.tag) {
      *equal = (uint32_t)ct_declassify(ct_eq_bytes(a.ptr, b.ptr, 32));
    } else if (a.kind == ECM_KIND_INTEGER) {
      *equal = (uint32_t)ct_declassify(integers_equal(&a, &b));
    } else {
      rc = ECM_E_KIND;
    }
  }
  vault_unpin(&b);
  vault_unpin(&a);
  ct_clear_stack();
  return rc;
}
