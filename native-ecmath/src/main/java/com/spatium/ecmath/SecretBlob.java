/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/**
 * Secret bytes: what a token unsealed or fills in, a key, a passphrase, a Diffie-Hellman result.
 * Reachable only through {@link BlobAccess}.
 */
public final class SecretBlob extends SecretHandle {
  SecretBlob(long raw) {
    super(raw, "secret blob");
  }
}
