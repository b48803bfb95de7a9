/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.custody.CustodyContract;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.TestModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The contract in a token of another vendor, Mozilla's NSS, in the same JVM as SoftHSM: the driver
 * relies on PKCS#11, not on SoftHSM. Debian: libnss3.
 */
final class NssIT extends CustodyContract {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/libsoftokn3.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/libsoftokn3.so"),
          Path.of("/usr/lib64/libsoftokn3.so"));
  private static final long USER_SLOT = 2;
  private static final String LABEL = "NSS Certificate DB";

  private static Optional<Path> module = Optional.empty();
  private static String parameters = "";
  private static int installations;

  /** One database per process: NSS has one user token, which is initialised once. */
  @BeforeAll
  static void makeToken() throws IOException {
    module = PLACES.stream().filter(Files::isReadable).findFirst();
    assumeTrue(module.isPresent(), "NSS is not installed");
    Path directory = Files.createTempDirectory("spatium-nss-");
    directory.toFile().deleteOnExit();
    for (String file : new String[] {"cert9.db", "key4.db"}) {
      directory.resolve(file).toFile().deleteOnExit();
    }
    parameters =
        "configdir='sql:" + directory + "' certPrefix='' keyPrefix='' secmod='' flags=noModDB";
    TestModule nss = new TestModule(module.get());
    nss.driver().initialize(parameters);
    nss.initPin(USER_SLOT, "", SoftHsm.PIN);
  }

  private static TokenConfig config() {
    return TokenConfig.of(module.orElseThrow(), LABEL, SoftHsm.pin(ECMATH, SoftHsm.PIN))
        .withModuleParameters(parameters);
  }

  @Override
  protected Custody newCustody() {
    return TokenCustody.start(ECMATH, config(), "nss-" + ++installations, true, Set.of(Cka.LOCAL));
  }

  /**
   * NSS says of every key that it was not made in the token, so the driver itself refuses it, and
   * leaves nothing behind.
   */
  @Test
  void theDriverRefusesAnHsmThatDoesNotVouchForItsKeys() {
    for (int i = 0; i < 2; i++) {
      TokenException e =
          assertThrows(
              TokenException.AttributeViolation.class,
              () -> TokenCustody.provision(ECMATH, config(), "refused"));
      assertTrue(e.getMessage().contains("CKA_LOCAL"), e.getMessage());
      assertThrows(
          TokenException.KeyMissing.class, () -> TokenCustody.open(ECMATH, config(), "refused"));
    }
  }
}
