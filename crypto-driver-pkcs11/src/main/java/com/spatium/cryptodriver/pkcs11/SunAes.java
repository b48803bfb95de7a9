/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.security.auth.login.LoginException;

/**
 * One instance of SunPKCS11 for one token: AES-256-CBC between direct buffers. The provider is
 * never registered, so no other code of the application gets it by accident. The login is made
 * through JNA; SunPKCS11 finds it made.
 */
final class SunAes {
  private final AuthProvider provider;
  private final ConcurrentMap<String, SecretKey> keys = new ConcurrentHashMap<>();

  private SunAes(AuthProvider provider) {
    this.provider = provider;
  }

  /**
   * @param slotSetting "slot=…" or "slotListIndex=…"
   * @throws ProviderException if SunPKCS11 cannot use the module or the slot
   */
  static SunAes configure(Path module, String slotSetting, String name) {
    Provider base = Security.getProvider("SunPKCS11");
    if (base == null) {
      throw new ProviderException(
          "this Java has no SunPKCS11 provider (module jdk.crypto.cryptoki)");
    }
    String config =
        "--name="
            + name
            + "\nlibrary=\""
            + module
            + "\"\n"
            + slotSetting
            + "\n"
            // On logout it also closes the sessions that it keeps for later.
            + "destroyTokenAfterLogout=true\n";
    return new SunAes((AuthProvider) base.configure(config));
  }

  /** The same provider; keys are looked up anew. */
  SunAes withoutKeys() {
    return new SunAes(provider);
  }

  /** Scans the whole token, and its getKey scans all aliases: done once per key and connection. */
  KeyStore keyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    try {
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new KeyStoreException(
          "SunPKCS11 could not load the token's key store: " + e.getMessage(), e);
    }
  }

  private SecretKey key(String label) throws GeneralSecurityException {
    SecretKey cached = keys.get(label);
    if (cached != null) {
      return cached;
    }
    KeyStore store = keyStore();
    Key key = store.getKey(label, null);
    if (!(key instanceof SecretKey secret)) {
      throw new KeyStoreException("SunPKCS11 finds no secret key '" + label + "' in the token");
    }
    keys.put(label, secret);
    return secret;
  }

  /**
   * One-shot, no padding. Both buffers are direct, so that SunPKCS11 passes their addresses on and
   * copies nothing.
   *
   * @param mode of {@link Cipher}
   */
  void crypt(int mode, String label, byte[] iv, ByteBuffer in, ByteBuffer out)
      throws GeneralSecurityException {
    if (!in.isDirect() || !out.isDirect()) {
      throw new IllegalArgumentException("buffers must be direct");
    }
    int length = in.remaining();
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", provider);
    cipher.init(mode, key(label), new IvParameterSpec(iv));
    int written = cipher.doFinal(in, out);
    if (written != length) {
      throw new ProviderException("the token gave " + written + " bytes for " + length);
    }
  }

  /** Logs the process out of the token and closes the provider's sessions. */
  void logout() throws LoginException {
    provider.logout();
  }
}
