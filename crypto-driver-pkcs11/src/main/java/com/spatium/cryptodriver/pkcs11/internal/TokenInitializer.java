/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a security officer does to a token: kept apart from {@link Cryptoki}, which the driver works
 * with.
 */
public final class TokenInitializer {
  private static final int C_INIT_TOKEN = 9;
  private static final int C_INIT_PIN = 10;
  private static final int C_LOGIN = 18;
  private static final int LABEL_LENGTH = 32;
  private static final long SECURITY_OFFICER = 0;

  private TokenInitializer() {}

  /**
   * Initialises the token in the first slot whose token is not initialised yet, and sets its user
   * PIN. PINs are given by address.
   *
   * @param label 1 to 32 ASCII characters that no other token of the module has
   */
  public static void initialize(
      Cryptoki module,
      String label,
      long soPinAddress,
      long soPinLength,
      long pinAddress,
      long pinLength) {
    long slot =
        module.slots().stream()
            .filter(s -> module.tokenInfo(s).map(t -> !t.initialized()).orElse(false))
            .findFirst()
            .orElseThrow(
                () ->
                    new CkrException(
                        "find a slot with a token that is not initialised", Ckr.TOKEN_NOT_PRESENT));
    byte[] padded = new byte[LABEL_LENGTH];
    Arrays.fill(padded, (byte) ' ');
    byte[] name = label.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, padded, 0, name.length);
    ok(module, "C_InitToken", C_INIT_TOKEN, slot, new Pointer(soPinAddress), soPinLength, padded);
    // The token may be in another slot now.
    long now =
        module.slots().stream()
            .filter(
                s ->
                    module
                        .tokenInfo(s)
                        .map(t -> t.initialized() && t.label().equals(label))
                        .orElse(false))
            .findFirst()
            .orElseThrow(
                () ->
                    new CkrException(
                        "find the token that was just initialised", Ckr.TOKEN_NOT_PRESENT));
    long session = module.openSession(now, true);
    try {
      ok(
          module,
          "C_Login (security officer)",
          C_LOGIN,
          session,
          SECURITY_OFFICER,
          new Pointer(soPinAddress),
          soPinLength);
      ok(module, "C_InitPIN", C_INIT_PIN, session, new Pointer(pinAddress), pinLength);
    } finally {
      module.closeSession(session); // the only session: this logs the officer out
    }
  }

  private static void ok(
      Cryptoki module, String what, int function, @Nullable Object... arguments) {
    long ckr = module.function(function).invokeLong(arguments);
    if (ckr != Ckr.OK) {
      throw new CkrException(what, ckr);
    }
  }
}
