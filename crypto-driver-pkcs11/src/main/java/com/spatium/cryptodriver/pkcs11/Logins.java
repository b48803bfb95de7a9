/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.TokenInfo;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is logged in to one token. PKCS#11 keeps this per process and token, not per caller: a second
 * login is answered with CKR_USER_ALREADY_LOGGED_IN <b>whatever the PIN</b>. So this remembers a
 * fingerprint of the PIN that the token accepted, to tell a wrong PIN from a right one then. The
 * registry is static because the state that it mirrors is the process's.
 */
final class Logins {
  private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
  private static final Map<Id, Logins> REGISTRY = new HashMap<>();

  private record Id(Path module, String label, String serial) {}

  private final Id id;
  private int users;
  private boolean ours;
  private byte[] salt = new byte[0];
  private @Nullable SecretBlob fingerprint;

  private Logins(Id id) {
    this.id = id;
  }

  /** Counts the caller as a user until {@link #release}. */
  static Logins of(Path module, TokenInfo token) {
    synchronized (REGISTRY) {
      Logins logins =
          REGISTRY.computeIfAbsent(new Id(module, token.label(), token.serial()), Logins::new);
      logins.users++;
      return logins;
    }
  }

  /**
   * Logs in once; never retries.
   *
   * @return false if the token was logged in to by other code in this process, so that the PIN
   *     could not be verified
   * @throws TokenException.PinIncorrect also when the process is logged in with another PIN
   */
  synchronized boolean login(
      EcMath ecmath,
      Cryptoki module,
      long session,
      TokenInfo token,
      PinSource source,
      String where) {
    if (token.userPinLocked()) {
      throw new TokenException.PinLocked(
          "the user PIN of " + where + " is locked: the token's security officer must reset it");
    }
    if (!token.userPinInitialized()) {
      throw new TokenException.TokenAbsent(
          where
              + " has no user PIN yet: initialise it (softhsm2-util --init-token, pkcs11-tool --init-pin, or the vendor's tool)",
          Ckr.name(Ckr.USER_PIN_NOT_INITIALIZED),
          Ckr.USER_PIN_NOT_INITIALIZED,
          null);
    }
    if (token.userPinFinalTry()) {
      LOG.warn("{}: one more wrong PIN locks it", where);
    }
    try (SecretBlob pin = source.read()) {
      Vault vault = ecmath.vault();
      long ckr = module.login(session, vault.access().address(pin), vault.access().length(pin));
      if (ckr == Ckr.OK) {
        remember(ecmath, pin);
        ours = true;
        return true;
      }
      if (ckr == Ckr.USER_ALREADY_LOGGED_IN) {
        return matchesRemembered(ecmath, pin, where);
      }
      if (ckr == Ckr.PIN_INCORRECT || ckr == Ckr.PIN_INVALID || ckr == Ckr.PIN_LEN_RANGE) {
        throw new TokenException.PinIncorrect(
            "the user PIN given for "
                + where
                + " is wrong: it was tried once and will not be tried again, since tokens lock after a"
                + " few failures; correct it and start anew");
      }
      if (ckr == Ckr.PIN_LOCKED) {
        throw new TokenException.PinLocked(
            "the user PIN of " + where + " is locked: the token's security officer must reset it");
      }
      throw new CkrException("C_Login", ckr);
    }
  }

  private void remember(EcMath ecmath, SecretBlob pin) {
    SecretBlob old = fingerprint;
    salt = Vault.randomPublic(16);
    fingerprint = print(ecmath, pin);
    if (old != null) {
      old.close();
    }
  }

  private boolean matchesRemembered(EcMath ecmath, SecretBlob pin, String where) {
    if (fingerprint == null) {
      LOG.warn(
          "{}: other code of this process had logged in before, so the PIN given could not be verified; it will be if the driver has"
              + " to log in again",
          where);
      return false;
    }
    try (SecretBlob now = print(ecmath, pin)) {
      if (!ecmath.vault().equal(now, fingerprint)) {
        throw new TokenException.PinIncorrect(
            "the PIN given for "
                + where
                + " is not the one that this process is logged in with: the token was not asked");
      }
      return true;
    }
  }

  /**
   * Stays in the vault, so one iteration is as good as many: it only has to be something else than
   * the PIN.
   */
  private SecretBlob print(EcMath ecmath, SecretBlob pin) {
    return ecmath.hashing().pbkdf2(pin, salt, 1, 32);
  }

  /**
   * Ends the caller's use.
   *
   * @return whether the caller shall log out: it was the last user, and the login was the driver's
   */
  boolean release() {
    synchronized (REGISTRY) {
      users--;
      if (users > 0) {
        return false;
      }
      REGISTRY.remove(id);
      synchronized (this) {
        if (fingerprint != null) {
          fingerprint.close();
          fingerprint = null;
        }
        return ours;
      }
    }
  }
}
