/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.wire.NRootProof;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.Term;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code nroot}, protocol.md §3.2: gcd(N, φ(N)) = 1 (Goldberg, Reyzin, Sagga, Baldimtsi, ePrint
 * 2018/057). If a prime p ≥ 2¹³ divided both, x ↦ x^N would hit at most a fraction 1/p of the
 * residues: ten roots of hashed numbers leave (2⁻¹³)^10 &lt; 2⁻¹²⁸.
 */
public final class NRoot {
  private static final String NAME = "nroot";
  private final EcMath ecmath;

  public NRoot(EcMath ecmath) {
    this.ecmath = ecmath;
  }

  /**
   * The statement is N. {@link com.spatium.ecmath.Paillier#nthRoots} gives no root before it has
   * computed {@code σ_i^N = y_i} mod its key's N, without the factors: that is the verification of
   * this proof, if the key is N's.
   */
  public NRootProof prove(PaillierModulus n, PaillierKey secKey) {
    if (!Arrays.equals(ecmath.paillier().modulus(secKey), n.n().toByteArray())) {
      throw new NativeLibraryException(
          "a proof nroot was asked of a key of another N: nothing was sent; check this machine");
    }
    // σ_i = y_i^(1/N) mod N, by CRT
    return new NRootProof(Numbers.vector(ecmath.paillier().nthRoots(secKey, challenges(n))));
  }

  /**
   * Checks a proof of the peer.
   *
   * @throws PeerFaultException aborting
   */
  public void verify(String step, PaillierModulus n, NRootProof proof) {
    Checks checks = Checks.at(ecmath, step).in(NAME);
    Widths widths = n.widths();
    checks.length("σ", proof.sigma(), widths.nrootSigma());
    byte[] modulus = n.n().toByteArray();
    checks.require(ecmath.modular().checkModulus(modulus), "N has a prime factor below 2^13");
    byte[][] sigma = Numbers.elements(proof.sigma(), widths.n());
    for (byte[] root : sigma) {
      BigInteger value = Numbers.of(root);
      checks.require(value.signum() > 0 && value.compareTo(n.value()) < 0, "a σ is out of range");
    }
    List<List<Term>> rows = new ArrayList<>();
    for (byte[] root : sigma) {
      rows.add(List.of(new Term(root, modulus)));
    }
    byte[][] powers = ecmath.modular().powVartime(modulus, 1, rows);
    byte[][] y = challenges(n);
    for (int i = 0; i < y.length; i++) {
      // σ_i^N = y_i mod N
      checks.require(Arrays.equals(powers[i], y[i]), "σ^N ≠ y");
    }
  }

  /** y_i: hash output 128 bits longer than N, reduced, so uniform but for 2⁻¹²⁸. */
  private static byte[][] challenges(PaillierModulus n) {
    byte[][] y = new byte[NRootProof.REPETITIONS][];
    for (int i = 0; i < y.length; i++) {
      Bytes wide = new Transcript.NRoot(Version.V1, n.n(), i).y();
      y[i] = Numbers.fixed(Numbers.of(wide).mod(n.value()), n.n().size());
    }
    return y;
  }
}
