/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

/**
 * Where a message goes, as in the SDK.
 *
 * @param room the pair of parties that talk
 * @param topic the run within the room
 */
public record TransportMeta(String room, String topic) {}
