/* SPDX-License-Identifier: Apache-2.0 */
/* Paillier keys: blobs, recombination, key generation, use by several threads. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_paillier_key: needs libgmp");
  return DONE();
}
#else
#include <pthread.h>

#include "crt.h"
#include "paillier_test.h"

/* ---- blobs ---- */

static void a_blob_comes_back_and_a_damaged_one_does_not(void) {
  const fixture *k = &keys[0];
  ecm_handle blob, copy, again;
  uint64_t address, len;
  CHECK(ecm_serialize(k->h, &blob) == ECM_OK && ecm_secret_address(blob, &address, &len) == ECM_OK);
  CHECK(len == 4 + 128);
  uint8_t *b = (uint8_t *)(uintptr_t)address;
  CHECK(ecm_load(ECM_KIND_PAILLIER, blob, &copy) == ECM_OK);
  vault_ref x, y;
  CHECK(vault_pin(copy, ECM_KIND_PAILLIER, &x) == ECM_OK && vault_pin(k->h, ECM_KIND_PAILLIER, &y) == ECM_OK);
  CHECK(x.len == y.len && x.tag == y.tag && memcmp(x.ptr, y.ptr, x.len) == 0);
  vault_unpin(&x);
  vault_unpin(&y);
  for (size_t i = 0; i < len; i++) {
    uint8_t flip = (uint8_t)(1 + test_rand() % 255);
    b[i] ^= flip;
    again = 1;
    CHECK(ecm_load(ECM_KIND_PAILLIER, blob, &again) == ECM_E_FORMAT && again == 0);
    b[i] ^= flip;
  }
  vault_ref r;
  CHECK(paillier_load(b, len - 1, &r) == ECM_E_FORMAT && paillier_load(b, 3, &r) == ECM_E_FORMAT && r.ptr == NULL);
  CHECK(ecm_load(ECM_KIND_PEDERSEN, blob, &again) == ECM_E_FORMAT);
  ecm_secret_free(copy);
  ecm_secret_free(blob);
  ecm_handle other; /* 1024 bits: a key for tests only, never loaded */
  CHECK(ecm_serialize(keys[1].h, &blob) == ECM_OK && ecm_load(ECM_KIND_PAILLIER, blob, &other) == ECM_E_FORMAT);
  ecm_secret_free(blob);
  CHECK(ecm_serialize(keys[2].h, &blob) == ECM_OK && ecm_load(ECM_KIND_PAILLIER, blob, &other) == ECM_OK);
  ecm_secret_free(other);
  ecm_secret_free(blob);
}

static int32_t load_pair(const mpz_t p, const mpz_t q) {
  uint8_t b[4 + 128] = {1, ECM_KIND_PAILLIER, 2, 0};
  mpz_t n;
  mpz_init(n);
  mpz_mul(n, p, q);
  mpz_to_be(b + 4, 32, p);
  mpz_to_be(b + 36, 32, q);
  mpz_to_be(b + 68, 64, n);
  mpz_clear(n);
  vault_ref r;
  int32_t rc = paillier_load(b, sizeof b, &r);
  vault_discard(&r);
  return rc;
}

static void load_refuses_unfit_primes(void) {
  mpz_t p, q, x;
  mpz_inits(p, q, x, NULL);
  random_prime(p, 256);
  random_prime(q, 256);
  CHECK(load_pair(p, q) == ECM_OK);
  CHECK(load_pair(p, p) == ECM_E_FORMAT);
  mpz_add_ui(x, p, 4); /* close: not 2^156 away */
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT && load_pair(x, p) == ECM_E_FORMAT);
  do mpz_add_ui(x, q, 4);
  while (0);
  while (mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT && load_pair(x, p) == ECM_E_FORMAT); /* composite */
  mpz_sub_ui(x, q, 2);
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT); /* 1 mod 4 */
  mpz_mul_ui(x, p, 0);
  mpz_setbit(x, 254); /* 255 bits */
  mpz_add_ui(x, x, 3);
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  CHECK(load_pair(p, x) == ECM_E_FORMAT);
  mpz_set_ui(x, 0);
  mpz_setbit(x, 255); /* both just above 2^255, far apart: N has 511 bits */
  mpz_add_ui(x, x, 3);
  while (!mpz_probab_prime_p(x, 20)) mpz_add_ui(x, x, 4);
  mpz_set(q, x);
  mpz_setbit(q, 200);
  while (!mpz_probab_prime_p(q, 20)) mpz_add_ui(q, q, 4);
  CHECK(load_pair(q, x) == ECM_E_FORMAT);
  mpz_set_ui(x, 0);
  CHECK(load_pair(p, x) == ECM_E_FORMAT && load_pair(x, x) == ECM_E_FORMAT);
  mpz_clears(p, q, x, NULL);
}

