/* SPDX-License-Identifier: Apache-2.0 */
#include "limb.h"

/* The inner step of everything here is one 64x64 -> 128 bit product added to a column of three words (c2, c1, c0). A column gets at
 * most four products, one word of the running result and the two upper words of the column before:
 *   4(B-1)^2 + (B-1) + (5B) < 5B^2 < B^3,
 * so three words never overflow, and after the shift to the next column c1 < 5 and c2 = 0.
 * Four rows at a time: four products share one load and one store of the result, and the three-word column keeps the carry chains of
 * successive products independent, which is what lets plain mul/adc run at about one product per cycle. */
typedef unsigned __int128 u128;

#if defined(__has_feature)
#if __has_feature(memory_sanitizer) /* it does not see into assembly */
#define ECM_NO_ASM 1
#endif
#endif

#if defined(__x86_64__) && !defined(ECM_NO_ASM)
#define MAC(x, y)                                                         \
  do {                                                                    \
    uint64_t mac_x = (x);                                                 \
    __asm__("mulq %4\n\taddq %%rax, %0\n\tadcq %%rdx, %1\n\tadcq $0, %2"   \
            : "+r"(c0), "+r"(c1), "+r"(c2), "+a"(mac_x)                   \
            : "rm"(y)                                                     \
            : "rdx", "cc");                                               \
  } while (0)
#define ACC(x) __asm__("addq %2, %0\n\tadcq $0, %1" : "+r"(c0), "+r"(c1) : "rm"(x) : "cc")
#else
#define MAC(x, y)                           \
  do {                                      \
    u128 mac_p = (u128)(x) * (y) + c0;      \
    c0 = (uint64_t)mac_p;                   \
    mac_p = (u128)c1 + (uint64_t)(mac_p >> 64); \
    c1 = (uint64_t)mac_p;                   \
    c2 += (uint64_t)(mac_p >> 64);          \
  } while (0)
/* c1 < B - 1 whenever ACC is used: at the start of a column c1 < 5. */
#define ACC(x)                  \
  do {                          \
    u128 acc_s = (u128)c0 + (x); \
    c0 = (uint64_t)acc_s;       \
    c1 += (uint64_t)(acc_s >> 64); \
  } while (0)
#endif
#define NEXT_COLUMN() (c0 = c1, c1 = c2, c2 = 0)

#if defined(__x86_64__) && !defined(ECM_NO_ASM)
#include <x86intrin.h>
static inline uint64_t addc(uint64_t *r, uint64_t a, uint64_t b, uint64_t carry) {
  unsigned long long s;
  carry = _addcarry_u64((unsigned char)carry, a, b, &s);
  *r = s;
  return carry;
}
static inline uint64_t subb(uint64_t *r, uint64_t a, uint64_t b, uint64_t borrow) {
  unsigned long long s;
  borrow = _subborrow_u64((unsigned char)borrow, a, b, &s);
  *r = s;
  return borrow;
}
#else
static inline uint64_t addc(uint64_t *r, uint64_t a, uint64_t b, uint64_t carry) {
  u128 s = (u128)a + b + carry;
  *r = (uint64_t)s;
  return (uint64_t)(s >> 64);
}
static inline uint64_t subb(uint64_t *r, uint64_t a, uint64_t b, uint64_t borrow) {
  u128 s = (u128)a - b - borrow;
  *r = (uint64_t)s;
  return (uint64_t)(s >> 64) & 1;
}
#endif

uint64_t limb_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
  uint64_t c = 0;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    c = addc(r + i, a[i], b[i], c);
    c = addc(r + i + 1, a[i + 1], b[i + 1], c);
    c = addc(r + i + 2, a[i + 2], b[i + 2], c);
    c = addc(r + i + 3, a[i + 3], b[i + 3], c);
  }
  for (; i < n; i++) c = addc(r + i, a[i], b[i], c);
  return c;
}

uint64_t limb_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
  uint64_t c = 0;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    c = subb(r + i, a[i], b[i], c);
    c = subb(r + i + 1, a[i + 1], b[i + 1], c);
    c = subb(r + i + 2, a[i + 2], b[i + 2], c);
    c = subb(r + i + 3, a[i + 3], b[i + 3], c);
  }
  for (; i < n; i++) c = subb(r + i, a[i], b[i], c);
  return c;
}

void limb_add_signed(uint64_t *r, size_t n, int64_t d) {
  uint64_t w = (uint64_t)d, sign = 0 - (w >> 63), c = 0;
  for (size_t i = 0; i < n; i++, w = sign) c = addc(r + i, r[i], w, c);
}

