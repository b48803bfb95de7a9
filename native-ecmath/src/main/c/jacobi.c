/* SPDX-License-Identifier: Apache-2.0 */
/* Jacobi symbols of public numbers, and with them whether two numbers are coprime: (a/b) = 0 exactly if they are not.
 *
 * Stein's algorithm: of two odd numbers the larger one is replaced by their difference without its factors two. The symbol changes sign
 * by quadratic reciprocity where the numbers trade places, and by (2/b) = -1 for b = 3, 5 mod 8 where an odd number of twos goes.
 *
 * Many steps are taken on two words of each number (D. H. Lehmer, "Euclid's algorithm for large numbers", 1938): the lowest, which tells
 * twos and residues mod 8 exactly, and the highest 64 bits, which tell the larger number unless the two are close. The steps are
 * collected in a matrix, which is then applied to the whole numbers. */
#include "limb.h"
#include "modular.h"
#include "prime.h"
#include "unit.h"

/* Halvings in one batch. Before its last step there were 61 at most, so 64 - 61 = 3 low bits are exact: residues mod 8. */
enum { MAX_WORDS = 2 * MOD_MAX_WORDS, BATCH = 62, CLOSE = 128 };

/* Both odd, b the symbol's lower number. Bit 1 of flips: the symbol's sign so far. n: words, of which the top ones are not both 0. */
typedef struct {
  uint64_t store[2][MAX_WORDS], *a, *b, flips;
  size_t n;
} state;

static uint64_t top_bits(const uint64_t *x, size_t n, int shift) {
  return x[n - 1] << shift | (shift && n > 1 ? x[n - 2] >> (64 - shift) : 0);
}

/* Bit 1 of b ^ b >> 1 is set for b = 3, 5 mod 8, bit 1 of a & b for a = b = 3 mod 4. */
static uint64_t twos_flip(uint64_t b, unsigned twos) { return (0 - (uint64_t)(twos & 1)) & (b ^ b >> 1); }
static uint64_t trade_flip(uint64_t a, uint64_t b) { return a & b; }

/* (a, b) = (p*u - q*v, r*v - s*u) >> twos, where {u, v} = {a, b}. Neither result is negative, and both are below 2^64n; p, q, r, s are at most 2^62,
 * so that a sum in the loop stays within +-2^126 but for a carry. */
static void apply(uint64_t *a, uint64_t *b, const uint64_t *u, const uint64_t *v, size_t n, uint64_t p, uint64_t q, uint64_t r, uint64_t s,
                  unsigned twos) {
  __int128 c = 0, d = 0;
  uint64_t low_a = 0, low_b = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t ui = u[i], vi = v[i];
    c += (__int128)((unsigned __int128)p * ui) - (__int128)((unsigned __int128)q * vi);
    d += (__int128)((unsigned __int128)r * vi) - (__int128)((unsigned __int128)s * ui);
    if (i) {
      a[i - 1] = low_a >> twos | (uint64_t)c << (64 - twos);
      b[i - 1] = low_b >> twos | (uint64_t)d << (64 - twos);
    }
    low_a = (uint64_t)c, low_b = (uint64_t)d;
    c >>= 64, d >>= 64;
  }
  a[n - 1] = low_a >> twos | (uint64_t)c << (64 - twos);
  b[n - 1] = low_b >> twos | (uint64_t)d << (64 - twos);
}

/* As many steps as the two words allow. 0: none.
 *
 * After steps with s halvings:  a = (xa*a0 - ya*b0) >> s,  b = (yb*b0 - xb*a0) >> s,  or both with the other sign (`negative`): the sum of the rows' sizes
 * is what a difference of numbers is made of, so no entry has a sign of its own. Entries are at most 2^s: their sum is at most 2^(s+1), and
 * a step halves at least once.
 * ah and bh differ from a and b, both divided by one power of two, by at most 1 in the beginning; |a - b| >> k then by at most the sum of
 * both errors, halved, plus 1 for rounding: after i <= 62 steps by at most i + 1. So ah - bh >= 128 > 2*63 means a > b. */
