/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_CURVE_H
#define ECM_CURVE_H
/* What the two curves have in common; secp256k1.c and ed25519.c each fill one. Scalars: 4 words, least significant first, canonical.
 * Every function is constant time in its scalars unless it ends in _vartime. No allocation; stack temporaries are wiped by the
 * caller's ct_clear_stack. */
#include "ecm.h"
#include "kernel/kernel.h"

/* In a function without result: does `call` instead of the rest where the IFMA kernel is in use. */
#if defined(__x86_64__)
#define CURVE_IFMA(call)                  \
  if (kernel_current() == &kernel_ifma) { \
    call;                                 \
    return;                               \
  }
#else
#define CURVE_IFMA(call)
#endif

typedef struct {
  uint32_t id;
  size_t point_len; /* 33 or 32 */
  uint64_t order[4];
  void (*sc_add)(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
  void (*sc_sub)(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
  void (*sc_mul)(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
  void (*sc_inv)(uint64_t r[4], const uint64_t a[4]); /* 0 gives 0 */
  /** Wire encoding; r = 0 and mask 0 returned if not < order, else all ones (0 is accepted). */
  uint64_t (*sc_decode)(uint64_t r[4], const uint8_t in[32]);
  void (*sc_encode)(uint8_t out[32], const uint64_t a[4]);
  /** 64 bytes, secp256k1 big-endian, ed25519 little-endian. */
  void (*sc_reduce_wide)(uint64_t r[4], const uint8_t in[64]);
  /** n words, least significant first; any n >= 1. */
  void (*sc_reduce_words)(uint64_t r[4], const uint64_t *x, size_t n);
  /** ECM_OK | ECM_E_IDENTITY. */
  int32_t (*mul_base)(uint8_t *out, const uint64_t k[4]);
  /** ECM_OK | ECM_E_POINT (p fails the check) | ECM_E_IDENTITY. */
  int32_t (*mul)(uint8_t *out, const uint8_t *p, const uint64_t k[4]);
  /** The same result as bytes that stay secret: no declassification of out. */
  int32_t (*mul_secret)(uint8_t *out, const uint8_t *p, const uint64_t k[4]);
  int32_t (*check_vartime)(const uint8_t *p);
  int32_t (*linear_vartime)(uint8_t *out, const uint8_t *base_scalar, size_t n, const uint8_t *scalars, const uint8_t *points);
} curve_ops;

extern const curve_ops curve_secp256k1, curve_ed25519;
const curve_ops *curve_by_id(uint32_t id); /* NULL if unknown */

int32_t secp256k1_ecdsa_verify_vartime(const uint8_t q33[33], const uint8_t digest32[32], const uint8_t r32[32], const uint8_t s32[32]);
int32_t ed25519_verify_vartime(const uint8_t a32[32], const uint8_t *message, size_t len, const uint8_t sig64[64]);
#endif
