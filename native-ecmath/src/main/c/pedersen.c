/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prover's side of `prm` (protocol.md §3.4): masks, their commitments by CRT, the responses.
 *
 * How A_j = t^a_j is checked without CRT (protocol.md §2). The legs compute B_j = t^(a_j/2), halved mod (p-1)/2, the odd order of t mod p;
 * A_j = B_j^2 is then taken mod N. Whatever goes wrong in a leg or in the recombination, A_j is a square, so A_j/t^a_j lies in the
 * group of squares, whose order is the product of two primes far above 2^64: no error of order 2 is left, which a random
 * combination would miss half the time. Then t^(sum r_j a_j) is compared with prod A_j^r_j, both mod N with no factor known, r_j
 * random of 64 bits drawn after the A_j. If A_j/t^a_j is not 1 mod p (or q) for some j, at most one value of r_j in 2^64 lets the
 * equation hold, for given others: a wrong A_j leaves with probability <= 2^-64.
 */
#include "pedersen.h"

#include "crt.h"
#include "ct.h"
#include "integer.h"
#include "limb.h"
#include "random.h"
#include "unit.h"

#define MAX_MASKS 1024

/* Content of ECM_KIND_PRM_MASKS; tag = count. */
typedef struct {
  uint32_t used;             /* set once, by whoever answers with them */
  uint64_t n[MOD_MAX_WORDS]; /* the key they were made with */
  uint64_t a[];              /* count masks of 2h words */
} prm_masks;

/* r = a/2 mod m for a < m, m odd; w: n words. */
static void halve(uint64_t *r, const uint64_t *a, const uint64_t *m, size_t n, uint64_t *w) {
  uint64_t odd = ct_mask_bit(a[0]);
  for (size_t i = 0; i < n; i++) w[i] = m[i] & odd;
  uint64_t top = limb_add(w, w, a, n);
  limb_shr1(r, w, n, top);
}

/* roots (h words each) = t^(a_j/2) mod one leg. exps: h words each; w: h words. */
static int32_t prm_leg(const mod_ctx *leg, const mod_ctx *order, const uint64_t *t, size_t count, const uint64_t *a, uint64_t *roots,
                       uint64_t *exps, uint64_t *w) {
  size_t h = leg->n;
  int32_t rc = ECM_OK;
  for (size_t j = 0; j < count && rc == ECM_OK; j++) {
    uint64_t *e = exps + h * j;
    rc = mod_reduce(order, e, a + 2 * h * j, 2 * h);
    halve(e, e, order->m, h, w);
  }
  return rc == ECM_OK ? mod_pow_fixed(leg, t, count, exps, h, roots, 1) : rc;
}

/* ECM_E_FAULT unless every A = t^a. count is even. w: count + 10h + 4 + 2h*UNIT_CHUNK words. */
static int32_t prm_check(const pedersen_key *k, size_t count, const uint64_t *a, const uint64_t *A, uint64_t *w) {
  size_t n = k->n.n, wide = n + 2;
  uint64_t *weight = w, *sum = weight + count, *part = sum + wide, *left = part + wide, *right = left + n, *pair = right + n;
  mod_term terms[UNIT_CHUNK][2];
  mod_job jobs[UNIT_CHUNK];
  int32_t rc = random_secret(weight, 8 * count);
  limb_zero(sum, wide);
  for (size_t j = 0; j < count; j++) {
    limb_mul(part, a + n * j, n, weight + j, 1);
    part[n + 1] = 0;
    limb_add(sum, sum, part, wide); /* < count * B^(n+1) */
  }
  limb_zero(right, n);
  right[0] = 1;
  for (size_t j = 0; j < count && rc == ECM_OK; j += 2 * UNIT_CHUNK) {
    size_t pairs = (count - j) / 2 < UNIT_CHUNK ? (count - j) / 2 : UNIT_CHUNK;
    for (size_t i = 0; i < pairs; i++) {
      for (size_t l = 0; l < 2; l++) terms[i][l] = (mod_term){A + n * (j + 2 * i + l), weight + j + 2 * i + l, 1};
      jobs[i] = (mod_job){&k->n, terms[i], 2, pair + n * i};
    }
    rc = mod_pow(jobs, pairs, 1, 1);
    for (size_t i = 0; i < pairs && rc == ECM_OK; i++) rc = mod_mul(&k->n, 1, right, right, pair + n * i);
  }
  mod_term term = {k->t, sum, wide};
  mod_job job = {&k->n, &term, 1, left};
  if (rc == ECM_OK) rc = mod_pow(&job, 1, 1, 1);
  if (rc != ECM_OK) return rc;
  return ct_declassify(limb_eq(left, right, n)) ? ECM_OK : ECM_E_FAULT;
}

