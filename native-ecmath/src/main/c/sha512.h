/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_SHA512_H
#define ECM_SHA512_H
/* SHA-512 (FIPS 180-4) and HMAC-SHA-512 (RFC 2104, RFC 4231). Time and memory accesses depend on lengths alone.
 * A context that saw secrets is secret: keep it in the vault or on a stack that ct_clear_stack clears; _final wipes it. */
#include <stddef.h>
#include <stdint.h>

#define SHA512_LEN 64
#define SHA512_BLOCK 128

typedef struct {
  uint64_t h[8];
  uint64_t bytes; /* seen so far; messages below 2^61 bytes */
  uint8_t block[SHA512_BLOCK];
} sha512_ctx;

/** The compression function and the encoding of its state, for loops that know their message's layout. */
void sha512_compress(uint64_t h[8], const uint8_t block[SHA512_BLOCK]);
void sha512_store(uint8_t out64[SHA512_LEN], const uint64_t h[8]);

void sha512_init(sha512_ctx *c);
void sha512_update(sha512_ctx *c, const void *data, size_t len);
/** Wipes the context. */
void sha512_final(sha512_ctx *c, uint8_t out64[SHA512_LEN]);
void sha512(uint8_t out64[SHA512_LEN], const void *data, size_t len);

typedef struct {
  sha512_ctx inner, outer;
} hmac_sha512_ctx;

void hmac_sha512_init(hmac_sha512_ctx *c, const void *key, size_t key_len);
void hmac_sha512_update(hmac_sha512_ctx *c, const void *data, size_t len);
/** Wipes the context. */
void hmac_sha512_final(hmac_sha512_ctx *c, uint8_t out64[SHA512_LEN]);
void hmac_sha512(uint8_t out64[SHA512_LEN], const void *key, size_t key_len, const void *data, size_t len);
#endif
