/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the two groups of prime order: secp256k1, or the prime-order subgroup of edwards25519.
 *
 * <p><b>Encodings.</b> secp256k1: points SEC1 compressed, 33 bytes; scalars 32 bytes big-endian.
 * ed25519: both 32 bytes little-endian, RFC 8032. The identity has no encoding here. Every
 * operation with a {@link SecretScalar} takes a time that does not depend on it. Thread-safe.
 *
 * <pre>{@code
 * Curve curve = EcMath.open().secp256k1();
 * try (SecretScalar x = curve.random()) {
 *   byte[] publicKey = curve.mulBase(x);
 * }
 * }</pre>
 */
public final class Curve {
  private static final int SCALAR_LENGTH = 32;
  private static final int MAX_BATCH_POINTS = 1 << 16;

  /** Which group. */
  public enum Id {
    /** SEC2 v2 §2.4.1. */
    SECP256K1(
        1,
        33,
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
    /** RFC 8032 §5.1. */
    ED25519(
        2,
        32,
        "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed",
        "5866666666666666666666666666666666666666666666666666666666666666");

    private final int code;
    private final int pointLength;
    private final BigInteger order;
    private final String generator;

    Id(int code, int pointLength, String order, String generator) {
      this.code = code;
      this.pointLength = pointLength;
      this.order = new BigInteger(order, 16);
      this.generator = generator;
    }
  }

  private final Id id;

  Curve(Id id) {
    this.id = id;
  }

  /** Which group this is. */
  public Id id() {
    return id;
  }

  /** The prime order of the group. */
  public BigInteger order() {
    return id.order;
  }

  /** Bytes of an encoded point: 33 or 32. */
  public int pointLength() {
    return id.pointLength;
  }

  /** The encoding of the generator: a fresh copy. */
  public byte[] generator() {
    return HexFormat.of().parseHex(id.generator);
  }

  // ---- scalars ----

  /** Uniform in [1, order). */
  public SecretScalar random() {
    long[] out = new long[1];
    return scalar("random scalar", Ecm.ecm_scalar_random(id.code, out), out);
  }

  /**
   * A nonce as protocol.md §4.4 derives it: the wide reduction of HMAC-SHA-512 with a key of 64
   * bytes of the operating system's randomness and the token's, over {@code prefix || fragment ||
   * suffix}. One failing source of randomness does not repeat a nonce.
   *
   * @param tokenRandom the token's randomness, or null
   * @param fragment a scalar of either curve
   */
  public SecretScalar nonce(
      @Nullable SecretBlob tokenRandom, byte[] prefix, SecretScalar fragment, byte[] suffix) {
    long[] out = new long[1];
    int code =
        Ecm.ecm_scalar_nonce(
            id.code,
            tokenRandom == null ? 0 : tokenRandom.raw(),
            prefix,
            prefix.length,
            fragment.raw(),
            suffix,
            suffix.length,
            out);
    return scalar("nonce", code, out, tokenRandom, fragment);
  }

  /** A blob of 32 bytes in the curve's scalar encoding, in [1, order); else RANGE. */
  public SecretScalar fromBlob(SecretBlob blob) {
    long[] out = new long[1];
    return scalar(
        "scalar from blob", Ecm.ecm_scalar_from_blob(id.code, blob.raw(), out), out, blob);
  }

  /**
   * The reduction of a blob of 64 bytes (in the curve's byte order) modulo the order: uniform but
   * for 2^-256. ZERO is possible.
   */
  public SecretScalar fromWide(SecretBlob blob) {
    long[] out = new long[1];
    return scalar(
        "scalar from wide blob", Ecm.ecm_scalar_from_wide(id.code, blob.raw(), out), out, blob);
  }

  /**
   * The secret scalar of an RFC 8032 private key (§5.1.5): the first half of SHA-512 of the 32-byte
   * seed, clamped, mod L. ed25519 only.
   */
  public SecretScalar fromEd25519Seed(SecretBlob seed) {
    only(Id.ED25519, "scalar from ed25519 seed");
    long[] out = new long[1];
    return scalar(
        "scalar from ed25519 seed", Ecm.ecm_scalar_from_ed25519_seed(seed.raw(), out), out, seed);
  }

