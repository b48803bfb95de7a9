/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for secrets in a heap dump and in the process's memory. It keeps what it looks for XORed
 * with a mask, so that the search itself puts nothing on the heap that it could find.
 */
public final class MemoryScan {
  private static final int WINDOW = 16;
  private static final byte MASK = 0x5c;
  private final Map<String, byte[]> masked = new LinkedHashMap<>();
  private final List<Long> vaultAddresses = new ArrayList<>();

  /** Looks for the first and the last 16 bytes of the blob, under this name. */
  public MemoryScan add(EcMath ecmath, String name, SecretBlob blob) {
    ByteBuffer direct = ecmath.vault().access().direct(blob);
    int length = direct.remaining();
    vaultAddresses.add(ecmath.vault().access().address(blob));
    mask(name + ", beginning", direct, 0);
    mask(name + ", end", direct, length - WINDOW);
    return this;
  }

  private void mask(String name, ByteBuffer direct, int offset) {
    byte[] pattern = new byte[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      pattern[i] = (byte) (direct.get(offset + i) ^ MASK);
    }
    masked.put(name, pattern);
  }

  /**
   * Public bytes that are to be found: shows that the search works. They stay on the heap in the
   * returned array.
   */
  public byte[] control() {
    byte[] marker = com.spatium.ecmath.Vault.randomPublic(WINDOW);
    mask("control", ByteBuffer.wrap(marker), 0);
    return marker;
  }

  /** Names of what is found in a dump of the whole heap. */
  public Set<String> heapDump(Path directory) throws IOException {
    Path file = directory.resolve("heap.hprof");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(file.toString(), false);
    Set<String> found = new TreeSet<>();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] chunk = new byte[1 << 20];
      int kept = 0;
      for (int n = in.read(chunk, kept, chunk.length - kept);
          n > 0;
          n = in.read(chunk, kept, chunk.length - kept)) {
        search(chunk, kept + n, found);
        kept = keepTail(chunk, kept + n);
      }
    } finally {
      Files.deleteIfExists(file);
    }
    return found;
  }

  /** Names of what is found in the readable mappings of this process, but for the vault's own. */
  public Set<String> processMemory() throws IOException {
    Set<String> found = new TreeSet<>();
    List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      byte[] chunk = new byte[1 << 20];
      for (String line : maps) {
        String[] fields = line.split("[ -]+", 4);
        long from = Long.parseUnsignedLong(fields[0], 16);
        long to = Long.parseUnsignedLong(fields[1], 16);
        if (from < 0
            || !fields[2].startsWith("r")
            || vaultAddresses.stream().anyMatch(a -> a >= from && a < to)) {
          continue;
        }
        scan(memory, from, to, chunk, found);
      }
    }
    return found;
  }

  private void scan(RandomAccessFile memory, long from, long to, byte[] chunk, Set<String> found) {
    int kept = 0;
    try {
      memory.seek(from);
      for (long at = from; at < to; ) {
        int n = memory.read(chunk, kept, (int) Math.min(chunk.length - kept, to - at));
        if (n <= 0) {
          return;
        }
        at += n;
        search(chunk, kept + n, found);
        kept = keepTail(chunk, kept + n);
      }
    } catch (IOException e) {
      // Unmapped meanwhile, or not readable even for the process itself: [vvar], secret memory.
    }
  }

  private static int keepTail(byte[] chunk, int length) {
    int keep = Math.min(WINDOW - 1, length);
    System.arraycopy(chunk, length - keep, chunk, 0, keep);
    return keep;
  }

  /** One pass: the first two bytes decide whether a pattern is looked at. */
  private void search(byte[] chunk, int length, Set<String> found) {
    boolean[] candidates = new boolean[1 << 16];
    for (byte[] pattern : masked.values()) {
      candidates[prefix((byte) (pattern[0] ^ MASK), (byte) (pattern[1] ^ MASK))] = true;
    }
    for (int i = 0; i + WINDOW <= length; i++) {
      if (candidates[prefix(chunk[i], chunk[i + 1])]) {
        for (Map.Entry<String, byte[]> e : masked.entrySet()) {
          if (matches(chunk, i, e.getValue())) {
            found.add(e.getKey());
          }
        }
      }
    }
  }

  private static int prefix(byte first, byte second) {
    return (first & 0xff) << 8 | (second & 0xff);
  }

  private static boolean matches(byte[] chunk, int at, byte[] pattern) {
    for (int j = 0; j < WINDOW; j++) {
      if ((byte) (chunk[at + j] ^ MASK) != pattern[j]) {
        return false;
      }
    }
    return true;
  }
}
