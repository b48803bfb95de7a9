/* SPDX-License-Identifier: Apache-2.0 */
/* Paillier: the owner's encryptions and decryptions against GMP; faults. */
#ifndef HAVE_GMP
#include "test.h"
int main(void) {
  SKIP("test_paillier_own: needs libgmp");
  return DONE();
}
#else
#include "paillier_test.h"

static void encrypt_own_matches_gmp_and_decrypts_centred(void) {
  enum { MAX = 21 };
  mpz_t m, rho, c, got, half;
  mpz_inits(m, rho, c, got, half, NULL);
  static uint8_t out[MAX * 512], expected[MAX * 512];
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    size_t n = k->bits == 512 ? MAX : k->bits == 1024 ? 8 : 6;
    ecm_handle hm[MAX], hr[MAX], hd[MAX];
    mpz_fdiv_q_2exp(half, k->n, 1);
    mpz_t plain[MAX];
    for (size_t i = 0; i < n; i++) {
      random_mpz_below(m, k->n);
      if (i == 0) mpz_set_ui(m, 0);
      if (i == 1) mpz_set_ui(m, 1);
      if (i == 2) mpz_sub_ui(m, k->n, 1);
      if (i == 3) mpz_set(m, half);
      if (i == 4) mpz_add_ui(m, half, 1);
      random_unit(rho, k);
      encrypt(c, k, m, rho);
      mpz_to_be(expected + i * 2 * k->len, 2 * k->len, c);
      hm[i] = put_natural(m, k->len);
      hr[i] = put_natural(rho, k->len);
      mpz_init_set(plain[i], m);
      if (mpz_cmp(m, half) > 0) mpz_sub(plain[i], m, k->n);
    }
    CHECK(ecm_paillier_encrypt_own(k->h, n, hm, hr, out) == ECM_OK);
    CHECK(memcmp(out, expected, n * 2 * k->len) == 0);
    CHECK(ecm_paillier_decrypt(k->h, n, out, 0, hd) == ECM_OK);
    for (size_t i = 0; i < n; i++) {
      get_integer(got, hd[i]);
      CHECK(mpz_cmp(got, plain[i]) == 0);
      uint32_t kind;
      uint64_t len;
      CHECK(ecm_secret_info(hd[i], &kind, &len) == ECM_OK && len == k->len);
      ecm_handle one;
      CHECK(ecm_paillier_decrypt(k->h, 1, out + i * 2 * k->len, 0, &one) == ECM_OK);
      uint32_t same = 0;
      CHECK(ecm_secret_equal(one, hd[i], &same) == ECM_OK && same == 1);
      ecm_secret_free(one);
      ecm_secret_free(hd[i]);
      ecm_secret_free(hm[i]);
      ecm_secret_free(hr[i]);
      mpz_clear(plain[i]);
    }
  }
  mpz_clears(m, rho, c, got, half, NULL);
}

