/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.Template;
import com.spatium.cryptodriver.pkcs11.internal.TestModule;
import com.spatium.ecmath.EcMath;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The token's objects: as strong as they should be when the driver makes them, and refused when
 * somebody made them weaker.
 */
final class TokenAttributesIT {
  private static final EcMath ECMATH = EcMath.open();
  private static final long GENERIC_SECRET = 0x10;

  private final SoftHsm hsm = SoftHsm.instance();
  private final TestModule module = hsm.module();
  private final Cryptoki driver = module.driver();
  private SoftHsm.TestToken there;

  /** Logged in all the time, as another application in this process may be. */
  private long session;

  @BeforeEach
  void login() {
    there = hsm.newToken();
    session = driver.openSession(there.slot(), true);
    assertEquals(Ckr.OK, module.login(session, SoftHsm.PIN));
  }

  @AfterEach
  void closeSession() {
    driver.closeSession(session);
  }

  private long single(String label) {
    List<Long> found = driver.find(session, Template.empty().with(Cka.LABEL, label));
    assertEquals(1, found.size(), label);
    return found.get(0);
  }

  @Test
  void healthReportsWhatWasVerified() {
    try (TokenCustody custody = TokenCustody.provision(ECMATH, there.config(ECMATH), "attr")) {
      Map<String, String> health = custody.health();
      for (String key : new String[] {"spatium:attr:seal-enc", "spatium:attr:seal-mac"}) {
        for (String yes :
            new String[] {
              "LOCAL", "SENSITIVE", "ALWAYS_SENSITIVE", "NEVER_EXTRACTABLE", "PRIVATE", "TOKEN"
            }) {
          assertEquals("true", health.get(key + " CKA_" + yes), yes);
        }
        for (String no : new String[] {"EXTRACTABLE", "MODIFIABLE", "WRAP", "UNWRAP", "DERIVE"}) {
          assertEquals("false", health.get(key + " CKA_" + no), no);
        }
      }
      assertEquals("32", health.get("spatium:attr:seal-enc CKA_VALUE_LEN"));
      assertEquals("64", health.get("spatium:attr:seal-mac CKA_VALUE_LEN"));
    }
  }

  @Test
  void theKeysCannotBeReadWrappedOrChanged() {
    try (TokenCustody custody = TokenCustody.provision(ECMATH, there.config(ECMATH), "attr")) {
      SecretId id = SecretId.random();
      custody.createSecret(id);
      long enc = single("spatium:attr:seal-enc");
      for (String label : new String[] {"seal-enc", "seal-mac", "secret:" + id}) {
        long key = single("spatium:attr:" + label);
        assertEquals(Ckr.ATTRIBUTE_SENSITIVE, module.readValue(session, key), label);
        for (Cka flag :
            new Cka[] {Cka.EXTRACTABLE, Cka.WRAP, Cka.UNWRAP, Cka.DERIVE, Cka.MODIFIABLE}) {
          assertNotEquals(Ckr.OK, module.setFlag(session, key, flag, true), label + " " + flag);
        }
        assertNotEquals(Ckr.OK, module.setFlag(session, key, Cka.SENSITIVE, false), label);
        assertNotEquals(Ckr.OK, module.wrap(session, enc, key), label);
      }
      long wrapping =
          driver.generateKey(
              session,
              KeyKind.AES.generator(),
              KeyKind.AES.template("wrapper", false).with(Cka.WRAP, true).with(Cka.UNWRAP, true));
      assertNotEquals(Ckr.OK, module.wrap(session, wrapping, enc));
    }
  }

