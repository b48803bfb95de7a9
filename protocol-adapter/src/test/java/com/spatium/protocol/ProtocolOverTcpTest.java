/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

final class ProtocolOverTcpTest extends ProtocolRunsContract {
  @Override
  TransportDriverContract.Ends connect() {
    return new TcpTransportTest().connect();
  }
}
