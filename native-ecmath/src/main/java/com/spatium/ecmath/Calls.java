/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What every call into C needs: codes become exceptions, arguments stay reachable, arrays are
 * flattened.
 */
final class Calls {
  /** The longest batch: keeps every product of lengths far from overflow. */
  private static final int MAX_BATCH = 1 << 16;

  private Calls() {}

  /**
   * Throws unless code is OK.
   *
   * @param alive the handles of the call: they must not be collected (and so freed by the cleaner)
   *     before it returned
   */
  static void check(String operation, int code, @Nullable Object... alive) {
    keep(alive);
    if (code != Ecm.OK) {
      throw failure(operation, code);
    }
  }

  /** The same for a question whose answer no is not an error. */
  static boolean holds(String operation, int code, EcError no, @Nullable Object... alive) {
    keep(alive);
    if (code == Ecm.OK) {
      return true;
    }
    if (code == no.code()) {
      return false;
    }
    throw failure(operation, code);
  }

  @SuppressWarnings(
      "ReachabilityFenceUsage") // no finally: calls into C return codes and do not throw
  static void keep(@Nullable Object... alive) {
    for (Object o : alive) {
      Reference.reachabilityFence(o);
    }
  }

  /** Keeps the handles of a batch reachable up to here. */
  @SafeVarargs
  @SuppressWarnings(
      "ReachabilityFenceUsage") // no finally: calls into C return codes and do not throw
  static void keepAll(@Nullable List<? extends SecretHandle>... lists) {
    for (List<? extends SecretHandle> list : lists) {
      if (list != null) {
        list.forEach(Reference::reachabilityFence);
      }
    }
  }

  static RuntimeException failure(String operation, int code) {
    EcError error = EcError.of(code);
    String message =
        operation
            + ": "
            + error.sentence()
            + (error == EcError.UNKNOWN ? " (" + code + ")" : " [" + error + "]");
    return switch (error) {
      case ARGUMENT, KIND, RANGE, POINT, IDENTITY, ZERO, UNIT, MODULUS, VERIFY, FORMAT ->
          new InvalidInputException(error, message);
      case HANDLE -> new IllegalStateException(message);
      case VAULT_FULL, VAULT_CLOSED, LOCKED_MEMORY -> new VaultException(error, message);
      case FAULT, RANDOM, UNKNOWN -> new FaultException(error, message);
      case IO, PERMISSIONS -> new SecretReadException(error, message);
      case SELF_TEST, LOAD -> new LibraryException(error, message);
    };
  }

  static InvalidInputException invalid(String operation, EcError error, String what) {
    return new InvalidInputException(error, operation + ": " + what + " [" + error + "]");
  }

  static byte[] exact(String operation, String name, byte[] value, int length) {
    if (value.length != length) {
      throw invalid(
          operation,
          EcError.ARGUMENT,
          name + " must have " + length + " bytes, but has " + value.length);
    }
    return value;
  }

  static int within(String operation, String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw invalid(
          operation,
          EcError.ARGUMENT,
          name + " must be in " + low + " .. " + high + ", but is " + value);
    }
    return value;
  }

  /** A batch has at least one operation; parallel lists are equally long. */
  static int batch(String operation, int expected, int actual) {
    within(operation, "the size of the batch", actual, 1, MAX_BATCH);
    if (expected != actual) {
      throw invalid(
          operation,
          EcError.ARGUMENT,
          "lists of different lengths: " + expected + " and " + actual);
    }
    return actual;
  }

  static byte[] flatten(String operation, String name, byte[][] items, int each) {
    byte[] all = new byte[Math.multiplyExact(items.length, each)];
    for (int i = 0; i < items.length; i++) {
      System.arraycopy(exact(operation, name, items[i], each), 0, all, i * each, each);
    }
    return all;
  }

  /** One field of every row, each of the first row's length. */
  static <T> byte[] column(String operation, String name, List<T> rows, Function<T, byte[]> field) {
    byte[][] items = rows.stream().map(field).toArray(byte[][]::new);
    return flatten(operation, name, items, items[0].length);
  }

  /** One field of every row, of a length that the others imply. */
  static <T> byte[] column(
      String operation, String name, List<T> rows, int each, Function<T, byte[]> field) {
    return flatten(operation, name, rows.stream().map(field).toArray(byte[][]::new), each);
  }

  static byte[][] split(byte[] all, int each) {
    byte[][] items = new byte[all.length / each][];
    for (int i = 0; i < items.length; i++) {
      items[i] = Arrays.copyOfRange(all, i * each, (i + 1) * each);
    }
    return items;
  }

  static long[] raw(List<? extends SecretHandle> handles) {
    long[] raw = new long[handles.size()];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = handles.get(i).raw();
    }
    return raw;
  }
}
