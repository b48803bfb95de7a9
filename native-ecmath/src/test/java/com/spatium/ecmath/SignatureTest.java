/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static com.spatium.ecmath.CurveTest.assertError;
import static com.spatium.ecmath.Fixture.ECMATH;
import static com.spatium.ecmath.Fixture.bytes;
import static com.spatium.ecmath.Fixture.concat;
import static com.spatium.ecmath.Fixture.flipped;
import static com.spatium.ecmath.Fixture.hex;
import static com.spatium.ecmath.Fixture.number;
import static com.spatium.ecmath.Fixture.reversed;
import static com.spatium.ecmath.Fixture.scalar;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.spatium.ecmath.Fixture.Scope;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;

/** ECDSA and Ed25519 signatures made from handles, verified by us and by BouncyCastle. */
class SignatureTest {
  private static final Curve K1 = ECMATH.secp256k1();
  private static final Curve ED = ECMATH.ed25519();

  @SuppressWarnings("ArrayRecordComponent")
  private record Ecdsa(byte[] publicKey, byte[] r, byte[] s, boolean negated) {}

  /** s = (e + r·x)/k, from handles as the protocol does. */
  private static Ecdsa ecdsa(byte[] digest, SecretScalar x, SecretScalar k) {
    BigInteger q = K1.order();
    byte[] r = bytes(number(Arrays.copyOfRange(K1.mulBase(k), 1, 33)).mod(q), 32);
    try (Scope s = new Scope()) {
      SecretScalar e = s.add(scalar(K1, number(digest).mod(q)));
      SecretScalar rx = s.add(K1.mul(s.add(K1.fromPublic(r)), x));
      EcdsaS half = K1.ecdsaS(k, s.add(K1.add(e, rx)));
      return new Ecdsa(K1.mulBase(x), r, half.s(), half.negated());
    }
  }

