/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SECP256K1_IFMA_H
#define ECM_SECP256K1_IFMA_H
/* The ladders of secp256k1.c with a point in the lanes of vectors (AVX-512 IFMA): the same digits, tables and results. */
#include "secp256k1_point.h"
#include "secp256k1_table.h"

#define K1_WINDOW 5 /* bits of a signed digit */
#define K1_HALF_DIGITS 26
#define K1_NAF_LEN 130
#define K1_CHUNK 8 /* terms per pass */
typedef struct {
  uint8_t mag[2 * K1_COMB_ROWS], neg[2 * K1_COMB_ROWS]; /* (-1)^neg mag, mag in [0, 16], neg in {0, 1} */
} k1_digits;
/* A point and the non-adjacent forms of the halves of its scalar, digits at most 15 in size. */
typedef struct {
  k1_affine p;
  int8_t naf[2][K1_NAF_LEN];
} k1_term;

/** r = d*G, or lambda*d*G, for odd |d| < 128; y has magnitude 2. Variable time. */
void k1_odd_multiple(k1_affine *r, int endomorphism, int d);

#if defined(__x86_64__)
/** r = sum d[0]_i 32^i P + lambda sum d[1]_i 32^i P, i < K1_HALF_DIGITS. Constant time in the digits. */
void k1_ifma_mul(k1_point *r, const k1_affine *p, const k1_digits d[2]);
/** r = sum d_i 32^i G. Constant time in the digits. */
void k1_ifma_mul_base(k1_point *r, const k1_digits *d);
/** r = base*G + the terms; base_naf may be NULL; n <= K1_CHUNK. */
void k1_ifma_straus_vartime(k1_point *r, const int8_t (*base_naf)[K1_NAF_LEN], const k1_term *terms, size_t n);
#endif
#endif
