/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.signer.cli.ReferenceKeys;
import com.spatium.signer.cli.Verification;
import java.util.Base64;
import java.util.UUID;

/**
 * Everything that two parties do, as P1: pairing where there is none, new sessions of both suites,
 * a signature under each.
 */
final class Script {
  private static final byte[] DIGEST = new byte[32];
  private static final byte[] MESSAGE = {1, 2, 3};

  /** The sessions that were run. */
  record Done(String ecdsaSession, String ecdsaSigning) {}

  private Script() {}

  static Done run(SpatiumProtocol p1, String secret) {
    String ecdsaSession = UUID.randomUUID().toString();
    byte[] ecdsaKey = decode(p1.syncDistributedEcdsaKey(secret, ecdsaSession, "secp256k1", 60, 0));
    assertArrayEquals(ReferenceKeys.ecdsaKey(TestParty.SEED_A, TestParty.SEED_B, 60, 0), ecdsaKey);
    String eddsaSession = UUID.randomUUID().toString();
    byte[] eddsaKey = decode(p1.syncDistributedEddsaKey(secret, eddsaSession, "ed25519", 60, 0));
    assertArrayEquals(ReferenceKeys.eddsaKey(TestParty.SEED_A, TestParty.SEED_B, 60, 0), eddsaKey);
    String signing = UUID.randomUUID().toString();
    var ecdsa = p1.signEcdsaMessage(secret, ecdsaSession, signing, encode(DIGEST), "");
    assertTrue(
        Verification.ecdsa(
            ecdsaKey, DIGEST, decode(ecdsa.r()), decode(ecdsa.s()), ecdsa.recovery()));
    var eddsa =
        p1.signEddsaMessage(
            secret, eddsaSession, UUID.randomUUID().toString(), encode(MESSAGE), "");
    byte[] signature = new byte[64];
    System.arraycopy(decode(eddsa.R()), 0, signature, 0, 32);
    System.arraycopy(decode(eddsa.s()), 0, signature, 32, 32);
    assertTrue(Verification.eddsa(eddsaKey, MESSAGE, signature));
    return new Done(ecdsaSession, signing);
  }

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
