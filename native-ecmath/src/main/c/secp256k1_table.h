/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SECP256K1_TABLE_H
#define ECM_SECP256K1_TABLE_H
/* Multiples of the generator, public constants: made by src/tools/c/secp256k1_table.c, recomputed by test_secp256k1.c. */
#include <stdint.h>

/* Affine coordinates, words, least significant first. */
typedef struct {
  uint64_t x[4], y[4];
} k1_packed;

#define K1_COMB_ROWS 26
#define K1_COMB_COLUMNS 16
#define K1_ODD_COUNT 64

extern const k1_packed k1_comb[K1_COMB_ROWS][K1_COMB_COLUMNS]; /* [i][j] = (j + 1) 2^(10 i) G */
extern const k1_packed k1_odd[K1_ODD_COUNT];                   /* [i] = (2i + 1) G */
#endif