/* ---- recombination ---- */

static void ctx_of(mod_ctx *c, size_t h, const mpz_t x) {
  uint64_t w[MOD_MAX_WORDS];
  words(w, h, x);
  CHECK(mod_init(c, w, h) == ECM_OK);
}

/* Every x below p*q comes back from its residues: random ones; those at both ends; those that are p - 1 mod p; and those where the
 * sum of p*w and x mod p carries through a word of ones. p above and below q, near each other and far apart. */
static void recombination_matches_gmp(void) {
  enum { H = 4 };
  static mod_ctx cp, cq;
  uint64_t inv[H], xp[H], xq[H], w[H], r[2 * H];
  mpz_t p, q, n, x, y, z;
  mpz_inits(p, q, n, x, y, z, NULL);
  int carried = 0;
  for (int pair = 0; pair < 12; pair++) {
    random_prime(p, 64 * H);
    random_prime(q, 64 * H);
    if (pair % 3 == 1) { /* the largest there is, against one just above 2^255 */
      mpz_set_ui(p, 0), mpz_setbit(p, 64 * H), mpz_sub_ui(p, p, 189);
      mpz_set_ui(q, 0), mpz_setbit(q, 64 * H - 1), mpz_nextprime(q, q);
    }
    if (pair & 1) mpz_swap(p, q);
    ctx_of(&cp, H, p), ctx_of(&cq, H, q);
    mpz_mul(n, p, q), mpz_invert(x, p, q), words(inv, H, x);
    for (int i = 0; i < 400; i++) {
      if (i % 4 == 0) random_mpz_below(x, n);
      else if (i % 4 == 1) random_bits(x, 20), mpz_mod(x, x, n);
      else if (i % 4 == 2) random_bits(x, 20), mpz_sub(x, n, x), mpz_sub_ui(x, x, 1);
      else {
        /* y = w*p just below a multiple T*B^H with T = 0 mod B, so its word H is all ones; x = y + p - 1 */
        random_mpz_below(y, q), mpz_mul(y, y, p), mpz_fdiv_q_2exp(y, y, 64 * (H + 1)), mpz_mul_2exp(y, y, 64 * (H + 1));
        mpz_fdiv_q(y, y, p), mpz_mul(y, y, p), mpz_add(x, y, p), mpz_sub_ui(x, x, 1);
        mpz_fdiv_q_2exp(y, y, 64 * H), mpz_fdiv_q_2exp(z, x, 64 * H);
        mpz_sub(z, z, y);
        carried += mpz_cmp_ui(z, 1) == 0 && mpz_fdiv_ui(y, 65536) == 65535;
      }
      mpz_mod(y, x, p), words(xp, H, y);
      mpz_mod(y, x, q), words(xq, H, y);
      CHECK(crt_combine(&cp, &cq, inv, r, xp, xq, w) == ECM_OK);
      mpz_import(y, 2 * H, -1, 8, 0, 0, r);
      CHECK(mpz_cmp(x, y) == 0);
    }
  }
  CHECK(carried > 100);
  mpz_clears(p, q, n, x, y, z, NULL);
}

/* |p - q| > 2^156 for 256 bits, exactly there, whichever is larger. */
static void pairs_fit_from_the_stated_distance_on(void) {
  enum { H = 4 };
  uint64_t a[H], b[H], pq[2 * H];
  mpz_t p, q;
  mpz_inits(p, q, NULL);
  for (int i = 0; i < 200; i++) {
    random_bits(p, 255);
    mpz_setbit(p, 255), mpz_setbit(p, 254), mpz_setbit(p, 1), mpz_setbit(p, 0);
    mpz_clrbit(p, 200); /* room above */
    mpz_set_ui(q, 0), mpz_setbit(q, 156), mpz_add(q, q, p);
    words(a, H, p), words(b, H, q);
    CHECK(crt_pair_fits(pq, a, b, H) == 0 && crt_pair_fits(pq, b, a, H) == 0);
    mpz_sub_ui(q, q, 4), words(b, H, q);
    CHECK(crt_pair_fits(pq, a, b, H) == 0 && crt_pair_fits(pq, b, a, H) == 0);
    mpz_add_ui(q, q, 8), words(b, H, q);
    CHECK(~crt_pair_fits(pq, a, b, H) == 0 && ~crt_pair_fits(pq, b, a, H) == 0);
    CHECK(crt_pair_fits(pq, a, a, H) == 0);
    mpz_set_ui(q, 0), mpz_setbit(q, 156), mpz_setbit(q, 64), mpz_add(q, q, p), words(b, H, q); /* a low word of zeros to negate */
    CHECK(~crt_pair_fits(pq, a, b, H) == 0 && ~crt_pair_fits(pq, b, a, H) == 0);
  }
  mpz_clears(p, q, NULL);
}

