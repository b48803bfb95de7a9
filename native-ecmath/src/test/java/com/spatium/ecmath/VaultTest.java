/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.CurveTest.assertError;
import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.content;
import static com.spatium.ecmath.Fixture.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.ecmath.Fixture.Scope;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs: making, reading, padding, comparing, serialising. */
class VaultTest {
  private static final Vault VAULT = ECMATH.vault();

  @TempDir Path directory;

  /** Just enough of libc to have file descriptors. */
  interface LibC extends Library {
    LibC INSTANCE = Native.load("c", LibC.class);

    int pipe(int[] ends);

    long write(int fd, byte[] data, long length);

    long read(int fd, byte[] data, long length);

    int close(int fd);
  }

  @Test
  void theReportTellsWhatTheMemoryGot() {
    VaultReport report = VAULT.report();
    assertEquals(1, Long.bitCount(report.bytes()));
    assertTrue(report.secretMemory() || report.locked(), report.toString());
    assertTrue(report.excludedFromForks(), report.toString());
    assertTrue(report.guardPages(), report.toString());
    assertTrue(
        report.inUse() <= report.peak() && report.peak() <= report.bytes(), report.toString());
  }

  @Test
  void aNewBlobIsZeroAndIsFilledThroughItsBuffer() {
    try (SecretBlob blob = VAULT.blob(100)) {
      assertArrayEquals(new byte[100], content(blob));
      ByteBuffer buffer = VAULT.access().direct(blob);
      assertTrue(buffer.isDirect());
      assertEquals(100, buffer.remaining());
      buffer.put(99, (byte) 7);
      byte[] expected = new byte[100];
      expected[99] = 7;
      assertArrayEquals(expected, content(blob));
      assertNotEquals(0, VAULT.access().address(blob));
    }
  }

  @Test
  void lengthsOutsideTheirRangeAreRefused() {
    for (int length : new int[] {0, -1, Vault.MAX_BLOB + 1, Integer.MIN_VALUE}) {
      assertError(EcError.ARGUMENT, () -> VAULT.blob(length));
      assertError(EcError.ARGUMENT, () -> VAULT.random(length, null));
      assertError(EcError.ARGUMENT, () -> Vault.randomPublic(length));
    }
    assertError(EcError.ARGUMENT, () -> VAULT.fromPublic(new byte[0]));
    try (SecretBlob blob = VAULT.blob(10)) {
      assertError(EcError.ARGUMENT, () -> VAULT.slice(blob, 5, 6));
      assertError(EcError.ARGUMENT, () -> VAULT.slice(blob, -1, 2));
      assertError(EcError.ARGUMENT, () -> VAULT.slice(blob, 11, 1));
      assertError(EcError.ARGUMENT, () -> VAULT.slice(blob, 0, 0));
      assertError(EcError.ARGUMENT, VAULT::concat);
    }
  }

  @Test
  void randomBlobsDiffer() {
    try (Scope s = new Scope()) {
      SecretBlob mix = s.add(VAULT.blob(64));
      SecretBlob a = s.add(VAULT.random(200, null));
      SecretBlob b = s.add(VAULT.random(200, null));
      SecretBlob c = s.add(VAULT.random(200, mix));
      SecretBlob d = s.add(VAULT.random(200, mix));
      assertFalse(VAULT.equal(a, b));
      assertFalse(VAULT.equal(c, d));
      assertFalse(Arrays.equals(Vault.randomPublic(32), Vault.randomPublic(32)));
      // no stretch of 16 bytes is left zero
      for (SecretBlob blob : new SecretBlob[] {a, b, c, d}) {
        byte[] bytes = content(blob);
        for (int i = 0; i + 16 <= 200; i += 8) {
          assertFalse(Arrays.equals(new byte[16], Arrays.copyOfRange(bytes, i, i + 16)));
        }
      }
    }
  }

