/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modular arithmetic and Paillier on machines where no oracle is installed: SHA-512 over many results, against a recorded digest.
 *
 * The digests come from GMP. Where it is installed, each of them is computed from GMP's results too and compared with the recorded one, so
 * none can be altered to suit the library; where it is not, the library alone has to meet it. Inputs come from test_rand, the same everywhere.
 * Then laws, on keys that are made afresh.
 */
#include "limb.h"
#include "modular.h"
#include "paillier.h"
#include "prime.h"
#include "sha512.h"
#include "test.h"
#include "vault.h"

#ifdef HAVE_GMP
#include <gmp.h>
#define ORACLE(...) \
  do {              \
    __VA_ARGS__;    \
  } while (0)
#else
#define ORACLE(...) ((void)0)
#endif

#define MAX (2 * MOD_MAX_WORDS)

static sha512_ctx own, oracle;

static void put_into(sha512_ctx *to, const uint64_t *x, size_t n) {
  uint8_t b[8 * 4 * MOD_MAX_WORDS];
  limb_to_bytes(b, 8 * n, x, n);
  sha512_update(to, b, 8 * n);
}
static void put(const uint64_t *x, size_t n) { put_into(&own, x, n); }

static void begin(uint64_t seed) {
  test_rng_state = seed;
  sha512_init(&own);
  sha512_init(&oracle);
}

static void compare(const char *who, sha512_ctx *got, const char *recorded) {
  uint8_t hash[64], want[64];
  sha512_final(got, hash);
  int same = test_hex(want, sizeof want, recorded) == sizeof want && !memcmp(hash, want, sizeof want);
  CHECK(same);
  if (same) return;
  fprintf(stderr, "%s: ", who);
  for (size_t i = 0; i < sizeof hash; i++) fprintf(stderr, "%02x", hash[i]);
  fprintf(stderr, "\n");
}

static void end(const char *recorded) {
  ORACLE(compare("gmp", &oracle, recorded));
  compare("own", &own, recorded);
}

#ifdef HAVE_GMP
static mpz_t z1, z2, z3, z4, zm;

static void to_mpz(mpz_t z, const uint64_t *x, size_t n) { mpz_import(z, n, -1, 8, 0, 0, x); }
static void put_mpz(const mpz_t z, size_t n) {
  uint64_t w[4 * MOD_MAX_WORDS];
  memset(w, 0, sizeof w);
  CHECK(mpz_sgn(z) >= 0 && mpz_sizeinbase(z, 2) <= 64 * n);
  if (mpz_sizeinbase(z, 2) <= 64 * n) mpz_export(w, NULL, -1, 8, 0, 0, z);
  put_into(&oracle, w, n);
}
#endif

/* Random words; shape 1: all ones; 2: zero; 3: a power of two; above: whole words of ones and zeros mixed in. */
static void fill(uint64_t *x, size_t n, unsigned shape) {
  for (size_t i = 0; i < n; i++) {
    uint64_t r = test_rand(), s = test_rand();
    x[i] = shape == 1 || (shape > 3 && s % 3 == 0) ? ~(uint64_t)0 : shape == 2 || shape == 3 || (shape > 3 && s % 3 == 1) ? 0 : r;
  }
  if (shape == 3 && n) {
    uint64_t at = test_rand() % (64 * n);
    x[at / 64] = (uint64_t)1 << at % 64;
  }
}

static const size_t sizes[] = {1, 2, 3, 4, 7, 8, 9, 16, 24, 31, 32, 48};
enum { SIZES = sizeof sizes / sizeof *sizes, MODULI = 6 };

