/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_KERNEL_H
#define ECM_KERNEL_H
/* A kernel does whole batches of powers, so that it may choose its own radix, layout and windows, and fill its lanes. All kernels
 * give the same results, bit by bit. Arguments have been checked. */
#include "../modular.h"

typedef struct {
  const char *name;
  /** How many numbers it works on at once at full speed. */
  uint32_t lanes;
  /** Can this machine run it? */
  int (*supported)(void);
  /** As mod_pow and mod_pow_fixed in modular.h. */
  int32_t (*pow)(const mod_job *jobs, size_t count, uint32_t power, int secret);
  int32_t (*pow_fixed)(const mod_ctx *ctx, const uint64_t *base, size_t count, const uint64_t *exps, size_t exp_words, uint64_t *out, int secret);
  /** One round of Miller-Rabin to the base 2 for numbers x = 3 mod 4 of n words, above 2^(64n-64) and above 3, one after the other: pass[i] is
   *  all ones if 2^((x-1)/2) = +-1 mod x, else 0. Constant time in x. ECM_OK | ECM_E_VAULT_FULL */
  int32_t (*base2_round)(const uint64_t *x, size_t n, size_t count, uint64_t *pass);
  /** r[i] = x mod p[i], odd primes p[i] below 2^22. Variable time. */
  void (*remainders)(const uint64_t *x, size_t n, const uint32_t *p, size_t count, uint32_t *r);
} mod_kernel;

extern const mod_kernel kernel_portable;
#if defined(__x86_64__)
extern const mod_kernel kernel_ifma; /* AVX-512 IFMA */
#endif

/** The kernel in use: what ECM_KERNEL names if it is known and runs here, else the best that does. Decided once. */
const mod_kernel *kernel_current(void);
#endif
