/* SPDX-License-Identifier: Apache-2.0 */
/* Ring-Pedersen: commitments, `prm`, blobs, faults, key generation, against GMP. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_pedersen: needs libgmp");
  return DONE();
}
#else
#include <pthread.h>

#include "integer_test.h"
#include "pedersen.h"

#define LEN 64 /* bytes of N */

static ecm_handle key;
static mpz_t N, S1, S2, T, P, Q, PHI;
static uint8_t nb[LEN], s1b[LEN], s2b[LEN], tb[LEN];

static ecm_handle generate(void) {
  ecm_handle job, h = 0;
  uint64_t progress;
  uint32_t primes;
  CHECK(ecm_keygen_new(ECM_KEYGEN_PEDERSEN, 512, &job) == ECM_OK);
  int32_t rc;
  while ((rc = ecm_keygen_step(job, 1000, &progress, &primes)) == ECM_MORE) {}
  CHECK(rc == ECM_OK && ecm_keygen_take(job, &h) == ECM_OK);
  ecm_secret_free(job);
  return h;
}

static void words_to_mpz(mpz_t r, const uint64_t *w, size_t n) { mpz_import(r, n, -1, 8, 0, 0, w); }

static void keygen_makes_fit_keys(void) {
  mpz_t x, lambda;
  mpz_inits(x, lambda, N, S1, S2, T, P, Q, PHI, NULL);
  for (int i = 0; i < 3; i++) {
    if (key) ecm_secret_free(key);
    key = generate();
    CHECK(ecm_pedersen_public(key, nb, s1b, s2b, tb, LEN) == ECM_OK);
    mpz_from_be(N, nb, LEN);
    mpz_from_be(S1, s1b, LEN);
    mpz_from_be(S2, s2b, LEN);
    mpz_from_be(T, tb, LEN);
    vault_ref r;
    CHECK(vault_pin(key, ECM_KIND_PEDERSEN, &r) == ECM_OK);
    const pedersen_key *k = r.ptr;
    words_to_mpz(P, k->p.m, 4);
    words_to_mpz(Q, k->q.m, 4);
    mpz_mul(x, P, Q);
    CHECK(mpz_cmp(x, N) == 0 && mpz_sizeinbase(N, 2) == 512);
    mpz_sub(PHI, N, P);
    mpz_sub(PHI, PHI, Q);
    mpz_add_ui(PHI, PHI, 1);
    for (int leg = 0; leg < 2; leg++) {
      const __mpz_struct *p = leg ? Q : P;
      CHECK(mpz_probab_prime_p(p, 20) && mpz_jacobi(T, p) == 1);
      mpz_fdiv_q_2exp(x, p, 1);
      CHECK(mpz_probab_prime_p(x, 20));
    }
    words_to_mpz(lambda, k->lambda1, 8);
    CHECK(mpz_cmp(lambda, PHI) < 0);
    mpz_powm(x, T, lambda, N);
    CHECK(mpz_cmp(x, S1) == 0);
    words_to_mpz(lambda, k->lambda2, 8);
    CHECK(mpz_cmp(lambda, PHI) < 0);
    mpz_powm(x, T, lambda, N);
    CHECK(mpz_cmp(x, S2) == 0 && mpz_cmp(S1, S2) != 0);
    vault_unpin(&r);
  }
  uint8_t buffer[LEN];
  memset(buffer, 1, LEN);
  CHECK(ecm_pedersen_public(key, buffer, s1b, s2b, NULL, LEN) == ECM_E_ARGUMENT && buffer[0] == 0);
  CHECK(ecm_pedersen_public(key, buffer, buffer, buffer, buffer, LEN - 16) == ECM_E_ARGUMENT);
  CHECK(ecm_pedersen_public(key, nb, s1b, s2b, tb, LEN) == ECM_OK);
  mpz_clears(x, lambda, NULL);
}

static int zeros(const uint8_t *p, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= p[i];
  return any == 0;
}

