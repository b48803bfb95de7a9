/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_ARENA_H
#define ECM_ARENA_H
/* The memory below the vault: one zeroed mapping between two guard pages, kept out of swap, core dumps and forks. */
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t *base; /* bytes of usable memory, page aligned */
  size_t bytes;  /* a power of two */
  size_t page;   /* size of each guard page; the mapping begins at base - page */
  uint8_t memfd_secret, locked, dontdump, dontfork; /* what the kernel granted */
} arena_map;

/** bytes: a power of two >= ARENA_MIN. flags: ECM_VAULT_. The arena may come out smaller (halved until the memory-lock limit
 *  allows it): locked and small is better than large and swappable, and the caller can see it in ->bytes.
 *  ECM_OK | ECM_E_LOCKED_MEMORY (then nothing is mapped). */
int32_t arena_open(arena_map *a, size_t bytes, uint32_t flags);
/** Wipes and unmaps. */
void arena_close(arena_map *a);

#define ARENA_MIN ((size_t)1 << 20)
#define ARENA_MAX ((size_t)1 << 30)
#endif
