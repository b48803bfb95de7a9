/* SPDX-License-Identifier: Apache-2.0 */
/* Powers of bases that are used again and again: s1, s2, t of a pinned peer. */
#include "comb.h"
#include "ct.h"
#include "integer.h"
#include "limb.h"
#include "unit.h"

#include <stdlib.h>

enum { MAX_BASES = COMB_MAX_BASES, MAX_BITS = 64 * INTEGER_MAX_WORDS, MAX_BATCH = 4096, MAX_EXPONENT = 4096 /* bytes */ };

/* What a handle of ECM_KIND_BASES (tag = bytes of N) holds, all of it public: this, and at the next multiple of 64 bytes the table. */
typedef struct {
  mod_ctx ctx;
  mod_comb comb;
} fixed_bases;

enum {
  TABLE_AT = (sizeof(fixed_bases) + 63) / 64 * 64,
  MOST = 1 << 18, MOST_SMALL = 1 << 16, LEAST = 1 << 14, /* bytes of a handle; moduli of up to 1536 bits are small */
  USES = 1000                                            /* evaluations that the table is made for */
};

/* Exponents of a batch, row by row: words[j] of base j, 0 for none. */
typedef struct {
  size_t words[MAX_BASES], row;
} exponents;

static size_t words_of(size_t bits) { return (bits + 63) / 64; }

/* As large a table as there is room for in the vault. */
static int32_t bases_new(const mod_ctx *ctx, size_t k, const size_t *bits, const uint64_t *bases, vault_ref *r) {
  int32_t rc = ECM_E_VAULT_FULL;
  for (size_t most = ctx->n > 24 ? MOST : MOST_SMALL; most >= LEAST && rc == ECM_E_VAULT_FULL; most /= 2) {
    mod_comb c;
    if (!comb_plan(&c, ctx->n, k, bits, 1, USES, (most - TABLE_AT) / 8)) break;
    rc = vault_new(ECM_KIND_BASES, (uint32_t)(8 * ctx->n), TABLE_AT + 8 * c.words, r);
    if (rc != ECM_OK) continue;
    fixed_bases *f = r->ptr;
    f->ctx = *ctx;
    f->comb = c;
    return comb_build(ctx, &f->comb, bases, (uint64_t *)((uint8_t *)r->ptr + TABLE_AT), 1);
  }
  return rc;
}

int32_t ecm_bases_new(const uint8_t *N, size_t nlen, size_t k, const uint8_t *bases, const uint32_t *exp_bits, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (bases == NULL || exp_bits == NULL || k < 1 || k > MAX_BASES) return ECM_E_ARGUMENT;
  size_t bits[MAX_BASES], n = nlen / 8;
  for (size_t j = 0; j < k; j++) {
    if (exp_bits[j] < 1 || exp_bits[j] > MAX_BITS) return ECM_E_ARGUMENT;
    bits[j] = exp_bits[j];
  }
  mod_ctx ctx;
  uint64_t b[MAX_BASES * MOD_MAX_WORDS];
  vault_ref r = {0};
  int32_t rc = unit_modulus(&ctx, N, nlen);
  for (size_t j = 0; j < k && rc == ECM_OK; j++) {
    limb_from_bytes(b + j * n, n, bases + j * nlen, nlen);
    if (limb_cmp_vartime(b + j * n, ctx.m, n) >= 0) rc = ECM_E_RANGE;
  }
  if (rc == ECM_OK) rc = bases_new(&ctx, k, bits, b, &r);
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  return rc;
}

/* r = an exponent of base j: its value is below 2^bits, or ECM_E_RANGE. */
static int32_t get_exponent(const fixed_bases *f, const exponents *e, size_t j, ecm_handle h, uint64_t *r) {
  size_t n = e->words[j], spare = 64 * n - f->comb.bits[j];
  int32_t rc = integer_get(h, r, n);
  if (rc == ECM_OK && n == words_of(f->comb.bits[j]) && spare && !ct_declassify(ct_is_zero(r[n - 1] >> (64 - spare)))) rc = ECM_E_RANGE;
  return rc;
}

