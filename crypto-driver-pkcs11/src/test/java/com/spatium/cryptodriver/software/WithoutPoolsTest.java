/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.software;

import com.spatium.cryptodriver.CryptoDriverContract;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.custody.Custody;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;

/** The contract where nothing is made ahead of time, as on hosts that are snapshotted. */
final class WithoutPoolsTest extends CryptoDriverContract {
  @TempDir static Path directory;

  @Override
  protected DriverConfig.Pools pools() {
    return DriverConfig.Pools.off();
  }

  @Override
  protected Supplier<Custody> initiatorsCustody() throws IOException {
    return KeyFiles.custody(ECMATH, directory);
  }

  @Override
  protected Supplier<Custody> respondersCustody() throws IOException {
    return KeyFiles.custody(ECMATH, directory);
  }
}
