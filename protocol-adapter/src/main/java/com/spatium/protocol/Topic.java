/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A topic names one run of a procedure and a direction: {@code spatium.v1/<kind>/<run>/<sender>}.
 * Routing only: nothing in the cryptography rests on it.
 *
 * @param kind what {@code data} is
 * @param run chosen afresh by the initiator for each run
 * @param sender 1 for the initiator, 2 for the responder
 */
record Topic(Kind kind, UUID run, int sender) {
  enum Kind {
    /** A protocol message. */
    RUN,
    /**
     * One {@link Abort} byte: the sender has ended the run. A hint that saves the other side its
     * timeout.
     */
    ABORT,
    /** Request, 16 bytes of secretId; or its {@link SecretAnswer}. */
    SECRET
  }

  private static final String PREFIX = "spatium.v1";

  TransportMeta in(String room) {
    return new TransportMeta(
        room, PREFIX + "/" + kind.name().toLowerCase(Locale.ROOT) + "/" + run + "/" + sender);
  }

  static Optional<Topic> parse(String topic) {
    String[] parts = topic.split("/", -1);
    if (parts.length != 4
        || !parts[0].equals(PREFIX)
        || !(parts[3].equals("1") || parts[3].equals("2"))) {
      return Optional.empty();
    }
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(parts[1])) {
        try {
          return Optional.of(new Topic(kind, UUID.fromString(parts[2]), parts[3].charAt(0) - '0'));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
