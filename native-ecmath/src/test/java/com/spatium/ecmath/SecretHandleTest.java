/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.Fixture.ECMATH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.internal.Ecm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of a handle. */
class SecretHandleTest {
  private static final Curve CURVE = ECMATH.secp256k1();

  private static int codeOf(long raw) {
    return Ecm.ecm_secret_info(raw, new int[1], new long[1]);
  }

  @Test
  void useAfterCloseIsAnIllegalState() {
    SecretScalar k = CURVE.random();
    SecretBlob blob = ECMATH.vault().blob(8);
    SecretInteger integer = ECMATH.integers().fromScalar(k);
    k.close();
    blob.close();
    integer.close();
    assertTrue(k.isClosed());
    assertThrows(IllegalStateException.class, () -> CURVE.mulBase(k));
    assertThrows(IllegalStateException.class, () -> CURVE.mulBase(List.of(k)));
    assertThrows(IllegalStateException.class, () -> CURVE.add(k, k));
    assertThrows(IllegalStateException.class, () -> ECMATH.vault().slice(blob, 0, 1));
    assertThrows(IllegalStateException.class, () -> ECMATH.vault().access().address(blob));
    assertThrows(IllegalStateException.class, () -> ECMATH.vault().access().direct(blob));
    assertThrows(IllegalStateException.class, () -> ECMATH.hashing().hmac(blob, new byte[1]));
    assertThrows(
        IllegalStateException.class,
        () -> ECMATH.hashing().hmacVerify(blob, new byte[1], new byte[1]));
    assertThrows(IllegalStateException.class, integer::width);
  }

  @Test
  void closingTwiceIsHarmlessAndFreesNobodyElse() {
    SecretScalar first = CURVE.random();
    first.close();
    try (SecretScalar second = CURVE.random()) { // takes the slot that became free
      first.close();
      assertEquals(33, CURVE.mulBase(second).length);
    }
  }

  @Test
  void aStaleHandleIsRefusedByTheLibraryEvenWhenItsSlotIsInUseAgain() {
    SecretScalar first = CURVE.random();
    long raw = first.raw();
    first.close();
    try (SecretScalar second = CURVE.random()) {
      assertNotEquals(raw, second.raw());
      assertEquals(EcError.HANDLE.code(), codeOf(raw));
      assertEquals(EcError.HANDLE.code(), Ecm.ecm_secret_free(raw));
      assertEquals(Ecm.OK, codeOf(second.raw()));
    }
  }

  @Test
  void closingGivesTheMemoryBack() {
    long handles = ECMATH.vault().report().handles();
    try (SecretBlob blob = ECMATH.vault().blob(5000)) {
      assertEquals(handles + 1, ECMATH.vault().report().handles());
      assertTrue(ECMATH.vault().report().inUse() >= 5000);
      assertFalse(blob.isClosed());
    }
    assertEquals(handles, ECMATH.vault().report().handles());
  }

  @Test
  void equalityIsIdentityAndNothingIsPrinted() {
    byte[] one = new byte[32];
    one[31] = 1;
    try (SecretScalar a = CURVE.fromPublic(one);
        SecretScalar b = CURVE.fromPublic(one)) {
      assertNotEquals(a, b);
      assertEquals(a, a);
      assertTrue(ECMATH.vault().equal(a, b));
      assertEquals("secret[redacted]", a.toString());
    }
  }

  @Test
  void handlesCannotBeSerialised() throws IOException {
    try (SecretScalar k = CURVE.random();
        ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThrows(NotSerializableException.class, () -> out.writeObject(k));
    }
  }

  @Test
  void aForgottenSecretIsFreedByTheGarbageCollector() {
    long raw = forget();
    // The collector decides when: ask it until it did.
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (codeOf(raw) == Ecm.OK) {
            System.gc();
            Thread.onSpinWait();
          }
        });
    assertEquals(EcError.HANDLE.code(), codeOf(raw));
  }

  private static long forget() {
    return CURVE.random().raw();
  }

  @Test
  void aHandleOfAnotherKindIsRefused() {
    try (SecretScalar k = CURVE.random();
        SecretBlob blob = ECMATH.vault().blob(32);
        SecretInteger integer = ECMATH.integers().fromScalar(k)) {
      CurveTest.assertError(EcError.KIND, () -> ECMATH.vault().equal(k, blob));
      CurveTest.assertError(EcError.KIND, () -> ECMATH.vault().equal(k, integer));
      CurveTest.assertError(EcError.KIND, () -> ECMATH.vault().serialize(blob));
    }
  }
}
