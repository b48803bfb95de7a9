/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC, PBKDF2 and authenticated encryption under keys in the vault. */
#include "blob.h"
#include "chacha20.h"
#include "ct.h"
#include "random.h"
#include "sha512.h"

#define SEAL_SALT 32
#define SEAL_TAG 64
_Static_assert(SEAL_SALT + SEAL_TAG == ECM_SEAL_OVERHEAD, "ecm.h states the sum");

int32_t ecm_hmac(ecm_handle sec_key, const uint8_t *data, size_t len, uint8_t *out64) {
  if (out64 == NULL) return ECM_E_ARGUMENT;
  memset(out64, 0, SHA512_LEN);
  if (data == NULL && len > 0) return ECM_E_ARGUMENT;
  vault_ref key;
  int32_t rc = vault_pin(sec_key, ECM_KIND_BLOB, &key);
  if (rc != ECM_OK) return rc;
  hmac_sha512(out64, key.ptr, key.len, data, len);
  ECM_CT_PUBLIC(out64, SHA512_LEN); /* by contract */
  vault_unpin(&key);
  ct_clear_stack();
  return ECM_OK;
}

int32_t ecm_hmac_verify(ecm_handle sec_key, const uint8_t *data, size_t len, const uint8_t *mac64) {
  if (mac64 == NULL || (data == NULL && len > 0)) return ECM_E_ARGUMENT;
  vault_ref key;
  int32_t rc = vault_pin(sec_key, ECM_KIND_BLOB, &key);
  if (rc != ECM_OK) return rc;
  uint8_t mac[SHA512_LEN]; /* the right MAC of a wrong message is a forgery: it does not leave */
  hmac_sha512(mac, key.ptr, key.len, data, len);
  if (!ct_declassify(ct_eq_bytes(mac, mac64, sizeof mac))) rc = ECM_E_VERIFY;
  ct_wipe(mac, sizeof mac);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

int32_t ecm_hmac_secret(ecm_handle sec_key, const uint8_t *data, size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (data == NULL && len > 0) return ECM_E_ARGUMENT;
  vault_ref key = {0}, r = {0};
  int32_t rc = vault_pin(sec_key, ECM_KIND_BLOB, &key);
  if (rc == ECM_OK) rc = blob_new(SHA512_LEN, &r);
  if (rc == ECM_OK) {
    hmac_sha512(r.ptr, key.ptr, key.len, data, len);
    vault_publish(&r, out);
  }
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

/* RFC 8018 §5.2 with one block of output: T = U_1 ^ .. ^ U_c, U_1 = PRF(salt || 1), U_i = PRF(U_(i-1)). The padded key has a
 * block of its own in each of the two hashes, so from U_2 on two compressions make one PRF. */
typedef struct {
  hmac_sha512_ctx key, one;
  uint8_t u[SHA512_LEN], t[SHA512_LEN];
  uint8_t block[SHA512_BLOCK];
  uint64_t h[8];
} pbkdf2_state;

/* s->block = HMAC half: hash of a padded-key block (state h0) and the 64 bytes at s->block, back into s->block. */
static void prf_half(pbkdf2_state *s, const uint64_t h0[8]) {
  memcpy(s->h, h0, sizeof s->h);
  sha512_compress(s->h, s->block);
  sha512_store(s->block, s->h);
}

static void pbkdf2(pbkdf2_state *s, const vault_ref *passphrase, const uint8_t *salt, size_t salt_len, uint32_t iterations) {
  static const uint8_t one[4] = {0, 0, 0, 1};
  hmac_sha512_init(&s->key, passphrase->ptr, passphrase->len);
  s->one = s->key;
  hmac_sha512_update(&s->one, salt, salt_len);
  hmac_sha512_update(&s->one, one, sizeof one);
  hmac_sha512_final(&s->one, s->u);
  memcpy(s->t, s->u, sizeof s->t);

  memcpy(s->block, s->u, sizeof s->u);
  s->block[SHA512_LEN] = 0x80; /* the padding of a message of 128 + 64 bytes: 1536 bits = 0x0600 */
  s->block[SHA512_BLOCK - 2] = 0x06;
  for (uint32_t i = 1; i < iterations; i++) {
    prf_half(s, s->key.inner.h);
    prf_half(s, s->key.outer.h);
    for (size_t j = 0; j < SHA512_LEN; j++) s->t[j] ^= s->block[j];
  }
}

int32_t ecm_pbkdf2(ecm_handle sec_passphrase, const uint8_t *salt, size_t salt_len, uint32_t iterations, size_t out_len,
                   ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if ((salt == NULL && salt_len > 0) || iterations == 0 || out_len == 0 || out_len > SHA512_LEN) return ECM_E_ARGUMENT;
  vault_ref passphrase = {0}, r = {0};
  pbkdf2_state *s = NULL; /* in the vault: it works for long */
  int32_t rc = vault_pin(sec_passphrase, ECM_KIND_BLOB, &passphrase);
  if (rc == ECM_OK) rc = blob_new(out_len, &r);
  if (rc == ECM_OK && (s = vault_scratch(sizeof *s)) == NULL) rc = ECM_E_VAULT_FULL;
  if (rc == ECM_OK) {
    pbkdf2(s, &passphrase, salt, salt_len, iterations);
    memcpy(r.ptr, s->t, out_len);
    vault_publish(&r, out);
  }
  vault_scratch_free(s);
  vault_discard(&r);
  vault_unpin(&passphrase);
  ct_clear_stack();
  return rc;
}

/* k1 || k2 */
typedef struct {
  uint8_t encrypt[32], mac[32];
} seal_keys;
_Static_assert(sizeof(seal_keys) == SHA512_LEN, "one HMAC makes both keys");

static void derive_seal_keys(seal_keys *k, const vault_ref *key, const uint8_t salt[SEAL_SALT]) {
  static const char label[] = "ecm-seal-v1";
  hmac_sha512_ctx c;
  hmac_sha512_init(&c, key->ptr, key->len);
  hmac_sha512_update(&c, label, sizeof label - 1);
  hmac_sha512_update(&c, salt, SEAL_SALT);
  hmac_sha512_final(&c, (uint8_t *)k);
}

static void seal_tag(uint8_t tag[SEAL_TAG], const seal_keys *k, const uint8_t *aad, size_t aad_len, const uint8_t salt[SEAL_SALT],
                     const uint8_t *ciphertext, size_t len) {
  uint8_t aad_len_be[8];
  for (size_t i = 0; i < 8; i++) aad_len_be[i] = (uint8_t)((uint64_t)aad_len >> (56 - 8 * i));
  hmac_sha512_ctx c;
  hmac_sha512_init(&c, k->mac, sizeof k->mac);
  hmac_sha512_update(&c, aad_len_be, sizeof aad_len_be);
  hmac_sha512_update(&c, aad, aad_len);
  hmac_sha512_update(&c, salt, SEAL_SALT);
  hmac_sha512_update(&c, ciphertext, len);
  hmac_sha512_final(&c, tag);
}

/* k1 serves one message only, for salt is random and 256 bits long: so the nonce may be constant. */
static const uint8_t seal_nonce[12];

int32_t ecm_seal(ecm_handle sec_key, const uint8_t *aad, size_t aad_len, ecm_handle sec_blob, uint8_t *out, size_t out_len) {
  if (out == NULL) return ECM_E_ARGUMENT;
  memset(out, 0, out_len);
  if (aad == NULL && aad_len > 0) return ECM_E_ARGUMENT;
  vault_ref key = {0}, in = {0};
  seal_keys k;
  int32_t rc = vault_pin(sec_key, ECM_KIND_BLOB, &key);
  if (rc == ECM_OK) rc = vault_pin(sec_blob, ECM_KIND_BLOB, &in);
  if (rc == ECM_OK && (key.len < 32 || out_len != in.len + ECM_SEAL_OVERHEAD)) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK) rc = random_public(out, SEAL_SALT);
  if (rc == ECM_OK) {
    uint8_t *ciphertext = out + SEAL_SALT;
    derive_seal_keys(&k, &key, out);
    chacha20_xor(ciphertext, in.ptr, in.len, k.encrypt, seal_nonce, 0);
    ECM_CT_PUBLIC(ciphertext, in.len); /* encrypted */
    seal_tag(ciphertext + in.len, &k, aad, aad_len, out, ciphertext, in.len);
    ECM_CT_PUBLIC(ciphertext + in.len, SEAL_TAG);
    ct_wipe(&k, sizeof k);
  }
  vault_unpin(&in);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

int32_t ecm_open(ecm_handle sec_key, const uint8_t *aad, size_t aad_len, const uint8_t *sealed, size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (sealed == NULL || (aad == NULL && aad_len > 0)) return ECM_E_ARGUMENT;
  vault_ref key = {0}, r = {0};
  seal_keys k;
  int32_t rc = vault_pin(sec_key, ECM_KIND_BLOB, &key);
  if (rc == ECM_OK && key.len < 32) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK && (len <= ECM_SEAL_OVERHEAD || len - ECM_SEAL_OVERHEAD > BLOB_MAX)) rc = ECM_E_VERIFY; /* cut off in storage */
  if (rc == ECM_OK) rc = blob_new(len - ECM_SEAL_OVERHEAD, &r);
  if (rc == ECM_OK) {
    uint8_t salt[SEAL_SALT], tag[SEAL_TAG];
    memcpy(salt, sealed, sizeof salt);
    memcpy(r.ptr, sealed + SEAL_SALT, r.len); /* what is checked is what is decrypted, whatever happens to the caller's bytes */
    derive_seal_keys(&k, &key, salt);
    seal_tag(tag, &k, aad, aad_len, salt, r.ptr, r.len);
    if (ct_declassify(ct_eq_bytes(tag, sealed + SEAL_SALT + r.len, SEAL_TAG))) {
      chacha20_xor(r.ptr, r.ptr, r.len, k.encrypt, seal_nonce, 0);
      vault_publish(&r, out);
    } else {
      rc = ECM_E_VERIFY;
    }
    ct_wipe(tag, sizeof tag);
    ct_wipe(&k, sizeof k);
  }
  vault_discard(&r);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}
