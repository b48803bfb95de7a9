/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The body of a record: a CBOR map from small numbers to numbers, byte strings and texts; 0 is the
 * format's version, 1.
 */
final class Fields {
  private static final CBORFactory FACTORY = CBORFactory.builder().build();
  private static final int VERSION_KEY = 0;
  private static final long VERSION = 1;

  private final TreeMap<Integer, Object> values = new TreeMap<>();

  Fields() {
    values.put(VERSION_KEY, VERSION);
  }

  Fields put(int key, long value) {
    values.put(key, value);
    return this;
  }

  Fields put(int key, Bytes value) {
    values.put(key, value);
    return this;
  }

  Fields put(int key, String value) {
    values.put(key, value);
    return this;
  }

  boolean has(int key) {
    return values.containsKey(key);
  }

  int number(int key) {
    return Math.toIntExact(get(key, Long.class));
  }

  long longNumber(int key) {
    return get(key, Long.class);
  }

  Bytes bytes(int key) {
    return get(key, Bytes.class);
  }

  String text(int key) {
    return get(key, String.class);
  }

  private <T> T get(int key, Class<T> type) {
    Object value = values.get(key);
    if (!type.isInstance(value)) {
      throw damaged("field " + key + " is missing", null);
    }
    return type.cast(value);
  }

  Bytes encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject(null, values.size());
      for (Map.Entry<Integer, Object> field : values.entrySet()) {
        out.writeFieldId(field.getKey());
        if (field.getValue() instanceof Long number) {
          out.writeNumber(number);
        } else if (field.getValue() instanceof Bytes value) {
          out.writeBinary(value.toByteArray());
        } else {
          out.writeString((String) field.getValue());
        }
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return Bytes.of(bytes.toByteArray());
  }

  static Fields decode(Bytes body) {
    Fields fields = new Fields();
    try (CBORParser in = FACTORY.createParser(body.toByteArray())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw damaged("not a map", null);
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        int key = Integer.parseInt(Objects.requireNonNull(in.currentName()));
        switch (in.nextToken()) {
          case VALUE_NUMBER_INT -> fields.put(key, in.getLongValue());
          case VALUE_EMBEDDED_OBJECT -> fields.put(key, Bytes.of(in.getBinaryValue()));
          case VALUE_STRING -> fields.put(key, in.getText());
          default -> throw damaged("field " + key + " has an unknown type", null);
        }
      }
    } catch (IOException | NumberFormatException e) {
      throw damaged("not CBOR", e);
    }
    if (fields.longNumber(VERSION_KEY) != VERSION) {
      throw new StorageException(
          "a record has format version "
              + fields.longNumber(VERSION_KEY)
              + ", this driver reads "
              + VERSION
              + ": update the driver");
    }
    return fields;
  }

  private static StorageException damaged(String what, @Nullable Throwable cause) {
    return new StorageException("a record of the state store is damaged: " + what, cause);
  }
}
