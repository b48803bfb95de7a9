/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_CHACHA20_H
#define ECM_CHACHA20_H
#include <stddef.h>
#include <stdint.h>

/** out = in xor keystream (RFC 8439 §2.4), blocks counted from `counter`. out may be in. len below 2^38 - 64*counter, so that the
 *  counter does not wrap. Constant time but for len. Leaves secrets on the stack: ct_clear_stack. */
void chacha20_xor(uint8_t *out, const uint8_t *in, size_t len, const uint8_t key[32], const uint8_t nonce[12], uint32_t counter);
#endif
