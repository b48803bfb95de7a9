/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which error becomes what. */
final class FailureTest {
  /** Named like SunPKCS11's, which is in a package that is not exported. */
  @SuppressWarnings("serial")
  private static final class PKCS11Exception extends Exception {
    PKCS11Exception(String message) {
      super(message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CKR_OBJECT_HANDLE_INVALID, 0x82",
    "CKR_SESSION_HANDLE_INVALID, 0xB3",
    "CKR_GENERAL_ERROR, 0x05",
    "0x00000030, 0x30",
    "0x80000001, 0x80000001",
    "CKR_KEY_HANDLE_INVALID (more words), 0x60"
  })
  void theCodeIsReadFromTheCauses(String message, long code) {
    Throwable sun =
        new ProviderException(
            "doFinal() failed", new InvalidKeyException(new PKCS11Exception(message)));
    assertEquals(code, Failure.of(sun).ckr());
  }

  @Test
  void jnaAndSunGiveTheSame() {
    Failure jna = Failure.of(new CkrException("C_Sign", Ckr.DEVICE_REMOVED));
    Failure sun = Failure.of(new ProviderException(new PKCS11Exception("CKR_DEVICE_REMOVED")));
    assertEquals(jna.ckr(), sun.ckr());
    assertEquals("CKR_DEVICE_REMOVED", jna.name());
    assertTrue(jna.curable() && sun.curable());
  }

  @Test
  void aMessageThatLooksLikeACodeButIsNot() {
    assertEquals(-1, Failure.of(new ProviderException("CKR_PIN_LOCKED in some text")).ckr());
    assertEquals(
        -1, Failure.of(new ProviderException(new PKCS11Exception("CKR_NO_SUCH_CODE"))).ckr());
  }

  @ParameterizedTest
  @CsvSource({"0x05", "0x30", "0x32", "0x60", "0x82", "0xB0", "0xB3", "0xE0", "0x101", "0x190"})
  void whatAFreshLookMayCure(long code) {
    assertTrue(Failure.of(new CkrException("C_Sign", code)).curable());
  }

  /** Above all a PIN is never tried twice. */
  @ParameterizedTest
  @CsvSource({"0xA0", "0xA1", "0xA2", "0xA3", "0xA4", "0x07", "0x63", "0x68", "0x70", "0xD1"})
  void whatIsNotTriedAgain(long code) {
    assertFalse(Failure.of(new CkrException("C_Login", code)).curable());
  }

  @Test
  void theCallerGetsTheTypeThatSaysWhatToDo() {
    assertInstanceOf(TokenException.PinIncorrect.class, exception(Ckr.PIN_INCORRECT));
    assertInstanceOf(TokenException.PinLocked.class, exception(Ckr.PIN_LOCKED));
    assertInstanceOf(TokenException.MechanismMissing.class, exception(Ckr.MECHANISM_INVALID));
    TokenException lost = Failure.of(new CkrException("C_Sign", Ckr.DEVICE_REMOVED)).lost("gone");
    assertInstanceOf(TokenException.TokenLost.class, lost);
    assertEquals("CKR_DEVICE_REMOVED", lost.ckrName());
    assertEquals(0x32, lost.ckr());
    assertEquals("gone [CKR_DEVICE_REMOVED]", lost.getMessage());
    assertInstanceOf(
        TokenException.TokenAbsent.class,
        Failure.of(new ProviderException("no")).absent("not there"));
  }

  private static Throwable exception(long ckr) {
    return Failure.of(new CkrException("C_Function", ckr)).toException("refused");
  }

  @Test
  void namesAndNumbersAreInverse() {
    for (long ckr = 0; ckr <= 0x200; ckr++) {
      assertEquals(ckr, Ckr.number(Ckr.name(ckr)).orElseThrow());
    }
    assertEquals("CKR_USER_ALREADY_LOGGED_IN", Ckr.name(Ckr.USER_ALREADY_LOGGED_IN));
    assertEquals("0xCE534350", Ckr.name(0xCE534350L));
    assertTrue(Ckr.number("0xzz").isEmpty());
  }
}
