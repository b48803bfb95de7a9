/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.CurveTest.assertError;
import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.bytes;
import static com.spatium.ecmath.Fixture.content;
import static com.spatium.ecmath.Fixture.integer;
import static com.spatium.ecmath.Fixture.number;
import static com.spatium.ecmath.Fixture.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.Fixture.Scope;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paillier against BigInteger, with keys of 512 bits: small enough for seconds, the same code as
 * for large ones.
 */
class PaillierTest {
  private static final Paillier PAILLIER = ECMATH.paillier();
  private static final int BITS = 512;
  private static final int LENGTH = BITS / 8;

  private static final PaillierKey KEY = PAILLIER.generate(BITS, progress -> {});
  private static final byte[] MODULUS = PAILLIER.modulus(KEY);
  private static final BigInteger N = number(MODULUS);
  private static final BigInteger NN = N.multiply(N);

  private static BigInteger factor(PaillierKey key, int which) {
    try (SecretInteger p = PAILLIER.factor(key, which)) {
      return value(p);
    }
  }

  private static BigInteger below(BigInteger bound, Random random) {
    return new BigInteger(bound.bitLength() + 64, random).mod(bound);
  }

  private static BigInteger encrypt(BigInteger m, BigInteger rho) {
    return BigInteger.ONE.add(m.multiply(N)).multiply(rho.modPow(N, NN)).mod(NN);
  }

  private static BigInteger centred(BigInteger m) {
    BigInteger r = m.mod(N);
    return r.compareTo(N.shiftRight(1)) > 0 ? r.subtract(N) : r;
  }

  @Test
  void aKeyIsTheProductOfTwoBlumPrimesAsTheContractSays() {
    BigInteger p = factor(KEY, 0);
    BigInteger q = factor(KEY, 1);
    assertEquals(N, p.multiply(q));
    assertEquals(BITS, N.bitLength());
    assertEquals(LENGTH, KEY.modulusLength());
    for (BigInteger prime : List.of(p, q)) {
      assertTrue(prime.isProbablePrime(100));
      assertEquals(BITS / 2, prime.bitLength());
      assertEquals(3, prime.intValue() & 3);
    }
    assertTrue(p.subtract(q).abs().bitLength() > BITS / 2 - 100);
    BigInteger phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
    assertEquals(BigInteger.ONE, N.gcd(phi));
    assertTrue(ECMATH.modular().checkModulus(MODULUS));
  }

  @Test
  void aSearchShowsItsProgressAndDeliversOnce() {
    try (KeySearch<PaillierKey> search = PAILLIER.startPaillier(BITS)) {
      Optional<PaillierKey> key = Optional.empty();
      KeySearch.Progress last = search.progress();
      assertEquals(new KeySearch.Progress(0, 0), last);
      while (key.isEmpty()) {
        key = search.step(1);
        KeySearch.Progress now = search.progress();
        assertTrue(now.candidates() >= last.candidates() && now.primes() >= last.primes());
        last = now;
      }
      assertEquals(2, last.primes());
      assertThrows(IllegalStateException.class, () -> search.step(1));
      try (PaillierKey found = key.get()) {
        assertEquals(BITS, number(PAILLIER.modulus(found)).bitLength());
        assertFalse(number(PAILLIER.modulus(found)).equals(N));
      }
    }
    assertError(EcError.ARGUMENT, () -> PAILLIER.startPaillier(513));
    assertError(EcError.ARGUMENT, () -> PAILLIER.startPaillier(0));
  }

  @Test
  void aSearchCanBeGivenUp() {
    KeySearch<PaillierKey> search = PAILLIER.startPaillier(2048);
    assertError(EcError.ARGUMENT, () -> search.step(0));
    search.close();
    assertThrows(IllegalStateException.class, () -> search.step(1));
    RuntimeException stop = new RuntimeException("enough");
    assertEquals(
        stop,
        assertThrows(
            RuntimeException.class,
            () ->
                PAILLIER.generate(
                    BITS,
                    progress -> {
                      throw stop;
                    })));
  }

