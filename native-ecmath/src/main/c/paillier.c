/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner's encryptions and roots, by CRT, and how each result is checked before it leaves (protocol.md §2, last paragraph).
 *
 * A wrong leg is not just a wrong result: with one leg right and the other wrong, a public result gives a factor of N (Boneh, DeMillo, Lipton
 * 1997). So every result goes through the arithmetic mod N or N^2, which knows no factor:
 *
 *   encrypt_own  computed by the arithmetic of N^2, so no fault shows a factor. Compared with the leg of p: an error of that arithmetic, or of
 *                its constants, knows no p, so it is 1 mod p^2 with probability below 2^-1000, and the leg of q would add nothing.
 *   nth_roots    sigma^N = y mod N. Certain.
 *
 * What they do not see: m or rho damaged before they come in, and a result damaged in the caller's buffer.
 */
#include "paillier.h"

#include "crt.h"
#include "ct.h"
#include "integer.h"
#include "limb.h"
#include "unit.h"

/* ---- encryption --------------------------------------------------------------------------------- */

/* ECM_E_FAULT unless c = (1 + m*N)*rho^N mod leg^2. rho^N = (rho^other)^leg; rho^other mod leg = rho^exponent for the reduced exponent; and
 * y^leg mod leg^2 depends on y mod leg alone: (y + i*leg)^leg = y^leg + leg*y^(leg-1)*i*leg + ... = y^leg mod leg^2. w: 10h words. */
static int32_t encrypt_check(const paillier_key *k, const mod_ctx *leg, const uint64_t *exponent, const uint64_t *c, const uint64_t *m,
                             const uint64_t *rho, uint64_t *w) {
  size_t h = k->h;
  uint64_t *x = w, *y = x + 2 * h, *z = y + 2 * h, *blind = z + 2 * h;
  limb_zero(y, 2 * h);
  int32_t rc = mod_reduce(leg, x, rho, 2 * h);
  mod_term lower = {x, exponent, h}, upper = {y, leg->m, h};
  mod_job first = {leg, &lower, 1, y}, second = {leg, &upper, 1, z};
  if (rc == ECM_OK) rc = mod_pow(&first, 1, 1, 1);
  if (rc == ECM_OK) rc = mod_pow(&second, 1, 2, 1);
  if (rc != ECM_OK) return rc;
  limb_mul(blind, m, 2 * h, k->n.m, 2 * h);
  limb_add_signed(blind, 4 * h, 1);
  rc = mod_reduce_square(leg, x, blind, 4 * h);
  if (rc == ECM_OK) rc = mod_mul(leg, 2, z, z, x);
  if (rc == ECM_OK) rc = mod_reduce_square(leg, y, c, 4 * h);
  if (rc != ECM_OK) return rc;
  return ct_declassify(limb_eq(y, z, 2 * h)) ? ECM_OK : ECM_E_FAULT;
}

