/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decryption by CRT, and how each plaintext is checked before it leaves (protocol.md §2, last paragraph).
 *
 * The legs compute u = c^(p-1) mod p^2, which is 1 - m*N mod p^2 for c = (1 + m*N)*rho^N: (rho^N)^(p-1) has an exponent divisible by the order
 * p*(p-1) of the units, and (1 + m*N)^(p-1) = 1 + (p-1)*m*N. So t = (u - 1)/p = -m*q mod p, and m = t*hp mod p; likewise mod q.
 *
 * Of every plaintext, by arithmetic that shares nothing with the powers:
 *   (1) p*q = N, after the powers: the factors are what they were when the key was made.
 *   (2) u = 1 mod p and mod q: a wrong power, or a damaged exponent, is 1 with probability 1/p.
 *   (3) t + m*q = 0 mod p, t' + m*p = 0 mod q: whatever happens between t and m (hp, hq, p_inv_q, recombination) shows for certain. With (1)
 *       and (2), a wrong m is now the fault of one of the powers alone, in its part of order p.
 *   (4) That part. Where the caller knows |m| < 2^bits, and N is at least REDUNDANCY bits longer, it is N's redundancy that checks it: let the leg of
 *       p give m + d mod p, d not 0, and that of q be right. Then the result is m + q*k, k = d/q mod p, not 0; there are at most 2^(bits+2)/q
 *       values of k, of p, that keep it below 2^bits: a d that does not depend on q passes with probability below 2^(bits+3)/N <= 2^-REDUNDANCY, and
 *       if 2^(bits+1) < q, none passes. Both legs wrong: 2^(bits+2)/N for the same reason. A d that an error gives is c's or a constant's
 *       residue mod p times powers of R mod p^2: nothing that knows q. (hp does; (3) has excluded it.)
 *       Otherwise c^phi = 1 + phi*m*N mod N^2, the left side by the arithmetic of N^2, which knows no factor. For a batch, of the product of
 *       c_i^r_i against sum r_i*m_i, r_i random of 64 bits: if some m_i is wrong mod p (or q), at most one value of r_i in p lets the
 *       check pass, for given others: probability <= 2^-64. For one c, r = 1 and the check is certain.
 * Repeating a leg instead would not help against a constant of that leg that has gone bad in memory: an error in the Montgomery constant of
 * p multiplies what enters by some d, and both c^(p-1) and its repetition then carry the same d^(p-1).
 */
#include "paillier.h"

#include "crt.h"
#include "ct.h"
#include "integer.h"
#include "limb.h"
#include "random.h"
#include "unit.h"

#define REDUNDANCY 128

/* What a batch has shown so far; masks. */
typedef struct {
  uint64_t fault, not_unit;
} verdict;

/* t = (u - 1)/p mod B^h, r = t*hp mod p, and what is to be said of u = c^(p-1) mod p^2, which is 0 if p divides c. w: 2h words. */
static int32_t log_p(const mod_ctx *p, uint64_t *r, uint64_t *t, const uint64_t *u, const uint64_t *hp, uint64_t *w, verdict *v) {
  size_t h = p->n;
  uint64_t zero = limb_is_zero(u, 2 * h);
  limb_copy(w, u, 2 * h);
  limb_add_signed(w, 2 * h, -1);
  limb_redc(w, p->m, p->m0inv, h); /* low half: (1 - u)/p mod B^h */
  limb_zero(t, h);
  limb_sub(t, t, w, h);
  limb_mul(w, p->m, h, t, h);
  limb_add_signed(w, 2 * h, 1);
  v->not_unit |= zero;
  v->fault |= ~zero & ~(limb_eq(w, u, 2 * h) & limb_lt(t, p->m, h));
  return mod_mul(p, 1, r, t, hp);
}

/* t + m*other = 0 mod p, m of 2h words: a fault unless. w: 3h words; m*other + t < B^3h, since m*other <= (N - 1)*other. */
static int32_t log_check(const mod_ctx *p, const uint64_t *t, const uint64_t *m, const uint64_t *other, uint64_t *w, verdict *v) {
  size_t h = p->n;
  limb_mul(w, m, 2 * h, other, h);
  limb_add_signed(w + h, 2 * h, (int64_t)limb_add(w, w, t, h));
  int32_t rc = mod_reduce(p, w, w, 3 * h);
  v->fault |= ~limb_is_zero(w, h);
  return rc;
}

