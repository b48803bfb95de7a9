/* SPDX-License-Identifier: Apache-2.0 */
/* Constant-time checks of the layer below the exported functions: moduli, bases and exponents all secret, 512 bits. The results are secret
 * too: they are compared after the check has been told that they are public. */
#include "ct_test.h"
#include "kernel/kernel.h"
#include "limb.h"
#include "modular.h"
#include "prime.h"

enum { N = 8, EXP = 2, JOBS = 9 }; /* the smallest modulus that every kernel takes; exponents of 128 bits; more jobs than lanes */

typedef struct {
  mod_ctx ctx;
  uint64_t m[N], a[2 * N], b[2 * N], wide[5 * N + 1], exp[JOBS][EXP], out[JOBS * 2 * N];
} values;

/* A secret modulus and secret residues mod m and m^2, and the context made from it. */
static values *secret_values(void) {
  values *v = vault_scratch(sizeof *v);
  CHECK(v != NULL);
  if (!v) exit(1);
  for (size_t i = 0; i < N; i++) v->m[i] = test_rand();
  v->m[0] |= 1;
  v->m[N - 1] |= (uint64_t)3 << 62;
  for (size_t i = 0; i < 2 * N; i++) v->a[i] = test_rand(), v->b[i] = test_rand();
  v->a[2 * N - 1] >>= 2, v->b[2 * N - 1] >>= 2, v->a[N - 1] >>= 2; /* below m^2 > 2^(128N - 2), low halves below m */
  v->b[N - 1] >>= 2;
  for (size_t i = 0; i < 5 * N + 1; i++) v->wide[i] = test_rand();
  for (size_t j = 0; j < JOBS; j++)
    for (size_t i = 0; i < EXP; i++) v->exp[j][i] = test_rand();
  ECM_CT_SECRET(v, sizeof *v);
  CHECK(mod_init(&v->ctx, v->m, N) == ECM_OK);
  ECM_CT_PUBLIC(&v->ctx.n, sizeof v->ctx.n);
  return v;
}
static void done(values *v) { vault_scratch_free(v); }

CT_TEST(mod_init) { done(secret_values()); }

static void power_of(uint32_t power, size_t k) {
  values *v = secret_values();
  mod_term terms[4] = {{v->a, v->exp[0], EXP}, {v->b, v->exp[1], EXP}, {v->wide, v->exp[2], 1}, {v->a, v->exp[3], EXP}};
  v->wide[power * N - 1] = 0; /* below the modulus */
  mod_job job = {&v->ctx, terms, k, v->out};
  CT_OK(mod_pow(&job, 1, power, 1));
  done(v);
}
CT_TEST(mod_pow) { power_of(1, 1), power_of(1, 4); }
CT_TEST(mod_pow_square) { power_of(2, 1), power_of(2, 3); }

/* The check sees nothing if the marks get lost on the way (an instruction that the checker does not know): each word that comes out bears one.
 * MemorySanitizer takes the high half of a 64-bit product for public, and with it the top word of limb_mul. */
static void still_secret(const uint64_t *x, size_t n) {
#if defined(ECM_CT_MSAN)
  for (size_t i = 0; i < n - (n > 1); i++) CHECK(__msan_test_shadow(x + i, 8) >= 0);
#elif defined(ECM_CTCHECK)
  for (size_t i = 0; i < n; i++) {
    uint64_t marks = 0;
    CHECK(VALGRIND_GET_VBITS(x + i, &marks, 8) != 1 || marks); /* not 1: not under valgrind */
  }
#else
  (void)x, (void)n;
#endif
}

/* One, two, eight and nine jobs: every layout that a kernel may choose. */
static void batch_of(uint32_t power, size_t count) {
  values *v = secret_values();
  mod_term terms[JOBS];
  mod_job jobs[JOBS];
  for (size_t i = 0; i < count; i++) {
    terms[i] = (mod_term){i % 2 ? v->a : v->b, v->exp[i], EXP};
    jobs[i] = (mod_job){&v->ctx, &terms[i], 1, v->out + i * power * N};
  }
  CT_OK(mod_pow(jobs, count, power, 1));
  for (size_t i = 0; i < count; i++) still_secret(v->out + i * power * N, power * N);
  done(v);
}
CT_TEST(mod_pow_batch) {
  for (uint32_t power = 1; power <= 2; power++) batch_of(power, 1), batch_of(power, 2), batch_of(power, 8), batch_of(power, JOBS);
}