/* Odd, of exactly n words: random; B^n - 1; just above B^n/2; just above B^(n-1); just below B^n/2; sparse. */
static void modulus(uint64_t *m, size_t n, unsigned which) {
  fill(m, n, which == 1 || which == 4 ? 1 : which == 2 || which == 3 ? 2 : which == 5 ? 4 : 0);
  if (which == 2) m[n - 1] = (uint64_t)1 << 63;
  if (which == 3) m[n - 1] = 1;
  if (which == 4) m[n - 1] >>= 1;
  if (!m[n - 1]) m[n - 1] = 0x123456789abcdef1;
  m[0] |= 1;
  if (n == 1 && m[0] == 1) m[0] = 3;
}

/* ---- recorded ----------------------------------------------------------------------------------------- */

static void words(void) {
  static uint64_t a[MOD_MAX_WORDS], b[MOD_MAX_WORDS], r[MAX];
  begin(1);
  for (unsigned it = 0; it < 3000; it++) {
    size_t n = 1 + test_rand() % MOD_MAX_WORDS, bn = 1 + test_rand() % MOD_MAX_WORDS;
    fill(a, n, it % 6), fill(b, bn, it / 6 % 6);
    limb_mul(r, a, n, b, bn), put(r, n + bn);
    ORACLE(to_mpz(z1, a, n), to_mpz(z2, b, bn), mpz_mul(z3, z1, z2), put_mpz(z3, n + bn));
    limb_sqr(r, a, n), put(r, 2 * n);
    ORACLE(mpz_mul(z3, z1, z1), put_mpz(z3, 2 * n));

    fill(b, n, it / 6 % 6), fill(r, 2 * n, it / 36 % 6);
    ORACLE(to_mpz(z2, b, n), to_mpz(z4, r, 2 * n), mpz_mul(z3, z1, z2), mpz_add(z3, z3, z4), put_mpz(z3, 2 * n + 1));
    uint64_t carry = limb_addmul(r, a, b, n);
    put(&carry, 1), put(r, 2 * n); /* big-endian: the carry stands before */
    carry = limb_add(r, a, b, n), put(&carry, 1), put(r, n);
    ORACLE(mpz_add(z3, z1, z2), put_mpz(z3, n + 1));
    carry = limb_sub(r, a, b, n), put(&carry, 1), put(r, n);
    ORACLE(mpz_sub(z3, z1, z2), mpz_set_ui(z4, mpz_sgn(z3) < 0), put_mpz(z4, 1), mpz_fdiv_r_2exp(z3, z3, 64 * n), put_mpz(z3, n));
    carry = limb_shl1(r, a, n), put(&carry, 1), put(r, n);
    ORACLE(mpz_mul_2exp(z3, z1, 1), put_mpz(z3, n + 1));
    uint64_t top = it & 1;
    (void)limb_sub_if_ge(r, &top, a, b, n), put(&top, 1), put(r, n);
    ORACLE(if (it & 1) mpz_setbit(z1, 64 * n); if (mpz_cmp(z1, z2) >= 0) mpz_sub(z1, z1, z2); put_mpz(z1, n + 1));
  }
  end("24a3aac8812269cc42f9f3d722b80e512c470fb3b1b4128267858d8f0997f974"
      "9f6eab6ad9db356944fa06d03c2d84ee65c9228273fd7de0fd8cb43b0a11daf6");
}