/* Up to UNIT_CHUNK of them. mem: row + n words each, and n. */
static int32_t commit_chunk(const fixed_bases *f, const exponents *e, size_t count, const ecm_handle *exps, const ecm_handle *blinds,
                            uint64_t *mem, uint8_t *out) {
  size_t n = f->ctx.n;
  uint64_t *x = mem, *result = mem + count * e->row, *blind = result + count * n;
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < f->comb.k && rc == ECM_OK; x += e->words[j++])
      if (e->words[j]) rc = get_exponent(f, e, j, exps[i * f->comb.k + j], x);
  if (rc == ECM_OK) rc = comb_pow(&f->ctx, &f->comb, count, e->words, mem, result, 1);
  for (size_t i = 0; i < count && rc == ECM_OK; i++, result += n) {
    if (blinds != NULL) {
      rc = integer_get_below(blinds[i], blind, f->ctx.m, n);
      if (rc == ECM_OK && ct_declassify(limb_is_zero(blind, n))) rc = ECM_E_RANGE;
      if (rc == ECM_OK) rc = mod_mul(&f->ctx, 1, result, result, blind);
    }
    limb_to_bytes(out + i * 8 * n, 8 * n, result, n);
  }
  return rc;
}

/* The widths of n rows of integers; none is wider than the largest exponent needs. */
static int32_t widths(const fixed_bases *f, exponents *e, size_t n, const ecm_handle *h) {
  int32_t rc = ECM_OK;
  *e = (exponents){{0}, 0};
  for (size_t j = 0; j < f->comb.k && rc == ECM_OK; j++) {
    size_t absent = 0, most = words_of(f->comb.bits[j]);
    for (size_t i = 0; i < n; i++) absent += h[i * f->comb.k + j] == 0;
    if (absent == 0) rc = integer_widest(n, f->comb.k, h + j, &e->words[j]);
    else if (absent < n) rc = ECM_E_ARGUMENT;
    if (e->words[j] > most) e->words[j] = most;
    e->row += e->words[j];
  }
  return rc;
}

int32_t ecm_bases_commit(ecm_handle bases, size_t n, const ecm_handle *sec_exps, const ecm_handle *sec_blinds, uint8_t *out) {
  if (out == NULL || n == 0 || n > SIZE_MAX / (8 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  vault_ref r;
  int32_t rc = vault_pin(bases, ECM_KIND_BASES, &r);
  if (rc != ECM_OK) return rc; /* only the handle knows how long out is */
  const fixed_bases *f = r.ptr;
  size_t words = f->ctx.n, step = n < UNIT_CHUNK ? n : UNIT_CHUNK;
  exponents e;
  uint64_t *mem = NULL;
  memset(out, 0, n * 8 * words);
  rc = sec_exps == NULL ? ECM_E_ARGUMENT : widths(f, &e, n, sec_exps);
  if (rc != ECM_OK) goto done;
  mem = vault_scratch(8 * (step * (e.row + words) + words));
  if (mem == NULL) rc = ECM_E_VAULT_FULL;
  for (size_t i = 0; i < n && rc == ECM_OK; i += step)
    rc = commit_chunk(f, &e, n - i < step ? n - i : step, sec_exps + i * f->comb.k, sec_blinds ? sec_blinds + i : NULL, mem, out + i * 8 * words);
done:
  if (rc == ECM_OK) ECM_CT_PUBLIC(out, n * 8 * words);
  else ct_wipe(out, n * 8 * words);
  vault_scratch_free(mem);
  vault_unpin(&r);
  ct_clear_stack();
  return rc;
}

/* Up to UNIT_CHUNK of them. mem: row + n words each. */
static int32_t random_chunk(const fixed_bases *f, const exponents *e, size_t count, const uint8_t *bound, size_t len, uint64_t *mem,
                            ecm_handle *out_exps, ecm_handle *out_powers) {
  size_t n = f->ctx.n;
  uint64_t *result = mem + count * e->row;
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    rc = ecm_int_random_below(bound, len, &out_exps[i]);
    if (rc == ECM_OK) rc = integer_get(out_exps[i], mem + i * e->row, e->row);
  }
  if (rc == ECM_OK) rc = comb_pow(&f->ctx, &f->comb, count, e->words, mem, result, 1);
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    vault_ref r;
    rc = integer_new(n, &r);
    if (rc != ECM_OK) break;
    limb_copy(integer_magnitude(&r), result + i * n, n);
    vault_publish(&r, &out_powers[i]);
  }
  return rc;
}

