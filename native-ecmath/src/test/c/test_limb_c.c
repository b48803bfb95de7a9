/* SPDX-License-Identifier: Apache-2.0 */
/* limb.c compiled a second time, under other names and without its assembly: what other machines run. It must agree with the library's, word
 * for word (test_modular.c compares that with GMP). */
#include "limb.h"
#include "test.h"

#define ECM_NO_ASM 1
#define limb_add c_limb_add
#define limb_sub c_limb_sub
#define limb_add_signed c_limb_add_signed
#define limb_shl1 c_limb_shl1
#define limb_shr1 c_limb_shr1
#define limb_mul c_limb_mul
#define limb_sqr c_limb_sqr
#define limb_addmul c_limb_addmul
#define limb_redc c_limb_redc
#define limb_sub_if_ge c_limb_sub_if_ge
#define limb_lt c_limb_lt
#define limb_is_zero c_limb_is_zero
#define limb_is_word c_limb_is_word
#define limb_eq c_limb_eq
#define limb_swap_if c_limb_swap_if
#define limb_lookup c_limb_lookup
#define limb_from_bytes c_limb_from_bytes
#define limb_to_bytes c_limb_to_bytes
#define limb_bits_vartime c_limb_bits_vartime
#define limb_cmp_vartime c_limb_cmp_vartime
#include "../../main/c/limb.c"
#undef limb_add
#undef limb_sub
#undef limb_add_signed
#undef limb_shl1
#undef limb_shr1
#undef limb_mul
#undef limb_sqr
#undef limb_addmul
#undef limb_redc
#undef limb_sub_if_ge
#undef limb_lt
#undef limb_is_zero
#undef limb_is_word
#undef limb_eq
#undef limb_swap_if
#undef limb_lookup
#undef limb_from_bytes
#undef limb_to_bytes
#undef limb_bits_vartime
#undef limb_cmp_vartime

enum { MAX = 50 };
static uint64_t a[MAX], b[MAX], m[MAX], r[2 * MAX + 1], s[2 * MAX + 1];

static void fill(uint64_t *x, size_t n, int shape) {
  for (size_t i = 0; i < n; i++) {
    uint64_t w = test_rand();
    x[i] = shape == 1 ? ~(uint64_t)0 : shape == 2 ? 0 : shape == 3 && w % 2 ? ~(uint64_t)0 : shape == 3 ? 0 : test_rand();
  }
}

static void test_c_agrees_with_assembly(void) {
  for (int it = 0; it < 4000; it++) {
    size_t n = 1 + test_rand() % MAX, bn = 1 + test_rand() % MAX;
    fill(a, n, it % 4), fill(b, bn, it / 4 % 4);
    limb_mul(r, a, n, b, bn), c_limb_mul(s, a, n, b, bn);
    CHECK(!memcmp(r, s, 8 * (n + bn)));
    limb_sqr(r, a, n), c_limb_sqr(s, a, n);
    CHECK(!memcmp(r, s, 16 * n));

    fill(b, n, it / 4 % 4), fill(r, 2 * n, it / 16 % 4), memcpy(s, r, 16 * n);
    CHECK(limb_addmul(r, a, b, n) == c_limb_addmul(s, a, b, n) && !memcmp(r, s, 16 * n));
    memcpy(m, a, 8 * n), m[0] |= 1;
    uint64_t k = 1; /* Newton for -1/m mod 2^64 */
    for (int i = 0; i < 6; i++) k *= 2 + k * m[0];
    CHECK(k * m[0] == ~(uint64_t)0);
    CHECK(limb_redc(r, m, k, n) == c_limb_redc(s, m, k, n) && !memcmp(r, s, 16 * n));
    CHECK(limb_add(r, a, b, n) == c_limb_add(s, a, b, n) && !memcmp(r, s, 8 * n));
    CHECK(limb_sub(r, a, b, n) == c_limb_sub(s, a, b, n) && !memcmp(r, s, 8 * n));
    CHECK(limb_lt(a, b, n) == c_limb_lt(a, b, n));
    uint64_t t = (uint64_t)it & 1, u = t;
    CHECK(limb_sub_if_ge(r, &t, a, b, n) == c_limb_sub_if_ge(s, &u, a, b, n) && t == u && !memcmp(r, s, 8 * n));
    memcpy(r, a, 8 * n), memcpy(s, a, 8 * n);
    limb_add_signed(r, n, it % 3 - 1), c_limb_add_signed(s, n, it % 3 - 1);
    CHECK(!memcmp(r, s, 8 * n));
  }
}

int main(void) {
#if defined(__x86_64__)
  RUN(test_c_agrees_with_assembly);
#else
  SKIP("C against assembly: the library is C here, see test_modular_recorded");
#endif
  return DONE();
}