  @Property
  void slicesAndConcatenationsAreThoseOfTheBytes(
      @ForAll @Size(min = 1, max = 100) byte[] first,
      @ForAll @Size(min = 1, max = 100) byte[] second,
      @ForAll @IntRange(max = 98) int offset,
      @ForAll @IntRange(min = 1, max = 99) int length) {
    byte[] all = Fixture.concat(first, second);
    int from = offset % all.length;
    int size = 1 + (length - 1) % (all.length - from);
    try (Scope s = new Scope()) {
      SecretBlob a = s.add(VAULT.fromPublic(first));
      SecretBlob b = s.add(VAULT.fromPublic(second));
      SecretBlob joined = s.add(VAULT.concat(a, b));
      assertArrayEquals(all, content(joined));
      assertArrayEquals(
          Arrays.copyOfRange(all, from, from + size),
          content(s.add(VAULT.slice(joined, from, size))));
      assertEquals(Arrays.equals(first, second), VAULT.equal(a, b));
      assertTrue(VAULT.equal(a, s.add(VAULT.fromPublic(first))));
    }
  }

  @Property
  void paddingIsUndone(@ForAll @Size(min = 1, max = 100) byte[] bytes) {
    try (Scope s = new Scope()) {
      SecretBlob padded = s.add(VAULT.pad16(s.add(VAULT.fromPublic(bytes))));
      byte[] expected =
          Arrays.copyOf(
              ByteBuffer.allocate(4).putInt(bytes.length).array(),
              (4 + bytes.length + 15) / 16 * 16);
      System.arraycopy(bytes, 0, expected, 4, bytes.length);
      assertArrayEquals(expected, content(padded));
      assertArrayEquals(bytes, content(s.add(VAULT.unpad16(padded))));
    }
  }

  @Test
  void paddingThatIsNotOursIsRefused() {
    byte[] padded = new byte[32];
    padded[3] = 20; // 20 bytes of content, 8 of padding
    for (int[] change :
        new int[][] {{31, 1}, {24, 0x80}, {3, 29}, {0, 0x80}, {0, 1}, {3, 0}, {3, 12}}) {
      byte[] bad = padded.clone();
      bad[change[0]] = (byte) change[1];
      try (SecretBlob blob = VAULT.fromPublic(bad)) {
        assertError(EcError.FORMAT, () -> VAULT.unpad16(blob));
      }
    }
    for (int length : new int[] {1, 15, 17, 31}) {
      try (SecretBlob blob = VAULT.blob(length)) {
        assertError(EcError.FORMAT, () -> VAULT.unpad16(blob));
      }
    }
  }

  // ---- reading ----

