/* SPDX-License-Identifier: Apache-2.0 */
#include "chacha20.h"

#include "ct.h"

static inline uint32_t rotl(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }

static inline uint32_t load32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#define QUARTER(a, b, c, d)         \
  do {                              \
    a += b, d = rotl(d ^ a, 16);    \
    c += d, b = rotl(b ^ c, 12);    \
    a += b, d = rotl(d ^ a, 8);     \
    c += d, b = rotl(b ^ c, 7);     \
  } while (0)

/* RFC 8439 §2.3 */
static void block(uint8_t out[64], const uint32_t s[16]) {
  uint32_t x[16];
  memcpy(x, s, sizeof x);
  for (int i = 0; i < 10; i++) {
    QUARTER(x[0], x[4], x[8], x[12]);
    QUARTER(x[1], x[5], x[9], x[13]);
    QUARTER(x[2], x[6], x[10], x[14]);
    QUARTER(x[3], x[7], x[11], x[15]);
    QUARTER(x[0], x[5], x[10], x[15]);
    QUARTER(x[1], x[6], x[11], x[12]);
    QUARTER(x[2], x[7], x[8], x[13]);
    QUARTER(x[3], x[4], x[9], x[14]);
  }
  for (size_t i = 0; i < 16; i++) {
    uint32_t v = x[i] + s[i];
    for (size_t j = 0; j < 4; j++) out[4 * i + j] = (uint8_t)(v >> (8 * j));
  }
  ct_wipe(x, sizeof x);
}

void chacha20_xor(uint8_t *out, const uint8_t *in, size_t len, const uint8_t key[32], const uint8_t nonce[12], uint32_t counter) {
  uint32_t s[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}; /* "expand 32-byte k" */
  uint8_t stream[64];
  for (size_t i = 0; i < 8; i++) s[4 + i] = load32(key + 4 * i);
  s[12] = counter;
  for (size_t i = 0; i < 3; i++) s[13 + i] = load32(nonce + 4 * i);
  for (size_t at = 0; at < len; at += 64, s[12]++) {
    size_t n = len - at < 64 ? len - at : 64;
    block(stream, s);
    for (size_t i = 0; i < n; i++) out[at + i] = (uint8_t)(in[at + i] ^ stream[i]);
  }
  ct_wipe(stream, sizeof stream);
  ct_wipe(s, sizeof s);
}
