/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots and handles over the arena.
 *
 * A buddy allocator hands out blocks of 128 * 2^k bytes. What is known about a block stands in the record of its first 128 bytes,
 * in an ordinary mapping of its own: nothing there is secret, and no overrun in the arena reaches it. The number of that record
 * is the slot, so handles and pointers lead to it without a search.
 *
 * A handle is generation << 24 | slot. Generations come from one counter of 40 bits that neither close nor reopen resets: a
 * value comes back after 2^40 slots, and then only names a live secret if it also hits the same slot.
 *
 * A spinlock guards records and free lists, never content; wiping happens outside it. A pinned slot that is freed stays in
 * place, unreachable, until the last user unpins it.
 *
 * Fork: arena and records are not inherited, and the control page is inherited as zeros (MADV_WIPEONFORK), hence closed with its
 * lock free. So a child gets ECM_E_VAULT_CLOSED without a getpid() per call, and may open a vault of its own. Kernels older than
 * 4.14 do not know that advice: there each call compares the pid.
 */
#include "vault.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "arena.h"
#include "ct.h"

#define MIN_BLOCK 128u
#define ORDERS 24 /* MIN_BLOCK << 23 = ARENA_MAX */
#define SLOT_BITS 24
#define SLOT_MASK (((uint64_t)1 << SLOT_BITS) - 1)
#define GENERATION_MASK (((uint64_t)1 << (64 - SLOT_BITS)) - 1)
#define NIL UINT32_MAX

/* Sanitizer builds see a read or write past the bytes that were asked for, although the block is larger. */
#if defined(__SANITIZE_ADDRESS__)
#define ECM_VAULT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ECM_VAULT_ASAN 1
#endif
#endif
#if defined(ECM_VAULT_ASAN)
#include <sanitizer/asan_interface.h>
#define TAIL_CLOSE(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define TAIL_OPEN(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#elif defined(VALGRIND_MAKE_MEM_NOACCESS)
#define TAIL_CLOSE(p, n) ((void)VALGRIND_MAKE_MEM_NOACCESS((p), (n)))
#define TAIL_OPEN(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED((p), (n)))
#else
#define TAIL_CLOSE(p, n) ((void)(p), (void)(n))
#define TAIL_OPEN(p, n) ((void)(p), (void)(n))
#endif

enum state {
  INNER = 0, /* not the first record of a block */
  FREE,
  NEW,     /* made by vault_new, not published */
  LIVE,    /* named by a handle */
  DYING,   /* freed, but pinned */
  SCRATCH,
  WIPING
};

typedef struct {
  uint64_t generation;
  uint32_t len; /* bytes asked for */
  uint32_t kind, tag, pins;
  uint32_t next, prev; /* free list */
  uint8_t order, state;
} record;

typedef struct {
  _Atomic uint32_t lock;
  uint32_t open;
  _Atomic uint32_t compare_pid; /* the kernel does not wipe this page in a child */
  uint32_t top;       /* order of the whole arena */
  uint32_t wiping;    /* blocks being wiped outside the lock */
  uint32_t free_mask; /* bit k: free_head[k] is not NIL */
  uint32_t free_head[ORDERS];
  record *records;
  uint64_t in_use, peak, handles;
  arena_map arena;
  pid_t pid;
} control;

static _Atomic(control *) the_control; /* mapped once, then kept: a late call after close must find it */
static uint64_t generation;            /* under the lock; outside the control page so that a child continues it */

static void lock(control *c) {
  unsigned spins = 0;
  while (atomic_exchange_explicit(&c->lock, 1, memory_order_acquire)) {
    if (++spins % 64 == 0) (void)sched_yield(); /* the holder may have lost its CPU */
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
  }
}

static void unlock(control *c) { atomic_store_explicit(&c->lock, 0, memory_order_release); }

static int forked(const control *c) {
  return atomic_load_explicit(&c->compare_pid, memory_order_relaxed) && c->pid != getpid();
}