static void commitments_match_gmp(void) {
  enum { MAX = 18 };
  mpz_t n, base[3], e, want, t;
  mpz_inits(n, base[0], base[1], base[2], e, want, t, NULL);
  static const size_t lengths[] = {32, 48, 64, 128, 256, 384};
  for (int round = 0; round < 24; round++) {
    size_t len = lengths[round % 6], k = 1 + (size_t)round % 3, count = round < 6 ? (len > 64 ? 2 : MAX) : 1;
    static uint8_t nbuf[384], bases[3 * 384], out[MAX * 384], expected[MAX * 384];
    ecm_handle exps[MAX * 3];
    do random_bits(n, 8 * len);
    while (mpz_sizeinbase(n, 2) != 8 * len || mpz_even_p(n));
    mpz_to_be(nbuf, len, n);
    for (size_t j = 0; j < k; j++) {
      random_mpz_below(base[j], n);
      mpz_to_be(bases + j * len, len, base[j]);
    }
    for (size_t i = 0; i < count; i++) {
      mpz_set_ui(want, 1);
      for (size_t j = 0; j < k; j++) {
        size_t el = 1 + test_rand() % (round == 11 ? 1024 : 100);
        random_bits(e, test_rand() % 6 ? 8 * el : 0);
        exps[i * k + j] = put_natural(e, el);
        mpz_powm(t, base[j], e, n);
        mpz_mul(want, want, t);
        mpz_mod(want, want, n);
      }
      mpz_to_be(expected + i * len, len, want);
    }
    CHECK(ecm_pedersen_commit(nbuf, len, k, bases, count, exps, out) == ECM_OK && memcmp(out, expected, count * len) == 0);
    set_sign(exps[count * k - 1], 1);
    CHECK(ecm_pedersen_commit(nbuf, len, k, bases, count, exps, out) == ECM_E_RANGE && zeros(out, count * len));
    set_sign(exps[count * k - 1], 0);
    memcpy(bases + (k - 1) * len, nbuf, len); /* a base that is not a residue */
    CHECK(ecm_pedersen_commit(nbuf, len, k, bases, count, exps, out) == ECM_E_RANGE && zeros(out, count * len));
    for (size_t i = 0; i < count * k; i++) ecm_secret_free(exps[i]);
  }
  uint8_t out[LEN];
  ecm_handle one[4];
  mpz_set_ui(e, 1);
  for (int i = 0; i < 4; i++) one[i] = put_natural(e, 1);
  CHECK(ecm_pedersen_commit(nb, LEN, 0, tb, 1, one, out) == ECM_E_ARGUMENT && ecm_pedersen_commit(nb, LEN, 4, tb, 1, one, out) == ECM_E_ARGUMENT);
  CHECK(ecm_pedersen_commit(nb, LEN, 1, tb, 0, one, out) == ECM_E_ARGUMENT && ecm_pedersen_commit(nb, LEN, 1, NULL, 1, one, out) == ECM_E_ARGUMENT);
  CHECK(ecm_pedersen_commit(nb, LEN, 1, tb, 1, &key, out) == ECM_E_KIND);
  CHECK(ecm_pedersen_commit(nb, LEN, 1, tb, 1, one, out) == ECM_OK && memcmp(out, tb, LEN) == 0);
  for (int i = 0; i < 4; i++) ecm_secret_free(one[i]);
  mpz_clears(n, base[0], base[1], base[2], e, want, t, NULL);
}

/* t^z = A * s^e for each repetition, and z < phi; e in [0, 2^count). */
static int prm_verifies(size_t count, const uint8_t *A, const uint8_t *e, const uint8_t *z) {
  mpz_t a, x, l;
  int good = 1;
  mpz_inits(a, x, l, NULL);
  for (size_t j = 0; j < count; j++) {
    mpz_from_be(a, A + j * LEN, LEN);
    mpz_from_be(x, z + j * LEN, LEN);
    good &= mpz_cmp(x, PHI) < 0;
    mpz_powm(l, T, x, N);
    if (e[j / 8] >> (j & 7) & 1) mpz_mul(a, a, j < count / 2 ? S1 : S2);
    mpz_mod(a, a, N);
    good &= mpz_cmp(a, l) == 0;
  }
  mpz_clears(a, x, l, NULL);
  return good;
}

