/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/**
 * protocol.md §7 and the joint keys once more, by the Java platform, BouncyCastle and BigInteger:
 * what the driver's are compared with.
 */
public final class ReferenceKeys {
  private static final X9ECParameters SECP = CustomNamedCurves.getByName("secp256k1");
  private static final BigInteger P =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
  public static final BigInteger L =
      BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger BY =
      BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P);
  private static final BigInteger BX =
      new BigInteger(
          "15112221349535400772501151409588531511454012693041857206046113283949847762202");

  private ReferenceKeys() {}

  /** BIP-32, m/44'/coin'/account'/0'/0'. */
  public static BigInteger bip32(byte[] seed, DerivationPath path) {
    byte[] i = hmac("Bitcoin seed".getBytes(StandardCharsets.US_ASCII), seed);
    for (long child : new long[] {44, path.coin(), path.account(), 0, 0}) {
      BigInteger parent = new BigInteger(1, Arrays.copyOf(i, 32));
      byte[] chainCode = Arrays.copyOfRange(i, 32, 64);
      byte[] data = new byte[37];
      System.arraycopy(fixed(parent), 0, data, 1, 32);
      int number = (int) (child | 0x80000000L);
      for (int k = 0; k < 4; k++) {
        data[33 + k] = (byte) (number >>> (24 - 8 * k));
      }
      byte[] next = hmac(chainCode, data);
      BigInteger key = new BigInteger(1, Arrays.copyOf(next, 32)).add(parent).mod(SECP.getN());
      System.arraycopy(fixed(key), 0, next, 0, 32);
      i = next;
    }
    return new BigInteger(1, Arrays.copyOf(i, 32));
  }

  /** Q = x1·x2·G. */
  public static Bytes ecdsa(byte[] seed1, byte[] seed2, DerivationPath path) {
    BigInteger x = bip32(seed1, path).multiply(bip32(seed2, path)).mod(SECP.getN());
    return Bytes.of(SECP.getG().multiply(x).getEncoded(true));
  }

  /** A = (a1 + a2)·B. */
  public static Bytes eddsa(byte[] seed1, byte[] seed2, DerivationPath path) {
    return multiple(eddsaScalar(seed1, path).add(eddsaScalar(seed2, path)).mod(L));
  }

  private static BigInteger eddsaScalar(byte[] seed, DerivationPath path) {
    try {
      byte[] h =
          Arrays.copyOf(MessageDigest.getInstance("SHA-512").digest(fixed(bip32(seed, path))), 32);
      h[0] &= (byte) 248;
      h[31] &= 127;
      h[31] |= 64;
      return new BigInteger(1, reversed(h)).mod(L);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** k·B by the addition law of RFC 8032 §5.1.4 in affine coordinates. */
  private static Bytes multiple(BigInteger k) {
    BigInteger[] sum = {BigInteger.ZERO, BigInteger.ONE};
    for (int bit = k.bitLength() - 1; bit >= 0; bit--) {
      sum = add(sum, sum);
      if (k.testBit(bit)) {
        sum = add(sum, new BigInteger[] {BX, BY});
      }
    }
    byte[] encoded = reversed(fixed(sum[1]));
    if (sum[0].testBit(0)) {
      encoded[31] |= (byte) 0x80;
    }
    return Bytes.of(encoded);
  }

  private static BigInteger[] add(BigInteger[] a, BigInteger[] b) {
    BigInteger xy = D.multiply(a[0]).multiply(b[0]).multiply(a[1]).multiply(b[1]).mod(P);
    BigInteger x = a[0].multiply(b[1]).add(a[1].multiply(b[0]));
    BigInteger y = a[1].multiply(b[1]).add(a[0].multiply(b[0]));
    return new BigInteger[] {
      x.multiply(BigInteger.ONE.add(xy).modInverse(P)).mod(P),
      y.multiply(BigInteger.ONE.subtract(xy).modInverse(P)).mod(P)
    };
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(key, "HmacSHA512"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] fixed(BigInteger value) {
    byte[] signed = value.toByteArray();
    byte[] out = new byte[32];
    int length = Math.min(signed.length, 32);
    System.arraycopy(signed, signed.length - length, out, 32 - length, length);
    return out;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
