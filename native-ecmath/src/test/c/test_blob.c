/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs, reading secrets from files, comparing secrets, and secrets as blobs. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "test.h"

static ecm_handle blob(const void *data, size_t len) {
  ecm_handle h = 0;
  CHECK(ecm_blob_from_public(data, len, &h) == ECM_OK);
  return h;
}

static void release(ecm_handle h) { CHECK(ecm_secret_free(h) == ECM_OK); }

static int holds(ecm_handle h, const void *data, size_t len) {
  vault_ref r;
  if (vault_pin(h, ECM_KIND_BLOB, &r) != ECM_OK) return 0;
  int same = r.len == len && memcmp(r.ptr, data, len) == 0;
  vault_unpin(&r);
  return same;
}

/* A secret of any kind and content, made without the arithmetic above. */
static ecm_handle secret(uint32_t kind, uint32_t tag, const void *data, size_t len) {
  vault_ref r;
  ecm_handle h = 0;
  CHECK(vault_new(kind, tag, len, &r) == ECM_OK);
  memcpy(r.ptr, data, len);
  vault_publish(&r, &h);
  return h;
}

/* ---- making, cutting, joining -------------------------------------------------------------------------- */

static void new_blob_is_zero_and_filled_through_its_address(void) {
  ecm_handle h;
  uint64_t address, len;
  uint32_t kind;
  const uint8_t zero[100] = {0};
  CHECK(ecm_blob_new(100, &h) == ECM_OK && holds(h, zero, 100));
  CHECK(ecm_secret_address(h, &address, &len) == ECM_OK && len == 100);
  memset((void *)(uintptr_t)address, 7, 100);
  uint8_t seven[100];
  memset(seven, 7, 100);
  CHECK(holds(h, seven, 100));
  CHECK(ecm_secret_info(h, &kind, &len) == ECM_OK && kind == ECM_KIND_BLOB && len == 100);
  release(h);
  CHECK(ecm_secret_address(h, &address, &len) == ECM_E_HANDLE && address == 0 && len == 0);
  CHECK(ecm_secret_info(h, &kind, &len) == ECM_E_HANDLE && kind == 0 && len == 0);
  CHECK(ecm_blob_new(0, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_blob_new(BLOB_MAX + 1, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_new(SIZE_MAX, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_new(1, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_new(BLOB_MAX, &h) == ECM_OK);
  release(h);
}

static void slice_and_concat(void) {
  uint8_t m[300];
  test_rand_bytes(m, sizeof m);
  ecm_handle whole = blob(m, sizeof m), parts[3], h = 1;
  CHECK(ecm_blob_slice(whole, 0, 100, &parts[0]) == ECM_OK && holds(parts[0], m, 100));
  CHECK(ecm_blob_slice(whole, 100, 1, &parts[1]) == ECM_OK && holds(parts[1], m + 100, 1));
  CHECK(ecm_blob_slice(whole, 101, 199, &parts[2]) == ECM_OK && holds(parts[2], m + 101, 199));
  CHECK(ecm_blob_concat(3, parts, &h) == ECM_OK && holds(h, m, sizeof m));
  release(h);
  CHECK(ecm_blob_slice(whole, 101, 200, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_blob_slice(whole, 301, 0, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_slice(whole, 300, 0, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_slice(whole, 1, SIZE_MAX, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_slice(whole, SIZE_MAX, 2, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_concat(0, parts, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_concat(3, NULL, &h) == ECM_E_ARGUMENT);
  release(parts[1]);
  CHECK(ecm_blob_concat(3, parts, &h) == ECM_E_HANDLE && h == 0);
  ecm_handle huge, twice[2];
  CHECK(ecm_blob_new(BLOB_MAX / 2 + 1, &huge) == ECM_OK);
  twice[0] = twice[1] = huge;
  CHECK(ecm_blob_concat(2, twice, &h) == ECM_E_ARGUMENT);
  release(huge);
  release(parts[0]);
  release(parts[2]);
  release(whole);
}

/* ---- padding --------------------------------------------------------------------------------------------- */

static void pad_then_unpad_returns_the_content(void) {
  uint8_t m[100], padded[112];
  for (size_t len = 1; len <= sizeof m; len++) {
    test_rand_bytes(m, len);
    memset(padded, 0, sizeof padded);
    padded[3] = (uint8_t)len;
    memcpy(padded + 4, m, len);
    ecm_handle h = blob(m, len), p, back;
    CHECK(ecm_blob_pad16(h, &p) == ECM_OK && holds(p, padded, (len + 19) / 16 * 16));
    CHECK(ecm_blob_unpad16(p, &back) == ECM_OK && holds(back, m, len));
    release(back);
    release(p);
    release(h);
  }
}

/* For each total length, every value of the length field near what is possible, and every padding byte that is not zero. */
static void unpad_refuses_every_malformed_length(void) {
  uint8_t b[80];
  ecm_handle out = 1;
  for (size_t total = 1; total <= sizeof b; total++) {
    for (uint32_t claimed = 0; claimed <= 90; claimed++) {
      memset(b, 0, sizeof b);
      if (total >= 4) b[3] = (uint8_t)claimed;
      ecm_handle h = blob(b, total);
      int good = total % 16 == 0 && claimed > 0 && (claimed + 19) / 16 * 16 == total;
      int32_t rc = ecm_blob_unpad16(h, &out);
      CHECK(rc == (good ? ECM_OK : ECM_E_FORMAT) && (out != 0) == good);
      if (rc == ECM_OK) release(out);
      release(h);
    }
  }
  for (int i = 0; i < 3; i++) { /* lengths whose high bytes would wrap a careless sum */
    memset(b, 0, sizeof b);
    b[3] = 10;
    b[i] = i == 0 ? 0xff : 1;
    ecm_handle h = blob(b, 16);
    CHECK(ecm_blob_unpad16(h, &out) == ECM_E_FORMAT);
    release(h);
  }
  memset(b, 0xff, sizeof b);
  ecm_handle h = blob(b, 16);
  CHECK(ecm_blob_unpad16(h, &out) == ECM_E_FORMAT);
  release(h);
  for (size_t i = 4 + 3; i < 16; i++) {
    memset(b, 0, sizeof b);
    b[3] = 3;
    b[i] = 0x80;
    h = blob(b, 16);
    CHECK(ecm_blob_unpad16(h, &out) == ECM_E_FORMAT && out == 0);
    release(h);
  }
}

/* ---- random ------------------------------------------------------------------------------------------------ */

/* Each bit of a buffer takes both values within 64 draws (fails by chance with probability < 2^-50). */
static void every_bit_moves(int which, ecm_handle mix) {
  uint8_t ones[137] = {0}, zeros[137] = {0}, draw[137];
  for (int i = 0; i < 64; i++) {
    if (which == 0) {
      CHECK(ecm_random(draw, sizeof draw) == ECM_OK);
    } else {
      ecm_handle h;
      vault_ref r;
      CHECK(ecm_blob_random(sizeof draw, mix, &h) == ECM_OK && vault_pin(h, ECM_KIND_BLOB, &r) == ECM_OK);
      memcpy(draw, r.ptr, sizeof draw);
      vault_unpin(&r);
      release(h);
    }
    for (size_t j = 0; j < sizeof draw; j++) ones[j] |= draw[j], zeros[j] |= (uint8_t)~draw[j];
  }
  for (size_t j = 0; j < sizeof draw; j++) CHECK(ones[j] == 0xff && zeros[j] == 0xff);
}

static void random_covers_all_bits(void) {
  ecm_handle mix = blob("from the token", 14), h = 1;
  every_bit_moves(0, 0);
  every_bit_moves(1, 0);
  every_bit_moves(1, mix);
  CHECK(ecm_random(NULL, 1) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_random(0, 0, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_blob_random(BLOB_MAX + 1, 0, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_random(32, mix + 1, &h) == ECM_E_HANDLE);
  for (size_t len = 1; len < 200; len += 21) {
    CHECK(ecm_blob_random(len, mix, &h) == ECM_OK);
    release(h);
  }
  release(mix);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* Feeds bytes through a pipe and reads them; *rest gets how many bytes were left unread. */
static int32_t read_pipe(const void *data, size_t len, uint32_t format, size_t max, ecm_handle *out, size_t *rest) {
  int fd[2];
  uint8_t sink[4096];
  CHECK(pipe(fd) == 0 && write(fd[1], data, len) == (ssize_t)len);
  close(fd[1]);
  int32_t rc = ecm_blob_read_fd(fd[0], format, max, out);
  *rest = 0;
  for (ssize_t n; (n = read(fd[0], sink, sizeof sink)) > 0;) *rest += (size_t)n;
  close(fd[0]);
  return rc;
}

static void reading_formats(void) {
  static const struct {
    const char *in;
    uint32_t format;
    size_t max;
    int32_t rc;
    const char *content;
    size_t rest;
  } cases[] = {
      {"secret\n", ECM_FORMAT_RAW, 10, ECM_OK, "secret\n", 0},
      {"0123456789", ECM_FORMAT_RAW, 10, ECM_OK, "0123456789", 0},
      {"0123456789x", ECM_FORMAT_RAW, 10, ECM_E_FORMAT, NULL, 0},
      {"", ECM_FORMAT_RAW, 10, ECM_E_FORMAT, NULL, 0},
      {"secret\nnext", ECM_FORMAT_LINE, 10, ECM_OK, "secret", 4},
      {"secret\r\nnext", ECM_FORMAT_LINE, 10, ECM_OK, "secret", 4},
      {"secret", ECM_FORMAT_LINE, 10, ECM_OK, "secret", 0},
      {"secret\r", ECM_FORMAT_LINE, 10, ECM_OK, "secret\r", 0},
      {"a\rb\n", ECM_FORMAT_LINE, 10, ECM_OK, "a\rb", 0},
      {"a\r\r\n", ECM_FORMAT_LINE, 10, ECM_OK, "a\r", 0},
      {"  x \n", ECM_FORMAT_LINE, 10, ECM_OK, "  x ", 0},
      {"\n", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"\r\n", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"0123456789\nrest", ECM_FORMAT_LINE, 10, ECM_OK, "0123456789", 4},
      {"0123456789\r\nrest", ECM_FORMAT_LINE, 10, ECM_OK, "0123456789", 4},
      {"0123456789", ECM_FORMAT_LINE, 10, ECM_OK, "0123456789", 0},
      {"0123456789x\n", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 1},
      {"0123456789x", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"0123456789\rx\n", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 1},
      {"0123456789\r", ECM_FORMAT_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"00ff7FaBc9\nx", ECM_FORMAT_HEX_LINE, 10, ECM_OK, "\x00\xff\x7f\xab\xc9", 1},
      {"616263\r\n", ECM_FORMAT_HEX_LINE, 10, ECM_OK, "abc", 0},
      {"616263", ECM_FORMAT_HEX_LINE, 6, ECM_OK, "abc", 0},
      {"61626\n", ECM_FORMAT_HEX_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {" 616263\n", ECM_FORMAT_HEX_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"0x6162\n", ECM_FORMAT_HEX_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"\n", ECM_FORMAT_HEX_LINE, 10, ECM_E_FORMAT, NULL, 0},
      {"61626364656\n", ECM_FORMAT_HEX_LINE, 10, ECM_E_FORMAT, NULL, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    ecm_handle h = 1;
    size_t rest;
    int32_t rc = read_pipe(cases[i].in, strlen(cases[i].in), cases[i].format, cases[i].max, &h, &rest);
    size_t want = cases[i].content == NULL ? 0
                  : cases[i].format == ECM_FORMAT_HEX_LINE ? (strcspn(cases[i].in, "\r\n")) / 2 : strlen(cases[i].content);
    int ok = rc == cases[i].rc && rest == cases[i].rest && (rc == ECM_OK ? holds(h, cases[i].content, want) : h == 0);
    if (!ok) fprintf(stderr, "case %zu: rc %d, %zu bytes left\n", i, rc, rest);
    CHECK(ok);
    if (rc == ECM_OK) release(h);
  }
}

static void every_byte_as_a_hex_digit(void) {
  for (int c = 1; c < 256; c++) {
    if (c == '\n') continue;
    uint8_t in[2] = {'0', (uint8_t)c}, value = (uint8_t)test_hex_digit((char)c);
    ecm_handle h = 1;
    size_t rest;
    int digit = test_hex_digit((char)c) >= 0;
    CHECK(read_pipe(in, 2, ECM_FORMAT_HEX_LINE, 2, &h, &rest) == (digit ? ECM_OK : ECM_E_FORMAT));
    CHECK(digit ? holds(h, &value, 1) : h == 0);
    if (digit) release(h);
    in[0] = (uint8_t)c, in[1] = '0';
    CHECK(read_pipe(in, 2, ECM_FORMAT_HEX_LINE, 2, &h, &rest) == (digit ? ECM_OK : ECM_E_FORMAT));
    value = (uint8_t)(value << 4);
    if (digit) CHECK(holds(h, &value, 1));
    if (digit) release(h);
  }
}

static void reading_bad_arguments(void) {
  ecm_handle h = 1;
  CHECK(ecm_blob_read_fd(-1, ECM_FORMAT_RAW, 10, &h) == ECM_E_ARGUMENT && h == 0);
  CHECK(ecm_blob_read_fd(0, 3, 10, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_read_fd(0, ECM_FORMAT_RAW, 0, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_read_fd(0, ECM_FORMAT_RAW, BLOB_MAX + 1, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_read_fd(0, ECM_FORMAT_RAW, 10, NULL) == ECM_E_ARGUMENT);
  int fd = open("/dev/null", O_WRONLY);
  for (uint32_t format = ECM_FORMAT_RAW; format <= ECM_FORMAT_HEX_LINE; format++)
    CHECK(ecm_blob_read_fd(fd, format, 10, &h) == ECM_E_IO && h == 0); /* not open for reading */
  close(fd);
  CHECK(ecm_blob_read_fd(fd, ECM_FORMAT_RAW, 10, &h) == ECM_E_IO);
  CHECK(ecm_blob_read_file(NULL, ECM_FORMAT_RAW, 10, &h) == ECM_E_ARGUMENT);
  CHECK(ecm_blob_read_file((const uint8_t *)"/nonexistent", ECM_FORMAT_RAW, 10, &h) == ECM_E_IO);
}

static void file_permissions(void) {
  char dir[] = "/tmp/ecm-test-XXXXXX", path[64], other[64];
  CHECK(mkdtemp(dir) != NULL);
  snprintf(path, sizeof path, "%s/secret", dir);
  snprintf(other, sizeof other, "%s/other", dir);
  int fd = open(path, O_CREAT | O_WRONLY, 0600);
  CHECK(write(fd, "616263\n", 7) == 7);
  close(fd);
  const uint8_t *p = (const uint8_t *)path, *o = (const uint8_t *)other;
  ecm_handle h = 1;
  static const struct {
    mode_t mode;
    int32_t rc;
  } modes[] = {{0600, ECM_OK}, {0400, ECM_OK}, {0640, ECM_E_PERMISSIONS}, {0604, ECM_E_PERMISSIONS}, {0660, ECM_E_PERMISSIONS},
               {0620, ECM_E_PERMISSIONS}, {0602, ECM_E_PERMISSIONS}, {0610, ECM_E_PERMISSIONS}, {0601, ECM_E_PERMISSIONS},
               {0700, ECM_E_PERMISSIONS}, {0644, ECM_E_PERMISSIONS}, {0777, ECM_E_PERMISSIONS}};
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    CHECK(chmod(path, modes[i].mode) == 0);
    CHECK(ecm_blob_read_file(p, ECM_FORMAT_HEX_LINE, 10, &h) == modes[i].rc);
    CHECK(modes[i].rc == ECM_OK ? holds(h, "abc", 3) : h == 0);
    if (h != 0) release(h);
  }
  CHECK(chmod(path, 0600) == 0);
  CHECK(ecm_blob_read_file(p, ECM_FORMAT_RAW, 7, &h) == ECM_OK && holds(h, "616263\n", 7));
  release(h);
  CHECK(ecm_blob_read_file(p, ECM_FORMAT_RAW, 6, &h) == ECM_E_FORMAT);
  CHECK(symlink(path, other) == 0); /* what counts is the file it leads to */
  CHECK(ecm_blob_read_file(o, ECM_FORMAT_HEX_LINE, 10, &h) == ECM_OK);
  release(h);
  CHECK(chmod(path, 0644) == 0);
  CHECK(ecm_blob_read_file(o, ECM_FORMAT_HEX_LINE, 10, &h) == ECM_E_PERMISSIONS);
  CHECK(chmod(path, 0600) == 0 && unlink(other) == 0);
  CHECK(mkfifo(other, 0600) == 0); /* not a regular file; and must not hang */
  CHECK(ecm_blob_read_file(o, ECM_FORMAT_LINE, 10, &h) == ECM_E_IO);
  CHECK(ecm_blob_read_file((const uint8_t *)dir, ECM_FORMAT_RAW, 10, &h) == ECM_E_IO);
  if (geteuid() == 0) {
    CHECK(chown(path, 12345, 0) == 0); /* somebody else's, though we could read it */
    CHECK(ecm_blob_read_file(p, ECM_FORMAT_HEX_LINE, 10, &h) == ECM_E_PERMISSIONS);
  } else {
    SKIP("file of another owner (needs root)");
  }
  unlink(other);
  unlink(path);
  rmdir(dir);
}

/* ---- comparing ------------------------------------------------------------------------------------------------ */

static void check_equal(ecm_handle a, ecm_handle b, uint32_t want) {
  uint32_t equal = 7;
  CHECK(ecm_secret_equal(a, b, &equal) == ECM_OK && equal == want);
  CHECK(ecm_secret_equal(b, a, &equal) == ECM_OK && equal == want);
}

static void equality_of_blobs_and_scalars(void) {
  uint8_t m[70];
  test_rand_bytes(m, sizeof m);
  ecm_handle a = blob(m, sizeof m), b = blob(m, sizeof m), shorter = blob(m, sizeof m - 1);
  check_equal(a, b, 1);
  check_equal(a, a, 1);
  check_equal(a, shorter, 0);
  for (size_t i = 0; i < 8 * sizeof m; i++) {
    m[i / 8] ^= (uint8_t)(1 << i % 8);
    ecm_handle c = blob(m, sizeof m);
    check_equal(a, c, 0);
    release(c);
    m[i / 8] ^= (uint8_t)(1 << i % 8);
  }
  uint64_t x[4] = {1, 2, 3, 4}, y[4] = {1, 2, 3, 5};
  uint32_t equal = 7;
  ecm_handle sx = secret(ECM_KIND_SCALAR, ECM_SECP256K1, x, 32), sx2 = secret(ECM_KIND_SCALAR, ECM_SECP256K1, x, 32);
  ecm_handle sy = secret(ECM_KIND_SCALAR, ECM_SECP256K1, y, 32), ed = secret(ECM_KIND_SCALAR, ECM_ED25519, x, 32);
  check_equal(sx, sx2, 1);
  check_equal(sx, sy, 0);
  CHECK(ecm_secret_equal(sx, ed, &equal) == ECM_E_KIND && equal == 0);
  CHECK(ecm_secret_equal(sx, a, &equal) == ECM_E_KIND);
  CHECK(ecm_secret_equal(sx, 0, &equal) == ECM_E_HANDLE);
  CHECK(ecm_secret_equal(0, sx, &equal) == ECM_E_HANDLE);
  CHECK(ecm_secret_equal(sx, sx, NULL) == ECM_E_ARGUMENT);
  ecm_handle key = secret(ECM_KIND_PAILLIER, 64, x, 32);
  CHECK(ecm_secret_equal(key, key, &equal) == ECM_E_KIND && equal == 0);
  uint64_t address, len;
  uint32_t kind;
  CHECK(ecm_secret_address(key, &address, &len) == ECM_E_KIND && address == 0); /* blobs alone have an address */
  CHECK(ecm_secret_address(sx, &address, &len) == ECM_E_KIND && address == 0);
  CHECK(ecm_secret_info(key, &kind, &len) == ECM_OK && kind == ECM_KIND_PAILLIER && len == 64);
  CHECK(ecm_secret_info(sx, &kind, &len) == ECM_OK && kind == ECM_KIND_SCALAR && len == 32);
  const ecm_handle all[] = {a, b, shorter, sx, sx2, sy, ed, key};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) release(all[i]);
}

static void integers_are_compared_by_value(void) {
  static const uint64_t values[][6] = {
      {0, 5}, {0, 5, 0}, {0, 5, 0, 0, 0}, {1, 5}, {0, 5, 0, 0, 1}, {0, 5, 1}, {0, 0}, {0, 0, 0}, {1, 5, 0, 0}, {0, 6, 0}};
  static const size_t words[] = {2, 3, 5, 2, 5, 3, 2, 3, 4, 3};
  static const int class[] = {0, 0, 0, 1, 2, 3, 4, 4, 1, 5}; /* equal numbers have equal class */
  ecm_handle h[10];
  uint32_t kind;
  uint64_t len;
  for (size_t i = 0; i < 10; i++) {
    h[i] = secret(ECM_KIND_INTEGER, 0, values[i], 8 * words[i]);
    CHECK(ecm_secret_info(h[i], &kind, &len) == ECM_OK && kind == ECM_KIND_INTEGER && len == 8 * (words[i] - 1));
  }
  for (size_t i = 0; i < 10; i++)
    for (size_t j = 0; j < 10; j++) check_equal(h[i], h[j], class[i] == class[j]);
  for (size_t i = 0; i < 10; i++) release(h[i]);
}

/* ---- serialisation ---------------------------------------------------------------------------------------------- */

static int32_t load(uint32_t kind, const uint8_t *p, size_t len, ecm_handle *out) {
  ecm_handle b = blob(p, len);
  int32_t rc = ecm_load(kind, b, out);
  CHECK((rc == ECM_OK) == (*out != 0));
  release(b);
  return rc;
}

static void scalars_to_blobs_and_back(void) {
  for (uint32_t curve = ECM_SECP256K1; curve <= ECM_ED25519; curve++) {
    uint64_t x[4];
    uint8_t want[35] = {1, ECM_KIND_SCALAR, (uint8_t)curve};
    test_rand_bytes((uint8_t *)x, 32);
    x[3] >>= 4; /* below both orders */
    for (size_t i = 0; i < 32; i++) /* secp256k1 big-endian, ed25519 little-endian */
      want[3 + (curve == ECM_SECP256K1 ? 31 - i : i)] = (uint8_t)(x[i / 8] >> (8 * (i % 8)));
    ecm_handle s = secret(ECM_KIND_SCALAR, curve, x, 32), b = 0, back = 0;
    CHECK(ecm_serialize(s, &b) == ECM_OK && holds(b, want, sizeof want));
    CHECK(ecm_load(ECM_KIND_SCALAR, b, &back) == ECM_OK);
    check_equal(s, back, 1);
    release(back);
    CHECK(ecm_load(ECM_KIND_INTEGER, b, &back) == ECM_E_FORMAT && back == 0);
    uint8_t bad[36];
    for (size_t len = 1; len <= 36; len++) {
      memcpy(bad, want, 35);
      bad[35] = 0;
      if (len != 35) CHECK(load(ECM_KIND_SCALAR, bad, len, &back) == ECM_E_FORMAT);
    }
    for (size_t i = 0; i < 3; i++) {
      memcpy(bad, want, 35);
      bad[i] ^= 0x40; /* version, kind, curve */
      CHECK(load(ECM_KIND_SCALAR, bad, 35, &back) == ECM_E_FORMAT);
    }
    memset(bad + 3, 0xff, 32); /* not below the order */
    bad[0] = 1, bad[1] = ECM_KIND_SCALAR, bad[2] = (uint8_t)curve;
    CHECK(load(ECM_KIND_SCALAR, bad, 35, &back) == ECM_E_FORMAT);
    release(b);
    release(s);
  }
}

static void integers_to_blobs_and_back(void) {
  static const uint64_t x[4] = {1, 0x0102030405060708u, 0x1112131415161718u, 0};
  static const uint8_t want[3 + 24] = {1, ECM_KIND_INTEGER, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 1, 2, 3, 4, 5, 6, 7, 8};
  ecm_handle i = secret(ECM_KIND_INTEGER, 0, x, sizeof x), b = 0, back = 0;
  uint32_t kind;
  uint64_t length;
  CHECK(ecm_serialize(i, &b) == ECM_OK && holds(b, want, sizeof want));
  CHECK(ecm_load(ECM_KIND_INTEGER, b, &back) == ECM_OK);
  CHECK(ecm_secret_info(back, &kind, &length) == ECM_OK && kind == ECM_KIND_INTEGER && length == 24);
  check_equal(i, back, 1);
  release(back);
  release(b);
  release(i);
  uint8_t bad[3 + 8 * 130] = {1, ECM_KIND_INTEGER, 0};
  for (size_t len = 1; len <= 40; len++) {
    int32_t rc = load(ECM_KIND_INTEGER, bad, len, &back);
    CHECK(rc == (len == 11 || len == 19 || len == 27 || len == 35 ? ECM_OK : ECM_E_FORMAT));
    if (rc == ECM_OK) release(back);
  }
  bad[2] = 1;
  CHECK(load(ECM_KIND_INTEGER, bad, 11, &back) == ECM_E_FORMAT); /* -0 */
  bad[10] = 9;
  CHECK(load(ECM_KIND_INTEGER, bad, 11, &back) == ECM_OK); /* -9 */
  release(back);
  bad[2] = 2;
  CHECK(load(ECM_KIND_INTEGER, bad, 11, &back) == ECM_E_FORMAT);
  bad[2] = 0;
  CHECK(load(ECM_KIND_INTEGER, bad, 3 + 8 * 128, &back) == ECM_OK); /* 8192 bits */
  release(back);
  CHECK(load(ECM_KIND_INTEGER, bad, 3 + 8 * 129, &back) == ECM_E_FORMAT);
}

static void other_kinds_are_not_serialised(void) {
  ecm_handle a = blob("blob", 4), out = 1;
  CHECK(ecm_serialize(a, &out) == ECM_E_KIND && out == 0);
  CHECK(ecm_serialize(0, &out) == ECM_E_HANDLE);
  CHECK(ecm_serialize(a, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_load(ECM_KIND_BLOB, a, &out) == ECM_E_ARGUMENT);
  CHECK(ecm_load(99, a, &out) == ECM_E_ARGUMENT);
  CHECK(ecm_load(ECM_KIND_SCALAR, a, NULL) == ECM_E_ARGUMENT);
  CHECK(ecm_load(ECM_KIND_SCALAR, 0, &out) == ECM_E_HANDLE);
  CHECK(ecm_load(ECM_KIND_PAILLIER, a, &out) == ECM_E_FORMAT && out == 0);
  CHECK(ecm_load(ECM_KIND_PEDERSEN, a, &out) == ECM_E_FORMAT && out == 0);
  release(a);
}

static void nothing_is_left_behind(void) {
  uint64_t words[ECM_REPORT_WORDS];
  CHECK(ecm_vault_report(words) == ECM_OK);
  CHECK(words[ECM_REPORT_HANDLES] == 0 && words[ECM_REPORT_IN_USE] == 0);
}

int main(void) {
  CHECK(ecm_vault_open(1 << 22, ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  RUN(new_blob_is_zero_and_filled_through_its_address);
  RUN(slice_and_concat);
  RUN(pad_then_unpad_returns_the_content);
  RUN(unpad_refuses_every_malformed_length);
  RUN(random_covers_all_bits);
  RUN(reading_formats);
  RUN(every_byte_as_a_hex_digit);
  RUN(reading_bad_arguments);
  RUN(file_permissions);
  RUN(equality_of_blobs_and_scalars);
  RUN(integers_are_compared_by_value);
  RUN(scalars_to_blobs_and_back);
  RUN(integers_to_blobs_and_back);
  RUN(other_kinds_are_not_serialised);
  RUN(nothing_is_left_behind);
  return DONE();
}
