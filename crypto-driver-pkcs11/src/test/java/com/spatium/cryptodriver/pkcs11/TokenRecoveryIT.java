/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.Template;
import com.spatium.cryptodriver.pkcs11.internal.TestModule;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The failures of docs/operating.md that SoftHSM can be brought to, while the driver runs. */
final class TokenRecoveryIT {
  private static final EcMath ECMATH = EcMath.open();
  private static final Bytes AAD = Bytes.ofHex("01");
  private static final DerivationPath PATH = new DerivationPath(60, 0);

  private final SoftHsm hsm = SoftHsm.instance();
  private final TestModule module = hsm.module();
  private final Cryptoki driver = module.driver();
  private final SecretId id = SecretId.random();
  private final AtomicInteger pinAsked = new AtomicInteger();
  private SoftHsm.TestToken there;
  private TokenCustody custody;
  private SecretBlob secret;
  private Bytes sealed;
  private String point;

  @BeforeEach
  void prepare() {
    there = hsm.newToken();
    PinSource pin = SoftHsm.pin(ECMATH, SoftHsm.PIN);
    TokenConfig config =
        TokenConfig.of(
            hsm.path(),
            there.label(),
            () -> {
              pinAsked.incrementAndGet();
              return pin.read();
            });
    custody = TokenCustody.provision(ECMATH, config, "rec");
    secret = ECMATH.vault().random(32, null);
    sealed = custody.seal(AAD, secret);
    custody.createSecret(id);
    point = point();
    assertEquals(0, recoveries());
  }

  @AfterEach
  void close() {
    custody.close();
    secret.close();
    driver.initialize("");
  }

  private String point() {
    try (SecretScalar x = custody.fragment(id, Suite.EDDSA_ED25519, PATH)) {
      return Bytes.of(ECMATH.ed25519().mulBase(x)).toHex();
    }
  }

  private void assertOpens() {
    try (SecretBlob opened = custody.open(AAD, sealed)) {
      assertTrue(ECMATH.vault().equal(secret, opened));
    }
  }

  private long count(Token.Rung rung) {
    return custody
        .token()
        .counters()
        .get("recovery." + rung.name().toLowerCase(java.util.Locale.ROOT));
  }

  private long recoveries() {
    long sum = 0;
    for (Token.Rung rung : Token.Rung.values()) {
      sum += count(rung);
    }
    return sum;
  }

  private long loggedInSession() {
    long session = driver.openSession(there.slot(), true);
    if (!driver.loggedIn(session)) {
      assertEquals(Ckr.OK, module.login(session, SoftHsm.PIN));
    }
    return session;
  }

  private void destroyObject(String label) {
    long session = loggedInSession();
    for (long object : driver.find(session, Template.empty().with(Cka.LABEL, label))) {
      driver.destroyObject(session, object);
    }
    driver.closeSession(session);
  }

  @Test
  void sessionsClosedUnderneathAesFirst() {
    module.closeAllSessions(there.slot());
    assertOpens();
    assertTrue(recoveries() > 0);
    assertEquals(0, count(Token.Rung.INITIALIZE));
    assertHealthyWithoutFurtherRecovery();
  }

  @Test
  void sessionsClosedUnderneathHmacFirst() {
    module.closeAllSessions(there.slot());
    assertEquals(point, point());
    assertTrue(recoveries() > 0);
    assertOpens();
    assertHealthyWithoutFurtherRecovery();
  }

  @Test
  void loggedOutUnderneath() {
    long session = loggedInSession();
    module.logout(session);
    driver.closeSession(session);
    assertEquals(point, point());
    assertOpens();
    assertTrue(count(Token.Rung.LOGIN) > 0);
    assertHealthyWithoutFurtherRecovery();
  }

  @Test
  void finalizedUnderneath() {
    module.finalizeModule();
    assertOpens();
    assertTrue(count(Token.Rung.INITIALIZE) > 0);
    assertEquals(point, point());
    assertHealthyWithoutFurtherRecovery();
  }

  @Test
  void finalizedAndInitialisedByOthers() {
    module.finalizeModule();
    driver.initialize("");
    assertEquals(point, point());
    assertOpens();
    assertEquals(0, count(Token.Rung.INITIALIZE));
    assertHealthyWithoutFurtherRecovery();
  }

  private void assertHealthyWithoutFurtherRecovery() {
    long before = recoveries();
    custody.health();
    assertEquals(point, point());
    assertOpens();
    custody.seal(AAD, secret);
    assertEquals(before, recoveries());
  }

  @Test
  void aDeletedSecretIsMissing() {
    destroyObject("spatium:rec:secret:" + id);
    TokenException e = assertThrows(TokenException.KeyMissing.class, this::point);
    assertTrue(e.getMessage().contains("spatium:rec:secret:" + id), e.getMessage());
    // The rest goes on.
    assertOpens();
  }

  @Test
  void deletedSealKeysAreMissing() {
    destroyObject("spatium:rec:seal-enc");
    TokenException e =
        assertThrows(TokenException.KeyMissing.class, () -> custody.open(AAD, sealed));
    assertTrue(e.getMessage().contains("spatium:rec:seal-enc"), e.getMessage());
    assertThrows(TokenException.KeyMissing.class, () -> custody.seal(AAD, secret));
    assertThrows(TokenException.KeyMissing.class, () -> custody.health());
    destroyObject("spatium:rec:seal-mac");
    assertThrows(TokenException.KeyMissing.class, () -> custody.open(AAD, sealed));
  }

  @Test
  void aReplacedSecretIsLookedUpAgain() {
    custody.destroySecret(id);
    long session = loggedInSession();
    driver.generateKey(
        session, KeyKind.HMAC.generator(), KeyKind.HMAC.template("spatium:rec:secret:" + id, true));
    driver.closeSession(session);
    assertNotEquals(point, point());
  }

