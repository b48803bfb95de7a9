/* SPDX-License-Identifier: Apache-2.0 */
#include "rivals.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#if HAVE_GMP
#include <gmp.h>
#endif
#if HAVE_CRYPTO
#include <openssl/crypto.h>
#endif
#if HAVE_SODIUM
#include <sodium.h>
#endif

int32_t rivals_has(int32_t library) {
  switch (library) {
    case RIVALS_GMP: return HAVE_GMP;
    case RIVALS_OPENSSL: return HAVE_CRYPTO;
    case RIVALS_SECP256K1: return HAVE_SECP256K1;
    case RIVALS_SODIUM: return HAVE_SODIUM;
    default: return 0;
  }
}

int32_t rivals_version(int32_t library, uint8_t *out32) {
  const char *version = "";
#if HAVE_GMP
  if (library == RIVALS_GMP) version = gmp_version;
#endif
#if HAVE_CRYPTO
  if (library == RIVALS_OPENSSL) version = OpenSSL_version(OPENSSL_VERSION_STRING);
#endif
#if HAVE_SECP256K1
  if (library == RIVALS_SECP256K1) version = SECP256K1_VERSION; /* of its package, at build time: the library does not tell */
#endif
#if HAVE_SODIUM
  if (library == RIVALS_SODIUM) version = sodium_version_string();
#endif
  snprintf((char *)out32, 32, "%s", version);
  return RIVALS_OK;
}

int32_t rivals_nothing(uint64_t a, uint64_t b, uint64_t c) {
  return RIVALS_OK;
}

int32_t rivals_nothing_bytes(const uint8_t *in, uint8_t *out) {
  return RIVALS_OK;
}

static double nanos(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The shortest of some runs is the one nobody disturbed. */
static double shortest(void (*work)(void)) {
  double best = 0;
  for (int run = 0; run < 25; run++) {
    double t = nanos();
    work();
    t = nanos() - t;
    if (run == 0 || t < best) best = t;
  }
  return best;
}

#define STEPS 1000000 /* a multiple of 10 and of 16 */

#if defined(__x86_64__)
#define ADD "add %1, %0"
#else
#define ADD "add %0, %0, %1"
#endif

static void add_chain(void) {
  uint64_t x = 0, one = 1;
  for (int i = 0; i < STEPS; i += 10) {
#pragma GCC unroll 10
    for (int j = 0; j < 10; j++) __asm__ volatile(ADD : "+r"(x) : "r"(one)); /* each waits for the one before */
  }
}

double rivals_clock_ghz(void) { return STEPS / shortest(add_chain); }

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512ifma"))) static void ifma_streams(void) {
#define MADD(r) "vpmadd52luq %%zmm16, %%zmm17, %%zmm" #r "\n\t"
  for (int i = 0; i < STEPS; i += 16) /* sixteen that do not wait for each other; what they compute does not matter */
    __asm__ volatile(MADD(0) MADD(1) MADD(2) MADD(3) MADD(4) MADD(5) MADD(6) MADD(7) MADD(8) MADD(9) MADD(10) MADD(11) MADD(12) MADD(13) MADD(14)
                         MADD(15)::
                             : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                               "xmm14", "xmm15");
}

double rivals_ifma_per_cycle(void) {
  if (!__builtin_cpu_supports("avx512ifma")) return 0;
  return STEPS / shortest(ifma_streams) / rivals_clock_ghz();
}
#else
double rivals_ifma_per_cycle(void) { return 0; }
#endif
