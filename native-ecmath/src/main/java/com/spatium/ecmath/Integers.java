/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on secret integers: a sign and a magnitude of a fixed, public width. Widths of
 * results: {@link #randomBelow} that of the bound, {@link #add} and {@link #sub} the wider
 * operand's and one word, {@link #mul} the sum; at most 8192 bits. Thread-safe.
 */
public final class Integers {
  private static final int MAX_BYTES = 1024;

  Integers() {}

  /** Uniform in [0, bound) for a public bound above 0. */
  public SecretInteger randomBelow(BigInteger publicBound) {
    byte[] bound = bound("randomBelow", publicBound);
    long[] out = new long[1];
    return integer("randomBelow", Ecm.ecm_int_random_below(bound, bound.length, out), out);
  }

  /**
   * A <b>public</b> number as an operand.
   *
   * @param value not negative, below 256^byteLength
   * @param byteLength its width, 1 .. 1024
   */
  public SecretInteger fromPublic(BigInteger value, int byteLength) {
    byte[] bytes = unsigned("integer from public value", value, byteLength);
    long[] out = new long[1];
    return integer(
        "integer from public value", Ecm.ecm_int_from_public(bytes, bytes.length, out), out);
  }

  /** The scalar's representative in [0, order). */
  public SecretInteger fromScalar(SecretScalar scalar) {
    long[] out = new long[1];
    return integer("integer from scalar", Ecm.ecm_int_from_scalar(scalar.raw(), out), out, scalar);
  }

  /** {@code a + b}. */
  public SecretInteger add(SecretInteger a, SecretInteger b) {
    long[] out = new long[1];
    return integer("integer add", Ecm.ecm_int_add(a.raw(), b.raw(), out), out, a, b);
  }

  /** {@code a − b}. */
  public SecretInteger sub(SecretInteger a, SecretInteger b) {
    long[] out = new long[1];
    return integer("integer sub", Ecm.ecm_int_sub(a.raw(), b.raw(), out), out, a, b);
  }

  /** {@code a·b}. */
  public SecretInteger mul(SecretInteger a, SecretInteger b) {
    long[] out = new long[1];
    return integer("integer mul", Ecm.ecm_int_mul(a.raw(), b.raw(), out), out, a, b);
  }

  /**
   * The response {@code z = alpha + e·x} over the integers: public.
   *
   * @param e the challenge, unsigned big-endian, 1 .. 32 bytes
   * @param outLength bytes of the result, 1 .. 1024
   * @throws InvalidInputException RANGE if z is negative or does not fit
   */
  public byte[] response(SecretInteger alpha, byte[] e, SecretInteger x, int outLength) {
    Calls.within("integer response", "the length of e", e.length, 1, 32);
    byte[] out =
        new byte
            [Calls.within("integer response", "the length of the result", outLength, 1, MAX_BYTES)];
    Calls.check(
        "integer response",
        Ecm.ecm_int_response(alpha.raw(), e, e.length, x.raw(), out, out.length),
        alpha,
        x);
    return out;
  }

  /** A public bound as C takes it. */
  static byte[] bound(String operation, BigInteger publicBound) {
    if (publicBound.signum() <= 0) {
      throw Calls.invalid(operation, EcError.RANGE, "the bound must be above 0");
    }
    return unsigned(operation, publicBound, Math.max(1, (publicBound.bitLength() + 7) / 8));
  }

  private static byte[] unsigned(String operation, BigInteger value, int length) {
    Calls.within(operation, "the width in bytes", length, 1, MAX_BYTES);
    if (value.signum() < 0 || value.bitLength() > 8 * length) {
      throw Calls.invalid(operation, EcError.RANGE, "a number must be in [0, 256^" + length + ")");
    }
    byte[] signed = value.toByteArray();
    byte[] out = new byte[length];
    int skip = Math.max(0, signed.length - length);
    System.arraycopy(signed, skip, out, length - (signed.length - skip), signed.length - skip);
    return out;
  }

  private static SecretInteger integer(
      String operation, int code, long[] out, @Nullable Object... alive) {
    Calls.check(operation, code, alive);
    return new SecretInteger(out[0]);
  }
}
