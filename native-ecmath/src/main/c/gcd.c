/* SPDX-License-Identifier: Apache-2.0 */
#include "limb.h"
#include "modular.h"
#include "prime.h"
#include "vault.h"

enum { MAX_WORDS = 2 * MOD_MAX_WORDS };

/* r -= x & mask; returns the borrow as a mask. */
static uint64_t sub_masked(uint64_t *r, const uint64_t *x, uint64_t mask, uint64_t *t, size_t n) {
  for (size_t i = 0; i < n; i++) t[i] = x[i] & mask;
  return ct_mask_bit(limb_sub(r, r, t, n));
}

/* r += x & mask; returns the carry. */
static uint64_t add_masked(uint64_t *r, const uint64_t *x, uint64_t mask, uint64_t *t, size_t n) {
  for (size_t i = 0; i < n; i++) t[i] = x[i] & mask;
  return limb_add(r, r, t, n);
}

/* Binary Euclid, one fixed step at a time (T. Pornin, "Optimized Binary GCD for Modular Inversion", ePrint 2020/972, algorithm 1).
 * Invariants: b odd; a = u*x and b = v*x (mod m), u, v in [0, m). A step makes a even (subtracting the smaller of a, b from the
 * larger, when a is odd) and halves it: len(a) + len(b) falls by one or more while a > 0. It starts at 2*64n at most, and len(b) >= 1, so
 * after 2*64n steps a = 0 and b = gcd; further steps would change nothing. */
int32_t ct_inverse_mod(uint64_t *r, const uint64_t *x, const uint64_t *m, size_t n) {
  if (n < 1 || n > MAX_WORDS) return ECM_E_ARGUMENT;
  if (ct_declassify(ct_mask_bit(~m[0]) | limb_is_word(m, n, 1))) { /* part of the contract, so public */
    limb_zero(r, n);
    return ECM_E_ARGUMENT;
  }
  uint64_t *mem = vault_scratch(5 * n * 8);
  if (!mem) {
    limb_zero(r, n);
    return ECM_E_VAULT_FULL;
  }
  uint64_t *a = mem, *b = a + n, *u = b + n, *v = u + n, *t = v + n;
  limb_copy(a, x, n);
  limb_copy(b, m, n);
  u[0] = 1; /* v = 0: scratch is zeroed */
  for (size_t step = 0; step < 128 * n; step++) {
    uint64_t odd = ct_mask_bit(a[0]), swap = odd & limb_lt(a, b, n);
    limb_swap_if(swap, a, b, n);
    limb_swap_if(swap, u, v, n);
    sub_masked(a, b, odd, t, n);
    add_masked(u, m, sub_masked(u, v, odd, t, n), t, n); /* the carry out cancels the borrow */
    limb_shr1(a, a, n, 0);
    limb_shr1(u, u, n, add_masked(u, m, ct_mask_bit(u[0]), t, n)); /* u/2, or (u + m)/2 < m */
  }
  uint64_t unit = limb_is_word(b, n, 1);
  for (size_t i = 0; i < n; i++) r[i] = v[i] & unit;
  vault_scratch_free(mem);
  return ct_declassify(unit) ? ECM_OK : ECM_E_UNIT;
}
