/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_PEDERSEN_H
#define ECM_PEDERSEN_H
/* A ring-Pedersen key in the vault (ECM_KIND_PEDERSEN, tag = bytes of N): N = p q of safe primes, t a square, s_i = t^lambda_i. */
#include "comb.h"
#include "modular.h"
#include "vault.h"

#define PEDERSEN_MAX_HALF (MOD_MAX_WORDS / 2) /* words of p and of q */

/* h = words of p. N, t, s1, s2 are public, the rest is secret. */
typedef struct {
  uint32_t bits;      /* of N: 512, 2048 or 3072 */
  uint32_t h;         /* bits / 128 */
  uint32_t lock;      /* guards what follows against a concurrent _forget */
  uint32_t forgotten; /* 1: lambda1 and lambda2 are gone */
  mod_comb comb;      /* shape of the tables of s1, s2, t mod p and mod q; names no table itself */
  uint64_t lambda1[MOD_MAX_WORDS], lambda2[MOD_MAX_WORDS];
  mod_ctx n;      /* mod N: the way that uses no factor */
  mod_ctx p, q;   /* the legs */
  mod_ctx ps, qs; /* (p-1)/2 and (q-1)/2: the orders of the squares mod p and mod q */
  uint64_t tp[PEDERSEN_MAX_HALF], tq[PEDERSEN_MAX_HALF]; /* t mod p, mod q */
  uint64_t sp[2][PEDERSEN_MAX_HALF], sq[2][PEDERSEN_MAX_HALF]; /* s1, s2 mod p, mod q */
  uint64_t p_inv_q[PEDERSEN_MAX_HALF];                   /* p^-1 mod q */
  uint64_t phi[MOD_MAX_WORDS];                           /* (p-1)(q-1) */
  uint64_t t[MOD_MAX_WORDS], s1[MOD_MAX_WORDS], s2[MOD_MAX_WORDS];
  _Alignas(64) uint64_t tables[]; /* mod p, mod q: comb.words each */
} pedersen_key;

/** The comb of s1, s2, t mod p (leg 0) or mod q. */
static inline mod_comb pedersen_comb(const pedersen_key *k, int leg) {
  mod_comb c = k->comb;
  c.table = k->tables + (leg ? c.words : 0);
  return c;
}

/** A new key of two safe primes of bits/2 bits, h words each, with fresh t, lambda1, lambda2. The caller has checked the primes.
 *  out is pinned and unpublished. */
int32_t pedersen_from_primes(uint32_t bits, const uint64_t *p, const uint64_t *q, vault_ref *out);

/** Pins a ring-Pedersen key. ECM_OK | an error of vault_pin, then *key is empty. */
int32_t pedersen_pin(ecm_handle h, vault_ref *ref, pedersen_key **key);
/** Around any use of lambda1, lambda2, forgotten: short, nothing waits inside. */
void pedersen_lock(pedersen_key *k);
void pedersen_unlock(pedersen_key *k);

/** A pinned, unpublished blob: version 1, kind, flags (bit 0: with lambdas), bits (2 bytes), p, q, N, t, s1, s2 [, lambda1,
 *  lambda2] (big-endian). */
int32_t pedersen_serialize(const vault_ref *key, vault_ref *out_blob);
/** Inverse; recomputes what is derived and checks everything, that p and q are safe primes included: ECM_E_FORMAT.
 *  out_key is pinned, unpublished. */
int32_t pedersen_load(const uint8_t *blob, size_t len, vault_ref *out_key);
#endif
