/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.wire.BlumProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import java.math.BigInteger;

/**
 * {@code blum}, protocol.md §3.2: a square-free composite N has exactly two prime factors, both 3
 * mod 4 (van de Graaf and Peralta, CRYPTO 1987). Modulo such an N, y or −y is a square for every y
 * of Jacobi symbol 1; with three prime factors or more that holds for at most half of these y, so
 * 128 roots of hashed numbers leave 2⁻¹²⁸.
 *
 * <p>Without it {@link Fac} would say little: p and q of N = p·q need not be prime, so a factor of
 * 2¹³ and more could hide in one of them, and {@link EncDl} would be no proof modulo that factor.
 */
public final class Blum {
  private static final String NAME = "blum";
  private final EcMath ecmath;

  public Blum(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /** The statement is N. Verified in full, without the factors, before it returns. */
  public BlumProof prove(PaillierModulus n, PaillierKey secKey) {
    // σ_i² = y_i or −y_i mod N, by CRT
    BlumProof proof =
        new BlumProof(Numbers.vector(ecmath.paillier().squareRoots(secKey, challenges(n))));
    try {
      verify(NAME, n, proof);
    } catch (PeerFaultException e) {
      throw new NativeLibraryException(
          "our own proof blum does not verify: nothing was sent; check this machine", e);
    }
    return proof;
  }

  /**
   * Checks a proof of the peer, whose N is composite and, by {@link NRoot}, square-free.
   *
   * @throws PeerFaultException aborting
   */
  public void verify(String step, PaillierModulus n, BlumProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    checks.length("σ", proof.sigma(), n.widths().blumSigma());
    BigInteger modulus = n.value();
    byte[][] sigma = Numbers.elements(proof.sigma(), n.n().size());
    for (byte[] root : sigma) {
      BigInteger value = Numbers.of(root);
      checks.require(value.signum() > 0 && value.compareTo(modulus) < 0, "a σ is out of range");
    }
    byte[][] y = challenges(n);
    for (int i = 0; i < y.length; i++) {
      BigInteger square = Numbers.of(sigma[i]).pow(2).mod(modulus);
      BigInteger expected = Numbers.of(y[i]);
      // σ_i² = ±y_i mod N
      checks.require(
          square.equals(expected) || square.equals(modulus.subtract(expected)), "σ² ≠ ±y");
    }
  }

  /** y_i: the first hashed numbers of Jacobi symbol 1. */
  private static byte[][] challenges(PaillierModulus n) {
    BigInteger modulus = n.value();
    byte[][] y = new byte[BlumProof.REPETITIONS][];
    int found = 0;
    // Each candidate counts with probability near 1/2, and near 1 where N is a square.
    for (int index = 0; found < y.length; index++) {
      Bytes wide = new Transcript.Blum(Version.V1, n.n(), index).y();
      BigInteger candidate = Numbers.of(wide).mod(modulus);
      if (jacobi(candidate, modulus) == 1) {
        y[found++] = Numbers.fixed(candidate, n.n().size());
      }
    }
    return y;
  }

  /** (a/n) for an odd n > 0; variable time. */
  static int jacobi(BigInteger a, BigInteger n) {
    BigInteger top = a.mod(n);
    BigInteger bottom = n;
    int symbol = 1;
    while (top.signum() != 0) {
      int twos = top.getLowestSetBit();
      top = top.shiftRight(twos);
      int mod8 = bottom.intValue() & 7;
      if ((twos & 1) == 1 && (mod8 == 3 || mod8 == 5)) {
        symbol = -symbol;
      }
      if ((top.intValue() & 3) == 3 && (mod8 & 3) == 3) {
        symbol = -symbol;
      }
      BigInteger rest = bottom.mod(top);
      bottom = top;
      top = rest;
    }
    return bottom.equals(BigInteger.ONE) ? symbol : 0;
  }
}