static void prm_verifies_for_every_challenge_of_four_bits(void) {
  for (unsigned e = 0; e < 16; e++) {
    uint8_t A[4 * LEN], z[4 * LEN], bits = (uint8_t)e, other = (uint8_t)(e ^ 5);
    ecm_handle masks, again;
    CHECK(ecm_pedersen_prm_commit(key, 4, A, &masks) == ECM_OK);
    CHECK(ecm_pedersen_prm_respond(key, masks, &bits, z) == ECM_OK);
    CHECK(prm_verifies(4, A, &bits, z) && !prm_verifies(4, A, &other, z));
    /* once only, and nothing is left of them */
    memset(z, 1, sizeof z);
    CHECK(ecm_pedersen_prm_respond(key, masks, &other, z) == ECM_E_RANGE && zeros(z, sizeof z));
    vault_ref r;
    CHECK(vault_pin(masks, ECM_KIND_PRM_MASKS, &r) == ECM_OK);
    CHECK(zeros((uint8_t *)r.ptr + r.len - 4 * LEN, 4 * LEN));
    vault_unpin(&r);
    ecm_secret_free(masks);
    CHECK(ecm_pedersen_prm_respond(key, masks, &bits, z) == ECM_E_HANDLE);
    again = 1;
    CHECK(ecm_pedersen_prm_commit(key, 3, A, &again) == ECM_E_ARGUMENT && again == 0);
    CHECK(ecm_pedersen_prm_commit(key, 0, A, &again) == ECM_E_ARGUMENT && ecm_pedersen_prm_commit(key, 4, NULL, &again) == ECM_E_ARGUMENT);
  }
}

static void prm_verifies_with_256_masks(void) {
  static uint8_t A[256 * LEN], z[256 * LEN];
  uint8_t e[32];
  ecm_handle masks;
  test_rand_bytes(e, 32);
  CHECK(ecm_pedersen_prm_commit(key, 256, A, &masks) == ECM_OK);
  CHECK(ecm_pedersen_prm_respond(key, masks, e, z) == ECM_OK && prm_verifies(256, A, e, z));
  ecm_secret_free(masks);
}

static void masks_answer_for_their_own_key_only(void) {
  ecm_handle other = generate(), masks;
  uint8_t A[2 * LEN], z[2 * LEN], e = 3;
  CHECK(ecm_pedersen_prm_commit(other, 2, A, &masks) == ECM_OK);
  CHECK(ecm_pedersen_prm_respond(key, masks, &e, z) == ECM_E_ARGUMENT && zeros(z, sizeof z));
  CHECK(ecm_pedersen_prm_respond(other, masks, NULL, z) == ECM_E_ARGUMENT);
  CHECK(ecm_pedersen_prm_respond(other, masks, &e, z) == ECM_OK); /* neither has used them up */
  CHECK(ecm_pedersen_prm_respond(masks, masks, &e, z) == ECM_E_KIND);
  ecm_secret_free(masks);
  ecm_secret_free(other);
}

/* Two answers to different challenges would give lambda away. */
typedef struct {
  ecm_handle masks;
  pthread_barrier_t *start;
  int32_t rc;
  uint8_t e, z[4 * LEN];
} answer;

static void *answer_run(void *p) {
  answer *a = p;
  (void)pthread_barrier_wait(a->start);
  a->rc = ecm_pedersen_prm_respond(key, a->masks, &a->e, a->z);
  return NULL;
}

static void of_threads_that_race_one_gets_an_answer(void) {
  enum { THREADS = 6 };
  for (int round = 0; round < 200; round++) {
    answer a[THREADS];
    pthread_t thread[THREADS];
    pthread_barrier_t start;
    uint8_t A[4 * LEN];
    ecm_handle masks;
    CHECK(pthread_barrier_init(&start, NULL, THREADS) == 0);
    CHECK(ecm_pedersen_prm_commit(key, 4, A, &masks) == ECM_OK);
    for (int i = 0; i < THREADS; i++) {
      a[i] = (answer){.masks = masks, .start = &start, .rc = 1, .e = (uint8_t)i};
      CHECK(pthread_create(&thread[i], NULL, answer_run, &a[i]) == 0);
    }
    int ok = 0;
    for (int i = 0; i < THREADS; i++) {
      CHECK(pthread_join(thread[i], NULL) == 0);
      if (a[i].rc == ECM_OK) {
        ok++;
        CHECK(prm_verifies(4, A, &a[i].e, a[i].z));
      } else {
        CHECK(a[i].rc == ECM_E_RANGE && zeros(a[i].z, sizeof a[i].z));
      }
    }
    CHECK(ok == 1);
    pthread_barrier_destroy(&start);
    ecm_secret_free(masks);
  }
}

