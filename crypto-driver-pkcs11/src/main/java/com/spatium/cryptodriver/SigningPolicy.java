/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.List;

/**
 * P2's decision, asked inside the driver (protocol.md §4.3 G2, §5 T1) with exactly what will be
 * signed. It may block; the session waits and its idle timeout stands still meanwhile. An exception
 * refuses.
 */
@FunctionalInterface
public interface SigningPolicy {
  Decision decide(Request request);

  /**
   * What is to be judged.
   *
   * @param items one, or all of a batch in order: approved together or refused together
   */
  record Request(PeerId peer, DistributedKey key, List<Item> items) {
    public Request {
      items = List.copyOf(items);
    }
  }

  /**
   * One message.
   *
   * @param message the 32-byte digest (ECDSA) or the whole message (EdDSA)
   * @param authorization what the initiator sent along; opaque
   */
  record Item(SignSessionId signSessionId, Bytes message, Bytes authorization) {}

  sealed interface Decision {
    record Approve() implements Decision {}

    /**
     * Nothing is signed.
     *
     * @param reason is sent to the peer: at most 200 characters are, and no secret belongs in it
     */
    record Refuse(String reason) implements Decision {}
  }

  static Decision approve() {
    return new Decision.Approve();
  }

  static Decision refuse(String reason) {
    return new Decision.Refuse(reason);
  }

  /** Refuses everything: the default until one is configured. */
  static SigningPolicy refuseAll() {
    return request -> refuse("no signing policy is configured on the responder");
  }
}
