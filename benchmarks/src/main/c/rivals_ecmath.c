/* SPDX-License-Identifier: Apache-2.0 */
#include "ecm.h"
#include "limb.h"
#include "modular.h"
#include "rivals.h"
#include <stdlib.h>

#define VAULT_BYTES (4u << 20)
#define MAX_COUNT 64

int32_t rivals_pow_ecmath(const uint8_t *n, size_t len, uint32_t power, size_t count, const uint8_t *bases, const uint8_t *exps, size_t exp_len,
                          uint8_t *out) {
  size_t words = len / 8, each = power * words, exp_words = exp_len / 8;
  if (len % 8 || exp_len % 8 || words > MOD_MAX_WORDS || power < 1 || power > 2 || count < 1 || count > MAX_COUNT) return RIVALS_FAILED;
  if (ecm_vault_open(VAULT_BYTES, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return RIVALS_FAILED;
  uint64_t m[MOD_MAX_WORDS];
  mod_ctx ctx;
  mod_job jobs[MAX_COUNT];
  mod_term terms[MAX_COUNT];
  uint64_t *mem = malloc((2 * each + exp_words) * count * sizeof *mem), *b = mem, *r = b + count * each, *e = r + count * each;
  limb_from_bytes(m, words, n, len);
  int32_t code = mem ? mod_init(&ctx, m, words) : ECM_E_VAULT_FULL;
  if (code == ECM_OK) {
    for (size_t i = 0; i < count; i++) {
      limb_from_bytes(b + i * each, each, bases + i * power * len, power * len);
      limb_from_bytes(e + i * exp_words, exp_words, exps + i * exp_len, exp_len);
      terms[i] = (mod_term){b + i * each, e + i * exp_words, exp_words};
      jobs[i] = (mod_job){&ctx, &terms[i], 1, r + i * each};
    }
    code = mod_pow(jobs, count, power, 1);
    for (size_t i = 0; i < count; i++) limb_to_bytes(out + i * power * len, power * len, r + i * each, each);
  }
  free(mem);
  return code == ECM_OK ? RIVALS_OK : RIVALS_FAILED;
}