static void products_and_residues(void) {
  static mod_ctx c;
  static uint64_t m[MOD_MAX_WORDS], x[2 * MAX], a[MAX], b[MAX];
  begin(2);
  for (unsigned it = 0; it < SIZES * MODULI; it++) {
    size_t n = sizes[it % SIZES];
    modulus(m, n, it / SIZES);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    for (unsigned power = 1; power <= 2; power++) {
      ORACLE(to_mpz(zm, m, n); if (power == 2) mpz_mul(zm, zm, zm));
      for (unsigned shape = 0; shape < 12; shape++) {
        size_t len = n * power, xn = 1 + test_rand() % (2 * MAX);
        fill(x, xn, shape % 6);
        CHECK((power == 1 ? mod_reduce : mod_reduce_square)(&c, a, x, xn) == ECM_OK);
        put(a, len);
        ORACLE(to_mpz(z1, x, xn), mpz_mod(z1, z1, zm), put_mpz(z1, len));
        fill(x, len, (shape + 4) % 6);
        CHECK((power == 1 ? mod_reduce : mod_reduce_square)(&c, b, x, len) == ECM_OK);
        ORACLE(to_mpz(z2, x, len), mpz_mod(z2, z2, zm));
        CHECK(mod_mul(&c, power, b, a, b) == ECM_OK);
        put(b, len);
        ORACLE(mpz_mul(z2, z1, z2), mpz_mod(z2, z2, zm), put_mpz(z2, len));
        CHECK(mod_mul(&c, power, a, a, a) == ECM_OK);
        put(a, len);
        ORACLE(mpz_mul(z1, z1, z1), mpz_mod(z1, z1, zm), put_mpz(z1, len));
      }
    }
  }
  end("7b1396794a28e106a339244daefdc540898cc1edf0487b27230158a93f6a4080"
      "5592abe1950b4aa77c7308ecdb6bc201cdce203a2b143af0223255cfb17f10e3");
}

/* One to four terms, two jobs, on the public and on the secret way. */
static void powers(void) {
  enum { JOBS = 2, EXP = 12 };
  static mod_ctx c[JOBS];
  static uint64_t m[MOD_MAX_WORDS], x[MAX], base[JOBS][4][MAX], exps[JOBS][4][EXP], out[JOBS][MAX];
  begin(3);
  for (unsigned it = 0; it < SIZES * MODULI * 2; it++) {
    size_t n = sizes[it % SIZES], k = 1 + it / SIZES % 4, words[4];
    unsigned power = 1 + it / SIZES % 2, which = it / (2 * SIZES);
    mod_term terms[JOBS][4];
    mod_job jobs[JOBS];
    for (size_t j = 0; j < k; j++) words[j] = test_rand() % (n > 16 ? 4 : EXP + 1);
    for (unsigned i = 0; i < JOBS; i++) {
      modulus(m, n, (which + i) % MODULI);
      CHECK(mod_init(&c[i], m, n) == ECM_OK);
      ORACLE(to_mpz(zm, m, n); if (power == 2) mpz_mul(zm, zm, zm); mpz_set_ui(z3, 1));
      for (size_t j = 0; j < k; j++) {
        fill(x, n * power, (it + (unsigned)j) % 6);
        CHECK((power == 1 ? mod_reduce : mod_reduce_square)(&c[i], base[i][j], x, n * power) == ECM_OK);
        fill(exps[i][j], words[j], (it / 5 + (unsigned)j + i) % 6);
        terms[i][j] = (mod_term){base[i][j], exps[i][j], words[j]};
        ORACLE(to_mpz(z1, x, n * power), to_mpz(z2, exps[i][j], words[j]), mpz_powm(z1, z1, z2, zm), mpz_mul(z3, z3, z1), mpz_mod(z3, z3, zm));
      }
      jobs[i] = (mod_job){&c[i], terms[i], k, out[i]};
      ORACLE(put_mpz(z3, n * power), put_mpz(z3, n * power));
    }
    static uint64_t open[JOBS][MAX];
    CHECK(mod_pow(jobs, JOBS, power, 0) == ECM_OK);
    memcpy(open, out, sizeof open);
    memset(out, 0xee, sizeof out);
    CHECK(mod_pow(jobs, JOBS, power, 1) == ECM_OK);
    for (unsigned i = 0; i < JOBS; i++) put(open[i], n * power), put(out[i], n * power);
  }
  end("92a7b7045d8dd681280ca65da84848dad19838c6f5c7ceccef0f3ab6033a8c92"
      "f017d55d41074468a3c462ceb7c262a2964f8b96f1390a3b82dc50ba7dae717a");
}