/* Locked, and open; or NULL. */
static control *enter(void) {
  control *c = atomic_load_explicit(&the_control, memory_order_acquire);
  if (c == NULL || forked(c)) return NULL;
  lock(c);
  if (c->open) return c;
  unlock(c);
  return NULL;
}

/* ---- blocks: all under the lock ------------------------------------------------------------------ */

static void list_push(control *c, uint32_t i, uint32_t order) {
  record *r = &c->records[i];
  r->state = FREE;
  r->order = (uint8_t)order;
  r->prev = NIL;
  r->next = c->free_head[order];
  if (r->next != NIL) c->records[r->next].prev = i;
  c->free_head[order] = i;
  c->free_mask |= 1u << order;
}

static void list_remove(control *c, uint32_t i) {
  record *r = &c->records[i];
  if (r->prev != NIL) c->records[r->prev].next = r->next;
  else c->free_head[r->order] = r->next;
  if (r->next != NIL) c->records[r->next].prev = r->prev;
  if (c->free_head[r->order] == NIL) c->free_mask &= ~(1u << r->order);
  r->state = INNER;
}

static uint8_t *block_address(const control *c, uint32_t i) { return c->arena.base + (size_t)i * MIN_BLOCK; }
static size_t block_bytes(const record *r) { return (size_t)MIN_BLOCK << r->order; }

static uint32_t block_take(control *c, size_t len, uint8_t state) {
  uint32_t order = 0;
  while (order <= c->top && ((size_t)MIN_BLOCK << order) < len) order++;
  if (order > c->top) return NIL;
  uint32_t fits = c->free_mask & ~((1u << order) - 1);
  if (fits == 0) return NIL;
  uint32_t o = (uint32_t)__builtin_ctz(fits), i = c->free_head[o];
  list_remove(c, i);
  while (o > order) {
    o--;
    list_push(c, i + (1u << o), o);
  }
  record *r = &c->records[i];
  r->order = (uint8_t)order;
  r->state = state;
  r->len = (uint32_t)len;
  r->pins = 1;
  r->kind = r->tag = 0;
  r->generation = 0;
  c->in_use += block_bytes(r);
  if (c->in_use > c->peak) c->peak = c->in_use;
  TAIL_CLOSE(block_address(c, i) + len, block_bytes(r) - len);
  return i;
}

static void block_release(control *c, uint32_t i) {
  uint32_t o = c->records[i].order;
  c->in_use -= block_bytes(&c->records[i]);
  c->records[i].state = INNER;
  while (o < c->top) {
    uint32_t buddy = i ^ (1u << o);
    if (c->records[buddy].state != FREE || c->records[buddy].order != o) break;
    list_remove(c, buddy);
    i &= ~(1u << o);
    o++;
  }
  list_push(c, i, o);
}

/* Enters locked, leaves unlocked. Content is zero again before the block can be taken: that is what makes new slots zero. */
static void wipe_and_release(control *c, uint32_t i) {
  record *r = &c->records[i];
  r->state = WIPING;
  c->wiping++;
  unlock(c);
  TAIL_OPEN(block_address(c, i), block_bytes(r));
  ct_wipe(block_address(c, i), block_bytes(r)); /* all of it: an overrun past len, were there one, is wiped too */
  lock(c);
  c->wiping--;
  block_release(c, i);
  unlock(c);
}

/* ---- slots --------------------------------------------------------------------------------------- */

static void fill_ref(const control *c, uint32_t i, vault_ref *ref) {
  const record *r = &c->records[i];
  ref->ptr = block_address(c, i);
  ref->len = r->len;
  ref->kind = r->kind;
  ref->tag = r->tag;
  ref->slot = i;
}

