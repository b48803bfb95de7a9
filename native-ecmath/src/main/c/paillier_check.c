/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last step of `encdl` and `aff` (protocol.md §3.5, §3.6), verified by the one who knows the factors, mod p^2 and mod q^2.
 *
 * w^N mod p^2: N = p*q, and y^p mod p^2 depends on y mod p alone, since (y + i*p)^p = y^p + p*y^(p-1)*i*p + ... = y^p mod p^2. So w^N is
 * (w^q mod p)^p, the inner power with the exponent q mod p-1 for a unit w (for another w both are 0 mod p). C^z1 then shares the squarings
 * of the outer power. 1 + z2*N = 1 + p*(z2*q mod p) mod p^2.
 *
 * A damaged constant of a leg makes equal sides unequal; that unequal ones become equal takes a fault that meets the value. Sides that are
 * both 0 are refused: units are not 0, and zeros are what many faults leave behind.
 */
#include "paillier.h"

#include "ct.h"
#include "limb.h"
#include "unit.h"

#define MAX_LEN 4096 /* bytes of an exponent, as in ecm_pow_vartime */
#define ROWS 8       /* in a chunk: two legs each fill the lanes */

typedef struct {
  size_t z1_len, z2_len, e_len;
  size_t z1_words, z2_words, e_words;
  const uint8_t *z1, *z2, *w, *D, *e, *c; /* of the next row */
  const uint64_t *C;                      /* C mod p^2, C mod q^2, or null */
  uint64_t square[2 * MOD_MAX_WORDS];     /* N^2 */
} check;

/* x in [1, bound) */
static int32_t load(uint64_t *r, const uint8_t *x, const uint64_t *bound, size_t n) {
  limb_from_bytes(r, n, x, 8 * n);
  return limb_bits_vartime(r, n) > 0 && limb_cmp_vartime(r, bound, n) < 0 ? ECM_OK : ECM_E_RANGE;
}

/* What one row has: z1, e, z2*N + 1 as words, D; and for each leg w^q, C^z1*w^N, c, c^e. */
static size_t row_words(const check *t, size_t h) { return t->z1_words + t->e_words + (t->z2_words + 2 * h) + 4 * h + 2 * 9 * h; }

typedef struct {
  uint64_t *z1, *e, *blind, *D, *w[2], *y[2], *left[2], *c[2], *right[2];
} row;

static row row_at(const check *t, size_t h, uint64_t *p) {
  row r;
  r.z1 = p, p += t->z1_words;
  r.e = p, p += t->e_words;
  r.blind = p, p += t->z2_words + 2 * h;
  r.D = p, p += 4 * h;
  for (int leg = 0; leg < 2; leg++) {
    r.w[leg] = p, p += h;
    r.y[leg] = p, p += 2 * h; /* the high half stays zero */
    r.left[leg] = p, p += 2 * h;
    r.c[leg] = p, p += 2 * h;
    r.right[leg] = p, p += 2 * h;
  }
  return r;
}

/* Reads a row and reduces what belongs to the legs. Advances t. */
static int32_t read_row(const paillier_key *k, check *t, const row *r, uint64_t *x) {
  size_t h = k->h;
  limb_from_bytes(r->z1, t->z1_words, t->z1, t->z1_len);
  limb_from_bytes(r->e, t->e_words, t->e, t->e_len);
  limb_from_bytes(x, t->z2_words, t->z2, t->z2_len);
  limb_mul(r->blind, x, t->z2_words, k->n.m, 2 * h);
  limb_add_signed(r->blind, t->z2_words + 2 * h, 1);
  int32_t rc = load(r->D, t->D, t->square, 4 * h);
  if (rc == ECM_OK) rc = load(x, t->w, k->n.m, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->p, r->w[0], x, 2 * h);
  if (rc == ECM_OK) rc = mod_reduce(&k->q, r->w[1], x, 2 * h);
  if (rc == ECM_OK) rc = load(x, t->c, t->square, 4 * h);
  if (rc == ECM_OK) rc = mod_reduce_square(&k->p, r->c[0], x, 4 * h);
  if (rc == ECM_OK) rc = mod_reduce_square(&k->q, r->c[1], x, 4 * h);
  t->z1 += t->z1_len;
  t->z2 += t->z2_len;
  t->e += t->e_len;
  t->w += 16 * h;
  t->D += 32 * h;
  t->c += 32 * h;
  return rc;
}

/* right *= D, left *= 1 + z2*N; mask of equality. x: 2h words */
static int32_t row_holds(const mod_ctx *leg, const check *t, const row *r, int i, uint64_t *x, uint64_t *holds) {
  size_t h = leg->n;
  int32_t rc = mod_reduce_square(leg, x, r->blind, t->z2_words + 2 * h);
  if (rc == ECM_OK) rc = mod_mul(leg, 2, r->left[i], r->left[i], x);
  if (rc == ECM_OK) rc = mod_reduce_square(leg, x, r->D, 4 * h);
  if (rc == ECM_OK) rc = mod_mul(leg, 2, r->right[i], r->right[i], x);
  *holds &= limb_eq(r->left[i], r->right[i], 2 * h) & ~limb_is_zero(r->left[i], 2 * h);
  return rc;
}

