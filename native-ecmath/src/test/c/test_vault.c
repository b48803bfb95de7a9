/* SPDX-License-Identifier: Apache-2.0 */
/* The vault: allocation, handles, wiping, and what the kernel does for the memory. */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ct.h"
#include "test.h"
#include "vault.h"

#define MIB ((size_t)1 << 20)
#define OPEN(bytes) CHECK(ecm_vault_open((bytes), ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK)
#define CLOSE() CHECK(ecm_vault_close() == ECM_OK)

static uint64_t report(int word) {
  uint64_t r[ECM_REPORT_WORDS];
  CHECK(ecm_vault_report(r) == ECM_OK);
  return r[word];
}

static int all_are(const void *p, uint8_t value, size_t n) {
  const volatile uint8_t *b = p;
  for (size_t i = 0; i < n; i++)
    if (b[i] != value) return 0;
  return 1;
}

static ecm_handle make(size_t len, uint8_t fill) {
  vault_ref r;
  ecm_handle h = 0;
  CHECK(vault_new(ECM_KIND_BLOB, 0, len, &r) == ECM_OK);
  if (r.ptr != NULL) memset(r.ptr, fill, len);
  vault_publish(&r, &h);
  CHECK(h != 0 && r.ptr == NULL);
  return h;
}

static int has_memfd_secret(void) {
  int fd = (int)syscall(447, 0);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

/* Runs fn in a child. Its exit status (0: every CHECK held), or 256 + the signal that killed it. */
static int in_child(void (*fn)(void)) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    test_current = 0;
    fn();
    _exit(test_current ? 1 : 0);
  }
  int status = 0;
  CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
  return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- opening and closing -------------------------------------------------------------------------- */

static void closed_vault_answers_closed(void) {
  vault_ref r;
  uint64_t words[ECM_REPORT_WORDS];
  uint32_t kind;
  uint64_t len;
  ecm_handle h = 7;
  CHECK(vault_new(ECM_KIND_BLOB, 0, 16, &r) == ECM_E_VAULT_CLOSED && r.ptr == NULL);
  CHECK(vault_pin(1 << 24, 0, &r) == ECM_E_VAULT_CLOSED && r.ptr == NULL);
  CHECK(vault_scratch(16) == NULL);
  CHECK(ecm_secret_free(1 << 24) == ECM_E_VAULT_CLOSED);
  CHECK(ecm_secret_info(1 << 24, &kind, &len) == ECM_E_VAULT_CLOSED);
  CHECK(ecm_blob_new(16, &h) == ECM_E_VAULT_CLOSED && h == 0);
  CHECK(ecm_vault_report(words) == ECM_E_VAULT_CLOSED && all_are(words, 0, sizeof words));
  CHECK(ecm_vault_close() == ECM_E_VAULT_CLOSED);
  vault_scratch_free(NULL);
}

static void bad_arguments_of_open(void) {
  CHECK(ecm_vault_open(MIB, 8) == ECM_E_ARGUMENT);
  CHECK(ecm_vault_open(MIB, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_REQUIRE_MEMFD_SECRET) == ECM_E_ARGUMENT);
  CHECK(ecm_vault_open(UINT64_MAX, 0) == ECM_E_ARGUMENT);
  CHECK(ecm_vault_report(NULL) == ECM_E_ARGUMENT);
  closed_vault_answers_closed();
}

static void size_is_rounded_up(void) {
  const size_t asked[] = {0, 1, MIB, MIB + 1, 3 * MIB}, got[] = {MIB, MIB, MIB, 2 * MIB, 4 * MIB};
  for (size_t i = 0; i < 5; i++) {
    OPEN(asked[i]);
    CHECK(report(ECM_REPORT_BYTES) == got[i]);
    OPEN(64 * MIB); /* a second open changes nothing */
    CHECK(report(ECM_REPORT_BYTES) == got[i]);
    CLOSE();
  }
}

