/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.CurveTest.assertError;
import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.content;
import static com.spatium.ecmath.Fixture.flipped;
import static com.spatium.ecmath.Fixture.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.spatium.ecmath.Fixture.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.ChaCha7539Engine;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;

/** HMAC, PBKDF2, sealing and BIP-32 against their RFCs, the JDK and BouncyCastle. */
class SecretHashingTest {
  private static final SecretHashing HASHING = ECMATH.hashing();

  private static byte[] bouncyCastleHmac(byte[] key, byte[]... data) {
    HMac mac = new HMac(new SHA512Digest());
    mac.init(new KeyParameter(key));
    for (byte[] part : data) {
      mac.update(part, 0, part.length);
    }
    byte[] out = new byte[64];
    mac.doFinal(out, 0);
    return out;
  }

  @Test
  void rfc4231() {
    for (JsonNode v : Fixture.vectors("rfc4231_hmac_sha512.json")) {
      byte[] data = hex(v.get("data").asText());
      try (SecretBlob key = ECMATH.vault().fromPublic(hex(v.get("key").asText()));
          SecretBlob secret = HASHING.hmacSecret(key, data)) {
        byte[] mac = HASHING.hmac(key, data);
        assertArrayEquals(mac, content(secret));
        assertTrue(HASHING.hmacVerify(key, data, mac));
        if (v.has("mac")) {
          assertEquals(v.get("mac").asText(), hex(mac));
        } else {
          assertEquals(v.get("truncatedMac").asText(), hex(Arrays.copyOf(mac, 16)));
        }
      }
    }
  }

  @Property
  void hmacAgreesWithBouncyCastleAndRefusesAnyOtherMac(
      @ForAll @Size(min = 1, max = 300) byte[] key,
      @ForAll @Size(max = 300) byte[] data,
      @ForAll @IntRange(max = 511) int bit) {
    byte[] expected = bouncyCastleHmac(key, data);
    try (SecretBlob secretKey = ECMATH.vault().fromPublic(key)) {
      assertArrayEquals(expected, HASHING.hmac(secretKey, data));
      assertTrue(HASHING.hmacVerify(secretKey, data, expected));
      assertFalse(HASHING.hmacVerify(secretKey, data, flipped(expected, bit)));
      assertFalse(HASHING.hmacVerify(secretKey, data, Arrays.copyOf(expected, 63)));
      assertFalse(HASHING.hmacVerify(secretKey, data, new byte[0]));
    }
  }

  @Property(tries = 30)
  void pbkdf2AgreesWithTheJdk(
      @ForAll @Size(min = 1, max = 40) byte[] salt,
      @ForAll @IntRange(min = 1, max = 30) int iterations,
      @ForAll @IntRange(min = 1, max = 64) int length)
      throws Exception {
    String passphrase =
        "correct horse battery staple, and then some more so that it is longer than a block of SHA-512, 128 bytes, which is hashed first";
    byte[] expected =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
            .generateSecret(new PBEKeySpec(passphrase.toCharArray(), salt, iterations, 8 * length))
            .getEncoded();
    try (SecretBlob secret =
            ECMATH.vault().fromPublic(passphrase.getBytes(StandardCharsets.UTF_8));
        SecretBlob derived = HASHING.pbkdf2(secret, salt, iterations, length)) {
      assertArrayEquals(expected, content(derived));
    }
  }

  @Test
  void pbkdf2RefusesNoIterationsAndLongOutput() {
    try (SecretBlob secret = ECMATH.vault().blob(1)) {
      assertError(EcError.ARGUMENT, () -> HASHING.pbkdf2(secret, new byte[8], 0, 32));
      assertError(EcError.ARGUMENT, () -> HASHING.pbkdf2(secret, new byte[8], 1, 65));
      assertError(EcError.ARGUMENT, () -> HASHING.pbkdf2(secret, new byte[8], 1, 0));
    }
  }

