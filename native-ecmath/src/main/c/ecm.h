/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_H
#define ECM_H
/*
 * ecmath: elliptic-curve and Paillier arithmetic whose secrets live in a vault of locked memory.
 *
 * Conventions, true for every function:
 *  - Returns ECM_OK (0), or a negative ECM_E_ code. ECM_MORE (1) only where said.
 *  - Outputs are zeroed first; on error nothing but zeros leaves. Where only the handle knows how long an output is (encrypt_own, nth_roots,
 *    prm_, bases_), nothing at all is written if it is not of the kind that is wanted. Outputs overlap no inputs.
 *  - Secrets are handles (`sec_` arguments). A function never consumes a handle it is given, and each
 *    handle it returns is a new one that the caller must free. 0 is never a valid handle.
 *  - Public numbers are byte strings, unsigned big-endian, of the exact length given, except where an
 *    encoding is named. secp256k1 scalars: 32 bytes big-endian; points: SEC1 compressed, 33 bytes.
 *    ed25519 scalars: 32 bytes little-endian, points: 32 bytes, both RFC 8032.
 *  - `_vartime`: every argument is public. Any other function with a `sec_` argument takes a time that does
 *    not depend on the secret's value (the prime search alone is excepted).
 *  - Batch functions take n operations, laid out one after the other; if one fails, all outputs are zero. n = 0: those on points and
 *    the _vartime ones do nothing and return ECM_OK (an empty product is 1, an empty sum the identity: ECM_E_IDENTITY); the
 *    others, which work on secrets, return ECM_E_ARGUMENT.
 *  - Thread-safe. A handle may be freed while another thread computes with it: the memory is wiped when
 *    the last user is done. No stdio, no abort, no locale, no threads, no mutable global but the vault.
 *  - Temporaries that hold secrets come from the vault, or are wiped from stack and registers on exit.
 */
#include <stddef.h>
#include <stdint.h>

#define ECM_API __attribute__((visibility("default")))
#define ECM_ABI_VERSION 2

typedef uint64_t ecm_handle;

enum {
  ECM_MORE = 1,          /* a bounded search has used up its window: call again */
  ECM_OK = 0,
  ECM_E_ARGUMENT = -1,   /* null pointer, bad length, unknown constant: the caller's mistake */
  ECM_E_HANDLE = -2,     /* no such handle, or freed */
  ECM_E_KIND = -3,       /* the handle holds something else */
  ECM_E_RANGE = -4,      /* a number outside its range */
  ECM_E_POINT = -5,      /* not a canonical encoding of a point of the prime-order group, or the identity */
  ECM_E_IDENTITY = -6,   /* the result is the identity, which has no encoding here */
  ECM_E_ZERO = -7,       /* a secret scalar came out as zero */
  ECM_E_UNIT = -8,       /* not coprime to the modulus */
  ECM_E_MODULUS = -9,    /* even, wrong size, prime, or with a small factor */
  ECM_E_VERIFY = -10,    /* signature or MAC does not verify */
  ECM_E_FAULT = -11,     /* a result failed its own check: hardware fault or bug */
  ECM_E_VAULT_FULL = -12,
  ECM_E_VAULT_CLOSED = -13,
  ECM_E_LOCKED_MEMORY = -14, /* the kernel refused the memory protection that was required */
  ECM_E_RANDOM = -15,    /* the kernel gave no randomness */
  ECM_E_IO = -16,        /* reading a secret: open or read failed */
  ECM_E_PERMISSIONS = -17, /* reading a secret: the file is accessible to group or others */
  ECM_E_FORMAT = -18,    /* reading a secret: not hex, empty, too long; or a blob that does not parse */
  ECM_E_SELF_TEST = -19
};

/* ---- library ------------------------------------------------------------------------------------ */

/** ECM_ABI_VERSION of the library that was loaded; the Java side refuses another. */
ECM_API int32_t ecm_abi_version(void);
/** Known answers for every primitive; needs an open vault. ECM_OK | ECM_E_SELF_TEST | ECM_E_VAULT_CLOSED. */
ECM_API int32_t ecm_self_test(void);
/** Name of the kernel in use ("portable" or "ifma"), zero-terminated, in 16 bytes. */
ECM_API int32_t ecm_kernel(uint8_t *out16);

