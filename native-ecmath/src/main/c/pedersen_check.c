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
  size_t k; /* exponents: 2 or 3 */
  size_t len[3], e_len, wide, e_words;
  const uint8_t *z[3], *E, *S, *e; /* of the next row */
} check;

/* x in [1, N) */
static int32_t load(const pedersen_key *k, uint64_t *r, const uint8_t *x) {
  size_t n = k->n.n;
  limb_from_bytes(r, n, x, 8 * n);
  return limb_bits_vartime(r, n) > 0 && limb_cmp_vartime(r, k->n.m, n) < 0 ? ECM_OK : ECM_E_RANGE;
}

/* What one row has: e as words; and for each leg the exponents, E, S, the left side and S^e. */
static size_t row_words(const check *t, size_t h) { return t->e_words + 2 * (3 + 4) * h; }

typedef struct {
  uint64_t *e, *exps[2], *E[2], *S[2], *left[2], *right[2];
} row;

static row row_at(const check *t, size_t h, uint64_t *p) {
  row r;
  r.e = p, p += t->e_words;
  for (int leg = 0; leg < 2; leg++) {
    r.exps[leg] = p, p += 3 * h;
    r.E[leg] = p, p += h;
    r.S[leg] = p, p += h;
    r.left[leg] = p, p += h;
    r.right[leg] = p, p += h;
  }
  return r;
}

/* Reads a row and reduces what belongs to the legs. Advances t. x: t->wide words */
static int32_t read_row(const pedersen_key *k, check *t, const row *r, uint64_t *x) {
  size_t h = k->h;
  int32_t rc = ECM_OK;
  limb_from_bytes(r->e, t->e_words, t->e, t->e_len);
  for (size_t j = 0; j < t->k && rc == ECM_OK; j++) {
    size_t words = (t->len[j] + 7) / 8;
    limb_from_bytes(x, words, t->z[j], t->len[j]);
    rc = mod_reduce(&k->ps, r->exps[0] + j * h, x, words);
    if (rc == ECM_OK) rc = mod_reduce(&k->qs, r->exps[1] + j * h, x, words);
    t->z[j] += t->len[j];
  }
  if (rc == ECM_OK) rc = load(k, x, t->E);
  if (rc == ECM_OK) rc = mod_reduce(&k->p, r->E[0], x, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->q, r->E[1], x, 2 * h);
  if (rc == ECM_OK) rc = load(k, x, t->S);
  if (rc == ECM_OK) rc = mod_reduce(&k->p, r->S[0], x, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->q, r->S[1], x, 2 * h);
  t->e += t->e_len;
  t->E += 16 * h;
  t->S += 16 * h;
  return rc;
}

static int32_t row_holds(const mod_ctx *leg, const row *r, int i, uint64_t *holds) {
  int32_t rc = mod_mul(leg, 1, r->right[i], r->right[i], r->E[i]);
  *holds &= limb_eq(r->left[i], r->right[i], leg->n) & ~limb_is_zero(r->left[i], leg->n);
  return rc;
}

/* *bad: the first row that fails, or count. mem: count rows. */
static int32_t check_chunk(const pedersen_key *k, check *t, size_t count, uint64_t *mem, uint64_t *x, size_t *bad) {
  size_t h = k->h;
  row rows[ROWS];
  mod_term terms[2 * ROWS][3], challenge[2 * ROWS];
  mod_job left[2 * ROWS], right[2 * ROWS];
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    rows[i] = row_at(t, h, mem + i * row_words(t, h));
    rc = read_row(k, t, &rows[i], x);
    for (size_t l = 0; l < 2; l++) {
      const mod_ctx *leg = l ? &k->q : &k->p;
      const uint64_t *bases[3] = {l ? k->s1q : k->s1p, l ? k->s2q : k->s2p, l ? k->tq : k->tp};
      size_t j = l * count + i;
      for (size_t b = 0; b < t->k; b++) terms[j][b] = (mod_term){b + 1 < t->k ? bases[b] : bases[2], rows[i].exps[l] + b * h, h};
      challenge[j] = (mod_term){rows[i].S[l], rows[i].e, t->e_words};
      left[j] = (mod_job){leg, terms[j], t->k, rows[i].left[l]};
      right[j] = (mod_job){leg, &challenge[j], 1, rows[i].right[l]};
    }
  }
  if (rc == ECM_OK) rc = mod_pow(left, 2 * count, 1, 1);
  if (rc == ECM_OK) rc = mod_pow(right, 2 * count, 1, 1);
  for (*bad = 0; *bad < count && rc == ECM_OK; ++*bad) {
    uint64_t holds = UINT64_MAX;
    rc = row_holds(&k->p, &rows[*bad], 0, &holds);
    if (rc == ECM_OK) rc = row_holds(&k->q, &rows[*bad], 1, &holds);
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
  check t = {.k = 2, .len = {z1_len, z3_len}, .z = {z1, z3}, .S = S, .e = e, .E = E, .e_len = e_len, .e_words = (e_len + 7) / 8};
  if (z2 != NULL) t = (check){.k = 3, .len = {z1_len, z2_len, z3_len}, .z = {z1, z2, z3}, .S = S, .e = e, .E = E, .e_len = e_len, .e_words = t.e_words};
  t.wide = 2 * (size_t)k->h;
  for (size_t j = 0; j < t.k; j++)
    if ((t.len[j] + 7) / 8 > t.wide) t.wide = (t.len[j] + 7) / 8;
  size_t h = k->h, step = n < ROWS ? n : ROWS, bad = 0;
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
