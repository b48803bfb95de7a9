/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** Pair our secret with the peer's secret of the same id, as P1 (protocol.md §4.1). */
public record PairingRequest(SecretId secretId, PeerId peer) {}