/* ---- vault -------------------------------------------------------------------------------------- */

enum {
  ECM_VAULT_NO_MEMFD_SECRET = 1,      /* do not try memfd_secret (tests, valgrind) */
  ECM_VAULT_REQUIRE_MEMFD_SECRET = 2, /* fail unless memfd_secret works */
  ECM_VAULT_ALLOW_UNLOCKED = 4        /* go on when mlock is refused; without it: ECM_E_LOCKED_MEMORY */
};
enum {
  ECM_REPORT_BYTES = 0, ECM_REPORT_IN_USE, ECM_REPORT_HANDLES, ECM_REPORT_MEMFD_SECRET, ECM_REPORT_LOCKED,
  ECM_REPORT_DONTDUMP, ECM_REPORT_DONTFORK, ECM_REPORT_GUARD_PAGES, ECM_REPORT_PEAK, ECM_REPORT_MEMLOCK_LIMIT,
  ECM_REPORT_WORDS = 10
};
/** Opens the process's one vault. bytes: rounded up to a power of two, 1 MiB .. 1 GiB (ECM_E_ARGUMENT above). Where the memory-lock limit
 *  does not allow so much it is halved until it fits, and ECM_REPORT_BYTES says what it is. A second call while
 *  open returns ECM_OK and changes nothing. */
ECM_API int32_t ecm_vault_open(uint64_t bytes, uint32_t flags);
/** Wipes and unmaps everything; every handle becomes invalid. Waits for nobody: the caller has no call under way. */
ECM_API int32_t ecm_vault_close(void);
/** out: ECM_REPORT_WORDS words, in the order above; booleans are 0 or 1; MEMLOCK_LIMIT is all ones when unlimited. */
ECM_API int32_t ecm_vault_report(uint64_t *out);
/** Frees and wipes. ECM_E_HANDLE for a handle that is not alive (double free included). */
ECM_API int32_t ecm_secret_free(ecm_handle sec_h);
enum {
  ECM_KIND_BLOB = 1, ECM_KIND_SCALAR = 2, ECM_KIND_INTEGER = 3, ECM_KIND_PAILLIER = 4, ECM_KIND_PEDERSEN = 5,
  ECM_KIND_PRM_MASKS = 6, ECM_KIND_KEYGEN = 7, ECM_KIND_BASES = 8
};
/** kind: ECM_KIND_; length: bytes of content of a blob, 32 for a scalar, bytes of magnitude for an integer,
 *  bytes of N for keys and fixed bases. */
ECM_API int32_t ecm_secret_info(ecm_handle sec_h, uint32_t *kind, uint64_t *length);
/** Constant-time equality of value: two blobs, two scalars of one curve, or two integers (by value; widths may
 *  differ). *equal = 1 or 0; the answer itself is public. ECM_E_KIND for other or unlike kinds. */
ECM_API int32_t ecm_secret_equal(ecm_handle sec_a, ecm_handle sec_b, uint32_t *equal);
/** Address and length of a blob, for the token to read or fill. Valid until the handle is freed. */
ECM_API int32_t ecm_secret_address(ecm_handle sec_blob, uint64_t *address, uint64_t *length);

/* ---- blobs, random, reading secrets ------------------------------------------------------------- */

