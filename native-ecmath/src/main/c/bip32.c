/* SPDX-License-Identifier: Apache-2.0 */
/* BIP-32 private derivation; names as in the BIP ("Private parent key -> private child key"). */
#include "blob.h"
#include "ct.h"
#include "curve.h"
#include "sha512.h"

#define HARDENED 0x80000000u
#define MAX_DEPTH 255 /* one byte in the BIP's serialisation */

typedef struct {
  uint64_t k[4];      /* private key */
  uint8_t chain[32];  /* chain code */
  uint8_t data[37];   /* what is hashed: 0x00 || ser256(k) or serP(K), then ser32(i) */
  uint8_t i[64];      /* I = I_L || I_R */
  uint64_t left[4];   /* parse256(I_L) */
} derivation;

/* I has been hashed: I_L to left, I_R to the chain code. Whether a key is valid becomes public. */
static int32_t split(derivation *d) {
  uint64_t in_range = curve_secp256k1.sc_decode(d->left, d->i);
  memcpy(d->chain, d->i + 32, sizeof d->chain);
  return ct_declassify(in_range) ? ECM_OK : ECM_E_RANGE;
}

static int32_t check_key(const uint64_t k[4]) {
  return ct_declassify(ct_is_zero(k[0] | k[1] | k[2] | k[3])) ? ECM_E_RANGE : ECM_OK;
}

static int32_t master_key(derivation *d, const vault_ref *seed) {
  static const char label[] = "Bitcoin seed";
  hmac_sha512(d->i, label, sizeof label - 1, seed->ptr, seed->len);
  int32_t rc = split(d);
  memcpy(d->k, d->left, sizeof d->k);
  return rc == ECM_OK ? check_key(d->k) : rc;
}

static int32_t child_key(derivation *d, uint32_t index) {
  if (index & HARDENED) {
    d->data[0] = 0;
    curve_secp256k1.sc_encode(d->data + 1, d->k);
  } else {
    int32_t rc = curve_secp256k1.mul_base(d->data, d->k);
    if (rc != ECM_OK) return ECM_E_FAULT; /* k is in [1, q) */
  }
  for (size_t j = 0; j < 4; j++) d->data[33 + j] = (uint8_t)(index >> (24 - 8 * j));
  hmac_sha512(d->i, d->chain, sizeof d->chain, d->data, sizeof d->data);
  int32_t rc = split(d);
  curve_secp256k1.sc_add(d->k, d->left, d->k);
  return rc == ECM_OK ? check_key(d->k) : rc;
}

int32_t ecm_bip32_derive(ecm_handle sec_seed, const uint32_t *path, size_t n, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (n > MAX_DEPTH || (path == NULL && n > 0)) return ECM_E_ARGUMENT;
  vault_ref seed = {0}, r = {0};
  derivation *d = NULL;
  int32_t rc = vault_pin(sec_seed, ECM_KIND_BLOB, &seed);
  if (rc == ECM_OK && (seed.len < 16 || seed.len > 64)) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK) rc = blob_new(32, &r);
  if (rc == ECM_OK && (d = vault_scratch(sizeof *d)) == NULL) rc = ECM_E_VAULT_FULL;
  if (rc == ECM_OK) rc = master_key(d, &seed);
  for (size_t i = 0; rc == ECM_OK && i < n; i++) rc = child_key(d, path[i]);
  if (rc == ECM_OK) {
    curve_secp256k1.sc_encode(r.ptr, d->k);
    vault_publish(&r, out);
  }
  vault_scratch_free(d);
  vault_discard(&r);
  vault_unpin(&seed);
  ct_clear_stack();
  return rc;
}
