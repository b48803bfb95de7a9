/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.custody;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for secrets in files and in another process's memory, in the forms in which programs keep
 * numbers:
 *
 * <ul>
 *   <li>each 8 bytes of the value from its beginning and from its end, in both byte orders and as
 *       two 32-bit words ({@code int[]} of {@link BigInteger}): whoever leaks 15 bytes or more in a
 *       row, leaks one of these;
 *   <li>digits of 52, 51 and 26 bits in 8 bytes each: unsaturated limbs;
 *   <li>hexadecimal text, in one and in two bytes a character.
 * </ul>
 *
 * <p>A pattern of 8 bytes is met by chance once in 2^64 / (memory × patterns), so what is found is
 * there.
 */
final class SecretScanner {
  private static final int WINDOW = 8;
  private static final int CHUNK = 1 << 20;
  private static final int MAX_PATTERN = 64;
  private static final int FILTER_BITS = 22;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pattern(String name, byte[] bytes) {}

  private final Map<Long, List<Pattern>> byHead = new HashMap<>();
  private final long[] filter = new long[1 << (FILTER_BITS - 6)];
  private int patterns;

  /** A number, as wide as it is kept: leading zeros included. */
  void addNumber(String name, BigInteger value, int bytes) {
    addBytes(name, bytes(value, bytes));
    for (int radix : new int[] {52, 51, 26}) {
      BigInteger mask = BigInteger.ONE.shiftLeft(radix).subtract(BigInteger.ONE);
      int digits = 8 * bytes / radix;
      for (int i = 0; i < digits; i++) {
        long digit = value.shiftRight(radix * i).and(mask).longValueExact();
        // A digit of 26 bits alone is nothing; two that lie side by side in 32 bits each are.
        if (radix != 26) {
          addPattern(name + ", digit of " + radix + " bits", order(digit, ByteOrder.LITTLE_ENDIAN));
        } else if (i + 1 < digits) {
          long next = value.shiftRight(radix * (i + 1)).and(mask).longValueExact();
          addPattern(
              name + ", digits of 26 bits", order(next << 32 | digit, ByteOrder.LITTLE_ENDIAN));
        }
      }
    }
  }

  /** Bytes whose order means something, or nothing. */
  void addBytes(String name, byte[] value) {
    for (int at = 0; at + WINDOW <= value.length; at += WINDOW) {
      addWindow(name, value, at);
      addWindow(name, value, value.length - WINDOW - at);
    }
    addText(name, HexFormat.of().formatHex(value));
    addText(name, HexFormat.of().withUpperCase().formatHex(value));
  }

  private void addWindow(String name, byte[] value, int at) {
    byte[] window = Arrays.copyOfRange(value, at, at + WINDOW);
    addPattern(name, window);
    byte[] reversed = new byte[WINDOW];
    byte[] words = new byte[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      reversed[i] = window[WINDOW - 1 - i];
      words[i] = window[(i & 4) | (3 - (i & 3))];
    }
    addPattern(name + ", reversed", reversed);
    addPattern(name + ", words", words);
  }

  private void addText(String name, String hex) {
    for (int at = 0; at + 2 * WINDOW <= hex.length(); at += 2 * WINDOW) {
      String window = hex.substring(at, at + 2 * WINDOW);
      addPattern(name + ", hex", window.getBytes(StandardCharsets.US_ASCII));
      addPattern(name + ", hex", window.getBytes(StandardCharsets.UTF_16LE));
      addPattern(name + ", hex", window.getBytes(StandardCharsets.UTF_16BE));
    }
  }

  private void addPattern(String name, byte[] bytes) {
    // Runs of zeros and the like are everywhere.
    if (bytes.length == WINDOW && distinct(bytes) < 4) {
      return;
    }
    long head = ByteBuffer.wrap(bytes).getLong();
    byHead.computeIfAbsent(head, h -> new ArrayList<>()).add(new Pattern(name, bytes));
    int slot = slot(head);
    filter[slot >>> 6] |= 1L << slot;
    patterns++;
  }