/** Public randomness: getrandom(2). */
ECM_API int32_t ecm_random(uint8_t *out, size_t len);
/** A zeroed blob of len bytes (1 .. 1 MiB), to be filled through its address. */
ECM_API int32_t ecm_blob_new(size_t len, ecm_handle *out);
/** len bytes of OS randomness; if sec_mix is not 0 (any blob), SHA-512-mixed with it. */
ECM_API int32_t ecm_blob_random(size_t len, ecm_handle sec_mix, ecm_handle *out);
/** Copies PUBLIC bytes into a blob (labels, known test vectors). */
ECM_API int32_t ecm_blob_from_public(const uint8_t *data, size_t len, ecm_handle *out);
ECM_API int32_t ecm_blob_slice(ecm_handle sec_blob, size_t offset, size_t len, ecm_handle *out);
/** n blobs one after the other. */
ECM_API int32_t ecm_blob_concat(size_t n, const ecm_handle *sec_blobs, ecm_handle *out);
/** Pads for AES-CBC: 4-byte big-endian length, content, zeros up to a multiple of 16; at most 1 MiB with all that (ECM_E_ARGUMENT). */
ECM_API int32_t ecm_blob_pad16(ecm_handle sec_blob, ecm_handle *out);
/** Inverse. ECM_E_FORMAT if the length does not fit or the padding is not zero (constant time in the content). */
ECM_API int32_t ecm_blob_unpad16(ecm_handle sec_blob, ecm_handle *out);
enum { ECM_FORMAT_RAW = 0, /* all bytes to end of file */ ECM_FORMAT_LINE = 1, /* up to \n or end; \r\n stripped */
       ECM_FORMAT_HEX_LINE = 2 /* a line of hex digits, decoded in constant time */ };
/** Reads a secret of at most max bytes (before decoding) from a file descriptor, unbuffered: LINE formats read
 *  nothing past the newline. ECM_E_IO | ECM_E_FORMAT. */
ECM_API int32_t ecm_blob_read_fd(int32_t fd, uint32_t format, size_t max, ecm_handle *out);
/** The same from a regular file of mode 0600 or stricter (ECM_E_PERMISSIONS) owned by us or root. path: UTF-8, zero-terminated. */
ECM_API int32_t ecm_blob_read_file(const uint8_t *path, uint32_t format, size_t max, ecm_handle *out);

/* ---- hashing and sealing of secrets ------------------------------------------------------------- */

/** out64 = HMAC-SHA-512(key, data): the MAC is public. RFC 4231. */
ECM_API int32_t ecm_hmac(ecm_handle sec_key, const uint8_t *data, size_t len, uint8_t *out64);
/** Compares in constant time: ECM_OK | ECM_E_VERIFY. */
ECM_API int32_t ecm_hmac_verify(ecm_handle sec_key, const uint8_t *data, size_t len, const uint8_t *mac64);
/** The MAC stays secret: a 64-byte blob. */
ECM_API int32_t ecm_hmac_secret(ecm_handle sec_key, const uint8_t *data, size_t len, ecm_handle *out);
/** PBKDF2-HMAC-SHA-512 (RFC 8018). out_len 1 .. 64. */
ECM_API int32_t ecm_pbkdf2(ecm_handle sec_passphrase, const uint8_t *salt, size_t salt_len, uint32_t iterations,
                           size_t out_len, ecm_handle *out);
#define ECM_SEAL_OVERHEAD 96 /* 32-byte salt, ciphertext, 64-byte tag */
/** Encrypt-then-MAC under a key blob of >= 32 bytes: salt random; (k1,k2) = HMAC-SHA-512(key, "ecm-seal-v1" || salt);
 *  ChaCha20 (RFC 8439, nonce 0, counter 0) under k1; tag = HMAC-SHA-512(k2, BE64(aad_len) || aad || salt || ciphertext).
 *  out: content length + ECM_SEAL_OVERHEAD bytes; out_len must be exactly that. */
ECM_API int32_t ecm_seal(ecm_handle sec_key, const uint8_t *aad, size_t aad_len, ecm_handle sec_blob, uint8_t *out, size_t out_len);
/** Checks the tag in constant time before it decrypts. ECM_E_VERIFY. */
ECM_API int32_t ecm_open(ecm_handle sec_key, const uint8_t *aad, size_t aad_len, const uint8_t *sealed, size_t len, ecm_handle *out);
/** BIP-32 private derivation from a seed of 16..64 bytes; indices with bit 31 set are hardened. out: 32-byte
 *  private key. n = 0: the master key; at most 255. ECM_E_RANGE where BIP-32 calls a key invalid (probability < 2^-127). */
ECM_API int32_t ecm_bip32_derive(ecm_handle sec_seed, const uint32_t *path, size_t n, ecm_handle *out);