/* Plaintexts at the bound and beyond it, of both signs; bounds that N's redundancy checks, and one that it cannot. */
static void decrypt_holds_plaintexts_to_their_bound(void) {
  mpz_t m, rho, c, got;
  mpz_inits(m, rho, c, got, NULL);
  for (size_t f = 0; f < 3; f++) {
    const fixture *k = &keys[f];
    uint32_t size = (uint32_t)k->bits, bounds[] = {1, 63, 64, 65, 128, size / 2, size - 131, size - 130, size - 64, size - 1};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
      for (int sign = 0; sign < 2; sign++) {
        for (int over = 0; over < 2; over++) {
          uint8_t in[512];
          ecm_handle h = 1;
          mpz_set_ui(m, 0);
          mpz_setbit(m, bounds[b]);
          if (!over) mpz_sub_ui(m, m, 1);
          mpz_mul_ui(got, m, 2);
          if (mpz_cmp(got, k->n) >= 0) continue;
          if (sign) mpz_neg(m, m);
          mpz_mod(got, m, k->n);
          random_unit(rho, k);
          encrypt(c, k, got, rho);
          mpz_to_be(in, 2 * k->len, c);
          int32_t rc = ecm_paillier_decrypt(k->h, 1, in, bounds[b], &h);
          CHECK(over ? rc == ECM_E_FAULT && h == 0 : rc == ECM_OK);
          if (rc != ECM_OK) continue;
          get_integer(got, h);
          CHECK(mpz_cmp(got, m) == 0);
          ecm_secret_free(h);
        }
      }
    }
    /* of a batch with one beyond it, nothing leaves */
    enum { COUNT = 17 };
    static uint8_t in[COUNT * 512];
    ecm_handle list[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
      random_bits(m, i == 16 ? 101 : 100);
      if (i == 16) mpz_setbit(m, 100);
      random_unit(rho, k);
      encrypt(c, k, m, rho);
      mpz_to_be(in + i * 2 * k->len, 2 * k->len, c);
    }
    uint64_t alive = handles_alive();
    CHECK(ecm_paillier_decrypt(k->h, COUNT, in, 100, list) == ECM_E_FAULT && handles_alive() == alive);
    for (size_t i = 0; i < COUNT; i++) CHECK(list[i] == 0);
    CHECK(ecm_paillier_decrypt(k->h, COUNT, in, 101, list) == ECM_OK);
    get_integer(got, list[16]);
    CHECK(mpz_cmp(got, m) == 0);
    for (size_t i = 0; i < COUNT; i++) ecm_secret_free(list[i]);
  }
  mpz_clears(m, rho, c, got, NULL);
}

static void decrypt_refuses_non_units(void) {
  const fixture *k = &keys[0];
  uint8_t in[256];
  ecm_handle out[2] = {1, 2};
  mpz_t c;
  mpz_init(c);
  memset(in, 0, sizeof in);
  CHECK(ecm_paillier_decrypt(k->h, 1, in, 0, out) == ECM_E_RANGE && out[0] == 0);
  mpz_to_be(in, 128, k->n2);
  CHECK(ecm_paillier_decrypt(k->h, 1, in, 0, out) == ECM_E_RANGE);
  memset(in, 0xff, 128);
  CHECK(ecm_paillier_decrypt(k->h, 1, in, 0, out) == ECM_E_RANGE);
  const __mpz_struct *divisors[] = {k->n, k->p, k->q};
  for (size_t i = 0; i < 3; i++)
    for (unsigned long f = 1; f < 4; f++) {
      mpz_mul_ui(c, divisors[i], f);
      memset(in, 0, 128);
      in[127] = 1; /* a good one first: nothing of it leaves */
      mpz_to_be(in + 128, 128, c);
      out[0] = out[1] = 1;
      CHECK(ecm_paillier_decrypt(k->h, 2, in, 0, out) == ECM_E_UNIT && out[0] == 0 && out[1] == 0);
      CHECK(ecm_paillier_decrypt(k->h, 2, in, 64, out) == ECM_E_UNIT && out[0] == 0 && out[1] == 0);
    }
  CHECK(ecm_paillier_decrypt(k->h, 0, in, 0, out) == ECM_E_ARGUMENT && ecm_paillier_decrypt(k->h, 1, NULL, 0, out) == ECM_E_ARGUMENT);
  CHECK(ecm_paillier_decrypt(0, 1, in, 0, out) == ECM_E_HANDLE);
  mpz_clear(c);
}

static void encrypt_own_refuses_what_is_out_of_range(void) {
  const fixture *k = &keys[0];
  mpz_t x;
  mpz_init_set_ui(x, 0);
  ecm_handle zero = put_natural(x, 8), n = put_natural(k->n, k->len), minus;
  mpz_set_si(x, -1);
  minus = put_signed(x, 8);
  mpz_set_ui(x, 1);
  ecm_handle one = put_natural(x, 8);
  uint8_t out[128];
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &zero, &one, out) == ECM_OK && out[127] == 1 && zeros(out, 127));
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &n, &one, out) == ECM_E_RANGE && zeros(out, 128));
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &minus, &one, out) == ECM_E_RANGE);
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &one, &zero, out) == ECM_E_RANGE);
  CHECK(ecm_paillier_encrypt_own(k->h, 1, &one, &n, out) == ECM_E_RANGE);
  CHECK(ecm_paillier_encrypt_own(k->h, 1, NULL, &one, out) == ECM_E_ARGUMENT);
  CHECK(ecm_paillier_encrypt_own(one, 1, &one, &one, out) == ECM_E_KIND);
  ecm_handle all[] = {zero, n, minus, one};
  for (size_t i = 0; i < 4; i++) ecm_secret_free(all[i]);
  mpz_clear(x);
}

