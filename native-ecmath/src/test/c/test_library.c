/* SPDX-License-Identifier: Apache-2.0 */
/* The library as a whole: version, kernel, self-test. */
#include "test.h"
#include "vault.h"

static void version_and_kernel(void) {
  uint8_t name[17];
  CHECK(ecm_abi_version() == ECM_ABI_VERSION);
  memset(name, 0x55, sizeof name);
  CHECK(ecm_kernel(name) == ECM_OK);
  CHECK(name[0] >= 'a' && name[0] <= 'z' && name[15] == 0 && name[16] == 0x55);
  CHECK(ecm_kernel(NULL) == ECM_E_ARGUMENT);
}

static void self_test_needs_a_vault(void) { CHECK(ecm_self_test() == ECM_E_VAULT_CLOSED); }

static void self_test_passes(void) {
  uint64_t words[ECM_REPORT_WORDS];
  CHECK(ecm_vault_open(1 << 20, ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  CHECK(ecm_self_test() == ECM_OK);
  CHECK(ecm_vault_report(words) == ECM_OK && words[ECM_REPORT_HANDLES] == 0 && words[ECM_REPORT_IN_USE] == 0);
  printf("  self-test: peak %llu bytes of vault\n", (unsigned long long)words[ECM_REPORT_PEAK]);
}

static void self_test_may_be_repeated(void) {
  for (int i = 0; i < 3; i++) CHECK(ecm_self_test() == ECM_OK);
  CHECK(ecm_vault_close() == ECM_OK);
}

int main(void) {
  RUN(version_and_kernel);
  RUN(self_test_needs_a_vault);
  RUN(self_test_passes);
  RUN(self_test_may_be_repeated);
  return DONE();
}