  /** A <b>public</b> scalar in [0, order), in the curve's encoding, as an operand. */
  public SecretScalar fromPublic(byte[] b32) {
    Calls.exact("scalar from public bytes", "the scalar", b32, SCALAR_LENGTH);
    long[] out = new long[1];
    return scalar("scalar from public bytes", Ecm.ecm_scalar_from_public(id.code, b32, out), out);
  }

  /** A signed integer modulo the order; 0 is allowed. */
  public SecretScalar fromInteger(SecretInteger integer) {
    long[] out = new long[1];
    return scalar(
        "scalar from integer", Ecm.ecm_scalar_from_int(id.code, integer.raw(), out), out, integer);
  }

  /** {@code a + b} mod the order. */
  public SecretScalar add(SecretScalar a, SecretScalar b) {
    long[] out = new long[1];
    return scalar("scalar add", Ecm.ecm_scalar_add(a.raw(), b.raw(), out), out, a, b);
  }

  /** {@code a − b} mod the order. */
  public SecretScalar sub(SecretScalar a, SecretScalar b) {
    long[] out = new long[1];
    return scalar("scalar sub", Ecm.ecm_scalar_sub(a.raw(), b.raw(), out), out, a, b);
  }

  /** {@code a·b} mod the order. */
  public SecretScalar mul(SecretScalar a, SecretScalar b) {
    long[] out = new long[1];
    return scalar("scalar mul", Ecm.ecm_scalar_mul(a.raw(), b.raw(), out), out, a, b);
  }

  /** {@code 1/a} mod the order; ZERO for 0. */
  public SecretScalar inverse(SecretScalar a) {
    long[] out = new long[1];
    return scalar("scalar inverse", Ecm.ecm_scalar_inverse(a.raw(), out), out, a);
  }

  /**
   * The response {@code z = k + e·x} mod the order of a proof of knowledge, or an EdDSA partial
   * signature: public.
   *
   * @param e32 the challenge, 32 bytes in the curve's encoding
   */
  public byte[] response(SecretScalar k, byte[] e32, SecretScalar x) {
    Calls.exact("scalar response", "e", e32, SCALAR_LENGTH);
    byte[] out = new byte[SCALAR_LENGTH];
    Calls.check("scalar response", Ecm.ecm_scalar_response(k.raw(), e32, x.raw(), out), k, x);
    return out;
  }

  // ---- points ----

  /** {@code k·G}; IDENTITY for k = 0. */
  public byte[] mulBase(SecretScalar k) {
    return mulBase(List.of(k))[0];
  }

  /** {@code k·G} for each. */
  public byte[][] mulBase(List<SecretScalar> k) {
    int n = Calls.batch("mulBase", k.size(), k.size());
    byte[] out = new byte[n * id.pointLength];
    Calls.check("mulBase", Ecm.ecm_point_mul_base(id.code, n, Calls.raw(k), out), k.toArray());
    return Calls.split(out, id.pointLength);
  }

  /** {@code k·point}; POINT if the point is not valid, IDENTITY for k = 0. */
  public byte[] mul(byte[] point, SecretScalar k) {
    return mul(new byte[][] {point}, List.of(k))[0];
  }

  /** {@code k[i]·points[i]} for each. */
  public byte[][] mul(byte[][] points, List<SecretScalar> k) {
    int n = Calls.batch("mul", points.length, k.size());
    byte[] out = new byte[n * id.pointLength];
    Calls.check(
        "mul",
        Ecm.ecm_point_mul(id.code, n, points("mul", points), Calls.raw(k), out),
        k.toArray());
    return Calls.split(out, id.pointLength);
  }

  /** The encoding of {@code k·point} as a secret (Diffie-Hellman). */
  public SecretBlob dh(byte[] point, SecretScalar k) {
    long[] out = new long[1];
    Calls.check("dh", Ecm.ecm_point_dh(id.code, points("dh", point), k.raw(), out), k);
    return new SecretBlob(out[0]);
  }

  /**
   * Whether all are canonical encodings of points of the prime-order group other than the identity.
   * False for a wrong length.
   */
  public boolean check(byte[]... points) {
    Calls.within("check", "the number of points", points.length, 1, MAX_BATCH_POINTS);
    for (byte[] point : points) {
      if (point.length != id.pointLength) {
        return false;
      }
    }
    return Calls.holds(
        "check",
        Ecm.ecm_point_check_vartime(id.code, points.length, points("check", points)),
        EcError.POINT);
  }

