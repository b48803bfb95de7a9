/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_KERNEL_IFMA_H
#define ECM_KERNEL_IFMA_H
/* AVX-512 IFMA: numbers in limbs of 52 bits, each product of two limbs taken as a low and a high half of 52 bits, eight at a time.
 *
 * A modulus m of n words, n = 8, 16, 24, 32 or 48, has K = 5n/4 limbs and R = 2^(52K) = 2^(65n), so m < 2^(64n) = R/2^n <= R/256.
 * That slack is what makes the arithmetic lazy: digits are kept below 2m, never reduced on the way. The proofs are in ifma_lanes.c.
 *
 * An engine works on `lanes` numbers at once, in one of two layouts. A digit block holds one digit (a number of K limbs) of every lane:
 * limb i of lane l stands at word l*lane + i*limb. An element is one block (power 1) or two (power 2, N-adic, low digit first). */
#include <stddef.h>
#include <stdint.h>

#define IFMA_BITS 52
#define IFMA_MASK (((uint64_t)1 << IFMA_BITS) - 1)
#define IFMA_MAX_LIMBS 60
#define IFMA_MAX_LANES 8

/* What one modulus per lane needs, 64-byte aligned: block m, block c (see ifma_lanes.c), and -1/m mod 2^52 of each lane. */
#define IFMA_MOD_WORDS(engine) (2 * (engine)->block + 8)
/* Scratch of the functions below. */
#define IFMA_WORK_WORDS(engine) (3 * (engine)->block)

/* All pointers are 64-byte aligned. r may be an input. Limbs in and out are below 2^52. */
typedef struct {
  size_t lanes, limbs;
  size_t block;         /* words of a digit block */
  size_t lane, limb;    /* strides in words */
  /* r = a*b/R and a*a/R mod m (index 0), mod m^2 (index 1) */
  void (*mul[2])(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t limbs, const uint64_t *mod, uint64_t *work);
  void (*sqr[2])(uint64_t *r, const uint64_t *a, size_t limbs, const uint64_t *mod, uint64_t *work);
  /* r = table[index[l]] in lane l, for elements of `blocks` blocks; reads every entry */
  void (*lookup)(uint64_t *r, const uint64_t *table, size_t entries, size_t blocks, size_t limbs, const uint64_t *index);
  /* r = x[l] in lane l, power 1, x[l] in the layout of one number across registers */
  void (*gather)(uint64_t *r, const uint64_t *const *x, size_t limbs);
  /* a = a * 2^shift[l] in lane l, shift <= 7, power 1; the result is below R */
  void (*shift)(uint64_t *a, size_t limbs, const uint64_t *shift);
} ifma_engine;

/** Eight numbers side by side: limb i of all of them in register i. */
extern const ifma_engine ifma8_engines[5];
/** One number across the registers, K limbs padded with zeros to full registers. */
extern const ifma_engine ifma1_engines[5];
/** r[i] = table[index[i]], power 1, in the layout of those; reads every entry, once for the four. */
extern void (*const ifma1_lookup_four[5])(uint64_t *const r[4], const uint64_t *table, size_t entries, const uint64_t index[4]);
/** Two of these interleaved, so that one's dependency chain fills the other's gaps. */
extern const ifma_engine ifma1x2_engines[5];

/** out[i] = x mod p[i], p[i] odd primes below 2^22, count a multiple of 8; x of n words. */
void ifma8_remainders(const uint64_t *x, size_t n, const uint32_t *p, size_t count, uint32_t *out);

#endif
