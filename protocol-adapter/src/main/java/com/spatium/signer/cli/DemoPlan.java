/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Digest32;
import com.spatium.cryptodriver.SecurityLevel;
import java.util.Optional;

/**
 * What the demonstration is asked to do.
 *
 * @param seedA of party A's portable secret; it stood on a command line, so it protects nothing
 */
record DemoPlan(
    Optional<Bytes> seedA,
    Optional<Bytes> seedB,
    DerivationPath path,
    Digest32 digest,
    Bytes message,
    SecurityLevel level,
    Driver driver) {
  enum Driver {
    PKCS11,
    SOFTWARE
  }
}
