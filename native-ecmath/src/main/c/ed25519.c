/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ct.h"
#include "curve.h"
#include "ed25519_ifma.h"
#include "ed25519_point.h"
#include "ed25519_scalar.h"
#include "ed25519_table.h"
#include "sha512.h"

/* ---- constant time in the scalar ----------------------------------------------------------------- */

/* k = sum digit[i]*16^i with -8 <= digit[i] < 8; the last digit keeps its carry: as k < 2^253 it is at most 2. */
static void signed_digits(int64_t digit[64], const uint64_t k[4]) {
  int64_t carry = 0;
  for (int i = 0; i < 64; i++) {
    const int64_t d = (int64_t)(k[i / 16] >> (4 * (i % 16)) & 15) + carry; /* 0 .. 16 */
    carry = i < 63 ? (d + 8) >> 4 : 0;
    digit[i] = d - carry * 16;
  }
  ECM_CT_SECRET(digit, 64 * sizeof *digit); /* MemorySanitizer takes no secret along a carry, so it would think the signs public */
}

/* |digit| and the mask of "negative" */
static inline uint64_t magnitude_of(int64_t digit, uint64_t *negative) {
  *negative = ct_mask_bit((uint64_t)digit >> 63);
  return ((uint64_t)digit ^ *negative) - *negative;
}

/* r = digit * (the point whose multiples 1..8 are in the row). Reads the whole row. Magnitudes 1, 1, 2. */
static void select_affine(ge_affine *r, const ge_affine row[8], int64_t digit) {
  uint64_t negative, mask;
  const uint64_t n = magnitude_of(digit, &negative);
  ge_affine s = {{{0}}, {{0}}, {{0}}};
  mask = ct_is_zero(n) & 1;
  s.y_plus_x.v[0] = mask;
  s.y_minus_x.v[0] = mask;
  for (uint64_t j = 0; j < 8; j++) {
    mask = ct_eq(n, j + 1);
    for (int i = 0; i < 5; i++) {
      s.y_plus_x.v[i] |= mask & row[j].y_plus_x.v[i];
      s.y_minus_x.v[i] |= mask & row[j].y_minus_x.v[i];
      s.t2d.v[i] |= mask & row[j].t2d.v[i];
    }
  }
  fe_select(&r->y_plus_x, negative, &s.y_minus_x, &s.y_plus_x);
  fe_select(&r->y_minus_x, negative, &s.y_plus_x, &s.y_minus_x);
  fe_neg(&r->t2d, &s.t2d);
  fe_select(&r->t2d, negative, &r->t2d, &s.t2d);
}

/* The same with projective multiples. Magnitudes 3, 3, 2, 2. */
static void select_cached(ge_cached *r, const ge_cached row[8], int64_t digit) {
  uint64_t negative, mask;
  const uint64_t n = magnitude_of(digit, &negative);
  ge_cached s = {{{0}}, {{0}}, {{0}}, {{0}}};
  mask = ct_is_zero(n) & 1;
  s.y_plus_x.v[0] = mask;
  s.y_minus_x.v[0] = mask;
  s.z2.v[0] = 2 * mask;
  for (uint64_t j = 0; j < 8; j++) {
    mask = ct_eq(n, j + 1);
    for (int i = 0; i < 5; i++) {
      s.y_plus_x.v[i] |= mask & row[j].y_plus_x.v[i];
      s.y_minus_x.v[i] |= mask & row[j].y_minus_x.v[i];
      s.z2.v[i] |= mask & row[j].z2.v[i];
      s.t2d.v[i] |= mask & row[j].t2d.v[i];
    }
  }
  fe_select(&r->y_plus_x, negative, &s.y_minus_x, &s.y_plus_x);
  fe_select(&r->y_minus_x, negative, &s.y_plus_x, &s.y_minus_x);
  r->z2 = s.z2;
  fe_neg(&r->t2d, &s.t2d);
  fe_select(&r->t2d, negative, &r->t2d, &s.t2d);
}

/* r = k*B: the odd digits, times 16, and the even digits, from one table of 32 rows. */
static void multiply_base(ge *r, const uint64_t k[4]) {
  int64_t digit[64];
  ge_affine a;
  signed_digits(digit, k);
  CURVE_IFMA(ed25519_ifma_multiply_base(r, digit, base_table));
  ed25519_ge_neutral(r);
  for (int i = 1; i < 64; i += 2) {
    select_affine(&a, base_table[i / 2], digit[i]);
    ed25519_ge_add_affine(r, r, &a);
  }
  for (int i = 0; i < 3; i++) ed25519_ge_double_no_t(r, r);
  ed25519_ge_double(r, r);
  for (int i = 0; i < 64; i += 2) {
    select_affine(&a, base_table[i / 2], digit[i]);
    ed25519_ge_add_affine(r, r, &a);
  }
}

