/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** The side of a procedure; the number is what is hashed and sent. */
public enum Role {
  /** P1: starts, owns the Paillier key, obtains the signature first. */
  INITIATOR(1),
  /** P2: asks its signing policy. */
  RESPONDER(2);

  private final int number;

  Role(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  public Role other() {
    return this == INITIATOR ? RESPONDER : INITIATOR;
  }
}
