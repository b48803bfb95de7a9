/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

/**
 * The attributes that the driver sets, searches by and verifies. CKA_VALUE is not among them, and
 * never will be.
 */
public enum Cka {
  CLASS(0x000, Form.ULONG),
  TOKEN(0x001, Form.BOOL),
  PRIVATE(0x002, Form.BOOL),
  LABEL(0x003, Form.TEXT),
  KEY_TYPE(0x100, Form.ULONG),
  SENSITIVE(0x103, Form.BOOL),
  ENCRYPT(0x104, Form.BOOL),
  DECRYPT(0x105, Form.BOOL),
  WRAP(0x106, Form.BOOL),
  UNWRAP(0x107, Form.BOOL),
  SIGN(0x108, Form.BOOL),
  VERIFY(0x10A, Form.BOOL),
  DERIVE(0x10C, Form.BOOL),
  VALUE_LEN(0x161, Form.ULONG),
  EXTRACTABLE(0x162, Form.BOOL),
  LOCAL(0x163, Form.BOOL),
  NEVER_EXTRACTABLE(0x164, Form.BOOL),
  ALWAYS_SENSITIVE(0x165, Form.BOOL),
  MODIFIABLE(0x170, Form.BOOL);

  enum Form {
    BOOL,
    ULONG,
    TEXT
  }

  private final long type;
  private final Form form;

  Cka(long type, Form form) {
    this.type = type;
    this.form = form;
  }

  long type() {
    return type;
  }

  Form form() {
    return form;
  }

  /** As in the standard: CKA_EXTRACTABLE. */
  public String ckaName() {
    return "CKA_" + name();
  }
}
