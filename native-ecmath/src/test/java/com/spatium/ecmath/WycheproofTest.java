/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.content;
import static com.spatium.ecmath.Fixture.hex;
import static com.spatium.ecmath.Fixture.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * C2SP Wycheproof: third-party vectors made to break implementations. Not part of the repository.
 */
class WycheproofTest {
  private static final Curve K1 = ECMATH.secp256k1();
  private static final Curve ED = ECMATH.ed25519();

  private static int forEach(String file, BiConsumer<JsonNode, JsonNode> test) {
    int count = 0;
    for (JsonNode group : Fixture.wycheproof(file)) {
      for (JsonNode t : group.get("tests")) {
        test.accept(group, t);
        count++;
      }
    }
    return count;
  }

  private static String name(JsonNode t) {
    return "tcId " + t.get("tcId").asInt() + ": " + t.get("comment").asText();
  }

  private static boolean valid(JsonNode t) {
    return t.get("result").asText().equals("valid");
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] compressed(String uncompressedHex) {
    byte[] point = hex(uncompressedHex);
    byte[] out = Arrays.copyOf(point, 33);
    out[0] = (byte) (2 + (point[64] & 1));
    return out;
  }

  @Test
  void ecdsaP1363() {
    int count =
        forEach(
            "ecdsa_secp256k1_sha256_p1363",
            (group, t) -> {
              byte[] signature = hex(t.get("sig").asText());
              boolean verified =
                  signature.length == 64
                      && K1.ecdsaVerify(
                          compressed(group.get("publicKey").get("uncompressed").asText()),
                          sha256(hex(t.get("msg").asText())),
                          Arrays.copyOf(signature, 32),
                          Arrays.copyOfRange(signature, 32, 64));
              assertEquals(valid(t), verified, name(t));
            });
    assertTrue(count > 200);
  }

  /** Bitcoin's rules: strict DER and low s, which the caller checks. */
  @Test
  void ecdsaBitcoin() {
    int count =
        forEach(
            "ecdsa_secp256k1_sha256_bitcoin",
            (group, t) -> {
              byte[] key = compressed(group.get("publicKey").get("uncompressed").asText());
              boolean verified =
                  StrictDer.parse(hex(t.get("sig").asText()))
                      .filter(rs -> rs[1].compareTo(K1.order().shiftRight(1)) <= 0)
                      .filter(rs -> rs[0].bitLength() <= 256)
                      .map(
                          rs ->
                              K1.ecdsaVerify(
                                  key,
                                  sha256(hex(t.get("msg").asText())),
                                  Fixture.bytes(rs[0], 32),
                                  Fixture.bytes(rs[1], 32)))
                      .orElse(false);
              assertEquals(valid(t), verified, name(t));
            });
    assertTrue(count > 400);
  }

  /**
   * Where the public key is an uncompressed or compressed secp256k1 point behind the usual header.
   */
  @Test
  void ecdh() {
    String header = "3056301006072a8648ce3d020106052b8104000a034200";
    String compressedHeader = "3036301006072a8648ce3d020106052b8104000a032200";
    AtomicInteger used = new AtomicInteger();
    forEach(
        "ecdh_secp256k1",
        (group, t) -> {
          String key = t.get("public").asText();
          Optional<byte[]> point = Optional.empty();
          if (key.startsWith(header + "04") && key.length() == header.length() + 130) {
            // an uncompressed point that is not on the curve has no compressed form with the same
            // y: compare y
            point = Optional.of(compressed(key.substring(header.length())));
            byte[] y = hex(key.substring(key.length() - 64));
            if (!onCurve(point.get(), y)) {
              assertNotEquals("valid", t.get("result").asText(), name(t));
              return;
            }
          } else if (key.startsWith(compressedHeader)) {
            point = Optional.of(hex(key.substring(compressedHeader.length())));
          }
          if (point.isEmpty()) {
            return;
          }
          used.incrementAndGet();
          byte[] scalar = Fixture.bytes(number(hex("00" + t.get("private").asText())), 32);
          boolean acceptable = !t.get("result").asText().equals("invalid");
          String shared = "";
          try (SecretBlob blob = ECMATH.vault().fromPublic(scalar);
              SecretScalar k = K1.fromBlob(blob);
              SecretBlob secret = K1.dh(point.get(), k)) {
            byte[] encoded = content(secret);
            assertEquals(
                HexFormat.of().formatHex(encoded),
                HexFormat.of().formatHex(K1.mul(point.get(), k)));
            shared = HexFormat.of().formatHex(encoded, 1, 33);
          } catch (InvalidInputException e) {
            assertEquals(EcError.POINT, e.error(), name(t));
          }
          assertEquals(acceptable ? t.get("shared").asText() : "", shared, name(t));
        });
    assertTrue(used.get() > 300, "used " + used);
  }

