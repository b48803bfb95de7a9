/* SPDX-License-Identifier: Apache-2.0 */
#include "sha512.h"

#include "ct.h"

/* FIPS 180-4 §4.2.3: the first 64 bits of the fractional parts of the cube roots of the first 80 primes. */
static const uint64_t K[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

/* §5.3.5: of the square roots of the first 8 primes. */
static const uint64_t H0[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static inline uint64_t rotr(uint64_t x, unsigned n) { return x >> n | x << (64 - n); }

static inline uint64_t load64(const uint8_t *p) {
  uint64_t x;
  memcpy(&x, p, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  x = __builtin_bswap64(x);
#endif
  return x;
}

static inline void store64(uint8_t *p, uint64_t x) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  x = __builtin_bswap64(x);
#endif
  memcpy(p, &x, 8);
}

/* §6.4.2 step 3, with the names rotated instead of the values. */
#define ROUND(a, b, c, d, e, f, g, h, k, w)                                                            \
  do {                                                                                                 \
    uint64_t t1 = (h) + (rotr(e, 14) ^ rotr(e, 18) ^ rotr(e, 41)) + ((g) ^ ((e) & ((f) ^ (g)))) + (k) + (w); \
    uint64_t t2 = (rotr(a, 28) ^ rotr(a, 34) ^ rotr(a, 39)) + (((a) & (b)) | ((c) & ((a) | (b))));      \
    (d) += t1;                                                                                         \
    (h) = t1 + t2;                                                                                     \
  } while (0)

void sha512_compress(uint64_t h[8], const uint8_t block[SHA512_BLOCK]) {
  uint64_t w[16]; /* the last 16 words of the schedule */
  for (size_t i = 0; i < 16; i++) w[i] = load64(block + 8 * i);
  uint64_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
  for (size_t t = 0; t < 80; t += 16) {
#pragma GCC unroll 2 /* unrolled, the schedule stays in registers: twice as fast */
    for (size_t i = 0; i < 16; i += 8) {
      ROUND(a, b, c, d, e, f, g, k, K[t + i], w[i]);
      ROUND(k, a, b, c, d, e, f, g, K[t + i + 1], w[i + 1]);
      ROUND(g, k, a, b, c, d, e, f, K[t + i + 2], w[i + 2]);
      ROUND(f, g, k, a, b, c, d, e, K[t + i + 3], w[i + 3]);
      ROUND(e, f, g, k, a, b, c, d, K[t + i + 4], w[i + 4]);
      ROUND(d, e, f, g, k, a, b, c, K[t + i + 5], w[i + 5]);
      ROUND(c, d, e, f, g, k, a, b, K[t + i + 6], w[i + 6]);
      ROUND(b, c, d, e, f, g, k, a, K[t + i + 7], w[i + 7]);
    }
    if (t == 64) break;
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++) {
      uint64_t x = w[(i + 1) & 15], y = w[(i + 14) & 15];
      w[i] += (rotr(x, 1) ^ rotr(x, 8) ^ x >> 7) + w[(i + 9) & 15] + (rotr(y, 19) ^ rotr(y, 61) ^ y >> 6);
    }
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

void sha512_init(sha512_ctx *c) {
  memcpy(c->h, H0, sizeof H0);
  c->bytes = 0;
}

void sha512_update(sha512_ctx *c, const void *data, size_t len) {
  const uint8_t *p = data;
  if (len == 0) return;
  size_t fill = c->bytes % SHA512_BLOCK;
  c->bytes += len;
  if (fill > 0) {
    size_t n = SHA512_BLOCK - fill < len ? SHA512_BLOCK - fill : len;
    memcpy(c->block + fill, p, n);
    p += n;
    len -= n;
    if (fill + n < SHA512_BLOCK) return;
    sha512_compress(c->h, c->block);
  }
  for (; len >= SHA512_BLOCK; p += SHA512_BLOCK, len -= SHA512_BLOCK) sha512_compress(c->h, p);
  if (len > 0) memcpy(c->block, p, len);
}

void sha512_final(sha512_ctx *c, uint8_t out64[SHA512_LEN]) {
  size_t fill = c->bytes % SHA512_BLOCK;
  c->block[fill++] = 0x80;
  if (fill > SHA512_BLOCK - 16) { /* no room for the length of 128 bits */
    memset(c->block + fill, 0, SHA512_BLOCK - fill);
    sha512_compress(c->h, c->block);
    fill = 0;
  }
  memset(c->block + fill, 0, SHA512_BLOCK - 8 - fill);
  store64(c->block + SHA512_BLOCK - 8, c->bytes * 8); /* below 2^64 bits */
  sha512_compress(c->h, c->block);
  sha512_store(out64, c->h);
  ct_wipe(c, sizeof *c);
}

void sha512_store(uint8_t out64[SHA512_LEN], const uint64_t h[8]) {
  for (size_t i = 0; i < 8; i++) store64(out64 + 8 * i, h[i]);
}

void sha512(uint8_t out64[SHA512_LEN], const void *data, size_t len) {
  sha512_ctx c;
  sha512_init(&c);
  sha512_update(&c, data, len);
  sha512_final(&c, out64);
}

void hmac_sha512_init(hmac_sha512_ctx *c, const void *key, size_t key_len) {
  uint8_t pad[SHA512_BLOCK] = {0};
  if (key_len > SHA512_BLOCK) sha512(pad, key, key_len); /* RFC 2104 §2 */
  else if (key_len > 0) memcpy(pad, key, key_len);
  for (size_t i = 0; i < SHA512_BLOCK; i++) pad[i] ^= 0x36;
  sha512_init(&c->inner);
  sha512_update(&c->inner, pad, sizeof pad);
  for (size_t i = 0; i < SHA512_BLOCK; i++) pad[i] ^= 0x36 ^ 0x5c;
  sha512_init(&c->outer);
  sha512_update(&c->outer, pad, sizeof pad);
  ct_wipe(pad, sizeof pad);
}

void hmac_sha512_update(hmac_sha512_ctx *c, const void *data, size_t len) { sha512_update(&c->inner, data, len); }

void hmac_sha512_final(hmac_sha512_ctx *c, uint8_t out64[SHA512_LEN]) {
  uint8_t inner[SHA512_LEN];
  sha512_final(&c->inner, inner);
  sha512_update(&c->outer, inner, sizeof inner);
  sha512_final(&c->outer, out64);
  ct_wipe(inner, sizeof inner);
}

void hmac_sha512(uint8_t out64[SHA512_LEN], const void *key, size_t key_len, const void *data, size_t len) {
  hmac_sha512_ctx c;
  hmac_sha512_init(&c, key, key_len);
  hmac_sha512_update(&c, data, len);
  hmac_sha512_final(&c, out64);
}