/* ---- faults ---- */

#define FIELD(name) {#name, offsetof(paillier_key, name), sizeof ((paillier_key *)0)->name}
static const struct {
  const char *name;
  size_t at, size;
} fields[] = {FIELD(p.m0inv),    FIELD(p.m),         FIELD(p.r2),         FIELD(p.nadic_r2), FIELD(q.m0inv), FIELD(q.m),    FIELD(q.r2),
              FIELD(q.nadic_r2), FIELD(p_minus_1), FIELD(q_minus_1), FIELD(hp),         FIELD(hq),       FIELD(dp),     FIELD(dq),
              FIELD(ep),         FIELD(eq),        FIELD(p_inv_q),    FIELD(phi),        FIELD(n.m0inv),  FIELD(n.r2),   FIELD(n.nadic_r2),
              FIELD(n.m),        FIELD(n.r1),        FIELD(n.nadic_r1),  FIELD(p.r1),       FIELD(q.r1),     FIELD(p.nadic_r1),
              FIELD(q.nadic_r1)};

/* Each constant that an operation uses, one bit flipped: the operation gives the right result (it does not use that constant) or
 * ECM_E_FAULT (or a refusal) and zeros; never a wrong result. */
static void a_flipped_bit_in_the_key_never_gives_a_wrong_result(void) {
  const fixture *k = &keys[0];
  size_t nf = sizeof fields / sizeof *fields;
  unsigned decrypt_faults = 0, encrypt_faults = 0, root_faults = 0, batch_faults = 0, short_faults = 0;
  mpz_t m, rho, c;
  mpz_inits(m, rho, c, NULL);
  random_bits(m, 300);
  random_unit(rho, k);
  encrypt(c, k, m, rho);
  uint8_t good_c[256], short_c[256], y[64], good_root[64], out[128];
  mpz_to_be(good_c, 128, c);
  memcpy(short_c, good_c, 128);
  memcpy(short_c + 128, good_c, 128);
  encrypt(c, k, rho, m);
  mpz_to_be(good_c + 128, 128, c);
  mpz_to_be(y, 64, m);
  CHECK(ecm_paillier_nth_roots(k->h, 1, y, good_root) == ECM_OK);
  ecm_handle hm = put_natural(m, 64), hr = put_natural(rho, 64);
  for (size_t f = 0; f < nf; f++) {
    for (size_t bit = 0; bit < 12; bit++) {
      vault_ref r;
      CHECK(vault_pin(k->h, ECM_KIND_PAILLIER, &r) == ECM_OK);
      /* the words in use: 4 of p's and q's, 8 of N's, and of N-adic pairs 8 or 16 */
      size_t used = fields[f].size == 8 ? 8 : strstr(fields[f].name, "nadic") ? 64 : fields[f].name[0] == 'n' || fields[f].name[1] == 'h' ? 64 : 32;
      uint8_t *at = (uint8_t *)r.ptr + fields[f].at + test_rand() % used, flip = (uint8_t)(1u << test_rand() % 8);
      if (strcmp(fields[f].name, "hp") == 0 || strcmp(fields[f].name, "hq") == 0) at = (uint8_t *)r.ptr + fields[f].at + test_rand() % 32;
      if (strcmp(fields[f].name + 1, ".m") == 0) flip = 2; /* an even modulus is another matter */
      *at ^= flip;
      ecm_handle d[2];
      uint32_t same = 0;
      int32_t rc = ecm_paillier_decrypt(k->h, 1, good_c, 0, d);
      if (rc == ECM_OK) {
        CHECK(ecm_secret_equal(d[0], hm, &same) == ECM_OK && same == 1);
        ecm_secret_free(d[0]);
      } else {
        CHECK((rc == ECM_E_FAULT || rc == ECM_E_UNIT) && d[0] == 0);
        decrypt_faults |= 1u << f;
      }
      rc = ecm_paillier_decrypt(k->h, 2, good_c, 0, d);
      if (rc == ECM_OK) {
        CHECK(ecm_secret_equal(d[0], hm, &same) == ECM_OK && same == 1);
        ecm_secret_free(d[0]);
        ecm_secret_free(d[1]);
      } else {
        CHECK((rc == ECM_E_FAULT || rc == ECM_E_UNIT) && d[0] == 0 && d[1] == 0);
        batch_faults |= 1u << f;
      }
      for (size_t count = 1; count <= 2; count++) { /* m has 300 bits: N's redundancy is the check */
        rc = ecm_paillier_decrypt(k->h, count, short_c, 300, d);
        CHECK(rc == ECM_OK || rc == ECM_E_FAULT);
        for (size_t i = 0; i < count; i++) {
          CHECK(rc == ECM_OK ? ecm_secret_equal(d[i], hm, &same) == ECM_OK && same == 1 : d[i] == 0);
          if (rc == ECM_OK) ecm_secret_free(d[i]);
        }
        if (rc != ECM_OK) short_faults |= 1u << f;
      }
      rc = ecm_paillier_encrypt_own(k->h, 1, &hm, &hr, out);
      if (rc == ECM_OK) {
        CHECK(memcmp(out, good_c, 128) == 0);
      } else {
        CHECK(rc == ECM_E_FAULT && zeros(out, 128));
        encrypt_faults |= 1u << f;
      }
      rc = ecm_paillier_nth_roots(k->h, 1, y, out);
      if (rc == ECM_OK) {
        CHECK(memcmp(out, good_root, 64) == 0);
      } else {
        CHECK((rc == ECM_E_FAULT || rc == ECM_E_UNIT) && zeros(out, 64));
        root_faults |= 1u << f;
      }
      *at ^= flip;
      vault_unpin(&r);
    }
  }
  /* An error of hp in a low bit gives m - m*q*2^j: still short for m = 1. It is not redundancy that must see this one. */
  for (int i = 0; i < 20; i++) {
    vault_ref r;
    ecm_handle d;
    mpz_set_ui(c, 1);
    encrypt(c, k, c, rho);
    mpz_to_be(short_c, 128, c);
    CHECK(vault_pin(k->h, ECM_KIND_PAILLIER, &r) == ECM_OK);
    uint64_t *at = i % 2 ? ((paillier_key *)r.ptr)->hp : ((paillier_key *)r.ptr)->hq;
    *at ^= (uint64_t)1 << (3 * i);
    CHECK(ecm_paillier_decrypt(k->h, 1, short_c, 381, &d) == ECM_E_FAULT && d == 0);
    *at ^= (uint64_t)1 << (3 * i);
    CHECK(ecm_paillier_decrypt(k->h, 1, short_c, 381, &d) == ECM_OK);
    ecm_secret_free(d);
    vault_unpin(&r);
  }
  unsigned want_decrypt = 0, want_encrypt = 0, want_root = 0, want_short = 0;
  for (size_t f = 0; f < nf; f++) {
    const char *s = fields[f].name;
    int leg = s[1] == '.' && (s[0] == 'p' || s[0] == 'q'), own = s[0] == 'n', adic = strstr(s, "nadic") != NULL;
    int one = strcmp(s + 1, ".r1") == 0; /* only powers mod p, q, N begin with it, and decryption takes none */
    if (own && s[strlen(s) - 1] == '1' && strcmp(mod_kernel_name(), "portable") != 0) continue; /* other radix, other constants: they start from r2 */
    if (((leg || own) && !one) || s[0] == 'h' || s[1] == '_' || strcmp(s, "phi") == 0) want_decrypt |= 1u << f;
    if ((leg && !one) || strcmp(s, "n.m") == 0 || s[0] == 'h' || s[1] == '_' || strcmp(s, "p_inv_q") == 0) want_short |= 1u << f;
    if ((leg && s[0] == 'p') || (own && (adic || s[2] == 'm')) || strcmp(s, "ep") == 0) want_encrypt |= 1u << f;
    if ((leg || own) && !adic) want_root |= 1u << f;
    if (s[0] == 'd' || strcmp(s, "p_inv_q") == 0) want_root |= 1u << f;
  }
  /* every constant that matters to an operation was seen to fail it */
  for (size_t f = 0; f < nf; f++) {
    if (~decrypt_faults & want_decrypt & 1u << f) fprintf(stderr, "decrypt: %s flipped, no fault\n", fields[f].name);
    if (~short_faults & want_short & 1u << f) fprintf(stderr, "decrypt, short: %s flipped, no fault\n", fields[f].name);
    if (~encrypt_faults & want_encrypt & 1u << f) fprintf(stderr, "encrypt_own: %s flipped, no fault\n", fields[f].name);
    if (~root_faults & want_root & 1u << f) fprintf(stderr, "nth_roots: %s flipped, no fault\n", fields[f].name);
  }
  CHECK((decrypt_faults & want_decrypt) == want_decrypt && (batch_faults & want_decrypt) == want_decrypt && (short_faults & want_short) == want_short);
  CHECK((encrypt_faults & want_encrypt) == want_encrypt && (root_faults & want_root) == want_root);
  ecm_secret_free(hm);
  ecm_secret_free(hr);
  mpz_clears(m, rho, c, NULL);
}