  /**
   * A new key with the right label and attributes: the tag still matches, but what is inside is
   * nonsense.
   */
  @Test
  void aReplacedSealKeyOpensNothing() {
    destroyObject("spatium:rec:seal-enc");
    long session = loggedInSession();
    driver.generateKey(
        session, KeyKind.AES.generator(), KeyKind.AES.template("spatium:rec:seal-enc", true));
    driver.closeSession(session);
    StorageException e = assertThrows(StorageException.class, () -> custody.open(AAD, sealed));
    assertTrue(e.getMessage().contains("seal-enc"), e.getMessage());
  }

  /** Whoever swaps a key while the driver runs does not get round the verification. */
  @Test
  void aKeyReplacedByAWeakOneIsRefused() {
    destroyObject("spatium:rec:secret:" + id);
    long session = loggedInSession();
    driver.generateKey(
        session,
        KeyKind.HMAC.generator(),
        KeyKind.HMAC.template("spatium:rec:secret:" + id, true).with(Cka.EXTRACTABLE, true));
    driver.closeSession(session);
    assertThrows(TokenException.AttributeViolation.class, this::point);
  }

  @Test
  void theTokenInitialisedAgainHasLostItsKeys() {
    long slot = there.slot();
    module.closeAllSessions(slot);
    module.initToken(slot, there.label(), SoftHsm.SO_PIN, SoftHsm.PIN);
    assertThrows(TokenException.KeyMissing.class, () -> custody.open(AAD, sealed));
    assertThrows(TokenException.KeyMissing.class, this::point);
  }

  @Test
  void theTokenInitialisedAgainUnderAnotherNameIsLost() {
    long slot = there.slot();
    module.closeAllSessions(slot);
    module.initToken(slot, there.label() + "-new", SoftHsm.SO_PIN, "another-pin");
    TokenException e = assertThrows(TokenException.class, () -> custody.open(AAD, sealed));
    assertTrue(
        e instanceof TokenException.TokenLost || e instanceof TokenException.PinIncorrect,
        e.toString());
  }

  /** Only C_Initialize makes SoftHSM look at its directory from scratch. */
  @Test
  void aPulledTokenIsLostAndUsedAgainWhenItIsBack() throws Exception {
    hsm.pull();
    try {
      module.finalizeModule();
      for (int i = 0; i < 2; i++) {
        TokenException e =
            assertThrows(TokenException.TokenLost.class, () -> custody.open(AAD, sealed));
        assertTrue(e.getMessage().contains(there.label()), e.getMessage());
        assertThrows(TokenException.TokenLost.class, this::point);
        assertThrows(TokenException.TokenLost.class, () -> custody.health());
      }
    } finally {
      hsm.plugIn();
    }
    module.finalizeModule();
    assertEquals(point, point());
    assertHealthyWithoutFurtherRecovery();
  }

  @Test
  void aTokenThatIsPulledInOperation() throws Exception {
    hsm.pull();
    try {
      TokenException e = assertThrows(TokenException.class, () -> custody.open(AAD, sealed));
      assertTrue(
          e instanceof TokenException.TokenLost || e instanceof TokenException.KeyMissing,
          e.toString());
      // A broken neighbour does not hide a token that works.
      SoftHsm.TestToken works = hsm.newToken();
      TokenCustody.provision(ECMATH, works.config(ECMATH), "works").close();
    } finally {
      hsm.plugIn();
    }
    module.finalizeModule();
    assertOpens();
    assertEquals(point, point());
  }

  /** The driver must not lock the token by trying the old PIN with every operation. */
  @Test
  void aPinThatWasChangedMeanwhileIsTriedOnceAndNeverAgain() {
    long session = loggedInSession();
    module.setPin(session, SoftHsm.PIN, "another-pin");
    module.logout(session);
    driver.closeSession(session);
    int before = pinAsked.get();
    TokenException first = assertThrows(TokenException.PinIncorrect.class, this::point);
    assertEquals(before + 1, pinAsked.get());
    for (int i = 0; i < 5; i++) {
      assertSame(first, assertThrows(TokenException.PinIncorrect.class, this::point));
      assertSame(
          first, assertThrows(TokenException.PinIncorrect.class, () -> custody.open(AAD, sealed)));
    }
    assertEquals(before + 1, pinAsked.get());
  }

  @RepeatedTest(5)
  void manyThreadsSurviveOneLoss() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    CountDownLatch half = new CountDownLatch(16);
    CountDownLatch broken = new CountDownLatch(1);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        running.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 40; n++) {
                    if (n == 20) {
                      half.countDown();
                      broken.await();
                    }
                    assertOpens();
                    assertEquals(point, point());
                  }
                  return null;
                }));
      }
      half.await();
      module.closeAllSessions(there.slot());
      broken.countDown();
      for (Future<?> f : running) {
        f.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertHealthyWithoutFurtherRecovery();
  }

  @Test
  void operationsAtOnceAreBounded() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(24);
    SoftHsm.TestToken other = hsm.newToken();
    try (TokenCustody two =
        TokenCustody.provision(ECMATH, other.config(ECMATH).withMaxConcurrent(2), "two")) {
      Bytes blob = two.seal(AAD, secret);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        running.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 50; n++) {
                    two.open(AAD, blob).close();
                  }
                  return null;
                }));
      }
      for (Future<?> f : running) {
        f.get();
      }
      // Pooled sessions stay open: their number is the most that were used at once. Anchor, 2 by
      // JNA, 2 by SunPKCS11 and its own one.
      int sessions = module.liveSessions(other.slot());
      assertTrue(sessions >= 2 && sessions <= 6, sessions + " sessions");
    } finally {
      threads.shutdownNow();
    }
  }
}
