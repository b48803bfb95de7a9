/* SPDX-License-Identifier: Apache-2.0 */
#include "small_primes.h"
#include <string.h>

size_t small_primes(uint16_t *out, uint32_t limit) {
  /* Sieve of Eratosthenes over odd numbers, bit i for 2i + 1. */
  uint8_t composite[(1 << 16) / 16];
  size_t count = 0;
  memset(composite, 0, sizeof composite);
  for (uint32_t p = 3; p < limit; p += 2) {
    if (composite[p / 16] >> (p / 2 % 8) & 1) continue;
    out[count++] = (uint16_t)p;
    if (p < 256)
      for (uint32_t q = p * p; q < limit; q += 2 * p) composite[q / 16] |= (uint8_t)(1 << (q / 2 % 8));
  }
  return count;
}

uint32_t small_remainder(const uint64_t *x, size_t n, uint32_t p) {
  uint64_t r = 0; /* below 2^32, so each dividend is below 2^64 */
  for (size_t i = n; i--;) {
    r = (r << 32 | x[i] >> 32) % p;
    r = (r << 32 | (x[i] & 0xffffffff)) % p;
  }
  return (uint32_t)r;
}
