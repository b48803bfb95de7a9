/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.sync;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.proof.Numbers;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.KeyRecord.Status;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.wire.Expected;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.SyncMessage.KeyConfirmation;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.Optional;

/** What both roles of a synchronisation know and do. */
record SyncContext(Session session, PairingRecord pairing, DerivationPath path) {
  Expected expect(int round) {
    return session.expect(round, pairing.level());
  }

  SyncSessionId syncSessionId() {
    return session.ids().syncSessionId().orElseThrow();
  }

  /** Our x or a. */
  Lease<SecretScalar> fragment() {
    return session.state().unsealed().fragment(session.secretId(), session.suite(), path);
  }

  /** Q = x·(the other's point), or A = A1 + A2. */
  Bytes jointKey(String step, SecretScalar fragment, Bytes own, Bytes theirs) {
    Curve curve = session.curve();
    return switch (session.suite()) {
      case ECDSA_SECP256K1 -> Bytes.of(curve.mul(theirs.toByteArray(), fragment));
      case EDDSA_ED25519 ->
          Numbers.sum(curve, own, theirs)
              .orElseThrow(() -> PeerFaultException.abort(step, "A1 + A2 is the identity"));
    };
  }

  KeyRecord record(Status status, Bytes q1, Bytes q2, Bytes q, Optional<Bytes> cKey) {
    return new KeyRecord(
        session.secretId(),
        syncSessionId(),
        session.suite(),
        path,
        session.role(),
        pairing.id(),
        session.peer(),
        q1,
        q2,
        q,
        cKey,
        status);
  }

  /** protocol.md §4.2: the same secrets, coin and account always give the same Q. */
  static PeerFaultException otherKey(String step) {
    return PeerFaultException.abort(
        step, "this path has another key on record: the peer's secret is not the one it was");
  }

  KeyConfirmation confirm(int round, Bytes sid, Bytes keyHash) {
    try (Lease<SecretBlob> k = session.state().unsealed().pairKey(pairing)) {
      byte[] mac =
          session
              .ecmath()
              .hashing()
              .hmac(k.get(), MacInputs.confirmation(session.role(), sid, keyHash));
      return new KeyConfirmation(session.header(round), Bytes.of(mac));
    }
  }

  /** Compares in constant time. */
  void checkConfirmation(String step, KeyConfirmation confirmation, Bytes sid, Bytes keyHash) {
    Role maker = session.role().other();
    try (Lease<SecretBlob> k = session.state().unsealed().pairKey(pairing)) {
      if (!session
          .ecmath()
          .hashing()
          .hmacVerify(
              k.get(),
              MacInputs.confirmation(maker, sid, keyHash),
              confirmation.mac().toByteArray())) {
        throw PeerFaultException.abort(
            step, "the peer confirms another key, or is not who paired with us");
      }
    }
  }
}
