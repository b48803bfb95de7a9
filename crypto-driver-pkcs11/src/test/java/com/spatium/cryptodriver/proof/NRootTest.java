/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.LENGTH;
import static com.spatium.cryptodriver.proof.ProofFixture.LEVEL;
import static com.spatium.cryptodriver.proof.ProofFixture.N1;
import static com.spatium.cryptodriver.proof.ProofFixture.N2;
import static com.spatium.cryptodriver.proof.ProofFixture.PAILLIER_1;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.fixed;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.NRootProof;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class NRootTest {
  private static final NRoot NROOT = new NRoot(ECMATH);
  private static final NRootProof HONEST = NROOT.prove(N1, PAILLIER_1);

  @Test
  void honestProofVerifies() {
    assertDoesNotThrow(() -> NROOT.verify("X9", N1, HONEST));
  }

  @Test
  void independentVerifierAgrees() {
    BigInteger n = Numbers.of(N1.n());
    for (int i = 0; i < 10; i++) {
      BigInteger y =
          new BigInteger(
                  1,
                  new IndependentHash("nroot")
                      .number(1)
                      .bytes(N1.n())
                      .number(i)
                      .output(LENGTH + 16))
              .mod(n);
      BigInteger sigma = Numbers.of(Numbers.element(HONEST.sigma().toByteArray(), i, LENGTH));
      assertEquals(y, sigma.modPow(n, n));
    }
  }

  @Test
  void eachRootMatters() {
    byte[] sigma = HONEST.sigma().toByteArray();
    for (int i = 0; i < 10; i++) {
      byte[] altered = sigma.clone();
      altered[i * LENGTH + LENGTH - 1] ^= 1;
      assertBlamed(
          "nroot: σ^N ≠ y", () -> NROOT.verify("X9", N1, new NRootProof(Bytes.of(altered))));
    }
    Alterations.eachComponentMatters(HONEST, proof -> NROOT.verify("X9", N1, proof));
  }

  /** Threat 6. */
  @Test
  void fewerRepetitionsAreRefused() {
    Alterations.eachLengthIsExact(HONEST, proof -> NROOT.verify("X9", N1, proof));
    byte[] nine = java.util.Arrays.copyOf(HONEST.sigma().toByteArray(), 9 * LENGTH);
    assertBlamed(
        "nroot: σ has the wrong length",
        () -> NROOT.verify("X9", N1, new NRootProof(Bytes.of(nine))));
  }

  @Test
  void proofForAnotherModulusFails() {
    assertBlamed("σ", () -> NROOT.verify("X9", N2, HONEST));
  }

  /** §2.4: in [1, N − 1]. */
  @Test
  void rootsOutOfRangeAreRefused() {
    for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, Numbers.of(N1.n())}) {
      byte[] altered = HONEST.sigma().toByteArray();
      System.arraycopy(Numbers.fixed(bad, LENGTH), 0, altered, 3 * LENGTH, LENGTH);
      assertBlamed(
          "nroot: a σ is out of range",
          () -> NROOT.verify("X9", N1, new NRootProof(Bytes.of(altered))));
    }
  }

  /**
   * Threat 3: N = p·q with p | q − 1, so decryption modulo p leaks. The cheater knows everything
   * and sends the best "roots" that exist: right but for a factor of order p.
   */
  @Test
  void modulusThatSharesAFactorWithItsTotientFails() {
    // q = k·p + 1 with k just below 2^48, so that N has 2048 bits.
    BigInteger p = ProofFixture.prime(1000);
    BigInteger k = BigInteger.TWO.pow(48);
    BigInteger q;
    do {
      k = k.subtract(BigInteger.TWO);
      q = k.multiply(p).add(BigInteger.ONE);
    } while (!q.isProbablePrime(20));
    BigInteger n = p.multiply(q);
    BigInteger coprimePart = p.subtract(BigInteger.ONE).multiply(k);
    checkNoProof(n, coprimePart);
  }

  /** Threat 3: a square. */
  @Test
  void modulusWithASquareFactorFails() {
    BigInteger p = ProofFixture.prime(682);
    BigInteger q;
    do {
      q = ProofFixture.prime(684);
    } while (p.multiply(p).multiply(q).bitLength() != 2048);
    checkNoProof(
        p.multiply(p).multiply(q), p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE)));
  }

  private static void checkNoProof(BigInteger n, BigInteger coprimePartOfTotient) {
    PaillierModulus modulus =
        assertDoesNotThrow(() -> PaillierModulus.received(ECMATH, "X9", LEVEL, fixed(n, LENGTH)));
    NRootProof best = roots(modulus, coprimePartOfTotient);
    assertBlamed("nroot: σ^N ≠ y", () -> NROOT.verify("X9", modulus, best));
  }

  /**
   * The smallest prime that trial division does not reach gives a valid nroot: that is what fac is
   * for.
   */
  @Test
  void factorJustAboveTheTrialBoundPassesNrootAlone() {
    BigInteger small = BigInteger.valueOf(8209);
    BigInteger q = ProofFixture.prime(2035);
    BigInteger n = small.multiply(q);
    Bytes encoded = fixed(n, LENGTH);
    PaillierModulus modulus = PaillierModulus.received(ECMATH, "X9", LEVEL, encoded);
    NRootProof proof = roots(modulus, totient(small, q));
    assertDoesNotThrow(() -> NROOT.verify("X9", modulus, proof));
  }

  /** Threat 3: the largest prime that trial division reaches. */
  @Test
  void factorJustBelowTheTrialBoundIsRefused() {
    BigInteger small = BigInteger.valueOf(8191);
    BigInteger q = ProofFixture.prime(2035);
    BigInteger n = small.multiply(q);
    Bytes encoded = fixed(n, LENGTH);
    assertBlamed("small factor", () -> PaillierModulus.received(ECMATH, "X9", LEVEL, encoded));
    PaillierModulus unchecked = PaillierModulus.toy(encoded);
    NRootProof proof = roots(unchecked, totient(small, q));
    assertBlamed(
        "nroot: N has a prime factor below 2^13", () -> NROOT.verify("X9", unchecked, proof));
  }

  /**
   * A root by CRT that came out wrong (threat 22) does not leave C: {@code test_paillier_own.c}
   * damages each constant of the key. What is left is a key that is not N's.
   */
  @Test
  void keyOfAnotherModulusIsALocalFault() {
    assertThrows(NativeLibraryException.class, () -> NROOT.prove(N2, PAILLIER_1));
    assertThrows(NativeLibraryException.class, () -> NROOT.prove(N1, ProofFixture.PAILLIER_2));
  }

  /** y^(1/N) in the part of the group where N is invertible. */
  private static NRootProof roots(PaillierModulus n, BigInteger totientPart) {
    BigInteger value = Numbers.of(n.n());
    BigInteger d = value.modInverse(totientPart);
    byte[][] sigma = new byte[10][];
    for (int i = 0; i < 10; i++) {
      BigInteger y =
          new BigInteger(
                  1,
                  new IndependentHash("nroot")
                      .number(1)
                      .bytes(n.n())
                      .number(i)
                      .output(n.n().size() + 16))
              .mod(value);
      sigma[i] = Numbers.fixed(y.modPow(d, value), n.n().size());
    }
    return new NRootProof(Numbers.vector(sigma));
  }

  private static BigInteger totient(BigInteger p, BigInteger q) {
    return p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
  }

  /** That the test's own parameters are what they claim to be. */
  @Test
  void testParametersAreWhatTheyClaim() {
    BigInteger p = TestParameters.paillierFactor(1, 0);
    BigInteger q = TestParameters.paillierFactor(1, 1);
    assertEquals(Numbers.of(N1.n()), p.multiply(q));
    assertEquals(BigInteger.ONE, p.multiply(q).gcd(totient(p, q)));
  }
}