int32_t ecm_bases_random(ecm_handle bases, size_t which, const uint8_t *bound, size_t bound_len, size_t n, ecm_handle *out_exps,
                         ecm_handle *out_powers) {
  if (n > SIZE_MAX / (8 * MOD_MAX_WORDS)) return ECM_E_ARGUMENT;
  if (out_exps != NULL) memset(out_exps, 0, n * sizeof *out_exps);
  if (out_powers != NULL) memset(out_powers, 0, n * sizeof *out_powers);
  if (out_exps == NULL || out_powers == NULL || n == 0 || bound == NULL || bound_len == 0 || bound_len > MAX_BITS / 8) return ECM_E_ARGUMENT;
  vault_ref r;
  int32_t rc = vault_pin(bases, ECM_KIND_BASES, &r);
  if (rc != ECM_OK) return rc;
  const fixed_bases *f = r.ptr;
  size_t step = n < UNIT_CHUNK ? n : UNIT_CHUNK, most;
  uint64_t b[INTEGER_MAX_WORDS], *mem = NULL;
  exponents e = {{0}, 0};
  if (which >= f->comb.k) {
    rc = ECM_E_ARGUMENT;
  } else {
    limb_from_bytes(b, INTEGER_MAX_WORDS, bound, bound_len);
    most = limb_bits_vartime(b, INTEGER_MAX_WORDS);
    if (most > f->comb.bits[which]) rc = ECM_E_RANGE;
    e.words[which] = e.row = words_of(most ? most : 1); /* a bound of 0 is refused where it is used */
  }
  if (rc != ECM_OK) goto done;
  mem = vault_scratch(8 * step * (e.row + f->ctx.n));
  if (mem == NULL) rc = ECM_E_VAULT_FULL;
  for (size_t i = 0; i < n && rc == ECM_OK; i += step)
    rc = random_chunk(f, &e, n - i < step ? n - i : step, bound, bound_len, mem, out_exps + i, out_powers + i);
done:
  if (rc != ECM_OK) {
    integer_free_all(out_exps, n);
    integer_free_all(out_powers, n);
  }
  vault_scratch_free(mem);
  vault_unpin(&r);
  ct_clear_stack();
  return rc;
}

int32_t ecm_bases_pow_vartime(ecm_handle bases, size_t n, const uint8_t *exps, const uint32_t *exp_len, uint8_t *out) {
  if (n > MAX_BATCH || exp_len == NULL || (n && (exps == NULL || out == NULL))) return ECM_E_ARGUMENT;
  vault_ref r;
  int32_t rc = vault_pin(bases, ECM_KIND_BASES, &r);
  if (rc != ECM_OK) return rc;
  const fixed_bases *f = r.ptr;
  size_t words = f->ctx.n;
  exponents e = {{0}, 0};
  uint64_t *mem = NULL;
  if (n) memset(out, 0, n * 8 * words);
  for (size_t j = 0; j < f->comb.k; j++) {
    if (exp_len[j] > MAX_EXPONENT) rc = ECM_E_ARGUMENT;
    e.words[j] = ((size_t)exp_len[j] + 7) / 8;
    e.row += e.words[j];
  }
  if (rc != ECM_OK || n == 0) goto done;
  mem = malloc(8 * UNIT_CHUNK * (e.row + words));
  if (mem == NULL) rc = ECM_E_VAULT_FULL;
  for (size_t i = 0; i < n && rc == ECM_OK; i += UNIT_CHUNK) {
    size_t count = n - i < UNIT_CHUNK ? n - i : UNIT_CHUNK;
    uint64_t *x = mem, *result = mem + count * e.row;
    for (size_t l = 0; l < count; l++)
      for (size_t j = 0; j < f->comb.k; x += e.words[j], exps += exp_len[j++]) {
        limb_from_bytes(x, e.words[j], exps, exp_len[j]);
        if (limb_bits_vartime(x, e.words[j]) > f->comb.bits[j]) rc = ECM_E_RANGE;
      }
    if (rc == ECM_OK) rc = comb_pow(&f->ctx, &f->comb, count, e.words, mem, result, 0);
    for (size_t l = 0; l < count && rc == ECM_OK; l++) limb_to_bytes(out + (i + l) * 8 * words, 8 * words, result + l * words, words);
  }
  if (rc != ECM_OK) memset(out, 0, n * 8 * words);
done:
  free(mem);
  vault_unpin(&r);
  return rc;
}
