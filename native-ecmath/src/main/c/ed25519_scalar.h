/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_ED25519_SCALAR_H
#define ECM_ED25519_SCALAR_H
/* Arithmetic mod L = 2^252 + 27742317777372353535851937790883648493, the order of ed25519's base point (RFC 8032 §5.1).
 * Scalars are 4 words, least significant first, canonical (< L), in and out. Constant time; r may be an input. */
#include <stddef.h>
#include <stdint.h>

extern const uint64_t ed25519_order[4];

void ed25519_sc_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void ed25519_sc_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void ed25519_sc_mul(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
/** 1/a; 0 gives 0. */
void ed25519_sc_inv(uint64_t r[4], const uint64_t a[4]);
/** 32 bytes little-endian. Mask of "< L"; r = 0 if not. */
uint64_t ed25519_sc_decode(uint64_t r[4], const uint8_t in[32]);
void ed25519_sc_encode(uint8_t out[32], const uint64_t a[4]);
/** 64 bytes little-endian mod L. */
void ed25519_sc_reduce_wide(uint64_t r[4], const uint8_t in[64]);
/** n >= 1 words, least significant first, mod L. Time depends on n. */
void ed25519_sc_reduce_words(uint64_t r[4], const uint64_t *x, size_t n);
#endif
