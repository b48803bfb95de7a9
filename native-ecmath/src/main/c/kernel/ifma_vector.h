/* SPDX-License-Identifier: Apache-2.0 */
/* First lines of the files with vectors: names for the intrinsics, and the target of every function that follows. The include guard
 * is left out on purpose: this opens a region that the file's end closes. */
#include <immintrin.h>
#include "../ct.h"
#include "ifma.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512ifma,avx512vl,avx512dq,avx512bw,bmi2"))), apply_to = function)
#define UNROLL _Pragma("unroll")
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512ifma,avx512vl,avx512dq,avx512bw,bmi2")
#define UNROLL _Pragma("GCC unroll 32")
#endif

typedef __m512i v8;
#define INLINE static inline __attribute__((always_inline))

INLINE v8 load(const uint64_t *p) { return _mm512_load_si512(p); }
INLINE void store(uint64_t *p, v8 x) { _mm512_store_si512(p, x); }
INLINE v8 zero(void) { return _mm512_setzero_si512(); }
INLINE v8 all(uint64_t x) { return _mm512_set1_epi64((long long)x); }
INLINE v8 add(v8 a, v8 b) { return _mm512_add_epi64(a, b); }
/* c + the low, and the high, 52 bits of a*b; of a and b only 52 bits count */
INLINE v8 low(v8 c, v8 a, v8 b) { return _mm512_madd52lo_epu64(c, a, b); }
INLINE v8 high(v8 c, v8 a, v8 b) { return _mm512_madd52hi_epu64(c, a, b); }
INLINE v8 limb_of(v8 x) { return _mm512_and_si512(x, all(IFMA_MASK)); }
INLINE v8 carry_of(v8 x) { return _mm512_srli_epi64(x, IFMA_BITS); }

/* What a table holds, before a choice under a secret mask: loaded whole. Without this, compilers make one masked load of the load and the
 * choice, and which bytes that reads would be a secret: on a page that is not present only the chosen entry faults, and every other load takes
 * hundreds of cycles; volatile, or they move the load out of a loop and choose from what they spilled.
 * MemorySanitizer would take the asm for a use of x. */
INLINE v8 whole(v8 x) {
#if !defined(ECM_CT_MSAN)
  __asm__ __volatile__("" : "+v"(x));
#endif
  return x;
}
INLINE __m256i whole4(__m256i x) {
#if !defined(ECM_CT_MSAN)
  __asm__ __volatile__("" : "+v"(x));
#endif
  return x;
}
