/* SPDX-License-Identifier: Apache-2.0 */
#include "rivals.h"
#include <stdatomic.h>
#include <string.h>
#if HAVE_SECP256K1
#include <secp256k1.h>
#include <secp256k1_ecdh.h>
#endif
#if HAVE_SODIUM
#include <sodium.h>
#endif

#if HAVE_SECP256K1
static const secp256k1_context *context(void) {
  static _Atomic(secp256k1_context *) made; /* threads that race here leak one */
  secp256k1_context *c = atomic_load(&made);
  if (!c) {
    c = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    atomic_store(&made, c);
  }
  return c;
}

/* Instead of a hash of the point: the point. */
static int compressed(unsigned char *out, const unsigned char *x32, const unsigned char *y32, void *data) {
  out[0] = (unsigned char)(2 | (y32[31] & 1));
  memcpy(out + 1, x32, 32);
  return 1;
}

int32_t rivals_secp256k1_base(const uint8_t *k32, uint8_t *out33) {
  secp256k1_pubkey key;
  size_t len = 33;
  if (!secp256k1_ec_pubkey_create(context(), &key, k32)) return RIVALS_FAILED;
  return secp256k1_ec_pubkey_serialize(context(), out33, &len, &key, SECP256K1_EC_COMPRESSED) ? RIVALS_OK : RIVALS_FAILED;
}

int32_t rivals_secp256k1_mul(const uint8_t *point33, const uint8_t *k32, uint8_t *out33) {
  secp256k1_pubkey key;
  if (!secp256k1_ec_pubkey_parse(context(), &key, point33, 33)) return RIVALS_FAILED;
  return secp256k1_ecdh(context(), out33, &key, k32, compressed, NULL) ? RIVALS_OK : RIVALS_FAILED;
}

int32_t rivals_secp256k1_verify(const uint8_t *q33, const uint8_t *digest32, const uint8_t *rs64) {
  secp256k1_pubkey key;
  secp256k1_ecdsa_signature signature;
  int ok = secp256k1_ec_pubkey_parse(context(), &key, q33, 33) && secp256k1_ecdsa_signature_parse_compact(context(), &signature, rs64) &&
           secp256k1_ecdsa_verify(context(), &signature, digest32, &key);
  return ok ? RIVALS_OK : RIVALS_FAILED;
}
#else
int32_t rivals_secp256k1_base(const uint8_t *k32, uint8_t *out33) {
  return RIVALS_ABSENT;
}
int32_t rivals_secp256k1_mul(const uint8_t *point33, const uint8_t *k32, uint8_t *out33) {
  return RIVALS_ABSENT;
}
int32_t rivals_secp256k1_verify(const uint8_t *q33, const uint8_t *digest32, const uint8_t *rs64) {
  return RIVALS_ABSENT;
}
#endif

#if HAVE_SODIUM
int32_t rivals_sodium_base(const uint8_t *k32, uint8_t *out32) {
  if (sodium_init() < 0) return RIVALS_FAILED;
  return crypto_scalarmult_ed25519_base_noclamp(out32, k32) ? RIVALS_FAILED : RIVALS_OK;
}

int32_t rivals_sodium_mul(const uint8_t *point32, const uint8_t *k32, uint8_t *out32) {
  if (sodium_init() < 0) return RIVALS_FAILED;
  return crypto_scalarmult_ed25519_noclamp(out32, k32, point32) ? RIVALS_FAILED : RIVALS_OK;
}

int32_t rivals_sodium_sign(const uint8_t *key64, const uint8_t *message, size_t len, uint8_t *sig64) {
  if (sodium_init() < 0) return RIVALS_FAILED;
  return crypto_sign_detached(sig64, NULL, message, len, key64) ? RIVALS_FAILED : RIVALS_OK;
}

int32_t rivals_sodium_verify(const uint8_t *a32, const uint8_t *message, size_t len, const uint8_t *sig64) {
  if (sodium_init() < 0) return RIVALS_FAILED;
  return crypto_sign_verify_detached(sig64, message, len, a32) ? RIVALS_FAILED : RIVALS_OK;
}
#else
int32_t rivals_sodium_base(const uint8_t *k32, uint8_t *out32) {
  return RIVALS_ABSENT;
}
int32_t rivals_sodium_mul(const uint8_t *point32, const uint8_t *k32, uint8_t *out32) {
  return RIVALS_ABSENT;
}
int32_t rivals_sodium_sign(const uint8_t *key64, const uint8_t *message, size_t len, uint8_t *sig64) {
  return RIVALS_ABSENT;
}
int32_t rivals_sodium_verify(const uint8_t *a32, const uint8_t *message, size_t len, const uint8_t *sig64) {
  return RIVALS_ABSENT;
}
#endif