int32_t ecm_paillier_encrypt_own(ecm_handle sec_key, size_t n, const ecm_handle *sec_m, const ecm_handle *sec_rho, uint8_t *out) {
  if (out == NULL || n == 0 || n > SIZE_MAX / (16 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  vault_ref key;
  const paillier_key *k;
  int32_t rc = paillier_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc; /* only the key knows how long out is */
  size_t h = k->h, step = n < UNIT_CHUNK ? n : UNIT_CHUNK, each = 10 * h; /* m 2h, rho 4h, c 4h */
  memset(out, 0, n * 32 * h);
  uint64_t *mem = NULL;
  if (sec_m == NULL || sec_rho == NULL) {
    rc = ECM_E_ARGUMENT;
    goto done;
  }
  mem = vault_scratch(8 * (step * each + 10 * h));
  if (mem == NULL) {
    rc = ECM_E_VAULT_FULL;
    goto done;
  }
  uint64_t *work = mem + step * each;
  mod_term terms[UNIT_CHUNK];
  mod_job jobs[UNIT_CHUNK];
  for (size_t i = 0; i < n && rc == ECM_OK; i += step) {
    size_t count = n - i < step ? n - i : step;
    for (size_t j = 0; j < count && rc == ECM_OK; j++) {
      uint64_t *m = mem + j * each, *rho = m + 2 * h;
      rc = integer_get_below(sec_m[i + j], m, k->n.m, 2 * h);
      if (rc == ECM_OK) rc = integer_get_below(sec_rho[i + j], rho, k->n.m, 2 * h); /* its high 2h words are zero and stay so */
      if (rc == ECM_OK && ct_declassify(limb_is_zero(rho, 2 * h))) rc = ECM_E_RANGE;
      terms[j] = (mod_term){rho, k->n.m, 2 * h};
      jobs[j] = (mod_job){&k->n, &terms[j], 1, rho + 4 * h};
    }
    if (rc == ECM_OK) rc = mod_pow(jobs, count, 2, 1);
    for (size_t j = 0; j < count && rc == ECM_OK; j++) {
      uint64_t *m = mem + j * each, *rho = m + 2 * h, *c = rho + 4 * h;
      rc = paillier_blind(&k->n, c, m, c, work);
      if (rc == ECM_OK) rc = encrypt_check(k, &k->p, k->ep, c, m, rho, work);
      if (rc == ECM_OK) limb_to_bytes(out + (i + j) * 32 * h, 32 * h, c, 4 * h);
    }
  }
done:
  if (rc == ECM_OK) ECM_CT_PUBLIC(out, n * 32 * h);
  else ct_wipe(out, n * 32 * h);
  vault_scratch_free(mem);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

/* ---- roots -------------------------------------------------------------------------------------- */

/* Which root: sigma^N = y with the legs' exponents N^-1, or sigma^2 = +-y with (p+1)/4 and (q+1)/4. Each exponent: h words. */
typedef struct {
  const uint64_t *dp, *dq;
  int square;
} root_kind;

/* One chunk. mem: per root y, sigma, y mod p and q, roots mod p and q: 8h words; then 2h. */
static int32_t roots_chunk(const paillier_key *k, root_kind kind, size_t count, const uint8_t *y, uint64_t *mem, uint8_t *out) {
  size_t h = k->h;
  uint64_t *yw = mem, *sigma = yw + 2 * h * count, *base = sigma + 2 * h * count, *root = base + 2 * h * count,
           *w = root + 2 * h * count, divides = 0;
  mod_term terms[2 * UNIT_CHUNK];
  mod_job jobs[2 * UNIT_CHUNK];
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < 2 * count && rc == ECM_OK; i++) {
    const mod_ctx *leg = i < count ? &k->p : &k->q;
    uint64_t *v = yw + 2 * h * (i % count);
    limb_from_bytes(v, 2 * h, y + 16 * h * (i % count), 16 * h);
    if (limb_bits_vartime(v, 2 * h) == 0 || limb_cmp_vartime(v, k->n.m, 2 * h) >= 0) return ECM_E_RANGE;
    rc = mod_reduce(leg, base + h * i, v, 2 * h);
    divides |= limb_is_zero(base + h * i, h);
    terms[i] = (mod_term){base + h * i, i < count ? kind.dp : kind.dq, h};
    jobs[i] = (mod_job){leg, &terms[i], 1, root + h * i};
  }
  if (rc == ECM_OK && ct_declassify(divides)) rc = ECM_E_UNIT;
  if (rc == ECM_OK) rc = mod_pow(jobs, 2 * count, 1, 1);
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    uint64_t *s = sigma + 2 * h * i;
    rc = crt_combine(&k->p, &k->q, k->p_inv_q, s, root + h * i, root + h * (count + i), w);
    /* sigma is not public before this has been checked, so not even its check shows it */
    terms[i] = (mod_term){s, k->n.m, 2 * h};
    jobs[i] = (mod_job){&k->n, &terms[i], 1, base + 2 * h * i};
  }
  if (rc == ECM_OK && !kind.square) rc = mod_pow(jobs, count, 1, 1);
  for (size_t i = 0; i < count && rc == ECM_OK && kind.square; i++)
    rc = mod_mul(&k->n, 1, jobs[i].out, sigma + 2 * h * i, sigma + 2 * h * i);
  uint64_t good = UINT64_MAX;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    uint64_t is_y = limb_eq(jobs[i].out, yw + 2 * h * i, 2 * h);
    limb_sub(w, k->n.m, yw + 2 * h * i, 2 * h); /* which sign it is, the caller's square of sigma shows too, but not before this check */
    good &= is_y | (limb_eq(jobs[i].out, w, 2 * h) & (uint64_t)(0 - (uint64_t)(kind.square != 0)));
  }
  if (rc == ECM_OK && !ct_declassify(good)) rc = ECM_E_FAULT;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) limb_to_bytes(out + 16 * h * i, 16 * h, sigma + 2 * h * i, 2 * h);
  return rc;
}

/* r = (p + 1)/4 = floor(p/4) + 1 for p = 3 mod 4 of h words. */
static void quarter(uint64_t *r, const uint64_t *p, size_t h) {
  for (size_t i = 0; i < h; i++) r[i] = p[i] >> 2 | (i + 1 < h ? p[i + 1] << 62 : 0);
  limb_add_signed(r, h, 1);
}

static int32_t roots(ecm_handle sec_key, int square, size_t n, const uint8_t *y, uint8_t *out) {
  if (out == NULL || n == 0 || n > SIZE_MAX / (8 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  vault_ref key;
  const paillier_key *k;
  int32_t rc = paillier_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc; /* only the key knows how long out is */
  size_t h = k->h, step = n < UNIT_CHUNK ? n : UNIT_CHUNK;
  memset(out, 0, n * 16 * h);
  uint64_t *mem = NULL;
  if (y == NULL) {
    rc = ECM_E_ARGUMENT;
    goto done;
  }
  mem = vault_scratch(8 * (step * 8 * h + 4 * h));
  if (mem == NULL) rc = ECM_E_VAULT_FULL;
  root_kind kind = {k->dp, k->dq, square};
  if (rc == ECM_OK && square) {
    uint64_t *exponents = mem + step * 8 * h + 2 * h;
    quarter(exponents, k->p.m, h);
    quarter(exponents + h, k->q.m, h);
    kind.dp = exponents;
    kind.dq = exponents + h;
  }
  for (size_t i = 0; i < n && rc == ECM_OK; i += step)
    rc = roots_chunk(k, kind, n - i < step ? n - i : step, y + i * 16 * h, mem, out + i * 16 * h);
done:
  if (rc == ECM_OK) ECM_CT_PUBLIC(out, n * 16 * h);
  else ct_wipe(out, n * 16 * h);
  vault_scratch_free(mem);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}

int32_t ecm_paillier_nth_roots(ecm_handle sec_key, size_t n, const uint8_t *y, uint8_t *out) {
  return roots(sec_key, 0, n, y, out);
}

int32_t ecm_paillier_square_roots(ecm_handle sec_key, size_t n, const uint8_t *y, uint8_t *out) {
  return roots(sec_key, 1, n, y, out);
}
