/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIVALS_H
#define RIVALS_H
/*
 * The C libraries that we are measured against, behind coarse calls: one call converts, sets up and does the whole operation, as ours do, so that
 * the call through JNA weighs the same for all. Numbers are big-endian byte strings. Benchmarks only: nothing here ships.
 */
#include <stddef.h>
#include <stdint.h>

#define RIVALS_API __attribute__((visibility("default")))

enum { RIVALS_OK = 0, RIVALS_FAILED = -1, RIVALS_ABSENT = -2 /* not installed when this was built */ };
enum { RIVALS_GMP = 0, RIVALS_OPENSSL = 1, RIVALS_SECP256K1 = 2, RIVALS_SODIUM = 3 };

/** 1 if that library was there when this was built. */
RIVALS_API int32_t rivals_has(int32_t library);
/** Its version, zero-terminated, in 32 bytes. */
RIVALS_API int32_t rivals_version(int32_t library, uint8_t *out32);

/** out = base^exp mod m, all but exp of len bytes. GMP: mpz_powm, or mpz_powm_sec if constant; OpenSSL: BN_mod_exp_mont_consttime. */
RIVALS_API int32_t rivals_pow(int32_t library, int32_t constant, const uint8_t *m, size_t len, const uint8_t *base, const uint8_t *exp,
                              size_t exp_len, uint8_t *out);
/** The same by ecmath's own constant-time path (the Java API offers powers of public numbers alone), mod n^power, for count bases and exponents.
 *  It works in a vault of its own, which may be unlocked: do not copy this. */
RIVALS_API int32_t rivals_pow_ecmath(const uint8_t *n, size_t len, uint32_t power, size_t count, const uint8_t *bases, const uint8_t *exps,
                                     size_t exp_len, uint8_t *out);

/** A Paillier key of two primes of len bytes each, with whatever the library can prepare; 0 on failure. By textbook: nobody offers it. */
RIVALS_API void *rivals_paillier_new(int32_t library, const uint8_t *p, const uint8_t *q, size_t len);
RIVALS_API void rivals_paillier_free(void *key);
/** c = (1 + m N) rho^N mod N^2 without the factors; m, rho of 2 len bytes, c of 4 len. */
RIVALS_API int32_t rivals_paillier_encrypt(const void *key, const uint8_t *m, const uint8_t *rho, uint8_t *c);
/** By CRT with half exponents (Paillier 1999, section 7); unlike ours, the result is not checked. */
RIVALS_API int32_t rivals_paillier_decrypt(const void *key, const uint8_t *c, uint8_t *m);

/** Two primes of len bytes, their two top bits set. GMP: mpz_nextprime of a random start, no safe primes; OpenSSL: BN_generate_prime_ex. */
RIVALS_API int32_t rivals_primes(int32_t library, int32_t safe, size_t len, uint8_t *p, uint8_t *q);

/** secp256k1_ec_pubkey_create; secp256k1_ecdh (its constant-time multiplication; the result is the point itself); secp256k1_ecdsa_verify. */
RIVALS_API int32_t rivals_secp256k1_base(const uint8_t *k32, uint8_t *out33);
RIVALS_API int32_t rivals_secp256k1_mul(const uint8_t *point33, const uint8_t *k32, uint8_t *out33);
RIVALS_API int32_t rivals_secp256k1_verify(const uint8_t *q33, const uint8_t *digest32, const uint8_t *rs64);
/** crypto_scalarmult_ed25519_base_noclamp, crypto_scalarmult_ed25519_noclamp, crypto_sign_detached (key: seed, public key),
 * crypto_sign_verify_detached. */
RIVALS_API int32_t rivals_sodium_base(const uint8_t *k32, uint8_t *out32);
RIVALS_API int32_t rivals_sodium_mul(const uint8_t *point32, const uint8_t *k32, uint8_t *out32);
RIVALS_API int32_t rivals_sodium_sign(const uint8_t *key64, const uint8_t *message, size_t len, uint8_t *sig64);
RIVALS_API int32_t rivals_sodium_verify(const uint8_t *a32, const uint8_t *message, size_t len, const uint8_t *sig64);

/** Nothing at all: what a call costs. */
RIVALS_API int32_t rivals_nothing(uint64_t a, uint64_t b, uint64_t c);
RIVALS_API int32_t rivals_nothing_bytes(const uint8_t *in, uint8_t *out);

/** Cycles per nanosecond, from a chain of additions that take a cycle each. */
RIVALS_API double rivals_clock_ghz(void);
/** 512-bit vpmadd52 instructions per cycle, independent ones; 0 without AVX-512 IFMA. */
RIVALS_API double rivals_ifma_per_cycle(void);
#endif
