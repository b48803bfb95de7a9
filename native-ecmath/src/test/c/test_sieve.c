/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/kernel.h"
#include "ecm.h"
#include "sieve.h"
#include "small_primes.h"
#include "test.h"

/* By trial division: has x + 4j, or 2(x + 4j) + 1, a factor below the limit? x of two words. */
typedef unsigned __int128 u128;

static uint8_t odd_composite[SIEVE_MAX_BELOW / 2]; /* of 2i + 1 */

static int has_factor(u128 v, uint32_t below) {
  for (uint32_t p = 3; p < below; p += 2)
    if (!odd_composite[p / 2] && (uint64_t)(((uint64_t)(v >> 64) % p * (((uint64_t)-1 % p + 1) % p) + (uint64_t)v % p) % p) == 0) return 1;
  return 0;
}

static void interval(uint32_t below, int safe, uint32_t end, int ones) {
  static uint64_t marks[64];
  uint64_t x[2] = {test_rand() | 3, ones ? ~(uint64_t)0 >> 2 : test_rand() >> 2 | (uint64_t)1 << 61};
  int struck = 0;
  CHECK(sieve_interval(marks, end, x, 2, safe, below) == ECM_OK);
  for (uint32_t j = 0; j < end; j++) {
    u128 v = ((u128)x[1] << 64 | x[0]) + 4 * j;
    int want = has_factor(v, below) || (safe && has_factor(2 * v + 1, below)), is = marks[j / 64] >> (j % 64) & 1;
    CHECK(want == is);
    struck += is;
  }
  CHECK(struck > (int)end / 2 && struck < (int)end);
}

static void test_primes_themselves(void) {
  size_t count = 0;
  for (uint32_t p = 3; p < SIEVE_MAX_BELOW; p += 2) {
    if (odd_composite[p / 2]) continue;
    count++;
    for (uint64_t q = (uint64_t)p * p; q < SIEVE_MAX_BELOW; q += 2 * p) odd_composite[q / 2] = 1;
  }
  CHECK(count == SIEVE_PRIMES_BELOW_2_22); /* pi(2^22) = 295947 with 2 */
}

static void test_shallow(void) {
  for (int safe = 0; safe < 2; safe++)
    for (uint32_t below = 1 << 14; below <= 1 << 16; below *= 2) interval(below, safe, 1024, (int)(below >> 15 & 1));
}
static void test_deep(void) {
  interval(1 << 20, 1, 256, 0);
  interval(1 << 21, 0, 192, 1);
  interval(SIEVE_MAX_BELOW, 1, 256, 0);
}

int main(void) {
  printf("kernel: %s\n", mod_kernel_name());
  RUN(test_primes_themselves);
  RUN(test_shallow);
  RUN(test_deep);
  return DONE();
}
