/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

import java.util.Map;

/**
 * What the driver runs on.
 *
 * @param custody e.g. "PKCS#11 token" or "software", with label and module
 * @param kernel the arithmetic kernel in use
 * @param memory protections of the vault: memfd_secret, locked, dontdump, dontfork, guardPages →
 *     true or false; bytes, inUse, peak and sessions
 * @param attributes the custody's keys and their verified attributes, in the order they were
 *     checked
 */
public record Health(
    String custody, String kernel, Map<String, String> memory, Map<String, String> attributes) {
  public Health {
    memory = Map.copyOf(memory);
    attributes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(attributes));
  }
}
