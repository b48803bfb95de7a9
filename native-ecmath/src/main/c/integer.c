/* SPDX-License-Identifier: Apache-2.0 */
/* Secret integers: sign and magnitude at a public width. B = 2^64 in the comments on bounds. */
#include "integer.h"

#include "ct.h"
#include "curve.h"
#include "limb.h"
#include "random.h"

#define MAX_BYTES (8 * INTEGER_MAX_WORDS)

int32_t integer_new(size_t words, vault_ref *out) {
  memset(out, 0, sizeof *out);
  if (words == 0 || words > INTEGER_MAX_WORDS) return ECM_E_RANGE;
  return vault_new(ECM_KIND_INTEGER, 0, 8 + 8 * words, out);
}

int32_t integer_width(ecm_handle h, size_t *words) {
  vault_ref x;
  int32_t rc = vault_pin(h, ECM_KIND_INTEGER, &x);
  *words = rc == ECM_OK ? integer_words(&x) : 0;
  vault_unpin(&x);
  return rc;
}

int32_t integer_widest(size_t n, size_t stride, const ecm_handle *h, size_t *max) {
  int32_t rc = ECM_OK;
  *max = 0;
  for (size_t i = 0; i < n && rc == ECM_OK; i++) {
    size_t words;
    rc = integer_width(h[i * stride], &words);
    if (words > *max) *max = words;
  }
  return rc;
}

void integer_free_all(ecm_handle *h, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (h[i] != 0) (void)ecm_secret_free(h[i]);
    h[i] = 0;
  }
}

/* bound may be null: only the width counts. */
static int32_t get(ecm_handle h, uint64_t *r, const uint64_t *bound, size_t n) {
  limb_zero(r, n);
  vault_ref x;
  int32_t rc = vault_pin(h, ECM_KIND_INTEGER, &x);
  if (rc != ECM_OK) return rc;
  const uint64_t *m = integer_magnitude(&x);
  size_t words = integer_words(&x), low = words < n ? words : n;
  limb_copy(r, m, low);
  uint64_t ok = limb_is_zero(m + low, words - low) & ~ct_mask_bit(*(uint64_t *)x.ptr);
  if (bound) ok &= limb_lt(r, bound, n);
  vault_unpin(&x);
  return ct_declassify(ok) ? ECM_OK : ECM_E_RANGE;
}

int32_t integer_get(ecm_handle h, uint64_t *r, size_t n) { return get(h, r, NULL, n); }
int32_t integer_get_below(ecm_handle h, uint64_t *r, const uint64_t *bound, size_t n) { return get(h, r, bound, n); }

int32_t integer_below(uint64_t *r, const uint64_t *bound, size_t n) {
  for (;;) {
    int32_t rc = random_secret(r, 8 * n);
    if (rc != ECM_OK) return rc;
    if (ct_declassify(limb_lt(r, bound, n))) return ECM_OK;
  }
}

/* The same for a public bound: bits above the bound's highest are not drawn, so it accepts at least every other time. */
static int32_t below_public(uint64_t *r, const uint64_t *bound, size_t n) {
  size_t bits = limb_bits_vartime(bound, n), used = (bits + 63) / 64;
  uint64_t top = UINT64_MAX >> (64 * used - bits);
  for (;;) {
    int32_t rc = random_secret(r, 8 * used);
    if (rc != ECM_OK) return rc;
    r[used - 1] &= top;
    if (ct_declassify(limb_lt(r, bound, n))) return ECM_OK;
  }
}

int32_t ecm_int_random_below(const uint8_t *bound, size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (bound == NULL || len == 0 || len > MAX_BYTES) return ECM_E_ARGUMENT;
  uint64_t b[INTEGER_MAX_WORDS];
  size_t n = (len + 7) / 8;
  limb_from_bytes(b, n, bound, len);
  if (limb_bits_vartime(b, n) == 0) return ECM_E_RANGE;
  vault_ref r;
  int32_t rc = integer_new(n, &r);
  if (rc == ECM_OK) rc = below_public(integer_magnitude(&r), b, n);
  if (rc == ECM_OK) vault_publish(&r, out);
  vault_discard(&r);
  ct_clear_stack();
  return rc;
}

