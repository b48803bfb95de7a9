/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import org.junit.jupiter.api.Assumptions;

/** What the tests share: the open library, and ways to look into secrets that only tests have. */
final class Fixture {
  static final EcMath ECMATH = EcMath.open();
  static final byte[] ZERO32 = new byte[32];

  private Fixture() {}

  /** Closes, in reverse order, all secrets that a test has put into it. */
  static final class Scope implements AutoCloseable {
    private final Deque<SecretHandle> handles = new ArrayDeque<>();

    <T extends SecretHandle> T add(T handle) {
      handles.push(handle);
      return handle;
    }

    @Override
    public void close() {
      handles.forEach(SecretHandle::close);
    }
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static BigInteger number(byte[] bigEndian) {
    return new BigInteger(1, bigEndian);
  }

  /** Unsigned big-endian, exactly {@code length} bytes. */
  static byte[] bytes(BigInteger value, int length) {
    byte[] signed = value.toByteArray();
    byte[] out = new byte[length];
    int skip = signed.length > length && signed[0] == 0 ? signed.length - length : 0;
    if (value.signum() < 0 || signed.length - skip > length) {
      throw new IllegalArgumentException(value + " does not fit " + length + " bytes");
    }
    System.arraycopy(signed, skip, out, length - (signed.length - skip), signed.length - skip);
    return out;
  }

  /** Copies the secret to the heap: a test may. */
  static byte[] content(SecretBlob blob) {
    byte[] out = new byte[ECMATH.vault().access().length(blob)];
    ECMATH.vault().access().direct(blob).get(out);
    return out;
  }

  /** The scalar as a number: the response with e = 0. */
  static BigInteger value(Curve curve, SecretScalar scalar) {
    return decode(curve, curve.response(scalar, ZERO32, scalar));
  }

  /** The integer as a number: a response with e = 0, shifted so that it is not negative. */
  static BigInteger value(SecretInteger integer) {
    int width = integer.width();
    BigInteger shift = BigInteger.ONE.shiftLeft(8 * width);
    try (SecretInteger offset = ECMATH.integers().fromPublic(shift, width + 1);
        SecretInteger sum = ECMATH.integers().add(integer, offset)) {
      return number(ECMATH.integers().response(sum, new byte[1], integer, width + 16))
          .subtract(shift);
    }
  }

  static SecretScalar scalar(Curve curve, BigInteger value) {
    return curve.fromPublic(encode(curve, value));
  }

  static SecretInteger integer(BigInteger value) {
    return ECMATH.integers().fromPublic(value, Math.max(1, (value.bitLength() + 7) / 8));
  }

  static byte[] encode(Curve curve, BigInteger scalar) {
    byte[] bytes = bytes(scalar, 32);
    return curve.id() == Curve.Id.ED25519 ? reversed(bytes) : bytes;
  }

  static BigInteger decode(Curve curve, byte[] scalar) {
    return number(curve.id() == Curve.Id.ED25519 ? reversed(scalar) : scalar);
  }

  static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }

  static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] out = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return out;
  }

  static byte[] flipped(byte[] bytes, int bit) {
    byte[] out = bytes.clone();
    out[bit / 8] ^= (byte) (1 << (bit % 8));
    return out;
  }

  static Curve curve(Curve.Id id) {
    return id == Curve.Id.SECP256K1 ? ECMATH.secp256k1() : ECMATH.ed25519();
  }

  /** One of our own vector files. */
  static JsonNode vectors(String name) {
    try (InputStream in = Fixture.class.getResourceAsStream("/vectors/" + name)) {
      return new ObjectMapper().readTree(in).get("tests");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A Wycheproof file; without it the test is skipped, and says so. */
  static JsonNode wycheproof(String name) {
    Path file =
        Path.of(
            System.getProperty("test.vectors", "../../shared/vectors"),
            "wycheproof",
            name + "_test.json");
    Assumptions.assumeTrue(
        Files.isReadable(file),
        () -> "SKIPPED: no Wycheproof vectors at " + file + " (set -Dtest.vectors)");
    try {
      return new ObjectMapper().readTree(file.toFile()).get("testGroups");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
