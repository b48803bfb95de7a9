/* SPDX-License-Identifier: Apache-2.0 */
/* Making, storing and reading ring-Pedersen keys. */
#include "blob.h"
#include "crt.h"
#include "ct.h"
#include "integer.h"
#include "limb.h"
#include "pedersen.h"
#include "prime.h"

#define VERSION 1
#define HEADER 5
#define WITH_LAMBDAS 1
#define TABLE_WORDS 8192 /* of a leg: 64 KiB, or less if the vault is nearly full */
#define USES 1000        /* evaluations that the tables are made for */

/* What follows from p and q alone. w: 2h words. */
static int32_t derive(pedersen_key *k, const uint64_t *p, const uint64_t *q, uint64_t *w) {
  size_t h = k->h;
  if (!ct_declassify(crt_pair_fits(w, p, q, h))) return ECM_E_MODULUS;
  ECM_CT_PUBLIC(w, 16 * h); /* N */
  int32_t rc = mod_init(&k->n, w, 2 * h);
  if (rc == ECM_OK) rc = mod_init(&k->p, p, h);
  if (rc == ECM_OK) rc = mod_init(&k->q, q, h);
  limb_shr1(w, p, h, 0); /* odd, since p = 3 mod 4; 64h - 1 bits, since p has 64h */
  if (rc == ECM_OK) rc = mod_init(&k->ps, w, h);
  limb_shr1(w, q, h, 0);
  if (rc == ECM_OK) rc = mod_init(&k->qs, w, h);
  if (rc == ECM_OK) rc = ct_inverse_mod(k->p_inv_q, p, q, h);
  if (rc != ECM_OK) return rc;
  limb_copy(w, p, h);
  limb_copy(w + h, q, h);
  w[0] -= 1;
  w[h] -= 1;
  limb_mul(k->phi, w, h, w + h, h);
  return ECM_OK;
}

/* Mask: t generates the squares mod p and mod q if p and q are safe primes: t^((p-1)/2) = 1, and t is not 1. Sets tp, tq. w: h words. */
static int32_t generates_squares(pedersen_key *k, uint64_t *w, uint64_t *ok) {
  size_t h = k->h;
  *ok = 0;
  int32_t rc = mod_reduce(&k->p, k->tp, k->t, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->q, k->tq, k->t, 2 * h);
  mod_term terms[2] = {{k->tp, k->ps.m, h}, {k->tq, k->qs.m, h}};
  mod_job jobs[2] = {{&k->p, &terms[0], 1, w}, {&k->q, &terms[1], 1, w + h}};
  if (rc == ECM_OK) rc = mod_pow(jobs, 2, 1, 1);
  if (rc == ECM_OK) *ok = limb_is_word(w, h, 1) & limb_is_word(w + h, h, 1) & ~limb_is_word(k->tp, h, 1) & ~limb_is_word(k->tq, h, 1);
  return rc;
}

/* r[i] = t^lambda_i mod N, without CRT; r: 2h words each. */
static int32_t powers_of_t(const pedersen_key *k, uint64_t *r1, uint64_t *r2) {
  size_t n = k->n.n;
  mod_term terms[2] = {{k->t, k->lambda1, n}, {k->t, k->lambda2, n}};
  mod_job jobs[2] = {{&k->n, &terms[0], 1, r1}, {&k->n, &terms[1], 1, r2}};
  return mod_pow(jobs, 2, 1, 1);
}

/* s1, s2 mod p and q, and the tables of these and of tp, tq. */
static int32_t fill_legs(pedersen_key *k) {
  size_t n = k->n.n, h = k->h;
  int32_t rc = ECM_OK;
  uint64_t *bases = vault_scratch(8 * 3 * h);
  if (bases == NULL) return ECM_E_VAULT_FULL;
  for (int leg = 0; leg < 2 && rc == ECM_OK; leg++) {
    const mod_ctx *ctx = leg ? &k->q : &k->p;
    uint64_t(*s)[PEDERSEN_MAX_HALF] = leg ? k->sq : k->sp;
    mod_comb c = k->comb;
    rc = mod_reduce(ctx, s[0], k->s1, n);
    if (rc == ECM_OK) rc = mod_reduce(ctx, s[1], k->s2, n);
    limb_copy(bases, s[0], h);
    limb_copy(bases + h, s[1], h);
    limb_copy(bases + 2 * h, leg ? k->tq : k->tp, h);
    if (rc == ECM_OK) rc = comb_build(ctx, &c, bases, k->tables + (leg ? c.words : 0), 1);
  }
  vault_scratch_free(bases);
  return rc;
}

