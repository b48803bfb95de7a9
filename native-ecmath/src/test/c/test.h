/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_TEST_H
#define ECM_TEST_H
/* The C tests' harness: each test_<area>.c is one program; RUN prints a line and the time per test; main ends with DONE. A CHECK that
 * fails outside of any RUN counts as one more failed test. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int test_failed, test_passed, test_skipped, test_current;

#define CHECK(cond)                                                         \
  do {                                                                      \
    if (!(cond)) {                                                          \
      test_current++;                                                       \
      if (test_current <= 10)                                               \
        fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #cond); \
    }                                                                       \
  } while (0)

static inline double test_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#define RUN(fn)                                                                    \
  do {                                                                             \
    double test_t0 = test_seconds();                                               \
    if (test_current) test_failed++;                                               \
    test_current = 0;                                                              \
    fn();                                                                          \
    if (test_current) test_failed++; else test_passed++;                           \
    printf("%-52s %s %8.1f ms\n", #fn, test_current ? "FAILED" : "ok    ", 1e3 * (test_seconds() - test_t0)); \
    test_current = 0;                                                              \
    fflush(stdout);                                                                \
  } while (0)

#define SKIP(what)                       \
  do {                                   \
    test_skipped++;                      \
    printf("%-52s skipped\n", what);     \
  } while (0)

#define DONE()                                                                                     \
  (test_failed += test_current != 0, printf("%d passed, %d failed, %d skipped\n", test_passed, test_failed, test_skipped), test_failed ? 1 : 0)

static inline int test_hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
/* Decodes hex into out; returns the number of bytes. */
static inline size_t test_hex(uint8_t *out, size_t max, const char *hex) {
  size_t n = 0;
  for (; hex[0] && hex[1] && n < max; hex += 2) out[n++] = (uint8_t)(test_hex_digit(hex[0]) << 4 | test_hex_digit(hex[1]));
  return n;
}
/* Deterministic test data: splitmix64. Not for secrets. */
static uint64_t test_rng_state = 0x9e3779b97f4a7c15u;
static inline uint64_t test_rand(void) {
  uint64_t z = (test_rng_state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static inline void test_rand_bytes(uint8_t *p, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = (uint8_t)test_rand();
}
#endif
