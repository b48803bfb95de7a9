/* SPDX-License-Identifier: Apache-2.0 */
/* ecm_scalar_*, ecm_point_*, ecm_ecdsa_s and the verifications through handles, for both curves. */
#include "curve.h"
#include "ecm.h"
#include "sha512.h"
#include "test.h"
#include "vault.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
#if HAVE_CRYPTO
#include <openssl/evp.h>
#include <openssl/hmac.h>
#endif
#if HAVE_SECP256K1
#include <secp256k1.h>
#endif
#if HAVE_SODIUM
#include <sodium.h>
#endif

static const uint32_t CURVES[2] = {ECM_SECP256K1, ECM_ED25519};
static const uint8_t ZEROS[64];
#define FOR_EACH_CURVE(c) for (size_t c##_i = 0, c = CURVES[0]; c##_i < 2; c##_i++, c = CURVES[c##_i % 2])

static size_t point_len(size_t curve) { return curve == ECM_SECP256K1 ? 33 : 32; }

/* Stands before libc's: the library's only source of randomness, which a test may script. */
static enum { KERNEL, SCRIPT, BROKEN } source;
static uint8_t script[64];
static int refusals; /* answers of all ones before the script */
ssize_t getrandom(void *out, size_t len, unsigned int flags);
ssize_t getrandom(void *out, size_t len, unsigned int flags) {
  if (source == KERNEL) return syscall(SYS_getrandom, out, len, flags);
  if (source == BROKEN || len > sizeof script) return -1;
  if (refusals > 0) {
    refusals--;
    memset(out, 0xFF, len);
  } else {
    memcpy(out, script, len);
  }
  return (ssize_t)len;
}

/* The content of a scalar or blob, which only a test may look at. */
static void content(ecm_handle h, void *out, size_t len) {
  vault_ref r;
  CHECK(vault_pin(h, 0, &r) == ECM_OK && r.len == len);
  if (r.ptr) memcpy(out, r.ptr, len);
  vault_unpin(&r);
}
static void wire(size_t curve, ecm_handle h, uint8_t out[32]) {
  uint64_t w[4];
  content(h, w, 32);
  curve_by_id((uint32_t)curve)->sc_encode(out, w);
}
static ecm_handle blob(const void *data, size_t len) {
  ecm_handle h = 0;
  CHECK(ecm_blob_from_public(data, len, &h) == ECM_OK);
  return h;
}
static ecm_handle integer(uint64_t sign, const uint64_t *magnitude, size_t n) {
  vault_ref r;
  ecm_handle h = 0;
  CHECK(vault_new(ECM_KIND_INTEGER, 0, 8 + 8 * n, &r) == ECM_OK);
  ((uint64_t *)r.ptr)[0] = sign;
  memcpy((uint64_t *)r.ptr + 1, magnitude, 8 * n);
  vault_publish(&r, &h);
  return h;
}
/* In the curve's wire order. */
static void small_wire(size_t curve, uint64_t x, uint8_t out[32]) {
  uint64_t w[4] = {x, 0, 0, 0};
  curve_by_id((uint32_t)curve)->sc_encode(out, w);
}
static ecm_handle small(size_t curve, uint64_t x) {
  uint8_t b[32];
  ecm_handle h = 0;
  small_wire(curve, x, b);
  CHECK(ecm_scalar_from_public((uint32_t)curve, b, &h) == ECM_OK);
  return h;
}
static void order_wire(size_t curve, int plus, uint8_t out[32]) {
  uint64_t w[4];
  memcpy(w, curve_by_id((uint32_t)curve)->order, 32);
  w[0] += (uint64_t)(int64_t)plus; /* the low words of both orders are far from wrapping */
  for (int i = 0; i < 32; i++) out[curve == ECM_SECP256K1 ? 31 - i : i] = (uint8_t)(w[i / 8] >> (8 * (i % 8)));
}
static ecm_handle random_scalar(size_t curve) {
  ecm_handle h = 0;
  CHECK(ecm_scalar_random((uint32_t)curve, &h) == ECM_OK && h != 0);
  return h;
}
#define FREE(h) CHECK(ecm_secret_free(h) == ECM_OK)

