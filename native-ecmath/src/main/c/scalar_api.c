/* SPDX-License-Identifier: Apache-2.0 */
/* ecm_scalar_* and ecm_ecdsa_s: arithmetic on scalars behind handles, for both curves. */
#include "ct.h"
#include "curve.h"
#include "random.h"
#include "secp256k1_scalar.h"
#include "sha512.h"
#include "vault.h"

static const curve_ops *curve_of(const vault_ref *scalar) { return curve_by_id(scalar->tag); }

/* Mask. */
static uint64_t is_zero(const uint64_t a[4]) { return ct_is_zero(a[0] | a[1] | a[2] | a[3]); }

/* Pins a scalar, and a second one that must be of the same curve. */
static int32_t pin_pair(ecm_handle a, ecm_handle b, vault_ref *ra, vault_ref *rb) {
  int32_t rc = vault_pin(a, ECM_KIND_SCALAR, ra);
  if (rc == ECM_OK) rc = vault_pin(b, ECM_KIND_SCALAR, rb);
  if (rc == ECM_OK && (ra->tag != rb->tag || curve_of(ra) == NULL)) rc = ECM_E_KIND;
  return rc;
}

static int32_t new_scalar(const curve_ops *curve, vault_ref *ref) { return vault_new(ECM_KIND_SCALAR, curve->id, 32, ref); }

/* Publishes unless zero: that a fresh secret is not zero is public, since it is never used otherwise. */
static int32_t publish_nonzero(vault_ref *ref, ecm_handle *out) {
  if (ct_declassify(is_zero(ref->ptr))) return ECM_E_ZERO;
  vault_publish(ref, out);
  return ECM_OK;
}

