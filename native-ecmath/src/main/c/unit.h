/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_UNIT_H
#define ECM_UNIT_H
/* Somebody's public modulus, and batches of secret work modulo it. */
#include "modular.h"

/* Batches are worked off in chunks: enough to fill any kernel's lanes, and the vault's share stays bounded. */
#define UNIT_CHUNK 16

/** N's form: ECM_OK | ECM_E_ARGUMENT (null, nlen) | ECM_E_MODULUS (even, or top bit clear). m: MOD_MAX_WORDS words. */
int32_t unit_parse(uint64_t *m, const uint8_t *N, size_t nlen);
/** The same, and its ctx. Also ECM_E_VAULT_FULL. */
int32_t unit_modulus(mod_ctx *ctx, const uint8_t *N, size_t nlen);
#endif
