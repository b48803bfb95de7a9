/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretFormat;
import com.spatium.ecmath.Vault;
import java.nio.file.Path;

/**
 * Where the token's user PIN comes from. It is asked once for each login: at the start, and when
 * recovery has to log in again. The PIN goes from the source into the vault and from there to the
 * module; it is never a String or an array.
 */
@FunctionalInterface
public interface PinSource {
  /** The longest PIN that is read. */
  int MAX_PIN = 256;

  /** The PIN in a new blob, which the caller closes. */
  SecretBlob read();

  /** The first line of a file of mode 0600, read again for each login. */
  static PinSource file(Vault vault, Path file) {
    return () -> vault.readFile(file, SecretFormat.LINE, MAX_PIN);
  }

  /**
   * A blob that stays in the vault as long as the token is in use; for PINs from a pipe or a
   * callback. It remains the caller's.
   */
  static PinSource held(Vault vault, SecretBlob pin) {
    return () -> vault.slice(pin, 0, vault.access().length(pin));
  }
}