/* One chunk: c, m as words, 4h and 2h each. mem: 8h words each, and 5h. */
static int32_t decrypt_legs(const paillier_key *k, size_t count, const uint64_t *c, uint64_t *m, uint64_t *mem, verdict *v) {
  size_t h = k->h;
  mod_term terms[2 * UNIT_CHUNK];
  mod_job jobs[2 * UNIT_CHUNK];
  uint64_t *out = mem + 4 * h * count;
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < 2 * count && rc == ECM_OK; i++) {
    const mod_ctx *leg = i < count ? &k->p : &k->q;
    uint64_t *base = mem + 2 * h * i;
    rc = mod_reduce_square(leg, base, c + 4 * h * (i % count), 4 * h);
    terms[i] = (mod_term){base, i < count ? k->p_minus_1 : k->q_minus_1, h};
    jobs[i] = (mod_job){leg, &terms[i], 1, out + 2 * h * i};
  }
  if (rc == ECM_OK) rc = mod_pow(jobs, 2 * count, 2, 1);
  uint64_t *w = out + 4 * h * count, *pq = mem;
  limb_mul(pq, k->p.m, h, k->q.m, h);
  v->fault |= ~limb_eq(pq, k->n.m, 2 * h);
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    uint64_t *mp = mem, *mq = mem + h, *tp = mem + 2 * h, *tq = mem + 3 * h, *mi = m + 2 * h * i;
    rc = log_p(&k->p, mp, tp, jobs[i].out, k->hp, w, v);
    if (rc == ECM_OK) rc = log_p(&k->q, mq, tq, jobs[count + i].out, k->hq, w, v);
    if (rc == ECM_OK) rc = crt_combine(&k->p, &k->q, k->p_inv_q, mi, mp, mq, w);
    if (rc == ECM_OK) rc = log_check(&k->p, tp, mi, k->q.m, w, v);
    if (rc == ECM_OK) rc = log_check(&k->q, tq, mi, k->p.m, w, v);
  }
  return rc;
}

/* ECM_E_FAULT unless every m is Dec(c). mem: (4h + 4h + 1)*count + 16h words. */
static int32_t power_check(const paillier_key *k, size_t count, const uint64_t *c, const uint64_t *m, uint64_t *mem) {
  size_t n = k->n.n;
  uint64_t *x = mem, *sum = x + 2 * n, *power = sum + 2 * n, *weight = power + 2 * n + 2, *weighted = weight + count;
  mod_term terms[UNIT_CHUNK];
  mod_job jobs[UNIT_CHUNK];
  int32_t rc = ECM_OK;
  if (count == 1) {
    limb_copy(x, c, 2 * n);
    limb_copy(sum, m, n);
  } else {
    rc = random_secret(weight, 8 * count);
    for (size_t i = 0; i < count; i++) {
      terms[i] = (mod_term){c + 2 * n * i, weight + i, 1};
      jobs[i] = (mod_job){&k->n, &terms[i], 1, weighted + 2 * n * i};
    }
    if (rc == ECM_OK) rc = mod_pow(jobs, count, 2, 1);
    limb_zero(x, 2 * n);
    limb_zero(sum, 2 * n);
    x[0] = 1;
    for (size_t i = 0; i < count && rc == ECM_OK; i++) {
      rc = mod_mul(&k->n, 2, x, x, weighted + 2 * n * i);
      limb_mul(power, m + n * i, n, weight + i, 1);
      limb_zero(power + n + 1, n - 1);
      limb_add(sum, sum, power, 2 * n); /* < count * B^(n+1) < B^2n */
    }
    if (rc == ECM_OK) rc = mod_reduce(&k->n, power, sum, 2 * n);
    limb_copy(sum, power, n);
  }
  if (rc == ECM_OK) rc = mod_mul(&k->n, 1, sum, sum, k->phi);
  if (rc != ECM_OK) return rc;
  mod_term term = {x, k->phi, n};
  mod_job job = {&k->n, &term, 1, power};
  rc = mod_pow(&job, 1, 2, 1);
  if (rc != ECM_OK) return rc;
  limb_mul(x, sum, n, k->n.m, n);
  limb_add_signed(x, 2 * n, 1); /* sum <= N - 1, so 1 + sum*N < N^2 */
  return ct_declassify(limb_eq(x, power, 2 * n)) ? ECM_OK : ECM_E_FAULT;
}