int32_t ecm_int_from_public(const uint8_t *value, size_t len, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  if (value == NULL || len == 0 || len > MAX_BYTES) return ECM_E_ARGUMENT;
  vault_ref r;
  size_t n = (len + 7) / 8;
  int32_t rc = integer_new(n, &r);
  if (rc != ECM_OK) return rc;
  limb_from_bytes(integer_magnitude(&r), n, value, len);
  vault_publish(&r, out);
  return ECM_OK;
}

int32_t ecm_int_from_scalar(ecm_handle sec_scalar, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref s = {0}, r = {0};
  int32_t rc = vault_pin(sec_scalar, ECM_KIND_SCALAR, &s);
  if (rc == ECM_OK) rc = integer_new(4, &r);
  if (rc == ECM_OK) {
    limb_copy(integer_magnitude(&r), s.ptr, 4);
    vault_publish(&r, out);
  }
  vault_unpin(&s);
  vault_discard(&r);
  ct_clear_stack();
  return rc;
}

/* r (n words, two's complement) = x if flip is 0, -x if it is all ones; n > words of x, so |x| <= B^n/2 - 1. */
static void to_complement(uint64_t *r, size_t n, const vault_ref *x, uint64_t flip) {
  const uint64_t *m = integer_magnitude(x);
  size_t words = integer_words(x);
  uint64_t mask = ct_mask_bit(*(uint64_t *)x->ptr) ^ flip, carry = mask & 1;
  for (size_t i = 0; i < n; i++) {
    uint64_t w = (i < words ? m[i] : 0) ^ mask;
    r[i] = w + carry;
    carry = carry & ct_is_zero(r[i]);
  }
}

/* In place: n words of two's complement become a magnitude; returns the sign. Zero gets sign 0. */
static uint64_t from_complement(uint64_t *r, size_t n) {
  uint64_t mask = ct_mask_bit(r[n - 1] >> 63), carry = mask & 1;
  for (size_t i = 0; i < n; i++) {
    r[i] = (r[i] ^ mask) + carry;
    carry = carry & ct_is_zero(r[i]);
  }
  return mask & 1;
}

/* out = a + b, or a - b for flip all ones. |a|, |b| < B^w, so |out| < 2 B^w fits w + 1 words of two's complement. */
static int32_t add_or_sub(ecm_handle sec_a, ecm_handle sec_b, uint64_t flip, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref a = {0}, b = {0}, r = {0};
  uint64_t *t = NULL;
  int32_t rc = vault_pin(sec_a, ECM_KIND_INTEGER, &a);
  if (rc == ECM_OK) rc = vault_pin(sec_b, ECM_KIND_INTEGER, &b);
  if (rc != ECM_OK) goto done;
  size_t an = integer_words(&a), bn = integer_words(&b), n = (an > bn ? an : bn) + 1;
  rc = integer_new(n, &r);
  if (rc != ECM_OK) goto done;
  t = vault_scratch(8 * n);
  if (t == NULL) {
    rc = ECM_E_VAULT_FULL;
    goto done;
  }
  uint64_t *m = integer_magnitude(&r);
  to_complement(m, n, &a, 0);
  to_complement(t, n, &b, flip);
  limb_add(m, m, t, n);
  *(uint64_t *)r.ptr = from_complement(m, n);
  vault_publish(&r, out);
done:
  vault_scratch_free(t);
  vault_discard(&r);
  vault_unpin(&b);
  vault_unpin(&a);
  ct_clear_stack();
  return rc;
}

int32_t ecm_int_add(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out) { return add_or_sub(sec_a, sec_b, 0, out); }
int32_t ecm_int_sub(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out) { return add_or_sub(sec_a, sec_b, UINT64_MAX, out); }

