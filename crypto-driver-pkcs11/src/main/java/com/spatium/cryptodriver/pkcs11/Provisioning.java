/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.UsageException;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Vault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Makes an installation's keys in the token once. The state store records who makes them before
 * they are made, by an atomic create: two processes at once would make two keys of one label, which
 * blocks the whole token (token.md, "Objects in the token").
 *
 * <pre>
 *   &lt;installation&gt;/token = 01 ‖ time (8, ms) ‖ random (16)      a process is making them, since that time
 *                        = 02                                  they are there
 * </pre>
 */
final class Provisioning {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final byte MAKING = 1;
  private static final Bytes READY = Bytes.of(new byte[] {2});

  private Provisioning() {}

  static TokenCustody open(
      DriverConfig config, StateStore store, EcMath ecmath, TokenConfig token) {
    String key = config.installation() + "/token";
    Instant now = config.clock().instant();
    Bytes claim = claim(now);
    Optional<Bytes> present = store.get(key);
    boolean mine = false;
    if (present.isEmpty()) {
      mine = store.create(key, claim);
      present = store.get(key);
    } else if (!present.get().equals(READY) && isStale(present.get(), now)) {
      // Its maker has crashed. Of several that see this, one takes over.
      mine = store.replace(key, present.get(), claim);
    }
    if (mine) {
      TokenCustody custody;
      try {
        custody = TokenCustody.provision(ecmath, token, config.installation());
      } catch (RuntimeException | Error e) {
        // E.g. a wrong PIN: whoever is next need not wait.
        store.replace(key, claim, claim(Instant.EPOCH));
        throw e;
      }
      if (store.replace(key, claim, READY)) {
        return custody;
      }
      custody.close();
      throw busy();
    }
    if (present.isEmpty() || !present.get().equals(READY)) {
      throw busy();
    }
    return TokenCustody.open(ecmath, token, config.installation());
  }

  private static Bytes claim(Instant now) {
    return Bytes.of(
        ByteBuffer.allocate(25)
            .put(MAKING)
            .putLong(now.toEpochMilli())
            .put(Vault.randomPublic(16))
            .array());
  }

  private static boolean isStale(Bytes claim, Instant now) {
    ByteBuffer in = ByteBuffer.wrap(claim.toByteArray());
    return in.remaining() == 25 && Instant.ofEpochMilli(in.getLong(1)).plus(PATIENCE).isBefore(now);
  }

  private static UsageException busy() {
    return new UsageException(
        "another process is setting up this installation, or has crashed in it: try again in a minute");
  }
}