  private Path file(String content, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void aFileIsReadInEachFormat() throws IOException {
    Path file = file("00aaFF\r\nrest\n", "rw-------");
    try (SecretBlob raw = VAULT.readFile(file, SecretFormat.RAW, 100);
        SecretBlob line = VAULT.readFile(file, SecretFormat.LINE, 100);
        SecretBlob hex = VAULT.readFile(file, SecretFormat.HEX_LINE, 100)) {
      assertEquals("00aaFF\r\nrest\n", new String(content(raw), StandardCharsets.US_ASCII));
      assertEquals("00aaFF", new String(content(line), StandardCharsets.US_ASCII));
      assertArrayEquals(new byte[] {0, (byte) 0xaa, (byte) 0xff}, content(hex));
    }
    try (SecretBlob line = VAULT.readFile(file("pin", "r--------"), SecretFormat.LINE, 3)) {
      assertEquals("pin", new String(content(line), StandardCharsets.US_ASCII));
    }
  }

  private static void assertUnreadable(EcError expected, Path file, SecretFormat format, int max) {
    SecretReadException e =
        assertThrows(SecretReadException.class, () -> VAULT.readFile(file, format, max));
    assertEquals(expected, e.error());
    assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
  }

  @Test
  void filesThatOthersCanAccessAreRefused() throws IOException {
    for (String permissions :
        new String[] {"rw-r--r--", "rw----r--", "rw--w----", "rw-----w-", "rwx--x---"}) {
      assertUnreadable(EcError.PERMISSIONS, file("pin", permissions), SecretFormat.LINE, 100);
    }
    assertUnreadable(EcError.IO, directory.resolve("absent"), SecretFormat.RAW, 100);
    assertThrows(SecretReadException.class, () -> VAULT.readFile(directory, SecretFormat.RAW, 100));
  }

  @Test
  void contentThatIsNotInTheFormatIsRefused() throws IOException {
    assertUnreadable(EcError.FORMAT, file("", "rw-------"), SecretFormat.RAW, 100);
    assertUnreadable(EcError.FORMAT, file("\n", "rw-------"), SecretFormat.LINE, 100);
    assertUnreadable(EcError.FORMAT, file("12345", "rw-------"), SecretFormat.RAW, 4);
    assertUnreadable(EcError.FORMAT, file("12345\n", "rw-------"), SecretFormat.LINE, 4);
    assertUnreadable(EcError.FORMAT, file("123\n", "rw-------"), SecretFormat.HEX_LINE, 100);
    assertUnreadable(EcError.FORMAT, file("1g\n", "rw-------"), SecretFormat.HEX_LINE, 100);
    assertUnreadable(EcError.FORMAT, file("ab cd\n", "rw-------"), SecretFormat.HEX_LINE, 100);
  }

  @Test
  void aLineFromADescriptorLeavesTheRestUnread() {
    int[] ends = new int[2];
    assertEquals(0, LibC.INSTANCE.pipe(ends));
    byte[] text = "first\nsecond".getBytes(StandardCharsets.US_ASCII);
    assertEquals(text.length, LibC.INSTANCE.write(ends[1], text, text.length));
    try (SecretBlob line = VAULT.readFd(ends[0], SecretFormat.LINE, 64)) {
      assertEquals("first", new String(content(line), StandardCharsets.US_ASCII));
      byte[] rest = new byte[16];
      assertEquals(6, LibC.INSTANCE.read(ends[0], rest, 16));
      assertEquals("second", new String(rest, 0, 6, StandardCharsets.US_ASCII));
    } finally {
      LibC.INSTANCE.close(ends[0]);
      LibC.INSTANCE.close(ends[1]);
    }
    SecretReadException e =
        assertThrows(SecretReadException.class, () -> VAULT.readFd(ends[0], SecretFormat.RAW, 10));
    assertEquals(EcError.IO, e.error());
    assertError(EcError.ARGUMENT, () -> VAULT.readFd(-1, SecretFormat.RAW, 10));
  }

  // ---- serialisation of what has no key (keys: PaillierTest, RingPedersenTest) ----

  @Property(tries = 30)
  void scalarsAndIntegersSurviveSerialisation(@ForAll Curve.Id id, @ForAll BigInteger number) {
    Curve curve = Fixture.curve(id);
    try (Scope s = new Scope()) {
      SecretScalar k = s.add(curve.random());
      SecretBlob blob = s.add(VAULT.serialize(k));
      SecretScalar loaded = s.add(VAULT.loadScalar(blob));
      assertTrue(VAULT.equal(k, loaded));
      assertArrayEquals(curve.mulBase(k), curve.mulBase(loaded));
      assertError(EcError.FORMAT, () -> VAULT.loadInteger(blob));
      assertError(EcError.FORMAT, () -> VAULT.loadPaillierKey(blob));
      assertError(EcError.FORMAT, () -> VAULT.loadRingPedersenKey(blob));

      SecretInteger magnitude = s.add(Fixture.integer(number.abs()));
      SecretInteger zero = s.add(Fixture.integer(BigInteger.ZERO));
      SecretInteger signed =
          number.signum() < 0 ? s.add(ECMATH.integers().sub(zero, magnitude)) : magnitude;
      SecretInteger back = s.add(VAULT.loadInteger(s.add(VAULT.serialize(signed))));
      assertEquals(number, value(back));
      assertEquals(signed.width(), back.width());
      assertTrue(VAULT.equal(signed, back));
    }
  }

  @Test
  void aDamagedSerialisationIsRefused() {
    try (Scope s = new Scope()) {
      byte[] good = content(s.add(VAULT.serialize(s.add(ECMATH.secp256k1().random()))));
      SecretBlob truncated = s.add(VAULT.fromPublic(Arrays.copyOf(good, good.length - 1)));
      SecretBlob extended = s.add(VAULT.fromPublic(Arrays.copyOf(good, good.length + 1)));
      SecretBlob otherVersion = s.add(VAULT.fromPublic(Fixture.flipped(good, 0)));
      SecretBlob empty = s.add(VAULT.blob(1));
      for (SecretBlob bad : new SecretBlob[] {truncated, extended, otherVersion, empty}) {
        assertError(EcError.FORMAT, () -> VAULT.loadScalar(bad));
        assertError(EcError.FORMAT, () -> VAULT.loadInteger(bad));
        assertError(EcError.FORMAT, () -> VAULT.loadPaillierKey(bad));
        assertError(EcError.FORMAT, () -> VAULT.loadRingPedersenKey(bad));
      }
    }
  }
}