static void powers_of_one_base(void) {
  enum { COUNT = 9, EXP = 8 };
  static mod_ctx c;
  static uint64_t m[MOD_MAX_WORDS], base[MOD_MAX_WORDS], exps[COUNT * EXP], out[COUNT * MOD_MAX_WORDS];
  begin(4);
  for (unsigned it = 0; it < SIZES * MODULI; it++) {
    size_t n = sizes[it % SIZES], count = 1 + test_rand() % COUNT, words = 1 + test_rand() % EXP;
    modulus(m, n, it / SIZES);
    CHECK(mod_init(&c, m, n) == ECM_OK);
    fill(base, n, it % 6);
    CHECK(mod_reduce(&c, base, base, n) == ECM_OK);
    for (size_t i = 0; i < count; i++) fill(exps + i * words, words, (unsigned)i % 6);
    for (int secret = 0; secret < 2; secret++) {
      memset(out, 0xee, sizeof out);
      CHECK(mod_pow_fixed(&c, base, count, exps, words, out, secret) == ECM_OK);
      for (size_t i = 0; i < count; i++) {
        put(out + i * n, n);
        ORACLE(to_mpz(zm, m, n), to_mpz(z1, base, n), to_mpz(z2, exps + i * words, words), mpz_powm(z1, z1, z2, zm), put_mpz(z1, n));
      }
    }
  }
  end("3a2e388054db877f922d39d2ef376444cdf56b2e332676d1dad33a9bf1baff15"
      "9b4d70dd3034488cabc6274a02e1b9d6b1ecf05def99ee0e9d3888ef8b1367f0");
}

static void inverses(void) {
  static uint64_t m[MAX], a[MAX], r[MAX], d[1];
  begin(5);
  for (unsigned it = 0; it < SIZES * 12; it++) {
    size_t n = sizes[it % SIZES];
    modulus(m, n, it / SIZES % MODULI);
    fill(a, n, it / SIZES % 5);
    if (it / SIZES == 7) limb_copy(a, m, n);
    int32_t rc = ct_inverse_mod(r, a, m, n);
    CHECK(rc == ECM_OK || rc == ECM_E_UNIT);
    d[0] = rc == ECM_OK;
    CHECK((uint64_t)modular_gcd_is_one_vartime(a, n, m, n) == d[0]);
    put(d, 1), put(r, n);
    ORACLE(to_mpz(zm, m, n), to_mpz(z1, a, n), mpz_set_ui(z3, 1); if (!mpz_invert(z2, z1, zm)) mpz_set_ui(z2, 0), mpz_set_ui(z3, 0);
           put_mpz(z3, 1), put_mpz(z2, n));
  }
  end("4dc21fb1ec5ef434f419d2500fe7048137d44419c8682af73db89b8a9f765519"
      "2ed247af55598d825569bff807b48bd9bc8884d19765b91796e73565d4b872c0");
}

/* Two primes of 1024 bits, from `openssl prime -generate`. */
static const char prime_p[] =
    "c86ffc4268b5f4945936f3540d080eb81330b877a4ec897c0fac88d0141f4051a97c12e99b607da3fc3cdcf6dd604b797d61885f77230fd8c2c5afc23b4f87d9"
    "0803281bb940b4965e3c5b0bfb6ba2ec9359bc25f8dfda4c9e33fab60c4ea9881802b8127192f75c20436dc2cdaa1530715b10bf966cd86e46cf9226b1d4aafb";
static const char prime_q[] =
    "f07531c3b27866508f7a722535c3266a4e919853ed1bfab3bbcd32064965bc84326f3af11f42a141aeac2dbc524afd75b2bbbc9e851d70f277b43f1f96495321"
    "d4894bad4db5878820268644c4cc903684449d70d2205c49909c7d4c098e210f72abdec1da710de6521c6996eb05e8ee412088be87dbbbdd5460bad46f9f9533";
enum { LEN = 256, WORDS = LEN / 8 };

static ecm_handle key;
static uint8_t N[LEN];
static uint64_t Nw[WORDS];

