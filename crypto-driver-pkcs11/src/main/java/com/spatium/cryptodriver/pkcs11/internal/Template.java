/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/** An attribute template: what to search for, or what a new object shall be. Immutable. */
public final class Template {
  private static final int ATTRIBUTE_SIZE = 24; // CK_ATTRIBUTE: type, pointer, length
  private final Map<Cka, Object> values;

  private Template(Map<Cka, Object> values) {
    this.values = values;
  }

  public static Template empty() {
    return new Template(new EnumMap<>(Cka.class));
  }

  public Template with(Cka attribute, boolean value) {
    return plus(attribute, Cka.Form.BOOL, value);
  }

  public Template with(Cka attribute, long value) {
    return plus(attribute, Cka.Form.ULONG, value);
  }

  public Template with(Cka attribute, String value) {
    return plus(attribute, Cka.Form.TEXT, value);
  }

  private Template plus(Cka attribute, Cka.Form form, Object value) {
    if (attribute.form() != form) {
      throw new IllegalArgumentException(attribute + " is a " + attribute.form());
    }
    Map<Cka, Object> next = new EnumMap<>(values);
    next.put(attribute, value);
    return new Template(next);
  }

  int size() {
    return values.size();
  }

  /** CK_ATTRIBUTE[size()], followed by the values it points to. */
  Memory toNative() {
    int length = ATTRIBUTE_SIZE * values.size();
    for (Object value : values.values()) {
      length += 8 + (value instanceof String s ? s.length() * 4 : 0);
    }
    Memory memory = new Memory(Math.max(length, 1));
    int at = 0;
    int data = ATTRIBUTE_SIZE * values.size();
    for (Map.Entry<Cka, Object> e : values.entrySet()) {
      int valueLength = write(memory, data, e.getValue());
      memory.setLong(at, e.getKey().type());
      memory.setPointer(at + 8, memory.share(data));
      memory.setLong(at + 16, valueLength);
      at += ATTRIBUTE_SIZE;
      data += valueLength;
    }
    return memory;
  }

  private static int write(Memory memory, int offset, Object value) {
    if (value instanceof Boolean b) {
      memory.setByte(offset, (byte) (b ? 1 : 0));
      return 1;
    }
    if (value instanceof Long number) {
      memory.setLong(offset, number);
      return 8;
    }
    byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
    if (text.length > 0) {
      memory.write(offset, text, 0, text.length);
    }
    return text.length;
  }
}
