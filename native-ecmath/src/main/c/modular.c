/* SPDX-License-Identifier: Apache-2.0 */
#include "divide.h"
#include "kernel/kernel.h"
#include "nadic.h"
#include "vault.h"
#include <stdatomic.h>
#include <stdlib.h>

/* Best first. */
static const mod_kernel *const kernels[] = {
#if defined(__x86_64__)
    &kernel_ifma,
#endif
    &kernel_portable,
};

const mod_kernel *kernel_current(void) {
  static _Atomic(const mod_kernel *) chosen; /* threads that race here choose the same */
  const mod_kernel *k = atomic_load_explicit(&chosen, memory_order_acquire);
  if (k) return k;
  const char *wanted = secure_getenv("ECM_KERNEL");
  /* A name nobody knows must not switch on anything clever: portable. */
  if (wanted && *wanted) k = &kernel_portable;
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    if (!kernels[i]->supported()) continue;
    if (wanted && *wanted ? !strcmp(wanted, kernels[i]->name) : !k) k = kernels[i];
  }
  atomic_store_explicit(&chosen, k, memory_order_release);
  return k;
}

const char *mod_kernel_name(void) { return kernel_current()->name; }

int32_t mod_init(mod_ctx *ctx, const uint64_t *m, size_t n) {
  memset(ctx, 0, sizeof *ctx);
  if (n < 1 || n > MOD_MAX_WORDS) return ECM_E_ARGUMENT;
  /* Part of the contract, so public: m odd, its top word not zero, not 1. */
  if (ct_declassify(ct_is_zero(m[n - 1]) | ct_mask_bit(~m[0]) | limb_is_word(m, n, 1))) return ECM_E_MODULUS;
  divide_init(ctx, m, n);
  return ECM_OK;
}

int32_t mod_pow(const mod_job *jobs, size_t count, uint32_t power, int secret) {
  if (!count) return ECM_OK;
  if (power < 1 || power > 2 || jobs->k < 1 || jobs->k > 4) return ECM_E_ARGUMENT;
  for (size_t i = 1; i < count; i++) {
    if (jobs[i].ctx->n != jobs->ctx->n || jobs[i].k != jobs->k) return ECM_E_ARGUMENT;
    for (size_t j = 0; j < jobs->k; j++)
      if (jobs[i].terms[j].exp_words != jobs->terms[j].exp_words) return ECM_E_ARGUMENT;
  }
  return kernel_current()->pow(jobs, count, power, secret);
}

int32_t mod_mul(const mod_ctx *ctx, uint32_t power, uint64_t *r, const uint64_t *a, const uint64_t *b) {
  size_t n = ctx->n;
  if (power < 1 || power > 2) return ECM_E_ARGUMENT;
  uint64_t *x = vault_scratch((4 * n + NADIC_WORK(n)) * 8);
  if (!x) return ECM_E_VAULT_FULL;
  uint64_t *y = x + 2 * n, *w = y + 2 * n;
  if (power == 1) {
    mont_mul(ctx, x, a, ctx->r2, w);
    mont_mul(ctx, r, x, b, w);
  } else { /* one factor in Montgomery form, so its R goes away in the product */
    nadic_enter(ctx, x, a, w);
    nadic_split(ctx, y, b, 2 * n, w);
    nadic_mul(ctx, x, x, y, w);
    nadic_join(ctx, r, x, w);
  }
  vault_scratch_free(x);
  return ECM_OK;
}

int32_t mod_reduce(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn) {
  size_t n = ctx->n;
  if (xn < n) { /* below B^(n-1), so below m */
    limb_copy(r, x, xn);
    limb_zero(r + xn, n - xn);
    return ECM_OK;
  }
  uint64_t *y = vault_scratch((n + DIVIDE_WORK(n)) * 8);
  if (!y) return ECM_E_VAULT_FULL;
  divide(ctx, NULL, y, x, xn, y + n);
  limb_copy(r, y, n);
  vault_scratch_free(y);
  return ECM_OK;
}

int32_t mod_reduce_square(const mod_ctx *ctx, uint64_t *r, const uint64_t *x, size_t xn) {
  size_t n = ctx->n;
  uint64_t *y = vault_scratch((2 * n + NADIC_WORK(n)) * 8);
  if (!y) return ECM_E_VAULT_FULL;
  nadic_split(ctx, y, x, xn, y + 2 * n);
  nadic_join(ctx, r, y, y + 2 * n);
  vault_scratch_free(y);
  return ECM_OK;
}