  @Property(tries = 30)
  void encryptionAndDecryptionAgreeWithBigInteger(@ForAll long seed) {
    Random random = new Random(seed);
    List<BigInteger> plain =
        List.of(
            below(N, random),
            BigInteger.ZERO,
            BigInteger.ONE,
            N.subtract(BigInteger.ONE),
            N.shiftRight(1),
            N.shiftRight(1).add(BigInteger.ONE));
    try (Scope s = new Scope()) {
      List<SecretInteger> m = new ArrayList<>();
      List<SecretInteger> rho = new ArrayList<>();
      for (BigInteger p : plain) {
        m.add(s.add(integer(p)));
        rho.add(s.add(ECMATH.modular().unitRandom(MODULUS)));
      }
      byte[][] own = PAILLIER.encryptOwn(KEY, m, rho);
      byte[][] foreign = PAILLIER.affine(MODULUS, null, null, m, rho);
      List<SecretInteger> decrypted = PAILLIER.decrypt(KEY, own);
      decrypted.forEach(s::add);
      for (int i = 0; i < plain.size(); i++) {
        assertEquals(encrypt(plain.get(i), value(rho.get(i))), number(own[i]));
        assertArrayEquals(own[i], foreign[i]);
        assertEquals(centred(plain.get(i)), value(decrypted.get(i)));
        assertEquals(LENGTH, decrypted.get(i).width());
        assertArrayEquals(own[i], PAILLIER.encryptOwn(KEY, m.get(i), rho.get(i)));
        assertTrue(ECMATH.vault().equal(decrypted.get(i), s.add(PAILLIER.decrypt(KEY, own[i]))));
      }
    }
  }

