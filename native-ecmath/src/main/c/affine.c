/* SPDX-License-Identifier: Apache-2.0 */
/* Secret work under somebody else's public modulus: Paillier affine operations and encryptions, ring-Pedersen commitments. */
#include "ct.h"
#include "integer.h"
#include "nadic.h"
#include "paillier.h"
#include "unit.h"

#define MAX_BASES 3

/* (r0 + r1*N)(1 + b*N) = r0 + (r1 + r0*b)*N mod N^2 */
int32_t paillier_blind(const mod_ctx *ctx, uint64_t *r, const uint64_t *b, const uint64_t *rho_n, uint64_t *digits) {
  size_t n = ctx->n;
  uint64_t *x = vault_scratch(8 * (n + NADIC_WORK(n))), *w;
  if (x == NULL) return ECM_E_VAULT_FULL;
  w = x + n;
  nadic_split(ctx, digits, rho_n, 2 * n, w);
  mont_mul(ctx, x, digits, ctx->r2, w);
  mont_mul(ctx, x, x, b, w);
  mont_add(ctx, digits + n, digits + n, x);
  nadic_join(ctx, r, digits, w);
  vault_scratch_free(x);
  return ECM_OK;
}

/* Up to UNIT_CHUNK of them; blind[i] is rho, or rho^N if it is ready. mem: n + 2n + 2n + 2n + aw words each, then 2n. */
static int32_t affine_chunk(const mod_ctx *ctx, int ready, size_t count, const uint8_t *C, size_t aw, const ecm_handle *a,
                            const ecm_handle *b, const ecm_handle *blind, uint64_t *mem, uint8_t *out) {
  static const uint64_t one[] = {1};
  size_t n = ctx->n, each = 7 * n + aw, width = ready ? 2 * n : n;
  uint64_t *work = mem + each * count, square[2 * MOD_MAX_WORDS];
  mod_term terms[UNIT_CHUNK][2];
  mod_job jobs[UNIT_CHUNK];
  int32_t rc = ECM_OK;
  limb_sqr(square, ctx->m, n);
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    uint64_t *bi = mem + i * each, *rho = bi + n, *c = rho + 2 * n, *r = c + 2 * n, *ai = r + 2 * n;
    rc = integer_get_below(blind[i], rho, ready ? square : ctx->m, width);
    if (rc == ECM_OK && ct_declassify(limb_is_zero(rho, width))) rc = ECM_E_RANGE;
    limb_zero(rho + width, 2 * n - width); /* rho as a residue mod N^2 */
    if (rc == ECM_OK) rc = integer_get_below(b[i], bi, ctx->m, n);
    if (rc == ECM_OK && a != NULL) {
      limb_from_bytes(c, 2 * n, C + i * 16 * n, 16 * n);
      rc = limb_cmp_vartime(c, square, 2 * n) < 0 ? integer_get(a[i], ai, aw) : ECM_E_RANGE;
    }
    terms[i][0] = (mod_term){c, ai, aw};
    terms[i][1] = ready ? (mod_term){rho, one, 1} : (mod_term){rho, ctx->m, n};
    /* C^a and rho^N share the squarings; a factor that is ready goes along as its first power. */
    jobs[i] = (mod_job){ctx, &terms[i][a == NULL], 1 + (a != NULL), r};
  }
  int powers = a != NULL || !ready; /* else rho^N is all there is */
  if (rc == ECM_OK && powers) rc = mod_pow(jobs, count, 2, 1 | MOD_EXPONENT_PUBLIC(a != NULL));
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    uint64_t *bi = mem + i * each, *rho = bi + n, *r = jobs[i].out;
    rc = paillier_blind(ctx, r, bi, powers ? r : rho, work);
    limb_to_bytes(out + i * 16 * n, 16 * n, r, 2 * n);
  }
  return rc;
}