int32_t ecm_int_mul(ecm_handle sec_a, ecm_handle sec_b, ecm_handle *out) {
  if (out == NULL) return ECM_E_ARGUMENT;
  *out = 0;
  vault_ref a = {0}, b = {0}, r = {0};
  int32_t rc = vault_pin(sec_a, ECM_KIND_INTEGER, &a);
  if (rc == ECM_OK) rc = vault_pin(sec_b, ECM_KIND_INTEGER, &b);
  if (rc == ECM_OK) rc = integer_new(integer_words(&a) + integer_words(&b), &r);
  if (rc == ECM_OK) {
    uint64_t *m = integer_magnitude(&r);
    limb_mul(m, integer_magnitude(&a), integer_words(&a), integer_magnitude(&b), integer_words(&b));
    uint64_t sign = *(uint64_t *)a.ptr ^ *(uint64_t *)b.ptr;
    *(uint64_t *)r.ptr = sign & ~limb_is_zero(m, integer_words(&r));
    vault_publish(&r, out);
  }
  vault_discard(&r);
  vault_unpin(&b);
  vault_unpin(&a);
  ct_clear_stack();
  return rc;
}

int32_t ecm_int_response(ecm_handle sec_alpha, const uint8_t *e, size_t e_len, ecm_handle sec_x, uint8_t *out, size_t out_len) {
  if (out == NULL || out_len == 0 || out_len > MAX_BYTES) return ECM_E_ARGUMENT;
  memset(out, 0, out_len);
  if (e == NULL || e_len == 0 || e_len > 32) return ECM_E_ARGUMENT;
  vault_ref alpha = {0}, x = {0}, product = {0};
  uint64_t *z = NULL, ew[4];
  int32_t rc = vault_pin(sec_alpha, ECM_KIND_INTEGER, &alpha);
  if (rc == ECM_OK) rc = vault_pin(sec_x, ECM_KIND_INTEGER, &x);
  if (rc != ECM_OK) goto done;
  /* |e*x| < B^(xn+4), alpha < B^an, and one word for the sum's sign */
  size_t xn = integer_words(&x), an = integer_words(&alpha), n = (xn + 4 > an ? xn + 4 : an) + 1;
  rc = vault_new(ECM_KIND_INTEGER, 0, 8 * (1 + xn + 4), &product);
  if (rc != ECM_OK) goto done;
  z = vault_scratch(2 * 8 * n);
  if (z == NULL) {
    rc = ECM_E_VAULT_FULL;
    goto done;
  }
  limb_from_bytes(ew, 4, e, e_len);
  limb_mul(integer_magnitude(&product), integer_magnitude(&x), xn, ew, 4);
  *(uint64_t *)product.ptr = *(uint64_t *)x.ptr;
  to_complement(z, n, &alpha, 0);
  to_complement(z + n, n, &product, 0);
  limb_add(z, z, z + n, n);
  /* In range: not negative, and nothing above 8*out_len bits. Only that, and then z, becomes public. */
  size_t full = out_len / 8, rest = out_len % 8;
  uint64_t above = ct_mask_bit(z[n - 1] >> 63);
  for (size_t i = full; i < n; i++) above |= i == full ? z[i] >> (8 * rest) : z[i];
  if (!ct_declassify(ct_is_zero(above))) {
    rc = ECM_E_RANGE;
    goto done;
  }
  limb_to_bytes(out, out_len < 8 * n ? out_len : 8 * n, z, n);
  if (out_len > 8 * n) {
    memmove(out + out_len - 8 * n, out, 8 * n);
    memset(out, 0, out_len - 8 * n);
  }
  ECM_CT_PUBLIC(out, out_len);
done:
  vault_scratch_free(z);
  vault_discard(&product);
  vault_unpin(&x);
  vault_unpin(&alpha);
  ct_clear_stack();
  return rc;
}