/* ---- faults ---- */

#define FIELD(name, used) {#name, offsetof(pedersen_key, name), used}
static const struct {
  const char *name;
  size_t at, used;
} fields[] = {FIELD(p.m0inv, 8), FIELD(p.m, 32),  FIELD(p.r2, 32), FIELD(q.m0inv, 8), FIELD(q.m, 32),  FIELD(q.r2, 32),
              FIELD(ps.m, 32),   FIELD(ps.reciprocal, 8), FIELD(qs.m, 32), FIELD(qs.reciprocal, 8),  FIELD(tp, 32),   FIELD(tq, 32),
              FIELD(p_inv_q, 32), FIELD(n.m0inv, 8), FIELD(n.r2, 64), FIELD(t, 64)};

/* Commitments of a damaged key: refused with ECM_E_FAULT; at least, with the masks as they are, none is wrong. */
static void a_flipped_bit_in_the_key_never_gives_a_wrong_commitment(void) {
  for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
    int faults = 0;
    for (int round = 0; round < 4; round++) {
      uint8_t A[4 * LEN];
      ecm_handle masks;
      vault_ref r;
      CHECK(vault_pin(key, ECM_KIND_PEDERSEN, &r) == ECM_OK);
      uint8_t *at = (uint8_t *)r.ptr + fields[f].at + test_rand() % fields[f].used, flip = (uint8_t)(1u << test_rand() % 8);
      if (strstr(fields[f].name, ".m") && fields[f].used != 8) flip = 2; /* an even modulus is another matter */
      *at ^= flip;
      int32_t rc = ecm_pedersen_prm_commit(key, 4, A, &masks);
      *at ^= flip;
      vault_unpin(&r);
      if (rc == ECM_OK) {
        uint8_t z[4 * LEN], e = 9;
        CHECK(ecm_pedersen_prm_respond(key, masks, &e, z) == ECM_OK && prm_verifies(4, A, &e, z));
        ecm_secret_free(masks);
      } else {
        CHECK(rc == ECM_E_FAULT && masks == 0 && zeros(A, sizeof A));
        faults++;
      }
    }
    if (!faults) fprintf(stderr, "%s flipped, no fault\n", fields[f].name);
    CHECK(faults > 0);
  }
}

/* ---- blobs, forgetting ---- */

static void a_blob_comes_back_and_a_damaged_one_does_not(void) {
  ecm_handle blob, copy, again;
  uint64_t address, len;
  CHECK(ecm_serialize(key, &blob) == ECM_OK && ecm_secret_address(blob, &address, &len) == ECM_OK && len == 5 + 7 * LEN);
  uint8_t *b = (uint8_t *)(uintptr_t)address;
  CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &copy) == ECM_OK);
  vault_ref x, y;
  CHECK(vault_pin(copy, ECM_KIND_PEDERSEN, &x) == ECM_OK && vault_pin(key, ECM_KIND_PEDERSEN, &y) == ECM_OK);
  CHECK(x.len == y.len && x.tag == y.tag && memcmp(x.ptr, y.ptr, x.len) == 0);
  vault_unpin(&x);
  vault_unpin(&y);
  for (size_t i = 0; i < len; i++) {
    uint8_t flip = (uint8_t)(1 + test_rand() % 255);
    b[i] ^= flip;
    again = 1;
    CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT && again == 0);
    b[i] ^= flip;
  }
  vault_ref r;
  CHECK(pedersen_load(b, len - 1, &r) == ECM_E_FORMAT && pedersen_load(b, 4, &r) == ECM_E_FORMAT && r.ptr == NULL);
  CHECK(ecm_load(ECM_KIND_PAILLIER, blob, &again) == ECM_E_FORMAT);
  ecm_secret_free(blob);
  ecm_secret_free(copy);
}

