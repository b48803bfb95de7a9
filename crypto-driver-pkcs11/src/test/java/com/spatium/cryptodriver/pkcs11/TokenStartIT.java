/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.Template;
import com.spatium.cryptodriver.pkcs11.internal.TestModule;
import com.spatium.cryptodriver.pkcs11.internal.TokenInfo;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong, and right, before the first operation. */
final class TokenStartIT {
  private static final EcMath ECMATH = EcMath.open();
  private static final Bytes AAD = Bytes.ofHex("01");

  private final SoftHsm hsm = SoftHsm.instance();
  private final TestModule module = hsm.module();

  @TempDir Path directory;

  @Test
  void aMissingModuleIsNamed() {
    Path absent = directory.resolve("libabsent.so");
    TokenException e =
        assertThrows(
            TokenException.TokenAbsent.class,
            () ->
                Token.open(
                    ECMATH,
                    TokenConfig.of(absent, "some-label", SoftHsm.pin(ECMATH, SoftHsm.PIN))));
    assertTrue(
        e.getMessage().contains(absent.toString()) && e.getMessage().contains("some-label"),
        e.getMessage());
  }

  @Test
  void aFileThatIsNoModuleIsNamed() throws IOException {
    Path text = Files.writeString(directory.resolve("text.so"), "no library");
    TokenException e =
        assertThrows(
            TokenException.TokenAbsent.class,
            () ->
                Token.open(
                    ECMATH, TokenConfig.of(text, "some-label", SoftHsm.pin(ECMATH, SoftHsm.PIN))));
    assertTrue(e.getMessage().contains(text.toString()), e.getMessage());
  }

  @Test
  void aMissingTokenIsNamedAndTheOthersListed() {
    SoftHsm.TestToken there = hsm.newToken();
    TokenException e =
        assertThrows(
            TokenException.TokenAbsent.class,
            () ->
                Token.open(
                    ECMATH,
                    TokenConfig.of(hsm.path(), "not-there", SoftHsm.pin(ECMATH, SoftHsm.PIN))));
    assertTrue(e.getMessage().contains("'not-there'"), e.getMessage());
    assertTrue(e.getMessage().contains(hsm.path().toString()), e.getMessage());
    assertTrue(e.getMessage().contains("'" + there.label() + "'"), e.getMessage());
  }

  @Test
  void theSerialTellsTokensOfOneLabelApart() {
    hsm.newToken("twins", SoftHsm.PIN);
    hsm.newToken("twins", SoftHsm.PIN);
    SoftHsm.TestToken twin = new SoftHsm.TestToken(hsm, "twins");
    TokenException e =
        assertThrows(
            TokenException.TokenAbsent.class, () -> Token.open(ECMATH, twin.config(ECMATH)));
    assertTrue(e.getMessage().contains("2 tokens"), e.getMessage());
    String serial = module.driver().tokenInfo(twin.slot()).orElseThrow().serial();
    try (Token token = Token.open(ECMATH, twin.config(ECMATH).withSerial(serial))) {
      assertTrue(token.describe().contains(serial));
    }
    assertThrows(
        TokenException.TokenAbsent.class,
        () -> Token.open(ECMATH, twin.config(ECMATH).withSerial("0000")));
  }

  @Test
  void aTokenWithoutUserPinIsAbsent() {
    SoftHsm.TestToken bare = hsm.newToken("bare", "");
    TokenException e =
        assertThrows(
            TokenException.TokenAbsent.class, () -> Token.open(ECMATH, bare.config(ECMATH)));
    assertTrue(e.getMessage().contains("no user PIN"), e.getMessage());
  }

  @Test
  void aWrongPinIsTriedOnce() {
    SoftHsm.TestToken there = hsm.newToken();
    AtomicInteger asked = new AtomicInteger();
    PinSource wrong = SoftHsm.pin(ECMATH, "wrong-pin");
    TokenConfig config =
        TokenConfig.of(
            hsm.path(),
            there.label(),
            () -> {
              asked.incrementAndGet();
              return wrong.read();
            });
    TokenException e =
        assertThrows(TokenException.PinIncorrect.class, () -> Token.open(ECMATH, config));
    assertEquals("CKR_PIN_INCORRECT", e.ckrName());
    assertEquals(1, asked.get());
    assertFalse(e.getMessage().contains("wrong-pin"), "the PIN is in the message");
    // A PIN of an impossible length is a wrong PIN too.
    assertThrows(
        TokenException.PinIncorrect.class, () -> Token.open(ECMATH, there.config(ECMATH, "1")));
    Token.open(ECMATH, there.config(ECMATH)).close();
  }