static void load_key(void) {
  uint64_t p[WORDS / 2], q[WORDS / 2];
  uint8_t b[LEN / 2], n[LEN];
  vault_ref r;
  CHECK(test_hex(b, sizeof b, prime_p) == sizeof b);
  limb_from_bytes(p, WORDS / 2, b, sizeof b);
  CHECK(test_hex(b, sizeof b, prime_q) == sizeof b);
  limb_from_bytes(q, WORDS / 2, b, sizeof b);
  limb_mul(Nw, p, WORDS / 2, q, WORDS / 2), limb_to_bytes(N, LEN, Nw, WORDS);
  CHECK(paillier_from_primes(8 * LEN, p, q, &r) == ECM_OK);
  vault_publish(&r, &key);
  CHECK(ecm_paillier_public(key, n, LEN) == ECM_OK && !memcmp(n, N, LEN));
  CHECK(prime_is_probable_vartime(p, WORDS / 2, 10) == 1 && prime_is_probable_vartime(q, WORDS / 2, 10) == 1);
  CHECK(prime_is_probable_vartime(Nw, WORDS, 2) == 0);
}

static ecm_handle secret(const uint64_t *x, size_t n) {
  uint8_t b[2 * LEN];
  ecm_handle h = 0;
  limb_to_bytes(b, 8 * n, x, n);
  CHECK(ecm_int_from_public(b, 8 * n, &h) == ECM_OK);
  return h;
}

static void put_bytes(const uint8_t *b, size_t len) { sha512_update(&own, b, len); }

