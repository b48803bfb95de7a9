/* SPDX-License-Identifier: Apache-2.0 */
#include "ct.h"
#include "paillier.h"
#include "pedersen.h"
#include "sha512.h"
#include "test.h"
#include "vault.h"

/* No function leaves a word of a secret on the stack below its caller, its own frame included: ct_clear_stack cannot reach the frame
 * of the function that calls it, so what lies there each function has to wipe itself. */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_STACK 1
#endif
#endif
#if (defined(__x86_64__) || defined(__aarch64__)) && !defined(__SANITIZE_ADDRESS__) && !defined(ECM_CTCHECK) && !defined(OTHER_STACK)

enum { NEEDLES = 4096, DEPTH = 48 * 1024 };
static uint64_t needle[NEEDLES]; /* sorted, no duplicates */
static size_t needles;

/* Words that say nothing (zero, small, from either end, all ones) would be met by chance. */
static void want_word(uint64_t w) {
  if (w >> 16 == 0 || w << 16 == 0 || ~w >> 16 == 0 || needles == NEEDLES) return;
  size_t i = needles;
  for (size_t j = 0; j < needles; j++)
    if (needle[j] == w) return;
  for (; i > 0 && needle[i - 1] > w; i--) needle[i] = needle[i - 1];
  needle[i] = w;
  needles++;
}
/* As they lie in memory, and byte-reversed: encodings. */
static void want(const void *p, size_t len) {
  for (size_t i = 0; i + 8 <= len; i += 8) {
    uint64_t w;
    memcpy(&w, (const uint8_t *)p + i, 8);
    want_word(w);
    want_word(__builtin_bswap64(w));
  }
}
static void want_handle(ecm_handle h) {
  vault_ref r;
  CHECK(vault_pin(h, 0, &r) == ECM_OK);
  if (r.kind == ECM_KIND_PAILLIER) {
    const paillier_key *k = r.ptr;
    /* the upper half of phi is N's, but for its lowest bits */
    want(k->p.m, 8 * k->h), want(k->q.m, 8 * k->h), want(k->phi, 8 * k->h), want(k->dp, 8 * k->h), want(k->dq, 8 * k->h);
    want(k->p.r2, 8 * k->h), want(k->q.r2, 8 * k->h), want(k->hp, 8 * k->h), want(k->p_inv_q, 8 * k->h);
  } else if (r.kind == ECM_KIND_PEDERSEN) {
    const pedersen_key *k = r.ptr;
    want(k->p.m, 8 * k->h), want(k->q.m, 8 * k->h), want(k->phi, 8 * k->h), want(k->lambda1, 16 * k->h), want(k->lambda2, 16 * k->h);
    want(k->tp, 8 * k->h), want(k->tq, 8 * k->h), want(k->p.r2, 8 * k->h);
  } else {
    want(r.ptr, r.len);
  }
  vault_unpin(&r);
}

/* What the calls work on: filled before, looked at after. */
static ecm_handle seed32, wide64, key, blob, k1, k2, ed, alpha, small, rho, pai, ped, made, extra, list[3];
static uint8_t N[64], hatN[64], s1[64], s2[64], t[64], bases[192], c[256], point[33], ed_point[32], out[4096], e[32];
static uint32_t negated, equal;
static int32_t rc;

static int hidden; /* words found */
static uint64_t last_found;

static inline __attribute__((always_inline)) uintptr_t stack_pointer(void) {
  uintptr_t sp;
#if defined(__x86_64__)
  __asm__ volatile("mov %%rsp, %0" : "=r"(sp));
#else
  __asm__ volatile("mov %0, sp" : "=r"(sp));
#endif
  return sp;
}

/* Calls, then copies what lies below the stack pointer before anything else writes there; its own frame stays above. */
static uint64_t below[DEPTH / 8];
static __attribute__((noinline)) void run(void (*call)(void)) {
  call();
  const volatile uint64_t *p = (const volatile uint64_t *)(stack_pointer() - DEPTH);
  for (size_t i = 0; i < DEPTH / 8; i++) below[i] = p[i];
}
static void look(void) {
  hidden = 0;
  for (size_t i = 0; i < DEPTH / 8; i++) {
    size_t low = 0, high = needles;
    while (low < high) {
      size_t mid = (low + high) / 2;
      if (needle[mid] < below[i]) low = mid + 1;
      else high = mid;
    }
    if (low < needles && needle[low] == below[i]) {
      hidden++;
      last_found = below[i];
    }
  }
}

