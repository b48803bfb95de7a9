/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verification of a commitment to responses (protocol.md §3.5, §3.6) by the one who knows the factors of N, mod p and mod q.
 *
 * s1, s2 and t are squares, whose order mod p divides (p-1)/2, so their exponents are reduced by it. E and S are what the peer sent, any
 * units: S^e is computed as it stands. Faults: as in paillier_check.c.
 */
#include "pedersen.h"

#include "ct.h"
#include "limb.h"

#define MAX_LEN 4096 /* bytes of an exponent, as in ecm_pow_vartime */
#define ROWS 8       /* in a chunk: two legs each fill the lanes */

typedef struct {
  size_t len[3], e_len, e_words;
  size_t words[3], row; /* of the exponents, reduced, and their sum */
  size_t wide;
  const uint8_t *z[3], *E, *S, *e; /* of the next row */
} check;

/* x in [1, N) */
static int32_t load(const pedersen_key *k, uint64_t *r, const uint8_t *x) {
  size_t n = k->n.n;
  limb_from_bytes(r, n, x, 8 * n);
  return limb_bits_vartime(r, n) > 0 && limb_cmp_vartime(r, k->n.m, n) < 0 ? ECM_OK : ECM_E_RANGE;
}

/* A chunk: exponents row by row, S, E, the left sides, S^e, for each leg; and each e. */
typedef struct {
  uint64_t *e, *exps[2], *S[2], *E[2], *left[2], *right[2];
} chunk;

static size_t row_words(const check *t, size_t h) { return t->e_words + 2 * (t->row + 4 * h); }

static chunk chunk_at(const check *t, size_t h, size_t count, uint64_t *p) {
  chunk c;
  c.e = p, p += count * t->e_words;
  for (int leg = 0; leg < 2; leg++) {
    c.exps[leg] = p, p += count * t->row;
    c.S[leg] = p, p += count * h;
    c.E[leg] = p, p += count * h;
    c.left[leg] = p, p += count * h;
    c.right[leg] = p, p += count * h;
  }
  return c;
}

/* Row i: read, and reduced to what belongs to the legs. Advances t. x: t->wide words */
static int32_t read_row(const pedersen_key *k, check *t, const chunk *c, size_t i, uint64_t *x) {
  size_t h = k->h, at = i * t->row;
  int32_t rc = ECM_OK;
  limb_from_bytes(c->e + i * t->e_words, t->e_words, t->e, t->e_len);
  for (size_t j = 0; j < 3 && rc == ECM_OK; at += t->words[j++]) {
    size_t words = (t->len[j] + 7) / 8;
    limb_from_bytes(x, words, t->z[j], t->len[j]);
    t->z[j] += t->len[j];
    if (words < h) { /* below B^(h-1), so below both orders */
      limb_copy(c->exps[0] + at, x, words);
      limb_copy(c->exps[1] + at, x, words);
    } else {
      rc = mod_reduce(&k->ps, c->exps[0] + at, x, words);
      if (rc == ECM_OK) rc = mod_reduce(&k->qs, c->exps[1] + at, x, words);
    }
  }
  if (rc == ECM_OK) rc = load(k, x, t->E);
  if (rc == ECM_OK) rc = mod_reduce(&k->p, c->E[0] + i * h, x, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->q, c->E[1] + i * h, x, 2 * h);
  if (rc == ECM_OK) rc = load(k, x, t->S);
  if (rc == ECM_OK) rc = mod_reduce(&k->p, c->S[0] + i * h, x, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->q, c->S[1] + i * h, x, 2 * h);
  t->e += t->e_len;
  t->E += 16 * h;
  t->S += 16 * h;
  return rc;
}

static int32_t row_holds(const mod_ctx *ctx, const chunk *c, int leg, size_t i, uint64_t *holds) {
  size_t h = ctx->n;
  uint64_t *left = c->left[leg] + i * h, *right = c->right[leg] + i * h;
  int32_t rc = mod_mul(ctx, 1, right, right, c->E[leg] + i * h);
  *holds &= limb_eq(left, right, h) & ~limb_is_zero(left, h);
  return rc;
}