/** A scalar, integer, Paillier or ring-Pedersen key as a blob: what a token or ecm_seal encrypts. Self-describing and versioned. */
ECM_API int32_t ecm_serialize(ecm_handle sec_h, ecm_handle *out_blob);
/** Inverse, with full validation of what it finds (ECM_E_FORMAT). kind: the ECM_KIND_ that is expected. */
ECM_API int32_t ecm_load(uint32_t kind, ecm_handle sec_blob, ecm_handle *out);

/* ---- scalars and points ------------------------------------------------------------------------- */

enum { ECM_SECP256K1 = 1, ECM_ED25519 = 2 };

/** protocol.md §4.4: wide reduction of HMAC-SHA-512(key: 64 bytes of OS randomness || content of sec_token_random if not 0,
 *  message: prefix || 32-byte wire encoding of sec_fragment || suffix). ECM_E_ZERO is possible (2^-250).
 *  sec_fragment is a scalar of any curve. */
ECM_API int32_t ecm_scalar_nonce(uint32_t curve, ecm_handle sec_token_random, const uint8_t *prefix, size_t prefix_len,
                                 ecm_handle sec_fragment, const uint8_t *suffix, size_t suffix_len, ecm_handle *out);
/** Uniform in [1, order). */
ECM_API int32_t ecm_scalar_random(uint32_t curve, ecm_handle *out);
/** A blob of 32 bytes in the curve's scalar encoding, in [1, order), else ECM_E_RANGE. */
ECM_API int32_t ecm_scalar_from_blob(uint32_t curve, ecm_handle sec_blob, ecm_handle *out);
/** Wide reduction of a 64-byte blob (secp256k1: big-endian; ed25519: little-endian). ECM_E_ZERO. */
ECM_API int32_t ecm_scalar_from_wide(uint32_t curve, ecm_handle sec_blob, ecm_handle *out);
/** ed25519: first 32 bytes of SHA-512(blob), clamped as RFC 8032, mod L. Any blob of 32 bytes. */
ECM_API int32_t ecm_scalar_from_ed25519_seed(ecm_handle sec_blob, ecm_handle *out);
/** A PUBLIC scalar in [0, order), as an operand. */
ECM_API int32_t ecm_scalar_from_public(uint32_t curve, const uint8_t *b32, ecm_handle *out);
/** A signed integer reduced mod the order (0 is allowed). Constant time for the integer's width. */
ECM_API int32_t ecm_scalar_from_int(uint32_t curve, ecm_handle sec_int, ecm_handle *out);
ECM_API int32_t ecm_scalar_add(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out);
ECM_API int32_t ecm_scalar_sub(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out);
ECM_API int32_t ecm_scalar_mul(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out);
/** ECM_E_ZERO for 0. */
ECM_API int32_t ecm_scalar_inverse(ecm_handle sec_a, ecm_handle *out);
/** PUBLIC result z = k + e*x mod order: the response of `dl`, and EdDSA's partial signature. e32, out32: wire encoding. */
ECM_API int32_t ecm_scalar_response(ecm_handle sec_k, const uint8_t *e32, ecm_handle sec_x, uint8_t *out32);
/** PUBLIC result s = u/k mod q, made low (s <= q/2); *negated = 1 if s was replaced by q - s. ECM_E_ZERO if s = 0. */
ECM_API int32_t ecm_ecdsa_s(ecm_handle sec_k, ecm_handle sec_u, uint8_t *out32, uint32_t *negated);

/** out: n points, sec_k[i]*G. ECM_E_IDENTITY if one is 0. */
ECM_API int32_t ecm_point_mul_base(uint32_t curve, size_t n, const ecm_handle *sec_k, uint8_t *out);
/** out[i] = sec_k[i]*points[i]. Points are checked (ECM_E_POINT; ed25519: prime-order subgroup). Variable time in points only. */
ECM_API int32_t ecm_point_mul(uint32_t curve, size_t n, const uint8_t *points, const ecm_handle *sec_k, uint8_t *out);
/** The encoding of sec_k*point as a secret blob (Diffie-Hellman). */
ECM_API int32_t ecm_point_dh(uint32_t curve, const uint8_t *point, ecm_handle sec_k, ecm_handle *out);
/** Canonical, on the curve, not the identity, of prime order: ECM_OK | ECM_E_POINT. */
ECM_API int32_t ecm_point_check_vartime(uint32_t curve, size_t n, const uint8_t *points);
/** out = base_scalar*G + sum scalars[i]*points[i]. base_scalar may be null (0). Scalars in [0, order). ECM_E_IDENTITY. */
ECM_API int32_t ecm_point_linear_vartime(uint32_t curve, const uint8_t *base_scalar, size_t n, const uint8_t *scalars,
                                         const uint8_t *points, uint8_t *out);
