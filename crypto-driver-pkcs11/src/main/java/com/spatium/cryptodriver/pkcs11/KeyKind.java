/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Mechanism;
import com.spatium.cryptodriver.pkcs11.internal.Template;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The two kinds of keys in the token: how they are made, and what is verified of them at every
 * start.
 */
enum KeyKind {
  /** AES-256: encrypts and decrypts, nothing else. */
  AES(Mechanism.AES_KEY_GEN, 0x1F, 32, true),
  /** A generic secret of 64 bytes: makes HMACs, nothing else. */
  HMAC(Mechanism.GENERIC_SECRET_KEY_GEN, 0x10, 64, false);

  private static final long CKO_SECRET_KEY = 4;

  private final Mechanism generator;
  private final boolean encrypts;

  @SuppressWarnings("ImmutableEnumChecker") // unmodifiable, and in the order in which it is checked
  private final Map<Cka, Object> required;

  KeyKind(Mechanism generator, long keyType, long length, boolean encrypts) {
    this.generator = generator;
    this.encrypts = encrypts;
    Map<Cka, Object> required = new LinkedHashMap<>();
    required.put(Cka.CLASS, CKO_SECRET_KEY);
    required.put(Cka.KEY_TYPE, keyType);
    required.put(Cka.VALUE_LEN, length);
    required.put(Cka.TOKEN, true);
    required.put(Cka.PRIVATE, true);
    // Made in this token: some tokens call an imported key always-sensitive, so this is not implied
    // by what follows.
    required.put(Cka.LOCAL, true);
    required.put(Cka.SENSITIVE, true);
    required.put(Cka.ALWAYS_SENSITIVE, true);
    required.put(Cka.EXTRACTABLE, false);
    required.put(Cka.NEVER_EXTRACTABLE, true);
    // Or anyone logged in could turn the next three back on.
    required.put(Cka.MODIFIABLE, false);
    required.put(Cka.WRAP, false);
    required.put(Cka.UNWRAP, false);
    required.put(Cka.DERIVE, false);
    this.required = Collections.unmodifiableMap(required);
  }

  Mechanism generator() {
    return generator;
  }

  /**
   * What C_GenerateKey gets. CLASS, KEY_TYPE, LOCAL and the two histories are the token's to set.
   */
  Template template(String label, boolean onToken) {
    Template template =
        Template.empty()
            .with(Cka.LABEL, label)
            .with(Cka.ENCRYPT, encrypts)
            .with(Cka.DECRYPT, encrypts)
            .with(Cka.SIGN, !encrypts)
            .with(Cka.VERIFY, !encrypts)
            .with(Cka.VALUE_LEN, (long) (Long) required.getOrDefault(Cka.VALUE_LEN, 0L));
    for (Cka flag :
        new Cka[] {
          Cka.PRIVATE,
          Cka.SENSITIVE,
          Cka.EXTRACTABLE,
          Cka.MODIFIABLE,
          Cka.WRAP,
          Cka.UNWRAP,
          Cka.DERIVE
        }) {
      template = template.with(flag, Boolean.TRUE.equals(required.get(flag)));
    }
    return template.with(Cka.TOKEN, onToken);
  }

  /**
   * Compares an object with what is required.
   *
   * @param waived attributes that are not compared: none but in tests, see Token
   * @param read gives an attribute's value, or empty if the token does not report it
   * @param onToken false for the session keys that Doctor tries out
   * @return the attributes as they were found, for people
   * @throws TokenException.AttributeViolation naming the first attribute that differs
   */
  Map<String, String> verify(
      String label, boolean onToken, Set<Cka> waived, Function<Cka, Optional<Object>> read) {
    Map<String, String> found = new LinkedHashMap<>();
    for (Map.Entry<Cka, Object> e : required.entrySet()) {
      Cka attribute = e.getKey();
      Object expected = attribute == Cka.TOKEN ? (Object) onToken : e.getValue();
      String actual = read.apply(attribute).map(Object::toString).orElse("not reported");
      if (!actual.equals(expected.toString()) && !waived.contains(attribute)) {
        throw new TokenException.AttributeViolation(
            attribute.ckaName()
                + " of the token object '"
                + label
                + "' is "
                + actual
                + ", but must be "
                + expected
                + ": the object was not made by this driver or was changed. Do not use it; find out who made it");
      }
      found.put(attribute.ckaName(), actual);
    }
    return found;
  }
}
