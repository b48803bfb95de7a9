/* SPDX-License-Identifier: Apache-2.0 */
#include "random.h"

#include <errno.h>
#include <sys/random.h>

#include "ct.h"

int32_t random_public(void *out, size_t len) {
  uint8_t *p = out;
  size_t done = 0;
  while (done < len) {
    ssize_t n = getrandom(p + done, len - done, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      ct_wipe(out, len);
      return ECM_E_RANDOM;
    }
    done += (size_t)n; /* the kernel may return short when a signal comes in a request above 256 bytes */
  }
  return ECM_OK;
}

int32_t random_secret(void *out, size_t len) {
  int32_t rc = random_public(out, len);
  ECM_CT_SECRET(out, len);
  return rc;
}

int32_t ecm_random(uint8_t *out, size_t len) {
  if (out == NULL) return ECM_E_ARGUMENT;
  return random_public(out, len);
}