  @Test
  void aWrongPinIsNoticedAlthoughTheProcessIsLoggedIn() {
    SoftHsm.TestToken there = hsm.newToken();
    try (Token first = Token.open(ECMATH, there.config(ECMATH));
        Token second = Token.open(ECMATH, there.config(ECMATH))) {
      assertTrue(first.pinVerified() && second.pinVerified());
      TokenException e =
          assertThrows(
              TokenException.PinIncorrect.class,
              () -> Token.open(ECMATH, there.config(ECMATH, "wrong-pin")));
      assertTrue(e.getMessage().contains("the token was not asked"), e.getMessage());
    }
  }

  @Test
  void aLoginByOtherCodeIsSharedAndReported() {
    SoftHsm.TestToken there = hsm.newToken();
    long session = module.driver().openSession(there.slot(), false);
    assertEquals(Ckr.OK, module.login(session, SoftHsm.PIN));
    try (TokenCustody custody =
        TokenCustody.provision(ECMATH, there.config(ECMATH, "wrong-pin"), "shared")) {
      // The module does not look at the PIN of a second login: nothing the driver could do but say
      // so.
      assertFalse(custody.token().pinVerified());
      assertTrue(custody.health().get("PIN").startsWith("not verified"));
    }
    // That login was not the driver's, so it is still there.
    assertTrue(module.driver().loggedIn(session));
    module.driver().closeSession(session);
  }

  @Test
  void closingTheLastUserLogsOut() {
    SoftHsm.TestToken there = hsm.newToken();
    long observer = module.driver().openSession(there.slot(), false);
    Token first = Token.open(ECMATH, there.config(ECMATH));
    Token second = Token.open(ECMATH, there.config(ECMATH));
    first.close();
    first.close();
    assertTrue(module.driver().loggedIn(observer));
    assertEquals(8, second.random(8).length);
    second.close();
    assertFalse(module.driver().loggedIn(observer));
    assertThrows(UsageException.class, () -> second.random(8));
    module.driver().closeSession(observer);
  }

  @Test
  void openAndCloseAHundredTimesLeaksNoSession() {
    SoftHsm.TestToken there = hsm.newToken();
    TokenCustody.provision(ECMATH, there.config(ECMATH), "leak").close();
    assertEquals(0, module.liveSessions(there.slot()));
    long handles = ECMATH.vault().report().handles();
    for (int i = 0; i < 100; i++) {
      try (TokenCustody custody = TokenCustody.open(ECMATH, there.config(ECMATH), "leak");
          SecretBlob secret = ECMATH.vault().blob(16)) {
        custody.open(AAD, custody.seal(AAD, secret)).close();
        assertTrue(module.liveSessions(there.slot()) >= 2, "the count sees no session");
      }
    }
    assertEquals(0, module.liveSessions(there.slot()));
    assertEquals(handles, ECMATH.vault().report().handles());
  }

