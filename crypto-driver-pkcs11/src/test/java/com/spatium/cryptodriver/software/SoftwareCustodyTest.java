/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.software;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.custody.CustodyContract;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract without a token, and where the key comes from. */
final class SoftwareCustodyTest extends CustodyContract {
  private static final Bytes AAD = Bytes.ofHex("aa");
  private static final Bytes SALT = Bytes.ofHex("000102030405060708090a0b0c0d0e0f");

  @TempDir Path directory;
  private int files;

  @Override
  protected Custody newCustody() throws IOException {
    return SoftwareCustody.fromKeyFile(
        ECMATH, keyFile(Bytes.of(Vault.randomPublic(32)).toHex() + "\n", "rw-------"));
  }

  private Path keyFile(String content, String mode) throws IOException {
    Path file = directory.resolve("key" + files++);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void aKeyFileThatOthersCanReadIsRefused() throws IOException {
    Path file = keyFile("11".repeat(32), "rw-r-----");
    assertThrows(UsageException.class, () -> SoftwareCustody.fromKeyFile(ECMATH, file));
  }

  @Test
  void aKeyFileOfAnotherLengthOrFormIsRefused() throws IOException {
    for (String content :
        new String[] {
          "",
          "\n",
          "11".repeat(31),
          "11".repeat(33),
          "1".repeat(63),
          "zz".repeat(32),
          "11".repeat(4000)
        }) {
      Path file = keyFile(content, "rw-------");
      assertThrows(
          UsageException.class,
          () -> SoftwareCustody.fromKeyFile(ECMATH, file),
          content.length() + " characters");
    }
    assertThrows(
        UsageException.class,
        () -> SoftwareCustody.fromKeyFile(ECMATH, directory.resolve("absent")));
  }

  @Test
  void oneKeyFileGivesOneKey() throws IOException {
    Path file = keyFile("c0ffee00".repeat(8) + "\n", "r--------");
    try (SoftwareCustody one = SoftwareCustody.fromKeyFile(ECMATH, file);
        SoftwareCustody two = SoftwareCustody.fromKeyFile(ECMATH, file);
        SecretBlob secret = ECMATH.vault().random(32, null);
        SecretBlob opened = two.open(AAD, one.seal(AAD, secret))) {
      assertTrue(ECMATH.vault().equal(secret, opened));
    }
  }

  @Test
  void onePassphraseAndSaltGiveOneKey() {
    try (SecretBlob passphrase = ECMATH.vault().fromPublic(new byte[] {'h', 'o', 'r', 's', 'e'});
        SecretBlob secret = ECMATH.vault().random(32, null);
        SoftwareCustody one = SoftwareCustody.fromPassphrase(ECMATH, passphrase, SALT, 600_000);
        SoftwareCustody same = SoftwareCustody.fromPassphrase(ECMATH, passphrase, SALT, 600_000);
        SoftwareCustody more = SoftwareCustody.fromPassphrase(ECMATH, passphrase, SALT, 600_001);
        SoftwareCustody salted =
            SoftwareCustody.fromPassphrase(
                ECMATH, passphrase, Bytes.ofHex("ff".repeat(16)), 600_000)) {
      Bytes sealed = one.seal(AAD, secret);
      try (SecretBlob opened = same.open(AAD, sealed)) {
        assertTrue(ECMATH.vault().equal(secret, opened));
      }
      assertThrows(StorageException.class, () -> more.open(AAD, sealed));
      assertThrows(StorageException.class, () -> salted.open(AAD, sealed));
    }
  }

  @Test
  void weakDerivationIsRefused() {
    try (SecretBlob passphrase = ECMATH.vault().fromPublic(new byte[] {'h'})) {
      assertThrows(
          UsageException.class,
          () -> SoftwareCustody.fromPassphrase(ECMATH, passphrase, SALT, 599_999));
      assertThrows(
          UsageException.class,
          () ->
              SoftwareCustody.fromPassphrase(
                  ECMATH, passphrase, Bytes.ofHex("00".repeat(15)), 600_000));
    }
  }
}
