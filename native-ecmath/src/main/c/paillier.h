/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_PAILLIER_H
#define ECM_PAILLIER_H
/* A Paillier key in the vault (ECM_KIND_PAILLIER, tag = bytes of N), and how it becomes a blob and comes back. */
#include "modular.h"
#include "vault.h"

#define PAILLIER_MAX_HALF (MOD_MAX_WORDS / 2) /* words of p and of q */

/* What the owner of N = p q computes with. h = words of p; everything here but N and its context is secret. */
typedef struct {
  uint32_t bits; /* of N: 512, 2048 or 3072 */
  uint32_t h;    /* bits / 128 */
  mod_ctx n;     /* mod N, and N-adic mod N^2: the way that uses no factor */
  mod_ctx p, q;  /* the legs, and N-adic mod p^2, q^2 */
  uint64_t p_minus_1[PAILLIER_MAX_HALF], q_minus_1[PAILLIER_MAX_HALF];
  uint64_t hp[PAILLIER_MAX_HALF], hq[PAILLIER_MAX_HALF]; /* (-q)^-1 mod p, (-p)^-1 mod q: Paillier 1999 §7 with g = 1 + N */
  uint64_t dp[PAILLIER_MAX_HALF], dq[PAILLIER_MAX_HALF]; /* N^-1 mod p-1, q-1 */
  uint64_t ep[PAILLIER_MAX_HALF], eq[PAILLIER_MAX_HALF]; /* q mod p-1, p mod q-1 */
  uint64_t p_inv_q[PAILLIER_MAX_HALF];                   /* p^-1 mod q */
  uint64_t phi[MOD_MAX_WORDS];                           /* (p-1)(q-1) */
} paillier_key;

/** r = (1 + b*N)*rho_n mod N^2, b < N of n words, rho_n and r of 2n words; r may be rho_n. work: 2n words. ECM_OK | ECM_E_VAULT_FULL */
int32_t paillier_blind(const mod_ctx *n, uint64_t *r, const uint64_t *b, const uint64_t *rho_n, uint64_t *work);

/** The key of two primes of bits/2 bits, h words each: derives everything. The caller has checked the primes.
 *  out is pinned and unpublished. ECM_OK | ECM_E_VAULT_ | ECM_E_MODULUS when p, q give no such key. */
int32_t paillier_from_primes(uint32_t bits, const uint64_t *p, const uint64_t *q, vault_ref *out);

/** Pins a Paillier key. ECM_OK | an error of vault_pin, then *key is empty. */
int32_t paillier_pin(ecm_handle h, vault_ref *ref, const paillier_key **key);

/** A pinned, unpublished blob: version 1, kind, bits (2 bytes), p, q, N (big-endian). N makes every damaged byte show. */
int32_t paillier_serialize(const vault_ref *key, vault_ref *out_blob);
/** Inverse; recomputes what is derived and checks everything, primality included: ECM_E_FORMAT. out_key is pinned, unpublished. */
int32_t paillier_load(const uint8_t *blob, size_t len, vault_ref *out_key);
#endif
