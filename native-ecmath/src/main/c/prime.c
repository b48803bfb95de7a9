/* SPDX-License-Identifier: Apache-2.0 */
#include "prime.h"
#include "kernel/kernel.h"
#include "limb.h"
#include "modular.h"
#include "random.h"
#include "sieve.h"
#include "small_primes.h"
#include "vault.h"

/* Incremental search: a random start x = 3 mod 4 with its two top bits set, the interval x, x+4, x+8, ... sieved by small primes, then a
 * Miller-Rabin round to the base 2 for each survivor, then rounds with random bases for the one that passes. A prime after a long gap is
 * likelier to be found than one after a short gap; the output's entropy is within a few bits of the uniform choice's
 * (J. Brandt, I. Damgard, "On Generation of Probable Primes by Incremental Search", CRYPTO '92), and each interval starts afresh.
 *
 * For a safe prime p = 2x + 1 the same search runs over x, sieving x and 2x + 1 together. x = 3 mod 4 then means p = 7 mod 8: half of the safe
 * primes, one bit of entropy, for a Miller-Rabin test whose course does not depend on the power of two in x - 1.
 *
 * What may be seen: the sieve's accesses and divisions depend on the start of the interval, and the number of candidates tried depends on
 * where the primes lie: the one exception to constant time that the design makes. From the moment a candidate leaves the sieve
 * everything that touches it is constant time, and is checked to be (the marks below). */

enum { MAX_CANDIDATES = 1 << 18, WORDS = PRIME_MAX_BITS / 64, BATCH = 8, ROUNDS = 64 };

struct prime_search {
  uint32_t bits; /* of the prime; 0: not initialised */
  uint32_t safe;
  uint32_t below;   /* sieved by the primes below this */
  uint32_t length;  /* candidates in an interval */
  uint32_t at, end; /* next position in the interval, and its end */
  uint64_t start[WORDS];
  uint64_t batch[BATCH * WORDS];
  uint64_t composite[MAX_CANDIDATES / 64];
};

size_t prime_search_size(void) { return sizeof(prime_search); }

/* How deep to sieve, and how long an interval: a prime of the sieve costs its remainder once per interval, and saves tests; so where a test is
 * expensive, or an interval long, more of them pay. About one number x = 3 mod 4 in 200,000 of 1024 bits gives a safe prime, one in
 * 450,000 of 1536 bits, one in 350 an ordinary prime of 1024 bits. The steps are rough: the optimum is flat. */
void prime_search_init(prime_search *s, uint32_t bits, int safe) {
  memset(s, 0, sizeof *s);
  if (bits < PRIME_MIN_BITS || bits > PRIME_MAX_BITS || bits % 64) return;
  s->bits = bits;
  s->safe = safe != 0;
  int fast = kernel_current()->lanes > 1; /* remainders then cost a tenth */
  if (safe && bits >= 1024) {
    s->below = !fast ? 1u << 20 : bits < 1536 ? 1u << 21 : 1u << 22;
    s->length = bits < 1536 ? 1u << 17 : 1u << 18;
  } else {
    s->below = safe || bits >= 1024 ? 1u << 16 : 1u << 14;
    s->length = safe ? 1u << 14 : 1u << 12;
  }
}

/* Damgard, Landrock, Pomerance ("Average case error estimates for the strong probable prime test", Math. Comp. 61, 1993): for random odd
 * numbers of k bits, p(k,t) < k^1.5 2^t t^-0.5 4^(2 - sqrt(tk)). These t give 2^-149 (512 bits), 2^-155 (1024), 2^-167 (1536): more than the
 * 2^-128 of FIPS 186-5 table B.1 (there 4 rounds for 1536 bits), the rest for the candidates being a quarter of the odd
 * numbers and consecutive. Below 512 bits (tests) the worst case, 4^-64. */
static size_t rounds_for(uint32_t bits) { return bits >= 1536 ? 6 : bits >= 1024 ? 8 : bits >= 512 ? 16 : ROUNDS; }

static int32_t new_interval(prime_search *s, size_t n) {
  size_t bits = s->bits - s->safe; /* of x */
  s->at = s->end = 0;
  int32_t rc = random_secret(s->start, n * 8);
  if (rc) return rc;
  ECM_CT_PUBLIC(s->start, n * 8); /* the sieve is exempt: see above */
  s->start[n - 1] &= ~(uint64_t)0 >> (64 * n - bits);
  s->start[n - 1] |= (uint64_t)3 << (bits - 2 - 64 * (n - 1)); /* bits = 0 or -1 mod 64: both in this word */
  s->start[0] |= 3;
  rc = sieve_interval(s->composite, s->length, s->start, n, (int)s->safe, s->below);
  if (rc == ECM_OK) s->end = s->length;
  return rc;
}

