/* SPDX-License-Identifier: Apache-2.0 */
/* ed25519 signatures: RFC 8032's vectors, what must be refused, the cofactorless equation, and libsodium. */
#include "curve.h"
#include "ed25519_point.h"
#include "ed25519_scalar.h"
#include "sha512.h"
#include "test.h"
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif

static const curve_ops *const C = &curve_ed25519;

/* ---- a signer, from the library's pieces (RFC 8032 §5.1.6) ---------------------------------------- */

static void hash3(uint64_t k[4], const uint8_t *a, size_t alen, const uint8_t *b, size_t blen, const uint8_t *m, size_t mlen) {
  uint8_t h[64];
  sha512_ctx c;
  sha512_init(&c);
  sha512_update(&c, a, alen);
  sha512_update(&c, b, blen);
  sha512_update(&c, m, mlen);
  sha512_final(&c, h);
  C->sc_reduce_wide(k, h);
}
static void expand_seed(uint64_t a[4], uint8_t prefix[32], uint8_t pk[32], const uint8_t seed[32]) {
  uint8_t h[64];
  uint64_t w[4];
  sha512(h, seed, 32);
  memcpy(prefix, h + 32, 32);
  h[0] &= 248;
  h[31] = (uint8_t)((h[31] & 63) | 64);
  memcpy(w, h, 32); /* the host is little-endian */
  C->sc_reduce_words(a, w, 4);
  CHECK(C->mul_base(pk, a) == ECM_OK);
}
static void sign(uint8_t sig[64], const uint8_t seed[32], const uint8_t *m, size_t len) {
  uint64_t a[4], r[4], k[4];
  uint8_t prefix[32], pk[32];
  expand_seed(a, prefix, pk, seed);
  hash3(r, prefix, 32, NULL, 0, m, len);
  CHECK(C->mul_base(sig, r) == ECM_OK);
  hash3(k, sig, 32, pk, 32, m, len);
  C->sc_mul(k, k, a);
  C->sc_add(k, k, r);
  C->sc_encode(sig + 32, k);
}

/* ---- RFC 8032 §7.1 --------------------------------------------------------------------------------- */

typedef struct {
  const char *seed, *public_key, *message, *signature;
} vector;

static const vector RFC8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
    {"f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5", "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
     "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355f6c50544e23fb1433ddf73be84d8"
     "79de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89ffbc"
     "1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a821a579116ec6dad2b3b310da903401aa62100ab5d1a36553e"
     "06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be6cd9ec7"
     "aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2"
     "d17ba70eb6248e594e1a2297acbbb39d502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f270"
     "88d78b7e883c8759d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b07"
     "07e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22f04d83d1255dc51a"
     "ddd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb7"
     "51fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8"
     "ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34dff7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08"
     "d78ff4ef5d63653a65040cf9bfd4aca7984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939ae49e4"
     "88acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e"
     "6aed3fb0f9cd71a43dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b5"
     "0d334ba77c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380d"
     "b2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8cac60c905c15fc910840b94c00a0b9d0",
     "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03"}};

