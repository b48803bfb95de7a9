/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Suite;

/**
 * Address of a message: with the version, the first fields of each.
 *
 * @param round 1 … 4 in a pairing, else 1 … 5; P1 sends the odd ones, P2 the even ones
 */
public record MessageHeader(Procedure procedure, int round, SessionIds session) {
  public MessageHeader {
    if (round < 1 || round > rounds(procedure)) {
      throw new IllegalArgumentException("no such round");
    }
    if (session.syncSessionId().isPresent() != (procedure != Procedure.PAIR)
        || session.signSessionId().isPresent() != isSignature(procedure)) {
      throw new IllegalArgumentException("the session ids do not fit the procedure");
    }
  }

  /**
   * Reads the header of a message without reading the rest: for routing a first message, and for
   * telling whether a message is meant for a session. What was peeked at must still be decoded.
   *
   * @throws PeerFaultException refusing what has no valid header of a known version
   */
  public static MessageHeader peek(Bytes message) {
    return WireDecoder.peek(message);
  }

  /** Who sends this round. */
  public Role sender() {
    return round % 2 == 1 ? Role.INITIATOR : Role.RESPONDER;
  }

  /** The step of protocol.md, e.g. "G4": what {@link PeerFaultException#round} names. */
  public String step() {
    return step(procedure, round);
  }

  static String step(Procedure procedure, int round) {
    String letter =
        switch (procedure) {
          case PAIR -> "E";
          case SYNC_ECDSA, SYNC_EDDSA -> "S";
          case SIGN_ECDSA -> "G";
          case SIGN_EDDSA -> "T";
        };
    return letter + round;
  }

  /** Of a pairing: ed25519, the curve of its static keys. */
  Suite suite() {
    return switch (procedure) {
      case SYNC_ECDSA, SIGN_ECDSA -> Suite.ECDSA_SECP256K1;
      case PAIR, SYNC_EDDSA, SIGN_EDDSA -> Suite.EDDSA_ED25519;
    };
  }

  static boolean isSignature(Procedure procedure) {
    return procedure == Procedure.SIGN_ECDSA || procedure == Procedure.SIGN_EDDSA;
  }

  static boolean isSync(Procedure procedure) {
    return procedure == Procedure.SYNC_ECDSA || procedure == Procedure.SYNC_EDDSA;
  }

  static int rounds(Procedure procedure) {
    return procedure == Procedure.PAIR ? 4 : 5;
  }
}
