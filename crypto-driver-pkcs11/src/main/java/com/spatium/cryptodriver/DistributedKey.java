/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

/**
 * A key that two parties share, public data only.
 *
 * @param publicKey Q = x1·x2·G or A = A1 + A2
 */
public record DistributedKey(
    SecretId secretId,
    SyncSessionId syncSessionId,
    Suite suite,
    DerivationPath path,
    Role role,
    PairingId pairingId,
    PublicPoint publicKey) {}
