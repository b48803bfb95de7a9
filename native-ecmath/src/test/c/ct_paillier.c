/* SPDX-License-Identifier: Apache-2.0 */
/* Constant-time checks of secret integers, Paillier and ring-Pedersen, at 512 bits. Every content of every slot is marked, sizes and
 * N included: what is public in it, the library says itself. The prime search is the one function that is excepted (ecm.h). */
#include "ct_test.h"

#define LEN 64

static uint8_t N[LEN], pn[LEN], s1[LEN], s2[LEN], t[LEN];
static ecm_handle paillier, pedersen;

static ecm_handle key(uint32_t what) {
  ecm_handle job, h = 0;
  uint64_t progress;
  uint32_t primes;
  CT_OK(ecm_keygen_new(what, 512, &job));
  int32_t rc;
  while ((rc = ecm_keygen_step(job, 1000, &progress, &primes)) == ECM_MORE) {}
  CHECK(rc == ECM_OK);
  ct_mark(job);
  CT_OK(ecm_keygen_take(job, &h));
  CT_OK(ecm_secret_free(job));
  ct_mark(h);
  return h;
}

CT_TEST(ecm_keygen_take) {
  paillier = key(ECM_KEYGEN_PAILLIER);
  pedersen = key(ECM_KEYGEN_PEDERSEN);
}

/* A secret integer of len bytes, below 2^(8 len - 8). */
static ecm_handle integer(size_t len) {
  uint8_t b[128];
  ecm_handle h = 0;
  test_rand_bytes(b, len);
  b[0] = 0;
  CT_OK(ecm_int_from_public(b, len, &h));
  ct_mark(h);
  return h;
}
/* Uses the bytes: whatever leaves must have been declassified. */
static void is_public(const uint8_t *p, size_t n) {
  unsigned sum = 0;
  for (size_t i = 0; i < n; i++) sum += p[i];
  CHECK(sum != 0);
}

CT_TEST(ecm_paillier_public) {
  CT_OK(ecm_paillier_public(paillier, N, LEN));
  is_public(N, LEN);
}
CT_TEST(ecm_pedersen_public) {
  CT_OK(ecm_pedersen_public(pedersen, pn, s1, s2, t, LEN));
  is_public(pn, LEN);
  is_public(s1, LEN);
  is_public(s2, LEN);
  is_public(t, LEN);
}

CT_TEST(ecm_int_from_scalar) {
  vault_ref s;
  ecm_handle h, r;
  CT_OK(vault_new(ECM_KIND_SCALAR, ECM_SECP256K1, 32, &s));
  memset(s.ptr, 7, 32);
  vault_publish(&s, &h);
  ct_mark(h);
  CT_OK(ecm_int_from_scalar(h, &r));
  CT_OK(ecm_secret_free(h));
  CT_OK(ecm_secret_free(r));
}

static void binary(int32_t (*f)(ecm_handle, ecm_handle, ecm_handle *)) {
  ecm_handle a = integer(40), b = integer(64), r;
  CT_OK(f(a, b, &r));
  CT_OK(ecm_secret_free(a));
  CT_OK(ecm_secret_free(b));
  CT_OK(ecm_secret_free(r));
}
CT_TEST(ecm_int_add) { binary(ecm_int_add); }
CT_TEST(ecm_int_sub) { binary(ecm_int_sub); }
CT_TEST(ecm_int_mul) { binary(ecm_int_mul); }

CT_TEST(ecm_int_response) {
  ecm_handle a = integer(64), x = integer(32);
  uint8_t e[16], z[80];
  test_rand_bytes(e, 16);
  CT_OK(ecm_int_response(a, e, 16, x, z, 80));
  is_public(z, 80);
  CT_OK(ecm_secret_free(a));
  CT_OK(ecm_secret_free(x));
}

CT_TEST(ecm_unit_response) {
  ecm_handle tau, sigma;
  uint8_t e[16], out[LEN];
  test_rand_bytes(e, 16);
  CT_OK(ecm_unit_random(N, LEN, &tau));
  CT_OK(ecm_unit_random(N, LEN, &sigma));
  ct_mark(tau);
  ct_mark(sigma);
  CT_OK(ecm_unit_response(N, LEN, tau, e, 16, sigma, out));
  is_public(out, LEN);
  CT_OK(ecm_secret_free(tau));
  CT_OK(ecm_secret_free(sigma));
}

