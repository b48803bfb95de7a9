/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * Who the other party is, as the transport authenticated it or the operator named it. Bound into
 * the pairing on this side.
 *
 * @param name 1 to 128 printable ASCII characters
 */
public record PeerId(String name) {
  public PeerId {
    if (!name.matches("[\\x21-\\x7e]{1,128}")) {
      throw new UsageException("a peer id has 1 to 128 printable ASCII characters without spaces");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