static uint64_t in_use(void) {
  uint64_t report[ECM_REPORT_WORDS];
  CHECK(ecm_vault_report(report) == ECM_OK);
  return report[ECM_REPORT_IN_USE];
}
/* Each test leaves the vault as it found it: no slot, scratch or pin is lost, on error paths too. */
#define RUN_CLEAN(fn)                        \
  do {                                       \
    const uint64_t before = in_use();        \
    RUN(fn);                                 \
    if (in_use() != before) {                \
      fprintf(stderr, #fn " leaks vault memory\n"); \
      test_failed++;                         \
    }                                        \
  } while (0)

/* ---- scalars ------------------------------------------------------------------------------------- */

static void scalar_arithmetic_obeys_the_laws_of_a_field(void) {
  FOR_EACH_CURVE(curve) {
    for (int i = 0; i < 50; i++) {
      ecm_handle a = random_scalar(curve), b = random_scalar(curve), c = random_scalar(curve);
      ecm_handle ab, ac, sum, left, right, inv, one = small(curve, 1), unit, diff, back;
      uint32_t equal = 0;
      CHECK(ecm_scalar_mul(a, b, &ab) == ECM_OK && ecm_scalar_mul(a, c, &ac) == ECM_OK && ecm_scalar_add(b, c, &sum) == ECM_OK);
      CHECK(ecm_scalar_mul(a, sum, &left) == ECM_OK && ecm_scalar_add(ab, ac, &right) == ECM_OK);
      CHECK(ecm_secret_equal(left, right, &equal) == ECM_OK && equal);
      CHECK(ecm_scalar_inverse(a, &inv) == ECM_OK && ecm_scalar_mul(inv, a, &unit) == ECM_OK);
      CHECK(ecm_secret_equal(unit, one, &equal) == ECM_OK && equal);
      CHECK(ecm_scalar_sub(a, b, &diff) == ECM_OK && ecm_scalar_add(diff, b, &back) == ECM_OK);
      CHECK(ecm_secret_equal(back, a, &equal) == ECM_OK && equal);
      CHECK(ecm_secret_equal(a, b, &equal) == ECM_OK && !equal);
      const ecm_handle all[] = {a, b, c, ab, ac, sum, left, right, inv, one, unit, diff, back};
      for (size_t j = 0; j < sizeof all / sizeof all[0]; j++) FREE(all[j]);
    }
  }
}

static void scalars_may_be_zero_but_have_no_inverse(void) {
  FOR_EACH_CURVE(curve) {
    ecm_handle a = random_scalar(curve), zero, h = 1;
    uint8_t b[32];
    CHECK(ecm_scalar_sub(a, a, &zero) == ECM_OK);
    wire(curve, zero, b);
    CHECK(memcmp(b, ZEROS, 32) == 0);
    CHECK(ecm_scalar_inverse(zero, &h) == ECM_E_ZERO && h == 0);
    FREE(a);
    FREE(zero);
  }
}

static void public_scalars_and_blobs_are_decoded_canonically(void) {
  FOR_EACH_CURVE(curve) {
    uint8_t b[32], back[32];
    ecm_handle h, s;
    for (int i = -3; i <= 3; i++) {
      order_wire(curve, i, b);
      CHECK(ecm_scalar_from_public((uint32_t)curve, b, &h) == (i < 0 ? ECM_OK : ECM_E_RANGE) && (h != 0) == (i < 0));
      if (h) {
        wire(curve, h, back);
        CHECK(memcmp(b, back, 32) == 0);
        FREE(h);
      }
      s = blob(b, 32);
      CHECK(ecm_scalar_from_blob((uint32_t)curve, s, &h) == (i < 0 ? ECM_OK : ECM_E_RANGE) && (h != 0) == (i < 0));
      if (h) {
        wire(curve, h, back);
        CHECK(memcmp(b, back, 32) == 0);
        FREE(h);
      }
      FREE(s);
    }
    memset(b, 0xFF, 32);
    CHECK(ecm_scalar_from_public((uint32_t)curve, b, &h) == ECM_E_RANGE && h == 0);
    CHECK(ecm_scalar_from_public((uint32_t)curve, ZEROS, &h) == ECM_OK);
    FREE(h);
    s = blob(ZEROS, 32);
    CHECK(ecm_scalar_from_blob((uint32_t)curve, s, &h) == ECM_E_RANGE && h == 0);
    FREE(s);
    for (size_t len = 31; len <= 64; len += len == 31 ? 2 : 31) { /* 31, 33, 64 */
      s = blob(ZEROS, len);
      CHECK(ecm_scalar_from_blob((uint32_t)curve, s, &h) == ECM_E_ARGUMENT && h == 0);
      FREE(s);
    }
  }
}

/* m mod order by double-and-add on handles: slow and independent of the reduction. bytes: most significant first. */
static ecm_handle reduce_slowly(size_t curve, const uint8_t *bytes, size_t len) {
  ecm_handle acc = small(curve, 0), radix = small(curve, 256), digit, t;
  for (size_t i = 0; i < len; i++) {
    CHECK(ecm_scalar_mul(acc, radix, &t) == ECM_OK);
    FREE(acc);
    digit = small(curve, bytes[i]);
    CHECK(ecm_scalar_add(t, digit, &acc) == ECM_OK);
    FREE(digit);
    FREE(t);
  }
  FREE(radix);
  return acc;
}

static void wide_reduction(void) {
  FOR_EACH_CURVE(curve) {
    for (int i = 0; i < 20; i++) {
      uint8_t w[64], big[64];
      test_rand_bytes(w, 64);
      if (i == 0) memset(w, 0xFF, 64);
      for (int j = 0; j < 64; j++) big[j] = curve == ECM_SECP256K1 ? w[j] : w[63 - j];
      ecm_handle s = blob(w, 64), h, expected = reduce_slowly(curve, big, 64);
      uint32_t equal = 0;
      CHECK(ecm_scalar_from_wide((uint32_t)curve, s, &h) == ECM_OK);
      CHECK(ecm_secret_equal(h, expected, &equal) == ECM_OK && equal);
      FREE(s);
      FREE(h);
      FREE(expected);
    }
    ecm_handle s = blob(ZEROS, 64), h = 1;
    CHECK(ecm_scalar_from_wide((uint32_t)curve, s, &h) == ECM_E_ZERO && h == 0);
    FREE(s);
    /* The order itself, in the low half. */
    uint8_t w[64] = {0};
    order_wire(curve, 0, curve == ECM_SECP256K1 ? w + 32 : w);
    s = blob(w, 64);
    CHECK(ecm_scalar_from_wide((uint32_t)curve, s, &h) == ECM_E_ZERO && h == 0);
    FREE(s);
    s = blob(w, 63);
    CHECK(ecm_scalar_from_wide((uint32_t)curve, s, &h) == ECM_E_ARGUMENT && h == 0);
    FREE(s);
  }
}

static void integers_of_either_sign_are_reduced(void) {
  FOR_EACH_CURVE(curve) {
    for (size_t n = 1; n <= 24; n++) {
      uint64_t m[24];
      uint8_t big[8 * 24];
      for (size_t i = 0; i < n; i++) m[i] = n % 5 == 0 ? UINT64_MAX : test_rand();
      for (size_t i = 0; i < 8 * n; i++) big[8 * n - 1 - i] = (uint8_t)(m[i / 8] >> (8 * (i % 8)));
      ecm_handle plus = integer(0, m, n), minus = integer(1, m, n), a, b, sum, expected = reduce_slowly(curve, big, 8 * n);
      uint32_t equal = 0;
      uint8_t w[32];
      CHECK(ecm_scalar_from_int((uint32_t)curve, plus, &a) == ECM_OK && ecm_scalar_from_int((uint32_t)curve, minus, &b) == ECM_OK);
      CHECK(ecm_secret_equal(a, expected, &equal) == ECM_OK && equal);
      CHECK(ecm_secret_equal(a, b, &equal) == ECM_OK && !equal);
      CHECK(ecm_scalar_add(a, b, &sum) == ECM_OK);
      wire(curve, sum, w);
      CHECK(memcmp(w, ZEROS, 32) == 0);
      const ecm_handle all[] = {plus, minus, a, b, sum, expected};
      for (size_t j = 0; j < 6; j++) FREE(all[j]);
    }
    /* 0, the order and minus the order are 0. */
    const uint64_t zero[4] = {0};
    for (int i = 0; i < 3; i++) {
      ecm_handle x = integer(i == 2, i ? curve_by_id((uint32_t)curve)->order : zero, 4), h;
      uint8_t w[32];
      CHECK(ecm_scalar_from_int((uint32_t)curve, x, &h) == ECM_OK);
      wire(curve, h, w);
      CHECK(memcmp(w, ZEROS, 32) == 0);
      FREE(x);
      FREE(h);
    }
  }
}

static void random_scalars_differ_and_are_in_range(void) {
  FOR_EACH_CURVE(curve) {
    uint64_t seen[64][4], low = UINT64_MAX, high = 0;
    for (int i = 0; i < 64; i++) {
      ecm_handle h = random_scalar(curve);
      uint32_t kind;
      uint64_t len;
      CHECK(ecm_secret_info(h, &kind, &len) == ECM_OK && kind == ECM_KIND_SCALAR && len == 32);
      content(h, seen[i], 32);
      uint8_t b[32];
      uint64_t w[4];
      wire(curve, h, b);
      CHECK(curve_by_id((uint32_t)curve)->sc_decode(w, b) && memcmp(w, seen[i], 32) == 0);
      for (int j = 0; j < i; j++) CHECK(memcmp(seen[i], seen[j], 32) != 0);
      if (seen[i][3] < low) low = seen[i][3];
      if (seen[i][3] > high) high = seen[i][3];
      FREE(h);
    }
    /* Reaches both halves of the range (but for 2^-64). */
    const uint64_t top = curve_by_id((uint32_t)curve)->order[3];
    CHECK(low < top / 2 && (curve == ECM_ED25519 || high > top / 2));
  }
}

static void nonces_are_fresh(void) {
  FOR_EACH_CURVE(curve) {
    FOR_EACH_CURVE(other) {
      ecm_handle fragment = random_scalar(other), token = blob("0123456789abcdef0123456789abcdef", 32), a, b, c;
      uint32_t equal = 1;
      CHECK(ecm_scalar_nonce((uint32_t)curve, token, (const uint8_t *)"pre", 3, fragment, (const uint8_t *)"post", 4, &a) == ECM_OK);
      CHECK(ecm_scalar_nonce((uint32_t)curve, token, (const uint8_t *)"pre", 3, fragment, (const uint8_t *)"post", 4, &b) == ECM_OK);
      CHECK(ecm_scalar_nonce((uint32_t)curve, 0, NULL, 0, fragment, NULL, 0, &c) == ECM_OK);
      CHECK(ecm_secret_equal(a, b, &equal) == ECM_OK && !equal);
      equal = 1;
      CHECK(ecm_secret_equal(a, c, &equal) == ECM_OK && !equal);
      uint8_t point[33];
      CHECK(ecm_point_mul_base((uint32_t)curve, 1, &a, point) == ECM_OK);
      FREE(a);
      FREE(b);
      FREE(c);
      CHECK(ecm_scalar_nonce((uint32_t)curve, fragment, NULL, 0, fragment, NULL, 0, &a) == ECM_E_KIND && a == 0);
      CHECK(ecm_scalar_nonce((uint32_t)curve, token, NULL, 0, token, NULL, 0, &a) == ECM_E_KIND && a == 0);
      CHECK(ecm_scalar_nonce((uint32_t)curve, token, NULL, 1, fragment, NULL, 0, &a) == ECM_E_ARGUMENT && a == 0);
      CHECK(ecm_scalar_nonce((uint32_t)curve, token, NULL, 0, fragment, NULL, 1, &a) == ECM_E_ARGUMENT && a == 0);
      CHECK(ecm_scalar_nonce(3, token, NULL, 0, fragment, NULL, 0, &a) == ECM_E_ARGUMENT && a == 0);
      CHECK(ecm_scalar_nonce((uint32_t)curve, token, NULL, 0, 0, NULL, 0, &a) == ECM_E_HANDLE && a == 0);
      FREE(fragment);
      FREE(token);
    }
  }
}

static void nonces_are_the_hmac_of_protocol_4_4(void) {
  FOR_EACH_CURVE(curve) {
    FOR_EACH_CURVE(other) {
      for (size_t token_len = 0; token_len <= 96; token_len += 32) { /* keys of 64 to 160 bytes: below and above a block */
        uint8_t token[96], key[160], message[44], mac[64], expected[32], got[32];
        uint64_t w[4];
        ecm_handle fragment = random_scalar(other), t = 0, h = 0;
        test_rand_bytes(token, sizeof token);
        test_rand_bytes(script, sizeof script);
        if (token_len) t = blob(token, token_len);
        memcpy(key, script, 64);
        memcpy(key + 64, token, token_len);
        memcpy(message, "prefix", 6);
        wire(other, fragment, message + 6);
        memcpy(message + 38, "suffix", 6);
#if HAVE_CRYPTO
        unsigned mac_len = 64;
        CHECK(HMAC(EVP_sha512(), key, (int)(64 + token_len), message, sizeof message, mac, &mac_len) != NULL);
#else
        hmac_sha512(mac, key, 64 + token_len, message, sizeof message);
#endif
        curve_by_id((uint32_t)curve)->sc_reduce_wide(w, mac);
        curve_by_id((uint32_t)curve)->sc_encode(expected, w);
        source = SCRIPT;
        CHECK(ecm_scalar_nonce((uint32_t)curve, t, message, 6, fragment, message + 38, 6, &h) == ECM_OK);
        source = KERNEL;
        wire(curve, h, got);
        CHECK(memcmp(got, expected, 32) == 0);
        FREE(h);
        source = BROKEN;
        CHECK(ecm_scalar_nonce((uint32_t)curve, t, message, 6, fragment, message + 38, 6, &h) == ECM_E_RANDOM && h == 0);
        source = KERNEL;
        FREE(fragment);
        if (t) FREE(t);
      }
    }
  }
}

static void random_scalars_come_by_rejection(void) {
  FOR_EACH_CURVE(curve) {
    ecm_handle h = 0;
    uint64_t w[4], expected[4];
    memset(script, 0x0B, sizeof script); /* below both orders */
    memcpy(expected, script, 32);
    source = SCRIPT;
    refusals = 200;
    CHECK(ecm_scalar_random((uint32_t)curve, &h) == ECM_OK && refusals == 0);
    content(h, w, 32);
    CHECK(memcmp(w, expected, 32) == 0);
    FREE(h);
    memset(script, 0, sizeof script);
    CHECK(ecm_scalar_random((uint32_t)curve, &h) == ECM_E_RANDOM && h == 0); /* zero never passes */
    memcpy(script, curve_by_id((uint32_t)curve)->order, 32);
    CHECK(ecm_scalar_random((uint32_t)curve, &h) == ECM_E_RANDOM && h == 0); /* nor does the order */
    script[0]--;
    CHECK(ecm_scalar_random((uint32_t)curve, &h) == ECM_OK);
    FREE(h);
    source = BROKEN;
    CHECK(ecm_scalar_random((uint32_t)curve, &h) == ECM_E_RANDOM && h == 0);
    source = KERNEL;
  }
}

/* ---- points -------------------------------------------------------------------------------------- */

static void points_follow_their_scalars(void) {
  FOR_EACH_CURVE(curve) {
    const size_t len = point_len(curve);
    for (int i = 0; i < 30; i++) {
      ecm_handle a = random_scalar(curve), b = random_scalar(curve), ab, sum, dh1, dh2;
      uint8_t pa[33], pb[33], pab[33], x[33], secret[33], a32[32], b32[32], two[66], ones[64];
      uint32_t equal = 0;
      CHECK(ecm_scalar_mul(a, b, &ab) == ECM_OK && ecm_scalar_add(a, b, &sum) == ECM_OK);
      CHECK(ecm_point_mul_base((uint32_t)curve, 1, &a, pa) == ECM_OK && ecm_point_mul_base((uint32_t)curve, 1, &b, pb) == ECM_OK);
      CHECK(ecm_point_mul_base((uint32_t)curve, 1, &ab, pab) == ECM_OK);
      CHECK(ecm_point_mul((uint32_t)curve, 1, pa, &b, x) == ECM_OK && memcmp(x, pab, len) == 0);
      CHECK(ecm_point_mul((uint32_t)curve, 1, pb, &a, x) == ECM_OK && memcmp(x, pab, len) == 0);
      CHECK(ecm_point_dh((uint32_t)curve, pa, b, &dh1) == ECM_OK && ecm_point_dh((uint32_t)curve, pb, a, &dh2) == ECM_OK);
      CHECK(ecm_secret_equal(dh1, dh2, &equal) == ECM_OK && equal);
      content(dh1, secret, len);
      CHECK(memcmp(secret, pab, len) == 0);
      /* b A, a G + b A, A + B */
      wire(curve, a, a32);
      wire(curve, b, b32);
      CHECK(ecm_point_linear_vartime((uint32_t)curve, NULL, 1, b32, pa, x) == ECM_OK && memcmp(x, pab, len) == 0);
      CHECK(ecm_point_linear_vartime((uint32_t)curve, a32, 0, NULL, NULL, x) == ECM_OK && memcmp(x, pa, len) == 0);
      memcpy(two, pa, len);
      memcpy(two + len, pb, len);
      small_wire(curve, 1, ones);
      small_wire(curve, 1, ones + 32);
      uint8_t psum[33];
      CHECK(ecm_point_mul_base((uint32_t)curve, 1, &sum, psum) == ECM_OK);
      CHECK(ecm_point_linear_vartime((uint32_t)curve, NULL, 2, ones, two, x) == ECM_OK && memcmp(x, psum, len) == 0);
      CHECK(ecm_point_linear_vartime((uint32_t)curve, a32, 1, ones, pb, x) == ECM_OK && memcmp(x, psum, len) == 0);
      /* A batch is the same, one after the other. */
      const ecm_handle both[2] = {a, b};
      uint8_t out[66], swapped[66];
      CHECK(ecm_point_mul_base((uint32_t)curve, 2, both, out) == ECM_OK && memcmp(out, two, 2 * len) == 0);
      memcpy(swapped, pb, len);
      memcpy(swapped + len, pa, len);
      CHECK(ecm_point_mul((uint32_t)curve, 2, swapped, both, out) == ECM_OK);
      CHECK(memcmp(out, pab, len) == 0 && memcmp(out + len, pab, len) == 0);
      CHECK(ecm_point_check_vartime((uint32_t)curve, 2, two) == ECM_OK);
      const ecm_handle all[] = {a, b, ab, sum, dh1, dh2};
      for (size_t j = 0; j < 6; j++) FREE(all[j]);
    }
  }
}

static void a_response_satisfies_schnorrs_equation(void) {
  FOR_EACH_CURVE(curve) {
    const size_t len = point_len(curve);
    ecm_handle k = random_scalar(curve), x = random_scalar(curve), e = random_scalar(curve);
    uint8_t e32[32], z[32], pk[33], px[33], left[33], right[33], scalars[64], points[66];
    wire(curve, e, e32);
    CHECK(ecm_scalar_response(k, e32, x, z) == ECM_OK);
    CHECK(ecm_point_mul_base((uint32_t)curve, 1, &k, pk) == ECM_OK && ecm_point_mul_base((uint32_t)curve, 1, &x, px) == ECM_OK);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, z, 0, NULL, NULL, left) == ECM_OK); /* z G = K + e X */
    small_wire(curve, 1, scalars);
    memcpy(scalars + 32, e32, 32);
    memcpy(points, pk, len);
    memcpy(points + len, px, len);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, NULL, 2, scalars, points, right) == ECM_OK && memcmp(left, right, len) == 0);
    order_wire(curve, 0, e32);
    memset(z, 1, 32);
    CHECK(ecm_scalar_response(k, e32, x, z) == ECM_E_RANGE && memcmp(z, ZEROS, 32) == 0);
    FREE(k);
    FREE(x);
    FREE(e);
  }
}