int32_t ecm_scalar_nonce(uint32_t curve, ecm_handle sec_token_random, const uint8_t *prefix, size_t prefix_len,
                         ecm_handle sec_fragment, const uint8_t *suffix, size_t suffix_len, ecm_handle *out) {
  enum { OS_BYTES = 64 };
  struct work {
    hmac_sha512_ctx hmac;
    uint8_t fragment[32], wide[64], key[];
  };
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c || (!prefix && prefix_len) || (!suffix && suffix_len)) return ECM_E_ARGUMENT;
  vault_ref token = {0}, fragment = {0}, result = {0};
  struct work *w = NULL;
  const curve_ops *of_fragment = NULL;
  int32_t rc = ECM_OK;
  if (sec_token_random) rc = vault_pin(sec_token_random, ECM_KIND_BLOB, &token);
  if (rc == ECM_OK) rc = vault_pin(sec_fragment, ECM_KIND_SCALAR, &fragment);
  if (rc == ECM_OK && !(of_fragment = curve_of(&fragment))) rc = ECM_E_KIND;
  if (rc == ECM_OK && !(w = vault_scratch(sizeof *w + OS_BYTES + token.len))) rc = ECM_E_VAULT_FULL;
  if (rc == ECM_OK) rc = random_secret(w->key, OS_BYTES);
  if (rc == ECM_OK) rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    if (token.ptr) memcpy(w->key + OS_BYTES, token.ptr, token.len);
    of_fragment->sc_encode(w->fragment, fragment.ptr);
    hmac_sha512_init(&w->hmac, w->key, OS_BYTES + token.len);
    if (prefix_len) hmac_sha512_update(&w->hmac, prefix, prefix_len);
    hmac_sha512_update(&w->hmac, w->fragment, sizeof w->fragment);
    if (suffix_len) hmac_sha512_update(&w->hmac, suffix, suffix_len);
    hmac_sha512_final(&w->hmac, w->wide);
    c->sc_reduce_wide(result.ptr, w->wide);
    rc = publish_nonzero(&result, out);
  }
  vault_scratch_free(w);
  vault_discard(&result);
  vault_unpin(&fragment);
  vault_unpin(&token);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_random(uint32_t curve, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c) return ECM_E_ARGUMENT;
  vault_ref result = {0};
  int32_t rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    /* Rejection from the order's number of bits: succeeds with probability > 1/2 each time. That a draw was refused is public:
     * it says nothing about the next. */
    const uint64_t top = UINT64_MAX >> __builtin_clzll(c->order[3]);
    uint64_t *const w = result.ptr;
    uint64_t good = 0;
    for (int tries = 0; rc == ECM_OK && !good; tries++) {
      rc = tries < 256 ? random_secret(w, 32) : ECM_E_RANDOM;
      if (rc != ECM_OK) break;
      w[3] &= top;
      uint64_t less = 0;
      for (int i = 0; i < 4; i++) less = ct_lt(w[i], c->order[i]) | (ct_eq(w[i], c->order[i]) & less);
      good = (uint64_t)ct_declassify(less & ~is_zero(w));
    }
    if (rc == ECM_OK) vault_publish(&result, out);
  }
  vault_discard(&result);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_from_blob(uint32_t curve, ecm_handle sec_blob, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c) return ECM_E_ARGUMENT;
  vault_ref blob = {0}, result = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &blob);
  if (rc == ECM_OK && blob.len != 32) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK) rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    const uint64_t below = c->sc_decode(result.ptr, blob.ptr); /* first: is_zero looks at what it wrote */
    if (ct_declassify(below & ~is_zero(result.ptr)))
      vault_publish(&result, out);
    else
      rc = ECM_E_RANGE;
  }
  vault_discard(&result);
  vault_unpin(&blob);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_from_wide(uint32_t curve, ecm_handle sec_blob, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c) return ECM_E_ARGUMENT;
  vault_ref blob = {0}, result = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &blob);
  if (rc == ECM_OK && blob.len != 64) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK) rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    c->sc_reduce_wide(result.ptr, blob.ptr);
    rc = publish_nonzero(&result, out);
  }
  vault_discard(&result);
  vault_unpin(&blob);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_from_ed25519_seed(ecm_handle sec_blob, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(ECM_ED25519);
  if (!out || !c) return ECM_E_ARGUMENT;
  vault_ref blob = {0}, result = {0};
  int32_t rc = vault_pin(sec_blob, ECM_KIND_BLOB, &blob);
  if (rc == ECM_OK && blob.len != 32) rc = ECM_E_ARGUMENT;
  if (rc == ECM_OK) rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    uint8_t hash[64];
    uint64_t w[4];
    sha512(hash, blob.ptr, 32);
    hash[0] &= 0xF8; /* RFC 8032 §5.1.5 */
    hash[31] = (uint8_t)((hash[31] & 0x7F) | 0x40);
    for (int i = 0; i < 4; i++) {
      w[i] = 0;
      for (int j = 7; j >= 0; j--) w[i] = w[i] << 8 | hash[8 * i + j];
    }
    /* Never 0: a multiple of 8 and of L is one of 8L > 2^255. */
    c->sc_reduce_words(result.ptr, w, 4);
    ct_wipe(hash, sizeof hash); /* this frame is above what ct_clear_stack reaches */
    ct_wipe(w, sizeof w);
    vault_publish(&result, out);
  }
  vault_discard(&result);
  vault_unpin(&blob);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_from_public(uint32_t curve, const uint8_t *b32, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c || !b32) return ECM_E_ARGUMENT;
  vault_ref result = {0};
  int32_t rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    if (c->sc_decode(result.ptr, b32))
      vault_publish(&result, out);
    else
      rc = ECM_E_RANGE;
  }
  vault_discard(&result);
  return rc;
}

int32_t ecm_scalar_from_int(uint32_t curve, ecm_handle sec_int, ecm_handle *out) {
  if (out) *out = 0;
  const curve_ops *const c = curve_by_id(curve);
  if (!out || !c) return ECM_E_ARGUMENT;
  vault_ref x = {0}, result = {0};
  int32_t rc = vault_pin(sec_int, ECM_KIND_INTEGER, &x);
  if (rc == ECM_OK) rc = new_scalar(c, &result);
  if (rc == ECM_OK) {
    static const uint64_t zero[4] = {0};
    const uint64_t *const w = x.ptr; /* sign, then at least one word of magnitude */
    uint64_t minus[4], plus[4];
    c->sc_reduce_words(plus, w + 1, x.len / 8 - 1);
    c->sc_sub(minus, zero, plus);
    ct_select_words(result.ptr, ct_mask_bit(w[0]), minus, plus, 4);
    ct_wipe(plus, sizeof plus);
    ct_wipe(minus, sizeof minus);
    vault_publish(&result, out);
  }
  vault_discard(&result);
  vault_unpin(&x);
  ct_clear_stack();
  return rc;
}