static void old_handles_die_with_the_vault(void) {
  OPEN(MIB);
  ecm_handle old = make(32, 1);
  CLOSE();
  CHECK(ecm_secret_free(old) == ECM_E_VAULT_CLOSED);
  OPEN(MIB);
  ecm_handle fresh = make(32, 1); /* the same slot */
  CHECK((fresh & 0xffffff) == (old & 0xffffff) && fresh != old);
  CHECK(ecm_secret_free(old) == ECM_E_HANDLE);
  CHECK(report(ECM_REPORT_PEAK) == 128);
  CHECK(ecm_secret_free(fresh) == ECM_OK);
  CLOSE();
}

/* VmFlags of the mapping that holds p, from the kernel's own account of it. */
static int vm_flag(const void *p, const char *flag) {
  FILE *f = fopen("/proc/self/smaps", "r");
  char line[512];
  int inside = 0, found = 0;
  while (f != NULL && fgets(line, sizeof line, f) != NULL) {
    unsigned long low, high;
    if (sscanf(line, "%lx-%lx ", &low, &high) == 2) inside = (uintptr_t)p >= low && (uintptr_t)p < high;
    if (inside && strncmp(line, "VmFlags:", 8) == 0) found = strstr(line, flag) != NULL;
  }
  if (f != NULL) fclose(f);
  return found;
}

static volatile uint8_t *touch_at;
static void read_parents_memory(void) { touch_at[0] = touch_at[1]; }

/* User-mode emulators (qemu-user) answer 0 to every madvise and do nothing. Asked of a page that is not the vault's, so that no fault of
 * the vault can pass for one of the platform. */
static int platform_ignores_madvise(void) {
  static int ignores = -1;
  if (ignores >= 0) return ignores;
  long page = sysconf(_SC_PAGESIZE);
  uint8_t *p = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(p != MAP_FAILED && madvise(p, (size_t)page, MADV_DONTFORK) == 0);
  touch_at = p;
  ignores = in_child(read_parents_memory) == 0;
  (void)munmap(p, (size_t)page);
  return ignores;
}

static void check_protection(int memfd_secret) {
  void *p = vault_scratch(100);
  CHECK(report(ECM_REPORT_MEMFD_SECRET) == (uint64_t)memfd_secret);
  CHECK(report(ECM_REPORT_LOCKED) == (uint64_t)vm_flag(p, " lo"));
  CHECK(report(ECM_REPORT_DONTDUMP) == 1 && (platform_ignores_madvise() || vm_flag(p, " dd")));
  CHECK(report(ECM_REPORT_DONTFORK) == 1 && (platform_ignores_madvise() || vm_flag(p, " dc")));
  CHECK(report(ECM_REPORT_GUARD_PAGES) == 1);
  vault_scratch_free(p);
}

static void report_agrees_with_smaps_mlock(void) {
  CHECK(ecm_vault_open(MIB, ECM_VAULT_NO_MEMFD_SECRET) == ECM_OK);
  CHECK(report(ECM_REPORT_LOCKED) == 1);
  check_protection(0);
  struct rlimit l;
  CHECK(getrlimit(RLIMIT_MEMLOCK, &l) == 0);
  CHECK(report(ECM_REPORT_MEMLOCK_LIMIT) == (l.rlim_cur == RLIM_INFINITY ? UINT64_MAX : l.rlim_cur));
  CLOSE();
}

static void report_agrees_with_smaps_memfd_secret(void) {
  CHECK(ecm_vault_open(MIB, ECM_VAULT_REQUIRE_MEMFD_SECRET) == ECM_OK);
  CHECK(report(ECM_REPORT_LOCKED) == 1);
  check_protection(1);
  CLOSE();
  CHECK(ecm_vault_open(MIB, 0) == ECM_OK); /* preferred when nothing is said */
  check_protection(1);
  CLOSE();
}