int32_t vault_new(uint32_t kind, uint32_t tag, size_t len, vault_ref *ref) {
  memset(ref, 0, sizeof *ref);
  if (len == 0) return ECM_E_ARGUMENT;
  control *c = enter();
  if (c == NULL) return ECM_E_VAULT_CLOSED;
  uint32_t i = block_take(c, len, NEW);
  if (i != NIL) {
    c->records[i].kind = kind;
    c->records[i].tag = tag;
    fill_ref(c, i, ref);
  }
  unlock(c);
  return i == NIL ? ECM_E_VAULT_FULL : ECM_OK;
}

void vault_publish(vault_ref *ref, ecm_handle *out) {
  *out = 0;
  control *c = ref->ptr == NULL ? NULL : enter();
  if (c != NULL) {
    record *r = &c->records[ref->slot];
    do generation = (generation + 1) & GENERATION_MASK;
    while (generation == 0); /* so no handle is 0 */
    r->generation = generation;
    r->state = LIVE;
    r->pins = 0;
    c->handles++;
    *out = generation << SLOT_BITS | ref->slot;
    unlock(c);
  }
  memset(ref, 0, sizeof *ref); /* unpinned: what it pointed to may go at any time */
}

void vault_unpin(vault_ref *ref) {
  control *c = ref->ptr == NULL ? NULL : enter();
  if (c != NULL) {
    record *r = &c->records[ref->slot];
    if (--r->pins == 0 && r->state != LIVE) wipe_and_release(c, ref->slot);
    else unlock(c);
  }
  memset(ref, 0, sizeof *ref);
}

/* A slot without a handle has one pin, its maker's, and goes with it. */
void vault_discard(vault_ref *ref) { vault_unpin(ref); }

/* Locked record of a live handle, or NULL (unlocked) and *rc. */
static record *find(ecm_handle h, control **out, int32_t *rc) {
  control *c = enter();
  *out = c;
  *rc = ECM_E_VAULT_CLOSED;
  if (c == NULL) return NULL;
  uint64_t i = h & SLOT_MASK;
  if (i < c->arena.bytes / MIN_BLOCK) {
    record *r = &c->records[i];
    if (r->state == LIVE && r->generation == h >> SLOT_BITS) {
      *rc = ECM_OK;
      return r;
    }
  }
  unlock(c);
  *rc = ECM_E_HANDLE;
  return NULL;
}

int32_t vault_pin(ecm_handle h, uint32_t kind, vault_ref *ref) {
  memset(ref, 0, sizeof *ref);
  control *c;
  int32_t rc;
  record *r = find(h, &c, &rc);
  if (r == NULL) return rc;
  if (kind != 0 && r->kind != kind) {
    rc = ECM_E_KIND;
  } else {
    r->pins++;
    fill_ref(c, (uint32_t)(h & SLOT_MASK), ref);
  }
  unlock(c);
  return rc;
}

void *vault_scratch(size_t len) {
  control *c = enter();
  if (c == NULL) return NULL;
  uint32_t i = block_take(c, len, SCRATCH);
  void *p = i == NIL ? NULL : block_address(c, i);
  unlock(c);
  return p;
}

void vault_scratch_free(void *p) {
  control *c = p == NULL ? NULL : enter();
  if (c == NULL) return;
  size_t at = (size_t)((uintptr_t)p - (uintptr_t)c->arena.base); /* wraps to something huge below base */
  if (at < c->arena.bytes && at % MIN_BLOCK == 0 && c->records[at / MIN_BLOCK].state == SCRATCH)
    wipe_and_release(c, (uint32_t)(at / MIN_BLOCK));
  else
    unlock(c);
}

int32_t ecm_secret_free(ecm_handle sec_h) {
  control *c;
  int32_t rc;
  record *r = find(sec_h, &c, &rc);
  if (r == NULL) return rc;
  c->handles--;
  if (r->pins == 0) {
    wipe_and_release(c, (uint32_t)(sec_h & SLOT_MASK));
  } else {
    r->state = DYING;
    unlock(c);
  }
  return ECM_OK;
}

/* ---- opening, closing ----------------------------------------------------------------------------- */

