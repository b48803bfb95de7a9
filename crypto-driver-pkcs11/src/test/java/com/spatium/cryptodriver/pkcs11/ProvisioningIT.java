/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.ecmath.EcMath;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The driver that users open: it makes its keys in the token once, and never twice at once. */
final class ProvisioningIT {
  private static final EcMath ECMATH = EcMath.open();
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final DriverConfig CONFIG =
      DriverConfig.of("provisioning").withLevel(SecurityLevel.BITS_112).withClock(() -> NOW);
  private static final String RECORD = "provisioning/token";

  private final SoftHsm.TestToken token = SoftHsm.instance().newToken();
  private final StateStore store = new MemoryStateStore();

  private TokenCustody provision() {
    return Provisioning.open(CONFIG, store, ECMATH, token.config(ECMATH));
  }

  private static Bytes claimOf(Instant time) {
    return Bytes.of(ByteBuffer.allocate(25).put((byte) 1).putLong(time.toEpochMilli()).array());
  }

  @Test
  void aDriverIsOpenedAgainWithItsSecrets() {
    SecretId id = SecretId.random();
    try (CryptoDriver driver = Pkcs11CryptoDriver.open(CONFIG, store, token.config(ECMATH))) {
      driver.secrets().generate(id);
      assertEquals(Secrets.Kind.TOKEN_BOUND, driver.secrets().kind(id));
    }
    try (CryptoDriver driver = Pkcs11CryptoDriver.open(CONFIG, store, token.config(ECMATH))) {
      assertTrue(driver.secrets().exists(id));
      assertTrue(driver.health().custody().contains(token.label()));
    }
  }

  @Test
  void whileOneProcessMakesTheKeysAnotherWaits() {
    store.create(RECORD, claimOf(NOW.minusSeconds(30)));
    assertThrows(UsageException.class, this::provision);
    assertEquals(claimOf(NOW.minusSeconds(30)), store.get(RECORD).orElseThrow());
  }

  @Test
  void whatACrashedProcessBeganIsFinished() {
    store.create(RECORD, claimOf(NOW.minusSeconds(61)));
    provision().close();
    provision().close();
    assertEquals(Bytes.ofHex("02"), store.get(RECORD).orElseThrow());
  }

  @Test
  void aWrongPinDoesNotMakeTheNextTryWait() {
    assertThrows(
        TokenException.PinIncorrect.class,
        () -> Provisioning.open(CONFIG, store, ECMATH, token.config(ECMATH, "00000000")));
    provision().close();
  }

  @Test
  void aTokenWithoutTheKeysOnRecordIsNotGivenNewOnes() {
    provision().close();
    SoftHsm.TestToken other = SoftHsm.instance().newToken();
    assertThrows(
        TokenException.KeyMissing.class,
        () -> Provisioning.open(CONFIG, store, ECMATH, other.config(ECMATH)));
  }
}