uint64_t limb_shl1(uint64_t *r, const uint64_t *a, size_t n) {
  uint64_t out = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t x = a[i];
    r[i] = x << 1 | out;
    out = x >> 63;
  }
  return out;
}

void limb_shr1(uint64_t *r, const uint64_t *a, size_t n, uint64_t top) {
  for (size_t i = 0; i < n; i++) r[i] = a[i] >> 1 | (i + 1 < n ? a[i + 1] : top) << 63;
}

/* One row: r[0..n-1] += a*b; returns the word that belongs at r[n]. a*b + r + c <= (B-1)^2 + 2(B-1) = B^2 - 1. */
static inline uint64_t addmul1(uint64_t *r, const uint64_t *a, size_t n, uint64_t b) {
  uint64_t c = 0;
  for (size_t i = 0; i < n; i++) {
    u128 p = (u128)a[i] * b + r[i] + c;
    r[i] = (uint64_t)p;
    c = (uint64_t)(p >> 64);
  }
  return c;
}

#define INLINE static inline __attribute__((always_inline))

/* Columns `from`..n+3 of r += a*(b3 b2 b1 b0), from >= 3, with what came out of column from-1 in c0, c1; then the upper end.
 * read_high: r[n..n+3] hold something to be added to, and `carry` (0 or 1) goes in at r[n]; else they are only written.
 * Returns the carry out of r[n+3]: with r < B^(n+4),  (B^n-1)(B^4-1) + B^(n+4)-1 + B^n < 2*B^(n+4), so it is 0 or 1. */
INLINE uint64_t rows4(uint64_t *r, const uint64_t *a, size_t n, uint64_t b0, uint64_t b1, uint64_t b2, uint64_t b3, size_t from, uint64_t c0,
                      uint64_t c1, int read_high, uint64_t carry) {
  uint64_t c2 = 0;
#pragma GCC unroll 4
  for (size_t i = from; i < n; i++) {
    ACC(r[i]);
    MAC(a[i], b0);
    MAC(a[i - 1], b1);
    MAC(a[i - 2], b2);
    MAC(a[i - 3], b3);
    r[i] = c0;
    NEXT_COLUMN();
  }
  if (read_high) {
    ACC(carry);
    ACC(r[n]);
  }
  MAC(a[n - 1], b1);
  MAC(a[n - 2], b2);
  MAC(a[n - 3], b3);
  r[n] = c0;
  NEXT_COLUMN();
  if (read_high) ACC(r[n + 1]);
  MAC(a[n - 1], b2);
  MAC(a[n - 2], b3);
  r[n + 1] = c0;
  NEXT_COLUMN();
  if (read_high) ACC(r[n + 2]);
  MAC(a[n - 1], b3);
  r[n + 2] = c0;
  NEXT_COLUMN();
  if (read_high) ACC(r[n + 3]);
  r[n + 3] = c0;
  return c1;
}

/* r += a*b for four words b; n >= 4. See rows4. */
INLINE uint64_t addmul4(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *b, int read_high, uint64_t carry) {
  uint64_t c0 = 0, c1 = 0, c2 = 0, b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
  ACC(r[0]);
  MAC(a[0], b0);
  r[0] = c0;
  NEXT_COLUMN();
  ACC(r[1]);
  MAC(a[1], b0);
  MAC(a[0], b1);
  r[1] = c0;
  NEXT_COLUMN();
  ACC(r[2]);
  MAC(a[2], b0);
  MAC(a[1], b1);
  MAC(a[0], b2);
  r[2] = c0;
  NEXT_COLUMN();
  return rows4(r, a, n, b0, b1, b2, b3, 3, c0, c1, read_high, carry);
}

void limb_mul(uint64_t *r, const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
  size_t j = 0;
  limb_zero(r, an);
  if (an >= 4)
    for (; j + 4 <= bn; j += 4) addmul4(r + j, a, an, b + j, 0, 0);
  for (; j < bn; j++) r[j + an] = addmul1(r + j, a, an, b[j]);
}

uint64_t limb_addmul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
  uint64_t carry = 0;
  size_t j = 0;
  if (n >= 4)
    for (; j + 4 <= n; j += 4) carry = addmul4(r + j, a, n, b + j, 1, carry);
  for (; j < n; j++) carry = addc(r + j + n, r[j + n], addmul1(r + j, a, n, b[j]), carry);
  return carry;
}