/* r = k*P, digits from the top. */
static void multiply(ge *r, const ge *p, const uint64_t k[4]) {
  int64_t digit[64];
  ge_cached multiples[8], a;
  ge t = *p;
  signed_digits(digit, k);
  CURVE_IFMA(ed25519_ifma_multiply(r, p, digit));
  ed25519_ge_cache(&multiples[0], p);
  for (int j = 1; j < 8; j++) {
    ed25519_ge_add(&t, &t, &multiples[0]);
    ed25519_ge_cache(&multiples[j], &t);
  }
  ed25519_ge_neutral(r);
  for (int i = 63; i >= 0; i--) {
    for (int j = 0; j < 3; j++) ed25519_ge_double_no_t(r, r);
    ed25519_ge_double(r, r);
    select_cached(&a, multiples, digit[i]);
    ed25519_ge_add(r, r, &a);
  }
}

/* Encodes r; zeros and ECM_E_IDENTITY for the neutral element. That one bit is public: it is the return code. */
static int32_t encode_result(uint8_t out[32], const ge *r, void (*encode)(uint8_t *, const ge *)) {
  const int neutral = ct_declassify(ed25519_ge_is_neutral(r));
  if (neutral) {
    memset(out, 0, 32);
    return ECM_E_IDENTITY;
  }
  encode(out, r);
  return ECM_OK;
}

static int32_t op_mul_base(uint8_t *out, const uint64_t k[4]) {
  ge r;
  multiply_base(&r, k);
  const int32_t rc = encode_result(out, &r, ed25519_ge_encode);
  ECM_CT_PUBLIC(out, 32);
  return rc;
}

static int32_t op_mul_secret(uint8_t *out, const uint8_t *p, const uint64_t k[4]) {
  ge point, r;
  if (!ed25519_ge_decode_vartime(&point, p) || !ed25519_ge_is_prime_order_vartime(&point)) {
    memset(out, 0, 32);
    return ECM_E_POINT;
  }
  multiply(&r, &point, k);
  return encode_result(out, &r, ed25519_ge_encode);
}

static int32_t op_mul(uint8_t *out, const uint8_t *p, const uint64_t k[4]) {
  const int32_t rc = op_mul_secret(out, p, k);
  ECM_CT_PUBLIC(out, 32);
  return rc;
}

/* ---- everything public --------------------------------------------------------------------------- */

static int32_t op_check_vartime(const uint8_t *p) {
  ge point;
  return ed25519_ge_decode_vartime(&point, p) && ed25519_ge_is_prime_order_vartime(&point) ? ECM_OK : ECM_E_POINT;
}

#define NAF_DIGITS 256

/* Non-adjacent form of width w <= 8: digits 0 or odd, |digit| < 2^(w-1), any two non-zero ones at least w apart. k < 2^253: the last
 * carry fits. Returns the number of digits. */
static int wnaf_vartime(int8_t digit[NAF_DIGITS], const uint64_t k[4], int width) {
  const uint64_t words[5] = {k[0], k[1], k[2], k[3], 0};
  const unsigned mask = (1u << width) - 1;
  unsigned carry = 0;
  int top = 0;
  memset(digit, 0, NAF_DIGITS);
  for (int i = 0; i < NAF_DIGITS;) {
    const int shift = i % 64;
    uint64_t bits = words[i / 64] >> shift;
    if (shift > 64 - width) bits |= words[i / 64 + 1] << (64 - shift);
    const unsigned window = ((unsigned)bits & mask) + carry;
    if ((window & 1) == 0) { /* the lowest bit equals the carry, which goes on as it is */
      i++;
      continue;
    }
    carry = window >> (width - 1) != 0;
    digit[i] = (int8_t)((int)window - (carry ? 1 << width : 0));
    top = i + 1;
    i += width;
  }
  return top;
}

