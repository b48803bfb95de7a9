/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.spatium.cryptodriver.SecurityLevel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A child process of the demonstration; see {@link Party}. */
@Command(
    name = "party",
    hidden = true,
    description = "one party of the demonstration; started by it")
final class PartyCommand implements Callable<Integer> {
  @Option(names = "--name", required = true)
  private String name = "";

  @Option(names = "--peer", required = true)
  private String peer = "";

  @Option(names = "--directory", required = true)
  private Path directory = Path.of("");

  @Option(names = "--level", required = true)
  private SecurityLevel level = SecurityLevel.BITS_128;

  @Option(names = "--driver", required = true)
  private DemoPlan.Driver driver = DemoPlan.Driver.PKCS11;

  @Option(names = "--seeded")
  private boolean seeded;

  @Override
  public Integer call() {
    return new Party(new Party.Settings(name, peer, directory, level, driver, seeded)).run();
  }
}
