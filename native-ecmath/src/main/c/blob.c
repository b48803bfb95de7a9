/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs: made, filled, cut, padded. Lengths are public, content is not. Reading them from files: blob_read.c. */
#include "blob.h"

#include "ct.h"
#include "random.h"
#include "sha512.h"

int32_t blob_new(size_t len, vault_ref *ref) {
  memset(ref, 0, sizeof *ref);
  if (len == 0 || len > BLOB_MAX) return ECM_E_ARGUMENT;
  return vault_new(ECM_KIND_BLOB, 0, len, ref);
}

int32_t ecm_blob_new(size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref r;
  int32_t rc = blob_new(len, &r);
  if (rc == ECM_OK) vault_publish(&r, out);
  return rc;
}

int32_t ecm_blob_from_public(const uint8_t *data, size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (data == NULL) return ECM_E_ARGUMENT;
  vault_ref r;
  int32_t rc = blob_new(len, &r);
  if (rc != ECM_OK) return rc;
  memcpy(r.ptr, data, len);
  vault_publish(&r, out);
  return ECM_OK;
}

/* x ^= HMAC-SHA-512(mix, salt || BE64(i)) for the i-th 64 bytes of x. x and salt are separate draws from the kernel: whatever mix
 * is, the result is exactly as good as x; and if the kernel's generator were known to an attacker, it is as good as mix. */
typedef struct {
  hmac_sha512_ctx keyed, one;
  uint8_t salt[64], pad[64];
} mixer;

static int32_t mix_in(uint8_t *x, size_t len, const vault_ref *mix) {
  mixer *m = vault_scratch(sizeof *m);
  if (m == NULL) return ECM_E_VAULT_FULL;
  int32_t rc = random_secret(m->salt, sizeof m->salt);
  if (rc == ECM_OK) {
    hmac_sha512_init(&m->keyed, mix->ptr, mix->len);
    hmac_sha512_update(&m->keyed, m->salt, sizeof m->salt);
    for (size_t at = 0; at < len; at += 64) {
      uint8_t counter[8];
      for (size_t j = 0; j < 8; j++) counter[j] = (uint8_t)((at / 64) >> (56 - 8 * j));
      m->one = m->keyed;
      hmac_sha512_update(&m->one, counter, sizeof counter);
      hmac_sha512_final(&m->one, m->pad);
      for (size_t i = 0; i < 64 && at + i < len; i++) x[at + i] ^= m->pad[i];
    }
  }
  vault_scratch_free(m);
  return rc;
}

int32_t ecm_blob_random(size_t len, ecm_handle sec_mix, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref mix = {0}, r = {0};
  int32_t rc = sec_mix == 0 ? ECM_OK : vault_pin(sec_mix, ECM_KIND_BLOB, &mix);
  if (rc == ECM_OK) rc = blob_new(len, &r);
  if (rc == ECM_OK) rc = random_secret(r.ptr, len);
  if (rc == ECM_OK && mix.ptr != NULL) rc = mix_in(r.ptr, len, &mix);
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  vault_unpin(&mix);
  ct_clear_stack();
  return rc;
}

int32_t ecm_blob_slice(ecm_handle sec_blob, size_t offset, size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref in = {0}, r = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &in);
  if (rc == ECM_OK && (offset > in.len || len > in.len - offset)) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK) rc = blob_new(len, &r);
  if (rc == ECM_OK) {
    memcpy(r.ptr, (const uint8_t *)in.ptr + offset, len);
    vault_publish(&r, out);
  }
  vault_unpin(&in);
  ct_clear_stack();
  return rc;
}

int32_t ecm_blob_concat(size_t n, const ecm_handle *sec_blobs, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (n == 0 || n > BLOB_MAX || sec_blobs == NULL) return ECM_E_ARGUMENT;
  vault_ref in = {0}, r = {0};
  size_t total = 0;
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < n; i++) {
    rc = vault_pin(sec_blobs[i], ECM_KIND_BLOB, &in);
    if (rc != ECM_OK) return rc;
    total += in.len;
    vault_unpin(&in);
    if (total > BLOB_MAX) return ECM_E_ARGUMENT;
  }
  rc = blob_new(total, &r);
  uint8_t *at = r.ptr;
  for (size_t i = 0; rc == ECM_OK && i < n; i++) {
    rc = vault_pin(sec_blobs[i], ECM_KIND_BLOB, &in); /* a handle never changes its length; it may only have gone */
    if (rc != ECM_OK) break;
    memcpy(at, in.ptr, in.len);
    at += in.len;
    vault_unpin(&in);
  }
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  ct_clear_stack();
  return rc;
}

int32_t ecm_blob_pad16(ecm_handle sec_blob, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref in = {0}, r = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &in);
  if (rc == ECM_OK) rc = blob_new((4 + in.len + 15) / 16 * 16, &r);
  if (rc == ECM_OK) {
    uint8_t *p = r.ptr;
    for (size_t i = 0; i < 4; i++) p[i] = (uint8_t)(in.len >> (24 - 8 * i));
    memcpy(p + 4, in.ptr, in.len);
    vault_publish(&r, out);
  }
  vault_unpin(&in);
  ct_clear_stack();
  return rc;
}

int32_t ecm_blob_unpad16(ecm_handle sec_blob, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref in = {0}, r = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &in);
  if (rc == ECM_OK && (in.len < 16 || in.len % 16 != 0)) rc = ECM_E_FORMAT;
  if (rc == ECM_OK) {
    const uint8_t *p = in.ptr;
    uint64_t len = 0, rest = 0;
    for (size_t i = 0; i < 4; i++) len = len << 8 | p[i];
    ECM_CT_PUBLIC(&len, sizeof len); /* it becomes the length of a blob */
    if (len == 0 || len > in.len - 4 || in.len - 4 - len >= 16) {
      rc = ECM_E_FORMAT;
    } else {
      for (size_t i = 4 + (size_t)len; i < in.len; i++) rest |= p[i];
      if (!ct_declassify(ct_is_zero(rest))) rc = ECM_E_FORMAT;
    }
    if (rc == ECM_OK) rc = blob_new((size_t)len, &r);
    if (rc == ECM_OK) {
      memcpy(r.ptr, p + 4, (size_t)len);
      vault_publish(&r, out);
    }
  }
  vault_unpin(&in);
  ct_clear_stack();
  return rc;
}
