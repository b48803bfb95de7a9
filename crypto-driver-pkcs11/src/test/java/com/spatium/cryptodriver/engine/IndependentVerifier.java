/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.Signature;
import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;

/** Verifies signatures with BouncyCastle: nothing of the driver is used. */
public final class IndependentVerifier {
  private static final X9ECParameters SECP = CustomNamedCurves.getByName("secp256k1");

  private IndependentVerifier() {}

  /** Fails the test unless the signature verifies, is low, and its recovery id recovers the key. */
  public static void verify(DistributedKey key, Bytes message, Signature signature) {
    byte[] q = key.publicKey().encoded().toByteArray();
    byte[] m = message.toByteArray();
    if (signature instanceof Signature.Eddsa eddsa) {
      Ed25519Signer verifier = new Ed25519Signer();
      verifier.init(false, new Ed25519PublicKeyParameters(q));
      verifier.update(m, 0, m.length);
      assertTrue(
          verifier.verifySignature(eddsa.toBytes().toByteArray()),
          "the EdDSA signature does not verify");
      return;
    }
    Signature.Ecdsa ecdsa = (Signature.Ecdsa) signature;
    BigInteger r = new BigInteger(1, ecdsa.r().toByteArray());
    BigInteger s = new BigInteger(1, ecdsa.s().toByteArray());
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(
        false,
        new ECPublicKeyParameters(
            SECP.getCurve().decodePoint(q),
            new ECDomainParameters(SECP.getCurve(), SECP.getG(), SECP.getN(), SECP.getH())));
    assertTrue(verifier.verifySignature(m, r, s), "the ECDSA signature does not verify");
    assertTrue(s.compareTo(SECP.getN().shiftRight(1)) <= 0, "s is high");
    assertEquals(
        Bytes.of(q), recovered(m, r, s, ecdsa.recovery()), "the recovery id recovers another key");
  }

  /** SEC1 v2 §4.1.6: Q = r⁻¹·(s·R − m·G). */
  private static Bytes recovered(byte[] m, BigInteger r, BigInteger s, int recovery) {
    BigInteger n = SECP.getN();
    byte[] encoded = new byte[33];
    encoded[0] = (byte) (2 + (recovery & 1));
    byte[] x = r.add((recovery & 2) == 0 ? BigInteger.ZERO : n).toByteArray();
    int length = Math.min(x.length, 32);
    System.arraycopy(x, x.length - length, encoded, 33 - length, length);
    ECPoint point = SECP.getCurve().decodePoint(encoded);
    BigInteger inverse = r.modInverse(n);
    BigInteger ofG = new BigInteger(1, m).negate().multiply(inverse).mod(n);
    ECPoint q =
        ECAlgorithms.sumOfTwoMultiplies(SECP.getG(), ofG, point, s.multiply(inverse).mod(n));
    return Bytes.of(q.normalize().getEncoded(true));
  }
}
