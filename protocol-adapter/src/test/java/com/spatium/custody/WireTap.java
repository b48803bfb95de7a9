/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.custody;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerId;
import com.spatium.protocol.TransportDriver;
import com.spatium.protocol.TransportMeta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A transport that keeps every byte string of every message, in both directions. */
final class WireTap implements TransportDriver {
  private static final ObjectMapper cbor = new ObjectMapper(new CBORFactory());
  private final TransportDriver transport;
  private final List<byte[]> seen = new ArrayList<>();

  WireTap(TransportDriver transport) {
    this.transport = transport;
    transport.on(Filter.all(), (PeerId from, TransportMeta meta, Bytes data) -> tap(meta, data));
  }

  private void tap(TransportMeta meta, Bytes data) {
    if (meta.topic().startsWith("spatium.v1/run/")) {
      try {
        collect(cbor.readTree(data.toByteArray()));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private synchronized void collect(JsonNode node) throws IOException {
    if (node.isBinary()) {
      seen.add(node.binaryValue());
    }
    for (JsonNode child : node) {
      collect(child);
    }
  }

  /** Those of this length. */
  synchronized List<byte[]> strings(int length) {
    return seen.stream().filter(bytes -> bytes.length == length).toList();
  }

  @Override
  public void send(TransportMeta meta, Bytes data) {
    tap(meta, data);
    transport.send(meta, data);
  }

  @Override
  public long on(Filter filter, Callback callback) {
    return transport.on(filter, callback);
  }

  @Override
  public void off(long id) {
    transport.off(id);
  }

  @Override
  public void close() {
    transport.close();
  }
}
