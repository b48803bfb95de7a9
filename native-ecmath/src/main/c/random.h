/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_RANDOM_H
#define ECM_RANDOM_H
/* getrandom(2), and nothing else: no state of our own that a fork or a snapshot could repeat. */
#include "ecm.h"

/** Public randomness. ECM_OK | ECM_E_RANDOM (then out is zero). */
int32_t random_public(void *out, size_t len);
/** The same, marked as secret for the constant-time check. out: vault memory. */
int32_t random_secret(void *out, size_t len);
#endif
