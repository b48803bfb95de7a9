/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.engine.TestDrivers;
import com.spatium.cryptodriver.software.SoftwareCustody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;

/**
 * Real software drivers at 2048 bits with prebuilt parameters and known seeds: A is number 1 and
 * P1, B number 2 and P2.
 */
public final class TestParty {
  static final PeerId A = new PeerId("party-a");
  static final PeerId B = new PeerId("party-b");
  public static final byte[] SEED_A = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
  public static final byte[] SEED_B =
      HexFormat.of().parseHex("fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2");

  private TestParty() {}

  public static DriverConfig config(boolean first) {
    return DriverConfig.of("test")
        .withLevel(SecurityLevel.BITS_112)
        .withMinimumLevel(SecurityLevel.BITS_112)
        .withPolicy(request -> SigningPolicy.approve());
  }

  /** Such that pairings need no confirmation. */
  static DriverConfig authenticated(boolean first) {
    return config(first).withAuthenticatedPeers(Set.of(first ? B : A));
  }

  /**
   * The file of the key under which everything is sealed at rest; made if it is not there.
   *
   * @param directory the party's own
   */
  static Path keyFile(Path directory, boolean first) throws IOException {
    Path file = directory.resolve(first ? "a.key" : "b.key");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, (first ? "a1" : "b2").repeat(32) + "\n");
    }
    return file;
  }

  public static CryptoDriver open(
      DriverConfig config, StateStore store, Path directory, boolean first) throws IOException {
    return TestDrivers.open(
        config,
        store,
        SoftwareCustody.fromKeyFile(EcMath.open(), keyFile(directory, first)),
        first ? 1 : 2);
  }

  /** Imports this side's seed, unless the secret is there. */
  public static void importSeed(CryptoDriver driver, SecretId id, boolean first) {
    if (!driver.secrets().exists(id)) {
      try (SecretBlob seed = EcMath.open().vault().fromPublic(first ? SEED_A : SEED_B)) {
        driver.secrets().importSeed(id, seed);
      }
    }
  }
}