/* The same power by the constant-time and by the variable-time path, so that the check is known to run on right results. */
CT_TEST(mod_pow_result) {
  values *v = secret_values();
  uint64_t want[2 * N];
  mod_term term = {v->a, v->exp[0], EXP};
  mod_job job = {&v->ctx, &term, 1, v->out};
  CT_OK(mod_pow(&job, 1, 2, 1));
  ECM_CT_PUBLIC(v, sizeof *v);
  job.out = want;
  CT_OK(mod_pow(&job, 1, 2, 0));
  CHECK(!memcmp(want, v->out, sizeof want));
  done(v);
}

CT_TEST(mod_pow_fixed) {
  values *v = secret_values();
  CT_OK(mod_pow_fixed(&v->ctx, v->a, 3, v->exp[0], EXP, v->out, 1));
  CT_OK(mod_pow_fixed(&v->ctx, v->a, JOBS, v->exp[0], EXP, v->out, 1));
  for (size_t i = 0; i < JOBS; i++) still_secret(v->out + i * N, N);
  done(v);
}

CT_TEST(mod_mul) {
  values *v = secret_values();
  CT_OK(mod_mul(&v->ctx, 1, v->out, v->a, v->b));
  CT_OK(mod_mul(&v->ctx, 2, v->out, v->a, v->b));
  done(v);
}

CT_TEST(mod_reduce) {
  values *v = secret_values();
  CT_OK(mod_reduce(&v->ctx, v->out, v->wide, 5 * N + 1));
  CT_OK(mod_reduce_square(&v->ctx, v->out, v->wide, 5 * N + 1));
  done(v);
}

CT_TEST(ct_inverse_mod) {
  values *v = secret_values();
  int32_t rc = ct_inverse_mod(v->out, v->a, v->m, N); /* whether it is a unit becomes public inside */
  CHECK(rc == ECM_OK || rc == ECM_E_UNIT);
  done(v);
}

CT_TEST(base2_round) {
  values *v = secret_values();
  uint64_t pass[JOBS];
  v->m[0] |= 3;
  CT_OK(kernel_current()->base2_round(v->m, N, 1, pass));
  for (size_t i = 0; i < JOBS; i++) {
    limb_copy(v->out + i * N, v->m, N);
    v->out[i * N + 1] ^= v->exp[i][0];
  }
  CT_OK(kernel_current()->base2_round(v->out, N, 2, pass));
  CT_OK(kernel_current()->base2_round(v->out, N, JOBS, pass));
  for (size_t i = 0; i < JOBS; i++) still_secret(pass + i, 1);
  done(v);
}

CT_TEST(prime_search_step) { /* from the sieve on; and the prime that comes out is still marked */
  prime_search *s = vault_scratch(prime_search_size());
  uint64_t p[2];
  CHECK(s != NULL);
  if (!s) return;
  for (int safe = 0; safe < 2; safe++) {
    int32_t rc;
    prime_search_init(s, 128, safe);
    do rc = prime_search_step(s, 10, p, NULL);
    while (rc == ECM_MORE);
    CHECK(rc == ECM_OK);
#ifdef ECM_CTCHECK
    uint64_t marks[2] = {0};
    CHECK(VALGRIND_GET_VBITS(p, marks, sizeof p) != 1 || (marks[0] && marks[1])); /* not 1: not under valgrind */
#endif
  }
  vault_scratch_free(s);
}

int main(void) {
  ct_open_vault();
  printf("kernel: %s\n", mod_kernel_name());
  CT_RUN(mod_init);
  CT_RUN(mod_pow);
  CT_RUN(mod_pow_square);
  CT_RUN(mod_pow_batch);
  CT_RUN(mod_pow_result);
  CT_RUN(mod_pow_fixed);
  CT_RUN(mod_mul);
  CT_RUN(mod_reduce);
  CT_RUN(ct_inverse_mod);
  CT_RUN(base2_round);
  CT_RUN(prime_search_step);
  return DONE();
}