static void memlock_limit(size_t bytes) {
  struct rlimit l = {bytes, bytes};
  CHECK(setrlimit(RLIMIT_MEMLOCK, &l) == 0);
  if (geteuid() == 0) CHECK(setgroups(0, NULL) == 0 && setresuid(65534, 65534, 65534) == 0); /* root may lock any amount */
}

static void child_with_limit_of_2_mib(void) {
  memlock_limit(2 * MIB);
  CHECK(ecm_vault_open(16 * MIB, ECM_VAULT_NO_MEMFD_SECRET) == ECM_OK);
  CHECK(report(ECM_REPORT_BYTES) == 2 * MIB && report(ECM_REPORT_LOCKED) == 1);
  CHECK(report(ECM_REPORT_MEMLOCK_LIMIT) == 2 * MIB);
  ecm_handle h = make(MIB, 1);
  CHECK(ecm_secret_free(h) == ECM_OK);
  CLOSE();
  if (has_memfd_secret()) {
    CHECK(ecm_vault_open(16 * MIB, ECM_VAULT_REQUIRE_MEMFD_SECRET) == ECM_OK);
    CHECK(report(ECM_REPORT_BYTES) == 2 * MIB && report(ECM_REPORT_MEMFD_SECRET) == 1);
    CLOSE();
  }
}

