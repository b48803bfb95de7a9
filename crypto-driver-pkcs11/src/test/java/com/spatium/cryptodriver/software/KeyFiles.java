/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.software;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** Software custodies over new key files. */
public final class KeyFiles {
  private KeyFiles() {}

  /** Opens the same custody each time. */
  public static Supplier<Custody> custody(EcMath ecmath, Path directory) throws IOException {
    Path file =
        Files.createTempFile(
            directory,
            "seal",
            ".key",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, Bytes.of(Vault.randomPublic(32)).toHex() + "\n");
    return () -> SoftwareCustody.fromKeyFile(ecmath, file);
  }
}