  private static long distinct(byte[] bytes) {
    Set<Byte> seen = new TreeSet<>();
    for (byte b : bytes) {
      seen.add(b);
    }
    return seen.size();
  }

  private static byte[] order(long value, ByteOrder order) {
    return ByteBuffer.allocate(8).order(order).putLong(value).array();
  }

  private static int slot(long head) {
    return (int) ((head * 0x9E3779B97F4A7C15L) >>> (64 - FILTER_BITS));
  }

  int patterns() {
    return patterns;
  }

  static byte[] bytes(BigInteger value, int length) {
    return org.bouncycastle.util.BigIntegers.asUnsignedByteArray(length, value);
  }

  private interface Source {
    /** As {@link InputStream#read(byte[], int, int)}. */
    int read(byte[] into, int offset, int length) throws IOException;
  }

  /** Names of what is found in the file. */
  Set<String> file(Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    try (InputStream in = Files.newInputStream(file)) {
      scan(in::read, found);
    }
    return found;
  }

  /**
   * What was found in a process's memory.
   *
   * @param found names of secrets
   * @param scanned bytes that were read
   * @param unreadable mappings that the kernel refuses, although their owner may read them
   */
  record MemoryReport(Set<String> found, long scanned, List<String> unreadable) {}

  /** Looks at every readable mapping of a process but for those that hold one of the addresses. */
  MemoryReport memory(long pid, long... except) throws IOException {
    return memory(pid, false, except);
  }

  /** The other way round: only those mappings. */
  MemoryReport onlyMappingOf(long pid, long address) throws IOException {
    return memory(pid, true, address);
  }

  private MemoryReport memory(long pid, boolean only, long... addresses) throws IOException {
    Set<String> found = new TreeSet<>();
    List<String> unreadable = new ArrayList<>();
    long[] scanned = new long[1];
    try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
        String[] fields = line.split("[ -]+", 4);
        long from = Long.parseUnsignedLong(fields[0], 16);
        long to = Long.parseUnsignedLong(fields[1], 16);
        boolean named = Arrays.stream(addresses).anyMatch(a -> a >= from && a < to);
        if (from < 0 || !fields[2].startsWith("r") || named != only) {
          continue;
        }
        memory.seek(from);
        long[] at = {from};
        try {
          scan(
              (into, offset, length) -> {
                int n = memory.read(into, offset, (int) Math.min(length, to - at[0]));
                at[0] += Math.max(n, 0);
                return at[0] >= to && n == 0 ? -1 : n;
              },
              found);
        } catch (IOException e) {
          unreadable.add(line);
        }
        scanned[0] += at[0] - from;
      }
    }
    return new MemoryReport(found, scanned[0], unreadable);
  }

  private void scan(Source source, Set<String> found) throws IOException {
    byte[] chunk = new byte[CHUNK + MAX_PATTERN];
    int kept = 0;
    for (int n = source.read(chunk, 0, CHUNK); n > 0; n = source.read(chunk, kept, CHUNK)) {
      int length = kept + n;
      search(chunk, length, found);
      kept = Math.min(MAX_PATTERN - 1, length);
      System.arraycopy(chunk, length - kept, chunk, 0, kept);
    }
  }

  private void search(byte[] chunk, int length, Set<String> found) {
    long head = 0;
    for (int i = 0; i < length; i++) {
      head = head << 8 | (chunk[i] & 0xff);
      int slot = slot(head);
      if (i >= WINDOW - 1 && (filter[slot >>> 6] >>> slot & 1) != 0) {
        int start = i - (WINDOW - 1);
        for (Pattern pattern : byHead.getOrDefault(head, List.of())) {
          int end = start + pattern.bytes().length;
          if (end <= length
              && Arrays.equals(chunk, start, end, pattern.bytes(), 0, pattern.bytes().length)) {
            found.add(pattern.name());
          }
        }
      }
    }
  }
}
