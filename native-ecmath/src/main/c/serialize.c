/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets as blobs and back. Version 1 begins with two bytes, version and ECM_KIND_, then:
 *   SCALAR    curve (1 byte), wire encoding (32)
 *   INTEGER   sign (1 byte, 0 or 1), magnitude, unsigned big-endian: 8 bytes per word of its width, leading zeros included
 *   PAILLIER, PEDERSEN: see paillier.h, pedersen.h
 * Canonical: each blob that loads is the serialisation of what it loads to.
 */
#include "blob.h"
#include "ct.h"
#include "curve.h"
#include "paillier.h"
#include "pedersen.h"

#define VERSION 1
#define SCALAR_BLOB (3 + 32)
#define INTEGER_HEADER 3
#define INTEGER_MAX_WORDS (8192 / 64) /* ecm.h */

static int32_t serialize_scalar(const vault_ref *s, vault_ref *out) {
  const curve_ops *curve = curve_by_id(s->tag);
  if (curve == NULL) return ECM_E_FAULT;
  int32_t rc = blob_new(SCALAR_BLOB, out);
  if (rc != ECM_OK) return rc;
  uint8_t *p = out->ptr;
  p[0] = VERSION;
  p[1] = ECM_KIND_SCALAR;
  p[2] = (uint8_t)curve->id;
  curve->sc_encode(p + 3, s->ptr);
  return ECM_OK;
}

static int32_t load_scalar(const uint8_t *p, size_t len, vault_ref *out) {
  if (len != SCALAR_BLOB) return ECM_E_FORMAT;
  uint8_t id = p[2];
  ECM_CT_PUBLIC(&id, 1);
  const curve_ops *curve = curve_by_id(id);
  if (curve == NULL) return ECM_E_FORMAT;
  int32_t rc = vault_new(ECM_KIND_SCALAR, curve->id, 32, out);
  if (rc != ECM_OK) return rc;
  return ct_declassify(curve->sc_decode(out->ptr, p + 3)) ? ECM_OK : ECM_E_FORMAT;
}

static int32_t serialize_integer(const vault_ref *s, vault_ref *out) {
  size_t words = s->len / 8 - 1;
  int32_t rc = blob_new(INTEGER_HEADER + 8 * words, out);
  if (rc != ECM_OK) return rc;
  const uint64_t *x = s->ptr;
  uint8_t *p = out->ptr;
  p[0] = VERSION;
  p[1] = ECM_KIND_INTEGER;
  p[2] = (uint8_t)x[0];
  p += INTEGER_HEADER;
  for (size_t i = 0; i < 8 * words; i++) p[i] = (uint8_t)(x[words - i / 8] >> (56 - 8 * (i % 8)));
  return ECM_OK;
}

static int32_t load_integer(const uint8_t *p, size_t len, vault_ref *out) {
  size_t words = (len - INTEGER_HEADER) / 8; /* 0, or huge, if len is too small */
  if (len <= INTEGER_HEADER || (len - INTEGER_HEADER) % 8 != 0 || words > INTEGER_MAX_WORDS) return ECM_E_FORMAT;
  int32_t rc = vault_new(ECM_KIND_INTEGER, 0, 8 + 8 * words, out);
  if (rc != ECM_OK) return rc;
  uint64_t *x = out->ptr, any = 0;
  for (size_t i = 0; i < words; i++) {
    const uint8_t *at = p + INTEGER_HEADER + 8 * (words - 1 - i);
    for (size_t j = 0; j < 8; j++) x[1 + i] = x[1 + i] << 8 | at[j];
    any |= x[1 + i];
  }
  x[0] = p[2];
  uint64_t bad = ct_lt(1, x[0]) | (ct_eq(x[0], 1) & ct_is_zero(any)); /* no other sign, and no negative zero */
  return ct_declassify(bad) ? ECM_E_FORMAT : ECM_OK;
}

int32_t ecm_serialize(ecm_handle sec_h, ecm_handle *out_blob) {
  if (out_blob == NULL) return ECM_E_ARGUMENT;
  *out_blob = 0;
  vault_ref s = {0}, r = {0};
  int32_t rc = vault_pin(sec_h, 0, &s);
  if (rc == ECM_OK) {
    switch (s.kind) {
      case ECM_KIND_SCALAR: rc = serialize_scalar(&s, &r); break;
      case ECM_KIND_INTEGER: rc = serialize_integer(&s, &r); break;
      case ECM_KIND_PAILLIER: rc = paillier_serialize(&s, &r); break;
      case ECM_KIND_PEDERSEN: rc = pedersen_serialize(&s, &r); break;
      default: rc = ECM_E_KIND;
    }
  }
  if (rc == ECM_OK) vault_publish(&r, out_blob);
  vault_discard(&r);
  vault_unpin(&s);
  ct_clear_stack();
  return rc;
}

int32_t ecm_load(uint32_t kind, ecm_handle sec_blob, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (kind != ECM_KIND_SCALAR && kind != ECM_KIND_INTEGER && kind != ECM_KIND_PAILLIER && kind != ECM_KIND_PEDERSEN)
    return ECM_E_ARGUMENT;
  vault_ref in = {0}, r = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &in);
  if (rc == ECM_OK) {
    const uint8_t *p = in.ptr;
    if (in.len < 3 || !ct_declassify(ct_eq(p[0], VERSION) & ct_eq(p[1], kind))) rc = ECM_E_FORMAT;
    else if (kind == ECM_KIND_SCALAR) rc = load_scalar(p, in.len, &r);
    else if (kind == ECM_KIND_INTEGER) rc = load_integer(p, in.len, &r);
    else if (kind == ECM_KIND_PAILLIER) rc = paillier_load(p, in.len, &r);
    else rc = pedersen_load(p, in.len, &r);
  }
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  vault_unpin(&in);
  ct_clear_stack();
  return rc;
}