static void child_with_limit_of_64_kib(void) {
  memlock_limit(65536);
  CHECK(ecm_vault_open(4 * MIB, 0) == ECM_E_LOCKED_MEMORY);
  CHECK(ecm_vault_open(4 * MIB, ECM_VAULT_NO_MEMFD_SECRET) == ECM_E_LOCKED_MEMORY);
  CHECK(ecm_vault_open(4 * MIB, ECM_VAULT_REQUIRE_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_E_LOCKED_MEMORY);
  closed_vault_answers_closed();
  CHECK(ecm_vault_open(4 * MIB, ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  CHECK(report(ECM_REPORT_BYTES) == 4 * MIB && report(ECM_REPORT_LOCKED) == 0);
  check_protection(0);
  CLOSE();
}

static void locked_memory_limit_shrinks_then_refuses(void) {
  CHECK(in_child(child_with_limit_of_2_mib) == 0);
  CHECK(in_child(child_with_limit_of_64_kib) == 0);
}

/* ---- guard pages and forks ------------------------------------------------------------------------- */

static uint32_t child_flags;

static void touch(ptrdiff_t offset) {
  CHECK(ecm_vault_open(MIB, child_flags) == ECM_OK);
  volatile uint8_t *base = vault_scratch(MIB); /* all of it, so that this is its beginning */
  CHECK(base != NULL);
  base[0] = base[MIB - 1] = 1;
  base[offset] = 1;
}
static void touch_first(void) { touch(0); }
static void touch_last(void) { touch((ptrdiff_t)MIB - 1); }
static void touch_below(void) { touch(-1); }
static void touch_above(void) { touch((ptrdiff_t)MIB); }
static void touch_below_far(void) { touch(-4096); }
static void touch_above_far(void) { touch((ptrdiff_t)MIB + 4095); }

static void guard_pages_stop_overruns(void) {
  const uint32_t flags[] = {ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED, ECM_VAULT_REQUIRE_MEMFD_SECRET};
  for (int i = 0; i < (has_memfd_secret() ? 2 : 1); i++) {
    child_flags = flags[i];
    CHECK(in_child(touch_first) == 0);
    CHECK(in_child(touch_last) == 0);
    CHECK(in_child(touch_below) == 256 + SIGSEGV);
    CHECK(in_child(touch_above) == 256 + SIGSEGV);
    CHECK(in_child(touch_below_far) == 256 + SIGSEGV);
    CHECK(in_child(touch_above_far) == 256 + SIGSEGV);
  }
}

static ecm_handle parents_handle;
static void use_parents_vault(void) {
  vault_ref r;
  CHECK(vault_pin(parents_handle, 0, &r) == ECM_E_VAULT_CLOSED);
  closed_vault_answers_closed();
  OPEN(MIB); /* its own */
  CHECK(vault_pin(parents_handle, 0, &r) == ECM_E_HANDLE);
  ecm_handle h = make(64, 3);
  CHECK(h != parents_handle && ecm_secret_free(h) == ECM_OK);
  CLOSE();
}

static void fork_does_not_inherit(void) {
  const uint32_t flags[] = {ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED, ECM_VAULT_REQUIRE_MEMFD_SECRET};
  for (int i = 0; i < (has_memfd_secret() ? 2 : 1); i++) {
    CHECK(ecm_vault_open(MIB, flags[i]) == ECM_OK);
    parents_handle = make(64, 0x5a);
    vault_ref r;
    CHECK(vault_pin(parents_handle, ECM_KIND_BLOB, &r) == ECM_OK);
    touch_at = r.ptr;
    CHECK(in_child(read_parents_memory) == 256 + SIGSEGV);
    CHECK(in_child(use_parents_vault) == 0);
    CHECK(all_are(r.ptr, 0x5a, 64)); /* and the parent's is as it was */
    vault_unpin(&r);
    CHECK(ecm_secret_free(parents_handle) == ECM_OK);
    CLOSE();
  }
}

/* ---- slots and handles ------------------------------------------------------------------------------ */

static void new_memory_is_zero_and_aligned(void) {
  OPEN(MIB);
  for (size_t len = 1; len < 5000; len += 1 + len / 8) {
    vault_ref r;
    CHECK(vault_new(ECM_KIND_BLOB, 77, len, &r) == ECM_OK);
    CHECK(r.len == len && r.kind == ECM_KIND_BLOB && r.tag == 77 && (uintptr_t)r.ptr % 64 == 0);
    CHECK(all_are(r.ptr, 0, len));
    memset(r.ptr, 0xaa, len);
    vault_discard(&r);
    CHECK(r.ptr == NULL);
    uint8_t *s = vault_scratch(len); /* the same block again */
    CHECK((uintptr_t)s % 64 == 0 && all_are(s, 0, len));
    memset(s, 0x55, len);
    vault_scratch_free(s);
  }
  vault_ref r;
  CHECK(vault_new(ECM_KIND_BLOB, 0, 0, &r) == ECM_E_ARGUMENT);
  CHECK(report(ECM_REPORT_IN_USE) == 0);
  CLOSE();
}

static void freed_memory_is_zero(void) {
  OPEN(MIB);
  for (size_t len = 1; len < 70000; len = len * 3 + 1) {
    ecm_handle h = make(len, 0xaa);
    vault_ref r;
    CHECK(vault_pin(h, ECM_KIND_BLOB, &r) == ECM_OK && all_are(r.ptr, 0xaa, len));
    const uint8_t *p = r.ptr;
    vault_unpin(&r);
    CHECK(all_are(p, 0xaa, len));
    CHECK(ecm_secret_free(h) == ECM_OK);
    CHECK(all_are(p, 0, len)); /* still mapped: looked at from outside the rules */
    CHECK(vault_new(ECM_KIND_BLOB, 0, len, &r) == ECM_OK);
    p = memset(r.ptr, 0xbb, len);
    vault_discard(&r);
    CHECK(all_are(p, 0, len));
    p = vault_scratch(len);
    vault_scratch_free(memset((void *)(uintptr_t)p, 0xcc, len));
    CHECK(all_are(p, 0, len));
  }
  CLOSE();
}

static void wrong_handles_are_refused(void) {
  OPEN(MIB);
  vault_ref r;
  ecm_handle h = make(32, 1);
  const ecm_handle wrong[] = {0, UINT64_MAX, h + 1, h ^ 1, h + (1 << 24), h - (1 << 24), h | 0xffffff, h & 0xffffff, h + ((uint64_t)1 << 63)};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    CHECK(vault_pin(wrong[i], 0, &r) == ECM_E_HANDLE && r.ptr == NULL);
    CHECK(ecm_secret_free(wrong[i]) == ECM_E_HANDLE);
  }
  CHECK(vault_pin(h, ECM_KIND_SCALAR, &r) == ECM_E_KIND && r.ptr == NULL);
  CHECK(vault_pin(h, ECM_KIND_BLOB, &r) == ECM_OK);
  vault_unpin(&r);
  vault_unpin(&r); /* empty now: does nothing */
  CHECK(ecm_secret_free(h) == ECM_OK);
  CHECK(ecm_secret_free(h) == ECM_E_HANDLE);
  CHECK(vault_pin(h, 0, &r) == ECM_E_HANDLE);
  /* pointers that are not scratch are left alone */
  h = make(32, 1);
  uint64_t address, len;
  CHECK(ecm_secret_address(h, &address, &len) == ECM_OK && len == 32);
  vault_scratch_free((void *)(uintptr_t)address);
  vault_scratch_free((void *)(uintptr_t)(address + 1));
  vault_scratch_free(&r);
  CHECK(vault_pin(h, 0, &r) == ECM_OK && all_are(r.ptr, 1, 32));
  vault_unpin(&r);
  CHECK(ecm_secret_free(h) == ECM_OK && report(ECM_REPORT_HANDLES) == 0);
  CLOSE();
}

static void unpublished_slots_have_no_handle(void) {
  OPEN(MIB);
  ecm_handle h = make(32, 1);
  CHECK(ecm_secret_free(h) == ECM_OK);
  vault_ref made, r;
  CHECK(vault_new(ECM_KIND_BLOB, 0, 32, &made) == ECM_OK && report(ECM_REPORT_HANDLES) == 0);
  CHECK(vault_pin(h, 0, &r) == ECM_E_HANDLE);
  CHECK(vault_pin(made.slot, 0, &r) == ECM_E_HANDLE); /* generation 0 */
  vault_discard(&made);
  vault_publish(&made, &h);
  CHECK(h == 0);
  CLOSE();
}

static void handles_are_never_reused(void) {
  OPEN(MIB);
  ecm_handle last = 0, first = 0;
  vault_ref r;
  for (int i = 0; i < 200000; i++) {
    CHECK(vault_new(ECM_KIND_BLOB, 0, 32, &r) == ECM_OK);
    ecm_handle h;
    vault_publish(&r, &h);
    CHECK(h >> 24 > last >> 24); /* the same slot each time, a later generation each time */
    CHECK(last == 0 || (h & 0xffffff) == (last & 0xffffff));
    CHECK(last == 0 || ecm_secret_free(last) == ECM_E_HANDLE);
    if (first == 0) first = h;
    CHECK(ecm_secret_free(h) == ECM_OK);
    last = h;
  }
  CHECK(vault_pin(first, 0, &r) == ECM_E_HANDLE);
  CLOSE();
}

static void freeing_a_pinned_handle_waits_for_its_user(void) {
  OPEN(MIB);
  ecm_handle h = make(200, 0x77);
  vault_ref a, b, c;
  CHECK(vault_pin(h, 0, &a) == ECM_OK && vault_pin(h, 0, &b) == ECM_OK);
  const void *p = a.ptr;
  CHECK(ecm_secret_free(h) == ECM_OK);
  CHECK(ecm_secret_free(h) == ECM_E_HANDLE && vault_pin(h, 0, &c) == ECM_E_HANDLE);
  CHECK(report(ECM_REPORT_HANDLES) == 0 && report(ECM_REPORT_IN_USE) == 256);
  CHECK(all_are(p, 0x77, 200));
  vault_unpin(&a);
  CHECK(all_are(p, 0x77, 200));
  vault_unpin(&b);
  CHECK(all_are(p, 0, 200) && report(ECM_REPORT_IN_USE) == 0);
  CLOSE();
}

/* ---- the allocator ---------------------------------------------------------------------------------- */

static void exhaustion_leaves_the_vault_usable(void) {
  OPEN(MIB);
  static ecm_handle h[MIB / 128 + 1];
  vault_ref r;
  size_t n = 0;
  while (vault_new(ECM_KIND_BLOB, 0, 128, &r) == ECM_OK) {
    memset(r.ptr, 0xee, 128);
    vault_publish(&r, &h[n++]);
  }
  CHECK(n == MIB / 128); /* not a byte lost to bookkeeping */
  CHECK(vault_new(ECM_KIND_BLOB, 0, 1, &r) == ECM_E_VAULT_FULL && r.ptr == NULL);
  CHECK(vault_scratch(1) == NULL);
  CHECK(report(ECM_REPORT_IN_USE) == MIB && report(ECM_REPORT_HANDLES) == n);
  CHECK(ecm_secret_free(h[5]) == ECM_OK);
  CHECK(vault_new(ECM_KIND_BLOB, 0, 129, &r) == ECM_E_VAULT_FULL); /* only one small gap */
  h[5] = make(100, 1);
  for (size_t i = n; i > 1; i--) { /* free in random order: everything must join up again */
    size_t j = test_rand() % i;
    ecm_handle t = h[i - 1];
    h[i - 1] = h[j];
    h[j] = t;
  }
  for (size_t i = 0; i < n; i++) CHECK(ecm_secret_free(h[i]) == ECM_OK);
  CHECK(report(ECM_REPORT_IN_USE) == 0 && report(ECM_REPORT_PEAK) == MIB);
  uint8_t *all = vault_scratch(MIB);
  CHECK(all != NULL && all_are(all, 0, MIB));
  vault_scratch_free(all);
  CHECK(vault_scratch(MIB + 1) == NULL && vault_scratch(SIZE_MAX) == NULL && vault_scratch((size_t)1 << 40) == NULL);
  CHECK(vault_new(ECM_KIND_BLOB, 0, SIZE_MAX - 63, &r) == ECM_E_VAULT_FULL);
  CLOSE();
}

/* Random sizes and lifetimes; each block carries its own pattern, so an overlap of two shows. */
static void blocks_never_overlap(void) {
  enum { N = 400 };
  static struct {
    ecm_handle h;
    uint8_t *p;
    size_t len;
    uint8_t fill;
  } b[N];
  OPEN(4 * MIB);
  size_t in_use = 0;
  memset(b, 0, sizeof b);
  for (int step = 0; step < 60000; step++) {
    size_t i = test_rand() % N;
    if (b[i].h != 0) {
      CHECK(all_are(b[i].p, b[i].fill, b[i].len));
      CHECK(ecm_secret_free(b[i].h) == ECM_OK);
      b[i].h = 0;
      in_use--;
    } else {
      vault_ref r;
      size_t len = 1 + test_rand() % ((size_t)1 << (4 + test_rand() % 12));
      if (vault_new(ECM_KIND_BLOB, 0, len, &r) != ECM_OK) continue;
      CHECK(all_are(r.ptr, 0, len));
      b[i].p = r.ptr;
      b[i].len = len;
      b[i].fill = (uint8_t)(1 + test_rand() % 255);
      memset(b[i].p, b[i].fill, len);
      vault_publish(&r, &b[i].h);
      in_use++;
    }
  }
  CHECK(report(ECM_REPORT_HANDLES) == in_use);
  for (size_t i = 0; i < N; i++)
    if (b[i].h != 0) CHECK(all_are(b[i].p, b[i].fill, b[i].len) && ecm_secret_free(b[i].h) == ECM_OK);
  CHECK(report(ECM_REPORT_IN_USE) == 0 && vault_scratch(4 * MIB) != NULL);
  CLOSE();
}

/* ---- threads ------------------------------------------------------------------------------------------ */

enum { THREADS = 4, SHARED = 8, ROUNDS = 20000 };
static _Atomic ecm_handle shared[SHARED];
static _Atomic int thread_faults;

#define THREAD_CHECK(cond) ((void)((cond) || thread_faults++))

static void *worker(void *arg) {
  uint64_t x = (uint64_t)(uintptr_t)arg * 0x9e3779b97f4a7c15u + 1;
  vault_ref r;
  for (int i = 0; i < ROUNDS; i++) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    size_t len = 1 + (x >> 40) % 900, at = (x >> 33) % SHARED;
    uint8_t fill = (uint8_t)(1 + (x >> 50) % 255);
    uint8_t *s = vault_scratch(len);
    THREAD_CHECK(s != NULL && all_are(s, 0, len));
    memset(s, fill, len);
    if (i % 3 == 0) { /* replace a shared secret while others use it */
      ecm_handle h;
      if (vault_new(ECM_KIND_BLOB, fill, len, &r) == ECM_OK) {
        memset(r.ptr, fill, len);
        vault_publish(&r, &h);
        h = atomic_exchange(&shared[at], h);
        if (h != 0) THREAD_CHECK(ecm_secret_free(h) == ECM_OK);
        if (h != 0) THREAD_CHECK(ecm_secret_free(h) == ECM_E_HANDLE);
      } else {
        thread_faults++;
      }
    } else {
      int32_t rc = vault_pin(shared[at], ECM_KIND_BLOB, &r);
      THREAD_CHECK(rc == ECM_OK || rc == ECM_E_HANDLE); /* freed in between: an error, never other memory */
      if (rc == ECM_OK) THREAD_CHECK(all_are(r.ptr, (uint8_t)r.tag, r.len));
      vault_unpin(&r);
    }
    THREAD_CHECK(all_are(s, fill, len));
    vault_scratch_free(s);
  }
  return NULL;
}

static void threads_share_the_vault(void) {
  OPEN(MIB);
  pthread_t t[THREADS];
  thread_faults = 0;
  for (uintptr_t i = 0; i < THREADS; i++) CHECK(pthread_create(&t[i], NULL, worker, (void *)(i + 1)) == 0);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(t[i], NULL) == 0);
  CHECK(thread_faults == 0);
  for (int i = 0; i < SHARED; i++)
    if (shared[i] != 0) CHECK(ecm_secret_free(atomic_exchange(&shared[i], 0)) == ECM_OK);
  CHECK(report(ECM_REPORT_IN_USE) == 0 && report(ECM_REPORT_HANDLES) == 0);
  CHECK(vault_scratch(MIB) != NULL);
  CLOSE();
}