/** ECDSA as SEC1 §4.1.4; r, s in [1, q); high s is accepted here (the caller demands low s). ECM_OK | ECM_E_VERIFY. */
ECM_API int32_t ecm_ecdsa_verify_vartime(const uint8_t *q33, const uint8_t *digest32, const uint8_t *r32, const uint8_t *s32);
/** RFC 8032 §5.1.7, without the cofactor, S < L, canonical encodings only, A and R not of small order. ECM_OK | ECM_E_VERIFY. */
ECM_API int32_t ecm_ed25519_verify_vartime(const uint8_t *a32, const uint8_t *message, size_t len, const uint8_t *sig64);

/* ---- secret integers ---------------------------------------------------------------------------- */
/* A sign and a magnitude of a fixed public width; the width, not the value, determines time and memory.
 * Widths, in words of 64 bits: random_below, from_public: that of the bytes given, leading zeros included; from_scalar: 4; add, sub:
 * max + 1; mul: sum. At most 8192 bits (bytes: ECM_E_ARGUMENT; results: ECM_E_RANGE). */

/** Uniform in [0, bound), bound > 0 public; by rejection. */
ECM_API int32_t ecm_int_random_below(const uint8_t *bound, size_t len, ecm_handle *out);
ECM_API int32_t ecm_int_from_public(const uint8_t *value, size_t len, ecm_handle *out);
ECM_API int32_t ecm_int_from_scalar(ecm_handle sec_scalar, ecm_handle *out);
ECM_API int32_t ecm_int_add(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out);
ECM_API int32_t ecm_int_sub(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out);
ECM_API int32_t ecm_int_mul(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out);
/** PUBLIC result z = alpha + e*x over the integers, e unsigned (e_len 1..32). ECM_E_RANGE if z < 0 or z does not fit out_len. */
ECM_API int32_t ecm_int_response(ecm_handle sec_alpha, const uint8_t *e, size_t e_len, ecm_handle sec_x, uint8_t *out, size_t out_len);

/* ---- modular arithmetic ------------------------------------------------------------------------- */
/* Moduli: odd, nlen bytes, nlen a multiple of 16 in 32..384, top bit of the first byte set. Elements mod N: nlen bytes;
 * mod N^2: 2*nlen bytes. `power` is 1 (mod N) or 2 (mod N^2). Functions here may take some scratch of the vault, the _vartime ones
 * included, which must be open (else ECM_E_VAULT_FULL or _CLOSED). */

/** Odd, top bit set, composite (Miller-Rabin to the base 2 and to 40 random bases), no prime factor < 2^13: ECM_OK | ECM_E_MODULUS.
 *  Its OK is a proof of compositeness; that N has two factors, and large ones, is for nroot and fac to show. */
ECM_API int32_t ecm_modulus_check_vartime(const uint8_t *N, size_t nlen);
/** Each of n elements in [1, N^power - 1] and coprime to N: ECM_OK | ECM_E_RANGE | ECM_E_UNIT. */
ECM_API int32_t ecm_units_check_vartime(const uint8_t *N, size_t nlen, uint32_t power, size_t n, const uint8_t *elements);
/** out[i] = the Jacobi symbol (elements[i]/N): -1, 0 or 1. Each element below N (ECM_E_RANGE). Source: Lehmer's batches of Stein's steps. */
ECM_API int32_t ecm_jacobi_vartime(const uint8_t *N, size_t nlen, size_t n, const uint8_t *elements, int8_t *out);
/** out[i] = prod_{j<k} bases[i][j]^exps[i][j] mod N^power. exps: each exp_len[j] bytes (the same for all i), one after the other.
 *  k 1..4. Bases any residue. n and each exp_len at most 4096 (ECM_E_ARGUMENT). Simultaneous (Straus). */
