/* SPDX-License-Identifier: Apache-2.0 */
/* Making, storing and reading Paillier keys. */
#include "blob.h"
#include "crt.h"
#include "ct.h"
#include "integer.h"
#include "limb.h"
#include "paillier.h"
#include "prime.h"

#define VERSION 1
#define HEADER 4

/* r = 1/a mod p-1, for a odd: 1/a mod (p-1)/2, which is odd since p = 3 mod 4, then the odd one of its two lifts. w: h words. */
static int32_t inverse_mod_even(uint64_t *r, const uint64_t *a, const uint64_t *p_minus_1, size_t h, uint64_t *w) {
  limb_shr1(w, p_minus_1, h, 0);
  int32_t rc = ct_inverse_mod(r, a, w, h);
  uint64_t even = ~ct_mask_bit(r[0]);
  for (size_t i = 0; i < h; i++) w[i] &= even;
  limb_add(r, r, w, h); /* below p - 1 */
  return rc;
}

static int32_t derive(paillier_key *k, const uint64_t *p, const uint64_t *q, uint64_t *w) {
  size_t h = k->h;
  uint64_t top = 0, *pq = w;
  if (!ct_declassify(crt_pair_fits(pq, p, q, h))) return ECM_E_MODULUS;
  ECM_CT_PUBLIC(pq, 16 * h); /* N */
  int32_t rc = mod_init(&k->n, pq, 2 * h);
  if (rc == ECM_OK) rc = mod_init(&k->p, p, h);
  if (rc == ECM_OK) rc = mod_init(&k->q, q, h);
  if (rc != ECM_OK) return rc;
  limb_copy(k->p_minus_1, p, h);
  limb_copy(k->q_minus_1, q, h);
  k->p_minus_1[0] -= 1;
  k->q_minus_1[0] -= 1;
  limb_mul(k->phi, k->p_minus_1, h, k->q_minus_1, h);

  /* g^(p-1) = 1 + (p-1)*N mod p^2 for g = 1 + N, so L_p of it is (p-1)*q = -q mod p. */
  rc = ct_inverse_mod(k->hp, q, p, h);
  if (rc == ECM_OK) rc = ct_inverse_mod(k->p_inv_q, p, q, h);
  if (rc != ECM_OK) return rc;
  limb_sub(k->hp, p, k->hp, h);
  limb_sub(k->hq, q, k->p_inv_q, h);

  /* N = q mod p-1. The primes have 64h bits, so q < B^h <= 2(p-1): at most one subtraction. */
  limb_sub_if_ge(k->ep, &top, q, k->p_minus_1, h);
  top = 0;
  limb_sub_if_ge(k->eq, &top, p, k->q_minus_1, h);
  /* gcd(N, phi(N)) = 1 needs no check: if p divided q-1, which is even, then q > 2p >= B^h. Without it the next two would fail. */
  rc = inverse_mod_even(k->dp, q, k->p_minus_1, h, w);
  if (rc == ECM_OK) rc = inverse_mod_even(k->dq, p, k->q_minus_1, h, w);
  return rc;
}

int32_t paillier_from_primes(uint32_t bits, const uint64_t *p, const uint64_t *q, vault_ref *out) {
  memset(out, 0, sizeof *out);
  if (bits < 512 || bits > 64 * MOD_MAX_WORDS || bits % 128 != 0) return ECM_E_ARGUMENT;
  int32_t rc = vault_new(ECM_KIND_PAILLIER, bits / 8, sizeof(paillier_key), out);
  if (rc != ECM_OK) return rc;
  paillier_key *k = out->ptr;
  k->bits = bits;
  k->h = bits / 128;
  uint64_t *w = vault_scratch(16 * (size_t)k->h);
  rc = w == NULL ? ECM_E_VAULT_FULL : derive(k, p, q, w);
  vault_scratch_free(w);
  if (rc == ECM_E_UNIT) rc = ECM_E_MODULUS;
  if (rc != ECM_OK) vault_discard(out);
  return rc;
}

