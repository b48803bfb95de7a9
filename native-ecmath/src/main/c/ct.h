/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_CT_H
#define ECM_CT_H
/* Masks, wiping, and the marks that the constant-time check reads. The one header for all of it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ECM_CT_SECRET(p, n): these bytes are secret from here on. ECM_CT_PUBLIC(p, n): a computed value that is public by
 * the protocol. Under -DECM_CTCHECK=1 they talk to valgrind, under MemorySanitizer to it; otherwise they are nothing. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define ECM_CT_MSAN 1
#define ECM_CT_SECRET(p, n) __msan_allocated_memory((p), (n))
#define ECM_CT_PUBLIC(p, n) __msan_unpoison((p), (n))
#endif
#endif
#if !defined(ECM_CT_SECRET) && defined(ECM_CTCHECK)
#include <valgrind/memcheck.h>
#define ECM_CT_SECRET(p, n) ((void)VALGRIND_MAKE_MEM_UNDEFINED((p), (n)))
#define ECM_CT_PUBLIC(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED((p), (n)))
#endif
#if !defined(ECM_CT_SECRET)
#define ECM_CT_SECRET(p, n) ((void)(p), (void)(n))
#define ECM_CT_PUBLIC(p, n) ((void)(p), (void)(n))
#endif

/* Keeps the compiler from turning masks back into branches. MemorySanitizer would take the asm for a use of x. */
static inline uint64_t ct_barrier(uint64_t x) {
#if !defined(ECM_CT_MSAN)
  __asm__("" : "+r"(x));
#endif
  return x;
}
/* All masks are 0 or all ones. */
static inline uint64_t ct_mask_bit(uint64_t bit) { return ct_barrier(0 - (bit & 1)); }
static inline uint64_t ct_is_zero(uint64_t x) { return ct_mask_bit(1 ^ ((x | (0 - x)) >> 63)); }
static inline uint64_t ct_eq(uint64_t a, uint64_t b) { return ct_is_zero(a ^ b); }
static inline uint64_t ct_lt(uint64_t a, uint64_t b) {
  return ct_mask_bit((a ^ ((a ^ b) | ((a - b) ^ b))) >> 63);
}
/* mask ? a : b */
static inline uint64_t ct_select(uint64_t mask, uint64_t a, uint64_t b) { return b ^ (mask & (a ^ b)); }
static inline void ct_select_words(uint64_t *r, uint64_t mask, const uint64_t *a, const uint64_t *b, size_t n) {
  for (size_t i = 0; i < n; i++) r[i] = ct_select(mask, a[i], b[i]);
}
/* Mask of equality of n bytes. */
static inline uint64_t ct_eq_bytes(const void *a, const void *b, size_t n) {
  const uint8_t *x = a, *y = b;
  uint64_t d = 0;
  for (size_t i = 0; i < n; i++) d |= (uint64_t)(x[i] ^ y[i]);
  return ct_is_zero(d);
}
/* Public truth of a mask: branches on it are allowed afterwards. */
static inline int ct_declassify(uint64_t mask) {
  ECM_CT_PUBLIC(&mask, sizeof mask);
  return mask != 0;
}
/* Not elided by the compiler. */
static inline void ct_wipe(void *p, size_t n) {
  memset(p, 0, n);
  __asm__ __volatile__("" : : "r"(p) : "memory");
}
/** Overwrites the stack below the caller (32 KiB) and the caller-saved registers: the last call of every API function
 *  that touched secrets. Keep frames that hold secrets under that depth; larger temporaries come from vault_scratch.
 *  The caller's own frame is not below itself: its arrays with secrets need ct_wipe (test_residue.c looks). */
void ct_clear_stack(void);
#endif