/* A blob as pedersen.h lays it out, with lambdas, and what loading it says. */
static int32_t load_made(const mpz_t p, const mpz_t q, const mpz_t t, const mpz_t l1, const mpz_t l2) {
  uint8_t b[5 + 7 * LEN] = {1, ECM_KIND_PEDERSEN, 1, 2, 0};
  mpz_t n, s;
  mpz_inits(n, s, NULL);
  mpz_mul(n, p, q);
  mpz_to_be(b + 5, LEN / 2, p), mpz_to_be(b + 5 + LEN / 2, LEN / 2, q), mpz_to_be(b + 5 + LEN, LEN, n), mpz_to_be(b + 5 + 2 * LEN, LEN, t);
  mpz_powm(s, t, l1, n), mpz_to_be(b + 5 + 3 * LEN, LEN, s);
  mpz_powm(s, t, l2, n), mpz_to_be(b + 5 + 4 * LEN, LEN, s);
  mpz_to_be(b + 5 + 5 * LEN, LEN, l1), mpz_to_be(b + 5 + 6 * LEN, LEN, l2);
  ecm_handle blob, h = 1;
  CHECK(ecm_blob_from_public(b, sizeof b, &blob) == ECM_OK);
  int32_t rc = ecm_load(ECM_KIND_PEDERSEN, blob, &h);
  CHECK((rc == ECM_OK) == (h != 0));
  if (rc == ECM_OK) ecm_secret_free(h);
  ecm_secret_free(blob);
  mpz_clears(n, s, NULL);
  return rc;
}

/* Consistent in every other way: primes that are not safe, first or second; a lambda that is right modulo the order of t and not
 * below phi(N), whose answers to `prm` would not be below it either. */
static void load_refuses_primes_that_are_not_safe_and_wide_lambdas(void) {
  mpz_t p, t, l, wide, order;
  mpz_inits(p, t, l, wide, order, NULL);
  random_mpz_below(l, PHI);
  mpz_mod(l, l, PHI);
  CHECK(load_made(P, Q, T, l, l) == ECM_OK);
  for (int i = 0; i < 4; i++) {
    random_bits(p, 254);
    mpz_setbit(p, 255), mpz_setbit(p, 254), mpz_setbit(p, 1), mpz_setbit(p, 0);
    do {
      do mpz_add_ui(p, p, 4);
      while (!mpz_probab_prime_p(p, 25));
      mpz_fdiv_q_2exp(t, p, 1);
    } while (mpz_probab_prime_p(t, 25));
    random_bits(t, 250), mpz_mul(t, t, t);
    CHECK((i % 2 ? load_made(P, p, t, l, l) : load_made(p, Q, t, l, l)) == ECM_E_FORMAT);
  }
  mpz_fdiv_q_2exp(order, PHI, 2);
  mpz_mod(wide, l, order);
  while (mpz_cmp(wide, PHI) < 0) mpz_add(wide, wide, order); /* the smallest that is too wide: fits for most keys */
  if (mpz_sizeinbase(wide, 2) > 512) mpz_set(wide, PHI); /* = 0 mod the order, and fits always */
  CHECK(load_made(P, Q, T, wide, l) == ECM_E_FORMAT && load_made(P, Q, T, l, wide) == ECM_E_FORMAT);
  mpz_clears(p, t, l, wide, order, NULL);
}