  @Test
  void thePinComesFromAFileThatOnlyTheOwnerReads() throws IOException {
    SoftHsm.TestToken there = hsm.newToken();
    Path file = Files.writeString(directory.resolve("pin"), SoftHsm.PIN + "\n");
    TokenConfig config =
        TokenConfig.of(hsm.path(), there.label(), PinSource.file(ECMATH.vault(), file));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(UsageException.class, () -> TokenCustody.provision(ECMATH, config, "file"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    TokenCustody.provision(ECMATH, config, "file").close();
    try (SecretBlob held = SoftHsm.pin(ECMATH, SoftHsm.PIN).read()) {
      TokenConfig fromVault =
          TokenConfig.of(hsm.path(), there.label(), PinSource.held(ECMATH.vault(), held));
      TokenCustody.open(ECMATH, fromVault, "file").close();
      TokenCustody.open(ECMATH, fromVault, "file").close();
    }
  }

  @Test
  void sealKeysAreMadeOnlyWhenToldTo() {
    SoftHsm.TestToken there = hsm.newToken();
    TokenException e =
        assertThrows(
            TokenException.KeyMissing.class,
            () -> TokenCustody.open(ECMATH, there.config(ECMATH), "inst"));
    assertTrue(e.getMessage().contains("spatium:inst:seal-enc"), e.getMessage());
    Bytes sealed;
    try (TokenCustody custody = TokenCustody.provision(ECMATH, there.config(ECMATH), "inst");
        SecretBlob secret = ECMATH.vault().blob(16)) {
      sealed = custody.seal(AAD, secret);
    }
    // A second provisioning, after a crash say, keeps the keys.
    for (int i = 0; i < 2; i++) {
      boolean again = i == 0;
      try (TokenCustody custody =
              again
                  ? TokenCustody.provision(ECMATH, there.config(ECMATH), "inst")
                  : TokenCustody.open(ECMATH, there.config(ECMATH), "inst");
          SecretBlob opened = custody.open(AAD, sealed)) {
        assertEquals(16, ECMATH.vault().access().length(opened));
      }
    }
    // Installations in one token do not open each other's blobs.
    try (TokenCustody other = TokenCustody.provision(ECMATH, there.config(ECMATH), "other")) {
      assertThrows(StorageException.class, () -> other.open(AAD, sealed));
    }
    assertThrows(
        UsageException.class, () -> TokenCustody.open(ECMATH, there.config(ECMATH), "a:b"));
  }

  private static TokenCustody start(
      String installation, StateStore store, SoftHsm.TestToken token) {
    return Provisioning.open(DriverConfig.of(installation), store, ECMATH, token.config(ECMATH));
  }

  @Test
  void aStoreThatHasSealedBlobsNeverGetsNewKeys() {
    SoftHsm.TestToken there = hsm.newToken();
    try (StateStore store = new MemoryStateStore();
        SecretBlob secret = ECMATH.vault().random(16, null)) {
      Bytes sealed;
      try (TokenCustody custody = start("rec", store, there)) {
        sealed = custody.seal(AAD, secret);
      }
      try (TokenCustody custody = start("rec", store, there);
          SecretBlob opened = custody.open(AAD, sealed)) {
        assertTrue(ECMATH.vault().equal(secret, opened));
        custody.token().destroy(new KeyRef("spatium:rec:seal-mac", KeyKind.HMAC));
      }
      assertThrows(TokenException.KeyMissing.class, () -> start("rec", store, there));
      // Nor does the store's installation start with another token.
      SoftHsm.TestToken another = hsm.newToken();
      assertThrows(TokenException.KeyMissing.class, () -> start("rec", store, another));
      // Another installation in the same store is another matter.
      start("other", store, there).close();
      assertThrows(StorageException.class, () -> openIn("other", store, there, sealed));
    }
  }

  private static void openIn(
      String installation, StateStore store, SoftHsm.TestToken token, Bytes sealed) {
    try (TokenCustody custody = start(installation, store, token)) {
      custody.open(AAD, sealed).close();
    }
  }

  @Test
  void aStartThatFailedOrCrashedIsTakenUpAgain() {
    SoftHsm.TestToken there = hsm.newToken();
    try (StateStore store = new MemoryStateStore()) {
      DriverConfig config = DriverConfig.of("again");
      TokenConfig wrong = there.config(ECMATH, "wrong-pin");
      assertThrows(
          TokenException.PinIncorrect.class, () -> Provisioning.open(config, store, ECMATH, wrong));
      start("again", store, there).close();
      TokenCustody.open(ECMATH, there.config(ECMATH), "again").close();
      // One that is under way in another process is left alone, until it is old.
      Instant now = Instant.parse("2026-01-01T00:00:00Z");
      byte[] claim = ByteBuffer.allocate(25).put((byte) 1).putLong(now.toEpochMilli()).array();
      store.create("slow/token", Bytes.of(claim));
      DriverConfig soon = DriverConfig.of("slow").withClock(() -> now.plusSeconds(5));
      assertThrows(
          UsageException.class, () -> Provisioning.open(soon, store, ECMATH, there.config(ECMATH)));
      DriverConfig late = DriverConfig.of("slow").withClock(() -> now.plusSeconds(120));
      Provisioning.open(late, store, ECMATH, there.config(ECMATH)).close();
      TokenCustody.open(ECMATH, there.config(ECMATH), "slow").close();
    }
  }

  @Test
  void aCrashBetweenTheTwoSealKeysIsMended() {
    SoftHsm.TestToken there = hsm.newToken();
    try (Token token = Token.open(ECMATH, there.config(ECMATH))) {
      token.create(new KeyRef("spatium:half:seal-enc", KeyKind.AES));
    }
    assertThrows(
        TokenException.KeyMissing.class,
        () -> TokenCustody.open(ECMATH, there.config(ECMATH), "half"));
    TokenCustody.provision(ECMATH, there.config(ECMATH), "half").close();
    TokenCustody.open(ECMATH, there.config(ECMATH), "half").close();
  }

  @Test
  void provisioningManyTimesAtOnceMakesEachKeyOnce() throws Exception {
    SoftHsm.TestToken there = hsm.newToken();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (SecretBlob secret = ECMATH.vault().random(16, null)) {
      List<Future<TokenCustody>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        running.add(
            threads.submit(() -> TokenCustody.provision(ECMATH, there.config(ECMATH), "race")));
      }
      List<TokenCustody> custodies = new ArrayList<>();
      for (Future<TokenCustody> f : running) {
        custodies.add(f.get());
      }
      Bytes sealed = custodies.get(0).seal(AAD, secret);
      for (TokenCustody custody : custodies) {
        custody.open(AAD, sealed).close();
        custody.close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Another process cannot be locked out: its key appears between our look and our making. */
  @Test
  void ofTwoKeysWithOneLabelOursIsTakenBack() {
    SoftHsm.TestToken there = hsm.newToken();
    KeyRef key = new KeyRef("spatium:race:seal-mac", KeyKind.HMAC);
    try (Token token = Token.open(ECMATH, there.config(ECMATH))) {
      token.create(key);
      long session = module.driver().openSession(there.slot(), true);
      List<Long> theirs =
          module.driver().find(session, Template.empty().with(Cka.LABEL, key.label()));
      assertThrows(
          TokenException.AttributeViolation.class,
          () -> token.run("race", c -> c.inWriteSession(s -> token.generate(c, s, key))));
      assertEquals(
          theirs, module.driver().find(session, Template.empty().with(Cka.LABEL, key.label())));
      module.driver().closeSession(session);
      assertEquals("true", token.verify(key).get("CKA_LOCAL"));
    }
  }

  /** SoftHSM locks no PIN; the flag is what a token that does would show. */
  @Test
  void aLockedPinIsNotTried() {
    SoftHsm.TestToken there = hsm.newToken();
    TokenInfo real = module.driver().tokenInfo(there.slot()).orElseThrow();
    TokenInfo locked =
        new TokenInfo(
            real.label(),
            real.manufacturer(),
            real.model(),
            real.serial(),
            real.flags() | 0x40000,
            0,
            0);
    Logins logins = Logins.of(hsm.path(), locked);
    PinSource never =
        () -> {
          throw new AssertionError("the PIN was asked for");
        };
    TokenException e =
        assertThrows(
            TokenException.PinLocked.class,
            () -> logins.login(ECMATH, module.driver(), 0, locked, never, "the token"));
    assertEquals("CKR_PIN_LOCKED", e.ckrName());
    assertFalse(logins.release());
  }

  /**
   * JNA unloads libraries that nobody references: then the next call, SunPKCS11's too, would crash
   * the process.
   */
  @Test
  void theModuleStaysLoaded() throws IOException {
    SoftHsm.TestToken there = hsm.newToken();
    for (int i = 0; i < 10; i++) {
      TokenCustody.provision(ECMATH, there.config(ECMATH), "gc").close();
      System.gc();
    }
    assertSame(module.driver(), new TestModule(hsm.path()).driver());
    assertTrue(
        Files.readString(Path.of("/proc/self/maps")).contains(hsm.path().getFileName().toString()));
  }

  @Test
  void twoTokensInOneJvm() {
    try (TokenCustody a = TokenCustody.provision(ECMATH, hsm.newToken().config(ECMATH), "same");
        TokenCustody b = TokenCustody.provision(ECMATH, hsm.newToken().config(ECMATH), "same");
        SecretBlob secret = ECMATH.vault().random(32, null)) {
      assertNotEquals(a.describe(), b.describe());
      Bytes sealedA = a.seal(AAD, secret);
      Bytes sealedB = b.seal(AAD, secret);
      assertThrows(StorageException.class, () -> a.open(AAD, sealedB));
      assertThrows(StorageException.class, () -> b.open(AAD, sealedA));
      assertDoesNotThrow(() -> a.open(AAD, sealedA).close());
      assertDoesNotThrow(() -> b.open(AAD, sealedB).close());
    }
  }

  @Test
  void secretMemoryCanBeDemanded() {
    TokenConfig config = hsm.newToken().config(ECMATH).requiringSecretMemory();
    if (ECMATH.vault().report().secretMemory()) {
      Token.open(ECMATH, config).close();
    } else {
      assertThrows(NativeLibraryException.class, () -> Token.open(ECMATH, config));
    }
  }
}