/* *bad: the first row that fails, or count. mem: count rows; x: 4h words, or z2_words if that is more. */
static int32_t check_chunk(const paillier_key *k, check *t, size_t count, uint64_t *mem, uint64_t *x, size_t *bad) {
  size_t h = k->h;
  row rows[ROWS];
  mod_term inner[2 * ROWS], outer[2 * ROWS][2], challenge[2 * ROWS];
  mod_job lower[2 * ROWS], left[2 * ROWS], right[2 * ROWS];
  int32_t rc = ECM_OK;
  for (size_t i = 0; i < count && rc == ECM_OK; i++) {
    rows[i] = row_at(t, h, mem + i * row_words(t, h));
    rc = read_row(k, t, &rows[i], x);
    for (size_t l = 0; l < 2; l++) {
      const mod_ctx *leg = l ? &k->q : &k->p;
      size_t j = l * count + i;
      inner[j] = (mod_term){rows[i].w[l], l ? k->eq : k->ep, h};
      outer[j][0] = (mod_term){rows[i].y[l], leg->m, h};
      outer[j][1] = (mod_term){t->C ? t->C + 2 * h * l : NULL, rows[i].z1, t->z1_words};
      challenge[j] = (mod_term){rows[i].c[l], rows[i].e, t->e_words};
      lower[j] = (mod_job){leg, &inner[j], 1, rows[i].y[l]};
      left[j] = (mod_job){leg, outer[j], t->C ? 2 : 1, rows[i].left[l]};
      right[j] = (mod_job){leg, &challenge[j], 1, rows[i].right[l]};
    }
  }
  if (rc == ECM_OK) rc = mod_pow(lower, 2 * count, 1, 1);
  if (rc == ECM_OK) rc = mod_pow(left, 2 * count, 2, 1);
  if (rc == ECM_OK) rc = mod_pow(right, 2 * count, 2, 1);
  for (*bad = 0; *bad < count && rc == ECM_OK; ++*bad) {
    uint64_t holds = UINT64_MAX;
    rc = row_holds(&k->p, t, &rows[*bad], 0, x, &holds);
    if (rc == ECM_OK) rc = row_holds(&k->q, t, &rows[*bad], 1, x, &holds);
    if (rc == ECM_OK && !ct_declassify(holds)) break; /* that a row fails is public, in which leg is not */
  }
  return rc;
}

/* C mod p^2 and mod q^2 into legs; x: 4h words */
static int32_t shared_base(const paillier_key *k, const check *t, const uint8_t *C, uint64_t *legs, uint64_t *x) {
  size_t h = k->h;
  int32_t rc = load(x, C, t->square, 4 * h);
  if (rc == ECM_OK) rc = mod_reduce_square(&k->p, legs, x, 4 * h);
  if (rc == ECM_OK) rc = mod_reduce_square(&k->q, legs + 2 * h, x, 4 * h);
  return rc;
}

int32_t ecm_paillier_check_own(ecm_handle sec_key, size_t n, const uint8_t *C, const uint8_t *z1, size_t z1_len, const uint8_t *z2, size_t z2_len,
                               const uint8_t *w, const uint8_t *D, const uint8_t *e, size_t e_len, const uint8_t *c, uint32_t *first) {
  if (first == NULL) return ECM_E_ARGUMENT;
  *first = 0;
  if (n == 0 || n > UINT32_MAX || (C == NULL) != (z1 == NULL) || (C == NULL ? z1_len != 0 : z1_len == 0 || z1_len > MAX_LEN) || z2 == NULL ||
      z2_len == 0 || z2_len > MAX_LEN || w == NULL || D == NULL || e == NULL || e_len == 0 || e_len > MAX_LEN || c == NULL)
    return ECM_E_ARGUMENT;
  vault_ref key;
  const paillier_key *k;
  int32_t rc = paillier_pin(sec_key, &key, &k);
  if (rc != ECM_OK) return rc;
  check t = {.z1_len = z1_len, .z2_len = z2_len, .e_len = e_len, .z1 = z1, .z2 = z2, .w = w, .D = D, .e = e, .c = c};
  t.z1_words = (z1_len + 7) / 8;
  t.z2_words = (z2_len + 7) / 8;
  t.e_words = (e_len + 7) / 8;
  size_t h = k->h, step = n < ROWS ? n : ROWS, bad = 0, wide = t.z2_words > 4 * h ? t.z2_words : 4 * h;
  limb_sqr(t.square, k->n.m, 2 * h);
  uint64_t *mem = vault_scratch(8 * (step * row_words(&t, h) + 4 * h + wide));
  if (mem == NULL) {
    rc = ECM_E_VAULT_FULL;
    goto done;
  }
  uint64_t *legs = mem + step * row_words(&t, h), *x = legs + 4 * h;
  if (C != NULL) {
    rc = shared_base(k, &t, C, legs, x);
    t.C = legs;
  }
  for (size_t i = 0; i < n && rc == ECM_OK; i += step) {
    size_t count = n - i < step ? n - i : step;
    rc = check_chunk(k, &t, count, mem, x, &bad);
    if (rc == ECM_OK && bad < count) {
      *first = (uint32_t)(i + bad);
      rc = ECM_E_VERIFY;
    }
  }
done:
  vault_scratch_free(mem);
  vault_unpin(&key);
  ct_clear_stack();
  return rc;
}