  /**
   * {@code base·G + Σ scalars[i]·points[i]}, all public, in variable time.
   *
   * @param baseScalar 32 bytes in the curve's encoding, or null for 0
   * @param scalars 32 bytes each, in [0, order): RANGE otherwise
   * @param points POINT if one is not valid
   * @return the sum, empty for the identity
   */
  public Optional<byte[]> linear(byte @Nullable [] baseScalar, byte[][] scalars, byte[][] points) {
    if (baseScalar != null) {
      Calls.exact("linear", "the base scalar", baseScalar, SCALAR_LENGTH);
    }
    if (scalars.length != points.length || points.length > MAX_BATCH_POINTS) {
      throw Calls.invalid(
          "linear", EcError.ARGUMENT, scalars.length + " scalars for " + points.length + " points");
    }
    byte[] flat = Calls.flatten("linear", "a scalar", scalars, SCALAR_LENGTH);
    byte[] out = new byte[id.pointLength];
    int code =
        Ecm.ecm_point_linear_vartime(
            id.code, baseScalar, points.length, flat, points("linear", points), out);
    return Calls.holds("linear", code, EcError.IDENTITY) ? Optional.of(out) : Optional.empty();
  }

  // ---- signatures ----

  /** {@code s = u/k} mod q, made low: public. secp256k1 only. ZERO if s or k is 0. */
  public EcdsaS ecdsaS(SecretScalar k, SecretScalar u) {
    only(Id.SECP256K1, "ecdsaS");
    byte[] out = new byte[SCALAR_LENGTH];
    int[] negated = new int[1];
    Calls.check("ecdsaS", Ecm.ecm_ecdsa_s(k.raw(), u.raw(), out, negated), k, u);
    return new EcdsaS(out, negated[0] != 0);
  }

  /**
   * Whether (r, s) is an ECDSA signature (SEC1 §4.1.4) of the digest under q. High s is accepted:
   * who demands low s checks it. secp256k1 only.
   *
   * @param q33 the public key; an invalid one, or one of the wrong length, verifies nothing
   * @param digest32 32 bytes, the caller's
   * @param r32 32 bytes; another length verifies nothing
   * @param s32 likewise
   */
  public boolean ecdsaVerify(byte[] q33, byte[] digest32, byte[] r32, byte[] s32) {
    only(Id.SECP256K1, "ecdsaVerify");
    Calls.exact("ecdsaVerify", "the digest", digest32, 32);
    return q33.length == id.pointLength
        && r32.length == SCALAR_LENGTH
        && s32.length == SCALAR_LENGTH
        && Calls.holds(
            "ecdsaVerify", Ecm.ecm_ecdsa_verify_vartime(q33, digest32, r32, s32), EcError.VERIFY);
  }

  /**
   * Whether {@code sig64} is an Ed25519 signature (RFC 8032 §5.1.7, without the cofactor; S below
   * L, canonical encodings only, A and R not of small order). ed25519 only. A wrong length verifies
   * nothing.
   */
  public boolean ed25519Verify(byte[] a32, byte[] message, byte[] sig64) {
    only(Id.ED25519, "ed25519Verify");
    return a32.length == id.pointLength
        && sig64.length == 64
        && Calls.holds(
            "ed25519Verify",
            Ecm.ecm_ed25519_verify_vartime(a32, message, message.length, sig64),
            EcError.VERIFY);
  }

  private void only(Id needed, String operation) {
    if (id != needed) {
      throw Calls.invalid(operation, EcError.ARGUMENT, "this is " + id + ", not " + needed);
    }
  }

  private byte[] points(String operation, byte[]... points) {
    for (byte[] point : points) {
      if (point.length != id.pointLength) {
        throw Calls.invalid(
            operation,
            EcError.POINT,
            "a point of " + id + " has " + id.pointLength + " bytes, this one has " + point.length);
      }
    }
    return Calls.flatten(operation, "a point", points, id.pointLength);
  }

  private static SecretScalar scalar(
      String operation, int code, long[] out, @Nullable Object... alive) {
    Calls.check(operation, code, alive);
    return new SecretScalar(out[0]);
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