  private static boolean bouncyCastleVerifies(byte[] q33, byte[] digest, byte[] r, byte[] s) {
    var parameters = CustomNamedCurves.getByName("secp256k1");
    var domain =
        new ECDomainParameters(
            parameters.getCurve(), parameters.getG(), parameters.getN(), parameters.getH());
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, new ECPublicKeyParameters(parameters.getCurve().decodePoint(q33), domain));
    return verifier.verifySignature(digest, number(r), number(s));
  }

  @Property
  void ecdsaSignaturesAreLowAndVerifyHereAndWithBouncyCastle(@ForAll @Size(32) byte[] digest) {
    try (SecretScalar x = K1.random();
        SecretScalar k = K1.random()) {
      Ecdsa signature = ecdsa(digest, x, k);
      assertTrue(number(signature.s).compareTo(K1.order().shiftRight(1)) <= 0);
      assertTrue(K1.ecdsaVerify(signature.publicKey, digest, signature.r, signature.s));
      assertTrue(bouncyCastleVerifies(signature.publicKey, digest, signature.r, signature.s));
      // negated says which of the two s was computed: s·k = e + r·x, or its negative
      BigInteger q = K1.order();
      BigInteger sk = number(signature.s).multiply(Fixture.value(K1, k)).mod(q);
      BigInteger u = number(digest).add(number(signature.r).multiply(Fixture.value(K1, x))).mod(q);
      assertEquals(signature.negated ? q.subtract(u) : u, sk);
      // high s is the caller's to refuse
      assertTrue(
          K1.ecdsaVerify(
              signature.publicKey,
              digest,
              signature.r,
              bytes(q.subtract(number(signature.s)), 32)));
    }
  }

  @Property
  void anyBitFlippedInAnEcdsaSignatureOrDigestIsRefused(
      @ForAll @Size(32) byte[] digest, @ForAll @IntRange(max = 255) int bit) {
    try (SecretScalar x = K1.random();
        SecretScalar k = K1.random()) {
      Ecdsa signature = ecdsa(digest, x, k);
      assertFalse(
          K1.ecdsaVerify(signature.publicKey, digest, flipped(signature.r, bit), signature.s));
      assertFalse(
          K1.ecdsaVerify(signature.publicKey, digest, signature.r, flipped(signature.s, bit)));
      assertFalse(
          K1.ecdsaVerify(signature.publicKey, flipped(digest, bit), signature.r, signature.s));
    }
  }

  @Test
  void ecdsaValuesOutsideTheirRangeAreRefused() {
    byte[] digest = new byte[32];
    try (SecretScalar x = K1.random();
        SecretScalar k = K1.random();
        SecretScalar zero = scalar(K1, BigInteger.ZERO)) {
      Ecdsa ok = ecdsa(digest, x, k);
      byte[] q = bytes(K1.order(), 32);
      for (byte[] bad :
          new byte[][] {
            new byte[32], q, hex("ff".repeat(32)), new byte[31], new byte[33], new byte[0]
          }) {
        assertFalse(K1.ecdsaVerify(ok.publicKey, digest, bad, ok.s));
        assertFalse(K1.ecdsaVerify(ok.publicKey, digest, ok.r, bad));
      }
      for (byte[] point : InvalidPoints.of(Curve.Id.SECP256K1).values()) {
        assertFalse(K1.ecdsaVerify(point, digest, ok.r, ok.s));
      }
      assertFalse(K1.ecdsaVerify(new byte[0], digest, ok.r, ok.s));
      assertError(EcError.ARGUMENT, () -> K1.ecdsaVerify(ok.publicKey, new byte[31], ok.r, ok.s));
      assertError(EcError.ARGUMENT, () -> ED.ecdsaVerify(ok.publicKey, digest, ok.r, ok.s));
      assertError(EcError.ZERO, () -> K1.ecdsaS(k, zero));
      assertError(EcError.ZERO, () -> K1.ecdsaS(zero, k));
    }
  }

  // ---- Ed25519 ----

  private static byte[] ed25519Challenge(byte[] r, byte[] a, byte[] message) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-512").digest(concat(r, a, message));
      return reversed(bytes(number(reversed(hash)).mod(ED.order()), 32));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] ed25519(byte[] message, SecretScalar a, SecretScalar nonce) {
    byte[] r = ED.mulBase(nonce);
    return concat(r, ED.response(nonce, ed25519Challenge(r, ED.mulBase(a), message), a));
  }

  @Test
  void rfc8032VectorsAreReproducedBitByBit() throws NoSuchAlgorithmException {
    for (JsonNode v : Fixture.vectors("rfc8032_ed25519.json")) {
      byte[] seed = hex(v.get("seed").asText());
      byte[] message = hex(v.get("message").asText());
      byte[] publicKey = hex(v.get("publicKey").asText());
      byte[] signature = hex(v.get("signature").asText());
      byte[] prefix = Arrays.copyOfRange(MessageDigest.getInstance("SHA-512").digest(seed), 32, 64);
      byte[] nonceHash = MessageDigest.getInstance("SHA-512").digest(concat(prefix, message));
      try (Scope s = new Scope()) {
        SecretScalar a = s.add(ED.fromEd25519Seed(s.add(ECMATH.vault().fromPublic(seed))));
        SecretScalar nonce = s.add(ED.fromWide(s.add(ECMATH.vault().fromPublic(nonceHash))));
        assertArrayEquals(publicKey, ED.mulBase(a), v.get("name").asText());
        assertArrayEquals(signature, ed25519(message, a, nonce), v.get("name").asText());
        assertTrue(ED.ed25519Verify(publicKey, message, signature));
      }
    }
  }

  @Property
  void ed25519SignaturesVerifyHereAndWithBouncyCastle(@ForAll @Size(max = 300) byte[] message) {
    try (SecretScalar a = ED.random();
        SecretScalar nonce = ED.random()) {
      byte[] publicKey = ED.mulBase(a);
      byte[] signature = ed25519(message, a, nonce);
      assertTrue(ED.ed25519Verify(publicKey, message, signature));
      Ed25519Signer verifier = new Ed25519Signer();
      verifier.init(false, new Ed25519PublicKeyParameters(publicKey));
      verifier.update(message, 0, message.length);
      assertTrue(verifier.verifySignature(signature));
    }
  }

  @Property
  void anyBitFlippedInAnEd25519SignatureIsRefused(@ForAll @IntRange(max = 511) int bit) {
    byte[] message = {1, 2, 3};
    try (SecretScalar a = ED.random();
        SecretScalar nonce = ED.random()) {
      byte[] publicKey = ED.mulBase(a);
      byte[] signature = ed25519(message, a, nonce);
      assertFalse(ED.ed25519Verify(publicKey, message, flipped(signature, bit)));
      assertFalse(ED.ed25519Verify(flipped(publicKey, bit % 256), message, signature));
      assertFalse(ED.ed25519Verify(publicKey, flipped(message, bit % 24), signature));
    }
  }

  /**
   * With a challenge divisible by 8, S·B = R + c·A holds for S = r and any A of small order: one
   * signature for many keys.
   */
  @Test
  void ed25519RefusesKeysOfSmallOrderEvenWhenTheEquationHolds() {
    try (SecretScalar nonce = ED.random()) {
      byte[] r = ED.mulBase(nonce);
      byte[] signature = concat(r, Fixture.encode(ED, Fixture.value(ED, nonce)));
      InvalidPoints.of(Curve.Id.ED25519)
          .forEach(
              (name, a) -> {
                if (name.startsWith("order ") || name.equals("identity")) {
                  int i = 0;
                  while ((ed25519Challenge(r, a, new byte[] {(byte) i})[0] & 7) != 0) {
                    i++;
                  }
                  assertFalse(ED.ed25519Verify(a, new byte[] {(byte) i}, signature), name);
                }
              });
    }
  }

  /** S = c·a makes S·B = R + c·A hold for the identity as R, which an honest signer never sends. */
  @Test
  void ed25519RefusesTheIdentityAsRThoughTheEquationHolds() {
    byte[] r = InvalidPoints.of(Curve.Id.ED25519).get("identity");
    byte[] message = {5};
    try (SecretScalar a = ED.random();
        SecretScalar zero = scalar(ED, BigInteger.ZERO)) {
      byte[] publicKey = ED.mulBase(a);
      byte[] s = ED.response(zero, ed25519Challenge(r, publicKey, message), a);
      assertFalse(ED.ed25519Verify(publicKey, message, concat(r, s)));
    }
  }

  @Test
  void ed25519RefusesSPlusLAndSmallOrderPointsAndWrongLengths() {
    byte[] message = {9};
    try (SecretScalar a = ED.random();
        SecretScalar nonce = ED.random()) {
      byte[] publicKey = ED.mulBase(a);
      byte[] signature = ed25519(message, a, nonce);
      byte[] r = Arrays.copyOf(signature, 32);
      byte[] s = Arrays.copyOfRange(signature, 32, 64);
      byte[] sPlusL = reversed(bytes(number(reversed(s)).add(ED.order()), 32));
      assertFalse(ED.ed25519Verify(publicKey, message, concat(r, sPlusL)));
      for (byte[] point : InvalidPoints.of(Curve.Id.ED25519).values()) {
        assertFalse(ED.ed25519Verify(publicKey, message, concat(point, s)));
        assertFalse(ED.ed25519Verify(point, message, signature));
      }
      assertFalse(ED.ed25519Verify(publicKey, message, Arrays.copyOf(signature, 63)));
      assertFalse(ED.ed25519Verify(publicKey, message, Arrays.copyOf(signature, 65)));
      assertFalse(ED.ed25519Verify(Arrays.copyOf(publicKey, 31), message, signature));
      assertError(EcError.ARGUMENT, () -> K1.ed25519Verify(publicKey, message, signature));
      try (SecretBlob seed = ECMATH.vault().blob(32);
          SecretBlob tooShort = ECMATH.vault().blob(31)) {
        assertError(EcError.ARGUMENT, () -> K1.fromEd25519Seed(seed));
        assertError(EcError.ARGUMENT, () -> ED.fromEd25519Seed(tooShort));
      }
    }
  }
}