static void rfc8032_vectors(void) {
  for (size_t i = 0; i < sizeof RFC8032 / sizeof RFC8032[0]; i++) {
    uint8_t seed[32], pk[32], sig[64], mine[64], prefix[32], m[1024];
    uint64_t a[4];
    test_hex(seed, 32, RFC8032[i].seed);
    test_hex(sig, 64, RFC8032[i].signature);
    const size_t len = test_hex(m, sizeof m, RFC8032[i].message);
    expand_seed(a, prefix, pk, seed);
    test_hex(mine, 32, RFC8032[i].public_key);
    CHECK(memcmp(pk, mine, 32) == 0);
    sign(mine, seed, m, len);
    CHECK(memcmp(sig, mine, 64) == 0);
    CHECK(ed25519_verify_vartime(pk, len ? m : NULL, len, sig) == ECM_OK);
    if (i == 4) CHECK(len == 1023);
    for (int bit = 0; bit < 512; bit++) {
      sig[bit / 8] ^= (uint8_t)(1 << (bit % 8));
      CHECK(ed25519_verify_vartime(pk, m, len, sig) == ECM_E_VERIFY);
      sig[bit / 8] ^= (uint8_t)(1 << (bit % 8));
    }
    for (int bit = 0; bit < 256; bit++) {
      pk[bit / 8] ^= (uint8_t)(1 << (bit % 8));
      CHECK(ed25519_verify_vartime(pk, m, len, sig) == ECM_E_VERIFY);
      pk[bit / 8] ^= (uint8_t)(1 << (bit % 8));
    }
    for (size_t at = 0; at < len; at += 1 + len / 20) {
      m[at] ^= 0x10;
      CHECK(ed25519_verify_vartime(pk, m, len, sig) == ECM_E_VERIFY);
      m[at] ^= 0x10;
    }
    if (len) CHECK(ed25519_verify_vartime(pk, m, len - 1, sig) == ECM_E_VERIFY);
  }
}

/* ---- malleability, small order, mixed order ------------------------------------------------------- */