static void *opener(void *arg) {
  (void)arg;
  for (int i = 0; i < 200; i++) {
    int32_t rc = ecm_vault_open(MIB, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED);
    THREAD_CHECK(rc == ECM_OK);
    rc = ecm_secret_free((ecm_handle)1 << 40); /* what a Java cleaner may do at any time */
    THREAD_CHECK(rc == ECM_E_HANDLE || rc == ECM_E_VAULT_CLOSED);
    rc = ecm_vault_close();
    THREAD_CHECK(rc == ECM_OK || rc == ECM_E_VAULT_CLOSED);
  }
  return NULL;
}

static void open_and_close_may_race(void) {
  pthread_t t[THREADS];
  thread_faults = 0;
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&t[i], NULL, opener, NULL) == 0);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(t[i], NULL) == 0);
  CHECK(thread_faults == 0);
  closed_vault_answers_closed();
}

/* ---- ct_clear_stack -------------------------------------------------------------------------------------- */

#define MARK 0xa7
static __attribute__((noinline)) void leave_secret(void) {
  volatile uint8_t secret[30000];
  for (size_t i = 0; i < sizeof secret; i++) secret[i] = MARK;
  __asm__ __volatile__("" : : "r"(secret) : "memory");
}

static __attribute__((noinline)) size_t marks_on_stack(void) {
  volatile uint8_t stale[31000]; /* never written: what calls before this one have left */
  __asm__ __volatile__("" : : "r"(stale) : "memory");
  size_t n = 0;
  for (size_t i = 0; i < sizeof stale; i++) n += stale[i] == MARK;
  return n;
}