/* A new integer: m if m <= (N-1)/2, else m - N. Its magnitude has at most `bits` bits, or there is a fault. w: 2n words. */
static int32_t centred(const mod_ctx *n, const uint64_t *m, size_t bits, uint64_t *w, ecm_handle *out, verdict *v) {
  vault_ref r;
  int32_t rc = integer_new(n->n, &r);
  if (rc != ECM_OK) return rc;
  uint64_t *other = w + n->n, *x = integer_magnitude(&r), above = 0;
  limb_shr1(w, n->m, n->n, 0);
  uint64_t negative = limb_lt(w, m, n->n);
  limb_sub(other, n->m, m, n->n);
  ct_select_words(x, negative, other, m, n->n);
  *(uint64_t *)r.ptr = negative & 1;
  for (size_t i = bits / 64; i < n->n; i++) above |= i == bits / 64 ? x[i] >> (bits % 64) : x[i];
  v->fault |= ~ct_is_zero(above);
  vault_publish(&r, out);
  return ECM_OK;
}

int32_t ecm_paillier_decrypt(ecm_handle sec_key, size_t n, const uint8_t *c, uint32_t bits, ecm_handle *out) {
  if (out == NULL || n == 0 || n > SIZE_MAX / (16 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  memset(out, 0, n * sizeof *out);
  if (c == NULL) return ECM_E_ARGUMENT;
  vault_ref key;
  const paillier_key *k;
  int32_t rc = paillier_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc;
  size_t h = k->h, step = n < UNIT_CHUNK ? n : UNIT_CHUNK, made = 0, most = bits == 0 || bits > k->bits ? k->bits : bits;
  verdict v = {0, 0};
  uint64_t square[2 * MOD_MAX_WORDS];
  uint64_t *cw = vault_scratch(8 * (step * (14 * h + 1) + 16 * h)); /* 4h + 2h + work of 8h + 1 each */
  if (cw == NULL) {
    rc = ECM_E_VAULT_FULL;
    goto done;
  }
  uint64_t *m = cw + step * 4 * h, *work = m + step * 2 * h;
  limb_sqr(square, k->n.m, 2 * h);
  for (size_t i = 0; i < n && rc == ECM_OK; i += step) {
    size_t count = n - i < step ? n - i : step;
    for (size_t j = 0; j < count && rc == ECM_OK; j++) {
      uint64_t *x = cw + j * 4 * h;
      limb_from_bytes(x, 4 * h, c + (i + j) * 32 * h, 32 * h);
      if (limb_bits_vartime(x, 4 * h) == 0 || limb_cmp_vartime(x, square, 4 * h) >= 0) rc = ECM_E_RANGE;
    }
    if (rc == ECM_OK) rc = decrypt_legs(k, count, cw, m, work, &v);
    for (size_t j = 0; j < count && rc == ECM_OK; j++) {
      rc = centred(&k->n, m + j * 2 * h, most, work, &out[i + j], &v);
      made += rc == ECM_OK;
    }
    if (rc == ECM_OK && ct_declassify(v.not_unit)) rc = ECM_E_UNIT;
    if (rc == ECM_OK && ct_declassify(v.fault)) rc = ECM_E_FAULT;
    if (rc == ECM_OK && most + REDUNDANCY + 3 > k->bits) rc = power_check(k, count, cw, m, work);
  }
done:
  if (rc != ECM_OK) {
    for (size_t i = 0; i < made; i++) (void)ecm_secret_free(out[i]);
    memset(out, 0, n * sizeof *out);
  }
  vault_scratch_free(cw);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}
