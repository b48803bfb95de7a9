/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.Bytes;

/** A transport whose network does what a test wants: drops, repeats, reorders, adds. */
final class MeddlingTransport implements TransportDriver {
  /** Sends through {@code network} what shall arrive. */
  @FunctionalInterface
  interface Meddler {
    void send(TransportDriver network, TransportMeta meta, Bytes data);
  }

  private final TransportDriver network;
  private volatile Meddler meddler = TransportDriver::send;

  MeddlingTransport(TransportDriver network) {
    this.network = network;
  }

  void meddle(Meddler newMeddler) {
    meddler = newMeddler;
  }

  /** Drops messages of this round and later ones; notices of aborts pass. */
  void dropFromRound(int round) {
    meddler =
        (to, meta, data) -> {
          if (!isRun(meta) || round(data) < round) {
            to.send(meta, data);
          }
        };
  }

  static boolean isRun(TransportMeta meta) {
    return meta.topic().startsWith("spatium.v1/run/");
  }

  /** Of a message of {@link ToyDriver}. */
  static int round(Bytes data) {
    byte[] bytes = data.toByteArray();
    return bytes[bytes.length - 1] - '0';
  }

  @Override
  public void send(TransportMeta meta, Bytes data) {
    meddler.send(network, meta, data);
  }

  @Override
  public long on(Filter filter, Callback callback) {
    return network.on(filter, callback);
  }

  @Override
  public void off(long id) {
    network.off(id);
  }

  @Override
  public void close() {
    network.close();
  }
}