static void s_plus_order_is_refused(void) {
  uint8_t seed[32], sig[64], pk[32], prefix[32], m[8] = {1, 2, 3};
  uint64_t a[4];
  for (int n = 0; n < 20; n++) {
    unsigned carry = 0;
    uint8_t order[32];
    for (int i = 0; i < 32; i++) order[i] = (uint8_t)(ed25519_order[i / 8] >> (8 * (i % 8)));
    test_rand_bytes(seed, 32);
    expand_seed(a, prefix, pk, seed);
    sign(sig, seed, m, sizeof m);
    CHECK(ed25519_verify_vartime(pk, m, sizeof m, sig) == ECM_OK);
    for (int times = 1; times <= 14; times++) { /* S + L .. S + 14 L < 2^256 */
      carry = 0;
      for (int i = 0; i < 32; i++) {
        carry += (unsigned)sig[32 + i] + order[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
      }
      if (carry) break;
      CHECK(ed25519_verify_vartime(pk, m, sizeof m, sig) == ECM_E_VERIFY);
    }
  }
}

/* Signatures that satisfy S*B = R + k*A, with A or R of small order: the equation holds, the point is refused. */
static void small_order_keys_and_nonces_are_refused(void) {
  static const char *const order8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
  ge t, p;
  ge_cached step;
  uint8_t b[32], sig[64], pk[32], prefix[32], seed[32];
  uint64_t a[4], r[4], k[4], m = 0;
  int satisfied_a = 0, satisfied_r = 0;
  test_hex(b, 32, order8);
  CHECK(ed25519_ge_decode_vartime(&t, b));
  ed25519_ge_cache(&step, &t);
  ed25519_ge_neutral(&p);
  test_rand_bytes(seed, 32);
  expand_seed(a, prefix, pk, seed);
  for (int i = 0; i < 8; i++, ed25519_ge_add(&p, &p, &step))
    for (m = 0; m < 64; m++) {
      /* A = i*T, R = r*B: holds where 8 divides i*k. */
      test_rand_bytes(b, 32);
      memcpy(r, b, 32);
      C->sc_reduce_words(r, r, 4);
      CHECK(C->mul_base(sig, r) == ECM_OK);
      C->sc_encode(sig + 32, r);
      ed25519_ge_encode(b, &p);
      hash3(k, sig, 32, b, 32, (uint8_t *)&m, sizeof m);
      satisfied_a += (uint64_t)i * k[0] % 8 == 0;
      CHECK(ed25519_verify_vartime(b, (uint8_t *)&m, sizeof m, sig) == ECM_E_VERIFY);
      /* R = i*T, S = k*a: holds for i = 0 alone. */
      ed25519_ge_encode(sig, &p);
      hash3(k, sig, 32, pk, 32, (uint8_t *)&m, sizeof m);
      C->sc_mul(k, k, a);
      C->sc_encode(sig + 32, k);
      satisfied_r += i == 0;
      CHECK(ed25519_verify_vartime(pk, (uint8_t *)&m, sizeof m, sig) == ECM_E_VERIFY);
    }
  CHECK(satisfied_a > 64 + 60 && satisfied_r == 64); /* the attack was there to be refused */
}

static void non_canonical_keys_and_nonces_are_refused(void) {
  /* The identity and its relatives, encoded in ways only lenient decoders take. */
  static const char *const odd[] = {"0100000000000000000000000000000000000000000000000000000000000080",
                                    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
  uint8_t sig[64], pk[32], prefix[32], seed[32] = {7}, m[4] = {0};
  uint64_t a[4], k[4];
  expand_seed(a, prefix, pk, seed);
  for (size_t i = 0; i < 6; i++) {
    test_hex(sig, 32, odd[i]);
    hash3(k, sig, 32, pk, 32, m, sizeof m);
    C->sc_mul(k, k, a);
    C->sc_encode(sig + 32, k);
    CHECK(ed25519_verify_vartime(pk, m, sizeof m, sig) == ECM_E_VERIFY);
    uint8_t key[32];
    test_hex(key, 32, odd[i]);
    memset(sig + 32, 0, 32);
    CHECK(ed25519_verify_vartime(key, m, sizeof m, sig) == ECM_E_VERIFY);
  }
}

/* A = a*B + T with T of order 8: accepted exactly where k*T = O, that is, without the cofactor, as libsodium. */
static void equation_has_no_cofactor(void) {
  ge t, p;
  ge_cached c;
  uint8_t b[32], sig[64], pk[32], prefix[32], seed[32] = {9};
  uint64_t a[4], r[4] = {12345, 0, 0, 0}, k[4];
  int accepted = 0;
  expand_seed(a, prefix, b, seed);
  CHECK(ed25519_ge_decode_vartime(&p, b));
  test_hex(b, 32, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  CHECK(ed25519_ge_decode_vartime(&t, b));
  ed25519_ge_cache(&c, &t);
  ed25519_ge_add(&p, &p, &c);
  ed25519_ge_encode(pk, &p);
  for (uint64_t m = 0; m < 256; m++) {
    CHECK(C->mul_base(sig, r) == ECM_OK);
    hash3(k, sig, 32, pk, 32, (uint8_t *)&m, sizeof m);
    const int holds = k[0] % 8 == 0;
    C->sc_mul(k, k, a);
    C->sc_add(k, k, r);
    C->sc_encode(sig + 32, k);
    CHECK(ed25519_verify_vartime(pk, (uint8_t *)&m, sizeof m, sig) == (holds ? ECM_OK : ECM_E_VERIFY));
#ifdef HAVE_SODIUM
    CHECK((crypto_sign_verify_detached(sig, (uint8_t *)&m, sizeof m, pk) == 0) == holds);
#endif
    accepted += holds;
  }
  CHECK(accepted > 5 && accepted < 100);
}

/* ---- libsodium -------------------------------------------------------------------------------------- */

#ifdef HAVE_SODIUM
static void signatures_against_sodium(void) {
  uint8_t m[300], seed[32], pk[32], mypk[32], sk[64], sig[64], mine[64], prefix[32];
  uint64_t a[4];
  int refused = 0;
  for (size_t n = 0; n < 600; n++) {
    const size_t len = n % sizeof m;
    test_rand_bytes(m, sizeof m);
    test_rand_bytes(seed, 32);
    crypto_sign_seed_keypair(pk, sk, seed);
    expand_seed(a, prefix, mypk, seed);
    CHECK(memcmp(pk, mypk, 32) == 0);
    crypto_sign_detached(sig, NULL, m, len, sk);
    sign(mine, seed, m, len);
    CHECK(memcmp(sig, mine, 64) == 0);
    CHECK(ed25519_verify_vartime(pk, m, len, sig) == ECM_OK);
    const size_t bit = test_rand() % 768; /* one bit anywhere in signature or key: the same verdict */
    if (bit < 512)
      sig[bit / 8] ^= (uint8_t)(1 << (bit % 8));
    else
      pk[bit / 8 - 64] ^= (uint8_t)(1 << (bit % 8));
    const int theirs = crypto_sign_verify_detached(sig, m, len, pk) == 0;
    CHECK((ed25519_verify_vartime(pk, m, len, sig) == ECM_OK) == theirs);
    refused += !theirs;
  }
  CHECK(refused == 600);
}
#endif

/* ---- Wycheproof: not part of the repository; ECM_WYCHEPROOF names the folder of its testvectors_v1 ---- */

/* The string value after the next "name": at or after *at; moves *at behind it. Enough for Wycheproof's regular files. */
static int json_next(const char **at, const char *name, char *out, size_t max) {
  char key[32];
  snprintf(key, sizeof key, "\"%s\":", name);
  const char *p = strstr(*at, key);
  if (p == NULL || (p = strchr(p + strlen(key), '"')) == NULL) return 0;
  const char *end = strchr(++p, '"');
  if (end == NULL || (size_t)(end - p) >= max) return 0;
  memcpy(out, p, (size_t)(end - p));
  out[end - p] = 0;
  *at = end;
  return 1;
}
static char wycheproof_path[4096];
static void wycheproof(void) {
  static char text[1 << 20], hex[8192];
  static uint8_t m[4096];
  uint8_t pk[32], sig[128];
  FILE *f = fopen(wycheproof_path, "rb");
  CHECK(f != NULL);
  if (f == NULL) return;
  const size_t size = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  text[size] = 0;
  const char *at = text, *key;
  int valid = 0, invalid = 0;
  while ((key = strstr(at, "\"tcId\":")) != NULL) {
    /* A new group's key stands between this test and the last. */
    const char *group = strstr(at, "\"pk\":");
    while (group != NULL && group < key) {
      at = group;
      CHECK(json_next(&at, "pk", hex, sizeof hex) && test_hex(pk, 32, hex) == 32);
      group = strstr(at, "\"pk\":");
    }
    at = key;
    CHECK(json_next(&at, "msg", hex, sizeof hex));
    const size_t len = test_hex(m, sizeof m, hex);
    CHECK(json_next(&at, "sig", hex, sizeof hex));
    const size_t sig_len = test_hex(sig, sizeof sig, hex);
    CHECK(json_next(&at, "result", hex, sizeof hex));
    const int want = strcmp(hex, "valid") == 0;
    if (sig_len == 64) /* other lengths cannot be expressed here */
      CHECK((ed25519_verify_vartime(pk, m, len, sig) == ECM_OK) == want);
    else
      CHECK(!want);
    valid += want;
    invalid += !want;
  }
  CHECK(valid >= 50 && invalid >= 50);
}

int main(void) {
#ifdef HAVE_SODIUM
  if (sodium_init() < 0) return 1;
#endif
  RUN(rfc8032_vectors);
  RUN(s_plus_order_is_refused);
  RUN(small_order_keys_and_nonces_are_refused);
  RUN(non_canonical_keys_and_nonces_are_refused);
  RUN(equation_has_no_cofactor);
#ifdef HAVE_SODIUM
  RUN(signatures_against_sodium);
#else
  SKIP("against sodium");
#endif
  const char *folder = getenv("ECM_WYCHEPROOF");
  if (folder != NULL) {
    snprintf(wycheproof_path, sizeof wycheproof_path, "%s/ed25519_test.json", folder);
    RUN(wycheproof);
  } else {
    SKIP("Wycheproof (ECM_WYCHEPROOF is not set)");
  }
  return DONE();
}
