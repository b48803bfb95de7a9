/* SPDX-License-Identifier: Apache-2.0 */
#include "crt.h"

#include "ct.h"
#include "limb.h"
#include "random.h"
#include "vault.h"

#define ROUNDS 5
#define APART 100

int crt_bits_known(uint32_t bits) { return bits == 512 || bits == 2048 || bits == 3072; }

/* Garner: xp + p*((xq - xp)/p mod q) <= p - 1 + p*(q - 1) < p*q. */
int32_t crt_combine(const mod_ctx *p, const mod_ctx *q, const uint64_t *p_inv_q, uint64_t *r, const uint64_t *xp, const uint64_t *xq,
                    uint64_t *w) {
  size_t h = p->n;
  uint64_t top = 0;
  limb_sub_if_ge(w, &top, xp, q->m, h); /* xp < p < B^h <= 2q: once is enough */
  uint64_t borrow = ct_mask_bit(limb_sub(w, xq, w, h)), carry = 0;
  for (size_t i = 0; i < h; i++) {
    unsigned __int128 s = (unsigned __int128)w[i] + (q->m[i] & borrow) + carry;
    w[i] = (uint64_t)s;
    carry = (uint64_t)(s >> 64);
  }
  int32_t rc = mod_mul(q, 1, w, w, p_inv_q);
  if (rc != ECM_OK) return rc;
  limb_mul(r, p->m, h, w, h);
  carry = limb_add(r, r, xp, h);
  for (size_t i = h; i < 2 * h; i++) {
    r[i] += carry;
    carry &= ct_is_zero(r[i]);
  }
  return ECM_OK;
}

uint64_t crt_pair_fits(uint64_t *pq, const uint64_t *p, const uint64_t *q, size_t h) {
  uint64_t ok = ct_mask_bit(p[h - 1] >> 63) & ct_mask_bit(q[h - 1] >> 63) & ct_eq(p[0] & 3, 3) & ct_eq(q[0] & 3, 3);
  /* d = |p - q|; both are odd, so d is even, and d > 2^k is d - 1 >= 2^k unless d = 0 */
  uint64_t negative = ct_mask_bit(limb_sub(pq, p, q, h)), carry = negative & 1;
  for (size_t i = 0; i < h; i++) {
    pq[i] = (pq[i] ^ negative) + carry;
    carry &= ct_is_zero(pq[i]);
  }
  ok &= ~limb_is_zero(pq, h);
  limb_add_signed(pq, h, -1);
  size_t word = (64 * h - APART) / 64, bit = (64 * h - APART) % 64;
  ok &= ~(ct_is_zero(pq[word] >> bit) & limb_is_zero(pq + word + 1, h - word - 1));
  limb_mul(pq, p, h, q, h);
  return ok & ct_mask_bit(pq[2 * h - 1] >> 63);
}

int32_t crt_look_prime(const mod_ctx *const *m, size_t count, uint64_t *are) {
  size_t n = m[0]->n, jobs_count = count * ROUNDS;
  *are = 0;
  if (count > CRT_MAX_PRIMES) return ECM_E_ARGUMENT;
  uint64_t *mem = vault_scratch(8 * n * 2 * (count + jobs_count));
  if (mem == NULL) return ECM_E_VAULT_FULL;
  uint64_t *half = mem, *minus_1 = half + count * n, *base = minus_1 + count * n, *power = base + jobs_count * n;
  mod_term terms[CRT_MAX_PRIMES * ROUNDS];
  mod_job jobs[CRT_MAX_PRIMES * ROUNDS];
  int32_t rc = random_secret(power, 8 * n * jobs_count);
  for (size_t i = 0; i < jobs_count && rc == ECM_OK; i++) {
    const mod_ctx *ctx = m[i / ROUNDS];
    uint64_t *exponent = half + i / ROUNDS * n;
    if (i % ROUNDS == 0) {
      limb_shr1(exponent, ctx->m, n, 0); /* m is odd */
      limb_copy(minus_1 + i / ROUNDS * n, ctx->m, n);
      minus_1[i / ROUNDS * n] -= 1;
    }
    rc = mod_reduce(ctx, base + i * n, power + i * n, n);
    terms[i] = (mod_term){base + i * n, exponent, n};
    jobs[i] = (mod_job){ctx, &terms[i], 1, power + i * n};
  }
  if (rc == ECM_OK) rc = mod_pow(jobs, jobs_count, 1, 1);
  if (rc == ECM_OK) {
    uint64_t all = UINT64_MAX;
    for (size_t i = 0; i < jobs_count; i++) all &= limb_is_word(power + i * n, n, 1) | limb_eq(power + i * n, minus_1 + i / ROUNDS * n, n);
    *are = all;
  }
  vault_scratch_free(mem);
  return rc;
}