/* ---- key generation ---- */

static void keygen_makes_fit_keys(void) {
  mpz_t p, q, d;
  mpz_inits(p, q, d, NULL);
  uint8_t last[64] = {0};
  for (int i = 0; i < 25; i++) {
    ecm_handle job, key, h;
    CHECK(ecm_keygen_new(ECM_KEYGEN_PAILLIER, 512, &job) == ECM_OK);
    CHECK(ecm_keygen_take(job, &key) == ECM_E_RANGE && key == 0);
    uint64_t progress = 0, before = 0;
    uint32_t primes = 0;
    int32_t rc;
    while ((rc = ecm_keygen_step(job, 1 + (uint32_t)i, &progress, &primes)) == ECM_MORE) {
      CHECK(progress > before && primes < 2);
      before = progress;
    }
    CHECK(rc == ECM_OK && primes == 2 && progress > before);
    CHECK(ecm_keygen_step(job, 1, &before, &primes) == ECM_OK && before == progress && primes == 2);
    CHECK(ecm_keygen_take(job, &key) == ECM_OK);
    CHECK(ecm_keygen_take(job, &h) == ECM_E_RANGE);
    ecm_secret_free(job);
    CHECK(ecm_paillier_factor(key, 0, &h) == ECM_OK);
    get_integer(p, h);
    ecm_secret_free(h);
    CHECK(ecm_paillier_factor(key, 1, &h) == ECM_OK);
    get_integer(q, h);
    ecm_secret_free(h);
    CHECK(mpz_probab_prime_p(p, 20) && mpz_probab_prime_p(q, 20));
    CHECK(mpz_sizeinbase(p, 2) == 256 && mpz_sizeinbase(q, 2) == 256 && mpz_fdiv_ui(p, 4) == 3 && mpz_fdiv_ui(q, 4) == 3);
    mpz_sub(d, p, q);
    CHECK(mpz_sizeinbase(d, 2) > 156);
    uint8_t n[64];
    CHECK(ecm_paillier_public(key, n, 64) == ECM_OK && n[0] >= 0x80 && memcmp(n, last, 64) != 0);
    memcpy(last, n, 64);
    ecm_handle u, v, w;
    uint8_t c[128];
    uint32_t same = 0;
    CHECK(ecm_unit_random(n, 64, &u) == ECM_OK && ecm_int_from_public((const uint8_t *)"plain", 5, &v) == ECM_OK);
    CHECK(ecm_paillier_encrypt_own(key, 1, &v, &u, c) == ECM_OK && ecm_paillier_decrypt(key, 1, c, 0, &w) == ECM_OK);
    CHECK(ecm_secret_equal(v, w, &same) == ECM_OK && same);
    ecm_secret_free(u);
    ecm_secret_free(v);
    ecm_secret_free(w);
    ecm_secret_free(key);
  }
  ecm_handle job = 1;
  CHECK(ecm_keygen_new(3, 512, &job) == ECM_E_ARGUMENT && job == 0 && ecm_keygen_new(1, 1024, &job) == ECM_E_ARGUMENT);
  CHECK(ecm_keygen_new(1, 512, NULL) == ECM_E_ARGUMENT);
  mpz_clears(p, q, d, NULL);
}

/* Two threads on one job: whoever finds it busy is refused and changes nothing; progress never falls; one of them gets the key. */
typedef struct {
  ecm_handle job, key;
  pthread_barrier_t *start;
  int32_t step, take;
  int odd; /* things that must not happen */
} miner;

static void *mine(void *p) {
  miner *m = p;
  uint64_t progress = 0, before = 0;
  uint32_t primes;
  (void)pthread_barrier_wait(m->start);
  do {
    m->step = ecm_keygen_step(m->job, 3, &progress, &primes);
    if (m->step == ECM_E_ARGUMENT) {
      m->odd += progress != 0 || primes != 0;
      m->step = ECM_MORE;
      continue;
    }
    m->odd += progress < before;
    before = progress;
  } while (m->step == ECM_MORE);
  (void)pthread_barrier_wait(m->start);
  do m->take = ecm_keygen_take(m->job, &m->key);
  while (m->take == ECM_E_ARGUMENT); /* the other is taking it */
  return NULL;
}