/* r = base*B + sum k[i]*P[i], n <= STRAUS_POINTS: one run of doublings for all (Straus). */
#define STRAUS_POINTS 8
#define POINT_WIDTH 5
#define BASE_WIDTH 8
static void straus_vartime(ge *r, const uint64_t base[4], size_t n, const ge *points, const uint64_t (*k)[4]) {
  ge_cached odd[STRAUS_POINTS][8];
  int8_t digit[STRAUS_POINTS][NAF_DIGITS], base_digit[NAF_DIGITS];
  int top = wnaf_vartime(base_digit, base, BASE_WIDTH);
  for (size_t i = 0; i < n; i++) {
    const int len = wnaf_vartime(digit[i], k[i], POINT_WIDTH);
    if (len > top) top = len;
  }
  CURVE_IFMA(ed25519_ifma_straus_vartime(r, n, points, (const int8_t(*)[NAF_DIGITS])digit, base_digit, top, base_odd));
  for (size_t i = 0; i < n; i++) {
    ge t;
    ge_cached twice;
    ed25519_ge_double(&t, &points[i]);
    ed25519_ge_cache(&twice, &t);
    t = points[i];
    ed25519_ge_cache(&odd[i][0], &t);
    for (int j = 1; j < 8; j++) {
      ed25519_ge_add(&t, &t, &twice);
      ed25519_ge_cache(&odd[i][j], &t);
    }
  }
  ed25519_ge_neutral(r);
  for (int b = top - 1; b >= 0; b--) {
    int used = b == 0 || base_digit[b] != 0; /* the last doubling's T goes out with r */
    for (size_t i = 0; i < n; i++) used |= digit[i][b];
    if (used)
      ed25519_ge_double(r, r);
    else
      ed25519_ge_double_no_t(r, r);
    for (size_t i = 0; i < n; i++) {
      const int d = digit[i][b];
      if (d > 0) ed25519_ge_add(r, r, &odd[i][d / 2]);
      if (d < 0) ed25519_ge_sub(r, r, &odd[i][-d / 2]);
    }
    const int d = base_digit[b];
    if (d > 0) ed25519_ge_add_affine(r, r, &base_odd[d / 2]);
    if (d < 0) ed25519_ge_sub_affine(r, r, &base_odd[-d / 2]);
  }
}

/* Points must pass check_vartime, here too: one rule for every function, and no caller that forgets. */
static int32_t op_linear_vartime(uint8_t *out, const uint8_t *base_scalar, size_t n, const uint8_t *scalars, const uint8_t *points) {
  ge sum, part, p[STRAUS_POINTS];
  ge_cached c;
  uint64_t k[STRAUS_POINTS][4], base[4] = {0, 0, 0, 0};
  memset(out, 0, 32);
  if (base_scalar != NULL && !ed25519_sc_decode(base, base_scalar)) return ECM_E_RANGE;
  ed25519_ge_neutral(&sum);
  do {
    const size_t m = n < STRAUS_POINTS ? n : STRAUS_POINTS;
    for (size_t i = 0; i < m; i++, scalars += 32, points += 32) {
      if (!ed25519_sc_decode(k[i], scalars)) return ECM_E_RANGE;
      if (!ed25519_ge_decode_vartime(&p[i], points) || !ed25519_ge_is_prime_order_vartime(&p[i])) return ECM_E_POINT;
    }
    straus_vartime(&part, base, m, p, (const uint64_t(*)[4])k);
    ed25519_ge_cache(&c, &part);
    ed25519_ge_add(&sum, &sum, &c);
    memset(base, 0, sizeof base); /* once is enough */
    n -= m;
  } while (n > 0);
  return encode_result(out, &sum, ed25519_ge_encode_vartime);
}

/* S*B - k*A is computed and its encoding compared with R's bytes: so R is canonical and on the curve without being decoded. */
int32_t ed25519_verify_vartime(const uint8_t a32[32], const uint8_t *message, size_t len, const uint8_t sig64[64]) {
  ge a, r;
  uint64_t s[4], k[1][4];
  uint8_t hash[64], r32[32];
  sha512_ctx c;
  if (!ed25519_sc_decode(s, sig64 + 32)) return ECM_E_VERIFY;
  if (!ed25519_ge_decode_vartime(&a, a32) || ed25519_ge_is_small_order_vartime(&a)) return ECM_E_VERIFY;
  sha512_init(&c);
  sha512_update(&c, sig64, 32);
  sha512_update(&c, a32, 32);
  if (len > 0) sha512_update(&c, message, len);
  sha512_final(&c, hash);
  ed25519_sc_reduce_wide(k[0], hash);
  ed25519_ge_neg(&a, &a);
  straus_vartime(&r, s, 1, &a, (const uint64_t(*)[4])k);
  if (ed25519_ge_is_small_order_vartime(&r)) return ECM_E_VERIFY;
  ed25519_ge_encode_vartime(r32, &r);
  return memcmp(r32, sig64, 32) == 0 ? ECM_OK : ECM_E_VERIFY;
}

const curve_ops curve_ed25519 = {
    .id = ECM_ED25519,
    .point_len = 32,
    .order = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000},
    .sc_add = ed25519_sc_add,
    .sc_sub = ed25519_sc_sub,
    .sc_mul = ed25519_sc_mul,
    .sc_inv = ed25519_sc_inv,
    .sc_decode = ed25519_sc_decode,
    .sc_encode = ed25519_sc_encode,
    .sc_reduce_wide = ed25519_sc_reduce_wide,
    .sc_reduce_words = ed25519_sc_reduce_words,
    .mul_base = op_mul_base,
    .mul = op_mul,
    .mul_secret = op_mul_secret,
    .check_vartime = op_check_vartime,
    .linear_vartime = op_linear_vartime,
};
