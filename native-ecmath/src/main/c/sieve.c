/* SPDX-License-Identifier: Apache-2.0 */
#include "sieve.h"
#include "ecm.h"
#include "kernel/kernel.h"
#include "small_primes.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The odd primes below a limit as half their gaps: below 2^22 no gap exceeds 148. Made on first use; threads that race make the same. */

enum { SMALL = 1 << 16, SEGMENT = 1 << 15 };

/* out[i]: half the distance from the i-th odd prime to the next; 0 after the last one. */
static void find_gaps(uint8_t *out, uint32_t limit) {
  uint16_t root[(1 << 11) / 4]; /* 308 odd primes below 2^11, the root of 2^22 */
  uint8_t composite[SEGMENT];   /* odd numbers from + 2i + 1 */
  size_t roots = small_primes(root, 1 << 11), count = 0;
  uint32_t last = 3;
  for (uint32_t from = 0; from < limit; from += 2 * SEGMENT) {
    memset(composite, 0, sizeof composite);
    for (size_t i = 0; i < roots; i++) {
      uint32_t p = root[i], multiple = (from / p + 1) * p; /* above from */
      if (multiple % 2 == 0) multiple += p;
      if (multiple < p * p) multiple = p * p;
      for (uint32_t j = (multiple - from) / 2; j < SEGMENT; j += p) composite[j] = 1;
    }
    for (uint32_t j = 0; j < SEGMENT && from + 2 * j + 1 < limit; j++) {
      uint32_t p = from + 2 * j + 1;
      if (composite[j] || p <= 3) continue;
      out[count++] = (uint8_t)((p - last) / 2);
      last = p;
    }
  }
  out[count] = 0;
}

static const uint8_t *gaps_below(uint32_t below) {
  static _Atomic(uint8_t *) tables[2];
  int large = below > SMALL;
  uint8_t *table = atomic_load_explicit(&tables[large], memory_order_acquire), *none = NULL;
  if (table) return table;
  table = malloc(large ? SIEVE_PRIMES_BELOW_2_22 : SMALL_PRIMES_BELOW_2_16);
  if (!table) return NULL;
  find_gaps(table, large ? SIEVE_MAX_BELOW : SMALL);
  if (atomic_compare_exchange_strong_explicit(&tables[large], &none, table, memory_order_acq_rel, memory_order_acquire)) return table;
  free(table);
  return none;
}

/* The least j with 4j = -r mod p, r < p: (kp - r)/4 with kp = r mod 4, where 1/p = p mod 4; or that plus p. */
static uint32_t first(uint32_t p, uint32_t r) {
  int32_t j = ((int32_t)((r * p & 3) * p) - (int32_t)r) / 4; /* exact; 3p < 2^24 */
  return (uint32_t)(j < 0 ? j + (int32_t)p : j);
}

static void strike(uint64_t *composite, uint32_t end, uint32_t p, uint32_t j) {
  for (; j < end; j += p) composite[j / 64] |= (uint64_t)1 << (j % 64);
}

int32_t sieve_interval(uint64_t *composite, uint32_t end, const uint64_t *x, size_t n, int safe, uint32_t below) {
  enum { CHUNK = 512 };
  uint32_t p[CHUNK], r[CHUNK];
  const uint8_t *gap = gaps_below(below);
  if (!gap) return ECM_E_VAULT_FULL;
  memset(composite, 0, end / 8);
  for (uint32_t next = 3; next;) {
    uint32_t count = 0;
    while (next && count < CHUNK) {
      p[count++] = next;
      next = *gap ? next + 2 * *gap++ : 0;
      if (next >= below) next = 0;
    }
    kernel_current()->remainders(x, n, p, count, r);
    for (uint32_t i = 0; i < count; i++) {
      strike(composite, end, p[i], first(p[i], r[i]));
      /* 2(x + 4j) + 1 = 0 is x + 4j = (p-1)/2 */
      uint32_t half = (p[i] - 1) / 2;
      if (safe) strike(composite, end, p[i], first(p[i], r[i] < half ? r[i] + p[i] - half : r[i] - half));
    }
  }
  return ECM_OK;
}