/* Mixed products a_i a_k, i < k, of the 1..7 words that remain at the upper end, added to r. Fewer than 2^3 products per column. */
static inline void mixed_end(uint64_t *r, const uint64_t *a, size_t n) {
  uint64_t c0 = 0, c1 = 0, c2 = 0;
  for (size_t col = 1; col < 2 * n - 2; col++) {
    ACC(r[col]);
    for (size_t i = col < n ? 0 : col - n + 1; 2 * i < col; i++) MAC(a[i], a[col - i]);
    r[col] = c0;
    NEXT_COLUMN();
  }
  if (n > 1) {
    r[2 * n - 2] = c0; /* nothing was there: see limb_sqr */
    r[2 * n - 1] = c1;
  }
}

/* Rows 0..3 of the mixed products, n >= 8: the triangle above the diagonal by hand, then whole columns. */
INLINE void mixed4(uint64_t *r, const uint64_t *a, size_t n) {
  uint64_t c0 = 0, c1 = 0, c2 = 0, a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  ACC(r[1]);
  MAC(a[1], a0);
  r[1] = c0;
  NEXT_COLUMN();
  ACC(r[2]);
  MAC(a[2], a0);
  r[2] = c0;
  NEXT_COLUMN();
  ACC(r[3]);
  MAC(a[3], a0);
  MAC(a[2], a1);
  r[3] = c0;
  NEXT_COLUMN();
  ACC(r[4]);
  MAC(a[4], a0);
  MAC(a[3], a1);
  r[4] = c0;
  NEXT_COLUMN();
  ACC(r[5]);
  MAC(a[5], a0);
  MAC(a[4], a1);
  MAC(a[3], a2);
  r[5] = c0;
  NEXT_COLUMN();
  ACC(r[6]);
  MAC(a[6], a0);
  MAC(a[5], a1);
  MAC(a[4], a2);
  r[6] = c0;
  NEXT_COLUMN();
  rows4(r, a, n, a0, a1, a2, a3, 7, c0, c1, 0, 0);
}

/* r[0..2n-1] = 2*r + sum a_i^2 B^2i + what came in from below: the bit shifted out, and the carry. n is 1 or 4. */
INLINE void square_diagonal(uint64_t *r, const uint64_t *a, size_t n, uint64_t *shifted, uint64_t *carry) {
  uint64_t x[8], s[8], c = *carry;
#pragma GCC unroll 4
  for (size_t i = 0; i < n; i++) {
    u128 p = (u128)a[i] * a[i];
    s[2 * i] = (uint64_t)p;
    s[2 * i + 1] = (uint64_t)(p >> 64);
    x[2 * i] = r[2 * i] << 1 | *shifted;
    x[2 * i + 1] = r[2 * i + 1] << 1 | r[2 * i] >> 63;
    *shifted = r[2 * i + 1] >> 63;
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < 2 * n; i++) c = addc(r + i, x[i], s[i], c);
  *carry = c;
}

void limb_sqr(uint64_t *r, const uint64_t *a, size_t n) {
  /* a^2 = sum a_i^2 B^2i + 2 * sum_{i<k} a_i a_k B^(i+k). The mixed products first, four rows at a time: rows j..j+3 reach up to r[n+j+3], of
   * which r[n+j..] have not been touched before. Then all doubled, and the squares added; a^2 < B^2n, so nothing is carried out. */
  uint64_t shifted = 0, carry = 0;
  size_t j = 0;
  limb_zero(r, 2 * n);
  for (; j + 8 <= n; j += 4) mixed4(r + 2 * j, a + j, n - j);
  if (n - j == 4) mixed_end(r + 2 * j, a + j, 4); /* the usual case, unrolled */
  else mixed_end(r + 2 * j, a + j, n - j);
  for (j = 0; j + 4 <= n; j += 4) square_diagonal(r + 2 * j, a + j, 4, &shifted, &carry);
  for (; j < n; j++) square_diagonal(r + 2 * j, a + j, 1, &shifted, &carry);
}

/* Four rows of the reduction: finds q0..q3 so that the four low columns of t + q*m vanish, then goes on as addmul4. n >= 4. */
INLINE uint64_t redc4(uint64_t *t, const uint64_t *m, uint64_t k, size_t n, uint64_t carry) {
  uint64_t c0 = 0, c1 = 0, c2 = 0, q0, q1, q2, q3;
  ACC(t[0]);
  q0 = c0 * k;
  MAC(m[0], q0); /* c0 = 0 now */
  NEXT_COLUMN();
  ACC(t[1]);
  MAC(m[1], q0);
  q1 = c0 * k;
  MAC(m[0], q1);
  NEXT_COLUMN();
  ACC(t[2]);
  MAC(m[2], q0);
  MAC(m[1], q1);
  q2 = c0 * k;
  MAC(m[0], q2);
  NEXT_COLUMN();
  ACC(t[3]);
  MAC(m[3], q0);
  MAC(m[2], q1);
  MAC(m[1], q2);
  q3 = c0 * k;
  MAC(m[0], q3);
  NEXT_COLUMN();
  t[0] = q0;
  t[1] = q1;
  t[2] = q2;
  t[3] = q3;
  return rows4(t, m, n, q0, q1, q2, q3, 4, c0, c1, 1, carry);
}

