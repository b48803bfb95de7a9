/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretHandle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Prebuilt keys for tests: serialised as {@code Vault.serialize} does, in {@code
 * src/test/resources/parameters}. They are published, so they protect nothing. {@link #main} made
 * them.
 *
 * <p>Two of each at 2048 and at 3072 bits: number 1 for P1, number 2 for P2. A ring-Pedersen key of
 * 512 bits serves where size costs only time.
 */
public final class TestParameters {
  private TestParameters() {}

  public static PaillierKey paillier(EcMath ecmath, int number) {
    return paillier(ecmath, 2048, number);
  }

  public static PaillierKey paillier(EcMath ecmath, int bits, int number) {
    try (SecretBlob blob = ecmath.vault().fromPublic(resource("paillier-" + bits + "-" + number))) {
      return ecmath.vault().loadPaillierKey(blob);
    }
  }

  /** With λ₁, λ₂. */
  public static RingPedersenKey ringPedersen(EcMath ecmath, int bits, int number) {
    try (SecretBlob blob = ecmath.vault().fromPublic(resource("pedersen-" + bits + "-" + number))) {
      return ecmath.vault().loadRingPedersenKey(blob);
    }
  }

  /** p (0) or q (1) of the Paillier key: layout in paillier.h. */
  public static BigInteger paillierFactor(int number, int which) {
    byte[] blob = resource("paillier-2048-" + number);
    int half = 2048 / 16;
    int at = 4 + which * half;
    return new BigInteger(1, Arrays.copyOfRange(blob, at, at + half));
  }

  /** p (0) or q (1) of the ring-Pedersen key: layout in pedersen.h. */
  public static BigInteger pedersenFactor(int bits, int number, int which) {
    byte[] blob = resource("pedersen-" + bits + "-" + number);
    int half = bits / 16;
    int at = 5 + which * half;
    return new BigInteger(1, Arrays.copyOfRange(blob, at, at + half));
  }

  private static byte[] resource(String name) {
    try (InputStream in =
        TestParameters.class.getResourceAsStream("/parameters/" + name + ".hex")) {
      if (in == null) {
        throw new IllegalStateException("no test parameters " + name);
      }
      return HexFormat.of()
          .parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes new parameters in the directory {@code args[0]}: some minutes. */
  public static void main(String[] args) throws IOException {
    EcMath ecmath = EcMath.open();
    Path directory = Path.of(args[0]);
    for (int bits : new int[] {2048, 3072}) {
      for (int number = 1; number <= 2; number++) {
        try (PaillierKey key = ecmath.paillier().generate(bits, progress -> {})) {
          write(ecmath, directory.resolve("paillier-" + bits + "-" + number + ".hex"), key);
        }
        try (RingPedersenKey key = ecmath.ringPedersen().generate(bits, progress -> {})) {
          write(ecmath, directory.resolve("pedersen-" + bits + "-" + number + ".hex"), key);
        }
      }
    }
    try (RingPedersenKey key = ecmath.ringPedersen().generate(512, progress -> {})) {
      write(ecmath, directory.resolve("pedersen-512-1.hex"), key);
    }
  }

  private static void write(EcMath ecmath, Path file, SecretHandle key) throws IOException {
    try (SecretBlob blob = ecmath.vault().serialize(key)) {
      ByteBuffer content = ecmath.vault().access().direct(blob);
      byte[] published = new byte[content.remaining()];
      content.get(published);
      Files.writeString(file, HexFormat.of().formatHex(published) + "\n");
    }
  }
}
