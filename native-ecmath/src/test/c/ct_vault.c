/* SPDX-License-Identifier: Apache-2.0 */
/* Constant-time checks of the vault's own functions, of hashing, sealing, reading, BIP-32 and serialisation. */
#include "ct_test.h"

#include <unistd.h>

/* A blob whose content memcheck takes for unknown. */
static ecm_handle secret_blob(const void *data, size_t len) {
  ecm_handle h = 0;
  CT_OK(ecm_blob_from_public(data, len, &h));
  ct_mark(h);
  return h;
}

static ecm_handle secret_of(uint32_t kind, uint32_t tag, const void *data, size_t len) {
  vault_ref r;
  ecm_handle h = 0;
  CT_OK(vault_new(kind, tag, len, &r));
  memcpy(r.ptr, data, len);
  vault_publish(&r, &h);
  ct_mark(h);
  return h;
}

static void drop(ecm_handle h) { CT_OK(ecm_secret_free(h)); }

static uint8_t bytes[300]; /* test data; fixed, so that both outcomes of each check are reached */

CT_TEST(ecm_secret_free) {
  ecm_handle h = secret_blob(bytes, 100);
  vault_ref r;
  CT_OK(vault_pin(h, 0, &r));
  CT_OK(ecm_secret_free(h));
  vault_unpin(&r); /* the wipe */
  CHECK(ecm_secret_free(h) == ECM_E_HANDLE);
}

CT_TEST(ecm_secret_info) {
  uint32_t kind;
  uint64_t len;
  ecm_handle h = secret_blob(bytes, 100);
  CT_OK(ecm_secret_info(h, &kind, &len));
  CHECK(kind == ECM_KIND_BLOB && len == 100);
  drop(h);
}

CT_TEST(ecm_secret_address) {
  uint64_t address, len;
  ecm_handle h = secret_blob(bytes, 100);
  CT_OK(ecm_secret_address(h, &address, &len));
  CHECK(address != 0 && len == 100);
  drop(h);
}

CT_TEST(ecm_secret_equal) {
  uint32_t equal;
  ecm_handle a = secret_blob(bytes, 100), b = secret_blob(bytes, 100), c = secret_blob(bytes + 1, 100);
  CT_OK(ecm_secret_equal(a, b, &equal));
  CHECK(equal == 1);
  CT_OK(ecm_secret_equal(a, c, &equal));
  CHECK(equal == 0);
  drop(a), drop(b), drop(c);
  uint64_t x[4] = {1, 2, 3, 4}, y[4] = {0, 2, 0, 0};
  a = secret_of(ECM_KIND_SCALAR, ECM_SECP256K1, x, 32), b = secret_of(ECM_KIND_SCALAR, ECM_SECP256K1, y, 32);
  CT_OK(ecm_secret_equal(a, b, &equal));
  CHECK(equal == 0);
  drop(a), drop(b);
  a = secret_of(ECM_KIND_INTEGER, 0, y, 32), b = secret_of(ECM_KIND_INTEGER, 0, y, 16);
  CT_OK(ecm_secret_equal(a, b, &equal));
  CHECK(equal == 1);
  drop(a), drop(b);
}

CT_TEST(ecm_blob_random) {
  ecm_handle mix = secret_blob(bytes, 64), h;
  CT_OK(ecm_blob_random(150, mix, &h));
  drop(h), drop(mix);
}

CT_TEST(ecm_blob_slice) {
  ecm_handle b = secret_blob(bytes, 100), h;
  CT_OK(ecm_blob_slice(b, 10, 33, &h));
  drop(h), drop(b);
}

CT_TEST(ecm_blob_concat) {
  ecm_handle parts[2] = {secret_blob(bytes, 100), secret_blob(bytes, 77)}, h;
  CT_OK(ecm_blob_concat(2, parts, &h));
  drop(h), drop(parts[0]), drop(parts[1]);
}

CT_TEST(ecm_blob_pad16) {
  ecm_handle b = secret_blob(bytes, 37), h;
  CT_OK(ecm_blob_pad16(b, &h));
  drop(h), drop(b);
}

CT_TEST(ecm_blob_unpad16) {
  uint8_t padded[48] = {0, 0, 0, 37, 1, 2, 3};
  ecm_handle b = secret_blob(padded, 48), h;
  CT_OK(ecm_blob_unpad16(b, &h));
  drop(h), drop(b);
  padded[47] = 1;
  b = secret_blob(padded, 48);
  CHECK(ecm_blob_unpad16(b, &h) == ECM_E_FORMAT);
  drop(b);
}

/* No sec_ argument, but a secret all the same: what is read. */
static void read_from_pipe(const char *line, uint32_t format, int32_t rc) {
  int fd[2];
  ecm_handle h;
  CHECK(pipe(fd) == 0 && write(fd[1], line, strlen(line)) == (ssize_t)strlen(line));
  close(fd[1]);
  CHECK(ecm_blob_read_fd(fd[0], format, 64, &h) == rc);
  if (h != 0) drop(h);
  close(fd[0]);
}

CT_TEST(ecm_blob_read_fd) {
  read_from_pipe("00ff7FaBc9\r\n", ECM_FORMAT_HEX_LINE, ECM_OK);
  read_from_pipe("00fg\n", ECM_FORMAT_HEX_LINE, ECM_E_FORMAT);
  read_from_pipe("correct horse battery staple\n", ECM_FORMAT_LINE, ECM_OK);
  read_from_pipe("0123456789012345678901234567890123456789012345678901234567890123", ECM_FORMAT_RAW, ECM_OK); /* just fits */
  read_from_pipe("0123456789012345678901234567890123456789012345678901234567890123 and more", ECM_FORMAT_RAW, ECM_E_FORMAT);
}