enum operation { ADD, SUB, MUL };

static int32_t combine(enum operation operation, ecm_handle a, ecm_handle b, ecm_handle *out) {
  if (!out) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref ra = {0}, rb = {0}, result = {0};
  int32_t rc = pin_pair(a, b, &ra, &rb);
  if (rc == ECM_OK) rc = new_scalar(curve_of(&ra), &result);
  if (rc == ECM_OK) {
    const curve_ops *const c = curve_of(&ra);
    (operation == ADD ? c->sc_add : operation == SUB ? c->sc_sub : c->sc_mul)(result.ptr, ra.ptr, rb.ptr);
    vault_publish(&result, out);
  }
  vault_discard(&result);
  vault_unpin(&rb);
  vault_unpin(&ra);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_add(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out) { return combine(ADD, sec_a, sec_b, out); }
int32_t ecm_scalar_sub(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out) { return combine(SUB, sec_a, sec_b, out); }
int32_t ecm_scalar_mul(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out) { return combine(MUL, sec_a, sec_b, out); }

int32_t ecm_scalar_inverse(ecm_handle sec_a, ecm_handle *out) {
  if (!out) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref a = {0}, result = {0};
  int32_t rc = vault_pin(sec_a, ECM_KIND_SCALAR, &a);
  if (rc == ECM_OK && !curve_of(&a)) rc = ECM_E_KIND;
  if (rc == ECM_OK) rc = new_scalar(curve_of(&a), &result);
  if (rc == ECM_OK) {
    curve_of(&a)->sc_inv(result.ptr, a.ptr); /* 0 gives 0 */
    rc = publish_nonzero(&result, out);
  }
  vault_discard(&result);
  vault_unpin(&a);
  ct_clear_stack();
  return rc;
}

int32_t ecm_scalar_response(ecm_handle sec_k, const uint8_t *e32, ecm_handle sec_x, uint8_t *out32) {
  if (out32) memset(out32, 0, 32);
  if (!out32 || !e32) return ECM_E_ARGUMENT;
  vault_ref k = {0}, x = {0};
  int32_t rc = pin_pair(sec_k, sec_x, &k, &x);
  if (rc == ECM_OK) {
    const curve_ops *const c = curve_of(&k);
    uint64_t e[4], z[4];
    if (c->sc_decode(e, e32)) {
      c->sc_mul(z, e, x.ptr);
      c->sc_add(z, z, k.ptr);
      c->sc_encode(out32, z);
      ECM_CT_PUBLIC(out32, 32);
    } else {
      rc = ECM_E_RANGE;
    }
  }
  vault_unpin(&x);
  vault_unpin(&k);
  ct_clear_stack();
  return rc;
}

int32_t ecm_ecdsa_s(ecm_handle sec_k, ecm_handle sec_u, uint8_t *out32, uint32_t *negated) {
  if (out32) memset(out32, 0, 32);
  if (negated) *negated = 0;
  if (!out32 || !negated) return ECM_E_ARGUMENT;
  vault_ref k = {0}, u = {0};
  int32_t rc = pin_pair(sec_k, sec_u, &k, &u);
  if (rc == ECM_OK && k.tag != ECM_SECP256K1) rc = ECM_E_KIND;
  if (rc == ECM_OK) {
    static const uint64_t zero[4] = {0};
    uint64_t s[4], minus_s[4];
    k1_sc_inv(s, k.ptr); /* k = 0 gives s = 0 */
    k1_sc_mul(s, s, u.ptr);
    if (ct_declassify(is_zero(s))) {
      rc = ECM_E_ZERO;
    } else {
      const uint64_t high = k1_sc_is_high(s);
      k1_sc_sub(minus_s, zero, s);
      ct_select_words(s, high, minus_s, s, 4);
      k1_sc_encode(out32, s);
      *negated = (uint32_t)(high & 1);
      /* The signature, and the flag that turns its recovery id. */
      ECM_CT_PUBLIC(out32, 32);
      ECM_CT_PUBLIC(negated, sizeof *negated);
    }
    ct_wipe(s, sizeof s);
    ct_wipe(minus_s, sizeof minus_s);
  }
  vault_unpin(&u);
  vault_unpin(&k);
  ct_clear_stack();
  return rc;
}