  /** Each flag that the driver sets, set to the contrary. */
  @ParameterizedTest
  @EnumSource(
      value = Cka.class,
      names = {"SENSITIVE", "EXTRACTABLE", "MODIFIABLE", "WRAP", "UNWRAP", "DERIVE", "PRIVATE"})
  void aWeakenedSealKeyStopsTheDriver(Cka flag) {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "attr").close();
    for (KeyKind kind : KeyKind.values()) {
      String label = "spatium:attr:" + (kind == KeyKind.AES ? "seal-enc" : "seal-mac");
      driver.destroyObject(session, single(label));
      boolean weak = flag != Cka.SENSITIVE && flag != Cka.PRIVATE;
      driver.generateKey(session, kind.generator(), kind.template(label, true).with(flag, weak));
      assertViolation(flag, label);
      driver.destroyObject(session, single(label));
      driver.generateKey(session, kind.generator(), kind.template(label, true));
      TokenCustody.open(ECMATH, there.config(ECMATH), "attr").close();
    }
  }

  private void assertViolation(Cka attribute, String label) {
    TokenException e =
        assertThrows(
            TokenException.AttributeViolation.class,
            () -> TokenCustody.open(ECMATH, there.config(ECMATH), "attr"));
    assertTrue(e.getMessage().contains(attribute.ckaName() + " of"), e.getMessage());
    assertTrue(e.getMessage().contains(label), e.getMessage());
    // Nor does provisioning put up with it.
    assertThrows(
        TokenException.AttributeViolation.class,
        () -> TokenCustody.provision(ECMATH, there.config(ECMATH), "attr"));
  }

  @Test
  void anImportedKeyStopsTheDriver() {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "attr").close();
    String label = "spatium:attr:seal-mac";
    driver.destroyObject(session, single(label));
    module.importKey(session, GENERIC_SECRET, new byte[64], importable(label));
    assertViolation(Cka.LOCAL, label);
  }

  private static Template importable(String label) {
    return Template.empty()
        .with(Cka.LABEL, label)
        .with(Cka.TOKEN, true)
        .with(Cka.PRIVATE, true)
        .with(Cka.SENSITIVE, true)
        .with(Cka.EXTRACTABLE, false)
        .with(Cka.MODIFIABLE, false)
        .with(Cka.WRAP, false)
        .with(Cka.UNWRAP, false)
        .with(Cka.DERIVE, false)
        .with(Cka.SIGN, true)
        .with(Cka.VERIFY, true);
  }

  @ParameterizedTest
  @CsvSource({"seal-enc, 16", "seal-mac, 65"})
  void aKeyOfAnotherLengthStopsTheDriver(String name, long length) {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "attr").close();
    String label = "spatium:attr:" + name;
    KeyKind kind = name.equals("seal-enc") ? KeyKind.AES : KeyKind.HMAC;
    driver.destroyObject(session, single(label));
    driver.generateKey(
        session, kind.generator(), kind.template(label, true).with(Cka.VALUE_LEN, length));
    assertViolation(Cka.VALUE_LEN, label);
  }

  @Test
  void keysOfTheWrongTypeStopTheDriver() {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "attr").close();
    String label = "spatium:attr:seal-enc";
    driver.destroyObject(session, single(label));
    driver.generateKey(
        session,
        KeyKind.HMAC.generator(),
        KeyKind.HMAC.template(label, true).with(Cka.VALUE_LEN, 32));
    assertViolation(Cka.KEY_TYPE, label);
  }

  @Test
  void aSecondObjectWithOurLabelStopsTheDriver() {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "attr").close();
    driver.generateKey(
        session, KeyKind.HMAC.generator(), KeyKind.HMAC.template("spatium:attr:seal-mac", true));
    assertViolation(Cka.LABEL, "spatium:attr:seal-mac");
  }

  @Test
  void nothingIsMadeWhereThereIsALeftOver() {
    try (TokenCustody custody = TokenCustody.provision(ECMATH, there.config(ECMATH), "attr")) {
      SecretId id = SecretId.random();
      String label = "spatium:attr:secret:" + id;
      driver.generateKey(session, KeyKind.HMAC.generator(), KeyKind.HMAC.template(label, true));
      assertThrows(UsageException.class, () -> custody.createSecret(id));
      single(label);
    }
  }

  @Test
  void aWeakenedSecretIsRefusedWhenItIsUsed() {
    try (TokenCustody custody = TokenCustody.provision(ECMATH, there.config(ECMATH), "attr")) {
      SecretId id = SecretId.random();
      String label = "spatium:attr:secret:" + id;
      module.importKey(session, GENERIC_SECRET, new byte[64], importable(label));
      TokenException e =
          assertThrows(
              TokenException.AttributeViolation.class,
              () -> custody.fragment(id, Suite.ECDSA_SECP256K1, new DerivationPath(0, 0)));
      assertTrue(
          e.getMessage().contains("CKA_LOCAL") && e.getMessage().contains(label), e.getMessage());
    }
  }

  /**
   * SunPKCS11 cannot load a token with doubles, whoever's they are: the message must lead to them.
   */
  @Test
  void anotherApplicationsDoublesAreNamed() {
    TokenCustody.provision(ECMATH, there.config(ECMATH), "attr").close();
    for (int i = 0; i < 2; i++) {
      driver.generateKey(
          session, KeyKind.HMAC.generator(), KeyKind.HMAC.template("their-key", true));
    }
    TokenException e =
        assertThrows(
            TokenException.class, () -> TokenCustody.open(ECMATH, there.config(ECMATH), "attr"));
    assertTrue(e.getMessage().contains("their-key"), e.getMessage());
  }
}