static void sums_that_cancel_are_the_identity(void) {
  FOR_EACH_CURVE(curve) {
    const size_t len = point_len(curve);
    ecm_handle a = random_scalar(curve), zero = small(curve, 0), h;
    uint8_t pa[33], x[33], minus_one[32], a32[32], one[32], scalars[64], points[66];
    CHECK(ecm_point_mul_base((uint32_t)curve, 1, &a, pa) == ECM_OK);
    wire(curve, a, a32);
    order_wire(curve, -1, minus_one);
    small_wire(curve, 1, one);
    memset(x, 1, sizeof x);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, a32, 1, minus_one, pa, x) == ECM_E_IDENTITY && memcmp(x, ZEROS, len) == 0);
    memcpy(scalars, one, 32);
    memcpy(scalars + 32, minus_one, 32);
    memcpy(points, pa, len);
    memcpy(points + len, pa, len);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, NULL, 2, scalars, points, x) == ECM_E_IDENTITY);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, NULL, 0, NULL, NULL, x) == ECM_E_IDENTITY);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, ZEROS, 1, ZEROS, pa, x) == ECM_E_IDENTITY);
    order_wire(curve, 0, scalars);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, NULL, 1, scalars, pa, x) == ECM_E_RANGE);
    CHECK(ecm_point_linear_vartime((uint32_t)curve, scalars, 0, NULL, NULL, x) == ECM_E_RANGE);
    CHECK(ecm_point_mul_base((uint32_t)curve, 1, &zero, x) == ECM_E_IDENTITY);
    CHECK(ecm_point_mul((uint32_t)curve, 1, pa, &zero, x) == ECM_E_IDENTITY);
    CHECK(ecm_point_dh((uint32_t)curve, pa, zero, &h) == ECM_E_IDENTITY && h == 0);
    FREE(a);
    FREE(zero);
  }
}

