/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.PeerId;

final class MemoryTransportTest extends TransportDriverContract {
  @Override
  protected Ends connect() {
    PeerId a = new PeerId("a");
    PeerId b = new PeerId("b");
    MemoryTransport.Pair pair = MemoryTransport.connect(a, b);
    return new Ends(pair.first(), pair.second(), a, b);
  }
}
