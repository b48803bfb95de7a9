/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512, HMAC, ChaCha20, PBKDF2, sealing and BIP-32: published vectors, oracles, and refusal of everything altered. */
#include "chacha20.h"
#include "ct.h"
#include "sha512.h"
#include "test.h"
#include "vault.h"

#if HAVE_CRYPTO
#include <openssl/evp.h>
#include <openssl/hmac.h>
#endif
#if HAVE_SODIUM
#include <sodium.h>
#endif

static ecm_handle blob(const void *data, size_t len) {
  ecm_handle h = 0;
  CHECK(ecm_blob_from_public(data, len, &h) == ECM_OK);
  return h;
}

static void release(ecm_handle h) { CHECK(ecm_secret_free(h) == ECM_OK); }

/* Is the content of h exactly these bytes? */
static int holds(ecm_handle h, const void *data, size_t len) {
  vault_ref r;
  if (vault_pin(h, ECM_KIND_BLOB, &r) != ECM_OK) return 0;
  int same = r.len == len && memcmp(r.ptr, data, len) == 0;
  vault_unpin(&r);
  return same;
}

static int is_hex(const uint8_t *b, size_t n, const char *hex) {
  uint8_t want[256];
  return test_hex(want, sizeof want, hex) == n && memcmp(b, want, n) == 0;
}

static int all_zero(const uint8_t *p, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= p[i];
  return any == 0;
}

/* ---- SHA-512 ---------------------------------------------------------------------------------------- */

