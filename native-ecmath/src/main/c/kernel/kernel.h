/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_KERNEL_H
#define ECM_KERNEL_H
/* A kernel does whole batches of powers, so that it may choose its own radix, layout and windows, and fill its lanes. All kernels
 * give the same results, bit by bit. Arguments have been checked. */
#include "../comb.h"

typedef struct {
  const char *name;
  /** How many numbers it works on at once at full speed. */
  uint32_t lanes;
  /** Can this machine run it? */
  int (*supported)(void);
  /** As mod_pow in modular.h. */
  int32_t (*pow)(const mod_job *jobs, size_t count, uint32_t power, int secret);
  /** Words of an entry of a comb's table for moduli of n words; entries are 64-byte aligned if the table is and this is a multiple of 8. */
  size_t (*comb_entry)(size_t n);
  /** As comb_build in comb.h. */
  int32_t (*comb_build)(const mod_ctx *ctx, const mod_comb *c, const uint64_t *bases, uint64_t *table, int secret);
  /** As comb_pow in comb.h, for `used` slots, at least one; row: words of a row of exps. */
  int32_t (*comb_pow)(const mod_ctx *ctx, const mod_comb *c, const comb_slot *slots, size_t used, size_t columns, size_t count, size_t row,
                      const uint64_t *exps, uint64_t *out, int secret);
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
