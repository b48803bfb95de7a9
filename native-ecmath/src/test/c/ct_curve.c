/* SPDX-License-Identifier: Apache-2.0 */
/* Constant-time checks of ecm_scalar_*, ecm_point_* and ecm_ecdsa_s, each for both curves. */
#include "ct_test.h"

static const uint32_t CURVES[2] = {ECM_SECP256K1, ECM_ED25519};
#define BOTH for (int ci = 0; ci < 2; ci++)
#define CURVE (CURVES[ci])

/* Secret scalars: ordinary, and with extreme digits. which: 0 .. 3 */
static ecm_handle secret(uint32_t curve, int which) {
  uint8_t b[32];
  ecm_handle h = 0;
  test_rand_bytes(b, 32);
  if (which == 1) memset(b, 0, 32);
  if (which == 2) memset(b, 0x84, 32); /* runs of the largest digit of 5 bits */
  if (which == 3) memset(b, 0x0F, 32);
  b[curve == ECM_SECP256K1 ? 0 : 31] &= 0x0F;
  b[curve == ECM_SECP256K1 ? 31 : 0] |= 1;
  CT_OK(ecm_scalar_from_public(curve, b, &h));
  ct_mark(h);
  return h;
}
static ecm_handle secret_blob(size_t len) {
  uint8_t b[128];
  ecm_handle h = 0;
  test_rand_bytes(b, len);
  b[0] = b[31] = 1; /* below both orders, in either order of bytes */
  CT_OK(ecm_blob_from_public(b, len, &h));
  ct_mark(h);
  return h;
}
static ecm_handle secret_int(uint64_t sign, size_t words) {
  vault_ref r;
  ecm_handle h = 0;
  CT_OK(vault_new(ECM_KIND_INTEGER, 0, 8 + 8 * words, &r));
  ((uint64_t *)r.ptr)[0] = sign;
  test_rand_bytes((uint8_t *)r.ptr + 8, 8 * words);
  vault_publish(&r, &h);
  ct_mark(h);
  return h;
}
static void a_point(uint32_t curve, uint8_t out[33]) {
  uint8_t two[32] = {0};
  two[curve == ECM_SECP256K1 ? 31 : 0] = 2;
  CT_OK(ecm_point_linear_vartime(curve, two, 0, NULL, NULL, out));
}
/* Results that are public must really be declassified: reading them must not be reported. */
static void use(const void *p, size_t n) {
  const uint8_t *b = p;
  volatile int odd = 0;
  for (size_t i = 0; i < n; i++)
    if (b[i] & 1) odd++;
}
/* And those that are secret must still be so: memcheck's own view, where it is there to ask. */
static void still_secret(ecm_handle h) {
#if defined(VALGRIND_CHECK_MEM_IS_DEFINED)
  vault_ref r;
  CT_OK(vault_pin(h, 0, &r));
  unsigned char bits[128];
  if (RUNNING_ON_VALGRIND && r.len <= sizeof bits) {
    CHECK(VALGRIND_GET_VBITS(r.ptr, bits, r.len) == 1);
    size_t undefined = 0;
    for (size_t i = 0; i < r.len; i++) undefined += bits[i] != 0;
    CHECK(undefined > r.len / 2);
  }
  vault_unpin(&r);
#else
  (void)h;
#endif
}
static void done(ecm_handle h) { CT_OK(ecm_secret_free(h)); }

