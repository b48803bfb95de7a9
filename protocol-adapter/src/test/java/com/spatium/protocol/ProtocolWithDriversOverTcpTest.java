/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

final class ProtocolWithDriversOverTcpTest extends ProtocolWithDriversContract {
  @Override
  TransportDriverContract.Ends connect() {
    return new TcpTransportTest().connect();
  }
}