/* A slot with everything but t, s and lambda. */
static int32_t key_new(uint32_t bits, const uint64_t *p, const uint64_t *q, vault_ref *out) {
  memset(out, 0, sizeof *out);
  if (bits < 512 || bits > 64 * MOD_MAX_WORDS || bits % 128 != 0) return ECM_E_ARGUMENT;
  size_t widest[3] = {bits / 2, bits / 2, bits / 2};
  mod_comb comb;
  int32_t rc = ECM_E_VAULT_FULL;
  for (size_t most = TABLE_WORDS; rc == ECM_E_VAULT_FULL && comb_plan(&comb, bits / 128, 3, widest, 0, USES, most); most /= 2)
    rc = vault_new(ECM_KIND_PEDERSEN, bits / 8, sizeof(pedersen_key) + 2 * 8 * comb.words, out);
  if (rc != ECM_OK) return rc;
  pedersen_key *k = out->ptr;
  k->comb = comb;
  k->bits = bits;
  k->h = bits / 128;
  uint64_t *w = vault_scratch(16 * (size_t)k->h);
  rc = w == NULL ? ECM_E_VAULT_FULL : derive(k, p, q, w);
  vault_scratch_free(w);
  if (rc == ECM_E_UNIT) rc = ECM_E_MODULUS;
  if (rc != ECM_OK) vault_discard(out);
  return rc;
}

int32_t pedersen_from_primes(uint32_t bits, const uint64_t *p, const uint64_t *q, vault_ref *out) {
  int32_t rc = key_new(bits, p, q, out);
  if (rc != ECM_OK) return rc;
  pedersen_key *k = out->ptr;
  size_t h = k->h;
  uint64_t good, *w = vault_scratch(16 * h);
  if (w == NULL) rc = ECM_E_VAULT_FULL;
  if (rc == ECM_OK) rc = integer_below(w, k->n.m, 2 * h);
  if (rc == ECM_OK) rc = mod_mul(&k->n, 1, k->t, w, w);
  if (rc == ECM_OK) rc = generates_squares(k, w, &good);
  /* fails for r = 0 or +-1 mod p or q (probability < 2^-250), or if the primes are not what the caller said */
  if (rc == ECM_OK && !ct_declassify(good)) rc = ECM_E_MODULUS;
  if (rc == ECM_OK) rc = integer_below(k->lambda1, k->phi, 2 * h);
  if (rc == ECM_OK) rc = integer_below(k->lambda2, k->phi, 2 * h);
  if (rc == ECM_OK) rc = powers_of_t(k, k->s1, k->s2);
  if (rc == ECM_OK) rc = fill_legs(k);
  vault_scratch_free(w);
  if (rc != ECM_OK) vault_discard(out);
  return rc;
}

int32_t pedersen_pin(ecm_handle h, vault_ref *ref, pedersen_key **key) {
  int32_t rc = vault_pin(h, ECM_KIND_PEDERSEN, ref);
  pedersen_key *k = *key = ref->ptr;
  if (rc != ECM_OK) return rc;
  /* sizes and flags; N and what follows from N alone; t, s1, s2 */
  ECM_CT_PUBLIC(k, offsetof(pedersen_key, lambda1));
  ECM_CT_PUBLIC(&k->n, sizeof k->n);
  ECM_CT_PUBLIC(&k->p.n, sizeof k->p.n);
  ECM_CT_PUBLIC(&k->q.n, sizeof k->q.n);
  ECM_CT_PUBLIC(&k->ps.n, sizeof k->ps.n);
  ECM_CT_PUBLIC(&k->qs.n, sizeof k->qs.n);
  ECM_CT_PUBLIC(k->t, sizeof k->t);
  ECM_CT_PUBLIC(k->s1, sizeof k->s1);
  ECM_CT_PUBLIC(k->s2, sizeof k->s2);
  return rc;
}

void pedersen_lock(pedersen_key *k) {
  while (__atomic_exchange_n(&k->lock, 1, __ATOMIC_ACQUIRE)) {} /* held for the time of a copy */
}

void pedersen_unlock(pedersen_key *k) { __atomic_store_n(&k->lock, 0, __ATOMIC_RELEASE); }

int32_t pedersen_serialize(const vault_ref *key, vault_ref *out_blob) {
  pedersen_key *k = key->ptr;
  size_t h = key->tag / 16, n = 16 * h;
  ECM_CT_PUBLIC(k, offsetof(pedersen_key, lambda1));
  pedersen_lock(k);
  int with = !k->forgotten;
  int32_t rc = blob_new(HEADER + n * (with ? 7 : 5), out_blob);
  if (rc == ECM_OK) {
    uint8_t *b = out_blob->ptr;
    b[0] = VERSION;
    b[1] = ECM_KIND_PEDERSEN;
    b[2] = with ? WITH_LAMBDAS : 0;
    b[3] = (uint8_t)(h >> 1); /* 128*h bits */
    b[4] = (uint8_t)(h << 7);
    b += HEADER;
    limb_to_bytes(b, n / 2, k->p.m, h);
    limb_to_bytes(b + n / 2, n / 2, k->q.m, h);
    const uint64_t *rest[] = {k->n.m, k->t, k->s1, k->s2, k->lambda1, k->lambda2};
    for (size_t i = 0; i < (with ? 6 : 4); i++) limb_to_bytes(b + n * (1 + i), n, rest[i], 2 * h);
  }
  pedersen_unlock(k);
  return rc;
}