/* *bad: the first row that fails, or count. mem: count rows. */
static int32_t check_chunk(const pedersen_key *k, check *t, size_t count, uint64_t *mem, uint64_t *x, size_t *bad) {
  size_t h = k->h;
  chunk c = chunk_at(t, h, count, mem);
  mod_term challenge[2 * ROWS];
  mod_job right[2 * ROWS];
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) rc = read_row(k, t, &c, i, x);
  for (size_t j = 0; j < 2 * count; j++) {
    size_t i = j % count, leg = j / count;
    challenge[j] = (mod_term){c.S[leg] + i * h, c.e + i * t->e_words, t->e_words};
    right[j] = (mod_job){leg ? &k->q : &k->p, &challenge[j], 1, c.right[leg] + i * h};
  }
  for (int leg = 0; leg < 2 && rc == ECM_OK; leg++) {
    mod_comb comb = pedersen_comb(k, leg);
    rc = comb_pow(leg ? &k->q : &k->p, &comb, count, t->words, c.exps[leg], c.left[leg], 1);
  }
  if (rc == ECM_OK) rc = mod_pow(right, 2 * count, 1, 1);
  for (*bad = 0; *bad < count && rc == ECM_OK; ++*bad) {
    uint64_t holds = UINT64_MAX;
    rc = row_holds(&k->p, &c, 0, *bad, &holds);
    if (rc == ECM_OK) rc = row_holds(&k->q, &c, 1, *bad, &holds);
    if (rc == ECM_OK && !ct_declassify(holds)) break; /* that a row fails is public, in which leg is not */
  }
  return rc;
}

static int bad_length(size_t len) { return len == 0 || len > MAX_LEN; }

int32_t ecm_pedersen_check_own(ecm_handle sec_key, size_t n, const uint8_t *z1, size_t z1_len, const uint8_t *z2, size_t z2_len,
                               const uint8_t *z3, size_t z3_len, const uint8_t *S, const uint8_t *e, size_t e_len, const uint8_t *E,
                               uint32_t *first) {
  if (first == NULL) return ECM_E_ARGUMENT;
  *first = 0;
  if (n == 0 || n > UINT32_MAX || z1 == NULL || bad_length(z1_len) || (z2 == NULL ? z2_len != 0 : bad_length(z2_len)) || z3 == NULL ||
      bad_length(z3_len) || S == NULL || e == NULL || bad_length(e_len) || E == NULL)
    return ECM_E_ARGUMENT;
  vault_ref key;
  pedersen_key *k;
  int32_t rc = pedersen_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc;
  size_t h = k->h;
  check t = {.len = {z1_len, z2_len, z3_len}, .z = {z1, z2, z3}, .S = S, .e = e, .E = E, .e_len = e_len, .e_words = (e_len + 7) / 8, .wide = 2 * h};
  for (size_t j = 0; j < 3; j++) {
    size_t words = (t.len[j] + 7) / 8;
    t.words[j] = words < h ? words : h;
    t.row += t.words[j];
    if (words > t.wide) t.wide = words;
  }
  size_t step = n < ROWS ? n : ROWS, bad = 0;
  uint64_t *mem = vault_scratch(8 * (step * row_words(&t, h) + t.wide));
  if (mem == NULL) rc = ECM_E_VAULT_FULL;
  for (size_t i = 0; i < n && rc == ECM_OK; i += step) {
    size_t count = n - i < step ? n - i : step;
    rc = check_chunk(k, &t, count, mem, mem + step * row_words(&t, h), &bad);
    if (rc == ECM_OK && bad < count) {
      *first = (uint32_t)(i + bad);
      rc = ECM_E_VERIFY;
    }
  }
  vault_scratch_free(mem);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}
