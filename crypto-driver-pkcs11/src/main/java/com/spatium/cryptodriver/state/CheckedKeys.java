/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;

/**
 * Before a key on record is used for the first time in this process: our public fragment belongs to
 * our secret fragment and, for P1, c_key is its encryption (threats.md row 25). Remembers what it
 * has checked. Thread-safe.
 */
public final class CheckedKeys {
  private static final int REMEMBERED = 4096;

  private final DriverState state;
  private final Recent<KeyRecord, Boolean> checked = new Recent<>(REMEMBERED);

  CheckedKeys(DriverState state) {
    this.state = state;
  }

  /** {@link StorageException} if the key does not belong to our secret. */
  public void require(KeyRecord key) {
    if (checked.get(key).isPresent()) {
      return;
    }
    EcMath ecmath = state.ecmath();
    Curve curve = key.suite() == Suite.ECDSA_SECP256K1 ? ecmath.secp256k1() : ecmath.ed25519();
    try (Lease<SecretScalar> fragment =
        state.unsealed().fragment(key.secretId(), key.suite(), key.path())) {
      Bytes own = key.role() == Role.INITIATOR ? key.q1() : key.q2();
      if (!Bytes.of(curve.mulBase(fragment.get())).equals(own)
          || (key.role() == Role.INITIATOR
              && key.cKey().isPresent()
              && !decrypts(key, key.cKey().get(), fragment.get()))) {
        throw new StorageException(
            "the key "
                + key.syncSessionId()
                + " on record does not belong to the secret "
                + key.secretId()
                + ": restore the state store from a backup, or synchronise anew");
      }
    }
    checked.put(key, true);
  }

  private boolean decrypts(KeyRecord key, Bytes cKey, SecretScalar fragment) {
    EcMath ecmath = state.ecmath();
    try (Lease<PaillierKey> paillier = state.unsealed().paillier(key.secretId());
        SecretInteger x = ecmath.integers().fromScalar(fragment);
        SecretInteger plain = ecmath.paillier().decrypt(paillier.get(), cKey.toByteArray())) {
      return ecmath.vault().equal(x, plain);
    }
  }
}
