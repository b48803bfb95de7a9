/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Openings that fail, each in its own JVM because a process has one library and one vault. */
class OpenFailureTest {

  private static String run(String mode, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    // the library that these tests run with, unless the options name another
    String library = System.getProperty("com.spatium.ecmath.library");
    if (library != null) {
      command.add("-Dcom.spatium.ecmath.library=" + library);
    }
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Child.class.getName());
    command.add(mode);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  void everyOpenFailsInTheSameWayWhenTheLibraryIsMissing() throws Exception {
    assertEquals(
        "LibraryException LOAD\nLibraryException LOAD\nLibraryException LOAD",
        run("library", "-Dcom.spatium.ecmath.library=/nonexistent.so"));
  }

  @Test
  void aLaterOpenDoesNotGetLessProtectionThanItDemands() throws Exception {
    assertEquals("VaultException LOCKED_MEMORY", run("weaker-first"));
  }

  @Test
  void aLaterOpenWithTheSameWishesSharesTheVault() throws Exception {
    assertEquals("shared", run("twice"));
  }

  @Test
  void aFullVaultSaysSoAndRecovers() throws Exception {
    assertEquals("VaultException VAULT_FULL\nrecovered", run("full"));
  }

  /** What runs in the other JVM. */
  static final class Child {
    public static void main(String[] args) {
      switch (args[0]) {
        case "library" -> {
          report(EcMath::open);
          report(EcMath::open);
          report(() -> Vault.randomPublic(4));
        }
        case "weaker-first" -> {
          EcMath.open(new VaultOptions(1 << 20, false, true, true));
          report(() -> EcMath.open(VaultOptions.defaults().requiringSecretMemory()));
        }
        case "twice" -> {
          EcMath first = EcMath.open();
          EcMath second = EcMath.open(VaultOptions.defaults().withBytes(1 << 30));
          try (SecretScalar k = first.secp256k1().random()) {
            boolean same = first.vault().report().bytes() == second.vault().report().bytes();
            System.out.println(
                same && second.secp256k1().mulBase(k).length == 33 ? "shared" : "not shared");
          }
        }
        case "full" -> {
          EcMath ecmath = EcMath.open(VaultOptions.defaults().withBytes(1 << 20));
          List<SecretBlob> blobs = new ArrayList<>();
          report(
              () -> {
                while (true) {
                  blobs.add(ecmath.vault().blob(1 << 16));
                }
              });
          blobs.forEach(SecretBlob::close);
          ecmath.vault().blob(1 << 16).close();
          System.out.println("recovered");
        }
        default -> throw new IllegalArgumentException(args[0]);
      }
    }

    private static void report(Runnable action) {
      try {
        action.run();
        System.out.println("no failure");
      } catch (EcMathException e) {
        System.out.println(e.getClass().getSimpleName() + " " + e.error());
      }
    }
  }
}
