/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.spatium.cryptodriver.UsageException;
import com.spatium.cryptodriver.pkcs11.Doctor;
import com.spatium.cryptodriver.pkcs11.PinSource;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.EcMathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says whether the driver could start with a PKCS#11 token, and if not, why not.",
      "Changes nothing in the token. Tries the PIN once.",
      "Exit code 0 only when the driver could start."
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--module",
      paramLabel = "FILE",
      description = "the vendor's PKCS#11 library; without it, the usual places are searched")
  private Optional<Path> module = Optional.empty();

  @Option(
      names = "--label",
      paramLabel = "LABEL",
      description = "the token's label; without it, the only token is taken")
  private Optional<String> label = Optional.empty();

  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description = "a file of mode 0600 whose first line is the user PIN")
  private Optional<Path> pinFile = Optional.empty();

  @Option(
      names = "--installation",
      paramLabel = "NAME",
      description = "also verify the sealing keys of this installation, if it has any yet")
  private Optional<String> installation = Optional.empty();

  @Override
  public Integer call() {
    pinFile
        .filter(file -> !Files.isRegularFile(file))
        .ifPresent(
            file -> {
              throw new UsageException("--pin-file " + file + " is not a file");
            });
    EcMath ecmath;
    try {
      ecmath = EcMath.open();
    } catch (EcMathException e) {
      System.out.println("[no]   native library: " + e.getMessage());
      return Main.EXIT_FAILED;
    }
    Optional<PinSource> pin = pinFile.map(file -> PinSource.file(ecmath.vault(), file));
    Doctor.Report report =
        Doctor.examine(ecmath, new Doctor.Question(module, label, pin, installation));
    report.lines().forEach(System.out::println);
    return report.usable() ? 0 : Main.EXIT_FAILED;
  }
}
