/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

/** Version of the protocol; the number is what is hashed and sent. */
public enum Version {
  V1(1);

  private final int number;

  Version(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