ECM_API int32_t ecm_pow_vartime(const uint8_t *N, size_t nlen, uint32_t power, size_t n, size_t k, const uint8_t *bases,
                                const uint8_t *exps, const uint32_t *exp_len, uint8_t *out);
/** out[i] = base^exps[i] mod N with one comb table of base: for many powers of one base (`prm`). n and exp_len at most 4096. */
ECM_API int32_t ecm_pow_fixed_vartime(const uint8_t *N, size_t nlen, const uint8_t *base, size_t n, const uint8_t *exps,
                                      size_t exp_len, uint8_t *out);
/** out = prod of n elements mod N^power. */
ECM_API int32_t ecm_product_vartime(const uint8_t *N, size_t nlen, uint32_t power, size_t n, const uint8_t *elements, uint8_t *out);
/** Uniform in [1, N) (coprime to N but for probability < 2^-1000 when N has no small factor): a secret integer. */
ECM_API int32_t ecm_unit_random(const uint8_t *N, size_t nlen, ecm_handle *out);
/** PUBLIC result tau * sigma^e mod N; tau, sigma secret integers in [0, N). e: e_len bytes, public. */
ECM_API int32_t ecm_unit_response(const uint8_t *N, size_t nlen, ecm_handle sec_tau, const uint8_t *e, size_t e_len,
                                  ecm_handle sec_sigma, uint8_t *out);
/** PUBLIC results c[i] = C[i]^a[i] * (1 + b[i]*N) * rho[i]^N mod N^2, N somebody else's. sec_a null: no C (encryption).
 *  a, b non-negative; a in an integer no wider than N (its width, not its value); b < N by value, at any width; rho in [1, N);
 *  C[i] < N^2: ECM_E_RANGE. C: n*2*nlen bytes, or null with sec_a. */
ECM_API int32_t ecm_paillier_affine(const uint8_t *N, size_t nlen, size_t n, const uint8_t *C, const ecm_handle *sec_a,
                                    const ecm_handle *sec_b, const ecm_handle *sec_rho, uint8_t *out);
/** PUBLIC results out[i] = prod_{j<k} bases[j]^sec_exp[i*k+j] mod N: ring-Pedersen commitments. The bases are shared by all i;
 *  exponents are non-negative integers; time depends on their widths. k 1..3. */
ECM_API int32_t ecm_pedersen_commit(const uint8_t *N, size_t nlen, size_t k, const uint8_t *bases, size_t n,
                                    const ecm_handle *sec_exps, uint8_t *out);
/** n randomizers of somebody else's N: out_rho[i] uniform in [1, N), out_rho_n[i] = rho^N mod N^2 of 2*nlen bytes: secret integers. */
ECM_API int32_t ecm_paillier_randomizers(const uint8_t *N, size_t nlen, size_t n, ecm_handle *out_rho, ecm_handle *out_rho_n);
/** ecm_paillier_affine with rho^N instead of rho: in [1, N^2), from ecm_paillier_randomizers. Never with the same one twice. */
ECM_API int32_t ecm_paillier_affine_with(const uint8_t *N, size_t nlen, size_t n, const uint8_t *C, const ecm_handle *sec_a,
                                         const ecm_handle *sec_b, const ecm_handle *sec_rho_n, uint8_t *out);

/** Up to three bases that are used again and again (s1, s2, t of a peer), k 1..3, each below N, and the work that can be done once for each. Public, but
 *  a handle, so that it lives as long as its users need it. exp_bits[j]: the most bits of an exponent of bases[j], 1..8192. Takes 256 KiB
 *  of the vault at most, with all that is in it (64 KiB for moduli of up to 1536 bits); where there is no room for it, half of that, and so
 *  on down to 16 KiB (ECM_E_VAULT_FULL below): slower then. */