static void clear_stack_leaves_nothing(void) {
  leave_secret();
  size_t before = marks_on_stack();
  CHECK(before > 25000); /* else this test would see nothing */
  leave_secret();
  ct_clear_stack();
  size_t after = marks_on_stack();
  CHECK(after < 16);
}

#if defined(__x86_64__)
static void clear_stack_leaves_no_registers(void) {
  uint64_t general = ~(uint64_t)0, low[2], high[8] = {0};
  int wide = __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  __asm__ __volatile__("pcmpeqd %%xmm7, %%xmm7" ::: "xmm7");
  if (wide) __asm__ __volatile__("vpternlogd $0xff, %%zmm21, %%zmm21, %%zmm21" :::);
  __asm__ __volatile__("mov $-1, %%r9" ::: "r9");
  ct_clear_stack();
  __asm__ __volatile__("mov %%r9, %0\n\tmovdqu %%xmm7, %1" : "=r"(general), "=m"(low));
  if (wide) __asm__ __volatile__("vmovdqu64 %%zmm21, %0" : "=m"(high));
  CHECK(general == 0 && low[0] == 0 && low[1] == 0);
  for (int i = 0; i < 8; i++) CHECK(high[i] == 0);
}
#elif defined(__aarch64__)
/* Of each kind: an argument, temporaries (x18 is one on Linux), vectors, and a vector register whose low half is the caller's. */
static void clear_stack_leaves_no_registers(void) {
  uint64_t x[3], v3[2], v9[2], v21[2];
  __asm__ __volatile__(
      "mov x7, #-1\n\tmov x10, #-1\n\tmov x18, #-1\n\tmovi v3.16b, #255\n\tmovi v9.16b, #255\n\tmovi v21.16b, #255\n\t"
      "bl ct_clear_stack\n\t"
      "stp x7, x10, [%0]\n\tstr x18, [%0, #16]\n\tstr q3, [%1]\n\tstr q9, [%2]\n\tstr q21, [%3]"
      ::"r"(x), "r"(v3), "r"(v9), "r"(v21)
      : "memory", "cc", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
        "x18", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17",
        "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
  CHECK(x[0] == 0 && x[1] == 0);
  CHECK(x[2] == 0);
  CHECK(v3[0] == 0 && v3[1] == 0 && v21[0] == 0 && v21[1] == 0);
  CHECK(v9[0] == ~(uint64_t)0 && v9[1] == 0);
}
#endif

int main(void) {
  RUN(closed_vault_answers_closed);
  RUN(bad_arguments_of_open);
  RUN(size_is_rounded_up);
  RUN(old_handles_die_with_the_vault);
  RUN(report_agrees_with_smaps_mlock);
  if (has_memfd_secret()) RUN(report_agrees_with_smaps_memfd_secret);
  else SKIP("report_agrees_with_smaps_memfd_secret");
  RUN(locked_memory_limit_shrinks_then_refuses);
  RUN(guard_pages_stop_overruns);
  if (!platform_ignores_madvise()) RUN(fork_does_not_inherit);
  else SKIP("fork_does_not_inherit: madvise does nothing here");
  RUN(new_memory_is_zero_and_aligned);
  RUN(freed_memory_is_zero);
  RUN(wrong_handles_are_refused);
  RUN(unpublished_slots_have_no_handle);
  RUN(handles_are_never_reused);
  RUN(freeing_a_pinned_handle_waits_for_its_user);
  RUN(exhaustion_leaves_the_vault_usable);
  RUN(blocks_never_overlap);
  RUN(threads_share_the_vault);
  RUN(open_and_close_may_race);
  RUN(clear_stack_leaves_nothing);
#if defined(__x86_64__) || defined(__aarch64__)
  RUN(clear_stack_leaves_no_registers);
#endif
  return DONE();
}
