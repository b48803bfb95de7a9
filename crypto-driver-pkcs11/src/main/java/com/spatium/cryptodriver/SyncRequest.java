/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/** Make (or make again) the key of a path, as P1 (protocol.md §4.2, §5). */
public record SyncRequest(
    SecretId secretId,
    SyncSessionId syncSessionId,
    Suite suite,
    DerivationPath path,
    PeerId peer) {}
