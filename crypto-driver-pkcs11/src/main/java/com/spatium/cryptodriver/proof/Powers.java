/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.Term;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * Products of powers of public values modulo one modulus: Π base^exponent, written flat. Variable
 * time.
 */
final class Powers {
  private static final byte[] ONE = {1};
  private final EcMath ecmath;
  private final byte[] n;
  private final int power;

  /**
   * @param power 1 for elements mod n, 2 for elements mod n²
   */
  Powers(EcMath ecmath, Bytes n, int power) {
    this.ecmath = ecmath;
    this.n = n.toByteArray();
    this.power = power;
  }

  Term term(Bytes base, Bytes exponent) {
    return new Term(padded(base), exponent.toByteArray());
  }

  Term term(Bytes base) {
    return new Term(padded(base), ONE);
  }

  BigInteger product(Term... terms) {
    return Numbers.of(ecmath.modular().powVartime(n, power, terms));
  }

  /** Of prepared bases mod n. */
  BigInteger product(FixedBases bases, Bytes... exponents) {
    byte[][] row = Arrays.stream(exponents).map(Bytes::toByteArray).toArray(byte[][]::new);
    return Numbers.of(ecmath.ringPedersen().powVartime(bases, List.<byte[][]>of(row))[0]);
  }

  /** An element mod n stands for itself mod n². */
  private byte[] padded(Bytes base) {
    return Numbers.fixed(Numbers.of(base), n.length * power);
  }
}