/* The call is the whole of its function, and a tail call leaves no frame between run and it; then what is wanted of its result. */
#define CASE(name, call, after)                                                                              \
  static void call_##name(void) { rc = (call); }                                                             \
  static void name(void) {                                                                                   \
    made = extra = 0;                                                                                        \
    run(call_##name);                                                                                        \
    CHECK(rc == ECM_OK);                                                                                     \
    after;                                                                                                   \
    look();                                                                                                  \
    if (hidden) fprintf(stderr, "%s: %d words, %016llx\n", #name, hidden, (unsigned long long)last_found);  \
    CHECK(hidden == 0);                                                                                      \
    if (made) (void)ecm_secret_free(made);                                                                   \
    if (extra) (void)ecm_secret_free(extra);                                                                 \
  }
#define MADE want_handle(made)

/* Without this the others might see nothing. */
static __attribute__((noinline)) void call_careless(void) {
  volatile uint64_t copy[4];
  vault_ref r;
  if (vault_pin(k1, ECM_KIND_SCALAR, &r) == ECM_OK)
    for (size_t i = 0; i < 4; i++) copy[i] = ((uint64_t *)r.ptr)[i];
  vault_unpin(&r);
  ct_clear_stack();
  (void)copy[0];
}
static void a_careless_function_is_found_out(void) {
  run(call_careless);
  look();
  CHECK(hidden >= 4);
}

CASE(scalar_from_ed25519_seed, ecm_scalar_from_ed25519_seed(seed32, &made), MADE; want(out, 64))
CASE(scalar_from_int, ecm_scalar_from_int(ECM_SECP256K1, alpha, &made), MADE; CHECK(ecm_scalar_sub(k1, made, &extra) == ECM_OK))
CASE(scalar_from_wide, ecm_scalar_from_wide(ECM_SECP256K1, wide64, &made), MADE)
CASE(scalar_from_blob, ecm_scalar_from_blob(ECM_SECP256K1, seed32, &made), MADE)
CASE(scalar_nonce, ecm_scalar_nonce(ECM_SECP256K1, seed32, e, 32, k2, e, 32, &made), MADE)
CASE(scalar_random, ecm_scalar_random(ECM_ED25519, &made), MADE)
CASE(scalar_add, ecm_scalar_add(k1, k2, &made), MADE)
CASE(scalar_sub, ecm_scalar_sub(k1, k2, &made), MADE)
CASE(scalar_mul, ecm_scalar_mul(k1, k2, &made), MADE)
CASE(scalar_inverse, ecm_scalar_inverse(k1, &made), MADE)
CASE(scalar_response, ecm_scalar_response(k1, e, k2, out), (void)0)
CASE(ecdsa_s, ecm_ecdsa_s(k1, k2, out, &negated), CHECK(ecm_scalar_inverse(k1, &made) == ECM_OK); MADE)
CASE(point_mul_base, ecm_point_mul_base(ECM_SECP256K1, 2, list, out), (void)0)
CASE(point_mul, ecm_point_mul(ECM_SECP256K1, 1, point, &k1, out), (void)0)
CASE(point_dh, ecm_point_dh(ECM_SECP256K1, point, k2, &made), MADE)
CASE(ed_mul_base, ecm_point_mul_base(ECM_ED25519, 1, &ed, out), (void)0)
CASE(ed_mul, ecm_point_mul(ECM_ED25519, 1, ed_point, &ed, out), (void)0)
CASE(ed_dh, ecm_point_dh(ECM_ED25519, ed_point, ed, &made), MADE)
CASE(blob_random, ecm_blob_random(100, seed32, &made), MADE)
CASE(blob_slice, ecm_blob_slice(blob, 8, 80, &made), MADE)
CASE(blob_concat, ecm_blob_concat(1, &blob, &made), MADE)
CASE(blob_pad, ecm_blob_pad16(blob, &made), MADE)
CASE(secret_equal, ecm_secret_equal(blob, blob, &equal), (void)0)
CASE(hmac, ecm_hmac(key, e, 32, out), (void)0)
CASE(hmac_verify, ecm_hmac_verify(key, e, 32, out), want(out, 64))
CASE(hmac_secret, ecm_hmac_secret(key, e, 32, &made), MADE)
CASE(pbkdf2, ecm_pbkdf2(key, e, 32, 10, 64, &made), MADE)
CASE(seal, ecm_seal(key, e, 32, blob, out, 256 + ECM_SEAL_OVERHEAD), (void)0)
CASE(open_sealed, ecm_open(key, e, 32, out, 256 + ECM_SEAL_OVERHEAD, &made), MADE)
static const uint32_t path[4] = {0x80000000u, 1, 2, 0x80000003u};
CASE(bip32, ecm_bip32_derive(wide64, path, 4, &made), MADE)
CASE(int_random, ecm_int_random_below(N, 64, &made), MADE)
CASE(int_from_scalar, ecm_int_from_scalar(k1, &made), MADE)
CASE(int_add, ecm_int_add(alpha, rho, &made), MADE)
CASE(int_sub, ecm_int_sub(small, alpha, &made), MADE)
CASE(int_mul, ecm_int_mul(alpha, rho, &made), MADE)
CASE(int_response, ecm_int_response(alpha, e, 16, small, out, 128), (void)0)
CASE(unit_random, ecm_unit_random(N, 64, &made), MADE)
CASE(unit_response, ecm_unit_response(N, 64, rho, e, 16, alpha, out), (void)0)
CASE(paillier_affine, ecm_paillier_affine(N, 64, 1, c, &small, &small, &rho, out), (void)0)
CASE(pedersen_commit, ecm_pedersen_commit(hatN, 64, 3, bases, 1, list, out), (void)0)
CASE(encrypt_own, ecm_paillier_encrypt_own(pai, 1, &small, &rho, c), (void)0)
CASE(decrypt, ecm_paillier_decrypt(pai, 1, c, 0, &made), MADE)
CASE(decrypt_bounded, ecm_paillier_decrypt(pai, 1, c, 300, &made), MADE)
CASE(decrypt_batch, ecm_paillier_decrypt(pai, 2, c, 0, list), want_handle(list[0]); want_handle(list[1]))
CASE(nth_roots, ecm_paillier_nth_roots(pai, 2, out + 1024, out), (void)0)
CASE(paillier_factor, ecm_paillier_factor(pai, 1, &made), MADE)
CASE(serialize_paillier, ecm_serialize(pai, &made), (void)0)
CASE(load_paillier, ecm_load(ECM_KIND_PAILLIER, extra = list[0], &made), extra = 0)
CASE(serialize_pedersen, ecm_serialize(ped, &made), (void)0)
CASE(load_pedersen, ecm_load(ECM_KIND_PEDERSEN, extra = list[0], &made), extra = 0)
CASE(serialize_scalar, ecm_serialize(k1, &made), (void)0)
CASE(load_scalar, ecm_load(ECM_KIND_SCALAR, list[0], &made), MADE)
CASE(serialize_integer, ecm_serialize(alpha, &made), (void)0)
CASE(load_integer, ecm_load(ECM_KIND_INTEGER, list[0], &made), MADE)
CASE(prm_commit, ecm_pedersen_prm_commit(ped, 4, out, &made), {
  vault_ref r; /* the masks follow a header that holds N, which is public */
  CHECK(vault_pin(made, ECM_KIND_PRM_MASKS, &r) == ECM_OK);
  want((uint8_t *)r.ptr + r.len - 4 * 64, 4 * 64);
  vault_unpin(&r);
  list[0] = made;
  made = 0;
})
CASE(prm_respond, ecm_pedersen_prm_respond(ped, list[0], e, out), (void)0)
static ecm_handle job;
CASE(keygen_take, ecm_keygen_take(job, &made), MADE)

static uint64_t tried;
static uint32_t found;
CASE(keygen_step, ecm_keygen_step(job, UINT32_MAX, &tried, &found), CHECK(ecm_keygen_take(job, &made) == ECM_OK); MADE)

static void make_key(uint32_t what, ecm_handle *h) {
  uint64_t progress;
  uint32_t primes;
  int32_t step;
  CHECK(ecm_keygen_new(what, 512, &job) == ECM_OK);
  while ((step = ecm_keygen_step(job, 1000, &progress, &primes)) == ECM_MORE) {}
  CHECK(step == ECM_OK);
  if (h == NULL) return;
  CHECK(ecm_keygen_take(job, h) == ECM_OK);
  CHECK(ecm_secret_free(job) == ECM_OK);
}
static ecm_handle random_blob(size_t len) {
  ecm_handle h = 0;
  CHECK(ecm_blob_random(len, 0, &h) == ECM_OK);
  want_handle(h);
  return h;
}
static void make_secrets(void) {
  CHECK(ecm_vault_open(1u << 23, ECM_VAULT_NO_MEMFD_SECRET | ECM_VAULT_ALLOW_UNLOCKED) == ECM_OK);
  make_key(ECM_KEYGEN_PAILLIER, &pai);
  make_key(ECM_KEYGEN_PEDERSEN, &ped);
  want_handle(pai), want_handle(ped);
  seed32 = random_blob(32), wide64 = random_blob(64), key = random_blob(32), blob = random_blob(256);
  CHECK(ecm_scalar_random(ECM_SECP256K1, &k1) == ECM_OK && ecm_scalar_random(ECM_SECP256K1, &k2) == ECM_OK);
  CHECK(ecm_scalar_random(ECM_ED25519, &ed) == ECM_OK);
  want_handle(k1), want_handle(k2), want_handle(ed);
  CHECK(ecm_paillier_public(pai, N, 64) == ECM_OK && ecm_pedersen_public(ped, hatN, s1, s2, t, 64) == ECM_OK);
  memcpy(bases, s1, 64), memcpy(bases + 64, s2, 64), memcpy(bases + 128, t, 64);
  CHECK(ecm_unit_random(N, 64, &rho) == ECM_OK && ecm_unit_random(N, 64, &alpha) == ECM_OK);
  CHECK(ecm_int_from_scalar(k2, &small) == ECM_OK);
  want_handle(rho), want_handle(alpha), want_handle(small);
  CHECK(ecm_point_mul_base(ECM_SECP256K1, 1, &k1, point) == ECM_OK && ecm_point_mul_base(ECM_ED25519, 1, &ed, ed_point) == ECM_OK);
  test_rand_bytes(e, 32);
  e[0] = 0; /* below either order, big-endian */
  e[31] = 0;
}
/* The clamped SHA-512 of the seed: the private scalar before its reduction. */
static void hash_of_seed(uint8_t *h) {
  vault_ref r;
  CHECK(vault_pin(seed32, ECM_KIND_BLOB, &r) == ECM_OK);
  sha512(h, r.ptr, 32);
  vault_unpin(&r);
  h[0] &= 0xf8;
  h[31] = (uint8_t)((h[31] & 0x7f) | 0x40);
}

int main(void) {
  RUN(make_secrets);
  hash_of_seed(out);
  RUN(a_careless_function_is_found_out);
  RUN(scalar_from_ed25519_seed);
  RUN(scalar_from_int);
  RUN(scalar_from_wide);
  RUN(scalar_from_blob);
  RUN(scalar_nonce);
  RUN(scalar_random);
  RUN(scalar_add);
  RUN(scalar_sub);
  RUN(scalar_mul);
  RUN(scalar_inverse);
  RUN(scalar_response);
  RUN(ecdsa_s);
  list[0] = k1, list[1] = k2;
  RUN(point_mul_base);
  RUN(point_mul);
  RUN(point_dh);
  RUN(ed_mul_base);
  RUN(ed_mul);
  RUN(ed_dh);
  RUN(blob_random);
  RUN(blob_slice);
  RUN(blob_concat);
  RUN(blob_pad);
  RUN(secret_equal);
  RUN(hmac);
  RUN(hmac_verify);
  RUN(hmac_secret);
  RUN(pbkdf2);
  RUN(seal);
  RUN(open_sealed);
  RUN(bip32);
  RUN(int_random);
  RUN(int_from_scalar);
  RUN(int_add);
  RUN(int_sub);
  RUN(int_mul);
  RUN(int_response);
  RUN(unit_random);
  RUN(unit_response);
  RUN(encrypt_own);
  RUN(decrypt);
  RUN(decrypt_bounded);
  memcpy(c + 128, c, 128);
  RUN(decrypt_batch);
  RUN(paillier_affine);
  list[0] = small, list[1] = alpha, list[2] = rho;
  RUN(pedersen_commit);
  memcpy(out + 1024, s1, 64), memcpy(out + 1088, s2, 64);
  out[1024] = out[1088] = 1; /* below N */
  RUN(nth_roots);
  RUN(paillier_factor);
  RUN(serialize_paillier);
  CHECK(ecm_serialize(pai, &list[0]) == ECM_OK);
  RUN(load_paillier);
  RUN(serialize_pedersen);
  CHECK(ecm_serialize(ped, &list[0]) == ECM_OK);
  RUN(load_pedersen);
  RUN(serialize_scalar);
  CHECK(ecm_serialize(k1, &list[0]) == ECM_OK);
  RUN(load_scalar);
  RUN(serialize_integer);
  CHECK(ecm_serialize(alpha, &list[0]) == ECM_OK);
  RUN(load_integer);
  RUN(prm_commit);
  RUN(prm_respond);
  make_key(ECM_KEYGEN_PAILLIER, NULL);
  RUN(keygen_take);
  make_key(ECM_KEYGEN_PEDERSEN, NULL);
  RUN(keygen_take);
  CHECK(ecm_keygen_new(ECM_KEYGEN_PAILLIER, 512, &job) == ECM_OK);
  RUN(keygen_step);
  CHECK(ecm_keygen_new(ECM_KEYGEN_PEDERSEN, 512, &job) == ECM_OK);
  RUN(keygen_step);
  return DONE();
}
#else
int main(void) {
  SKIP("stack residue: sanitizers and valgrind keep stacks of their own");
  return DONE();
}
#endif
