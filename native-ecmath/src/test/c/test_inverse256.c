/* SPDX-License-Identifier: Apache-2.0 */
/* Both ways to make 62 division steps are the same steps; inverses themselves are tested with the fields and scalars that use them. */
#include "test.h"
/* A second copy, for what is static in it. */
#define inverse256 copy_inverse256
#define inverse256_vartime copy_inverse256_vartime
#include "../../main/c/inverse256.c"

static void many_steps_at_once_are_the_same_steps(void) {
  for (int n = 0; n < 100000; n++) {
    uint64_t f = test_rand() | 1, g = test_rand();
    if (n % 3 == 0) g = test_rand() >> test_rand() % 64;
    if (n % 5 == 0) g = 0 - (test_rand() >> test_rand() % 64);
    if (n % 7 == 0) g <<= test_rand() % 64;
    if (n % 11 == 0) g = (0 - f) * ((uint64_t)1 << test_rand() % 64);
    if (n % 13 == 0) f = test_rand() % 2 ? 1 : UINT64_MAX;
    const int64_t zeta = (int64_t)(test_rand() % (n % 2 ? 1200 : 12)) - (n % 2 ? 600 : 6);
    steps one_by_one = {0}, at_once = {0};
    const int64_t expected = divsteps62(zeta, f, g, &one_by_one);
    CHECK(divsteps62_vartime(zeta, f, g, &at_once) == expected);
    CHECK(one_by_one.u == at_once.u && one_by_one.v == at_once.v && one_by_one.q == at_once.q && one_by_one.r == at_once.r);
  }
}

int main(void) {
  RUN(many_steps_at_once_are_the_same_steps);
  return DONE();
}
