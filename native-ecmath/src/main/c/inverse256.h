/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_INVERSE256_H
#define ECM_INVERSE256_H
/* Inverses modulo an odd prime of at most 256 bits in constant time unless the name ends in _vartime, for fields and scalars alike: the division steps of Bernstein
 * and Yang ("Fast constant-time gcd computation and modular inversion", ePrint 2019/266), 62 at a time on single words, started at
 * delta = 1/2. 590 steps are enough for 256 bits (Wuille, https://github.com/sipa/safegcd-bounds); ten rounds make 620. */
#include <stdint.h>

typedef struct {
  int64_t m[5];     /* the modulus in limbs of 62 bits, least significant first */
  uint64_t inverse; /* 1/m mod 2^62 */
} inverse256_modulus;

/** r = 1/a mod m for a < m; 0 gives 0. Four words, least significant first; r may alias a. */
void inverse256(uint64_t r[4], const uint64_t a[4], const inverse256_modulus *m);
/** The same of a public number. */
void inverse256_vartime(uint64_t r[4], const uint64_t a[4], const inverse256_modulus *m);
#endif