/* Encryption with and without the factors, the affine step, decryption, N-th roots, commitments. */
static void paillier(void) {
  static uint8_t c[2 * LEN], again[2 * LEN], b[LEN], roots[LEN], back[LEN];
  static uint64_t m[WORDS], rho[WORDS], a[4], y[WORDS];
  begin(6);
  for (unsigned it = 0; it < 4; it++) {
    ecm_handle plain = 0, wanted, hm, hr, ha;
    uint32_t equal = 0;
    fill(m, WORDS, it == 3 ? 2 : 4), m[WORDS - 1] >>= 2; /* below N/2, where centring leaves it alone */
    fill(rho, WORDS, 0), rho[WORDS - 1] >>= 1;
    fill(a, 4, it);
    fill(y, WORDS, 0), y[WORDS - 1] >>= 1;
    hm = secret(m, WORDS), hr = secret(rho, WORDS), ha = secret(a, 4);
    CHECK(ecm_paillier_affine(N, LEN, 1, NULL, NULL, &hm, &hr, c) == ECM_OK);
    CHECK(ecm_paillier_encrypt_own(key, 1, &hm, &hr, again) == ECM_OK && !memcmp(c, again, sizeof c));
    put_bytes(c, sizeof c);
    ORACLE(to_mpz(z1, Nw, WORDS), mpz_mul(zm, z1, z1), to_mpz(z2, rho, WORDS), mpz_powm(z2, z2, z1, zm), to_mpz(z3, m, WORDS),
           mpz_mul(z3, z3, z1), mpz_add_ui(z3, z3, 1), mpz_mul(z2, z2, z3), mpz_mod(z2, z2, zm), put_mpz(z2, 2 * WORDS));
    CHECK(ecm_paillier_decrypt(key, 1, c, 0, &plain) == ECM_OK);
    CHECK(ecm_secret_equal(plain, hm, &equal) == ECM_OK && equal);

    CHECK(ecm_paillier_affine(N, LEN, 1, c, &ha, &hm, &hr, again) == ECM_OK); /* c^a * Enc(m; rho) */
    put_bytes(again, sizeof again);
    ORACLE(to_mpz(z3, a, 4), mpz_powm(z3, z2, z3, zm), mpz_mul(z3, z3, z2), mpz_mod(z3, z3, zm), put_mpz(z3, 2 * WORDS));

    limb_to_bytes(b, LEN, y, WORDS);
    CHECK(ecm_paillier_nth_roots(key, 1, b, roots) == ECM_OK);
    uint32_t len = LEN;
    CHECK(ecm_pow_vartime(N, LEN, 1, 1, 1, roots, N, &len, back) == ECM_OK && !memcmp(back, b, LEN));

    CHECK(ecm_pedersen_commit(N, LEN, 1, b, 1, &ha, back) == ECM_OK);
    put_bytes(back, LEN);
    ORACLE(to_mpz(z2, y, WORDS), to_mpz(z3, a, 4), mpz_powm(z2, z2, z3, z1), put_mpz(z2, WORDS));
    static const uint8_t e[3] = {0x9c, 0x01, 0xff};
    CHECK(ecm_unit_response(N, LEN, hr, e, sizeof e, hm, back) == ECM_OK);
    put_bytes(back, LEN);
    ORACLE(to_mpz(z2, m, WORDS), mpz_powm_ui(z2, z2, 0x9c01ff, z1), to_mpz(z3, rho, WORDS), mpz_mul(z2, z2, z3), mpz_mod(z2, z2, z1),
           put_mpz(z2, WORDS));
    uint8_t z[LEN + 8];
    CHECK(ecm_int_response(hr, e, sizeof e, hm, z, sizeof z) == ECM_OK); /* rho + e*m over the integers */
    put_bytes(z, sizeof z);
    ORACLE(to_mpz(z2, m, WORDS), mpz_mul_ui(z2, z2, 0x9c01ff), to_mpz(z3, rho, WORDS), mpz_add(z2, z2, z3), put_mpz(z2, WORDS + 1));
    wanted = 0;
    CHECK(ecm_int_mul(hm, hr, &wanted) == ECM_OK);
    vault_ref r;
    CHECK(vault_pin(wanted, ECM_KIND_INTEGER, &r) == ECM_OK && r.len == 8 * (2 * WORDS + 1));
    put((const uint64_t *)r.ptr + 1, 2 * WORDS);
    vault_unpin(&r);
    ORACLE(to_mpz(z2, m, WORDS), mpz_mul(z2, z2, z3), put_mpz(z2, 2 * WORDS));
    const ecm_handle made[] = {plain, wanted, hm, hr, ha};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) CHECK(ecm_secret_free(made[i]) == ECM_OK);
  }
  end("09f280e79437e03cd38030bf485948cd740b3d9d74bc357a60d61d65d8d487e2"
      "ce5dfbd4733379723d19d6550e8483b0cf7521b13fad6c526fd49417dfead6d6");
}

/* ---- laws ----------------------------------------------------------------------------------------------- */

enum { SMALL = 64 };
static ecm_handle generate(uint32_t what) {
  ecm_handle job = 0, made = 0;
  uint64_t progress;
  uint32_t primes;
  int32_t rc;
  CHECK(ecm_keygen_new(what, 8 * SMALL, &job) == ECM_OK);
  while ((rc = ecm_keygen_step(job, 64, &progress, &primes)) == ECM_MORE) {}
  CHECK(rc == ECM_OK && primes == 2 && ecm_keygen_take(job, &made) == ECM_OK);
  CHECK(ecm_secret_free(job) == ECM_OK);
  return made;
}