ECM_API int32_t ecm_bases_new(const uint8_t *N, size_t nlen, size_t k, const uint8_t *bases, const uint32_t *exp_bits, ecm_handle *out);
/** PUBLIC results out[i] = sec_blinds[i] * prod_{j<k} bases[j]^sec_exps[i*k+j] mod N (n*nlen bytes). Exponents: non-negative integers of at
 *  most exp_bits[j] bits by value (ECM_E_RANGE), time depends on their widths; 0 stands for no power of bases[j], then for all i
 *  (ECM_E_ARGUMENT). sec_blinds: null (all 1), or integers in [1, N). */
ECM_API int32_t ecm_bases_commit(ecm_handle bases, size_t n, const ecm_handle *sec_exps, const ecm_handle *sec_blinds, uint8_t *out);
/** out_exps[i] uniform in [0, bound), out_powers[i] = bases[which]^out_exps[i] mod N (nlen bytes): secret integers. bound of at most
 *  exp_bits[which] bits, above 0 (ECM_E_RANGE). */
ECM_API int32_t ecm_bases_random(ecm_handle bases, size_t which, const uint8_t *bound, size_t bound_len, size_t n, ecm_handle *out_exps,
                                 ecm_handle *out_powers);
/** out[i] = prod_{j<k} bases[j]^exps[i][j] mod N for PUBLIC exponents: each exp_len[j] bytes (the same for all i, 0: no power of
 *  bases[j]), one after the other, of at most exp_bits[j] bits by value (ECM_E_RANGE). n and each exp_len at most 4096. */
ECM_API int32_t ecm_bases_pow_vartime(ecm_handle bases, size_t n, const uint8_t *exps, const uint32_t *exp_len, uint8_t *out);

/* ---- keys --------------------------------------------------------------------------------------- */

enum { ECM_KEYGEN_PAILLIER = 1, ECM_KEYGEN_PEDERSEN = 2 };
/** Starts a search for a key with a modulus of exactly `bits` bits (512, for tests; 2048; 3072). PAILLIER: p = q = 3 mod 4, random primes
 *  of bits/2 bits, |p - q| > 2^(bits/2 - 100), gcd(N, phi(N)) = 1. PEDERSEN: the same with safe primes, then t = random square,
 *  lambda_i random mod phi(N), s_i = t^lambda_i. */
ECM_API int32_t ecm_keygen_new(uint32_t what, uint32_t bits, ecm_handle *out_job);
/** Tries up to `window` candidates: ECM_MORE | ECM_OK when found. *progress: candidates tried so far; *primes: 0, 1 or 2 found.
 *  ECM_E_ARGUMENT also while another thread works on the job, which is then left alone. */
ECM_API int32_t ecm_keygen_step(ecm_handle sec_job, uint32_t window, uint64_t *progress, uint32_t *primes);
/** The key, after ECM_OK, once: ECM_E_RANGE before and afterwards. ECM_E_ARGUMENT as in _step. The job may then be freed. */
ECM_API int32_t ecm_keygen_take(ecm_handle sec_job, ecm_handle *out_key);

/** N of a Paillier key (nlen from ecm_secret_info). */
ECM_API int32_t ecm_paillier_public(ecm_handle sec_key, uint8_t *out_n, size_t nlen);
/** PUBLIC c[i] = Enc(m[i]; rho[i]) by CRT, checked without CRT before it leaves (ECM_E_FAULT). m non-negative below N. */
ECM_API int32_t ecm_paillier_encrypt_own(ecm_handle sec_key, size_t n, const ecm_handle *sec_m, const ecm_handle *sec_rho, uint8_t *out);
/** Centred plaintext m in (-N/2, N/2) as a signed secret integer of N's width. c must be a unit (ECM_E_RANGE, ECM_E_UNIT). By CRT, each leg
 *  half-size; result checked (ECM_E_FAULT). bits: what has been proven of every plaintext, |m| < 2^bits (else ECM_E_FAULT); 0: nothing. With
 *  bits <= size of N - 131 that is the check (paillier_decrypt.c); otherwise it takes twice the time or more. out: n handles. */