static control *control_page(void) {
  control *c = atomic_load_explicit(&the_control, memory_order_acquire);
  if (c != NULL) return c;
  c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (c == MAP_FAILED) return NULL;
  control *expected = NULL;
  if (atomic_compare_exchange_strong(&the_control, &expected, c)) return c;
  (void)munmap(c, sizeof *c); /* another thread was first */
  return expected;
}

static size_t records_bytes(const control *c) { return c->arena.bytes / MIN_BLOCK * sizeof(record); }

int32_t ecm_vault_open(uint64_t bytes, uint32_t flags) {
  const uint32_t known = ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_REQUIRE_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED;
  const uint32_t contradiction = ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_REQUIRE_MEMFD_SECRET;
  if (bytes > ARENA_MAX || (flags & ~known) || (flags & contradiction) == contradiction) return ECM_E_ARGUMENT;
  size_t size = ARENA_MIN;
  while (size < bytes) size *= 2;
  control *c = control_page();
  if (c == NULL) return ECM_E_LOCKED_MEMORY;
  if (forked(c)) memset(c, 0, sizeof *c); /* as the kernel would have done */

  lock(c);
  int32_t rc = ECM_OK;
  if (c->open) goto done;
  c->pid = getpid();
  c->compare_pid = madvise(c, sizeof *c, MADV_WIPEONFORK) != 0;
  rc = arena_open(&c->arena, size, flags);
  if (rc != ECM_OK) goto done;
  c->records = mmap(NULL, records_bytes(c), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (c->records == MAP_FAILED) {
    c->records = NULL;
    arena_close(&c->arena);
    rc = ECM_E_LOCKED_MEMORY;
    goto done;
  }
  (void)madvise(c->records, records_bytes(c), MADV_DONTFORK);
  c->top = (uint32_t)__builtin_ctzll(c->arena.bytes / MIN_BLOCK);
  for (size_t o = 0; o < ORDERS; o++) c->free_head[o] = NIL;
  c->free_mask = 0;
  c->in_use = c->peak = c->handles = 0;
  list_push(c, 0, c->top);
  c->open = 1;
done:
  unlock(c);
  return rc;
}

int32_t ecm_vault_close(void) {
  control *c = enter();
  if (c == NULL) return ECM_E_VAULT_CLOSED;
  while (c->wiping) { /* a last free by another thread, which holds no handle any more */
    unlock(c);
    (void)sched_yield();
    lock(c);
  }
  if (c->open) { /* unless another close came in between */
    c->open = 0;
    TAIL_OPEN(c->arena.base, c->arena.bytes);
    (void)munmap(c->records, records_bytes(c));
    c->records = NULL;
    arena_close(&c->arena);
  }
  unlock(c);
  return ECM_OK;
}

int32_t ecm_vault_report(uint64_t *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  memset(out, 0, ECM_REPORT_WORDS * sizeof *out);
  struct rlimit limit;
  control *c = enter();
  if (c == NULL) return ECM_E_VAULT_CLOSED;
  out[ECM_REPORT_BYTES] = c->arena.bytes;
  out[ECM_REPORT_IN_USE] = c->in_use;
  out[ECM_REPORT_HANDLES] = c->handles;
  out[ECM_REPORT_MEMFD_SECRET] = c->arena.memfd_secret;
  out[ECM_REPORT_LOCKED] = c->arena.locked;
  out[ECM_REPORT_DONTDUMP] = c->arena.dontdump;
  out[ECM_REPORT_DONTFORK] = c->arena.dontfork;
  out[ECM_REPORT_GUARD_PAGES] = 1; /* arena_open makes none without */
  out[ECM_REPORT_PEAK] = c->peak;
  unlock(c);
  out[ECM_REPORT_MEMLOCK_LIMIT] = UINT64_MAX;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) out[ECM_REPORT_MEMLOCK_LIMIT] = limit.rlim_cur;
  return ECM_OK;
}