/* Without the lambdas, a damaged t or s can still be a square: the seal answers for those bytes. All others do show. */
static void a_key_that_forgot_answers_no_challenge(void) {
  ecm_handle blob, copy, masks, again;
  uint64_t address, len;
  uint8_t A[2 * LEN], z[2 * LEN], e = 1, pub[4][LEN];
  CHECK(ecm_pedersen_prm_commit(key, 2, A, &masks) == ECM_OK);
  CHECK(ecm_pedersen_forget(key) == ECM_OK && ecm_pedersen_forget(key) == ECM_OK);
  CHECK(ecm_pedersen_prm_respond(key, masks, &e, z) == ECM_E_RANGE && zeros(z, sizeof z));
  ecm_secret_free(masks);
  vault_ref r;
  CHECK(vault_pin(key, ECM_KIND_PEDERSEN, &r) == ECM_OK);
  const pedersen_key *k = r.ptr;
  CHECK(zeros((const uint8_t *)k->lambda1, sizeof k->lambda1) && zeros((const uint8_t *)k->lambda2, sizeof k->lambda2));
  vault_unpin(&r);
  CHECK(ecm_pedersen_prm_commit(key, 2, A, &masks) == ECM_OK); /* otherwise usable */
  ecm_secret_free(masks);
  CHECK(ecm_serialize(key, &blob) == ECM_OK && ecm_secret_address(blob, &address, &len) == ECM_OK && len == 5 + 5 * LEN);
  CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &copy) == ECM_OK);
  CHECK(ecm_pedersen_public(copy, pub[0], pub[1], pub[2], pub[3], LEN) == ECM_OK);
  CHECK(!memcmp(pub[0], nb, LEN) && !memcmp(pub[1], s1b, LEN) && !memcmp(pub[2], s2b, LEN) && !memcmp(pub[3], tb, LEN));
  CHECK(ecm_pedersen_prm_commit(copy, 2, A, &masks) == ECM_OK && ecm_pedersen_prm_respond(copy, masks, &e, z) == ECM_E_RANGE);
  ecm_secret_free(masks);
  uint8_t *b = (uint8_t *)(uintptr_t)address;
  for (size_t i = 0; i < 5 + 2 * LEN; i++) {
    uint8_t flip = (uint8_t)(1 + test_rand() % 255);
    b[i] ^= flip;
    CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
    b[i] ^= flip;
  }
  mpz_t x, one_leg;
  mpz_inits(x, one_leg, NULL);
  for (int i = 0; i < 3; i++) { /* -t, -s1, -s2 are no squares; nor are 0, N */
    const __mpz_struct *v[] = {T, S1, S2};
    uint8_t *at = b + 5 + (2 + i) * LEN, saved[LEN];
    memcpy(saved, at, LEN);
    mpz_sub(x, N, v[i]);
    mpz_to_be(at, LEN, x);
    CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
    for (int leg = 0; leg < 2; leg++) { /* modulo one of the primes alone: no square; and t = 1 */
      mpz_invert(one_leg, leg ? P : Q, leg ? Q : P), mpz_mul(one_leg, one_leg, leg ? P : Q); /* 1 there, 0 elsewhere */
      mpz_mul(x, one_leg, v[i]), mpz_mul_si(x, x, -2), mpz_add(x, x, v[i]), mpz_mod(x, x, N);
      CHECK(mpz_kronecker(x, leg ? Q : P) == -1 && mpz_kronecker(x, leg ? P : Q) == 1);
      mpz_to_be(at, LEN, x);
      CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
      if (i > 0) continue;
      mpz_ui_sub(x, 1, T), mpz_mul(x, x, one_leg), mpz_add(x, x, T), mpz_mod(x, x, N);
      mpz_to_be(at, LEN, x);
      CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
    }
    memset(at, 0, LEN);
    CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
    mpz_add(x, N, v[i]);
    if (mpz_sizeinbase(x, 2) <= 512) {
      mpz_to_be(at, LEN, x);
      CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
    }
    memcpy(at, saved, LEN);
  }
  mpz_clears(x, one_leg, NULL);
  CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_OK);
  ecm_secret_free(again);
  ecm_secret_free(copy);
  ecm_secret_free(blob);
  CHECK(ecm_pedersen_forget(0) == ECM_E_HANDLE);
}

int main(void) {
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(keygen_makes_fit_keys);
  RUN(commitments_match_gmp);
  RUN(prm_verifies_for_every_challenge_of_four_bits);
  RUN(prm_verifies_with_256_masks);
  RUN(masks_answer_for_their_own_key_only);
  RUN(of_threads_that_race_one_gets_an_answer);
  RUN(a_flipped_bit_in_the_key_never_gives_a_wrong_commitment);
  RUN(a_blob_comes_back_and_a_damaged_one_does_not);
  RUN(load_refuses_primes_that_are_not_safe_and_wide_lambdas);
  RUN(a_key_that_forgot_answers_no_challenge);
  ecm_secret_free(key);
  if (bytes_in_use() != used) {
    fprintf(stderr, "the vault holds %d bytes more than at the start\n", (int)(bytes_in_use() - used));
    return 1;
  }
  return DONE();
}
#endif
