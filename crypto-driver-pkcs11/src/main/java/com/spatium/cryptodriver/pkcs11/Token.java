/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.EcErrors;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.Mechanism;
import com.spatium.cryptodriver.pkcs11.internal.ModuleLoadException;
import com.spatium.ecmath.BlobAccess;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Cipher;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one token: logged in, with a bounded number of operations at once, and with
 * recovery. Thread-safe; lives until {@link #close}. Several tokens, of one module or of several,
 * can be open in one process.
 *
 * <p><b>Recovery.</b> When an operation fails in a way that a fresh look at the token may cure,
 * these steps are taken, each once, with the operation tried again after each: look the keys up
 * again; log in and look up; new sessions and a new provider; C_Initialize, then the same. If all
 * fail, {@link TokenException.TokenLost}. The next operation starts over, so a token that comes
 * back is used again. A rejected PIN ends all attempts for good: tokens lock after a few.
 *
 * <pre>{@code
 * try (Token token = Token.open(ecmath, TokenConfig.of(module, "spatium-a", pin))) { … }
 * }</pre>
 */
public final class Token implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Token.class);
  private static final int MAC_LENGTH = 64;

  /** The recovery ladder of docs/operating.md. */
  enum Rung {
    RELOOKUP,
    LOGIN,
    PROVIDER,
    INITIALIZE
  }

  /** What is done with a connection; may be repeated after recovery. */
  interface Operation<T> {
    T on(Connection connection) throws GeneralSecurityException;
  }

  private final EcMath ecmath;
  private final TokenConfig config;
  private final Cryptoki module;
  private final Set<Cka> waived;
  private final Logins logins;
  private final Semaphore permits;
  private final Object repair = new Object();
  private final Map<Rung, LongAdder> recoveries = new EnumMap<>(Rung.class);
  private final LongAdder operations = new LongAdder();
  private volatile Connection current;
  private volatile @Nullable TokenException rejected;
  private volatile boolean closed;
  private volatile boolean pinVerified;

  private Token(EcMath ecmath, TokenConfig config, Cryptoki module, Set<Cka> waived) {
    this.waived = waived;
    this.ecmath = ecmath;
    this.config = config;
    this.module = module;
    this.permits = new Semaphore(config.maxConcurrent());
    for (Rung rung : Rung.values()) {
      recoveries.put(rung, new LongAdder());
    }
    Slots.Found at = Slots.find(module, config);
    this.logins = Logins.of(module.path(), at.token());
    try {
      this.current = connect();
    } catch (RuntimeException | Error e) {
      logins.release();
      throw e;
    }
  }

  /**
   * Loads the module, finds the token, checks its mechanisms, and logs in.
   *
   * @throws TokenException.TokenAbsent if module, slot or token are not there
   * @throws TokenException.PinIncorrect the PIN was tried once
   * @throws TokenException.MechanismMissing if the token cannot serve
   * @throws NativeLibraryException if the vault is less protected than the configuration demands
   */
  public static Token open(EcMath ecmath, TokenConfig config) {
    return open(ecmath, config, Set.of());
  }

  /**
   * @param waived attributes that are not verified. Only tests waive any: NSS, which they use to
   *     show that the driver does not depend on SoftHSM, says CKA_LOCAL=false of keys that it made
   *     itself
   */
  static Token open(EcMath ecmath, TokenConfig config, Set<Cka> waived) {
    if (!config.allowMlockOnly() && !ecmath.vault().report().secretMemory()) {
      throw new NativeLibraryException(
          "the vault got no memfd_secret memory, which the configuration demands: the kernel needs secretmem.enable=1 (before 6.5),"
              + " or RLIMIT_MEMLOCK is too low");
    }
    return EcErrors.translate(() -> connect(ecmath, config, waived));
  }

  private static Token connect(EcMath ecmath, TokenConfig config, Set<Cka> waived) {
    try {
      Cryptoki module = Cryptoki.load(config.module());
      module.initialize(config.moduleParameters());
      return new Token(ecmath, config, module, waived);
    } catch (ModuleLoadException e) {
      throw new TokenException.TokenAbsent(
          "cannot load the module of "
              + config.where()
              + ": "
              + e.getMessage()
              + ". Install the vendor's PKCS#11 library or correct"
              + " the path; 'doctor' lists what there is",
          "",
          0,
          e);
    } catch (CkrException e) {
      throw atStart(config, Failure.of(e));
    } catch (ProviderException e) {
      throw Failure.of(e).absent("SunPKCS11 cannot use " + config.where() + ": " + e.getMessage());
    }
  }

  private static CryptoDriverException atStart(TokenConfig config, Failure failure) {
    String message = "cannot start " + config.where() + ": " + failure.cause().getMessage();
    return failure.curable()
        ? failure.absent(message + ". Check that the device and its software run")
        : failure.toException(message);
  }

  /** Slot, anchor session, login, provider: everything new. */
  private Connection connect() {
    Slots.Found at = Slots.find(module, config);
    Slots.requireMechanisms(module, at.slot(), config.where());
    long anchor = module.openSession(at.slot(), false);
    try {
      login(anchor, at);
      return new Connection(
          module, at, anchor, SunAes.configure(module.path(), at.sunSetting(), "Spatium"), waived);
    } catch (RuntimeException | Error e) {
      module.closeSession(anchor);
      throw e;
    }
  }

  private void login(long session, Slots.Found at) {
    if (at.token().loginRequired()) {
      pinVerified = logins.login(ecmath, module, session, at.token(), config.pin(), config.where());
    }
  }

  /** For people: module, token, serial. */
  public String describe() {
    return "PKCS#11 token '"
        + config.label()
        + "' (serial "
        + current.at().token().serial()
        + ", "
        + current.at().token().model()
        + ") of "
        + module.path();
  }

  /**
   * Whether the token itself accepted the PIN; false if other code of this process had logged in
   * before.
   */
  public boolean pinVerified() {
    return pinVerified;
  }

  /** Operations, and recovery steps taken, since the start: for metrics. Names are stable. */
  public Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    counters.put("operations", operations.sum());
    recoveries.forEach(
        (rung, count) ->
            counters.put("recovery." + rung.name().toLowerCase(Locale.ROOT), count.sum()));
    return counters;
  }

  String where() {
    return config.where();
  }

  Cryptoki module() {
    return module;
  }

  // ---- operations ----

  /** HMAC-SHA-512 of public data into a blob of 64 bytes. */
  void hmac(KeyRef key, byte[] data, SecretBlob out) {
    BlobAccess access = ecmath.vault().access();
    requireLength(access.length(out) == MAC_LENGTH);
    inSession(
        "HMAC with '" + key.label() + "'",
        out,
        (c, s) ->
            module.sign(
                s,
                Mechanism.SHA512_HMAC,
                c.handle(s, key, where()),
                data,
                access.address(out),
                MAC_LENGTH));
  }

  /** HMAC-SHA-512 of public data, where the MAC is public too. */
  byte[] hmac(KeyRef key, byte[] data) {
    return run(
        "HMAC with '" + key.label() + "'",
        c ->
            c.inSession(
                s ->
                    module.sign(
                        s, Mechanism.SHA512_HMAC, c.handle(s, key, where()), data, MAC_LENGTH)));
  }

  /** Fills a blob from the token's generator. */
  void random(SecretBlob out) {
    BlobAccess access = ecmath.vault().access();
    inSession("random", out, (c, s) -> module.random(s, access.address(out), access.length(out)));
  }

  private interface Filling {
    void run(Connection connection, long session);
  }

  /**
   * For results in the vault: the blob stays reachable, and so allocated, until the token has
   * written.
   */
  private void inSession(String what, SecretBlob out, Filling filling) {
    try {
      run(
          what,
          c ->
              c.inSession(
                  s -> {
                    filling.run(c, s);
                    return what;
                  }));
    } finally {
      Reference.reachabilityFence(out);
    }
  }

  /** Public bytes from the token's generator. */
  byte[] random(int length) {
    return run("random", c -> c.inSession(s -> module.random(s, length)));
  }

  /** AES-256-CBC of a blob of whole blocks. */
  byte[] encrypt(KeyRef key, byte[] iv, SecretBlob plaintext) {
    int length = ecmath.vault().access().length(plaintext);
    ByteBuffer out = ByteBuffer.allocateDirect(length);
    try {
      crypt(Cipher.ENCRYPT_MODE, key, iv, ecmath.vault().access().direct(plaintext), out);
    } finally {
      Reference.reachabilityFence(plaintext);
    }
    byte[] ciphertext = new byte[length];
    out.rewind().get(ciphertext);
    return ciphertext;
  }

  /** AES-256-CBC into a blob of the ciphertext's length. */
  void decrypt(KeyRef key, byte[] iv, byte[] ciphertext, SecretBlob out) {
    ByteBuffer in = ByteBuffer.allocateDirect(ciphertext.length).put(ciphertext).rewind();
    ByteBuffer target = ecmath.vault().access().direct(out);
    requireLength(target.remaining() == ciphertext.length);
    try {
      crypt(Cipher.DECRYPT_MODE, key, iv, in, target);
    } finally {
      Reference.reachabilityFence(out);
    }
  }

  private void crypt(int mode, KeyRef key, byte[] iv, ByteBuffer in, ByteBuffer out) {
    run(
        "AES with '" + key.label() + "'",
        c -> {
          // Verifies the key when it is new to this connection: SunPKCS11 would not.
          c.inSession(s -> c.handle(s, key, where()));
          c.crypt(mode, key, iv, in.duplicate(), out.duplicate(), where());
          return out;
        });
  }

  private static void requireLength(boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException("the blob has the wrong length");
    }
  }

  // ---- objects ----

  boolean exists(KeyRef key) {
    return run(
        "look up '" + key.label() + "'", c -> c.inSession(s -> !c.find(s, key.label()).isEmpty()));
  }

  /**
   * Makes a key, and verifies it.
   *
   * @throws UsageException if an object with this label exists
   */
  void create(KeyRef key) {
    if (!createIfAbsent(key)) {
      throw new UsageException(
          where()
              + " has an object '"
              + key.label()
              + "' already: nothing was made. If it is a left-over, delete it first");
    }
  }

  /**
   * Makes a key, and verifies it, unless there is one, which is for the caller to verify. The
   * making is not repeated by recovery: a second object with the label would block the whole token.
   *
   * @return whether it was made
   */
  boolean createIfAbsent(KeyRef key) {
    return run(
        "create '" + key.label() + "'",
        c -> {
          // Shared by all connections of this process to the token. Other processes: see generate.
          synchronized (logins) {
            if (c.inSession(s -> !c.find(s, key.label()).isEmpty())) {
              return false;
            }
            c.inWriteSession(s -> generate(c, s, key));
            return true;
          }
        });
  }

  /** The making itself; package-private for the test of two processes that make one key. */
  KeyRef generate(Connection c, long session, KeyRef key) {
    long object;
    try {
      object =
          module.generateKey(
              session, key.kind().generator(), key.kind().template(key.label(), true));
    } catch (CkrException e) {
      boolean full =
          e.ckr() == Ckr.DEVICE_MEMORY
              || e.ckr() == Ckr.OBJECT_HANDLE_INVALID
              || e.ckr() == Ckr.GENERAL_ERROR;
      throw Failure.of(e)
          .toException(
              where()
                  + " did not make the key '"
                  + key.label()
                  + "'"
                  + (full ? ": the token may be full, or write-protected" : ""));
    }
    try {
      c.single(session, key, where());
      c.verify(session, object, key, true);
      return key;
    } catch (TokenException e) {
      // Somebody made one with the same label meanwhile, or the token does not keep to the
      // template: ours goes.
      module.destroyObject(session, object);
      throw e;
    } catch (CkrException e) {
      throw Failure.of(e)
          .toException(
              "the new key '" + key.label() + "' in " + where() + " could not be verified");
    }
  }

  /** Destroys all objects with the key's label; fine if there is none. */
  void destroy(KeyRef key) {
    run(
        "destroy '" + key.label() + "'",
        c ->
            c.inWriteSession(
                s -> {
                  List<Long> found = c.find(s, key.label());
                  found.forEach(object -> module.destroyObject(s, object));
                  c.forget(key);
                  return found;
                }));
  }

  /** Reads and checks the key's attributes now, whatever was cached. */
  Map<String, String> verify(KeyRef key) {
    return run(
        "verify '" + key.label() + "'",
        c -> c.inSession(s -> c.verify(s, c.single(s, key, where()), key, true)));
  }

  // ---- recovery ----

  /** Runs within the bound on operations at once, with recovery. */
  <T> T run(String what, Operation<T> operation) {
    permits.acquireUninterruptibly();
    try {
      operations.increment();
      return attempt(what, operation);
    } finally {
      permits.release();
    }
  }

  private <T> T attempt(String what, Operation<T> operation) {
    // While others repair what we found broken, we try theirs; in the end we climb ourselves.
    for (int tries = 0; ; tries++) {
      Connection used = usable();
      Failure failure;
      try {
        return operation.on(used);
      } catch (CkrException | GeneralSecurityException | ProviderException e) {
        failure = curable(what, e);
      }
      synchronized (repair) {
        if (current == used || tries >= 3) {
          return climb(what, operation, failure);
        }
      }
    }
  }

  private <T> T climb(String what, Operation<T> operation, Failure first) {
    usable();
    Failure failure = first;
    for (Rung rung : Rung.values()) {
      LOG.warn("{}: {} failed with {}: recovery step {}", where(), what, failure.name(), rung);
      recoveries.getOrDefault(rung, new LongAdder()).increment();
      try {
        current = step(rung, current);
        T result = operation.on(current);
        LOG.info("{}: recovered by step {}", where(), rung);
        return result;
      } catch (TokenException.PinIncorrect | TokenException.PinLocked e) {
        rejected = e;
        throw e;
      } catch (TokenException.TokenAbsent e) {
        failure = new Failure(first.ckr(), e);
      } catch (CkrException | GeneralSecurityException | ProviderException e) {
        failure = curable(what, e);
      }
    }
    throw failure.lost(
        where()
            + " was lost during: "
            + what
            + " (first "
            + first.name()
            + ", last "
            + failure.name()
            + "). Every recovery step was"
            + " tried; check the device, its connection and its software. The next operation tries again");
  }

  private Connection step(Rung rung, Connection old) {
    return switch (rung) {
      case RELOOKUP -> old.withoutKeys();
      case LOGIN -> loggedInAgain(old);
      case PROVIDER -> {
        old.closeSessions();
        yield connect();
      }
      case INITIALIZE -> {
        module.initialize(config.moduleParameters());
        yield connect();
      }
    };
  }

  private Connection loggedInAgain(Connection old) {
    long anchor = old.anchor();
    try {
      module.loggedIn(anchor);
    } catch (CkrException e) {
      anchor = module.openSession(old.at().slot(), false);
    }
    login(anchor, old.at());
    return old.withAnchor(anchor);
  }

  private Failure curable(String what, Exception e) {
    Failure failure = Failure.of(e);
    if (!failure.curable()) {
      throw failure.toException(where() + " refused: " + what);
    }
    return failure;
  }

  private Connection usable() {
    TokenException wrongPin = rejected;
    if (wrongPin != null) {
      throw wrongPin;
    }
    if (closed) {
      throw new UsageException("the connection to " + where() + " was closed");
    }
    return current;
  }

  /**
   * Waits for operations under way, then closes the sessions, and logs out if this was the token's
   * last user. Idempotent.
   */
  @Override
  public void close() {
    permits.acquireUninterruptibly(config.maxConcurrent());
    try {
      if (closed) {
        return;
      }
      closed = true;
      boolean logout = logins.release();
      if (logout) {
        try {
          current.aes().logout();
        } catch (LoginException | ProviderException e) {
          LOG.debug("{}: logout failed: {}", where(), Failure.of(e).name());
        }
      }
      current.closeSessions();
    } finally {
      permits.release(config.maxConcurrent());
    }
  }
}
