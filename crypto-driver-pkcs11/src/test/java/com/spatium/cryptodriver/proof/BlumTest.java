/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.CONTEXT_1;
import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.LENGTH;
import static com.spatium.cryptodriver.proof.ProofFixture.LEVEL;
import static com.spatium.cryptodriver.proof.ProofFixture.N1;
import static com.spatium.cryptodriver.proof.ProofFixture.N2;
import static com.spatium.cryptodriver.proof.ProofFixture.PAILLIER_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_2;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.fixed;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.BlumProof;
import com.spatium.ecmath.SecretInteger;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BlumTest {
  private static final Blum BLUM = new Blum(ECMATH);
  private static final BlumProof HONEST = BLUM.prove(N1, PAILLIER_1);

  @Test
  void honestProofVerifies() {
    assertDoesNotThrow(() -> BLUM.verify("X9", N1, HONEST));
  }

  /** The factors tell the symbol here; both signs occur. */
  @Test
  void independentVerifierAgrees() {
    BigInteger n = Numbers.of(N1.n());
    List<BigInteger> y =
        challenges(N1, TestParameters.paillierFactor(1, 0), TestParameters.paillierFactor(1, 1));
    int squares = 0;
    for (int i = 0; i < 128; i++) {
      BigInteger sigma = Numbers.of(Numbers.element(HONEST.sigma().toByteArray(), i, LENGTH));
      BigInteger square = sigma.modPow(BigInteger.TWO, n);
      squares += square.equals(y.get(i)) ? 1 : 0;
      assertTrue(square.equals(y.get(i)) || square.add(y.get(i)).equals(n));
    }
    assertTrue(squares > 20 && squares < 108, squares + " of 128");
  }

  @Test
  void eachRootMatters() {
    for (int i = 0; i < 128; i++) {
      byte[] altered = HONEST.sigma().toByteArray();
      altered[i * LENGTH + LENGTH - 1] ^= 1;
      assertBlamed("blum: σ² ≠ ±y", () -> BLUM.verify("X9", N1, new BlumProof(Bytes.of(altered))));
    }
  }

  /** Threat 6. */
  @Test
  void fewerRepetitionsAreRefused() {
    Alterations.eachLengthIsExact(HONEST, proof -> BLUM.verify("X9", N1, proof));
    assertBlamed(
        "blum: σ has the wrong length", () -> BLUM.verify("X9", N1, new BlumProof(Bytes.empty())));
  }

  @Test
  void rootsOutOfRangeAreRefused() {
    for (BigInteger bad : new BigInteger[] {BigInteger.ZERO, Numbers.of(N1.n())}) {
      byte[] altered = HONEST.sigma().toByteArray();
      System.arraycopy(Numbers.fixed(bad, LENGTH), 0, altered, 3 * LENGTH, LENGTH);
      assertBlamed(
          "blum: a σ is out of range",
          () -> BLUM.verify("X9", N1, new BlumProof(Bytes.of(altered))));
    }
  }

  @Test
  void proofForAnotherModulusFails() {
    assertBlamed("blum", () -> BLUM.verify("X9", N2, HONEST));
  }

  /**
   * Threat 3: a factor of 16 bits hides in a p of the right size. Everything else accepts this N;
   * encdl would then be no proof modulo the small factor, and c3 would tell a modulo it.
   */
  @Test
  void factorThatHidesFromFacIsRefused() {
    BigInteger small = blumPrime(16);
    BigInteger large = blumPrime(1008);
    BigInteger p = small.multiply(large);
    BigInteger q;
    do {
      q = blumPrime(1024);
    } while (p.multiply(q).bitLength() != 2048);
    BigInteger n = p.multiply(q);
    PaillierModulus modulus = PaillierModulus.received(ECMATH, "X9", LEVEL, fixed(n, LENGTH));
    Fac fac = new Fac(ECMATH);
    try (SecretInteger secP = ECMATH.integers().fromPublic(p, LENGTH / 2);
        SecretInteger secQ = ECMATH.integers().fromPublic(q, LENGTH / 2)) {
      fac.verify(
          "X9",
          CONTEXT_1,
          modulus,
          PEDERSEN_2,
          fac.prove(CONTEXT_1, modulus, secP, secQ, PEDERSEN_2));
    }
    checkNoProof(modulus, small, large, q);
  }

  /** Modulo p = 1 mod 4, −1 is a square: half of the y have no root in either sign. */
  @Test
  void factorThatIsOneModFourIsRefused() {
    BigInteger p;
    do {
      p = ProofFixture.prime(1024);
    } while (p.testBit(1));
    BigInteger q;
    do {
      q = ProofFixture.prime(1024);
    } while (q.testBit(1) || p.multiply(q).bitLength() != 2048);
    checkNoProof(PaillierModulus.received(ECMATH, "X9", LEVEL, fixed(p.multiply(q), LENGTH)), p, q);
  }

  /** About half of the y have roots, the others not: no choice of roots proves this N. */
  private static void checkNoProof(PaillierModulus modulus, BigInteger... factors) {
    BigInteger n = Numbers.of(modulus.n());
    List<BigInteger> y = challenges(modulus, factors);
    long hopeless =
        y.stream()
            .filter(c -> !squareModAll(c, factors) && !squareModAll(n.subtract(c), factors))
            .count();
    assertTrue(hopeless > 30, hopeless + " of 128");
    assertBlamed("blum: σ² ≠ ±y", () -> BLUM.verify("X9", modulus, HONEST_BELOW));
  }

  /** Ones: in range for every N. */
  private static final BlumProof HONEST_BELOW = ones();

  private static BlumProof ones() {
    byte[] all = new byte[128 * LENGTH];
    for (int i = 1; i <= 128; i++) {
      all[i * LENGTH - 1] = 1;
    }
    return new BlumProof(Bytes.of(all));
  }

  private static boolean squareModAll(BigInteger y, BigInteger... factors) {
    for (BigInteger p : factors) {
      if (!y.modPow(p.shiftRight(1), p).equals(BigInteger.ONE)) {
        return false;
      }
    }
    return true;
  }

  private static List<BigInteger> challenges(PaillierModulus modulus, BigInteger... factors) {
    BigInteger n = Numbers.of(modulus.n());
    List<BigInteger> y = new ArrayList<>();
    for (int index = 0; y.size() < 128; index++) {
      BigInteger candidate =
          new BigInteger(
                  1,
                  new IndependentHash("blum")
                      .number(1)
                      .bytes(modulus.n())
                      .number(index)
                      .output(LENGTH + 16))
              .mod(n);
      int symbol = 1;
      for (BigInteger p : factors) {
        symbol *= candidate.modPow(p.shiftRight(1), p).equals(BigInteger.ONE) ? 1 : -1;
      }
      assertEquals(
          symbol,
          ECMATH.modular().jacobi(modulus.n().toByteArray(), Numbers.fixed(candidate, LENGTH))[0]);
      if (symbol == 1) {
        y.add(candidate);
      }
    }
    return y;
  }

  private static BigInteger blumPrime(int bits) {
    BigInteger p;
    do {
      p = ProofFixture.prime(bits);
    } while (!p.testBit(1));
    return p;
  }

  @Test
  void ownProofThatDoesNotVerifyIsALocalFault() {
    assertThrows(RuntimeException.class, () -> BLUM.prove(N2, PAILLIER_1));
  }
}