  /** The construction written in ecm.h, computed with BouncyCastle. */
  @Property(tries = 30)
  void aSealedBlobIsWhatTheContractSays(
      @ForAll @Size(min = 32, max = 80) byte[] key,
      @ForAll @Size(max = 60) byte[] aad,
      @ForAll @Size(min = 1, max = 400) byte[] plain) {
    try (Scope s = new Scope()) {
      SecretBlob secretKey = s.add(ECMATH.vault().fromPublic(key));
      byte[] sealed = HASHING.seal(secretKey, aad, s.add(ECMATH.vault().fromPublic(plain)));
      assertEquals(plain.length + SecretHashing.SEAL_OVERHEAD, sealed.length);
      byte[] salt = Arrays.copyOf(sealed, 32);
      byte[] ciphertext = Arrays.copyOfRange(sealed, 32, sealed.length - 64);
      byte[] keys = bouncyCastleHmac(key, "ecm-seal-v1".getBytes(StandardCharsets.US_ASCII), salt);
      byte[] aadLength = ByteBuffer.allocate(8).putLong(aad.length).array();
      byte[] tag =
          bouncyCastleHmac(Arrays.copyOfRange(keys, 32, 64), aadLength, aad, salt, ciphertext);
      assertArrayEquals(tag, Arrays.copyOfRange(sealed, sealed.length - 64, sealed.length));
      ChaCha7539Engine chacha = new ChaCha7539Engine();
      chacha.init(true, new ParametersWithIV(new KeyParameter(keys, 0, 32), new byte[12]));
      byte[] expected = new byte[plain.length];
      chacha.processBytes(plain, 0, plain.length, expected, 0);
      assertArrayEquals(expected, ciphertext);
      assertArrayEquals(plain, content(s.add(HASHING.open(secretKey, aad, sealed))));
    }
  }

  @Property
  void anyBitFlippedInASealedBlobOrItsContextIsRefused(
      @ForAll @IntRange(max = 1039) int bit, @ForAll @IntRange(max = 63) int aadBit) {
    byte[] aad = new byte[8];
    try (Scope s = new Scope()) {
      SecretBlob key = s.add(ECMATH.vault().random(32, null));
      byte[] sealed = HASHING.seal(key, aad, s.add(ECMATH.vault().random(34, null)));
      assertError(EcError.VERIFY, () -> HASHING.open(key, aad, flipped(sealed, bit)));
      assertError(EcError.VERIFY, () -> HASHING.open(key, flipped(aad, aadBit), sealed));
    }
  }

  @Test
  void sealedBlobsDifferAndOpenOnlyUnderTheirKey() {
    try (Scope s = new Scope()) {
      SecretBlob key = s.add(ECMATH.vault().random(32, null));
      SecretBlob other = s.add(ECMATH.vault().random(32, null));
      SecretBlob shortKey = s.add(ECMATH.vault().random(31, null));
      SecretBlob plain = s.add(ECMATH.vault().random(20, null));
      byte[] sealed = HASHING.seal(key, new byte[0], plain);
      assertFalse(Arrays.equals(sealed, HASHING.seal(key, new byte[0], plain)));
      assertTrue(ECMATH.vault().equal(plain, s.add(HASHING.open(key, new byte[0], sealed))));
      assertError(EcError.VERIFY, () -> HASHING.open(other, new byte[0], sealed));
      assertError(
          EcError.VERIFY,
          () -> HASHING.open(key, new byte[0], Arrays.copyOf(sealed, sealed.length - 1)));
      assertError(
          EcError.VERIFY,
          () -> HASHING.open(key, new byte[0], new byte[SecretHashing.SEAL_OVERHEAD]));
      assertError(EcError.VERIFY, () -> HASHING.open(key, new byte[0], new byte[0]));
      assertError(EcError.ARGUMENT, () -> HASHING.seal(shortKey, new byte[0], plain));
    }
  }

  @Test
  void bip32Vectors() {
    for (JsonNode v : Fixture.vectors("bip32.json")) {
      int[] path = new int[v.get("path").size()];
      for (int i = 0; i < path.length; i++) {
        path[i] = (int) v.get("path").get(i).asLong();
      }
      try (SecretBlob seed = ECMATH.vault().fromPublic(hex(v.get("seed").asText()));
          SecretBlob key = HASHING.bip32(seed, path)) {
        assertEquals(
            v.get("privateKey").asText(),
            hex(content(key)),
            "vector " + v.get("vector") + " " + v.get("path"));
      }
    }
  }

  @Test
  void bip32RefusesSeedsOfOtherLengths() {
    try (SecretBlob tooShort = ECMATH.vault().blob(15);
        SecretBlob tooLong = ECMATH.vault().blob(65)) {
      assertError(EcError.ARGUMENT, () -> HASHING.bip32(tooShort));
      assertError(EcError.ARGUMENT, () -> HASHING.bip32(tooLong, 1));
    }
  }
}