CT_TEST(ecm_hmac) {
  uint8_t mac[64];
  ecm_handle k = secret_blob(bytes, 64), longer = secret_blob(bytes, 200);
  CT_OK(ecm_hmac(k, bytes, 200, mac));
  CHECK(mac[0] != mac[1] || mac[0] != mac[2]); /* public: may be looked at */
  CT_OK(ecm_hmac(longer, bytes, 200, mac));
  CHECK(mac[0] != mac[1] || mac[0] != mac[2]);
  drop(k), drop(longer);
}

CT_TEST(ecm_hmac_verify) {
  uint8_t mac[64];
  ecm_handle k = secret_blob(bytes, 64);
  CT_OK(ecm_hmac(k, bytes, 200, mac));
  CT_OK(ecm_hmac_verify(k, bytes, 200, mac));
  mac[0] ^= 1;
  CHECK(ecm_hmac_verify(k, bytes, 200, mac) == ECM_E_VERIFY);
  drop(k);
}

CT_TEST(ecm_hmac_secret) {
  ecm_handle k = secret_blob(bytes, 64), h;
  CT_OK(ecm_hmac_secret(k, bytes, 200, &h));
  drop(h), drop(k);
}

CT_TEST(ecm_pbkdf2) {
  ecm_handle p = secret_blob("correct horse battery staple", 28), h;
  CT_OK(ecm_pbkdf2(p, bytes, 16, 3, 48, &h));
  drop(h), drop(p);
}

CT_TEST(ecm_seal) {
  uint8_t out[150 + ECM_SEAL_OVERHEAD];
  ecm_handle k = secret_blob(bytes, 32), b = secret_blob(bytes, 150);
  CT_OK(ecm_seal(k, bytes, 20, b, out, sizeof out));
  uint8_t any = 0;
  for (size_t i = 0; i < sizeof out; i++) any |= out[i];
  CHECK(any != 0); /* all of it is public */
  drop(b), drop(k);
}

CT_TEST(ecm_open) {
  uint8_t sealed[150 + ECM_SEAL_OVERHEAD];
  ecm_handle k = secret_blob(bytes, 32), b = secret_blob(bytes, 150), h;
  CT_OK(ecm_seal(k, bytes, 20, b, sealed, sizeof sealed));
  CT_OK(ecm_open(k, bytes, 20, sealed, sizeof sealed, &h));
  drop(h);
  sealed[40] ^= 1;
  CHECK(ecm_open(k, bytes, 20, sealed, sizeof sealed, &h) == ECM_E_VERIFY);
  drop(b), drop(k);
}

CT_TEST(ecm_bip32_derive) {
  const uint32_t path[3] = {0x80000000u + 44, 7, 0x80000000u};
  ecm_handle seed = secret_blob(bytes, 64), h;
  CT_OK(ecm_bip32_derive(seed, path, 3, &h));
  drop(h), drop(seed);
}

static void serialize_and_load(uint32_t kind, uint32_t tag, const void *data, size_t len, int load) {
  ecm_handle s = secret_of(kind, tag, data, len), b, back;
  uint32_t equal = 0;
  CT_OK(ecm_serialize(s, &b));
  if (load) {
    ct_mark(b);
    CT_OK(ecm_load(kind, b, &back));
    CT_OK(ecm_secret_equal(s, back, &equal));
    CHECK(equal == 1);
    drop(back);
  }
  drop(b), drop(s);
}

static const uint64_t scalar[4] = {1, 2, 3, 4}, negative[4] = {1, 7, 8, 9}, zero[3] = {0};

CT_TEST(ecm_serialize) {
  serialize_and_load(ECM_KIND_SCALAR, ECM_SECP256K1, scalar, sizeof scalar, 0);
  serialize_and_load(ECM_KIND_SCALAR, ECM_ED25519, scalar, sizeof scalar, 0);
  serialize_and_load(ECM_KIND_INTEGER, 0, negative, sizeof negative, 0);
}

CT_TEST(ecm_load) {
  serialize_and_load(ECM_KIND_SCALAR, ECM_SECP256K1, scalar, sizeof scalar, 1);
  serialize_and_load(ECM_KIND_SCALAR, ECM_ED25519, scalar, sizeof scalar, 1);
  serialize_and_load(ECM_KIND_INTEGER, 0, negative, sizeof negative, 1);
  serialize_and_load(ECM_KIND_INTEGER, 0, zero, sizeof zero, 1);
}

int main(void) {
  ct_open_vault();
  test_rand_bytes(bytes, sizeof bytes);
  CT_RUN(ecm_secret_free);
  CT_RUN(ecm_secret_info);
  CT_RUN(ecm_secret_address);
  CT_RUN(ecm_secret_equal);
  CT_RUN(ecm_blob_random);
  CT_RUN(ecm_blob_slice);
  CT_RUN(ecm_blob_concat);
  CT_RUN(ecm_blob_pad16);
  CT_RUN(ecm_blob_unpad16);
  CT_RUN(ecm_blob_read_fd);
  CT_RUN(ecm_hmac);
  CT_RUN(ecm_hmac_verify);
  CT_RUN(ecm_hmac_secret);
  CT_RUN(ecm_pbkdf2);
  CT_RUN(ecm_seal);
  CT_RUN(ecm_open);
  CT_RUN(ecm_bip32_derive);
  CT_RUN(ecm_serialize);
  CT_RUN(ecm_load);
  return DONE();
}