int32_t paillier_pin(ecm_handle h, vault_ref *ref, const paillier_key **key) {
  int32_t rc = vault_pin(h, ECM_KIND_PAILLIER, ref);
  const paillier_key *k = *key = ref->ptr;
  if (rc != ECM_OK) return rc;
  /* sizes, N and what follows from N alone */
  ECM_CT_PUBLIC(&k->bits, sizeof k->bits);
  ECM_CT_PUBLIC(&k->h, sizeof k->h);
  ECM_CT_PUBLIC(&k->n, sizeof k->n);
  ECM_CT_PUBLIC(&k->p.n, sizeof k->p.n);
  ECM_CT_PUBLIC(&k->q.n, sizeof k->q.n);
  return rc;
}

int32_t paillier_serialize(const vault_ref *key, vault_ref *out_blob) {
  const paillier_key *k = key->ptr;
  size_t h = key->tag / 16;
  int32_t rc = blob_new(HEADER + 32 * h, out_blob);
  if (rc != ECM_OK) return rc;
  uint8_t *b = out_blob->ptr;
  b[0] = VERSION;
  b[1] = ECM_KIND_PAILLIER;
  b[2] = (uint8_t)(h >> 1); /* 128*h bits */
  b[3] = (uint8_t)(h << 7);
  limb_to_bytes(b + HEADER, 8 * h, k->p.m, h);
  limb_to_bytes(b + HEADER + 8 * h, 8 * h, k->q.m, h);
  limb_to_bytes(b + HEADER + 16 * h, 16 * h, k->n.m, 2 * h);
  return ECM_OK;
}

int32_t paillier_load(const uint8_t *blob, size_t len, vault_ref *out_key) {
  memset(out_key, 0, sizeof *out_key);
  if (len < HEADER) return ECM_E_FORMAT;
  uint8_t head[HEADER];
  memcpy(head, blob, HEADER);
  ECM_CT_PUBLIC(head, HEADER);
  uint32_t bits = (uint32_t)head[2] << 8 | head[3];
  if (head[0] != VERSION || head[1] != ECM_KIND_PAILLIER || !crt_bits_known(bits) || len != HEADER + bits / 4) return ECM_E_FORMAT;
  size_t h = bits / 128;
  uint64_t *p = vault_scratch(8 * 4 * h), primes = 0;
  if (p == NULL) return ECM_E_VAULT_FULL;
  uint64_t *q = p + h, *n = q + h;
  limb_from_bytes(p, h, blob + HEADER, 8 * h);
  limb_from_bytes(q, h, blob + HEADER + 8 * h, 8 * h);
  limb_from_bytes(n, 2 * h, blob + HEADER + 16 * h, 16 * h);
  int32_t rc = paillier_from_primes(bits, p, q, out_key);
  if (rc == ECM_OK) {
    paillier_key *k = out_key->ptr;
    rc = crt_look_prime((const mod_ctx *const[]){&k->p, &k->q}, 2, &primes);
    if (rc == ECM_OK && !ct_declassify(primes & limb_eq(n, k->n.m, 2 * h))) rc = ECM_E_FORMAT;
  }
  if (rc == ECM_E_MODULUS) rc = ECM_E_FORMAT;
  vault_scratch_free(p);
  if (rc != ECM_OK) vault_discard(out_key);
  return rc;
}

int32_t ecm_paillier_public(ecm_handle sec_key, uint8_t *out_n, size_t nlen) {
  if (out_n == NULL || nlen == 0 || nlen > 8 * MOD_MAX_WORDS) return ECM_E_ARGUMENT;
  memset(out_n, 0, nlen);
  vault_ref key;
  const paillier_key *k;
  int32_t rc = paillier_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc;
  if (nlen != 16 * (size_t)k->h) {
    rc = ECM_E_ARGUMENT;
  } else {
    limb_to_bytes(out_n, nlen, k->n.m, k->n.n);
  }
  vault_unpin(&key);
  return rc;
}

int32_t ecm_paillier_factor(ecm_handle sec_key, uint32_t which, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (which > 1) return ECM_E_ARGUMENT;
  vault_ref key = {0}, r = {0};
  const paillier_key *k;
  int32_t rc = paillier_pin(sec_key, &key, &k);
  if (rc == ECM_OK) rc = integer_new(k->h, &r);
  if (rc == ECM_OK) {
    limb_copy(integer_magnitude(&r), which == 0 ? k->p.m : k->q.m, k->h);
    vault_publish(&r, out);
  }
  vault_discard(&r);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}
