/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.MessageHeader;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * The byte strings in a message's fields, named by their path ("prm.a", "items.0.aff.z1"), and
 * messages with one of them replaced.
 */
final class Leaves {
  private Leaves() {}

  /** Of the message, without its header. */
  static List<String> paths(Record message) {
    List<String> paths = new ArrayList<>();
    collect("", message, paths);
    return paths;
  }

  private static void collect(String path, Object value, List<String> paths) {
    if (value instanceof Bytes) {
      paths.add(path.substring(1));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(path + "." + i, list.get(i), paths);
      }
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(present -> collect(path, present, paths));
    } else if (value instanceof Record record && !(value instanceof MessageHeader)) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        collect(path + "." + component.getName(), get(record, component), paths);
      }
    }
  }

  static Bytes get(Record message, String path) {
    Bytes[] found = new Bytes[1];
    with(
        message,
        path,
        value -> {
          found[0] = value;
          return value;
        });
    return found[0];
  }

  /** The message with another value at the path. */
  static <R extends Record> R with(R message, String path, Bytes value) {
    return with(message, path, old -> value);
  }

  /** The message with a changed value at the path. */
  @SuppressWarnings("unchecked")
  static <R extends Record> R with(R message, String path, UnaryOperator<Bytes> change) {
    return (R) changed(message, List.of(path.split("\\.")), change);
  }

  private static Object changed(Object value, List<String> path, UnaryOperator<Bytes> change) {
    if (value instanceof Optional<?> optional) {
      return optional.map(present -> changed(present, path, change));
    }
    if (path.isEmpty()) {
      return change.apply((Bytes) value);
    }
    List<String> rest = path.subList(1, path.size());
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list);
      int index = Integer.parseInt(path.get(0));
      copy.set(index, changed(copy.get(index), rest, change));
      return copy;
    }
    return rebuilt((Record) value, path.get(0), old -> changed(old, rest, change));
  }

  /** The record with one component, of any type, replaced. */
  @SuppressWarnings("unchecked")
  static <R extends Record> R replace(R record, String component, Object value) {
    return (R) rebuilt(record, component, old -> value);
  }

  private static Record rebuilt(Record record, String name, UnaryOperator<Object> change) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    boolean found = false;
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = get(record, components[i]);
      if (components[i].getName().equals(name)) {
        values[i] = change.apply(values[i]);
        found = true;
      }
    }
    if (!found) {
      throw new IllegalArgumentException(record.getClass() + " has no component " + name);
    }
    try {
      Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
      return (Record) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object get(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One bit flipped; bit 0 is the last byte's lowest. */
  static Bytes flipped(Bytes value, int bit) {
    byte[] bytes = value.toByteArray();
    bytes[bytes.length - 1 - bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.of(bytes);
  }

  /** The lowest bit, the highest, and one in between. */
  static List<Integer> bits(Bytes value, Random random) {
    int count = 8 * value.size();
    return count == 0 ? List.of() : List.of(0, count - 1, random.nextInt(count));
  }
}
