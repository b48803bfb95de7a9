/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SECP256K1_SCALAR_H
#define ECM_SECP256K1_SCALAR_H
/* Integers modulo q, the order of secp256k1: four words, least significant first, always canonical (< q). Constant time, but for
 * _vartime. */
#include "ct.h"

/* q; 2^256 - q = 0x1_4551231950B75FC4_402DA1732FC9BEBF; floor(q / 2). */
#define K1_Q {0xBFD25E8CD0364141u, 0xBAAEDCE6AF48A03Bu, 0xFFFFFFFFFFFFFFFEu, 0xFFFFFFFFFFFFFFFFu}
#define K1_Q_COMPLEMENT {0x402DA1732FC9BEBFu, 0x4551231950B75FC4u, 1}
#define K1_Q_HALF {0xDFE92F46681B20A0u, 0x5D576E7357A4501Du, 0xFFFFFFFFFFFFFFFFu, 0x7FFFFFFFFFFFFFFFu}

void k1_sc_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void k1_sc_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void k1_sc_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
/** 0 gives 0. */
void k1_sc_inv(uint64_t r[4], const uint64_t a[4]);
void k1_sc_inv_vartime(uint64_t r[4], const uint64_t a[4]);
/** Big-endian; r = 0 and mask 0 unless below q. */
uint64_t k1_sc_decode(uint64_t r[4], const uint8_t in[32]);
/** Big-endian, any 256-bit number mod q. */
void k1_sc_decode_reduce(uint64_t r[4], const uint8_t in[32]);
void k1_sc_encode(uint8_t out[32], const uint64_t a[4]);
/** 64 bytes big-endian mod q. */
void k1_sc_reduce_wide(uint64_t r[4], const uint8_t in[64]);
/** n >= 1 words mod q. */
void k1_sc_reduce_words(uint64_t r[4], const uint64_t *x, size_t n);
/** Mask: a > q / 2. */
uint64_t k1_sc_is_high(const uint64_t a[4]);

/* k = (-1)^neg[0] mag[0] + (-1)^neg[1] mag[1] lambda mod q, with both magnitudes below 2^128; neg are masks. */
typedef struct {
  uint64_t mag[2][2];
  uint64_t neg[2];
} k1_split;
void k1_sc_split(k1_split *r, const uint64_t k[4]);
#endif