/* The power of p left out: m = +-(p + q) comes out as +-p, short, and what is wrong sums up to 0. Redundancy cannot see that where p and q are
 * known, as here; from 130 bits on it is not asked, and the weights of a batch are not all the same. */
static void a_short_wrong_plaintext_fails_the_power_check(void) {
  const fixture *k = &keys[0];
  mpz_t m, rho, c, np;
  mpz_inits(m, rho, c, np, NULL);
  vault_ref r;
  CHECK(vault_pin(k->h, ECM_KIND_PAILLIER, &r) == ECM_OK);
  paillier_key *key = r.ptr;
  uint64_t exponent[PAILLIER_MAX_HALF];
  mpz_import(m, key->h, -1, 8, 0, 0, key->p.m), mpz_import(np, key->h, -1, 8, 0, 0, key->q.m), mpz_add(m, m, np);
  uint8_t in[2 * 128];
  random_unit(rho, k), encrypt(c, k, m, rho), mpz_to_be(in, 128, c);
  mpz_import(np, key->n.n, -1, 8, 0, 0, key->n.m), mpz_sub(m, np, m);
  random_unit(rho, k), encrypt(c, k, m, rho), mpz_to_be(in + 128, 128, c);
  static const uint32_t bounds[] = {0, 382, 512};
  memcpy(exponent, key->p_minus_1, sizeof exponent);
  for (size_t b = 0; b < 3; b++)
    for (size_t n = 1; n <= 2; n++) {
      ecm_handle d[2];
      memset(key->p_minus_1, 0, sizeof exponent);
      CHECK(ecm_paillier_decrypt(k->h, n, in, bounds[b], d) == ECM_E_FAULT && d[0] == 0 && d[n - 1] == 0);
      memcpy(key->p_minus_1, exponent, sizeof exponent);
      CHECK(ecm_paillier_decrypt(k->h, n, in, bounds[b], d) == ECM_OK);
      for (size_t i = 0; i < n; i++) ecm_secret_free(d[i]);
    }
  vault_unpin(&r);
  mpz_clears(m, rho, c, np, NULL);
}

int main(void) {
  open_vault();
  uint64_t used = bytes_in_use();
  RUN(make_keys);
  RUN(encrypt_own_matches_gmp_and_decrypts_centred);
  RUN(decrypt_holds_plaintexts_to_their_bound);
  RUN(decrypt_refuses_non_units);
  RUN(encrypt_own_refuses_what_is_out_of_range);
  RUN(a_short_wrong_plaintext_fails_the_power_check);
  RUN(a_flipped_bit_in_the_key_never_gives_a_wrong_result);
  return free_keys(used);
}
#endif