  @Property(tries = 30)
  void affineOperationsAgreeWithBigInteger(@ForAll long seed) {
    Random random = new Random(seed);
    try (Scope s = new Scope()) {
      List<SecretInteger> a = new ArrayList<>();
      List<SecretInteger> b = new ArrayList<>();
      List<SecretInteger> rho = new ArrayList<>();
      byte[][] c = new byte[3][];
      List<BigInteger> expected = new ArrayList<>();
      List<BigInteger> plain = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        BigInteger av = new BigInteger(8 * (1 + random.nextInt(48)), random);
        BigInteger bv = below(N, random);
        BigInteger m = below(N, random);
        BigInteger cv = encrypt(m, below(N.subtract(BigInteger.ONE), random).add(BigInteger.ONE));
        a.add(s.add(integer(av)));
        b.add(s.add(integer(bv)));
        rho.add(s.add(ECMATH.modular().unitRandom(MODULUS)));
        c[i] = bytes(cv, 2 * LENGTH);
        expected.add(cv.modPow(av, NN).multiply(encrypt(bv.mod(N), value(rho.get(i)))).mod(NN));
        plain.add(centred(m.multiply(av).add(bv)));
      }
      byte[][] results = PAILLIER.affine(MODULUS, c, a, b, rho);
      for (int i = 0; i < 3; i++) {
        assertEquals(expected.get(i), number(results[i]));
        assertEquals(plain.get(i), value(s.add(PAILLIER.decrypt(KEY, results[i]))));
        assertArrayEquals(
            results[i], PAILLIER.affine(MODULUS, c[i], a.get(i), b.get(i), rho.get(i)));
      }
    }
  }

  @Test
  void randomizersServeAsWellAsTheirSecrets() {
    Random random = new Random(5);
    try (Scope s = new Scope()) {
      List<SecretInteger> a = new ArrayList<>();
      List<SecretInteger> b = new ArrayList<>();
      byte[][] c = new byte[9][];
      List<Blinder> blinders = PAILLIER.randomizers(MODULUS, c.length);
      List<SecretInteger> rho = new ArrayList<>();
      List<SecretInteger> power = new ArrayList<>();
      for (int i = 0; i < c.length; i++) {
        Blinder blinder = blinders.get(i);
        assertEquals(value(blinder.secret()).modPow(N, NN), value(blinder.power()));
        rho.add(s.add(blinder.secret()));
        power.add(s.add(blinder.power()));
        a.add(s.add(integer(new BigInteger(256, random))));
        b.add(s.add(integer(below(N, random))));
        c[i] = bytes(encrypt(below(N, random), BigInteger.TWO), 2 * LENGTH);
      }
      assertEquals(c.length, rho.stream().map(Fixture::value).distinct().count());
      assertArrayEquals(
          PAILLIER.affine(MODULUS, c, a, b, rho), PAILLIER.affineWith(MODULUS, c, a, b, power));
      assertArrayEquals(
          PAILLIER.affine(MODULUS, null, null, b, rho),
          PAILLIER.affineWith(MODULUS, null, null, b, power));
      assertError(EcError.ARGUMENT, () -> PAILLIER.randomizers(MODULUS, 0));
      assertError(
          EcError.RANGE,
          () ->
              PAILLIER.affineWith(
                  MODULUS, null, null, b.subList(0, 1), List.of(s.add(integer(NN)))));
    }
  }

  @Property(tries = 30)
  void nthRootsAreRoots(@ForAll long seed) {
    Random random = new Random(seed);
    byte[][] y = new byte[5][];
    for (int i = 0; i < y.length; i++) {
      y[i] = bytes(below(N.subtract(BigInteger.ONE), random).add(BigInteger.ONE), LENGTH);
    }
    y[1] = bytes(BigInteger.ONE, LENGTH);
    y[2] = bytes(N.subtract(BigInteger.ONE), LENGTH);
    byte[][] roots = PAILLIER.nthRoots(KEY, y);
    for (int i = 0; i < y.length; i++) {
      assertEquals(number(y[i]), number(roots[i]).modPow(N, N));
    }
  }

  @Test
  void valuesOutsideTheirRangeAreRefused() {
    BigInteger p = factor(KEY, 0);
    for (BigInteger c : List.of(BigInteger.ZERO, NN, NN.add(BigInteger.ONE))) {
      assertError(EcError.RANGE, () -> PAILLIER.decrypt(KEY, bytes(c, 2 * LENGTH)));
    }
    for (BigInteger c : List.of(N, p, NN.subtract(N), p.multiply(p))) {
      assertError(EcError.UNIT, () -> PAILLIER.decrypt(KEY, bytes(c, 2 * LENGTH)));
    }
    assertError(EcError.ARGUMENT, () -> PAILLIER.decrypt(KEY, new byte[LENGTH]));
    assertError(EcError.ARGUMENT, () -> PAILLIER.decrypt(KEY, new byte[0][]));
    for (BigInteger y : List.of(BigInteger.ZERO, N, p)) {
      assertThrows(
          InvalidInputException.class,
          () -> PAILLIER.nthRoots(KEY, new byte[][] {bytes(y, LENGTH)}));
    }
    try (SecretInteger one = integer(BigInteger.ONE);
        SecretInteger zero = integer(BigInteger.ZERO);
        SecretInteger n = integer(N);
        SecretInteger negative = ECMATH.integers().sub(zero, one)) {
      assertError(EcError.RANGE, () -> PAILLIER.encryptOwn(KEY, n, one));
      assertError(EcError.RANGE, () -> PAILLIER.encryptOwn(KEY, negative, one));
      assertError(EcError.RANGE, () -> PAILLIER.encryptOwn(KEY, one, n));
      assertError(EcError.RANGE, () -> PAILLIER.encryptOwn(KEY, one, zero));
      assertError(EcError.RANGE, () -> PAILLIER.affine(MODULUS, null, null, one, zero));
      assertError(EcError.RANGE, () -> PAILLIER.affine(MODULUS, null, null, one, n));
      assertError(EcError.RANGE, () -> PAILLIER.affine(MODULUS, null, null, n, one));
      assertError(EcError.RANGE, () -> PAILLIER.affine(MODULUS, null, null, negative, one));
      byte[] c = bytes(BigInteger.TWO, 2 * LENGTH);
      assertError(EcError.RANGE, () -> PAILLIER.affine(MODULUS, c, negative, one, one));
      assertError(EcError.ARGUMENT, () -> PAILLIER.affine(MODULUS, c, null, one, one));
      assertError(EcError.ARGUMENT, () -> PAILLIER.affine(MODULUS, null, one, one, one));
      assertError(
          EcError.ARGUMENT, () -> PAILLIER.affine(MODULUS, new byte[LENGTH], one, one, one));
      assertError(
          EcError.ARGUMENT, () -> PAILLIER.encryptOwn(KEY, List.of(one), List.of(one, one)));
      assertError(EcError.MODULUS, () -> PAILLIER.affine(new byte[60], null, null, one, one));
      assertError(EcError.ARGUMENT, () -> PAILLIER.factor(KEY, 2));
    }
  }

  /** The sizes of production: other widths of limbs and other kernels than 512 bits use. */
  @ParameterizedTest
  @ValueSource(ints = {2048, 3072})
  void keysOfProductionSizeDoTheSame(int bits) {
    try (Scope s = new Scope()) {
      PaillierKey key = s.add(PAILLIER.generate(bits, progress -> {}));
      byte[] modulus = PAILLIER.modulus(key);
      BigInteger n = number(modulus);
      BigInteger nn = n.multiply(n);
      assertEquals(bits, n.bitLength());
      assertEquals(n, factor(key, 0).multiply(factor(key, 1)));
      Random random = new Random(bits);
      BigInteger plain = below(n, random);
      SecretInteger m = s.add(integer(plain));
      SecretInteger rho = s.add(ECMATH.modular().unitRandom(modulus));
      byte[] c = PAILLIER.encryptOwn(key, m, rho);
      assertEquals(
          BigInteger.ONE.add(plain.multiply(n)).multiply(value(rho).modPow(n, nn)).mod(nn),
          number(c));
      assertArrayEquals(c, PAILLIER.affine(modulus, null, null, m, rho));
      BigInteger factor = new BigInteger(256, random);
      SecretInteger a = s.add(integer(factor));
      byte[] product = PAILLIER.affine(modulus, c, a, m, rho);
      BigInteger sum = plain.multiply(factor).add(plain).mod(n);
      BigInteger centred = sum.compareTo(n.shiftRight(1)) > 0 ? sum.subtract(n) : sum;
      assertEquals(centred, value(s.add(PAILLIER.decrypt(key, product))));
      byte[] y = bytes(below(n, random), bits / 8);
      assertEquals(number(y), number(PAILLIER.nthRoots(key, new byte[][] {y})[0]).modPow(n, n));
      byte[][] bases = {y, modulusMinusTwo(n, bits), y};
      SecretInteger wide = s.add(integer(new BigInteger(bits + 700, random)));
      BigInteger expected = number(y).modPow(value(wide), n);
      expected = expected.multiply(number(bases[1]).modPow(factor, n));
      expected = expected.multiply(number(y).modPow(plain, n)).mod(n);
      assertEquals(expected, number(ECMATH.ringPedersen().commit(modulus, bases, wide, a, m)));
      PaillierKey loaded =
          s.add(ECMATH.vault().loadPaillierKey(s.add(ECMATH.vault().serialize(key))));
      assertArrayEquals(modulus, PAILLIER.modulus(loaded));
    }
  }

  private static byte[] modulusMinusTwo(BigInteger n, int bits) {
    return bytes(n.subtract(BigInteger.TWO), bits / 8);
  }

  @Test
  void aKeySurvivesSerialisationAndDamageIsNoticed() {
    try (Scope s = new Scope()) {
      SecretBlob blob = s.add(ECMATH.vault().serialize(KEY));
      PaillierKey loaded = s.add(ECMATH.vault().loadPaillierKey(blob));
      assertArrayEquals(MODULUS, PAILLIER.modulus(loaded));
      SecretInteger rho = s.add(ECMATH.modular().unitRandom(MODULUS));
      SecretInteger m = s.add(integer(BigInteger.TEN));
      assertArrayEquals(PAILLIER.encryptOwn(KEY, m, rho), PAILLIER.encryptOwn(loaded, m, rho));
      assertError(EcError.FORMAT, () -> ECMATH.vault().loadRingPedersenKey(blob));
      byte[] good = content(blob);
      for (int bit = 0; bit < 8 * good.length; bit += 37) {
        SecretBlob bad = s.add(ECMATH.vault().fromPublic(Fixture.flipped(good, bit)));
        assertError(EcError.FORMAT, () -> ECMATH.vault().loadPaillierKey(bad));
      }
    }
  }

  @Property(tries = 20)
  void whatTheOwnerChecksIsTheEquationOfTheProofs(@ForAll long seed) {
    Random random = new Random(seed);
    boolean shared = random.nextBoolean();
    BigInteger ck = encrypt(below(N, random), below(N, random));
    List<Paillier.Check> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      BigInteger z1 = shared ? new BigInteger(520, random) : BigInteger.ZERO;
      BigInteger z2 = new BigInteger(1157, random);
      BigInteger w = below(N, random);
      BigInteger e = new BigInteger(128, random);
      BigInteger c = encrypt(below(N, random), below(N, random));
      BigInteger d =
          ck.modPow(z1, NN)
              .multiply(encrypt(z2.mod(N), w))
              .multiply(c.modPow(e.negate(), NN))
              .mod(NN);
      rows.add(
          new Paillier.Check(
              bytes(z1, shared ? 65 : 0),
              bytes(z2, 145),
              bytes(w, LENGTH),
              bytes(d, 2 * LENGTH),
              bytes(e, 16),
              bytes(c, 2 * LENGTH)));
    }
    byte[] base = shared ? bytes(ck, 2 * LENGTH) : null;
    assertEquals(OptionalInt.empty(), PAILLIER.checkOwn(KEY, base, rows));
    int at = random.nextInt(3);
    rows.get(at).z2()[random.nextInt(145)] ^= (byte) (1 << random.nextInt(8));
    assertEquals(OptionalInt.of(at), PAILLIER.checkOwn(KEY, base, rows));
    System.arraycopy(MODULUS, 0, rows.get(at).w(), 0, LENGTH);
    assertError(EcError.RANGE, () -> PAILLIER.checkOwn(KEY, base, rows));
    assertError(
        EcError.ARGUMENT,
        () -> PAILLIER.checkOwn(KEY, shared ? null : bytes(ck, 2 * LENGTH), rows));
    assertError(EcError.ARGUMENT, () -> PAILLIER.checkOwn(KEY, base, List.of()));
    Paillier.Check row = rows.get(0);
    rows.set(2, new Paillier.Check(row.z1(), new byte[144], row.w(), row.d(), row.e(), row.c()));
    assertError(EcError.ARGUMENT, () -> PAILLIER.checkOwn(KEY, base, rows));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 64, 200, BITS - 132, BITS - 10})
  void aPlaintextBeyondWhatWasProvenIsAFault(int bits) {
    BigInteger most = BigInteger.TWO.pow(bits).subtract(BigInteger.ONE);
    try (Scope s = new Scope()) {
      for (BigInteger m : List.of(most, most.negate())) {
        byte[][] c = {bytes(encrypt(m.mod(N), BigInteger.TEN), 2 * LENGTH)};
        assertEquals(m, value(s.add(PAILLIER.decrypt(KEY, c, bits).get(0))));
        assertThrows(FaultException.class, () -> PAILLIER.decrypt(KEY, c, bits - 1));
      }
    }
    byte[][] one = {bytes(BigInteger.ONE, 2 * LENGTH)};
    assertError(EcError.ARGUMENT, () -> PAILLIER.decrypt(KEY, one, -1));
    assertError(EcError.ARGUMENT, () -> PAILLIER.decrypt(KEY, one, BITS + 1));
  }
}
