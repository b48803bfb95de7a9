/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath.internal;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import org.jspecify.annotations.Nullable;

/**
 * ecm.h, function by function, by JNA direct mapping. The contract of each is in ecm.h; here are
 * only the types: handles and {@code size_t} are {@code long}, an output of one value is an array
 * of length 1. Nothing checks lengths here: callers in {@code com.spatium.ecmath} do.
 */
public final class Ecm {
  /** The version of ecm.h that this class repeats. */
  public static final int ABI_VERSION = 2;

  /** Return code: a bounded search has used up its window. */
  public static final int MORE = 1;

  /** Return code: success. */
  public static final int OK = 0;

  private Ecm() {}

  /** Binds the methods below to a library whose ABI version was checked. */
  static void bind(NativeLibrary library) {
    Native.register(Ecm.class, library);
  }

  public static native int ecm_abi_version();

  public static native int ecm_self_test();

  public static native int ecm_kernel(byte[] out16);

  public static native int ecm_vault_open(long bytes, int flags);

  public static native int ecm_vault_close();

  public static native int ecm_vault_report(long[] out);

  public static native int ecm_secret_free(long secH);

  public static native int ecm_secret_info(long secH, int[] kind, long[] length);

  public static native int ecm_secret_equal(long secA, long secB, int[] equal);

  public static native int ecm_secret_address(long secBlob, long[] address, long[] length);

  public static native int ecm_random(byte[] out, long len);

  public static native int ecm_blob_new(long len, long[] out);

  public static native int ecm_blob_random(long len, long secMix, long[] out);

  public static native int ecm_blob_from_public(byte[] data, long len, long[] out);

  public static native int ecm_blob_slice(long secBlob, long offset, long len, long[] out);

  public static native int ecm_blob_concat(long n, long[] secBlobs, long[] out);

  public static native int ecm_blob_pad16(long secBlob, long[] out);

  public static native int ecm_blob_unpad16(long secBlob, long[] out);

  public static native int ecm_blob_read_fd(int fd, int format, long max, long[] out);

  public static native int ecm_blob_read_file(byte[] path, int format, long max, long[] out);

  public static native int ecm_hmac(long secKey, byte[] data, long len, byte[] out64);

  public static native int ecm_hmac_verify(long secKey, byte[] data, long len, byte[] mac64);

  public static native int ecm_hmac_secret(long secKey, byte[] data, long len, long[] out);

  public static native int ecm_pbkdf2(
      long secPassphrase, byte[] salt, long saltLen, int iterations, long outLen, long[] out);

  public static native int ecm_seal(
      long secKey, byte[] aad, long aadLen, long secBlob, byte[] out, long outLen);

  public static native int ecm_open(
      long secKey, byte[] aad, long aadLen, byte[] sealed, long len, long[] out);

  public static native int ecm_bip32_derive(long secSeed, int[] path, long n, long[] out);

  public static native int ecm_serialize(long secH, long[] outBlob);

  public static native int ecm_load(int kind, long secBlob, long[] out);

  public static native int ecm_scalar_nonce(
      int curve,
      long secTokenRandom,
      byte[] prefix,
      long prefixLen,
      long secFragment,
      byte[] suffix,
      long suffixLen,
      long[] out);

  public static native int ecm_scalar_random(int curve, long[] out);

  public static native int ecm_scalar_from_blob(int curve, long secBlob, long[] out);

  public static native int ecm_scalar_from_wide(int curve, long secBlob, long[] out);

  public static native int ecm_scalar_from_ed25519_seed(long secBlob, long[] out);

  public static native int ecm_scalar_from_public(int curve, byte[] b32, long[] out);

  public static native int ecm_scalar_from_int(int curve, long secInt, long[] out);

  public static native int ecm_scalar_add(long secA, long secB, long[] out);

  public static native int ecm_scalar_sub(long secA, long secB, long[] out);

  public static native int ecm_scalar_mul(long secA, long secB, long[] out);

  public static native int ecm_scalar_inverse(long secA, long[] out);

  public static native int ecm_scalar_response(long secK, byte[] e32, long secX, byte[] out32);

  public static native int ecm_ecdsa_s(long secK, long secU, byte[] out32, int[] negated);

  public static native int ecm_point_mul_base(int curve, long n, long[] secK, byte[] out);

  public static native int ecm_point_mul(int curve, long n, byte[] points, long[] secK, byte[] out);

  public static native int ecm_point_dh(int curve, byte[] point, long secK, long[] out);

  public static native int ecm_point_check_vartime(int curve, long n, byte[] points);

  public static native int ecm_point_linear_vartime(
      int curve, byte @Nullable [] baseScalar, long n, byte[] scalars, byte[] points, byte[] out);

  public static native int ecm_ecdsa_verify_vartime(
      byte[] q33, byte[] digest32, byte[] r32, byte[] s32);

  public static native int ecm_ed25519_verify_vartime(
      byte[] a32, byte[] message, long len, byte[] sig64);

