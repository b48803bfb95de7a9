/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The elements of a record: its components in order, nested records in place, by the encodings of
 * docs/transcript.md.
 */
final class TranscriptElements {
  /** Looked up once for each row: to look up anew takes longer than to hash. */
  private static final ClassValue<List<Method>> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> row) {
          return Arrays.stream(row.getRecordComponents())
              .map(RecordComponent::getAccessor)
              .toList();
        }
      };

  private TranscriptElements() {}

  static List<byte[]> of(Record row) {
    List<byte[]> elements = new ArrayList<>();
    addRecord(elements, row);
    return elements;
  }

  private static void addRecord(List<byte[]> elements, Record row) {
    for (Method accessor : ACCESSORS.get(row.getClass())) {
      try {
        add(elements, accessor.invoke(row));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a row of the transcript is not accessible", e);
      }
    }
  }

  private static void add(List<byte[]> elements, Object value) {
    if (value instanceof Bytes bytes) {
      elements.add(bytes.toByteArray());
    } else if (value instanceof String ascii) {
      elements.add(ascii.getBytes(StandardCharsets.US_ASCII));
    } else if (value instanceof UUID uuid) {
      elements.add(
          ByteBuffer.allocate(16)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits())
              .array());
    } else if (value instanceof Number number) {
      elements.add(TupleEncode.u32(number.longValue()));
    } else if (value instanceof Enum<?> constant) {
      elements.add(TupleEncode.u32(number(constant)));
    } else if (value instanceof Optional<?> optional) {
      if (optional.isEmpty()) {
        elements.add(new byte[0]);
      } else {
        int before = elements.size();
        add(elements, optional.get());
        if (elements.size() != before + 1) {
          throw new IllegalStateException(
              "an optional element must be one element, or leaving it out would shift the others");
        }
      }
    } else if (value instanceof List<?> list) {
      elements.add(TupleEncode.u32(list.size()));
      list.forEach(item -> add(elements, item));
    } else if (value instanceof Record nested) {
      addRecord(elements, nested);
    } else {
      throw new IllegalStateException("no encoding for " + value.getClass());
    }
  }

  private static int number(Enum<?> constant) {
    if (constant instanceof Role role) {
      return role.number();
    } else if (constant instanceof Suite suite) {
      return suite.number();
    } else if (constant instanceof SecurityLevel level) {
      return level.bits();
    } else if (constant instanceof Procedure procedure) {
      return procedure.number();
    } else if (constant instanceof Version version) {
      return version.number();
    }
    throw new IllegalStateException("no number for " + constant.getDeclaringClass());
  }
}
