/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

final class ProtocolWithDriversOverMemoryTest extends ProtocolWithDriversContract {
  @Override
  TransportDriverContract.Ends connect() {
    return new MemoryTransportTest().connect();
  }
}
