/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;

/**
 * What the keys of two seeds must be, computed from the definitions with {@link BigInteger}, the
 * JDK's HMAC and BouncyCastle's secp256k1: BIP-32 (all hardened), then protocol.md §7, then the
 * product or the sum. Nothing of the product's code.
 */
public final class ReferenceKeys {
  private static final X9ECParameters SECP256K1 = SECNamedCurves.getByName("secp256k1");
  private static final BigInteger Q = SECP256K1.getN();
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger BY =
      BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P);

  private ReferenceKeys() {}

  /** The private key at m/44'/coin'/account'/0'/0'. */
  public static BigInteger bip32(byte[] seed, long coin, long account) {
    return derive(seed, 44, coin, account, 0, 0);
  }

  /** The private key at a path of hardened steps. */
  public static BigInteger derive(byte[] seed, long... path) {
    byte[] i =
        hmacSha512("Bitcoin seed".getBytes(java.nio.charset.StandardCharsets.US_ASCII), seed);
    for (long index : path) {
      byte[] data = new byte[37];
      System.arraycopy(i, 0, data, 1, 32);
      long hardened = index | 1L << 31;
      for (int b = 0; b < 4; b++) {
        data[33 + b] = (byte) (hardened >> (24 - 8 * b));
      }
      byte[] next = hmacSha512(Arrays.copyOfRange(i, 32, 64), data);
      BigInteger key =
          new BigInteger(1, Arrays.copyOf(next, 32))
              .add(new BigInteger(1, Arrays.copyOf(i, 32)))
              .mod(Q);
      System.arraycopy(bytes32(key), 0, next, 0, 32);
      i = next;
    }
    return new BigInteger(1, Arrays.copyOf(i, 32));
  }

  /** x: the private key itself. */
  public static BigInteger ecdsaFragment(byte[] seed, long coin, long account) {
    return bip32(seed, coin, account);
  }

  /** a: the first 32 bytes of SHA-512(private key), clamped as RFC 8032, mod L. */
  public static BigInteger eddsaFragment(byte[] seed, long coin, long account) {
    try {
      byte[] h = MessageDigest.getInstance("SHA-512").digest(bytes32(bip32(seed, coin, account)));
      byte[] a = Arrays.copyOf(h, 32);
      a[0] &= (byte) 248;
      a[31] &= 127;
      a[31] |= 64;
      return littleEndian(a).mod(L);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Q = x1·x2·G, SEC1 compressed. */
  public static byte[] ecdsaKey(byte[] seedA, byte[] seedB, long coin, long account) {
    BigInteger x =
        ecdsaFragment(seedA, coin, account).multiply(ecdsaFragment(seedB, coin, account)).mod(Q);
    return SECP256K1.getG().multiply(x).normalize().getEncoded(true);
  }

  /** A = (a1 + a2)·B, RFC 8032. */
  public static byte[] eddsaKey(byte[] seedA, byte[] seedB, long coin, long account) {
    return multiplyBase(
        eddsaFragment(seedA, coin, account).add(eddsaFragment(seedB, coin, account)).mod(L));
  }

  public static byte[] multiplyBase(BigInteger k) {
    BigInteger u =
        BY.pow(2)
            .subtract(BigInteger.ONE)
            .multiply(D.multiply(BY.pow(2)).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger x = u.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.pow(2).mod(P).equals(u)) {
      x = x.multiply(BigInteger.TWO.modPow(P.shiftRight(2), P)).mod(P);
    }
    BigInteger bx = x.testBit(0) ? P.subtract(x) : x;
    BigInteger[] sum = {BigInteger.ZERO, BigInteger.ONE};
    BigInteger[] power = {bx, BY};
    for (int bit = 0; bit < k.bitLength(); bit++) {
      if (k.testBit(bit)) {
        sum = add(sum, power);
      }
      power = add(power, power);
    }
    byte[] encoded = new byte[32];
    byte[] y = bytes32(sum[1]);
    for (int i = 0; i < 32; i++) {
      encoded[i] = y[31 - i];
    }
    if (sum[0].testBit(0)) {
      encoded[31] |= (byte) 0x80;
    }
    return encoded;
  }

  /** The complete addition of −x² + y² = 1 + d·x²·y². */
  private static BigInteger[] add(BigInteger[] a, BigInteger[] b) {
    BigInteger t = D.multiply(a[0]).multiply(b[0]).multiply(a[1]).multiply(b[1]).mod(P);
    BigInteger x =
        a[0].multiply(b[1])
            .add(a[1].multiply(b[0]))
            .multiply(BigInteger.ONE.add(t).modInverse(P))
            .mod(P);
    BigInteger y =
        a[1].multiply(b[1])
            .add(a[0].multiply(b[0]))
            .multiply(BigInteger.ONE.subtract(t).modInverse(P))
            .mod(P);
    return new BigInteger[] {x, y};
  }

  /** Big-endian. */
  public static byte[] bytes32(BigInteger value) {
    return org.bouncycastle.util.BigIntegers.asUnsignedByteArray(32, value);
  }

  private static BigInteger littleEndian(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  private static byte[] hmacSha512(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(key, "HmacSHA512"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
