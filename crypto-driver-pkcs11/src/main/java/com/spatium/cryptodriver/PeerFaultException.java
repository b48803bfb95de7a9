/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * The peer's message fails a check. Names the procedure's round and the check, never the content.
 *
 * <p>The keys and the stored state are safe either way. If {@link #sessionAlive()}, the message was
 * refused and the session waits on; otherwise the session is aborted and wiped: start a new one,
 * and if it happens again, treat the peer as malicious.
 */
public final class PeerFaultException extends CryptoDriverException {
  private static final long serialVersionUID = 1;
  private final String round;
  private final String check;
  private final boolean sessionAlive;

  private PeerFaultException(String round, String check, boolean sessionAlive) {
    super(
        round
            + ": "
            + check
            + (sessionAlive
                ? " (message refused, the session waits on)"
                : " (session aborted; keys and state are intact; start a new session)"),
        null);
    this.round = round;
    this.check = check;
    this.sessionAlive = sessionAlive;
  }

  /** Aborts the session. */
  public static PeerFaultException abort(String round, String check) {
    return new PeerFaultException(round, check, false);
  }

  /** Refuses the message; the session stays as it was. */
  public static PeerFaultException refuse(String round, String check) {
    return new PeerFaultException(round, check, true);
  }

  /** E.g. "G4". */
  public String round() {
    return round;
  }

  /** E.g. "aff: z1 is out of range". */
  public String check() {
    return check;
  }

  public boolean sessionAlive() {
    return sessionAlive;
  }
}
