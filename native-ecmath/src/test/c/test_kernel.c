/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/kernel.h"
#include "test.h"

/* A program of its own: the kernel is chosen once per process. */
static void test_unknown_kernel_falls_back_to_portable(void) {
  CHECK(!strcmp(mod_kernel_name(), "portable"));
  CHECK(kernel_current() == &kernel_portable);
  CHECK(setenv("ECM_KERNEL", "", 1) == 0);
  CHECK(kernel_current() == &kernel_portable); /* and the choice stands */
}

int main(void) {
  if (setenv("ECM_KERNEL", "no-such-kernel", 1) != 0) return 1;
  RUN(test_unknown_kernel_falls_back_to_portable);
  return DONE();
}