  public static native int ecm_int_random_below(byte[] bound, long len, long[] out);

  public static native int ecm_int_from_public(byte[] value, long len, long[] out);

  public static native int ecm_int_from_scalar(long secScalar, long[] out);

  public static native int ecm_int_add(long secA, long secB, long[] out);

  public static native int ecm_int_sub(long secA, long secB, long[] out);

  public static native int ecm_int_mul(long secA, long secB, long[] out);

  public static native int ecm_int_response(
      long secAlpha, byte[] e, long eLen, long secX, byte[] out, long outLen);

  public static native int ecm_modulus_check_vartime(byte[] modulus, long nlen);

  public static native int ecm_units_check_vartime(
      byte[] modulus, long nlen, int power, long n, byte[] elements);

  public static native int ecm_jacobi_vartime(
      byte[] modulus, long nlen, long n, byte[] elements, byte[] out);

  public static native int ecm_pow_vartime(
      byte[] modulus,
      long nlen,
      int power,
      long n,
      long k,
      byte[] bases,
      byte[] exps,
      int[] expLen,
      byte[] out);

  public static native int ecm_pow_fixed_vartime(
      byte[] modulus, long nlen, byte[] base, long n, byte[] exps, long expLen, byte[] out);

  public static native int ecm_product_vartime(
      byte[] modulus, long nlen, int power, long n, byte[] elements, byte[] out);

  public static native int ecm_unit_random(byte[] modulus, long nlen, long[] out);

  public static native int ecm_unit_response(
      byte[] modulus, long nlen, long secTau, byte[] e, long eLen, long secSigma, byte[] out);

  public static native int ecm_paillier_affine(
      byte[] modulus,
      long nlen,
      long n,
      byte @Nullable [] ciphertexts,
      long @Nullable [] secA,
      long[] secB,
      long[] secRho,
      byte[] out);

  public static native int ecm_pedersen_commit(
      byte[] modulus, long nlen, long k, byte[] bases, long n, long[] secExps, byte[] out);

  public static native int ecm_paillier_randomizers(
      byte[] modulus, long nlen, long n, long[] outRho, long[] outRhoN);

  public static native int ecm_paillier_affine_with(
      byte[] modulus,
      long nlen,
      long n,
      byte @Nullable [] ciphertexts,
      long @Nullable [] secA,
      long[] secB,
      long[] secRhoN,
      byte[] out);

  public static native int ecm_bases_new(
      byte[] modulus, long nlen, long k, byte[] bases, int[] expBits, long[] out);

  public static native int ecm_bases_commit(
      long bases, long n, long[] secExps, long @Nullable [] secBlinds, byte[] out);

  public static native int ecm_bases_random(
      long bases,
      long which,
      byte[] bound,
      long boundLen,
      long n,
      long[] outExps,
      long[] outPowers);

  public static native int ecm_bases_pow_vartime(
      long bases, long n, byte[] exps, int[] expLen, byte[] out);

  public static native int ecm_keygen_new(int what, int bits, long[] outJob);

  public static native int ecm_keygen_step(long secJob, int window, long[] progress, int[] primes);

  public static native int ecm_keygen_take(long secJob, long[] outKey);

  public static native int ecm_paillier_public(long secKey, byte[] outN, long nlen);

  public static native int ecm_paillier_encrypt_own(
      long secKey, long n, long[] secM, long[] secRho, byte[] out);

  public static native int ecm_paillier_decrypt(
      long secKey, long n, byte[] c, int bits, long[] out);

  public static native int ecm_paillier_nth_roots(long secKey, long n, byte[] y, byte[] out);

  public static native int ecm_paillier_square_roots(long secKey, long n, byte[] y, byte[] out);

  public static native int ecm_paillier_check_own(
      long secKey,
      long n,
      byte @Nullable [] sharedC,
      byte @Nullable [] z1,
      long z1Len,
      byte[] z2,
      long z2Len,
      byte[] w,
      byte[] d,
      byte[] e,
      long eLen,
      byte[] c,
      int[] first);

  public static native int ecm_paillier_factor(long secKey, int which, long[] out);

  public static native int ecm_pedersen_public(
      long secKey, byte[] outN, byte[] outS1, byte[] outS2, byte[] outT, long nlen);

  public static native int ecm_pedersen_check_own(
      long secKey,
      long n,
      byte[] z1,
      long z1Len,
      byte @Nullable [] z2,
      long z2Len,
      byte[] z3,
      long z3Len,
      byte[] s,
      byte[] e,
      long eLen,
      byte[] bigE,
      int[] first);

  public static native int ecm_pedersen_prm_commit(
      long secKey, long n, byte[] outA, long[] outMasks);

  public static native int ecm_pedersen_prm_respond(
      long secKey, long secMasks, byte[] e, byte[] outZ);

  public static native int ecm_pedersen_forget(long secKey);
}
