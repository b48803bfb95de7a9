/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.CryptoDriverContract;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.software.KeyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract with a token on one side. */
final class MixedCryptoDriverIT {
  @TempDir static Path directory;

  @Nested
  final class WithTheInitiatorsSecretInAToken extends CryptoDriverContract {
    @Override
    protected Supplier<Custody> initiatorsCustody() {
      return Pkcs11CryptoDriverIT.token();
    }

    @Override
    protected Supplier<Custody> respondersCustody() throws IOException {
      return KeyFiles.custody(ECMATH, directory);
    }
  }

  @Nested
  final class WithTheRespondersSecretInAToken extends CryptoDriverContract {
    @Override
    protected Supplier<Custody> initiatorsCustody() throws IOException {
      return KeyFiles.custody(ECMATH, directory);
    }

    @Override
    protected Supplier<Custody> respondersCustody() {
      return Pkcs11CryptoDriverIT.token();
    }
  }
}