/* The rest of the blob: t, s1, s2 [, lambda1, lambda2], already in k; w: 4h words. */
static int32_t check_loaded(pedersen_key *k, const uint64_t *n, uint64_t *w) {
  size_t h = k->h;
  const uint64_t *units[] = {k->t, k->s1, k->s2};
  uint64_t ok = limb_eq(n, k->n.m, 2 * h), good;
  for (size_t i = 0; i < 3; i++) ok &= limb_lt(units[i], k->n.m, 2 * h) & ~limb_is_zero(units[i], 2 * h);
  if (!ct_declassify(ok)) return ECM_E_FORMAT;
  const mod_ctx *primes[] = {&k->p, &k->q, &k->ps, &k->qs};
  int32_t rc = crt_look_prime(primes, 4, &good);
  ok &= good;
  if (rc == ECM_OK) rc = generates_squares(k, w, &good);
  ok &= good;
  if (rc == ECM_OK && !k->forgotten) {
    rc = powers_of_t(k, w, w + 2 * h);
    ok &= limb_lt(k->lambda1, k->phi, 2 * h) & limb_lt(k->lambda2, k->phi, 2 * h);
    ok &= limb_eq(w, k->s1, 2 * h) & limb_eq(w + 2 * h, k->s2, 2 * h);
  }
  /* without the lambdas all that can be said is that s1 and s2 are squares too: in the group that t generates */
  if (rc == ECM_OK) rc = fill_legs(k);
  const uint64_t *s[] = {k->sp[0], k->sq[0], k->sp[1], k->sq[1]};
  mod_term terms[4];
  mod_job jobs[4];
  for (size_t i = 0; i < 4; i++) {
    terms[i] = (mod_term){s[i], i % 2 ? k->qs.m : k->ps.m, h};
    jobs[i] = (mod_job){i % 2 ? &k->q : &k->p, &terms[i], 1, w + i * h};
  }
  if (rc == ECM_OK) rc = mod_pow(jobs, 4, 1, 1);
  for (size_t i = 0; i < 4; i++) ok &= limb_is_word(w + i * h, h, 1);
  if (rc != ECM_OK) return rc;
  return ct_declassify(ok) ? ECM_OK : ECM_E_FORMAT;
}

int32_t pedersen_load(const uint8_t *blob, size_t len, vault_ref *out_key) {
  memset(out_key, 0, sizeof *out_key);
  if (len < HEADER) return ECM_E_FORMAT;
  uint8_t head[HEADER];
  memcpy(head, blob, HEADER);
  ECM_CT_PUBLIC(head, HEADER);
  uint32_t bits = (uint32_t)head[3] << 8 | head[4];
  size_t h = bits / 128, n = 16 * h;
  if (head[0] != VERSION || head[1] != ECM_KIND_PEDERSEN || head[2] > WITH_LAMBDAS || !crt_bits_known(bits) ||
      len != HEADER + n * (head[2] ? 7 : 5))
    return ECM_E_FORMAT;
  uint64_t *w = vault_scratch(8 * 6 * h);
  if (w == NULL) return ECM_E_VAULT_FULL;
  const uint8_t *b = blob + HEADER;
  limb_from_bytes(w, h, b, n / 2);
  limb_from_bytes(w + h, h, b + n / 2, n / 2);
  int32_t rc = key_new(bits, w, w + h, out_key);
  if (rc == ECM_OK) {
    pedersen_key *k = out_key->ptr;
    k->forgotten = head[2] == 0;
    uint64_t *rest[] = {w, k->t, k->s1, k->s2, k->lambda1, k->lambda2};
    for (size_t i = 0; i < (head[2] ? 6 : 4); i++) limb_from_bytes(rest[i], 2 * h, b + n * (1 + i), n);
    rc = check_loaded(k, w, w + 2 * h);
  }
  if (rc == ECM_E_MODULUS) rc = ECM_E_FORMAT;
  vault_scratch_free(w);
  if (rc != ECM_OK) vault_discard(out_key);
  return rc;
}

int32_t ecm_pedersen_public(ecm_handle sec_key, uint8_t *out_n, uint8_t *out_s1, uint8_t *out_s2, uint8_t *out_t, size_t nlen) {
  if (nlen == 0 || nlen > 8 * MOD_MAX_WORDS) return ECM_E_ARGUMENT;
  uint8_t *out[] = {out_n, out_s1, out_s2, out_t};
  for (size_t i = 0; i < 4; i++)
    if (out[i] != NULL) memset(out[i], 0, nlen);
  for (size_t i = 0; i < 4; i++)
    if (out[i] == NULL) return ECM_E_ARGUMENT;
  vault_ref key;
  pedersen_key *k;
  int32_t rc = pedersen_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc;
  if (nlen != 16 * (size_t)k->h) {
    rc = ECM_E_ARGUMENT;
  } else {
    const uint64_t *in[] = {k->n.m, k->s1, k->s2, k->t};
    for (size_t i = 0; i < 4; i++) limb_to_bytes(out[i], nlen, in[i], 2 * (size_t)k->h);
  }
  vault_unpin(&key);
  return rc;
}