CT_TEST(ecm_paillier_affine) {
  ecm_handle a[2] = {integer(32), integer(8)}, b[2] = {integer(60), integer(LEN)}, rho[2];
  uint8_t c[4 * LEN], out[4 * LEN];
  test_rand_bytes(c, sizeof c);
  c[0] = c[2 * LEN] = 0;
  for (int i = 0; i < 2; i++) {
    CT_OK(ecm_unit_random(N, LEN, &rho[i]));
    ct_mark(rho[i]);
  }
  CT_OK(ecm_paillier_affine(N, LEN, 2, c, a, b, rho, out));
  is_public(out, sizeof out);
  CT_OK(ecm_paillier_affine(N, LEN, 2, NULL, NULL, b, rho, out));
  is_public(out, sizeof out);
  for (int i = 0; i < 2; i++) {
    CT_OK(ecm_secret_free(a[i]));
    CT_OK(ecm_secret_free(b[i]));
    CT_OK(ecm_secret_free(rho[i]));
  }
}

CT_TEST(ecm_pedersen_commit) {
  ecm_handle x[6];
  uint8_t bases[3 * LEN], out[2 * LEN];
  memcpy(bases, s1, LEN);
  memcpy(bases + LEN, s2, LEN);
  memcpy(bases + 2 * LEN, t, LEN);
  for (size_t i = 0; i < 6; i++) x[i] = integer(32 + 16 * i);
  CT_OK(ecm_pedersen_commit(pn, LEN, 3, bases, 2, x, out));
  is_public(out, sizeof out);
  for (size_t i = 0; i < 6; i++) CT_OK(ecm_secret_free(x[i]));
}

CT_TEST(ecm_paillier_randomizers) {
  ecm_handle rho[3], power[3];
  CT_OK(ecm_paillier_randomizers(N, LEN, 3, rho, power)); /* what is drawn inside is marked where it is drawn */
  for (int i = 0; i < 3; i++) {
    CT_OK(ecm_secret_free(rho[i]));
    CT_OK(ecm_secret_free(power[i]));
  }
}

CT_TEST(ecm_paillier_affine_with) {
  ecm_handle a[2] = {integer(32), integer(8)}, b[2] = {integer(60), integer(LEN)}, power[2] = {integer(2 * LEN), integer(2 * LEN)};
  uint8_t c[4 * LEN], out[4 * LEN];
  test_rand_bytes(c, sizeof c);
  c[0] = c[2 * LEN] = 0;
  CT_OK(ecm_paillier_affine_with(N, LEN, 2, c, a, b, power, out));
  is_public(out, sizeof out);
  CT_OK(ecm_paillier_affine_with(N, LEN, 2, NULL, NULL, b, power, out));
  is_public(out, sizeof out);
  for (int i = 0; i < 2; i++) {
    CT_OK(ecm_secret_free(a[i]));
    CT_OK(ecm_secret_free(b[i]));
    CT_OK(ecm_secret_free(power[i]));
  }
}

static ecm_handle fixed(void) {
  uint8_t bases[3 * LEN];
  const uint32_t bits[3] = {32 * 8, 48 * 8, LEN * 8 + 128};
  ecm_handle h;
  memcpy(bases, s1, LEN);
  memcpy(bases + LEN, s2, LEN);
  memcpy(bases + 2 * LEN, t, LEN);
  CT_OK(ecm_bases_new(pn, LEN, 3, bases, bits, &h));
  return h;
}

/* One, two, eight and nine rows: every layout that a kernel may choose. */
CT_TEST(ecm_bases_commit) {
  enum { ROWS = 9 };
  ecm_handle h = fixed(), x[3 * ROWS], blinds[ROWS];
  uint8_t out[ROWS * LEN];
  for (size_t i = 0; i < ROWS; i++) {
    x[3 * i] = integer(32);
    x[3 * i + 1] = integer(40);
    x[3 * i + 2] = integer(LEN + 16);
    CT_OK(ecm_unit_random(pn, LEN, &blinds[i]));
    ct_mark(blinds[i]);
  }
  for (size_t rows = 1; rows <= ROWS; rows += rows == 2 ? 6 : 1) {
    CT_OK(ecm_bases_commit(h, rows, x, rows % 2 ? NULL : blinds, out));
    is_public(out, rows * LEN);
  }
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t j = 0; j < 3; j++) CT_OK(ecm_secret_free(x[3 * i + j]));
    CT_OK(ecm_secret_free(blinds[i]));
  }
  CT_OK(ecm_secret_free(h));
}

