/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.util.List;

/**
 * Arithmetic modulo N and N². A modulus is odd, big-endian, its length a multiple of 16 in 32 ..
 * 384 bytes, its top bit set. An element mod N has N's length, an element mod N² twice that; {@code
 * power} says which: 1 or 2.
 *
 * <p>Methods named {@code …Vartime} take and give public values and variable time. Thread-safe.
 */
public final class Modular {
  private static final int MAX_TERMS = 4;
  private static final int MAX_EXPONENT = 2048;
  private static final int MAX_BATCH = 1 << 16;

  Modular() {}

  /**
   * Whether n is odd with its top bit set, of a supported length, composite (Miller-Rabin), without
   * a prime factor below 2^13.
   */
  public boolean checkModulus(byte[] n) {
    return hasModulusLength(n)
        && Calls.holds("checkModulus", Ecm.ecm_modulus_check_vartime(n, n.length), EcError.MODULUS);
  }

  /** Whether each element is in [1, N^power) and coprime to N. False for a wrong length. */
  public boolean areUnits(byte[] n, int power, byte[]... elements) {
    int length = elementLength("areUnits", n, power);
    Calls.within("areUnits", "the number of elements", elements.length, 1, MAX_BATCH);
    for (byte[] element : elements) {
      if (element.length != length) {
        return false;
      }
    }
    byte[] flat = Calls.flatten("areUnits", "an element", elements, length);
    int code = Ecm.ecm_units_check_vartime(n, n.length, power, elements.length, flat);
    return code != EcError.RANGE.code() && Calls.holds("areUnits", code, EcError.UNIT);
  }

  /**
   * The Jacobi symbols {@code (element/N)}: −1, 0 or 1 each, 0 for what is not coprime to N.
   * Variable time.
   *
   * @param elements below N
   */
  public int[] jacobi(byte[] n, byte[]... elements) {
    modulus("jacobi", n);
    int count = Calls.batch("jacobi", elements.length, elements.length);
    byte[] flat = Calls.flatten("jacobi", "an element", elements, n.length);
    byte[] symbols = new byte[count];
    Calls.check("jacobi", Ecm.ecm_jacobi_vartime(n, n.length, count, flat, symbols));
    int[] out = new int[count];
    for (int i = 0; i < count; i++) {
      out[i] = symbols[i];
    }
    return out;
  }

  /** {@code Π base^exponent} mod N^power for 1 .. 4 terms, with shared squarings. */
  public byte[] powVartime(byte[] n, int power, Term... terms) {
    return powVartime(n, power, List.of(List.of(terms)))[0];
  }

  /** The same for each row; all rows have the same number of terms. */
  public byte[][] powVartime(byte[] n, int power, List<List<Term>> rows) {
    int length = elementLength("pow", n, power);
    int count = Calls.batch("pow", rows.size(), rows.size());
    int k = Calls.within("pow", "the number of terms", rows.get(0).size(), 1, MAX_TERMS);
    int[] exponentLengths = new int[k];
    for (List<Term> row : rows) {
      if (row.size() != k) {
        throw Calls.invalid("pow", EcError.ARGUMENT, "rows of different lengths");
      }
      for (int j = 0; j < k; j++) {
        exponentLengths[j] = Math.max(exponentLengths[j], row.get(j).exponent().length);
      }
    }
    int rowLength = 0;
    for (int exponentLength : exponentLengths) {
      rowLength +=
          Calls.within("pow", "the length of an exponent", exponentLength, 1, MAX_EXPONENT);
    }
    byte[] bases = new byte[Math.multiplyExact(count * k, length)];
    byte[] exponents = new byte[Math.multiplyExact(count, rowLength)];
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < k; j++) {
        Term term = rows.get(i).get(j);
        System.arraycopy(
            Calls.exact("pow", "a base", term.base(), length),
            0,
            bases,
            (i * k + j) * length,
            length);
        at = putPadded(term.exponent(), exponentLengths[j], exponents, at);
      }
    }
    byte[] out = new byte[Math.multiplyExact(count, length)];
    Calls.check(
        "pow",
        Ecm.ecm_pow_vartime(n, n.length, power, count, k, bases, exponents, exponentLengths, out));
    return Calls.split(out, length);
  }

  /**
   * {@code base^exponent} mod N for each exponent, with one table of the base: for many powers of
   * one base.
   */
  public byte[][] powFixedVartime(byte[] n, byte[] base, byte[]... exponents) {
    modulus("powFixed", n);
    Calls.exact("powFixed", "the base", base, n.length);
    int count = Calls.batch("powFixed", exponents.length, exponents.length);
    int each = 0;
    for (byte[] exponent : exponents) {
      each = Math.max(each, exponent.length);
    }
    Calls.within("powFixed", "the length of an exponent", each, 1, MAX_EXPONENT);
    byte[] flat = new byte[Math.multiplyExact(count, each)];
    int at = 0;
    for (byte[] exponent : exponents) {
      at = putPadded(exponent, each, flat, at);
    }
    byte[] out = new byte[Math.multiplyExact(count, n.length)];
    Calls.check("powFixed", Ecm.ecm_pow_fixed_vartime(n, n.length, base, count, flat, each, out));
    return Calls.split(out, n.length);
  }

  /** The product of the elements mod N^power. */
  public byte[] productVartime(byte[] n, int power, byte[]... elements) {
    int length = elementLength("product", n, power);
    int count = Calls.batch("product", elements.length, elements.length);
    byte[] out = new byte[length];
    byte[] flat = Calls.flatten("product", "an element", elements, length);
    Calls.check("product", Ecm.ecm_product_vartime(n, n.length, power, count, flat, out));
    return out;
  }

  /**
   * Uniform in [1, N); coprime to N but for a negligible probability when N has no small factor.
   */
  public SecretInteger unitRandom(byte[] n) {
    modulus("unitRandom", n);
    long[] out = new long[1];
    Calls.check("unitRandom", Ecm.ecm_unit_random(n, n.length, out));
    return new SecretInteger(out[0]);
  }

  /**
   * The response {@code tau·sigma^e} mod N: public; constant time in tau and sigma.
   *
   * @param tau in [0, N)
   * @param e the challenge, unsigned big-endian: public
   * @param sigma in [0, N)
   */
  public byte[] unitResponse(byte[] n, SecretInteger tau, byte[] e, SecretInteger sigma) {
    modulus("unitResponse", n);
    Calls.within("unitResponse", "the length of e", e.length, 1, MAX_EXPONENT);
    byte[] out = new byte[n.length];
    int code = Ecm.ecm_unit_response(n, n.length, tau.raw(), e, e.length, sigma.raw(), out);
    Calls.check("unitResponse", code, tau, sigma);
    return out;
  }

  /**
   * The part of the conditions on a modulus that keeps C within its buffers; C checks the others.
   */
  static byte[] modulus(String operation, byte[] n) {
    if (!hasModulusLength(n)) {
      throw Calls.invalid(
          operation,
          EcError.MODULUS,
          "a modulus has 32 .. 384 bytes, a multiple of 16; this one has " + n.length);
    }
    return n;
  }

  private static boolean hasModulusLength(byte[] n) {
    return n.length >= 32 && n.length <= 384 && n.length % 16 == 0;
  }

  private static int elementLength(String operation, byte[] n, int power) {
    return modulus(operation, n).length * Calls.within(operation, "power", power, 1, 2);
  }

  static int putPadded(byte[] value, int length, byte[] to, int at) {
    System.arraycopy(value, 0, to, at + length - value.length, value.length);
    return at + length;
  }
}