static void a_failing_batch_leaves_zeros(void) {
  FOR_EACH_CURVE(curve) {
    const size_t len = point_len(curve);
    const size_t other = curve == ECM_SECP256K1 ? ECM_ED25519 : ECM_SECP256K1;
    ecm_handle k[3] = {random_scalar(curve), random_scalar(curve), random_scalar(curve)};
    ecm_handle zero = small(curve, 0), foreign = random_scalar(other), raw = blob(ZEROS, 32), h;
    uint8_t points[99], out[99], bad[99];
    CHECK(ecm_point_mul_base((uint32_t)curve, 3, k, points) == ECM_OK);
    const struct {
      ecm_handle last;
      int32_t expected;
    } cases[] = {{zero, ECM_E_IDENTITY}, {foreign, ECM_E_KIND}, {raw, ECM_E_KIND}, {0, ECM_E_HANDLE}, {0x123456789ABC, ECM_E_HANDLE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      const ecm_handle batch[3] = {k[0], k[1], cases[i].last};
      memset(out, 0xAA, sizeof out);
      CHECK(ecm_point_mul_base((uint32_t)curve, 3, batch, out) == cases[i].expected && memcmp(out, ZEROS, 64) == 0);
      CHECK(memcmp(out + 3 * len - 64, ZEROS, 64) == 0);
      memset(out, 0xAA, sizeof out);
      CHECK(ecm_point_mul((uint32_t)curve, 3, points, batch, out) == cases[i].expected && memcmp(out, ZEROS, 64) == 0);
      CHECK(memcmp(out + 3 * len - 64, ZEROS, 64) == 0);
      if (3 * len < sizeof out) CHECK(out[3 * len] == 0xAA); /* and nothing beyond */
      CHECK(ecm_point_dh((uint32_t)curve, points, cases[i].last, &h) == cases[i].expected && h == 0);
    }
    memcpy(bad, points, 3 * len);
    memset(bad + 2 * len, 0xFF, len);
    memset(out, 0xAA, sizeof out);
    CHECK(ecm_point_mul((uint32_t)curve, 3, bad, k, out) == ECM_E_POINT && memcmp(out, ZEROS, 64) == 0);
    CHECK(ecm_point_dh((uint32_t)curve, bad + 2 * len, k[0], &h) == ECM_E_POINT && h == 0);
    CHECK(ecm_point_check_vartime((uint32_t)curve, 3, bad) == ECM_E_POINT);
    CHECK(ecm_point_check_vartime((uint32_t)curve, 2, bad) == ECM_OK);
    const ecm_handle all[] = {k[0], k[1], k[2], zero, foreign, raw};
    for (size_t j = 0; j < 6; j++) FREE(all[j]);
  }
}

static void empty_batches_do_nothing(void) {
  FOR_EACH_CURVE(curve) {
    uint8_t out[1] = {0xAA};
    CHECK(ecm_point_mul_base((uint32_t)curve, 0, NULL, out) == ECM_OK && out[0] == 0xAA);
    CHECK(ecm_point_mul((uint32_t)curve, 0, NULL, NULL, out) == ECM_OK && out[0] == 0xAA);
    CHECK(ecm_point_mul_base((uint32_t)curve, 0, NULL, NULL) == ECM_OK);
    CHECK(ecm_point_check_vartime((uint32_t)curve, 0, NULL) == ECM_OK);
  }
}

static void null_and_unknown_curves_are_refused(void) {
  ecm_handle k = random_scalar(ECM_SECP256K1), b = blob(ZEROS, 32), h = 1;
  uint8_t out[64], p[64] = {2};
  uint32_t negated;
  static const uint32_t unknown[] = {0, 3, UINT32_MAX};
  for (int i = 0; i < 3; i++) {
    const uint32_t c = unknown[i];
    CHECK(ecm_scalar_random(c, &h) == ECM_E_ARGUMENT && h == 0);
    CHECK(ecm_scalar_from_blob(c, b, &h) == ECM_E_ARGUMENT && ecm_scalar_from_wide(c, b, &h) == ECM_E_ARGUMENT);
    CHECK(ecm_scalar_from_public(c, p, &h) == ECM_E_ARGUMENT && ecm_scalar_from_int(c, b, &h) == ECM_E_ARGUMENT);
    CHECK(ecm_point_mul_base(c, 1, &k, out) == ECM_E_ARGUMENT && ecm_point_mul(c, 1, p, &k, out) == ECM_E_ARGUMENT);
    CHECK(ecm_point_dh(c, p, k, &h) == ECM_E_ARGUMENT && ecm_point_check_vartime(c, 1, p) == ECM_E_ARGUMENT);
    CHECK(ecm_point_linear_vartime(c, NULL, 1, p, p, out) == ECM_E_ARGUMENT);
  }
  const uint32_t c = ECM_SECP256K1;
  CHECK(ecm_scalar_random(c, NULL) == ECM_E_ARGUMENT && ecm_scalar_from_blob(c, b, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_scalar_from_wide(c, b, NULL) == ECM_E_ARGUMENT && ecm_scalar_from_ed25519_seed(b, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_scalar_from_public(c, NULL, &h) == ECM_E_ARGUMENT && ecm_scalar_from_public(c, p, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_scalar_from_int(c, k, NULL) == ECM_E_ARGUMENT && ecm_scalar_nonce(c, 0, NULL, 0, k, NULL, 0, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_scalar_add(k, k, NULL) == ECM_E_ARGUMENT && ecm_scalar_sub(k, k, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_scalar_mul(k, k, NULL) == ECM_E_ARGUMENT && ecm_scalar_inverse(k, NULL) == ECM_E_ARGUMENT);
  memset(out, 1, 64);
  CHECK(ecm_scalar_response(k, NULL, k, out) == ECM_E_ARGUMENT && memcmp(out, ZEROS, 32) == 0);
  CHECK(ecm_scalar_response(k, p, k, NULL) == ECM_E_ARGUMENT);
  memset(out, 1, 64);
  CHECK(ecm_ecdsa_s(k, k, NULL, &negated) == ECM_E_ARGUMENT && ecm_ecdsa_s(k, k, out, NULL) == ECM_E_ARGUMENT && memcmp(out, ZEROS, 32) == 0);
  memset(out, 1, 64);
  CHECK(ecm_point_mul_base(c, 1, NULL, out) == ECM_E_ARGUMENT && memcmp(out, ZEROS, 33) == 0);
  CHECK(ecm_point_mul_base(c, 1, &k, NULL) == ECM_E_ARGUMENT && ecm_point_mul(c, 1, NULL, &k, out) == ECM_E_ARGUMENT);
  CHECK(ecm_point_mul(c, 1, p, NULL, out) == ECM_E_ARGUMENT && ecm_point_mul(c, 1, p, &k, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_point_mul_base(c, SIZE_MAX / 2, &k, out) == ECM_E_ARGUMENT && ecm_point_check_vartime(c, SIZE_MAX, p) == ECM_E_ARGUMENT);
  CHECK(ecm_point_dh(c, NULL, k, &h) == ECM_E_ARGUMENT && ecm_point_dh(c, p, k, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_point_check_vartime(c, 1, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_point_linear_vartime(c, p, 1, NULL, p, out) == ECM_E_ARGUMENT && ecm_point_linear_vartime(c, p, 1, p, NULL, out) == ECM_E_ARGUMENT);
  CHECK(ecm_point_linear_vartime(c, p, 0, NULL, NULL, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_ecdsa_verify_vartime(NULL, p, p, p) == ECM_E_ARGUMENT && ecm_ecdsa_verify_vartime(p, NULL, p, p) == ECM_E_ARGUMENT);
  CHECK(ecm_ecdsa_verify_vartime(p, p, NULL, p) == ECM_E_ARGUMENT && ecm_ecdsa_verify_vartime(p, p, p, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_ed25519_verify_vartime(NULL, p, 1, p) == ECM_E_ARGUMENT && ecm_ed25519_verify_vartime(p, NULL, 1, p) == ECM_E_ARGUMENT);
  CHECK(ecm_ed25519_verify_vartime(p, p, 1, NULL) == ECM_E_ARGUMENT);
  FREE(k);
  FREE(b);
}

static void handles_of_the_wrong_kind_or_curve_are_refused(void) {
  ecm_handle k = random_scalar(ECM_SECP256K1), e = random_scalar(ECM_ED25519), b = blob(ZEROS, 32), h = 1;
  uint8_t out[33];
  uint32_t negated;
  CHECK(ecm_scalar_add(k, e, &h) == ECM_E_KIND && h == 0);
  CHECK(ecm_scalar_sub(e, k, &h) == ECM_E_KIND && ecm_scalar_mul(k, b, &h) == ECM_E_KIND && ecm_scalar_inverse(b, &h) == ECM_E_KIND);
  CHECK(ecm_scalar_response(k, ZEROS, e, out) == ECM_E_KIND && ecm_scalar_response(b, ZEROS, b, out) == ECM_E_KIND);
  CHECK(ecm_ecdsa_s(e, e, out, &negated) == ECM_E_KIND && ecm_ecdsa_s(k, e, out, &negated) == ECM_E_KIND);
  CHECK(ecm_scalar_from_blob(ECM_SECP256K1, k, &h) == ECM_E_KIND && ecm_scalar_from_wide(ECM_SECP256K1, k, &h) == ECM_E_KIND);
  CHECK(ecm_scalar_from_int(ECM_SECP256K1, k, &h) == ECM_E_KIND && ecm_scalar_from_ed25519_seed(k, &h) == ECM_E_KIND);
  FREE(b);
  CHECK(ecm_scalar_add(k, b, &h) == ECM_E_HANDLE && ecm_scalar_inverse(0, &h) == ECM_E_HANDLE && h == 0);
  FREE(k);
  FREE(e);
}

/* ---- signatures ---------------------------------------------------------------------------------- */

static void ecdsa_s_signs_low(void) {
  int high = 0, low = 0;
  for (int i = 0; i < 40; i++) {
    /* u = e + r d */
    ecm_handle k = random_scalar(ECM_SECP256K1), d = random_scalar(ECM_SECP256K1), e, r, u, rd, nk, zero;
    uint8_t q[33], R[33], digest[32], r32[32], s[32], twin[32];
    uint64_t w[4];
    uint32_t negated, twin_negated;
    test_rand_bytes(digest, 32);
    digest[0] = 0; /* below q */
    CHECK(ecm_point_mul_base(ECM_SECP256K1, 1, &k, R) == ECM_OK && ecm_point_mul_base(ECM_SECP256K1, 1, &d, q) == ECM_OK);
    memcpy(r32, R + 1, 32);
    CHECK(ecm_scalar_from_public(ECM_SECP256K1, digest, &e) == ECM_OK && ecm_scalar_from_public(ECM_SECP256K1, r32, &r) == ECM_OK);
    CHECK(ecm_scalar_mul(r, d, &rd) == ECM_OK && ecm_scalar_add(e, rd, &u) == ECM_OK);
    CHECK(ecm_ecdsa_s(k, u, s, &negated) == ECM_OK);
    CHECK((s[0] & 0x80) == 0 && negated <= 1);
    CHECK(ecm_ecdsa_verify_vartime(q, digest, r32, s) == ECM_OK);
    if (negated) high++;
    else low++;
    /* -k gives the same s with the other flag. */
    zero = small(ECM_SECP256K1, 0);
    CHECK(ecm_scalar_sub(zero, k, &nk) == ECM_OK && ecm_ecdsa_s(nk, u, twin, &twin_negated) == ECM_OK);
    CHECK(memcmp(s, twin, 32) == 0 && negated + twin_negated == 1);
#if HAVE_SECP256K1
    secp256k1_context *const ctx = secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
    secp256k1_ecdsa_signature sig;
    secp256k1_pubkey pk;
    uint8_t compact[64];
    memcpy(compact, r32, 32);
    memcpy(compact + 32, s, 32);
    CHECK(secp256k1_ec_pubkey_parse(ctx, &pk, q, 33) && secp256k1_ecdsa_signature_parse_compact(ctx, &sig, compact));
    CHECK(secp256k1_ecdsa_verify(ctx, &sig, digest, &pk) == 1); /* theirs demands low s */
    secp256k1_context_destroy(ctx);
#endif
    memset(s, 1, 32);
    CHECK(ecm_ecdsa_s(k, zero, s, &negated) == ECM_E_ZERO && memcmp(s, ZEROS, 32) == 0 && negated == 0);
    CHECK(ecm_ecdsa_s(zero, u, s, &negated) == ECM_E_ZERO);
    const ecm_handle all[] = {k, d, e, r, u, rd, nk, zero};
    for (size_t j = 0; j < 8; j++) FREE(all[j]);
  }
  CHECK(high > 5 && low > 5);
  /* At the border: s = (q - 1)/2 stays, (q + 1)/2 becomes it. */
  static const uint64_t half[4] = {0xDFE92F46681B20A0u, 0x5D576E7357A4501Du, UINT64_MAX, 0x7FFFFFFFFFFFFFFFu};
  uint8_t b[32], s[32], t[32];
  uint32_t negated;
  ecm_handle one = small(ECM_SECP256K1, 1), h, next;
  curve_secp256k1.sc_encode(b, half);
  CHECK(ecm_scalar_from_public(ECM_SECP256K1, b, &h) == ECM_OK && ecm_scalar_add(h, one, &next) == ECM_OK);
  CHECK(ecm_ecdsa_s(one, h, s, &negated) == ECM_OK && negated == 0 && memcmp(s, b, 32) == 0);
  CHECK(ecm_ecdsa_s(one, next, t, &negated) == ECM_OK && negated == 1 && memcmp(t, b, 32) == 0);
  FREE(one);
  FREE(h);
  FREE(next);
}

static void ed25519_seeds_follow_rfc8032(void) {
  static const char *const vectors[][2] = {
      /* RFC 8032 §7.1, tests 1 to 3: secret key, public key */
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"}};
  for (size_t i = 0; i < 3; i++) {
    uint8_t seed[32], expected[32], out[32];
    test_hex(seed, 32, vectors[i][0]);
    test_hex(expected, 32, vectors[i][1]);
    ecm_handle s = blob(seed, 32), a;
    CHECK(ecm_scalar_from_ed25519_seed(s, &a) == ECM_OK && ecm_point_mul_base(ECM_ED25519, 1, &a, out) == ECM_OK);
    CHECK(memcmp(out, expected, 32) == 0);
    FREE(s);
    FREE(a);
  }
  ecm_handle s = blob(ZEROS, 33), a = 1;
  CHECK(ecm_scalar_from_ed25519_seed(s, &a) == ECM_E_ARGUMENT && a == 0);
  FREE(s);
}

/* A signature put together from the public interface alone: R = k B, S = k + H(R, A, M) a. */
static void ed25519_signatures_of_responses_verify(void) {
  for (size_t len = 0; len < 200; len += 33) {
    uint8_t a32[32], sig[64], message[200], hash[64], h32[32];
    uint64_t h[4];
    ecm_handle a = random_scalar(ECM_ED25519), k = random_scalar(ECM_ED25519);
    sha512_ctx c;
    test_rand_bytes(message, sizeof message);
    CHECK(ecm_point_mul_base(ECM_ED25519, 1, &a, a32) == ECM_OK && ecm_point_mul_base(ECM_ED25519, 1, &k, sig) == ECM_OK);
    sha512_init(&c);
    sha512_update(&c, sig, 32);
    sha512_update(&c, a32, 32);
    sha512_update(&c, message, len);
    sha512_final(&c, hash);
    curve_ed25519.sc_reduce_wide(h, hash);
    curve_ed25519.sc_encode(h32, h);
    CHECK(ecm_scalar_response(k, h32, a, sig + 32) == ECM_OK);
    CHECK(ecm_ed25519_verify_vartime(a32, len ? message : NULL, len, sig) == ECM_OK);
#if HAVE_SODIUM
    CHECK(crypto_sign_verify_detached(sig, message, len, a32) == 0);
#endif
    for (int i = 0; i < 64; i += 7) {
      sig[i] ^= 4;
      CHECK(ecm_ed25519_verify_vartime(a32, message, len, sig) == ECM_E_VERIFY);
      sig[i] ^= 4;
    }
    FREE(a);
    FREE(k);
  }
}

int main(void) {
  if (ecm_vault_open(1u << 20, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return 1;
  RUN_CLEAN(scalar_arithmetic_obeys_the_laws_of_a_field);
  RUN_CLEAN(scalars_may_be_zero_but_have_no_inverse);
  RUN_CLEAN(public_scalars_and_blobs_are_decoded_canonically);
  RUN_CLEAN(wide_reduction);
  RUN_CLEAN(integers_of_either_sign_are_reduced);
  RUN_CLEAN(random_scalars_differ_and_are_in_range);
  RUN_CLEAN(nonces_are_fresh);
  RUN_CLEAN(nonces_are_the_hmac_of_protocol_4_4);
  RUN_CLEAN(random_scalars_come_by_rejection);
  RUN_CLEAN(points_follow_their_scalars);
  RUN_CLEAN(a_response_satisfies_schnorrs_equation);
  RUN_CLEAN(sums_that_cancel_are_the_identity);
  RUN_CLEAN(a_failing_batch_leaves_zeros);
  RUN_CLEAN(empty_batches_do_nothing);
  RUN_CLEAN(null_and_unknown_curves_are_refused);
  RUN_CLEAN(handles_of_the_wrong_kind_or_curve_are_refused);
  RUN_CLEAN(ecdsa_s_signs_low);
  RUN_CLEAN(ed25519_seeds_follow_rfc8032);
  RUN_CLEAN(ed25519_signatures_of_responses_verify);
  CHECK(ecm_vault_close() == ECM_OK);
  return DONE();
}