  private static boolean onCurve(byte[] compressed, byte[] y) {
    BigInteger p =
        BigInteger.TWO.pow(256).subtract(BigInteger.TWO.pow(32)).subtract(BigInteger.valueOf(977));
    BigInteger x = number(Arrays.copyOfRange(compressed, 1, 33));
    BigInteger n = number(y);
    return n.multiply(n).subtract(x.pow(3)).subtract(BigInteger.valueOf(7)).mod(p).signum() == 0;
  }

  @Test
  void ed25519() {
    int count =
        forEach(
            "ed25519",
            (group, t) ->
                assertEquals(
                    valid(t),
                    ED.ed25519Verify(
                        hex(group.get("publicKey").get("pk").asText()),
                        hex(t.get("msg").asText()),
                        hex(t.get("sig").asText())),
                    name(t)));
    assertTrue(count > 140);
  }

  @Test
  void hmacSha512() {
    int count =
        forEach(
            "hmac_sha512",
            (group, t) -> {
              byte[] data = hex(t.get("msg").asText());
              byte[] tag = hex(t.get("tag").asText());
              try (SecretBlob key = ECMATH.vault().fromPublic(hex(t.get("key").asText()))) {
                byte[] mac = ECMATH.hashing().hmac(key, data);
                assertEquals(valid(t), Arrays.equals(tag, Arrays.copyOf(mac, tag.length)), name(t));
                assertEquals(
                    valid(t) && tag.length == 64,
                    ECMATH.hashing().hmacVerify(key, data, tag),
                    name(t));
              }
            });
    assertTrue(count > 170);
  }

  /**
   * A modulus must be composite: primes are refused, pseudoprimes of every kind are seen through.
   */
  @Test
  void primality() {
    AtomicInteger primes = new AtomicInteger();
    AtomicInteger composites = new AtomicInteger();
    forEach(
        "primality",
        (group, t) -> {
          BigInteger value = new BigInteger(hex(t.get("value").asText()));
          int length = (value.bitLength() + 7) / 8;
          if (value.signum() <= 0
              || length < 32
              || length > 384
              || length % 16 != 0
              || value.bitLength() % 8 != 0) {
            return;
          }
          boolean prime = !t.get("result").asText().equals("invalid");
          boolean expected = !prime && value.testBit(0) && !hasSmallFactor(value);
          (prime ? primes : composites).incrementAndGet();
          assertEquals(
              expected, ECMATH.modular().checkModulus(Fixture.bytes(value, length)), name(t));
        });
    assertTrue(
        primes.get() > 0 && composites.get() > 0,
        primes + " primes, " + composites + " composites");
  }

  private static boolean hasSmallFactor(BigInteger value) {
    for (int d = 3; d < 1 << 13; d += 2) {
      if (value.mod(BigInteger.valueOf(d)).signum() == 0) {
        return true;
      }
    }
    return false;
  }

  /** BIP 66: the only encoding of two non-negative integers that Bitcoin accepts. */
  private static final class StrictDer {
    static Optional<BigInteger[]> parse(byte[] der) {
      if (der.length < 8 || der.length > 72 || der[0] != 0x30 || der[1] != der.length - 2) {
        return Optional.empty();
      }
      int rLength = der[3];
      if (rLength < 1 || 5 + rLength >= der.length) {
        return Optional.empty();
      }
      int sLength = der[5 + rLength];
      if (sLength < 1 || rLength + sLength + 6 != der.length) {
        return Optional.empty();
      }
      Optional<BigInteger> r = integer(der, 2, rLength);
      Optional<BigInteger> s = integer(der, 4 + rLength, sLength);
      return r.isPresent() && s.isPresent()
          ? Optional.of(new BigInteger[] {r.get(), s.get()})
          : Optional.empty();
    }

    private static Optional<BigInteger> integer(byte[] der, int at, int length) {
      boolean negative = der[at + 2] < 0;
      boolean padded = length > 1 && der[at + 2] == 0 && der[at + 3] >= 0;
      return der[at] != 2 || negative || padded
          ? Optional.empty()
          : Optional.of(new BigInteger(der, at + 2, length));
    }
  }
}
