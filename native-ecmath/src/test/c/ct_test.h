/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_CT_TEST_H
#define ECM_CT_TEST_H
/* Constant-time checks: one CT_TEST per exported function with a sec_ argument (ci/check-ct-coverage compares with ecm.h).
 * Mark the content of input handles with ct_mark, call the function once, let valgrind's memcheck (or MemorySanitizer) report any
 * branch or index that depends on it. Results that the protocol makes public are declassified inside the library, at the line
 * that makes them so. */
#include "ct.h"
#include "test.h"
#include "vault.h"

#define CT_TEST(function) static void ct_##function(void)
#define CT_RUN(function) RUN(ct_##function)
#define CT_OK(call) CHECK((call) == ECM_OK)

/* Marks all of a slot's content as secret. */
static inline void ct_mark(ecm_handle h) {
  vault_ref r;
  if (vault_pin(h, 0, &r) == ECM_OK) {
    ECM_CT_SECRET(r.ptr, r.len);
    vault_unpin(&r);
  } else {
    CHECK(!"ct_mark: bad handle");
  }
}
static inline void ct_open_vault(void) { CHECK(ecm_vault_open(1u << 23, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK); }
#endif