CT_TEST(ecm_scalar_nonce) {
  BOTH {
    ecm_handle f = secret(CURVE, 0), g = secret(CURVES[1 - ci], 0), t = secret_blob(100), h;
    CT_OK(ecm_scalar_nonce(CURVE, t, (const uint8_t *)"prefix", 6, f, (const uint8_t *)"suffix", 6, &h));
    still_secret(h);
    done(h);
    CT_OK(ecm_scalar_nonce(CURVE, 0, NULL, 0, g, NULL, 0, &h));
    still_secret(h);
    done(h);
    done(f);
    done(g);
    done(t);
  }
}
CT_TEST(ecm_scalar_random) {
  BOTH {
    ecm_handle h;
    CT_OK(ecm_scalar_random(CURVE, &h));
    still_secret(h);
    done(h);
  }
}
CT_TEST(ecm_scalar_from_blob) {
  BOTH {
    ecm_handle b = secret_blob(32), h;
    CT_OK(ecm_scalar_from_blob(CURVE, b, &h));
    still_secret(h);
    done(h);
    done(b);
    uint8_t ones[32];
    memset(ones, 0xFF, 32);
    CT_OK(ecm_blob_from_public(ones, 32, &b));
    ct_mark(b);
    CHECK(ecm_scalar_from_blob(CURVE, b, &h) == ECM_E_RANGE);
    done(b);
  }
}
CT_TEST(ecm_scalar_from_wide) {
  BOTH {
    ecm_handle b = secret_blob(64), h;
    CT_OK(ecm_scalar_from_wide(CURVE, b, &h));
    still_secret(h);
    done(h);
    done(b);
  }
}
CT_TEST(ecm_scalar_from_ed25519_seed) {
  ecm_handle b = secret_blob(32), h;
  CT_OK(ecm_scalar_from_ed25519_seed(b, &h));
  still_secret(h);
  done(h);
  done(b);
}
CT_TEST(ecm_scalar_from_int) {
  BOTH for (size_t words = 1; words < 40; words += 7) {
    for (uint64_t sign = 0; sign < 2; sign++) {
      ecm_handle x = secret_int(sign, words), h;
      CT_OK(ecm_scalar_from_int(CURVE, x, &h));
      still_secret(h);
      done(h);
      done(x);
    }
  }
}
static void binary(int32_t (*f)(ecm_handle, ecm_handle, ecm_handle *)) {
  BOTH {
    for (int i = 0; i < 4; i++) {
      ecm_handle a = secret(CURVE, i), b = secret(CURVE, 3 - i), h;
      CT_OK(f(a, b, &h));
      still_secret(h);
      done(h);
      done(a);
      done(b);
    }
  }
}
CT_TEST(ecm_scalar_add) { binary(ecm_scalar_add); }
CT_TEST(ecm_scalar_sub) { binary(ecm_scalar_sub); }
CT_TEST(ecm_scalar_mul) { binary(ecm_scalar_mul); }
CT_TEST(ecm_scalar_inverse) {
  BOTH {
    for (int i = 0; i < 4; i++) {
      ecm_handle a = secret(CURVE, i), h;
      CT_OK(ecm_scalar_inverse(a, &h));
      still_secret(h);
      done(h);
      done(a);
    }
  }
}
CT_TEST(ecm_scalar_response) {
  BOTH {
    uint8_t e[32] = {0}, z[32];
    test_rand_bytes(e + 1, 30);
    ecm_handle k = secret(CURVE, 0), x = secret(CURVE, 0);
    CT_OK(ecm_scalar_response(k, e, x, z));
    use(z, 32);
    done(k);
    done(x);
  }
}
CT_TEST(ecm_ecdsa_s) {
  for (int i = 0; i < 4; i++) {
    uint8_t s[32];
    uint32_t negated;
    ecm_handle k = secret(ECM_SECP256K1, i), u = secret(ECM_SECP256K1, 0);
    CT_OK(ecm_ecdsa_s(k, u, s, &negated));
    use(s, 32);
    CHECK(negated <= 1);
    done(k);
    done(u);
  }
}
CT_TEST(ecm_point_mul_base) {
  BOTH {
    uint8_t out[4 * 33];
    ecm_handle k[4];
    for (int i = 0; i < 4; i++) k[i] = secret(CURVE, i);
    CT_OK(ecm_point_mul_base(CURVE, 4, k, out));
    use(out, CURVE == ECM_SECP256K1 ? 4 * 33 : 4 * 32);
    for (int i = 0; i < 4; i++) done(k[i]);
  }
}
CT_TEST(ecm_point_mul) {
  BOTH {
    uint8_t points[4 * 33], out[4 * 33];
    ecm_handle k[4];
    const size_t len = CURVE == ECM_SECP256K1 ? 33 : 32;
    for (size_t i = 0; i < 4; i++) {
      k[i] = secret(CURVE, (int)i);
      a_point(CURVE, points + len * i);
    }
    CT_OK(ecm_point_mul(CURVE, 4, points, k, out));
    use(out, 4 * len);
    for (int i = 0; i < 4; i++) done(k[i]);
  }
}
CT_TEST(ecm_point_dh) {
  BOTH {
    for (int i = 0; i < 4; i++) {
      uint8_t point[33];
      a_point(CURVE, point);
      ecm_handle k = secret(CURVE, i), h;
      CT_OK(ecm_point_dh(CURVE, point, k, &h));
      still_secret(h);
      done(h);
      done(k);
    }
  }
}

int main(void) {
  ct_open_vault();
  CT_RUN(ecm_scalar_nonce);
  CT_RUN(ecm_scalar_random);
  CT_RUN(ecm_scalar_from_blob);
  CT_RUN(ecm_scalar_from_wide);
  CT_RUN(ecm_scalar_from_ed25519_seed);
  CT_RUN(ecm_scalar_from_int);
  CT_RUN(ecm_scalar_add);
  CT_RUN(ecm_scalar_sub);
  CT_RUN(ecm_scalar_mul);
  CT_RUN(ecm_scalar_inverse);
  CT_RUN(ecm_scalar_response);
  CT_RUN(ecm_ecdsa_s);
  CT_RUN(ecm_point_mul_base);
  CT_RUN(ecm_point_mul);
  CT_RUN(ecm_point_dh);
  return DONE();
}