CT_TEST(ecm_bases_random) {
  ecm_handle h = fixed(), x[2], y[2];
  uint8_t bound[LEN];
  memset(bound, 0xff, LEN);
  CT_OK(ecm_bases_random(h, 2, bound, LEN, 2, x, y));
  for (int i = 0; i < 2; i++) {
    CT_OK(ecm_secret_free(x[i]));
    CT_OK(ecm_secret_free(y[i]));
  }
  CT_OK(ecm_secret_free(h));
}

static uint8_t ciphertexts[4 * LEN];

CT_TEST(ecm_paillier_encrypt_own) {
  ecm_handle m[2] = {integer(LEN), integer(16)}, rho[2];
  for (int i = 0; i < 2; i++) {
    CT_OK(ecm_unit_random(N, LEN, &rho[i]));
    ct_mark(rho[i]);
  }
  CT_OK(ecm_paillier_encrypt_own(paillier, 2, m, rho, ciphertexts));
  is_public(ciphertexts, sizeof ciphertexts);
  for (int i = 0; i < 2; i++) {
    CT_OK(ecm_secret_free(m[i]));
    CT_OK(ecm_secret_free(rho[i]));
  }
}

CT_TEST(ecm_paillier_decrypt) {
  ecm_handle m[2];
  CT_OK(ecm_paillier_decrypt(paillier, 2, ciphertexts, 0, m));
  CT_OK(ecm_secret_free(m[0]));
  CT_OK(ecm_secret_free(m[1]));
  CT_OK(ecm_paillier_decrypt(paillier, 1, ciphertexts, 0, m));
  CT_OK(ecm_secret_free(m[0]));
  CT_OK(ecm_paillier_decrypt(paillier, 1, ciphertexts + 2 * LEN, 128, m)); /* of 15 bytes */
  CT_OK(ecm_secret_free(m[0]));
  CHECK(ecm_paillier_decrypt(paillier, 1, ciphertexts, 128, m) == ECM_E_FAULT); /* wider */
}

/* Row 0 holds (1 = 1), row 1 does not. */
CT_TEST(ecm_paillier_check_own) {
  uint8_t C[2 * LEN], z1[2 * 32], z2[2 * 72], w[2 * LEN], D[4 * LEN], e[2 * 16], c[4 * LEN];
  uint32_t first;
  test_rand_bytes(C, sizeof C), test_rand_bytes(z1, sizeof z1), test_rand_bytes(z2, sizeof z2), test_rand_bytes(w, sizeof w);
  test_rand_bytes(D, sizeof D), test_rand_bytes(e, sizeof e), test_rand_bytes(c, sizeof c);
  C[0] = w[LEN] = D[2 * LEN] = c[0] = c[2 * LEN] = 0;
  memset(z1, 0, 32), memset(z2, 0, 72), memset(e, 0, 16), memset(w, 0, LEN), memset(D, 0, 2 * LEN);
  w[LEN - 1] = D[2 * LEN - 1] = 1;
  CT_OK(ecm_paillier_check_own(paillier, 1, C, z1, 32, z2, 72, w, D, e, 16, c, &first));
  CHECK(ecm_paillier_check_own(paillier, 2, C, z1, 32, z2, 72, w, D, e, 16, c, &first) == ECM_E_VERIFY && first == 1);
  CHECK(ecm_paillier_check_own(paillier, 2, NULL, NULL, 0, z2, 72, w, D, e, 16, c, &first) == ECM_E_VERIFY && first == 1);
}

CT_TEST(ecm_pedersen_check_own) {
  uint8_t z1[2 * 32], z2[2 * 48], z3[2 * 96], S[2 * LEN], e[2 * 16], E[2 * LEN];
  uint32_t first;
  test_rand_bytes(z1, sizeof z1), test_rand_bytes(z2, sizeof z2), test_rand_bytes(z3, sizeof z3), test_rand_bytes(S, sizeof S);
  test_rand_bytes(e, sizeof e), test_rand_bytes(E, sizeof E);
  S[0] = S[LEN] = E[LEN] = 0;
  memset(z1, 0, 32), memset(z2, 0, 48), memset(z3, 0, 96), memset(e, 0, 16), memset(E, 0, LEN);
  E[LEN - 1] = 1;
  CT_OK(ecm_pedersen_check_own(pedersen, 1, z1, 32, z2, 48, z3, 96, S, e, 16, E, &first));
  CHECK(ecm_pedersen_check_own(pedersen, 2, z1, 32, z2, 48, z3, 96, S, e, 16, E, &first) == ECM_E_VERIFY && first == 1);
  CHECK(ecm_pedersen_check_own(pedersen, 2, z1, 32, NULL, 0, z3, 96, S, e, 16, E, &first) == ECM_E_VERIFY && first == 1);
}

