/* SPDX-License-Identifier: Apache-2.0 */
/* What the library is, and whether it still computes as it should. */
#include "chacha20.h"
#include "ct.h"
#include "curve.h"
#include "modular.h"
#include "paillier.h"
#include "random.h"
#include "self_test_vectors.h"
#include "sha512.h"
#include "vault.h"

int32_t ecm_abi_version(void) { return ECM_ABI_VERSION; }

int32_t ecm_kernel(uint8_t *out16) {
  if (out16 == NULL) return ECM_E_ARGUMENT;
  memset(out16, 0, 16);
  const char *name = mod_kernel_name();
  for (size_t i = 0; i < 15 && name[i] != 0; i++) out16[i] = (uint8_t)name[i];
  return ECM_OK;
}

static int same(const void *a, const void *b, size_t n) { return memcmp(a, b, n) == 0; } /* known answers are public */

static int hashes_work(void) {
  uint8_t out[64];
  sha512(out, "abc", 3);
  if (!same(out, kat_sha512, sizeof kat_sha512)) return 0;
  hmac_sha512(out, "Jefe", 4, "what do ya want for nothing?", 28);
  return same(out, kat_hmac, sizeof kat_hmac);
}

static int chacha20_works(void) {
  uint8_t key[32], out[64] = {0};
  for (size_t i = 0; i < sizeof key; i++) key[i] = (uint8_t)i;
  chacha20_xor(out, out, sizeof out, key, kat_chacha_nonce, 1);
  return same(out, kat_chacha, sizeof kat_chacha);
}

/* A generator that is stuck, as SP 800-90B §4.4.1 looks for; the kernel tests its own sources. */
static int random_works(void) {
  uint8_t a[32], b[32];
  return random_public(a, sizeof a) == ECM_OK && random_public(b, sizeof b) == ECM_OK && !same(a, b, sizeof a);
}

static int vault_works(void) {
  static const uint8_t content[3] = {'a', 'b', 'c'};
  ecm_handle h;
  vault_ref r;
  if (ecm_blob_from_public(content, sizeof content, &h) != ECM_OK) return 0;
  int ok = vault_pin(h, ECM_KIND_BLOB, &r) == ECM_OK && r.len == 3 && same(r.ptr, content, 3);
  vault_unpin(&r);
  ok &= vault_pin(h, ECM_KIND_SCALAR, &r) == ECM_E_KIND;
  ok &= ecm_secret_free(h) == ECM_OK;
  return ok && ecm_secret_free(h) == ECM_E_HANDLE;
}

static int secp256k1_works(void) {
  uint64_t k[4];
  uint8_t out[33], other[32];
  if (!curve_secp256k1.sc_decode(k, kat_secp_k) || curve_secp256k1.mul_base(out, k) != ECM_OK) return 0;
  if (!same(out, kat_secp_kg, sizeof out)) return 0;
  memcpy(other, kat_ecdsa_digest, sizeof other);
  other[31] ^= 1;
  return secp256k1_ecdsa_verify_vartime(kat_ecdsa_key, kat_ecdsa_digest, kat_ecdsa_r, kat_ecdsa_s) == ECM_OK &&
         secp256k1_ecdsa_verify_vartime(kat_ecdsa_key, other, kat_ecdsa_r, kat_ecdsa_s) == ECM_E_VERIFY;
}

static int ed25519_works(void) {
  uint8_t hash[64], out[32], other[1] = {kat_ed_message[0] ^ 1};
  uint64_t k[4];
  sha512(hash, kat_ed_seed, sizeof kat_ed_seed);
  memset(hash + 32, 0, 32);
  hash[0] &= 0xf8; /* RFC 8032 §5.1.5 */
  hash[31] = (uint8_t)((hash[31] & 0x7f) | 0x40);
  curve_ed25519.sc_reduce_wide(k, hash);
  if (curve_ed25519.mul_base(out, k) != ECM_OK || !same(out, kat_ed_public, sizeof out)) return 0;
  return ed25519_verify_vartime(kat_ed_public, kat_ed_message, sizeof kat_ed_message, kat_ed_signature) == ECM_OK &&
         ed25519_verify_vartime(kat_ed_public, other, sizeof other, kat_ed_signature) == ECM_E_VERIFY;
}

static int power_works(void) {
  static const uint32_t exp_len = sizeof kat_pai_exp;
  uint8_t out[64];
  return ecm_pow_vartime(kat_pai_n, 64, 1, 1, 1, kat_pai_base, kat_pai_exp, &exp_len, out) == ECM_OK &&
         same(out, kat_pai_pow, sizeof out);
}

static void words_from_bytes(uint64_t *w, const uint8_t *b, size_t words) {
  for (size_t i = 0; i < 8 * words; i++) w[words - 1 - i / 8] = w[words - 1 - i / 8] << 8 | b[i];
}

/* Encrypts by the public way, which is the secret-exponent path, and decrypts by CRT. */
static int paillier_works(void) {
  uint64_t p[4] = {0}, q[4] = {0};
  uint8_t c[128];
  vault_ref key = {0};
  ecm_handle h = 0, m = 0, rho = 0, plain = 0;
  uint32_t equal = 0;
  words_from_bytes(p, kat_pai_p, 4);
  words_from_bytes(q, kat_pai_q, 4);
  int ok = ecm_int_from_public(kat_pai_m, sizeof kat_pai_m, &m) == ECM_OK;
  ok = ok && ecm_int_from_public(kat_pai_rho, sizeof kat_pai_rho, &rho) == ECM_OK;
  ok = ok && ecm_paillier_affine(kat_pai_n, 64, 1, NULL, NULL, &m, &rho, c) == ECM_OK && same(c, kat_pai_c, sizeof c);
  ok = ok && paillier_from_primes(512, p, q, &key) == ECM_OK;
  if (ok) vault_publish(&key, &h);
  ok = ok && ecm_paillier_decrypt(h, 1, kat_pai_c, 0, &plain) == ECM_OK;
  ok = ok && ecm_secret_equal(plain, m, &equal) == ECM_OK && equal;
  vault_discard(&key);
  const ecm_handle made[4] = {plain, h, rho, m};
  for (size_t i = 0; i < 4; i++)
    if (made[i] != 0) (void)ecm_secret_free(made[i]);
  return ok;
}

int32_t ecm_self_test(void) {
  uint64_t report[ECM_REPORT_WORDS];
  if (ecm_vault_report(report) != ECM_OK) return ECM_E_VAULT_CLOSED;
  int ok = hashes_work() && chacha20_works() && random_works() && vault_works() && secp256k1_works() && ed25519_works() &&
           power_works() && paillier_works();
  ct_clear_stack();
  return ok ? ECM_OK : ECM_E_SELF_TEST;
}
