/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.spatium.cryptodriver.UsageException;
import picocli.CommandLine;

/** {@code java -jar …-demo.jar [options]} runs the demonstration, {@code … doctor} the doctor. */
public final class Main {
  /** What was asked was not done. */
  static final int EXIT_FAILED = 1;

  /** Bad options. */
  static final int EXIT_USAGE = 2;

  private Main() {}

  public static void main(String[] args) {
    setDefault("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    setDefault("org.slf4j.simpleLogger.showThreadName", "false");
    System.exit(execute(args));
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  static int execute(String... args) {
    CommandLine commands = new CommandLine(new DemoCommand());
    commands.addSubcommand(new DoctorCommand());
    commands.addSubcommand(new PartyCommand());
    commands.setParameterExceptionHandler((e, given) -> complain(String.valueOf(e.getMessage())));
    commands.setExecutionExceptionHandler(
        (e, command, given) -> {
          if (e instanceof UsageException) {
            return complain(String.valueOf(e.getMessage()));
          }
          System.err.println(
              "spatium: " + (e instanceof DemoFailure ? e.getMessage() : e.toString()));
          return EXIT_FAILED;
        });
    return commands.execute(args);
  }

  /** One line. */
  private static int complain(String message) {
    System.err.println(
        "spatium: " + message.lines().findFirst().orElse("bad options") + " (see --help)");
    return EXIT_USAGE;
  }
}
