/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import java.math.BigInteger;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.ECPoint;

/** Verifies signatures with BouncyCastle, which had no part in making them. */
public final class Verification {
  private static final X9ECParameters CURVE = SECNamedCurves.getByName("secp256k1");

  private Verification() {}

  /**
   * Whether (r, s) is a low-s signature of the digest under the key, and the recovery id leads back
   * to that key.
   *
   * @param publicKey SEC1, 33 bytes
   */
  public static boolean ecdsa(byte[] publicKey, byte[] digest, byte[] r, byte[] s, int recovery) {
    BigInteger rr = new BigInteger(1, r);
    BigInteger ss = new BigInteger(1, s);
    ECPoint q = CURVE.getCurve().decodePoint(publicKey);
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, new ECPublicKeyParameters(q, new ECDomainParameters(CURVE)));
    return verifier.verifySignature(digest, rr, ss)
        && ss.compareTo(CURVE.getN().shiftRight(1)) <= 0
        && q.equals(recover(digest, rr, ss, recovery));
  }

  /** SEC 1 §4.1.6: Q = r⁻¹(s·R − e·G). */
  private static ECPoint recover(byte[] digest, BigInteger r, BigInteger s, int recovery) {
    BigInteger n = CURVE.getN();
    BigInteger x = (recovery & 2) == 0 ? r : r.add(n);
    byte[] compressed = new byte[33];
    compressed[0] = (byte) (2 + (recovery & 1));
    byte[] bytes = org.bouncycastle.util.BigIntegers.asUnsignedByteArray(32, x);
    System.arraycopy(bytes, 0, compressed, 1, 32);
    ECPoint point = CURVE.getCurve().decodePoint(compressed);
    BigInteger inverse = r.modInverse(n);
    BigInteger e = new BigInteger(1, digest);
    return point
        .multiply(s.multiply(inverse).mod(n))
        .subtract(CURVE.getG().multiply(e.multiply(inverse).mod(n)))
        .normalize();
  }

  /**
   * Whether the signature is one of the message under the key, RFC 8032.
   *
   * @param signature R ‖ s, 64 bytes
   */
  public static boolean eddsa(byte[] publicKey, byte[] message, byte[] signature) {
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(publicKey, 0));
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }
}
