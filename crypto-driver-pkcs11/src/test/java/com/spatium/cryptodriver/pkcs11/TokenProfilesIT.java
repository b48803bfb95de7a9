/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.TokenException;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens that have just enough mechanisms, and one too few: the profiles of softhsm-config. */
final class TokenProfilesIT {
  private static final EcMath ECMATH = EcMath.open();
  private static final Bytes AAD = Bytes.ofHex("01");

  private final SoftHsm hsm = SoftHsm.instance();

  @AfterEach
  void full() throws IOException {
    hsm.restart("full");
  }

  @Test
  void theFourMechanismsAreEnough() throws IOException {
    hsm.restart("minimal");
    SoftHsm.TestToken there = hsm.newToken();
    assertEquals(4, hsm.module().driver().mechanisms(there.slot()).size());
    SecretId id = SecretId.random();
    try (TokenCustody custody = TokenCustody.provision(ECMATH, there.config(ECMATH), "min");
        SecretBlob secret = ECMATH.vault().random(100, null);
        SecretBlob opened = custody.open(AAD, custody.seal(AAD, secret));
        SecretBlob random = custody.randomness().orElseThrow()) {
      assertTrue(ECMATH.vault().equal(secret, opened));
      assertEquals(32, ECMATH.vault().access().length(random));
      custody.createSecret(id);
      custody.fragment(id, Suite.ECDSA_SECP256K1, new DerivationPath(0, 0)).close();
      custody.health();
    }
    Doctor.Report report =
        Doctor.examine(
            ECMATH,
            new Doctor.Question(
                Optional.of(hsm.path()),
                Optional.of(there.label()),
                Optional.of(SoftHsm.pin(ECMATH, SoftHsm.PIN)),
                Optional.of("min")));
    assertTrue(report.usable(), String.join("\n", report.lines()));
  }

  @Test
  void aMissingMechanismIsNamed() throws IOException {
    hsm.restart("no-sha512-hmac");
    SoftHsm.TestToken there = hsm.newToken();
    TokenException e =
        assertThrows(
            TokenException.MechanismMissing.class, () -> Token.open(ECMATH, there.config(ECMATH)));
    assertTrue(e.getMessage().contains("CKM_SHA512_HMAC is not offered"), e.getMessage());
    assertFalse(e.getMessage().contains("CKM_AES"), e.getMessage());
    Doctor.Report report =
        Doctor.examine(
            ECMATH,
            new Doctor.Question(
                Optional.of(hsm.path()),
                Optional.of(there.label()),
                Optional.of(SoftHsm.pin(ECMATH, SoftHsm.PIN)),
                Optional.empty()));
    assertFalse(report.usable());
    assertTrue(
        report.lines().stream()
            .anyMatch(l -> l.startsWith("[no]") && l.contains("CKM_SHA512_HMAC")));
  }
}
