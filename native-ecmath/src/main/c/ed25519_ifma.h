/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_ED25519_IFMA_H
#define ECM_ED25519_IFMA_H
/* The three ladders of ed25519.c with a point in the four lanes of vectors (AVX-512 IFMA): the same digits, tables and results. */
#include "ed25519_point.h"
#if defined(__x86_64__)
/** r = sum digit[i]*16^i*P, -8 <= digit[i] <= 8. Constant time in the digits. */
void ed25519_ifma_multiply(ge *r, const ge *p, const int64_t digit[64]);
/** The same for the base point; table[i][j-1] = j*256^i*B. */
void ed25519_ifma_multiply_base(ge *r, const int64_t digit[64], const ge_affine table[32][8]);
/** r = sum over bits b < top of 2^b (base_digit[b]*B + sum digit[i][b]*points[i]), n <= 8, digits zero or odd, those of the points at most
 *  15, those of the base at most 127 in size; base_odd[j] = (2j+1)*B. */
void ed25519_ifma_straus_vartime(ge *r, size_t n, const ge *points, const int8_t (*digit)[256], const int8_t *base_digit, int top,
                                 const ge_affine base_odd[64]);
#endif
#endif
