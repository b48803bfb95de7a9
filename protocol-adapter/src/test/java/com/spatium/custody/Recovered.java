/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.custody;

import com.spatium.signer.cli.ReferenceKeys;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;

/**
 * The nonces of a signature, recovered by someone who knows both parties' fragments and P1's
 * Paillier key, and listened to the wire. A candidate is the nonce if its multiple of the base
 * point was on the wire: nothing is guessed.
 */
final class Recovered {
  private static final X9ECParameters SECP256K1 = SECNamedCurves.getByName("secp256k1");
  private static final BigInteger Q = SECP256K1.getN();
  private static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private Recovered() {}

  /**
   * protocol.md §4.3: u = Dec(c3) = k2⁻¹·(m + r·x1·x2) and s = k1⁻¹·u mod q, s perhaps negated.
   *
   * @param p and q factors of P1's N
   * @return k1 and k2
   */
  static BigInteger[] ecdsaNonces(
      WireTap wire, BigInteger p, BigInteger q, BigInteger x, byte[] digest, byte[] r, byte[] s) {
    BigInteger m = new BigInteger(1, digest);
    BigInteger top = m.add(new BigInteger(1, r).multiply(x)).mod(Q);
    int width = p.multiply(q).bitLength() / 8 * 2;
    for (byte[] ciphertext : wire.strings(width)) {
      BigInteger u = decrypt(new BigInteger(1, ciphertext), p, q).mod(Q);
      if (u.signum() == 0) {
        continue;
      }
      BigInteger k2 = top.multiply(u.modInverse(Q)).mod(Q);
      BigInteger k1 = u.multiply(new BigInteger(1, s).modInverse(Q)).mod(Q);
      if (onWire(wire, k2)) {
        if (onWire(wire, k1)) {
          return new BigInteger[] {k1, k2};
        }
        if (onWire(wire, Q.subtract(k1))) {
          return new BigInteger[] {Q.subtract(k1), k2};
        }
      }
    }
    throw new AssertionError("the ECDSA nonces were not recovered");
  }

  private static boolean onWire(WireTap wire, BigInteger k) {
    return contains(wire.strings(33), SECP256K1.getG().multiply(k).normalize().getEncoded(true));
  }

  /** Paillier 1999, centred. */
  private static BigInteger decrypt(BigInteger c, BigInteger p, BigInteger q) {
    BigInteger n = p.multiply(q);
    BigInteger phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
    BigInteger u = c.modPow(phi, n.multiply(n)).subtract(BigInteger.ONE).divide(n);
    BigInteger plain = u.multiply(phi.modInverse(n)).mod(n);
    return plain.compareTo(n.shiftRight(1)) > 0 ? plain.subtract(n) : plain;
  }

  /**
   * protocol.md §5: s2 = k2 + c·a2, s = s1 + s2.
   *
   * @param key A, encoded
   * @param signature R ‖ s
   * @return k1 and k2
   */
  static BigInteger[] eddsaNonces(
      WireTap wire, BigInteger a1, BigInteger a2, byte[] key, byte[] message, byte[] signature) {
    BigInteger c = challenge(Arrays.copyOf(signature, 32), key, message);
    BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64));
    for (byte[] candidate : wire.strings(32)) {
      BigInteger s2 = littleEndian(candidate);
      BigInteger k2 = s2.subtract(c.multiply(a2)).mod(L);
      if (k2.signum() != 0 && contains(wire.strings(32), ReferenceKeys.multiplyBase(k2))) {
        BigInteger k1 = s.subtract(s2).subtract(c.multiply(a1)).mod(L);
        if (contains(wire.strings(32), ReferenceKeys.multiplyBase(k1))) {
          return new BigInteger[] {k1, k2};
        }
      }
    }
    throw new AssertionError("the EdDSA nonces were not recovered");
  }

  private static BigInteger challenge(byte[] r, byte[] key, byte[] message) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-512");
      sha.update(r);
      sha.update(key);
      sha.update(message);
      return littleEndian(sha.digest()).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger littleEndian(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  private static boolean contains(List<byte[]> all, byte[] one) {
    return all.stream().anyMatch(each -> Arrays.equals(each, one));
  }
}