CT_TEST(ecm_paillier_nth_roots) {
  uint8_t y[2 * LEN], out[2 * LEN];
  test_rand_bytes(y, sizeof y);
  y[0] = y[LEN] = 0;
  CT_OK(ecm_paillier_nth_roots(paillier, 2, y, out));
  is_public(out, sizeof out);
}

CT_TEST(ecm_paillier_square_roots) {
  uint8_t y[2 * LEN] = {0}, out[2 * LEN];
  y[LEN - 1] = 4; /* squares have Jacobi symbol 1 */
  y[2 * LEN - 1] = 9;
  CT_OK(ecm_paillier_square_roots(paillier, 2, y, out));
  is_public(out, sizeof out);
}

CT_TEST(ecm_paillier_factor) {
  ecm_handle p;
  for (uint32_t i = 0; i < 2; i++) {
    CT_OK(ecm_paillier_factor(paillier, i, &p));
    CT_OK(ecm_secret_free(p));
  }
}

static ecm_handle masks;
CT_TEST(ecm_pedersen_prm_commit) {
  uint8_t out[4 * LEN];
  CT_OK(ecm_pedersen_prm_commit(pedersen, 4, out, &masks));
  is_public(out, sizeof out);
}
CT_TEST(ecm_pedersen_prm_respond) {
  uint8_t out[4 * LEN], e = 6;
  ct_mark(masks);
  CT_OK(ecm_pedersen_prm_respond(pedersen, masks, &e, out));
  is_public(out, sizeof out);
  CT_OK(ecm_secret_free(masks));
}

static void round_trip(uint32_t kind, ecm_handle h) {
  ecm_handle blob, copy;
  CT_OK(ecm_serialize(h, &blob));
  ct_mark(blob);
  CT_OK(ecm_load(kind, blob, &copy));
  CT_OK(ecm_secret_free(blob));
  CT_OK(ecm_secret_free(copy));
}
static void ct_keys_serialize_and_load(void) {
  round_trip(ECM_KIND_PAILLIER, paillier);
  round_trip(ECM_KIND_PEDERSEN, pedersen);
}
CT_TEST(ecm_pedersen_forget) {
  CT_OK(ecm_pedersen_forget(pedersen));
  round_trip(ECM_KIND_PEDERSEN, pedersen);
}

int main(void) {
  ct_open_vault();
  CT_RUN(ecm_keygen_take);
  CT_RUN(ecm_paillier_public);
  CT_RUN(ecm_pedersen_public);
  CT_RUN(ecm_int_from_scalar);
  CT_RUN(ecm_int_add);
  CT_RUN(ecm_int_sub);
  CT_RUN(ecm_int_mul);
  CT_RUN(ecm_int_response);
  CT_RUN(ecm_unit_response);
  CT_RUN(ecm_paillier_affine);
  CT_RUN(ecm_pedersen_commit);
  CT_RUN(ecm_paillier_randomizers);
  CT_RUN(ecm_paillier_affine_with);
  CT_RUN(ecm_bases_commit);
  CT_RUN(ecm_bases_random);
  CT_RUN(ecm_paillier_encrypt_own);
  CT_RUN(ecm_paillier_decrypt);
  CT_RUN(ecm_paillier_check_own);
  CT_RUN(ecm_pedersen_check_own);
  CT_RUN(ecm_paillier_nth_roots);
  CT_RUN(ecm_paillier_square_roots);
  CT_RUN(ecm_paillier_factor);
  CT_RUN(ecm_pedersen_prm_commit);
  CT_RUN(ecm_pedersen_prm_respond);
  CT_RUN(keys_serialize_and_load);
  CT_RUN(ecm_pedersen_forget);
  CT_OK(ecm_secret_free(paillier));
  CT_OK(ecm_secret_free(pedersen));
  return DONE();
}
