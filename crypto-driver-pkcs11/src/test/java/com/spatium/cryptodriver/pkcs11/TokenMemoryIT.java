/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passes between vault and token passes nowhere else. */
final class TokenMemoryIT {
  private static final EcMath ECMATH = EcMath.open();
  private static final Bytes AAD = Bytes.ofHex("01");

  @TempDir Path directory;

  @Test
  void sealedOpenedDerivedAndRandomBytesAndThePinAreNowhereButInTheVault() throws IOException {
    SoftHsm hsm = SoftHsm.instance();
    MemoryScan scan = new MemoryScan();
    SecretId id = SecretId.random();
    // The PIN too was never anywhere else: 24 random bytes.
    try (SecretBlob pin = ECMATH.vault().random(24, null)) {
      SoftHsm.TestToken there = hsm.newToken("memory", "");
      hsm.module().initPin(there.slot(), SoftHsm.SO_PIN, ECMATH.vault().access().address(pin), 24);
      TokenConfig config =
          TokenConfig.of(hsm.path(), there.label(), PinSource.held(ECMATH.vault(), pin));
      try (TokenCustody custody = TokenCustody.provision(ECMATH, config, "mem");
          SecretBlob secret = ECMATH.vault().random(4000, null);
          SecretBlob opened = custody.open(AAD, custody.seal(AAD, secret));
          SecretBlob random = custody.randomness().orElseThrow()) {
        custody.createSecret(id);
        try (SecretScalar fragment =
                custody.fragment(id, Suite.ECDSA_SECP256K1, new DerivationPath(60, 0));
            SecretBlob scalar = ECMATH.vault().serialize(fragment)) {
          assertTrue(ECMATH.vault().equal(secret, opened));
          scan.add(ECMATH, "pin", pin)
              .add(ECMATH, "secret", secret)
              .add(ECMATH, "random", random)
              .add(ECMATH, "fragment", scalar);
          byte[] control = scan.control();
          assertEquals(Set.of("control"), scan.heapDump(directory));
          assertEquals(Set.of("control"), scan.processMemory());
          assertEquals(16, control.length);
        }
      }
    }
  }
}