static int32_t affine(int ready, const uint8_t *N, size_t nlen, size_t n, const uint8_t *C, const ecm_handle *a, const ecm_handle *b,
                      const ecm_handle *blind, uint8_t *out) {
  if (out == NULL || nlen > 8 * MOD_MAX_WORDS || n == 0 || n > SIZE_MAX / (16 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  memset(out, 0, n * 2 * nlen);
  if (b == NULL || blind == NULL || (C == NULL) != (a == NULL)) return ECM_E_ARGUMENT;
  mod_ctx ctx;
  size_t aw = 0, step = n < UNIT_CHUNK ? n : UNIT_CHUNK;
  uint64_t *mem = NULL;
  int32_t rc = unit_modulus(&ctx, N, nlen);
  if (rc == ECM_OK && a != NULL) rc = integer_widest(n, 1, a, &aw);
  if (rc == ECM_OK && aw > ctx.n) rc = ECM_E_RANGE;
  if (rc != ECM_OK) goto done;
  mem = vault_scratch(8 * (step * (7 * (size_t)ctx.n + aw) + 2 * (size_t)ctx.n));
  if (mem == NULL) rc = ECM_E_VAULT_FULL;
  for (size_t i = 0; i < n && rc == ECM_OK; i += step)
    rc = affine_chunk(&ctx, ready, n - i < step ? n - i : step, C ? C + i * 2 * nlen : NULL, aw, a ? a + i : NULL, b + i, blind + i, mem,
                      out + i * 2 * nlen);
done:
  if (rc == ECM_OK) ECM_CT_PUBLIC(out, n * 2 * nlen);
  else ct_wipe(out, n * 2 * nlen);
  vault_scratch_free(mem);
  ct_clear_stack();
  return rc;
}

int32_t ecm_paillier_affine(const uint8_t *N, size_t nlen, size_t n, const uint8_t *C, const ecm_handle *sec_a, const ecm_handle *sec_b,
                            const ecm_handle *sec_rho, uint8_t *out) {
  return affine(0, N, nlen, n, C, sec_a, sec_b, sec_rho, out);
}

int32_t ecm_paillier_affine_with(const uint8_t *N, size_t nlen, size_t n, const uint8_t *C, const ecm_handle *sec_a,
                                 const ecm_handle *sec_b, const ecm_handle *sec_rho_n, uint8_t *out) {
  return affine(1, N, nlen, n, C, sec_a, sec_b, sec_rho_n, out);
}

/* Up to UNIT_CHUNK of them. mem: 2n words each. */
static int32_t randomizers_chunk(const mod_ctx *ctx, const uint8_t *N, size_t count, uint64_t *mem, ecm_handle *out_rho, ecm_handle *out_rho_n) {
  size_t n = ctx->n;
  vault_ref power[UNIT_CHUNK] = {{0}};
  mod_term terms[UNIT_CHUNK];
  mod_job jobs[UNIT_CHUNK];
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    uint64_t *rho = mem + 2 * n * i;
    rc = ecm_unit_random(N, 8 * n, &out_rho[i]);
    if (rc == ECM_OK) rc = integer_get(out_rho[i], rho, 2 * n);
    if (rc == ECM_OK) rc = integer_new(2 * n, &power[i]);
    if (rc != ECM_OK) break;
    terms[i] = (mod_term){rho, ctx->m, n};
    jobs[i] = (mod_job){ctx, &terms[i], 1, integer_magnitude(&power[i])};
  }
  if (rc == ECM_OK) rc = mod_pow(jobs, count, 2, 1 | MOD_EXPONENT_PUBLIC(0));
  for (size_t i = 0; i < count; i++) {
    if (rc == ECM_OK) vault_publish(&power[i], &out_rho_n[i]);
    else vault_discard(&power[i]);
  }
  return rc;
}

int32_t ecm_paillier_randomizers(const uint8_t *N, size_t nlen, size_t n, ecm_handle *out_rho, ecm_handle *out_rho_n) {
  if (n > SIZE_MAX / (16 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  if (out_rho != NULL) memset(out_rho, 0, n * sizeof *out_rho);
  if (out_rho_n != NULL) memset(out_rho_n, 0, n * sizeof *out_rho_n);
  if (out_rho == NULL || out_rho_n == NULL || n == 0) return ECM_E_ARGUMENT;
  mod_ctx ctx;
  size_t step = n < UNIT_CHUNK ? n : UNIT_CHUNK;
  int32_t rc = unit_modulus(&ctx, N, nlen);
  if (rc != ECM_OK) return rc;
  uint64_t *mem = vault_scratch(8 * step * 2 * ctx.n);
  if (mem == NULL) return ECM_E_VAULT_FULL;
  for (size_t i = 0; i < n && rc == ECM_OK; i += step)
    rc = randomizers_chunk(&ctx, N, n - i < step ? n - i : step, mem, out_rho + i, out_rho_n + i);
  if (rc != ECM_OK) {
    integer_free_all(out_rho, n);
    integer_free_all(out_rho_n, n);
  }
  vault_scratch_free(mem);
  ct_clear_stack();
  return rc;
}

/* Up to UNIT_CHUNK of them. mem: n + (sum of ew) words each. */
static int32_t commit_chunk(const mod_ctx *ctx, size_t k, const uint64_t *bases, const size_t *ew, size_t count, const ecm_handle *exps,
                            uint64_t *mem, uint8_t *out) {
  size_t n = ctx->n;
  mod_term terms[UNIT_CHUNK][MAX_BASES];
  mod_job jobs[UNIT_CHUNK];
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    jobs[i] = (mod_job){ctx, terms[i], k, mem};
    mem += n;
    for (size_t j = 0; j < k && rc == ECM_OK; j++) {
      rc = integer_get(exps[i * k + j], mem, ew[j]);
      terms[i][j] = (mod_term){bases + j * n, mem, ew[j]};
      mem += ew[j];
    }
  }
  if (rc == ECM_OK) rc = mod_pow(jobs, count, 1, 1);
  for (size_t i = 0; i < count && rc == ECM_OK; i++) limb_to_bytes(out + i * 8 * n, 8 * n, jobs[i].out, n);
  return rc;
}

int32_t ecm_pedersen_commit(const uint8_t *N, size_t nlen, size_t k, const uint8_t *bases, size_t n, const ecm_handle *sec_exps,
                            uint8_t *out) {
  if (out == NULL || nlen > 8 * MOD_MAX_WORDS || n == 0 || n > SIZE_MAX / (8 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  memset(out, 0, n * nlen);
  if (bases == NULL || sec_exps == NULL || k < 1 || k > MAX_BASES) return ECM_E_ARGUMENT;
  mod_ctx ctx;
  size_t ew[MAX_BASES] = {0}, each = 0, step = n < UNIT_CHUNK ? n : UNIT_CHUNK;
  uint64_t *mem = NULL, b[MAX_BASES * MOD_MAX_WORDS];
  int32_t rc = unit_modulus(&ctx, N, nlen);
  for (size_t j = 0; j < k && rc == ECM_OK; j++) {
    limb_from_bytes(b + j * ctx.n, ctx.n, bases + j * nlen, nlen);
    rc = limb_cmp_vartime(b + j * ctx.n, ctx.m, ctx.n) < 0 ? integer_widest(n, k, sec_exps + j, &ew[j]) : ECM_E_RANGE;
    each += ew[j];
  }
  if (rc != ECM_OK) goto done;
  each += ctx.n;
  rc = ECM_E_VAULT_FULL;
  mem = vault_scratch(8 * step * each);
  if (mem == NULL) goto done;
  rc = ECM_OK;
  for (size_t i = 0; i < n && rc == ECM_OK; i += step)
    rc = commit_chunk(&ctx, k, b, ew, n - i < step ? n - i : step, sec_exps + i * k, mem, out + i * nlen);
done:
  if (rc == ECM_OK) ECM_CT_PUBLIC(out, n * nlen);
  else ct_wipe(out, n * nlen);
  vault_scratch_free(mem);
  ct_clear_stack();
  return rc;
}
