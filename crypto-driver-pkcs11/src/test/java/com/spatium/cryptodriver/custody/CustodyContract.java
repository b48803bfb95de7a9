/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every custody does alike. */
public abstract class CustodyContract {
  private static final Bytes AAD = Bytes.ofHex("00112233");
  protected static final EcMath ECMATH = EcMath.open();

  private Custody custody;

  /** A new custody; a second call gives an independent one. The test closes it. */
  protected abstract Custody newCustody() throws Exception;

  @BeforeEach
  void open() throws Exception {
    custody = newCustody();
  }

  @AfterEach
  void close() {
    custody.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 11, 12, 13, 15, 16, 17, 28, 31, 32, 33, 64, 1000, 4096, 65535, 65536})
  void aSealedBlobOpensToTheSame(int length) {
    try (SecretBlob secret = ECMATH.vault().random(length, null);
        SecretBlob opened = custody.open(AAD, custody.seal(AAD, secret))) {
      assertEquals(length, ECMATH.vault().access().length(opened));
      assertTrue(ECMATH.vault().equal(secret, opened));
    }
  }

  @Test
  void moreThan64KiBAreRefused() {
    try (SecretBlob large = ECMATH.vault().blob(65537)) {
      assertThrows(UsageException.class, () -> custody.seal(AAD, large));
    }
  }

  @Test
  void anEmptyAadIsAnAadToo() {
    try (SecretBlob secret = ECMATH.vault().random(32, null);
        SecretBlob opened = custody.open(Bytes.empty(), custody.seal(Bytes.empty(), secret))) {
      assertTrue(ECMATH.vault().equal(secret, opened));
      assertThrows(
          StorageException.class, () -> custody.open(AAD, custody.seal(Bytes.empty(), secret)));
    }
  }

  @Test
  void sealingTwiceGivesUnrelatedBlobs() {
    try (SecretBlob secret = ECMATH.vault().random(64, null)) {
      byte[] a = custody.seal(AAD, secret).toByteArray();
      byte[] b = custody.seal(AAD, secret).toByteArray();
      int same = 0;
      for (int i = 1; i < a.length; i++) {
        same += a[i] == b[i] ? 1 : 0;
      }
      assertTrue(same < 10, same + " of " + a.length + " bytes are the same");
    }
  }

  @Test
  void aBlobThatWasMovedToAnotherPlaceDoesNotOpen() {
    try (SecretBlob one = ECMATH.vault().random(32, null);
        SecretBlob two = ECMATH.vault().random(32, null)) {
      Bytes placeOne = Bytes.ofHex("0001");
      Bytes placeTwo = Bytes.ofHex("0002");
      Bytes sealedOne = custody.seal(placeOne, one);
      Bytes sealedTwo = custody.seal(placeTwo, two);
      assertThrows(StorageException.class, () -> custody.open(placeOne, sealedTwo));
      assertThrows(StorageException.class, () -> custody.open(placeTwo, sealedOne));
      assertThrows(StorageException.class, () -> custody.open(Bytes.ofHex("00"), sealedOne));
      assertThrows(StorageException.class, () -> custody.open(Bytes.ofHex("000100"), sealedOne));
    }
  }

  @Test
  void anyFlippedBitIsNoticed() {
    try (SecretBlob secret = ECMATH.vault().random(20, null)) {
      byte[] sealed = custody.seal(AAD, secret).toByteArray();
      for (int i = 0; i < sealed.length; i++) {
        byte[] altered = sealed.clone();
        altered[i] ^= (byte) (1 << (i & 7));
        Bytes blob = Bytes.of(altered);
        assertThrows(StorageException.class, () -> custody.open(AAD, blob), "byte " + i);
      }
    }
  }

  @Test
  void aBlobOfAnyOtherLengthIsNoticed() {
    try (SecretBlob secret = ECMATH.vault().random(40, null)) {
      byte[] sealed = custody.seal(AAD, secret).toByteArray();
      for (int length = 0; length < sealed.length; length++) {
        Bytes cut = Bytes.of(java.util.Arrays.copyOf(sealed, length));
        assertThrows(StorageException.class, () -> custody.open(AAD, cut), length + " bytes");
      }
      for (int more : new int[] {1, 15, 16, 17, 64, 100_000}) {
        Bytes longer = Bytes.of(java.util.Arrays.copyOf(sealed, sealed.length + more));
        assertThrows(StorageException.class, () -> custody.open(AAD, longer), more + " bytes more");
      }
    }
  }

  @Test
  void anotherCustodyDoesNotOpenIt() throws Exception {
    try (Custody other = newCustody();
        SecretBlob secret = ECMATH.vault().random(32, null)) {
      Bytes sealed = custody.seal(AAD, secret);
      assertThrows(StorageException.class, () -> other.open(AAD, sealed));
    }
  }

  @Test
  void refusedBlobsLeaveNothingInTheVault() {
    try (SecretBlob secret = ECMATH.vault().random(32, null)) {
      Bytes sealed = custody.seal(AAD, secret);
      long before = ECMATH.vault().report().handles();
      assertThrows(StorageException.class, () -> custody.open(Bytes.empty(), sealed));
      custody.seal(AAD, secret);
      custody.health();
      custody.open(AAD, sealed).close();
      assertEquals(before, ECMATH.vault().report().handles());
    }
  }

  @Test
  void randomnessIsThirtyTwoBytesThatDiffer() {
    assumeTrue(custody.nativeKind() == Secrets.Kind.TOKEN_BOUND, "no generator of its own");
    try (SecretBlob a = custody.randomness().orElseThrow();
        SecretBlob b = custody.randomness().orElseThrow();
        SecretBlob zero = ECMATH.vault().blob(32)) {
      assertEquals(32, ECMATH.vault().access().length(a));
      assertFalse(ECMATH.vault().equal(a, b));
      assertFalse(ECMATH.vault().equal(a, zero));
    }
  }

  @Test
  void fragmentsAreTheSameForOnePathAndDifferForAnyOther() {
    assumeTrue(custody.nativeKind() == Secrets.Kind.TOKEN_BOUND, "no token-bound secrets");
    SecretId one = SecretId.random();
    SecretId two = SecretId.random();
    custody.createSecret(one);
    custody.createSecret(two);
    Set<String> points = new HashSet<>();
    for (Suite suite : Suite.values()) {
      for (SecretId id : List.of(one, two)) {
        for (DerivationPath path :
            List.of(path(0, 0), path(60, 0), path(0, 60), path(0x7fffffffL, 0x7fffffffL))) {
          String point = point(id, suite, path);
          assertEquals(point, point(id, suite, path));
          assertTrue(points.add(suite + point), "two paths give one fragment");
        }
      }
    }
    assertEquals(16, points.size());
  }

  private static DerivationPath path(long coin, long account) {
    return new DerivationPath(coin, account);
  }

  private String point(SecretId id, Suite suite, DerivationPath path) {
    Curve curve = suite == Suite.ECDSA_SECP256K1 ? ECMATH.secp256k1() : ECMATH.ed25519();
    try (SecretScalar x = custody.fragment(id, suite, path)) {
      return Bytes.of(curve.mulBase(x)).toHex();
    }
  }

  @Test
  void aSecretIsMadeOnceAndDestroyedAsOftenAsOneLikes() {
    assumeTrue(custody.nativeKind() == Secrets.Kind.TOKEN_BOUND, "no token-bound secrets");
    SecretId id = SecretId.random();
    assertThrows(
        TokenException.KeyMissing.class, () -> point(id, Suite.ECDSA_SECP256K1, path(0, 0)));
    custody.createSecret(id);
    String before = point(id, Suite.ECDSA_SECP256K1, path(0, 0));
    assertThrows(UsageException.class, () -> custody.createSecret(id));
    assertEquals(before, point(id, Suite.ECDSA_SECP256K1, path(0, 0)));
    custody.destroySecret(id);
    custody.destroySecret(id);
    assertThrows(
        TokenException.KeyMissing.class, () -> point(id, Suite.ECDSA_SECP256K1, path(0, 0)));
    custody.createSecret(id);
    assertNotEquals(before, point(id, Suite.ECDSA_SECP256K1, path(0, 0)));
  }

  @Test
  void withoutATokenThereAreNoTokenBoundSecrets() {
    assumeTrue(custody.nativeKind() == Secrets.Kind.PORTABLE);
    SecretId id = SecretId.random();
    assertThrows(UsageException.class, () -> custody.createSecret(id));
    assertThrows(UsageException.class, () -> custody.fragment(id, Suite.EDDSA_ED25519, path(0, 0)));
    custody.destroySecret(id);
    assertTrue(custody.randomness().isEmpty());
  }

  @Test
  void manyThreadsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        Bytes aad = Bytes.of(new byte[] {(byte) i});
        running.add(
            threads.submit(
                () -> {
                  for (int n = 1; n <= 25; n++) {
                    try (SecretBlob secret = ECMATH.vault().random(37 * n, null);
                        SecretBlob opened = custody.open(aad, custody.seal(aad, secret))) {
                      assertTrue(ECMATH.vault().equal(secret, opened));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> f : running) {
        f.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void healthTellsAndRefusesAfterClose() {
    assertFalse(custody.health().isEmpty());
    assertFalse(custody.describe().isBlank());
    custody.close();
    custody.close();
    assertThrows(UsageException.class, () -> custody.health());
    try (SecretBlob secret = ECMATH.vault().blob(1)) {
      assertThrows(UsageException.class, () -> custody.seal(AAD, secret));
    }
  }
}