/* Dec(Enc(x)^a * Enc(b)) = a*x + b, under a key of its own. */
static void a_new_key_is_homomorphic(void) {
  ecm_handle own_key = generate(ECM_KEYGEN_PAILLIER), sum = 0, times = 0, plain = 0, loaded = 0, blob = 0, rho = 0;
  uint8_t n[SMALL], c[2 * SMALL], d[2 * SMALL];
  uint64_t x[3], a[3], b[3];
  uint32_t equal = 0;
  CHECK(ecm_paillier_public(own_key, n, SMALL) == ECM_OK && ecm_modulus_check_vartime(n, SMALL) == ECM_OK);
  CHECK(ecm_serialize(own_key, &blob) == ECM_OK && ecm_load(ECM_KIND_PAILLIER, blob, &loaded) == ECM_OK);
  fill(x, 3, 0), fill(a, 3, 0), fill(b, 3, 0);
  ecm_handle hx = secret(x, 3), ha = secret(a, 3), hb = secret(b, 3);
  CHECK(ecm_unit_random(n, SMALL, &rho) == ECM_OK);
  CHECK(ecm_paillier_encrypt_own(own_key, 1, &hx, &rho, c) == ECM_OK);
  CHECK(ecm_paillier_affine(n, SMALL, 1, c, &ha, &hb, &rho, d) == ECM_OK);
  CHECK(ecm_paillier_decrypt(loaded, 1, d, 0, &plain) == ECM_OK);
  CHECK(ecm_int_mul(ha, hx, &times) == ECM_OK && ecm_int_add(times, hb, &sum) == ECM_OK);
  CHECK(ecm_secret_equal(plain, sum, &equal) == ECM_OK && equal);
  CHECK(ecm_secret_equal(plain, times, &equal) == ECM_OK && !equal);
  const ecm_handle made[] = {own_key, sum, times, plain, loaded, blob, rho, hx, ha, hb};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) CHECK(ecm_secret_free(made[i]) == ECM_OK);
}

/* t^z = A * s^e for every mask of `prm`, and for none of them with the opposite bit. */
static void a_new_ring_key_answers_its_challenges(void) {
  enum { MASKS = 8 };
  ecm_handle ring = generate(ECM_KEYGEN_PEDERSEN), masks = 0;
  uint8_t n[SMALL], s[2][SMALL], t[SMALL], A[MASKS * SMALL], z[MASKS * SMALL], left[SMALL], right[2 * SMALL];
  const uint8_t e = 0x6a;
  const uint32_t len = SMALL;
  CHECK(ecm_pedersen_public(ring, n, s[0], s[1], t, SMALL) == ECM_OK);
  CHECK(ecm_pedersen_prm_commit(ring, MASKS, A, &masks) == ECM_OK && ecm_pedersen_prm_respond(ring, masks, &e, z) == ECM_OK);
  for (size_t j = 0; j < MASKS; j++) {
    CHECK(ecm_pow_vartime(n, SMALL, 1, 1, 1, t, z + j * SMALL, &len, left) == ECM_OK);
    memcpy(right, A + j * SMALL, SMALL), memcpy(right + SMALL, s[j / (MASKS / 2)], SMALL);
    uint8_t product[SMALL];
    CHECK(ecm_product_vartime(n, SMALL, 1, 2, right, product) == ECM_OK);
    int bit = e >> j & 1;
    CHECK(memcmp(left, bit ? product : A + j * SMALL, SMALL) == 0 && memcmp(left, bit ? A + j * SMALL : product, SMALL) != 0);
  }
  CHECK(ecm_secret_free(masks) == ECM_OK && ecm_secret_free(ring) == ECM_OK);
}

int main(void) {
  uint64_t report[ECM_REPORT_WORDS];
  if (ecm_vault_open(1u << 24, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) != ECM_OK) return 1;
  ORACLE(mpz_inits(z1, z2, z3, z4, zm, NULL));
  printf("  kernel: %s\n", mod_kernel_name());
  RUN(words);
  RUN(products_and_residues);
  RUN(powers);
  RUN(powers_of_one_base);
  RUN(inverses);
  RUN(load_key);
  RUN(paillier);
  RUN(a_new_key_is_homomorphic);
  RUN(a_new_ring_key_answers_its_challenges);
  CHECK(ecm_secret_free(key) == ECM_OK);
  CHECK(ecm_vault_report(report) == ECM_OK && report[ECM_REPORT_HANDLES] == 0 && report[ECM_REPORT_IN_USE] == 0);
  return DONE();
}
