/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.SecurityLevel;

/** protocol.md §4.1. */
public sealed interface PairingMessage extends WireMessage {
  private static void require(MessageHeader header, int round) {
    WireMessage.requireRound(header, header.procedure() == Procedure.PAIR, round);
  }

  /**
   * E1.
   *
   * @param n N
   * @param i1 I₁
   */
  record InitiatorParameters(
      MessageHeader header,
      SecurityLevel level,
      Bytes n,
      NRootProof nroot,
      BlumProof blum,
      PedersenFields pedersen,
      PrmProof prm,
      Bytes i1,
      DlProof dl)
      implements PairingMessage {
    public InitiatorParameters {
      require(header, 1);
    }
  }

  /**
   * E2.
   *
   * @param i2 I₂
   */
  record ResponderParameters(
      MessageHeader header, PedersenFields pedersen, PrmProof prm, Bytes i2, DlProof dl)
      implements PairingMessage {
    public ResponderParameters {
      require(header, 2);
    }
  }

  /** E3. */
  record FactorProof(MessageHeader header, PairingId pairingId, FacProof fac)
      implements PairingMessage {
    public FactorProof {
      require(header, 3);
    }
  }

  /** E4: P2 has stored the pairing. */
  record PairingAcknowledgement(MessageHeader header, PairingId pairingId)
      implements PairingMessage {
    public PairingAcknowledgement {
      require(header, 4);
    }
  }
}
