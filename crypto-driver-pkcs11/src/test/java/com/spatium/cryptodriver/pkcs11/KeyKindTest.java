/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Mechanism;
import com.spatium.cryptodriver.pkcs11.internal.MechanismInfo;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every attribute that is required is compared, and its absence is a violation too. */
final class KeyKindTest {
  private static final Set<Cka> VERIFIED =
      Set.of(
          Cka.CLASS,
          Cka.KEY_TYPE,
          Cka.VALUE_LEN,
          Cka.TOKEN,
          Cka.PRIVATE,
          Cka.LOCAL,
          Cka.SENSITIVE,
          Cka.ALWAYS_SENSITIVE,
          Cka.EXTRACTABLE,
          Cka.NEVER_EXTRACTABLE,
          Cka.MODIFIABLE,
          Cka.WRAP,
          Cka.UNWRAP,
          Cka.DERIVE);

  private static Map<Cka, Object> good(KeyKind kind) {
    Map<Cka, Object> values = new EnumMap<>(Cka.class);
    values.put(Cka.CLASS, 4L);
    values.put(Cka.KEY_TYPE, kind == KeyKind.AES ? 0x1FL : 0x10L);
    values.put(Cka.VALUE_LEN, kind == KeyKind.AES ? 32L : 64L);
    for (Cka yes :
        new Cka[] {
          Cka.TOKEN,
          Cka.PRIVATE,
          Cka.LOCAL,
          Cka.SENSITIVE,
          Cka.ALWAYS_SENSITIVE,
          Cka.NEVER_EXTRACTABLE
        }) {
      values.put(yes, true);
    }
    for (Cka no : new Cka[] {Cka.EXTRACTABLE, Cka.MODIFIABLE, Cka.WRAP, Cka.UNWRAP, Cka.DERIVE}) {
      values.put(no, false);
    }
    return values;
  }

  private static Map<String, String> verify(KeyKind kind, Map<Cka, Object> values) {
    return kind.verify(
        "the-label", true, Set.of(), attribute -> Optional.ofNullable(values.get(attribute)));
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void aKeyAsItShouldBe(KeyKind kind) {
    Map<String, String> found = verify(kind, good(kind));
    assertEquals(VERIFIED.size(), found.size());
    assertEquals("false", found.get("CKA_EXTRACTABLE"));
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void anyOtherValueIsAViolationThatNamesAttributeAndObject(KeyKind kind) {
    for (Cka attribute : VERIFIED) {
      Map<Cka, Object> values = good(kind);
      values.compute(
          attribute, (a, v) -> v instanceof Boolean b ? (Object) !b : (Object) ((Long) v + 1));
      assertViolation(kind, attribute, values);
      values.remove(attribute);
      assertTrue(assertViolation(kind, attribute, values).getMessage().contains("not reported"));
    }
  }

  private static TokenException assertViolation(
      KeyKind kind, Cka attribute, Map<Cka, Object> values) {
    TokenException e =
        assertThrows(
            TokenException.AttributeViolation.class, () -> verify(kind, values), attribute.name());
    assertTrue(
        e.getMessage().contains(attribute.ckaName() + " of the token object 'the-label'"),
        e.getMessage());
    return e;
  }

  @Test
  void mechanismsNeedUseAndKeySize() {
    long use = 0x100 | 0x200;
    assertTrue(Mechanism.AES_CBC.satisfiedBy(new MechanismInfo(16, 32, use)));
    assertTrue(Mechanism.AES_CBC.satisfiedBy(new MechanismInfo(128, 256, use)), "in bits");
    assertTrue(Mechanism.AES_CBC.satisfiedBy(new MechanismInfo(0, 0, use)), "not stated");
    assertFalse(Mechanism.AES_CBC.satisfiedBy(new MechanismInfo(16, 24, use)));
    assertFalse(Mechanism.AES_CBC.satisfiedBy(new MechanismInfo(64, 128, use)));
    assertFalse(Mechanism.AES_CBC.satisfiedBy(new MechanismInfo(16, 32, 0x100)), "cannot decrypt");
    assertTrue(Mechanism.SHA512_HMAC.satisfiedBy(new MechanismInfo(64, 512, 0x800)));
    assertTrue(
        Mechanism.SHA512_HMAC.satisfiedBy(new MechanismInfo(64, -1, 0x800)), "no upper bound");
    assertFalse(Mechanism.SHA512_HMAC.satisfiedBy(new MechanismInfo(1, 63, 0x800)));
    assertFalse(Mechanism.AES_KEY_GEN.satisfiedBy(new MechanismInfo(16, 32, 0)));
  }
}