/* a: count masks, filled here; A: count commitments. */
static int32_t prm_commit(const pedersen_key *k, size_t count, uint64_t *a, uint64_t *A) {
  size_t h = k->h, work = 3 * h * count + count + 10 * h + 4 + 2 * h * UNIT_CHUNK;
  uint64_t *mem = vault_scratch(8 * work);
  if (mem == NULL) return ECM_E_VAULT_FULL;
  uint64_t *xp = mem, *xq = xp + h * count, *exps = xq + h * count, *w = exps + h * count;
  int32_t rc = ECM_OK;
  for (size_t j = 0; j < count && rc == ECM_OK; j++) rc = integer_below(a + 2 * h * j, k->phi, 2 * h);
  if (rc == ECM_OK) rc = prm_leg(&k->p, &k->ps, k->tp, count, a, xp, exps, w);
  if (rc == ECM_OK) rc = prm_leg(&k->q, &k->qs, k->tq, count, a, xq, exps, w);
  for (size_t j = 0; j < count && rc == ECM_OK; j++) {
    rc = crt_combine(&k->p, &k->q, k->p_inv_q, w, xp + h * j, xq + h * j, w + 2 * h);
    if (rc == ECM_OK) rc = mod_mul(&k->n, 1, A + 2 * h * j, w, w);
  }
  if (rc == ECM_OK) rc = prm_check(k, count, a, A, w);
  vault_scratch_free(mem);
  return rc;
}

int32_t ecm_pedersen_prm_commit(ecm_handle sec_key, size_t n, uint8_t *out_a, ecm_handle *out_masks) {
  if (out_masks != NULL) *out_masks = 0;
  if (out_a == NULL || out_masks == NULL || n == 0 || n > MAX_MASKS || n % 2 != 0) return ECM_E_ARGUMENT;
  vault_ref key, masks = {0};
  pedersen_key *k;
  uint64_t *A = NULL;
  int32_t rc = pedersen_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc; /* only the key knows how long out_a is */
  size_t words = k->n.n;
  memset(out_a, 0, n * 8 * words);
  rc = vault_new(ECM_KIND_PRM_MASKS, (uint32_t)n, sizeof(prm_masks) + 8 * n * words, &masks);
  if (rc != ECM_OK) goto done;
  prm_masks *m = masks.ptr;
  limb_copy(m->n, k->n.m, words);
  A = vault_scratch(8 * n * words);
  rc = A == NULL ? ECM_E_VAULT_FULL : prm_commit(k, n, m->a, A);
  if (rc != ECM_OK) goto done;
  for (size_t j = 0; j < n; j++) limb_to_bytes(out_a + j * 8 * words, 8 * words, A + j * words, words);
  ECM_CT_PUBLIC(out_a, n * 8 * words);
  vault_publish(&masks, out_masks);
done:
  vault_scratch_free(A);
  vault_discard(&masks);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

int32_t ecm_pedersen_prm_respond(ecm_handle sec_key, ecm_handle sec_masks, const uint8_t *e, uint8_t *out_z) {
  if (out_z == NULL) return ECM_E_ARGUMENT;
  vault_ref key = {0}, masks = {0};
  pedersen_key *k;
  uint64_t *lambda = NULL;
  int32_t rc = pedersen_pin(sec_key, &key, &k);
  if (rc == ECM_OK) rc = vault_pin(sec_masks, ECM_KIND_PRM_MASKS, &masks);
  if (rc != ECM_OK) goto done; /* only the two know how long out_z is */
  size_t words = k->n.n, n = masks.tag;
  prm_masks *m = masks.ptr;
  ECM_CT_PUBLIC(&m->used, sizeof m->used);
  ECM_CT_PUBLIC(m->n, sizeof m->n);
  memset(out_z, 0, n * 8 * words);
  if (e == NULL || masks.len != sizeof(prm_masks) + 8 * n * words || limb_cmp_vartime(m->n, k->n.m, words) != 0) {
    rc = ECM_E_ARGUMENT;
    goto done;
  }
  lambda = vault_scratch(8 * 3 * words);
  if (lambda == NULL) {
    rc = ECM_E_VAULT_FULL;
    goto done;
  }
  pedersen_lock(k);
  int forgotten = k->forgotten != 0;
  limb_copy(lambda, k->lambda1, words);
  limb_copy(lambda + words, k->lambda2, words);
  pedersen_unlock(k);
  /* Two answers with one mask give lambda away, so of two threads only one may pass here. */
  if (forgotten || __atomic_exchange_n(&m->used, 1, __ATOMIC_ACQ_REL)) {
    rc = ECM_E_RANGE;
    goto done;
  }
  for (size_t j = 0; j < n; j++) { /* z = a + e*lambda - (phi, if that is not below phi) */
    uint64_t *z = m->a + j * words, *term = lambda + 2 * words, mask = ct_mask_bit((uint64_t)(e[j / 8] >> (j & 7)));
    const uint64_t *l = lambda + (j < n / 2 ? 0 : words);
    for (size_t i = 0; i < words; i++) term[i] = l[i] & mask;
    uint64_t top = limb_add(z, z, term, words);
    limb_sub_if_ge(z, &top, z, k->phi, words);
    limb_to_bytes(out_z + j * 8 * words, 8 * words, z, words);
  }
  ct_wipe(m->a, 8 * n * words);
  ECM_CT_PUBLIC(out_z, n * 8 * words);
done:
  vault_scratch_free(lambda);
  vault_unpin(&masks);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

int32_t ecm_pedersen_forget(ecm_handle sec_key) {
  vault_ref key;
  pedersen_key *k;
  int32_t rc = pedersen_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc;
  pedersen_lock(k);
  k->forgotten = 1;
  ct_wipe(k->lambda1, sizeof k->lambda1);
  ct_wipe(k->lambda2, sizeof k->lambda2);
  pedersen_unlock(k);
  vault_unpin(&key);
  return ECM_OK;
}
