/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ct.h"
#include "ecm.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447 /* Linux 5.14; the same number on every architecture */
#endif

/* Pages of memfd_secret(2) are taken out of the kernel's own map, never swapped, and refused to ptrace and /proc/pid/mem. */
static int map_memfd_secret(uint8_t *at, size_t bytes) {
  int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
  if (fd < 0) return 0;
  void *p = MAP_FAILED, *moved = MAP_FAILED;
  /* EAGAIN above RLIMIT_MEMLOCK. Not mapped over the reservation at once: kernels before 6.12 take away what MAP_FIXED replaces before they
   * ask the file, and leave a hole when it refuses, where another thread may map something that would then be taken from it. */
  if (ftruncate(fd, (off_t)bytes) == 0) p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p != MAP_FAILED) moved = mremap(p, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, at);
  if (p != MAP_FAILED && moved == MAP_FAILED) (void)munmap(p, bytes);
  (void)close(fd); /* the mapping lives on; nobody else can map it */
  return moved != MAP_FAILED;
}

static int map_anonymous(uint8_t *at, size_t bytes) { return mprotect(at, bytes, PROT_READ | PROT_WRITE) == 0; }

/* One attempt at one size. lock: whether memory that mlock refuses will do. */
static int try_size(arena_map *a, size_t bytes, uint32_t flags, int must_lock) {
  size_t page = a->page;
  uint8_t *reserve = mmap(NULL, bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserve == MAP_FAILED) return 0;
  uint8_t *base = reserve + page;
  a->memfd_secret = a->locked = 0;
  if (!(flags & ECM_VAULT_NO_MEMFD_SECRET)) a->memfd_secret = a->locked = (uint8_t)map_memfd_secret(base, bytes);
  if (!a->memfd_secret && !(flags & ECM_VAULT_REQUIRE_MEMFD_SECRET) && map_anonymous(base, bytes)) {
    a->locked = syscall(SYS_mlock, base, bytes) == 0; /* the C library's is a no-op under sanitizers, which would go unnoticed */
    if (!a->locked && must_lock) {
      (void)munmap(reserve, bytes + 2 * page);
      return 0;
    }
  } else if (!a->memfd_secret) {
    (void)munmap(reserve, bytes + 2 * page);
    return 0;
  }
  /* A fork by another thread between mmap and here would share a memfd_secret arena with the child: still empty, but
   * the window is why the vault is to be opened at start. */
  a->dontfork = madvise(reserve, bytes + 2 * page, MADV_DONTFORK) == 0;
  a->dontdump = madvise(reserve, bytes + 2 * page, MADV_DONTDUMP) == 0;
  a->base = base;
  a->bytes = bytes;
  /* Touched now: a machine without the memory is to fail when the vault is opened, not while it signs. */
  for (size_t i = 0; i < bytes; i += page) ((volatile uint8_t *)base)[i] = 0;
  return 1;
}

int32_t arena_open(arena_map *a, size_t bytes, uint32_t flags) {
  memset(a, 0, sizeof *a);
  a->page = (size_t)sysconf(_SC_PAGESIZE);
  /* RLIMIT_MEMLOCK bounds memfd_secret and mlock alike, so both are tried at a size before it is halved. */
  for (size_t size = bytes; size >= ARENA_MIN; size /= 2)
    if (try_size(a, size, flags, 1)) return ECM_OK;
  if ((flags & ECM_VAULT_ALLOW_UNLOCKED) && try_size(a, bytes, flags, 0)) return ECM_OK;
  memset(a, 0, sizeof *a);
  return ECM_E_LOCKED_MEMORY;
}

void arena_close(arena_map *a) {
  ct_wipe(a->base, a->bytes);
  (void)munmap(a->base - a->page, a->bytes + 2 * a->page);
  memset(a, 0, sizeof *a);
}
