/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.ECMATH;
import static com.spatium.cryptodriver.proof.ProofFixture.LENGTH;
import static com.spatium.cryptodriver.proof.ProofFixture.LEVEL;
import static com.spatium.cryptodriver.proof.ProofFixture.N1;
import static com.spatium.cryptodriver.proof.ProofFixture.N2;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_1;
import static com.spatium.cryptodriver.proof.ProofFixture.PEDERSEN_512;
import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.fixed;
import static com.spatium.cryptodriver.proof.ProofFixture.prime;
import static com.spatium.cryptodriver.proof.ProofFixture.with;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.PedersenFields;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md §2 on received values; threats 3, 9, 13. */
final class ChecksTest {
  private final Checks checks = Checks.at(ECMATH, "X9");

  private static void refusesModulus(BigInteger n) {
    Bytes encoded = fixed(n, LENGTH);
    assertBlamed(
        "N is even, too short, prime",
        () -> PaillierModulus.received(ECMATH, "X9", LEVEL, encoded));
    PedersenFields fields = with(PEDERSEN_1.fields(), "n", encoded);
    assertBlamed(
        "N̂ is even, too short, prime",
        () -> PedersenParameters.received(ECMATH, "X9", LEVEL, fields));
  }

  @Test
  void goodParametersAreAccepted() {
    assertEquals(N1.n(), PaillierModulus.received(ECMATH, "X9", LEVEL, N1.n()).n());
    assertEquals(
        PEDERSEN_1.fields(),
        PedersenParameters.received(ECMATH, "X9", LEVEL, PEDERSEN_1.fields()).fields());
  }

  /**
   * Threat 3: a prime N (decryption needs nothing), an even one, one bit short, with the smallest
   * factors.
   */
  @Test
  void badModuliAreRefused() {
    refusesModulus(prime(2048));
    refusesModulus(N1.value().subtract(BigInteger.ONE));
    refusesModulus(N1.value().clearBit(2047));
    refusesModulus(BigInteger.ZERO);
    refusesModulus(BigInteger.ONE);
    refusesModulus(BigInteger.TWO.pow(2048).subtract(BigInteger.ONE));
    for (int small : new int[] {3, 5, 7, 257, 4093, 8179, 8191}) {
      int bits = BigInteger.valueOf(small).bitLength();
      BigInteger cofactor =
          BigInteger.TWO.pow(2048).divide(BigInteger.valueOf(small)).subtract(BigInteger.TEN);
      BigInteger odd = cofactor.setBit(0).multiply(BigInteger.valueOf(small));
      assertEquals(2048, odd.bitLength(), () -> "factor of " + bits + " bits");
      refusesModulus(odd);
    }
  }

  /** The small moduli of the tests, and those of a lower level, never pass. */
  @Test
  void smallerModuliAreRefused() {
    assertBlamed(
        "N has the wrong length",
        () -> PaillierModulus.received(ECMATH, "X9", LEVEL, PEDERSEN_512.n()));
    assertBlamed(
        "N has the wrong length",
        () -> PaillierModulus.received(ECMATH, "X9", SecurityLevel.BITS_128, N1.n()));
    Bytes padded = fixed(N1.value(), SecurityLevel.BITS_128.modulusBytes());
    assertBlamed(
        "too short", () -> PaillierModulus.received(ECMATH, "X9", SecurityLevel.BITS_128, padded));
    assertBlamed(
        "N̂ has the wrong length",
        () -> PedersenParameters.received(ECMATH, "X9", LEVEL, PEDERSEN_512.fields()));
    assertThrows(
        IllegalArgumentException.class,
        () -> PaillierModulus.trusted(SecurityLevel.BITS_128, padded));
    assertThrows(
        IllegalArgumentException.class,
        () -> PedersenParameters.trusted(LEVEL, PEDERSEN_512.fields()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s1", "s2", "t"})
  void basesThatAreNoUnitsAreRefused(String base) {
    BigInteger p = TestParameters.pedersenFactor(2048, 1, 0);
    for (BigInteger bad :
        new BigInteger[] {BigInteger.ZERO, PEDERSEN_1.value(), p, p.shiftLeft(1)}) {
      PedersenFields fields = with(PEDERSEN_1.fields(), base, fixed(bad, LENGTH));
      assertBlamed(
          "ŝ₁, ŝ₂ or t̂ is not a unit",
          () -> PedersenParameters.received(ECMATH, "X9", LEVEL, fields));
    }
    PedersenFields shorter = with(PEDERSEN_1.fields(), base, Bytes.of(new byte[LENGTH - 1]));
    assertBlamed(
        "ŝ₁, ŝ₂ or t̂ is not a unit",
        () -> PedersenParameters.received(ECMATH, "X9", LEVEL, shorter));
  }

  @Test
  void equalModuliAreRefused() {
    assertDoesNotThrow(() -> checks.distinct(List.of(N1.n(), N2.n(), PEDERSEN_1.n())));
    assertBlamed("must differ", () -> checks.distinct(List.of(N1.n(), PEDERSEN_1.n(), N1.n())));
  }

  @Test
  void scalarsOutOfRangeAreRefused() {
    for (Suite suite : Suite.values()) {
      BigInteger order = Checks.curve(ECMATH, suite).order();
      assertDoesNotThrow(
          () -> checks.scalar(suite, "s", scalar(suite, order.subtract(BigInteger.ONE))));
      assertBlamed("s is not reduced", () -> checks.scalar(suite, "s", scalar(suite, order)));
      assertBlamed(
          "s has the wrong length", () -> checks.scalar(suite, "s", Bytes.of(new byte[33])));
      assertBlamed("s has the wrong length", () -> checks.scalar(suite, "s", Bytes.empty()));
    }
    Bytes zero = Bytes.of(new byte[32]);
    assertBlamed("s is zero", () -> checks.scalar(Suite.ECDSA_SECP256K1, "s", zero));
    assertDoesNotThrow(() -> checks.scalar(Suite.EDDSA_ED25519, "s", zero));
  }

  private static Bytes scalar(Suite suite, BigInteger value) {
    byte[] bigEndian = Numbers.fixed(value, 32);
    if (suite == Suite.ECDSA_SECP256K1) {
      return Bytes.of(bigEndian);
    }
    byte[] littleEndian = new byte[32];
    for (int i = 0; i < 32; i++) {
      littleEndian[i] = bigEndian[31 - i];
    }
    return Bytes.of(littleEndian);
  }

  @Test
  void oneBadPointAmongGoodOnesIsFound() {
    Bytes g = Bytes.of(ECMATH.secp256k1().generator());
    assertDoesNotThrow(() -> checks.points(Suite.ECDSA_SECP256K1, "R2", g, g));
    assertBlamed(
        "R2 is not a point",
        () -> checks.points(Suite.ECDSA_SECP256K1, "R2", g, Bytes.of(new byte[33])));
    Bytes b = Bytes.of(ECMATH.ed25519().generator());
    assertDoesNotThrow(() -> checks.points(Suite.EDDSA_ED25519, "R2", b));
    assertBlamed("R2 is not a point", () -> checks.points(Suite.EDDSA_ED25519, "R2", g));
  }
}