static int batch(state *t) {
  uint64_t al = t->a[0], bl = t->b[0], xa = 1, ya = 0, xb = 0, yb = 1, negative = 0;
  int shift = __builtin_clzll(t->a[t->n - 1] | t->b[t->n - 1]);
  uint64_t ah = top_bits(t->a, t->n, shift), bh = top_bits(t->b, t->n, shift), flips = 0;
  unsigned left = BATCH;
  for (;;) {
    uint64_t less = 0 - (uint64_t)(ah < bh), dh = ((ah - bh) ^ less) - less, dl = ((al - bl) ^ less) - less;
    unsigned twos = (unsigned)__builtin_ctzll(dl | (uint64_t)1 << 63);
    if (dh < CLOSE || twos > left) break;
    left -= twos;
    negative ^= less;
    flips ^= less & trade_flip(al, bl);
    bl ^= less & (al ^ bl);
    bh ^= less & (ah ^ bh);
    uint64_t x = xa + xb, y = ya + yb;
    xb = (xb ^ (less & (xa ^ xb))) << twos;
    yb = (yb ^ (less & (ya ^ yb))) << twos;
    xa = x;
    ya = y;
    al = dl >> twos;
    ah = dh >> twos;
    flips ^= twos_flip(bl, twos);
  }
  if (left == BATCH) return 0;
  t->flips ^= flips;
  if (negative) apply(t->a, t->b, t->b, t->a, t->n, ya, xa, xb, yb, BATCH - left);
  else apply(t->a, t->b, t->a, t->b, t->n, xa, ya, yb, xb, BATCH - left);
  return 1;
}

/* a without its factors two; a > 0. */
static void make_odd(state *t) {
  size_t words = 0;
  while (!t->a[words]) words++;
  if (words) {
    limb_copy(t->a, t->a + words, t->n - words);
    limb_zero(t->a + t->n - words, words);
  }
  unsigned twos = (unsigned)__builtin_ctzll(t->a[0]);
  for (size_t i = 0; twos && i < t->n; i++) t->a[i] = t->a[i] >> twos | (i + 1 < t->n ? t->a[i + 1] << (64 - twos) : 0);
  t->flips ^= twos_flip(t->b[0], twos); /* 64 is even */
}

/* One step on the whole numbers. 0: they are equal. */
static int step(state *t) {
  int c = limb_cmp_vartime(t->a, t->b, t->n);
  if (c == 0) return 0;
  if (c < 0) {
    uint64_t *larger = t->b;
    t->flips ^= trade_flip(t->a[0], t->b[0]);
    t->b = t->a;
    t->a = larger;
  }
  limb_sub(t->a, t->a, t->b, t->n);
  make_odd(t);
  return 1;
}

int jacobi_vartime(const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
  state t = {.flips = 0, .n = an > bn ? an : bn};
  if (an > MAX_WORDS || bn < 1 || bn > MAX_WORDS || !(b[0] & 1)) return 0;
  t.a = t.store[0];
  t.b = t.store[1];
  limb_copy(t.a, a, an);
  limb_copy(t.b, b, bn);
  if (!limb_bits_vartime(a, an)) return limb_bits_vartime(b, bn) == 1;
  make_odd(&t);
  do {
    while (t.n > 1 && !(t.a[t.n - 1] | t.b[t.n - 1])) t.n--;
  } while (batch(&t) || step(&t));
  if (limb_bits_vartime(t.b, t.n) != 1) return 0;
  return t.flips & 2 ? -1 : 1;
}

int modular_gcd_is_one_vartime(const uint64_t *a, size_t an, const uint64_t *b, size_t bn) {
  if (an && a[0] & 1) return jacobi_vartime(b, bn, a, an) != 0;
  return jacobi_vartime(a, an, b, bn) != 0; /* 0 if both are even */
}

ECM_API int32_t ecm_jacobi_vartime(const uint8_t *N, size_t nlen, size_t n, const uint8_t *elements, int8_t *out) {
  uint64_t m[MOD_MAX_WORDS], x[MOD_MAX_WORDS];
  if (n > 0 && out == NULL) return ECM_E_ARGUMENT;
  if (n > 0) memset(out, 0, n);
  int32_t rc = unit_parse(m, N, nlen);
  if (rc == ECM_OK && n > 0 && elements == NULL) rc = ECM_E_ARGUMENT;
  size_t words = nlen / 8;
  for (size_t i = 0; i < n && rc == ECM_OK; i++) {
    limb_from_bytes(x, words, elements + i * nlen, nlen);
    if (limb_cmp_vartime(x, m, words) >= 0) rc = ECM_E_RANGE;
    else out[i] = (int8_t)jacobi_vartime(x, words, m, words);
  }
  if (rc != ECM_OK && n > 0) memset(out, 0, n);
  return rc;
}