/* The next survivors, up to max; fewer only at the end of the interval. */
static uint32_t next_batch(prime_search *s, size_t n, uint32_t max) {
  uint32_t got = 0;
  size_t bits = s->bits - s->safe;
  for (; s->at < s->end && got < max; s->at++) {
    uint64_t left = ~s->composite[s->at / 64] >> (s->at % 64);
    if (!left) { /* nothing in the rest of this word */
      s->at |= 63;
      continue;
    }
    s->at += (uint32_t)__builtin_ctzll(left);
    uint64_t *x = s->batch + got * n;
    limb_copy(x, s->start, n);
    limb_add_signed(x, n, 4 * (int64_t)s->at);
    if (limb_bits_at(x, n, bits - 2, 2) != 3) { /* ran past 2^bits: never, in practice */
      s->at = s->end;
      break;
    }
    got++;
  }
  return got;
}

/* Miller-Rabin rounds with random bases for a secret x = 3 mod 4: a^((x-1)/2) = +-1. pass: a mask. All rounds in one batch: nearly every number
 * that comes here is prime. */
static int32_t random_rounds(const uint64_t *x, size_t n, size_t rounds, uint64_t *pass) {
  size_t ctx_words = (sizeof(mod_ctx) + 7) / 8, wide = n + 2;
  *pass = 0;
  uint64_t *mem = vault_scratch((ctx_words + wide + 2 * n + 2 * n * rounds) * 8);
  if (!mem) return ECM_E_VAULT_FULL;
  mod_ctx *ctx = (mod_ctx *)mem;
  uint64_t *a = mem + ctx_words, *half = a + wide, *minus1 = half + n, *base = minus1 + n, *y = base + n * rounds, all = ~(uint64_t)0;
  mod_term terms[ROUNDS];
  mod_job jobs[ROUNDS];
  limb_shr1(half, x, n, 0); /* x is odd: (x-1)/2 */
  limb_copy(minus1, x, n);
  minus1[0] -= 1;
  int32_t rc = mod_init(ctx, x, n);
  for (size_t i = 0; !rc && i < rounds; i++) {
    /* 128 bits more than x: uniform mod x to 2^-128, without rejection. 0 and +-1 come with probability below 2^-126. */
    rc = random_secret(a, wide * 8);
    if (!rc) rc = mod_reduce(ctx, base + i * n, a, wide);
    terms[i] = (mod_term){base + i * n, half, n};
    jobs[i] = (mod_job){ctx, &terms[i], 1, y + i * n};
  }
  if (!rc) rc = mod_pow(jobs, rounds, 1, 1);
  for (size_t i = 0; i < rounds; i++) all &= limb_is_word(y + i * n, n, 1) | limb_eq(y + i * n, minus1, n);
  if (!rc) *pass = all;
  vault_scratch_free(mem);
  return rc;
}

/* A candidate that has passed the round to the base 2: is it a prime, and for safe primes 2x + 1 too? */
static int32_t confirm(const prime_search *s, const uint64_t *x, size_t n, uint64_t *out, uint64_t *pass) {
  int32_t rc;
  size_t rounds = rounds_for(s->bits);
  limb_copy(out, x, n);
  if (s->safe) {
    limb_shl1(out, x, n); /* x has 64n - 1 bits */
    out[0] |= 1;
    if ((rc = kernel_current()->base2_round(out, n, 1, pass)) != 0) return rc;
    if (!ct_declassify(*pass)) return ECM_OK;
    if ((rc = random_rounds(x, n, rounds, pass)) != 0 || !ct_declassify(*pass)) return rc;
  }
  return random_rounds(out, n, rounds, pass);
}

