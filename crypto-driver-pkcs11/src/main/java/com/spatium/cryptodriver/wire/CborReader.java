/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import com.spatium.cryptodriver.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks a CBOR input for exactly what must come next. It refuses other types and lengths; second
 * spellings of the same content are found by encoding again ({@link WireCodec}). Memory: the
 * input's size, whatever lengths it claims.
 */
final class CborReader implements AutoCloseable {
  private static final int MAX_DEPTH = 4;
  private static final int UUID_LENGTH = 16;

  private static final CBORFactory FACTORY =
      CBORFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(WireCodec.MAX_MESSAGE)
                  .maxNameLength(32)
                  .maxDocumentLength(WireCodec.MAX_MESSAGE)
                  .build())
          .build();

  private final CBORParser parser;
  private boolean peeked;

  CborReader(byte[] message) {
    try {
      parser = FACTORY.createParser(message);
    } catch (IOException e) {
      throw new IllegalStateException("opening a byte array failed", e);
    }
  }

  /** The input is not what must come next. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message, null, false, false);
    }
  }

  void startObject() throws Refused {
    require(next() == JsonToken.START_OBJECT, "not a map");
  }

  void startArray() throws Refused {
    require(next() == JsonToken.START_ARRAY, "not an array");
  }

  void endArray() throws Refused {
    require(next() == JsonToken.END_ARRAY, "an array is too long");
  }

  /**
   * Consumes the end of an array, or moves to its next element, which must be an array: {@link
   * #startArray} then accepts it.
   */
  boolean tryEndArray() throws Refused {
    JsonToken token = next();
    if (token == JsonToken.END_ARRAY) {
      return true;
    }
    peeked = true;
    return false;
  }

  void endObject() throws Refused {
    require(next() == JsonToken.END_OBJECT, "an unknown field");
    require(next() == null, "bytes after the message");
  }

  void key(int key) throws Refused {
    nextKey();
    requireKey(key);
  }

  /** Moves to a key. */
  void nextKey() throws Refused {
    require(next() == JsonToken.FIELD_NAME, "a field is missing");
  }

  boolean isAtKey(int key) throws Refused {
    return currentName().equals(Integer.toString(key));
  }

  void requireKey(int key) throws Refused {
    if (!isAtKey(key)) {
      throw new Refused("field " + key + " is missing");
    }
  }

  long number() throws Refused {
    require(next() == JsonToken.VALUE_NUMBER_INT, "not a number");
    try {
      require(
          parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
          "a number has more than 64 bits");
      return parser.getLongValue();
    } catch (IOException e) {
      throw new Refused("not a number");
    }
  }

  Bytes bytes(int length) throws Refused {
    return bytes(length, length);
  }

  Bytes bytes(int min, int max) throws Refused {
    require(next() == JsonToken.VALUE_EMBEDDED_OBJECT, "not a byte string");
    try {
      byte[] value = parser.getBinaryValue();
      require(value.length >= min && value.length <= max, "a byte string has the wrong length");
      return Bytes.of(value);
    } catch (IOException e) {
      throw new Refused("a byte string does not end");
    }
  }

  UUID uuid() throws Refused {
    ByteBuffer value = ByteBuffer.wrap(bytes(UUID_LENGTH).toByteArray());
    return new UUID(value.getLong(), value.getLong());
  }

  String text() throws Refused {
    require(next() == JsonToken.VALUE_STRING, "not a text");
    try {
      return Objects.requireNonNullElse(parser.getText(), "");
    } catch (IOException e) {
      throw new Refused("not a text in UTF-8");
    }
  }

  private @Nullable JsonToken next() throws Refused {
    if (peeked) {
      peeked = false;
      return parser.currentToken();
    }
    try {
      return parser.nextToken();
    } catch (IOException e) {
      throw new Refused("not CBOR, too deep, or cut off");
    }
  }

  private String currentName() throws Refused {
    try {
      return Objects.requireNonNullElse(parser.currentName(), "");
    } catch (IOException e) {
      throw new Refused("not CBOR");
    }
  }

  private static void require(boolean condition, String otherwise) throws Refused {
    if (!condition) {
      throw new Refused(otherwise);
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing a byte array failed", e);
    }
  }
}
