/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets from files and terminals: read(2) straight into the vault, so that no buffer of the C library or of Java ever holds
 * them. The length of what is read is public. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob.h"
#include "ct.h"

/* Up to len bytes. >= 0, or -1. */
static ssize_t read_some(int fd, uint8_t *p, size_t len) {
  ssize_t n;
  do n = read(fd, p, len);
  while (n < 0 && errno == EINTR);
  if (n > 0) ECM_CT_SECRET(p, (size_t)n);
  return n;
}

/* buf: max + 1 bytes, one more than allowed, to see that there is more. */
static int32_t read_all(int fd, uint8_t *buf, size_t max, size_t *len) {
  while (*len <= max) {
    ssize_t n = read_some(fd, buf + *len, max + 1 - *len);
    if (n < 0) return ECM_E_IO;
    if (n == 0) break;
    *len += (size_t)n;
  }
  return *len <= max ? ECM_OK : ECM_E_FORMAT;
}

/* Byte by byte, for what follows the newline belongs to the next reader. buf: max + 1 bytes, for a \r that does not count. */
static int32_t read_line(int fd, uint8_t *buf, size_t max, size_t *len) {
  for (;;) {
    uint8_t *at = buf + *len;
    if (*len > max) { /* full: only the newline of a \r\n may come */
      if (!ct_declassify(ct_eq(at[-1], '\r'))) return ECM_E_FORMAT;
      uint8_t last;
      ssize_t n = read_some(fd, &last, 1);
      if (n < 0) return ECM_E_IO;
      if (n == 0 || !ct_declassify(ct_eq(last, '\n'))) return ECM_E_FORMAT;
      *len = max;
      return ECM_OK;
    }
    ssize_t n = read_some(fd, at, 1);
    if (n < 0) return ECM_E_IO;
    if (n == 0) return ECM_OK;
    if (ct_declassify(ct_eq(*at, '\n'))) { /* where the line ends is its length, hence public */
      *at = 0;
      if (*len > 0 && ct_declassify(ct_eq(at[-1], '\r'))) --*len;
      return ECM_OK;
    }
    ++*len;
  }
}

/* Value of a hex digit, and all ones in *bad if it is none. No table: its index would be secret. */
static uint8_t hex_digit(uint8_t c, uint64_t *bad) {
  uint64_t lower = (uint64_t)c | 0x20;
  uint64_t digit = ct_lt('0' - 1, c) & ct_lt(c, '9' + 1);
  uint64_t letter = ct_lt('a' - 1, lower) & ct_lt(lower, 'f' + 1);
  *bad |= ~(digit | letter);
  return (uint8_t)((digit & ((uint64_t)c - '0')) | (letter & (lower - 'a' + 10)));
}

static int32_t decode_hex(uint8_t *out, const uint8_t *hex, size_t digits) {
  uint64_t bad = 0;
  for (size_t i = 0; i < digits / 2; i++) {
    uint8_t high = hex_digit(hex[2 * i], &bad), low = hex_digit(hex[2 * i + 1], &bad);
    out[i] = (uint8_t)(high << 4 | low);
  }
  return ct_declassify(ct_is_zero(bad)) ? ECM_OK : ECM_E_FORMAT;
}

int32_t ecm_blob_read_fd(int32_t fd, uint32_t format, size_t max, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (fd < 0 || max == 0 || max > BLOB_MAX || format > ECM_FORMAT_HEX_LINE) return ECM_E_ARGUMENT;
  vault_ref buf = {0}, r = {0};
  size_t len = 0;
  int32_t rc = vault_new(ECM_KIND_BLOB, 0, max + 1, &buf);
  if (rc == ECM_OK) rc = (format == ECM_FORMAT_RAW ? read_all : read_line)(fd, buf.ptr, max, &len);
  if (rc == ECM_OK && (len == 0 || (format == ECM_FORMAT_HEX_LINE && len % 2 != 0))) rc = ECM_E_FORMAT;
  if (rc == ECM_OK) rc = blob_new(format == ECM_FORMAT_HEX_LINE ? len / 2 : len, &r);
  if (rc == ECM_OK) {
    if (format == ECM_FORMAT_HEX_LINE) rc = decode_hex(r.ptr, buf.ptr, len);
    else memcpy(r.ptr, buf.ptr, len);
  }
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  vault_discard(&buf);
  ct_clear_stack();
  return rc;
}

int32_t ecm_blob_read_file(const uint8_t *path, uint32_t format, size_t max, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (path == NULL) return ECM_E_ARGUMENT;
  int fd;
  do fd = open((const char *)path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* not to hang on a pipe */
  while (fd < 0 && errno == EINTR);
  if (fd < 0) return ECM_E_IO;
  struct stat st;
  int32_t rc;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) rc = ECM_E_IO;
  else if ((st.st_mode & 07777 & ~0600u) != 0 || (st.st_uid != geteuid() && st.st_uid != 0)) rc = ECM_E_PERMISSIONS;
  else rc = ecm_blob_read_fd(fd, format, max, out);
  (void)close(fd);
  return rc;
}