static void of_threads_on_one_job_one_gets_the_key(void) {
  for (int round = 0; round < 20; round++) {
    pthread_barrier_t start;
    pthread_t thread[2];
    miner m[2];
    ecm_handle job, h[2];
    uint64_t alive = handles_alive();
    pthread_barrier_init(&start, NULL, 2);
    CHECK(ecm_keygen_new(ECM_KEYGEN_PAILLIER, 512, &job) == ECM_OK);
    for (int i = 0; i < 2; i++) {
      m[i] = (miner){.job = job, .start = &start};
      CHECK(pthread_create(&thread[i], NULL, mine, &m[i]) == 0);
    }
    for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);
    CHECK(m[0].step == ECM_OK && m[1].step == ECM_OK && m[0].odd == 0 && m[1].odd == 0);
    int winner = m[0].take != ECM_OK;
    CHECK(m[winner].take == ECM_OK && m[winner].key != 0);
    CHECK(m[!winner].take == ECM_E_RANGE && m[!winner].key == 0);
    for (uint32_t i = 0; i < 2; i++) {
      mpz_t p;
      mpz_init(p);
      CHECK(ecm_paillier_factor(m[winner].key, i, &h[i]) == ECM_OK);
      get_integer(p, h[i]);
      CHECK(mpz_probab_prime_p(p, 20));
      mpz_clear(p);
      ecm_secret_free(h[i]);
    }
    ecm_secret_free(m[winner].key);
    ecm_secret_free(job);
    CHECK(handles_alive() == alive);
    pthread_barrier_destroy(&start);
  }
}

/* A key freed while threads decrypt with it: each call gives the right plaintext or ECM_E_HANDLE, and nothing stays behind. */
typedef struct {
  ecm_handle key, m;
  const uint8_t *c;
  pthread_barrier_t *start;
  int right, wrong;
  int32_t last;
} reader;

static void *decrypt_until_freed(void *p) {
  reader *r = p;
  (void)pthread_barrier_wait(r->start);
  for (;;) {
    ecm_handle d = 1;
    uint32_t same = 0;
    r->last = ecm_paillier_decrypt(r->key, 1, r->c, 0, &d);
    if (r->last != ECM_OK) {
      r->wrong += d != 0;
      return NULL;
    }
    if (ecm_secret_equal(d, r->m, &same) == ECM_OK && same) r->right++;
    else r->wrong++;
    (void)ecm_secret_free(d);
  }
}

static void a_key_freed_in_use_serves_its_users_to_the_end(void) {
  const fixture *k = &keys[0];
  mpz_t m, rho, c;
  mpz_inits(m, rho, c, NULL);
  random_bits(m, 200);
  random_unit(rho, k);
  encrypt(c, k, m, rho);
  uint8_t cb[128];
  mpz_to_be(cb, 128, c);
  ecm_handle hm = put_natural(m, 64);
  for (int round = 0; round < 30; round++) {
    uint64_t used = bytes_in_use();
    ecm_handle copy;
    pthread_barrier_t start;
    pthread_t thread[2];
    reader r[2];
    CHECK(key_of(k->p, k->q, 512, &copy) == ECM_OK);
    pthread_barrier_init(&start, NULL, 3);
    for (int i = 0; i < 2; i++) {
      r[i] = (reader){.key = copy, .m = hm, .c = cb, .start = &start};
      CHECK(pthread_create(&thread[i], NULL, decrypt_until_freed, &r[i]) == 0);
    }
    (void)pthread_barrier_wait(&start);
    struct timespec t = {0, 1000000};
    (void)nanosleep(&t, NULL); /* only so that some rounds free in the middle of a call: nothing here depends on it */
    CHECK(ecm_secret_free(copy) == ECM_OK && ecm_secret_free(copy) == ECM_E_HANDLE);
    for (int i = 0; i < 2; i++) {
      pthread_join(thread[i], NULL);
      CHECK(r[i].wrong == 0 && r[i].last == ECM_E_HANDLE);
    }
    CHECK(bytes_in_use() == used);
    pthread_barrier_destroy(&start);
  }
  ecm_secret_free(hm);
  mpz_clears(m, rho, c, NULL);
}

int main(void) {
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(make_keys);
  RUN(a_blob_comes_back_and_a_damaged_one_does_not);
  RUN(load_refuses_unfit_primes);
  RUN(recombination_matches_gmp);
  RUN(pairs_fit_from_the_stated_distance_on);
  RUN(keygen_makes_fit_keys);
  RUN(of_threads_on_one_job_one_gets_the_key);
  RUN(a_key_freed_in_use_serves_its_users_to_the_end);
  return free_keys(used);
}
#endif