int32_t prime_search_step(prime_search *s, uint32_t window, uint64_t *out_prime_words, uint32_t *tried) {
  uint32_t count = 0;
  int32_t rc = ECM_MORE;
  if (tried) *tried = 0;
  ECM_CT_PUBLIC(s, sizeof *s);
  if (!s->bits) return ECM_E_ARGUMENT;
  size_t n = s->bits / 64;
  uint32_t lanes = kernel_current()->lanes < BATCH ? kernel_current()->lanes : BATCH;
  limb_zero(out_prime_words, n);
  if (!window) window = 1;
  while (rc == ECM_MORE && count < window) {
    uint64_t pass[BATCH];
    if (s->at >= s->end && (rc = new_interval(s, n)) != ECM_OK) break;
    rc = ECM_MORE;
    uint32_t got = next_batch(s, n, window - count < lanes ? window - count : lanes);
    if (!got) continue;
    count += got;
    ECM_CT_SECRET(s->batch, got * n * 8);
    int32_t failed = kernel_current()->base2_round(s->batch, n, got, pass);
    for (uint32_t i = 0; !failed && i < got && rc == ECM_MORE; i++) {
      if (!ct_declassify(pass[i])) continue;
      uint64_t prime;
      failed = confirm(s, s->batch + i * n, n, out_prime_words, &prime);
      if (!failed && ct_declassify(prime)) rc = ECM_OK;
    }
    if (failed) rc = failed;
  }
  ct_wipe(s->batch, sizeof s->batch);
  if (rc == ECM_OK) { /* the state keeps no trace of what it found; another search would start afresh */
    ct_wipe(s->start, sizeof s->start);
    ct_wipe(s->composite, sizeof s->composite);
    s->at = s->end = 0;
  } else {
    limb_zero(out_prime_words, n);
  }
  if (tried) *tried = count;
  return rc;
}

uint32_t small_factor_vartime(const uint64_t *x, size_t n) {
  uint16_t primes[SMALL_FACTOR_PRIMES];
  uint32_t p[SMALL_FACTOR_PRIMES], r[SMALL_FACTOR_PRIMES];
  size_t count = small_primes(primes, SMALL_FACTOR_BELOW);
  for (size_t i = 0; i < count; i++) p[i] = primes[i];
  kernel_current()->remainders(x, n, p, count, r);
  for (size_t i = 0; i < count; i++)
    if (!r[i]) return p[i];
  return 0;
}

/* One Miller-Rabin round for x - 1 = 2^s d: 1 pass, 0 composite. */
static int32_t public_round(const mod_ctx *ctx, const uint64_t *base, const uint64_t *d, size_t s, const uint64_t *minus1) {
  uint64_t y[MOD_MAX_WORDS];
  size_t n = ctx->n;
  mod_term term = {base, d, n};
  mod_job job = {ctx, &term, 1, y};
  int32_t rc = mod_pow(&job, 1, 1, 0);
  if (rc) return rc;
  if (limb_is_word(y, n, 1)) return 1;
  for (;; s--) {
    if (limb_eq(y, minus1, n)) return 1;
    if (s <= 1) return 0;
    if ((rc = mod_mul(ctx, 1, y, y, y)) != 0) return rc;
  }
}

int prime_is_probable_vartime(const uint64_t *x, size_t n, int rounds) {
  while (n && !x[n - 1]) n--;
  if (!n || (n == 1 && x[0] < 2)) return 0;
  if (n > MOD_MAX_WORDS) return ECM_E_ARGUMENT;
  if (!(x[0] & 1)) return n == 1 && x[0] == 2;
  uint32_t f = small_factor_vartime(x, n);
  if (f) return n == 1 && x[0] == f;
  if (n == 1 && x[0] < (uint64_t)SMALL_FACTOR_BELOW * SMALL_FACTOR_BELOW) return 1;

  mod_ctx ctx;
  uint64_t base[MOD_MAX_WORDS] = {2}, wide[MOD_MAX_WORDS + 2], d[MOD_MAX_WORDS], minus1[MOD_MAX_WORDS];
  int32_t rc = mod_init(&ctx, x, n);
  if (rc) return rc;
  limb_copy(minus1, x, n);
  minus1[0] -= 1;
  limb_copy(d, minus1, n);
  size_t s = 0;
  for (; !(d[0] & 1); s++) limb_shr1(d, d, n, 0);
  rc = public_round(&ctx, base, d, s, minus1);
  for (int i = 0; rc == 1 && i < rounds; i++) {
    do {
      if ((rc = random_public(wide, (n + 2) * 8)) != 0 || (rc = mod_reduce(&ctx, base, wide, n + 2)) != 0) return rc;
    } while (limb_is_zero(base, n) | limb_is_word(base, n, 1) | limb_eq(base, minus1, n));
    rc = public_round(&ctx, base, d, s, minus1);
  }
  return rc;
}
