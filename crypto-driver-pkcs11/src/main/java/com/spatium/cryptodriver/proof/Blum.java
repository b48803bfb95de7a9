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
import com.spatium.ecmath.Term;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
  private static final byte[] TWO = {2};

  /** Candidates at a time: some of the last ones are made in vain. */
  private static final int CHUNK = 32;

  private final EcMath ecmath;

  public Blum(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /** The statement is N. Verified in full, without the factors, before it returns. */
  public BlumProof prove(PaillierModulus n, PaillierKey secKey) {
    byte[][] y = challenges(n);
    // σ_i² = y_i or −y_i mod N, by CRT
    BlumProof proof = new BlumProof(Numbers.vector(ecmath.paillier().squareRoots(secKey, y)));
    try {
      Checks checks = Checks.at(ecmath, NAME).in(NAME);
      equations(checks, n, ranges(checks, n, proof), y);
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
    byte[][] sigma = ranges(checks, n, proof);
    equations(checks, n, sigma, challenges(n));
  }

  private static byte[][] ranges(Checks checks, PaillierModulus n, BlumProof proof) {
    checks.length("σ", proof.sigma(), n.widths().blumSigma());
    byte[][] sigma = Numbers.elements(proof.sigma(), n.n().size());
    BigInteger modulus = n.value();
    for (byte[] root : sigma) {
      BigInteger value = Numbers.of(root);
      checks.require(value.signum() > 0 && value.compareTo(modulus) < 0, "a σ is out of range");
    }
    return sigma;
  }

  private void equations(Checks checks, PaillierModulus n, byte[][] sigma, byte[][] y) {
    List<List<Term>> rows = new ArrayList<>();
    for (byte[] root : sigma) {
      rows.add(List.of(new Term(root, TWO)));
    }
    byte[][] squares = ecmath.modular().powVartime(n.n().toByteArray(), 1, rows);
    BigInteger modulus = n.value();
    for (int i = 0; i < y.length; i++) {
      // σ_i² = ±y_i mod N
      checks.require(
          Arrays.equals(squares[i], y[i])
              || Numbers.of(squares[i]).add(Numbers.of(y[i])).equals(modulus),
          "σ² ≠ ±y");
    }
  }

  /** y_i: the first hashed numbers of Jacobi symbol 1. */
  private byte[][] challenges(PaillierModulus n) {
    BigInteger modulus = n.value();
    byte[] encoded = n.n().toByteArray();
    byte[][] y = new byte[BlumProof.REPETITIONS][];
    byte[][] candidates = new byte[CHUNK][];
    int found = 0;
    // Each candidate counts with probability near 1/2, and near 1 where N is a square.
    for (int index = 0; found < y.length; ) {
      for (int i = 0; i < CHUNK; i++, index++) {
        Bytes wide = new Transcript.Blum(Version.V1, n.n(), index).y();
        candidates[i] = Numbers.fixed(Numbers.of(wide).mod(modulus), encoded.length);
      }
      int[] symbols = ecmath.modular().jacobi(encoded, candidates);
      for (int i = 0; i < CHUNK && found < y.length; i++) {
        if (symbols[i] == 1) {
          y[found++] = candidates[i];
        }
      }
    }
    return y;
  }
}