uint64_t limb_redc(uint64_t *t, const uint64_t *m, uint64_t k, size_t n) {
  uint64_t carry = 0;
  size_t j = 0;
  if (n >= 4)
    for (; j + 4 <= n; j += 4) carry = redc4(t + j, m, k, n, carry);
  for (; j < n; j++) {
    uint64_t q = t[j] * k;
    carry = addc(t + j + n, t[j + n], addmul1(t + j, m, n, q), carry);
    t[j] = q; /* addmul1 left 0 there */
  }
  return carry;
}

uint64_t limb_sub_if_ge(uint64_t *r, uint64_t *top, const uint64_t *a, const uint64_t *m, size_t n) {
  /* The borrow of a - m decides with the top word; then a second pass subtracts m or 0, so no second buffer is needed. */
  uint64_t b = 0, keep, sum;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    b = subb(&sum, a[i], m[i], b);
    b = subb(&sum, a[i + 1], m[i + 1], b);
    b = subb(&sum, a[i + 2], m[i + 2], b);
    b = subb(&sum, a[i + 3], m[i + 3], b);
  }
  for (; i < n; i++) b = subb(&sum, a[i], m[i], b);
  keep = ct_is_zero(*top) & ct_mask_bit(b);
  uint64_t take = ct_barrier(~keep);
  b = 0;
  for (i = 0; i + 4 <= n; i += 4) {
    b = subb(r + i, a[i], m[i] & take, b);
    b = subb(r + i + 1, a[i + 1], m[i + 1] & take, b);
    b = subb(r + i + 2, a[i + 2], m[i + 2] & take, b);
    b = subb(r + i + 3, a[i + 3], m[i + 3] & take, b);
  }
  for (; i < n; i++) b = subb(r + i, a[i], m[i] & take, b);
  *top -= b;
  return take;
}

uint64_t limb_lt(const uint64_t *a, const uint64_t *b, size_t n) {
  uint64_t borrow = 0, d;
  for (size_t i = 0; i < n; i++) borrow = subb(&d, a[i], b[i], borrow);
  return ct_mask_bit(borrow);
}

uint64_t limb_is_word(const uint64_t *a, size_t n, uint64_t w) {
  uint64_t d = 0;
  for (size_t i = 0; i < n; i++, w = 0) d |= a[i] ^ w;
  return ct_is_zero(d);
}

uint64_t limb_is_zero(const uint64_t *a, size_t n) { return limb_is_word(a, n, 0); }

uint64_t limb_eq(const uint64_t *a, const uint64_t *b, size_t n) {
  uint64_t d = 0;
  for (size_t i = 0; i < n; i++) d |= a[i] ^ b[i];
  return ct_is_zero(d);
}

void limb_swap_if(uint64_t mask, uint64_t *a, uint64_t *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint64_t d = mask & (a[i] ^ b[i]);
    a[i] ^= d;
    b[i] ^= d;
  }
}

void limb_lookup(uint64_t *r, const uint64_t *table, size_t count, size_t n, uint64_t index) {
  limb_zero(r, n);
  for (size_t e = 0; e < count; e++, table += n) {
    uint64_t take = ct_eq(e, index);
    for (size_t i = 0; i < n; i++) r[i] |= take & table[i];
  }
}

void limb_from_bytes(uint64_t *r, size_t n, const uint8_t *in, size_t len) {
  limb_zero(r, n);
  for (size_t i = 0; i < len; i++) r[i / 8] |= (uint64_t)in[len - 1 - i] << (8 * (i % 8));
}

void limb_to_bytes(uint8_t *out, size_t len, const uint64_t *a, size_t n) {
  for (size_t i = 0; i < len; i++) out[len - 1 - i] = i / 8 < n ? (uint8_t)(a[i / 8] >> (8 * (i % 8))) : 0;
}

size_t limb_bits_vartime(const uint64_t *a, size_t n) {
  while (n && !a[n - 1]) n--;
  return n ? 64 * n - (size_t)__builtin_clzll(a[n - 1]) : 0;
}

int limb_cmp_vartime(const uint64_t *a, const uint64_t *b, size_t n) {
  while (n--)
    if (a[n] != b[n]) return a[n] < b[n] ? -1 : 1;
  return 0;
}
