/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** The signing policy said no: ours or the peer's. Nothing was signed; the key is safe. */
public final class RefusedException extends CryptoDriverException {
  private static final long serialVersionUID = 1;
  private final boolean byPeer;

  public RefusedException(boolean byPeer, String reason) {
    super((byPeer ? "the peer" : "our signing policy") + " refused to sign: " + reason, null);
    this.byPeer = byPeer;
  }

  public boolean byPeer() {
    return byPeer;
  }
}
