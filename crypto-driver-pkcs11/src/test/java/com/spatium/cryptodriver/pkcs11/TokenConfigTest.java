/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.UsageException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds, and nothing that could end a line of SunPKCS11's configuration. */
final class TokenConfigTest {
  private static final PinSource NONE =
      () -> {
        throw new IllegalStateException();
      };

  @ParameterizedTest
  @ValueSource(strings = {"/lib/a\"b.so", "/lib/a\\b.so", "/lib/a\nslot=1", "/lib/a\u0001.so"})
  void pathsThatWouldBeMoreThanAPathAreRefused(String path) {
    assertThrows(UsageException.class, () -> TokenConfig.of(Path.of(path), "label", NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "a label of more than thirty-two characters"})
  void labelsOfWrongLengthAreRefused(String label) {
    assertThrows(UsageException.class, () -> TokenConfig.of(Path.of("/lib/a.so"), label, NONE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65})
  void concurrencyIsBounded(int max) {
    assertThrows(
        UsageException.class,
        () -> TokenConfig.of(Path.of("/lib/a.so"), "label", NONE).withMaxConcurrent(max));
  }

  @Test
  void eachChangeKeepsTheRest() {
    TokenConfig config =
        TokenConfig.of(Path.of("/lib/a.so"), "label", NONE)
            .withSerial("77")
            .withMaxConcurrent(3)
            .requiringSecretMemory()
            .withModuleParameters("p");
    assertEquals(Optional.of("77"), config.serial());
    assertEquals(3, config.maxConcurrent());
    assertFalse(config.allowMlockOnly());
    assertEquals("p", config.moduleParameters());
    assertEquals("token 'label' (serial 77) of module /lib/a.so", config.where());
  }
}