/* FIPS 180-4's examples: one block, two blocks, and NIST's long message. */
static void sha512_published(void) {
  uint8_t out[64];
  sha512(out, "abc", 3);
  CHECK(is_hex(out, 64, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
  static const char two[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
  sha512(out, two, sizeof two - 1);
  CHECK(is_hex(out, 64, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"));
  sha512_ctx c;
  uint8_t a[1000];
  memset(a, 'a', sizeof a);
  sha512_init(&c);
  for (int i = 0; i < 1000; i++) sha512_update(&c, a, sizeof a);
  sha512_final(&c, out);
  CHECK(is_hex(out, 64, "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"));
}

/* Around the places where padding changes shape. Message: byte i is i mod 251; digests from Python's hashlib. */
static const struct {
  size_t len;
  const char *digest;
} boundaries[] = {
    {0, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {1, "b8244d028981d693af7b456af8efa4cad63d282e19ff14942c246e50d9351d22704a802a71c3580b6370de4ceb293c324a8423342557d4e5c38438f0e36910ee"},
    {111, "a1a111449b198d9b1f538bad7f3fc1022b3a5b1a5e90a0bc860de8512746cbc31599e6c834de3a3235327af0b51ff57bf7acf1974a73014d9c3953812edc7c8d"},
    {112, "c5fbd731d19d2ae1180f001be72c2c1aaba1d7b094b3748880e24593b8e117a750e11c1bd867cc2f96dace8c8b74abd2d5c4f236be444e77d30d1916174070b9"},
    {113, "61b2e77db697dfe5571fff3ed06bd60c41e1e7b7c08a80de01cb16526d9a9a52d690dfbe792278a60f6e2b4c57a97c729773f26e258d2393890c985d645f6715"},
    {127, "eab89674feaa34e27aebeeff3c0a4d70070bb872d5e9f186cf1dbbdee517b6e35724d629ff025a5b07185e911ada7e3c8acf830aa0e4f71777bd2d44f504f7f0"},
    {128, "1dffd5e3adb71d45d2245939665521ae001a317a03720a45732ba1900ca3b8351fc5c9b4ca513eba6f80bc7b1d1fdad4abd13491cb824d61b08d8c0e1561b3f7"},
    {129, "1d9da57fbbdab09afb3506ab2d223d06109d65c1c8ad197f50138f714bc4c3f2fe5787922639c680acad1c651f955990425954ce2cba0c5cc83f2667d878eb0f"},
    {239, "cb4c7fd522756d5781ad3a4f590a1d862906b960e7720136cb3fb36b563caa1ea5689134291fa79c80ccc2b4092b41df32ebdcb36dbe79db483440228c1622a8"},
    {240, "6c48466c9f6c07e4ab762c696b7eeb35cfe236fca73683e5fab873ac3489b4d2eb3d7afcce7e8165dbbf37aded3b5b0c889c0b7e0f1790a8330d8677429d91a5"},
    {241, "4f663484efca758d670147758a5d4d9e5933fe22c0a1dc01f954738ff8310a6515b3ec42094449075ed678c55ee001a4fb91b1081dfae6ab83860b7b4cc7b4ab"},
    {255, "e9746a5516961da1fdc8e6c59350cd147b7d80c120cc7ed621399faeb2462c28f34217a13009a8e6a721f538356db9a9b64d9a5412e0fd07d24cac1315d95548"},
    {256, "7ff1cd1e9773a4b7ba1f40e642db0d879bd5f6cc151a7d3401a0bc7778b8270c108b530fb195f2383f4cec8cf05778e6af4db56811673371674cec1524488f83"},
    {257, "9fc68cce815c180c9188fad684397a7e9b423b3dadc3a6d3db74538eaec0c63393df5c79983dd62d137bdde627d9b80afa5fa26a976ed9cdca348c2257d9102b"},
    {4096, "3b5e033c335c4a168b9b370c752db690ede9cc918abb9a2d18736536c83908ddd4be0bef9018c9fc2b4700befa1d91bf12cee544e0c06cdcea822bf2ebdf36a2"},
};

static void sha512_at_block_boundaries(void) {
  uint8_t pattern[4096], out[64];
  for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(i % 251);
  for (size_t i = 0; i < sizeof boundaries / sizeof boundaries[0]; i++) {
    sha512(out, boundaries[i].len ? pattern : NULL, boundaries[i].len);
    CHECK(is_hex(out, 64, boundaries[i].digest));
  }
}

static void sha512_is_the_same_in_any_pieces(void) {
  uint8_t m[700], whole[64], pieces[64];
  test_rand_bytes(m, sizeof m);
  for (int round = 0; round < 500; round++) {
    size_t len = test_rand() % sizeof m, at = 0;
    sha512_ctx c;
    sha512_init(&c);
    while (at < len) {
      size_t n = test_rand() % 300;
      if (n > len - at) n = len - at;
      sha512_update(&c, m + at, n);
      at += n;
    }
    sha512_final(&c, pieces);
    sha512(whole, m, len);
    CHECK(memcmp(whole, pieces, 64) == 0);
    CHECK(all_zero((const uint8_t *)&c, sizeof c)); /* final wipes */
  }
}

/* ---- HMAC -------------------------------------------------------------------------------------------- */

/* RFC 4231 §4.2 .. §4.8; for §4.6 the untruncated value, of which the RFC prints 128 bits. */
static const struct {
  const char *key, *data, *mac;
} rfc4231[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
     "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
    {"0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "546573742057697468205472756e636174696f6e",
     "415fad6271580a531d4179bc891d87a650188707922a4fbb36663a1eb16da008711c5b50ddd0fc235084eb9d3364a1454fb2ef67cd1d29fe6773068ea266e96b"},
    {"*131", "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
    {"*131",
     "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e"
     "20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074"
     "686520484d414320616c676f726974686d2e",
     "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"},
};

static void hmac_rfc4231(void) {
  for (size_t i = 0; i < sizeof rfc4231 / sizeof rfc4231[0]; i++) {
    uint8_t key[131], data[200], out[64], want[64];
    size_t key_len = sizeof key;
    if (rfc4231[i].key[0] == '*') memset(key, 0xaa, sizeof key);
    else key_len = test_hex(key, sizeof key, rfc4231[i].key);
    size_t len = test_hex(data, sizeof data, rfc4231[i].data);
    CHECK(test_hex(want, 64, rfc4231[i].mac) == 64);
    hmac_sha512(out, key, key_len, data, len);
    CHECK(memcmp(out, want, 64) == 0);
    ecm_handle k = blob(key, key_len), secret;
    CHECK(ecm_hmac(k, data, len, out) == ECM_OK && memcmp(out, want, 64) == 0);
    CHECK(ecm_hmac_secret(k, data, len, &secret) == ECM_OK && holds(secret, want, 64));
    CHECK(ecm_hmac_verify(k, data, len, want) == ECM_OK);
    release(secret);
    release(k);
  }
}

static void hmac_verify_refuses_any_changed_bit(void) {
  uint8_t key[40], data[50], mac[64];
  test_rand_bytes(key, sizeof key);
  test_rand_bytes(data, sizeof data);
  ecm_handle k = blob(key, sizeof key);
  CHECK(ecm_hmac(k, data, sizeof data, mac) == ECM_OK);
  for (size_t bit = 0; bit < 512; bit++) {
    mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
    CHECK(ecm_hmac_verify(k, data, sizeof data, mac) == ECM_E_VERIFY);
    mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  CHECK(ecm_hmac_verify(k, data, sizeof data - 1, mac) == ECM_E_VERIFY);
  CHECK(ecm_hmac_verify(k, data, sizeof data, mac) == ECM_OK);
  release(k);
}

static void hmac_bad_arguments(void) {
  uint8_t key[32] = {1}, out[64];
  ecm_handle k = blob(key, sizeof key), h = 9;
  CHECK(ecm_hmac(k, NULL, 0, out) == ECM_OK && ecm_hmac_verify(k, NULL, 0, out) == ECM_OK);
  CHECK(ecm_hmac(k, NULL, 1, out) == ECM_E_ARGUMENT && all_zero(out, 64));
  CHECK(ecm_hmac(k, key, 1, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_hmac_verify(k, key, 1, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_hmac_secret(k, NULL, 1, &h) == ECM_E_ARGUMENT && h == 0);
  memset(out, 1, sizeof out);
  CHECK(ecm_hmac(k + 1, key, 1, out) == ECM_E_HANDLE && all_zero(out, 64));
  CHECK(ecm_hmac_verify(0, key, 1, out) == ECM_E_HANDLE);
  release(k);
}

/* ---- ChaCha20 ------------------------------------------------------------------------------------------ */

/* RFC 8439 §2.4.2 */
static void chacha20_rfc8439(void) {
  static const char text[] =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  uint8_t key[32], nonce[12], out[114];
  for (size_t i = 0; i < 32; i++) key[i] = (uint8_t)i;
  CHECK(test_hex(nonce, 12, "000000000000004a00000000") == 12);
  CHECK(sizeof text - 1 == sizeof out);
  chacha20_xor(out, (const uint8_t *)text, sizeof out, key, nonce, 1);
  CHECK(is_hex(out, sizeof out,
               "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
               "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d"));
  chacha20_xor(out, out, sizeof out, key, nonce, 1); /* in place, and back */
  CHECK(memcmp(out, text, sizeof out) == 0);
}

/* ---- oracles -------------------------------------------------------------------------------------------- */

#if HAVE_CRYPTO
static void sha512_and_hmac_agree_with_libcrypto(void) {
  uint8_t key[300], m[2000], ours[64], theirs[64];
  for (int i = 0; i < 2000; i++) {
    size_t key_len = test_rand() % sizeof key, len = test_rand() % sizeof m;
    test_rand_bytes(key, sizeof key);
    test_rand_bytes(m, len);
    sha512(ours, m, len);
    CHECK(EVP_Digest(m, len, theirs, NULL, EVP_sha512(), NULL) == 1 && memcmp(ours, theirs, 64) == 0);
    hmac_sha512(ours, key, key_len, m, len);
    CHECK(HMAC(EVP_sha512(), key, (int)key_len, m, len, theirs, NULL) != NULL && memcmp(ours, theirs, 64) == 0);
  }
}

static void pbkdf2_agrees_with_libcrypto(void) {
  uint8_t pass[200], salt[100], theirs[64];
  for (int i = 0; i < 60; i++) {
    size_t pass_len = 1 + test_rand() % sizeof pass, salt_len = test_rand() % sizeof salt, out_len = 1 + test_rand() % 64;
    uint32_t iterations = i < 4 ? (uint32_t)i + 1 : 1 + (uint32_t)(test_rand() % 300);
    test_rand_bytes(pass, pass_len);
    test_rand_bytes(salt, salt_len);
    CHECK(PKCS5_PBKDF2_HMAC((const char *)pass, (int)pass_len, salt, (int)salt_len, (int)iterations, EVP_sha512(), (int)out_len, theirs) == 1);
    ecm_handle p = blob(pass, pass_len), h = 0;
    CHECK(ecm_pbkdf2(p, salt, salt_len, iterations, out_len, &h) == ECM_OK && holds(h, theirs, out_len));
    release(h);
    release(p);
  }
}
#endif

#if HAVE_SODIUM
static void chacha20_agrees_with_libsodium(void) {
  uint8_t key[32], nonce[12], m[1500], ours[1500], theirs[1500];
  for (int i = 0; i < 1000; i++) {
    size_t len = test_rand() % sizeof m;
    uint32_t counter = (uint32_t)test_rand();
    if (counter > UINT32_MAX - 100) counter -= 100; /* neither may wrap */
    test_rand_bytes(key, sizeof key);
    test_rand_bytes(nonce, sizeof nonce);
    test_rand_bytes(m, len);
    chacha20_xor(ours, m, len, key, nonce, counter);
    CHECK(crypto_stream_chacha20_ietf_xor_ic(theirs, m, len, nonce, counter, key) == 0);
    CHECK(memcmp(ours, theirs, len) == 0);
  }
}
#endif

static void pbkdf2_bad_arguments(void) {
  uint8_t s[8] = {1};
  ecm_handle p = blob("password", 8), h = 9;
  CHECK(ecm_pbkdf2(p, s, 8, 0, 32, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_pbkdf2(p, s, 8, 1, 0, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_pbkdf2(p, s, 8, 1, 65, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_pbkdf2(p, NULL, 8, 1, 32, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_pbkdf2(p, s, 8, 1, 32, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_pbkdf2(p + 1, s, 8, 1, 32, &h) == ECM_E_HANDLE && h == 0);
  release(p);
}

/* ---- sealing ----------------------------------------------------------------------------------------------- */

static void seal_then_open_returns_the_content(void) {
  uint8_t key[64], m[600], aad[100], sealed[600 + ECM_SEAL_OVERHEAD], again[600 + ECM_SEAL_OVERHEAD];
  for (size_t len = 1; len <= sizeof m; len += 1 + len / 5) {
    size_t key_len = 32 + len % 33, aad_len = len % sizeof aad;
    test_rand_bytes(key, sizeof key);
    test_rand_bytes(m, len);
    test_rand_bytes(aad, aad_len);
    ecm_handle k = blob(key, key_len), content = blob(m, len), opened = 0;
    CHECK(ecm_seal(k, aad, aad_len, content, sealed, len + ECM_SEAL_OVERHEAD) == ECM_OK);
    CHECK(ecm_seal(k, aad, aad_len, content, again, len + ECM_SEAL_OVERHEAD) == ECM_OK);
    CHECK(memcmp(sealed, again, 32) != 0); /* a fresh salt each time */
    CHECK(len < 16 || (memcmp(sealed + 32, again + 32, len) != 0 && memcmp(sealed + 32, m, len) != 0));
    CHECK(ecm_open(k, aad, aad_len, sealed, len + ECM_SEAL_OVERHEAD, &opened) == ECM_OK && holds(opened, m, len));
    release(opened);
    release(content);
    release(k);
  }
}

/* The format of ecm.h, computed another way: the salt that ecm_seal drew, and everything else from it. */
static void seal_follows_its_specification(void) {
  uint8_t key[32], m[77], aad[13], out[77 + ECM_SEAL_OVERHEAD], buf[11 + 32], k[64], ct[77], mac_input[8 + 13 + 32 + 77] = {0}, tag[64];
  const uint8_t nonce[12] = {0};
  test_rand_bytes(key, sizeof key);
  test_rand_bytes(m, sizeof m);
  test_rand_bytes(aad, sizeof aad);
  ecm_handle hk = blob(key, sizeof key), hm = blob(m, sizeof m);
  CHECK(ecm_seal(hk, aad, sizeof aad, hm, out, sizeof out) == ECM_OK);
  memcpy(buf, "ecm-seal-v1", 11);
  memcpy(buf + 11, out, 32);
  hmac_sha512(k, key, 32, buf, sizeof buf);
  chacha20_xor(ct, m, sizeof m, k, nonce, 0);
  CHECK(memcmp(ct, out + 32, sizeof ct) == 0);
  mac_input[7] = sizeof aad;
  memcpy(mac_input + 8, aad, sizeof aad);
  memcpy(mac_input + 8 + 13, out, 32);
  memcpy(mac_input + 8 + 13 + 32, ct, sizeof ct);
  hmac_sha512(tag, k + 32, 32, mac_input, sizeof mac_input);
  CHECK(memcmp(tag, out + 32 + sizeof ct, 64) == 0);
  release(hm);
  release(hk);
}

static void open_refuses_everything_altered(void) {
  enum { LEN = 45, SEALED = LEN + ECM_SEAL_OVERHEAD };
  uint8_t key[32], m[LEN], aad[9] = "somewhere", sealed[SEALED + 1] = {0};
  test_rand_bytes(key, sizeof key);
  test_rand_bytes(m, LEN);
  ecm_handle k = blob(key, sizeof key), content = blob(m, LEN), h = 1;
  uint64_t before[ECM_REPORT_WORDS], after[ECM_REPORT_WORDS];
  CHECK(ecm_seal(k, aad, sizeof aad, content, sealed, SEALED) == ECM_OK);
  CHECK(ecm_vault_report(before) == ECM_OK);
  for (size_t i = 0; i < SEALED; i++)
    for (int bit = 0; bit < 8; bit++) {
      sealed[i] ^= (uint8_t)(1 << bit);
      CHECK(ecm_open(k, aad, sizeof aad, sealed, SEALED, &h) == ECM_E_VERIFY && h == 0);
      sealed[i] ^= (uint8_t)(1 << bit);
    }
  for (size_t len = 0; len <= SEALED + 1; len++)
    if (len != SEALED) CHECK(ecm_open(k, aad, sizeof aad, sealed, len, &h) == ECM_E_VERIFY && h == 0);
  CHECK(ecm_open(k, aad, sizeof aad, sealed, (size_t)1 << 32, &h) == ECM_E_VERIFY); /* without touching that much */
  for (size_t i = 0; i < sizeof aad; i++) {
    aad[i] ^= 1;
    CHECK(ecm_open(k, aad, sizeof aad, sealed, SEALED, &h) == ECM_E_VERIFY);
    aad[i] ^= 1;
  }
  CHECK(ecm_open(k, aad, sizeof aad - 1, sealed, SEALED, &h) == ECM_E_VERIFY);
  CHECK(ecm_open(k, NULL, 0, sealed, SEALED, &h) == ECM_E_VERIFY);
  key[31] ^= 1;
  ecm_handle other = blob(key, sizeof key);
  CHECK(ecm_open(other, aad, sizeof aad, sealed, SEALED, &h) == ECM_E_VERIFY);
  release(other);
  CHECK(ecm_vault_report(after) == ECM_OK && after[ECM_REPORT_IN_USE] == before[ECM_REPORT_IN_USE]);
  CHECK(ecm_open(k, aad, sizeof aad, sealed, SEALED, &h) == ECM_OK && holds(h, m, LEN));
  release(h);
  release(content);
  release(k);
}

static void seal_bad_arguments(void) {
  uint8_t key[32] = {1}, out[32 + ECM_SEAL_OVERHEAD];
  ecm_handle k = blob(key, 32), weak = blob(key, 31), h = 9;
  memset(out, 1, sizeof out);
  CHECK(ecm_seal(weak, NULL, 0, k, out, sizeof out) == ECM_E_ARGUMENT && all_zero(out, sizeof out));
  CHECK(ecm_seal(k, NULL, 0, k, out, sizeof out - 1) == ECM_E_ARGUMENT);
  CHECK(ecm_seal(k, NULL, 1, k, out, sizeof out) == ECM_E_ARGUMENT);
  CHECK(ecm_seal(k, NULL, 0, k, NULL, sizeof out) == ECM_E_ARGUMENT);
  CHECK(ecm_seal(k, NULL, 0, 0, out, sizeof out) == ECM_E_HANDLE);
  CHECK(ecm_seal(0, NULL, 0, k, out, sizeof out) == ECM_E_HANDLE && all_zero(out, sizeof out));
  CHECK(ecm_seal(k, NULL, 0, k, out, sizeof out) == ECM_OK);
  CHECK(ecm_open(weak, NULL, 0, out, sizeof out, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_open(k, NULL, 0, NULL, sizeof out, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_open(k, NULL, 0, out, sizeof out, NULL) == ECM_E_ARGUMENT);
  release(weak);
  release(k);
}

/* ---- BIP-32 ---------------------------------------------------------------------------------------------- */

#define H(i) ((i) | 0x80000000u)
#define SEED1 "000102030405060708090a0b0c0d0e0f"
#define SEED2 \
  "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542"
#define SEED3 \
  "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be"
/* BIP-32, "Test Vectors" 1 to 3: the private keys inside its xprv strings. Vector 3 has a leading zero byte. */
static const struct {
  const char *seed;
  uint32_t path[5];
  size_t n;
  const char *key;
} bip32[] = {
    {SEED1, {0}, 0, "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"},
    {SEED1, {H(0)}, 1, "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea"},
    {SEED1, {H(0), 1}, 2, "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368"},
    {SEED1, {H(0), 1, H(2)}, 3, "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca"},
    {SEED1, {H(0), 1, H(2), 2}, 4, "0f479245fb19a38a1954c5c7c0ebab2f9bdfd96a17563ef28a6a4b1a2a764ef4"},
    {SEED1, {H(0), 1, H(2), 2, 1000000000}, 5, "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8"},
    {SEED2, {0}, 0, "4b03d6fc340455b363f51020ad3ecca4f0850280cf436c70c727923f6db46c3e"},
    {SEED2, {0}, 1, "abe74a98f6c7eabee0428f53798f0ab8aa1bd37873999041703c742f15ac7e1e"},
    {SEED2, {0, H(2147483647)}, 2, "877c779ad9687164e9c2f4f0f4ff0340814392330693ce95a58fe18fd52e6e93"},
    {SEED2, {0, H(2147483647), 1}, 3, "704addf544a06e5ee4bea37098463c23613da32020d604506da8c0518e1da4b7"},
    {SEED2, {0, H(2147483647), 1, H(2147483646)}, 4, "f1c7c871a54a804afe328b4c83a1c33b8e5ff48f5087273f04efa83b247d6a2d"},
    {SEED2, {0, H(2147483647), 1, H(2147483646), 2}, 5, "bb7d39bdb83ecf58f2fd82b6d918341cbef428661ef01ab97c28a4842125ac23"},
    {SEED3, {0}, 0, "00ddb80b067e0d4993197fe10f2657a844a384589847602d56f0c629c81aae32"},
    {SEED3, {H(0)}, 1, "491f7a2eebc7b57028e0d3faa0acda02e75c33b03c48fb288c41e2ea44e1daef"},
};

static void bip32_published(void) {
  for (size_t i = 0; i < sizeof bip32 / sizeof bip32[0]; i++) {
    uint8_t seed[64], key[32];
    ecm_handle s = blob(seed, test_hex(seed, sizeof seed, bip32[i].seed)), h = 0;
    CHECK(test_hex(key, 32, bip32[i].key) == 32);
    CHECK(ecm_bip32_derive(s, bip32[i].path, bip32[i].n, &h) == ECM_OK && holds(h, key, 32));
    release(h);
    release(s);
  }
}

static void bip32_bad_arguments(void) {
  uint8_t seed[65] = {1};
  uint32_t path[256] = {0};
  ecm_handle h = 9, short_seed = blob(seed, 15), long_seed = blob(seed, 65), s = blob(seed, 16), k = blob(seed, 64);
  CHECK(ecm_bip32_derive(short_seed, path, 1, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_bip32_derive(long_seed, path, 1, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_bip32_derive(s, NULL, 1, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_bip32_derive(s, path, 256, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_bip32_derive(s, path, 1, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_bip32_derive(0, path, 1, &h) == ECM_E_HANDLE);
  CHECK(ecm_bip32_derive(k, path, 255, &h) == ECM_OK);
  release(h);
  CHECK(ecm_bip32_derive(s, NULL, 0, &h) == ECM_OK);
  release(h);
  release(k);
  release(s);
  release(long_seed);
  release(short_seed);
}

static void nothing_is_left_behind(void) {
  uint64_t words[ECM_REPORT_WORDS];
  CHECK(ecm_vault_report(words) == ECM_OK);
  CHECK(words[ECM_REPORT_HANDLES] == 0 && words[ECM_REPORT_IN_USE] == 0);
}

int main(void) {
  CHECK(ecm_vault_open(1 << 20, ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  RUN(sha512_published);
  RUN(sha512_at_block_boundaries);
  RUN(sha512_is_the_same_in_any_pieces);
  RUN(hmac_rfc4231);
  RUN(hmac_verify_refuses_any_changed_bit);
  RUN(hmac_bad_arguments);
  RUN(chacha20_rfc8439);
#if HAVE_CRYPTO
  RUN(sha512_and_hmac_agree_with_libcrypto);
  RUN(pbkdf2_agrees_with_libcrypto);
#else
  SKIP("libcrypto");
#endif
#if HAVE_SODIUM
  RUN(chacha20_agrees_with_libsodium);
#else
  SKIP("libsodium");
#endif
  RUN(pbkdf2_bad_arguments);
  RUN(seal_then_open_returns_the_content);
  RUN(seal_follows_its_specification);
  RUN(open_refuses_everything_altered);
  RUN(seal_bad_arguments);
  RUN(bip32_published);
  RUN(bip32_bad_arguments);
  RUN(nothing_is_left_behind);
  return DONE();
}
