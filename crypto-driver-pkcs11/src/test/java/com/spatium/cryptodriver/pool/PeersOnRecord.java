/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.proof.PaillierModulus;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import com.spatium.ecmath.Vault;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Peers as they are on record after pairing and synchronisation, without the procedures: what the
 * pools need to know of them, and enough for none of them to sign.
 */
final class PeersOnRecord {
  private PeersOnRecord() {}

  /** A pairing of this secret, as P2, with another peer, whose parameters are prebuilt. */
  static PairingRecord pairing(DriverState state, SecretId secret, SecurityLevel level) {
    EcMath ecmath = state.ecmath();
    try (PaillierKey paillier = TestParameters.paillier(ecmath, level.modulusBits(), 1);
        RingPedersenKey pedersen = TestParameters.ringPedersen(ecmath, level.modulusBits(), 1)) {
      PairingId id = new PairingId(Bytes.of(Vault.randomPublic(32)));
      PeerId peer = new PeerId("peer-" + id.value().toHex().substring(0, 8));
      PairingRecord record =
          new PairingRecord(
              new Pairing(id, secret, Role.RESPONDER, peer, level, Pairing.Status.ACTIVE),
              PedersenParameters.of(level, ecmath.ringPedersen().parameters(pedersen)),
              Optional.of(
                  PaillierModulus.trusted(level, Bytes.of(ecmath.paillier().modulus(paillier)))),
              Bytes.empty());
      assertTrue(state.pairings().put(record).isPresent());
      return record;
    }
  }

  /** Of a key that the peer has: any ciphertext. */
  static Bytes cKey(EcMath ecmath, PairingRecord pairing) {
    byte[] n = pairing.peerModulus().orElseThrow().n().toByteArray();
    try (SecretInteger one = ecmath.integers().fromPublic(BigInteger.ONE, 32);
        SecretInteger rho = ecmath.modular().unitRandom(n)) {
      return Bytes.of(ecmath.paillier().affine(n, null, null, one, rho));
    }
  }

  /** Another key with this peer. */
  static KeyRecord key(DriverState state, PairingRecord pairing, Bytes cKey) {
    KeyRecord key =
        new KeyRecord(
            pairing.pairing().secretId(),
            SyncSessionId.random(),
            Suite.ECDSA_SECP256K1,
            new DerivationPath(0, 0),
            Role.RESPONDER,
            pairing.id(),
            pairing.peer(),
            point(state.ecmath()),
            point(state.ecmath()),
            point(state.ecmath()),
            Optional.of(cKey),
            KeyRecord.Status.ACTIVE);
    assertTrue(state.keys().create(key));
    return key;
  }

  private static Bytes point(EcMath ecmath) {
    try (SecretScalar k = ecmath.secp256k1().random()) {
      return Bytes.of(ecmath.secp256k1().mulBase(k));
    }
  }
}
