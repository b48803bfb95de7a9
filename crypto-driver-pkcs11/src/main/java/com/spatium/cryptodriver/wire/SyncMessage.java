/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import java.util.Optional;

/** protocol.md §4.2 and §5. */
public sealed interface SyncMessage extends WireMessage {
  private static void require(MessageHeader header, int... rounds) {
    WireMessage.requireRound(header, MessageHeader.isSync(header.procedure()), rounds);
  }

  /**
   * S1.
   *
   * @param com commitment to Q1 (A1) and its dl
   */
  record KeyCommitment(
      MessageHeader header, PairingId pairingId, DerivationPath path, Bytes nonce1, Bytes com)
      implements SyncMessage {
    public KeyCommitment {
      require(header, 1);
    }
  }

  /**
   * S2.
   *
   * @param key Q2 or A2
   */
  record KeyShare(MessageHeader header, Bytes nonce2, ProvenPoint key) implements SyncMessage {
    public KeyShare {
      require(header, 2);
    }
  }

  /**
   * S3.
   *
   * @param key Q1 or A1
   * @param encryptedKey ECDSA alone
   */
  record KeyOpening(
      MessageHeader header, ProvenPoint key, Bytes blind, Optional<EncryptedKey> encryptedKey)
      implements SyncMessage {
    public KeyOpening {
      require(header, 3);
      if (encryptedKey.isPresent() != (header.procedure() == Procedure.SYNC_ECDSA)) {
        throw new IllegalArgumentException("c_key goes with ECDSA");
      }
    }
  }

  /** c_key with its proof. */
  record EncryptedKey(Bytes cKey, EncDlProof encdl) {}

  /** S4 of P2, S5 of P1. */
  record KeyConfirmation(MessageHeader header, Bytes mac) implements SyncMessage {
    public KeyConfirmation {
      require(header, 4, 5);
    }
  }
}