ECM_API int32_t ecm_paillier_decrypt(ecm_handle sec_key, size_t n, const uint8_t *c, uint32_t bits, ecm_handle *out);
/** PUBLIC sigma_i with sigma_i^N = y_i mod N (protocol.md §3.2), by CRT, checked by sigma^N = y (ECM_E_FAULT). y in [1,N) units. */
ECM_API int32_t ecm_paillier_nth_roots(ecm_handle sec_key, size_t n, const uint8_t *y, uint8_t *out);
/** PUBLIC sigma_i with sigma_i^2 = y_i or -y_i mod N (protocol.md §3.2, `blum`), by CRT, checked by squaring. y in [1,N) units of Jacobi
 *  symbol 1; ECM_E_FAULT for another symbol, too. */
ECM_API int32_t ecm_paillier_square_roots(ecm_handle sec_key, size_t n, const uint8_t *y, uint8_t *out);
/** For each i: C^z1[i] * (1 + z2[i]*N) * w[i]^N = D[i] * c[i]^e[i] mod N^2 (protocol.md §3.5, §3.6, last step), computed mod p^2 and q^2. All
 *  but the key is public. C: one ciphertext for all i, or null with z1 and z1_len 0: no such factor. C, c, D in [1, N^2), w in [1, N):
 *  ECM_E_RANGE; that they are units is the caller's to check. Exponents: at most 4096 bytes. ECM_OK | ECM_E_VERIFY, then *first is the first i that
 *  fails. That rests on a computation with the factors: before a peer is blamed for it, verify without them. */
ECM_API int32_t ecm_paillier_check_own(ecm_handle sec_key, size_t n, const uint8_t *C, const uint8_t *z1, size_t z1_len, const uint8_t *z2,
                                       size_t z2_len, const uint8_t *w, const uint8_t *D, const uint8_t *e, size_t e_len,
                                       const uint8_t *c, uint32_t *first);
/** p (which = 0) or q (1) as a secret integer, for the witness of `fac`. */
ECM_API int32_t ecm_paillier_factor(ecm_handle sec_key, uint32_t which, ecm_handle *out);
/** N, s1, s2, t: each nlen bytes. */
ECM_API int32_t ecm_pedersen_public(ecm_handle sec_key, uint8_t *out_n, uint8_t *out_s1, uint8_t *out_s2, uint8_t *out_t, size_t nlen);
/** For each i: s1^z1[i] * s2^z2[i] * t^z3[i] = E[i] * S[i]^e[i] mod N, computed mod p and q with the exponents reduced. z2 may be null, with
 *  z2_len 0: no such factor. E, S in [1, N): ECM_E_RANGE; that they are units is the caller's to check. All but the key is public; lengths, result
 *  and *first as in ecm_paillier_check_own. Works also after _forget. */
ECM_API int32_t ecm_pedersen_check_own(ecm_handle sec_key, size_t n, const uint8_t *z1, size_t z1_len, const uint8_t *z2, size_t z2_len,
                                       const uint8_t *z3, size_t z3_len, const uint8_t *S, const uint8_t *e, size_t e_len,
                                       const uint8_t *E, uint32_t *first);
/** `prm` step 1: n (even, at most 1024) masks a_j uniform mod phi(N), A_j = t^a_j mod N (n*nlen bytes, PUBLIC). CRT legs are checked without CRT. */
ECM_API int32_t ecm_pedersen_prm_commit(ecm_handle sec_key, size_t n, uint8_t *out_a, ecm_handle *out_masks);
/** `prm` step 2: z_j = a_j + e_j*lambda mod phi(N) (n*nlen bytes, PUBLIC). First n/2 masks go with lambda_1, the others with lambda_2.
 *  e: n bits, bit j is bit (j & 7) of byte j/8. Works once: the masks are wiped, ECM_E_RANGE afterwards and after _forget.
 *  ECM_E_ARGUMENT for masks of another key, which are not used up. */
ECM_API int32_t ecm_pedersen_prm_respond(ecm_handle sec_key, ecm_handle sec_masks, const uint8_t *e, uint8_t *out_z);
/** Wipes lambda_1 and lambda_2; the key stays usable otherwise. */
ECM_API int32_t ecm_pedersen_forget(ecm_handle sec_key);

#endif
