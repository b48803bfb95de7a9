/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Digest32;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.UsageException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ci/demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Two parties, each with a PKCS#11 token of its own, make an ECDSA and an EdDSA key together and sign with them.",
      "There is no private key anywhere."
    },
    footer = {
      "",
      "'doctor' as the first argument tells whether a token of yours would do; see 'doctor --help'."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String TRANSACTION = "Pay 1 BTC to Alice";

  @Option(
      names = "--seed-a",
      paramLabel = "HEX",
      description =
          "a portable secret for party A, 16 to 64 bytes; without it, a secret that never leaves the token. For demonstration:"
              + " a command line is no place for a real seed")
  private Optional<String> seedA = Optional.empty();

  @Option(names = "--seed-b", paramLabel = "HEX", description = "the same for party B")
  private Optional<String> seedB = Optional.empty();

  @Option(
      names = "--coin",
      paramLabel = "N",
      description =
          "SLIP-44 coin type of the path m/44'/coin'/account'/0'/0' (default ${DEFAULT-VALUE})")
  private long coin = 60;

  @Option(
      names = "--account",
      paramLabel = "N",
      description = "account of the path (default ${DEFAULT-VALUE})")
  private long account;

  @Option(
      names = "--digest",
      paramLabel = "HEX",
      description = "what ECDSA signs: 32 bytes (default: SHA-256 of \"" + TRANSACTION + "\")")
  private Optional<String> digest = Optional.empty();

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "what EdDSA signs (default \"${DEFAULT-VALUE}\")")
  private String message = TRANSACTION;

  @Option(
      names = "--level",
      paramLabel = "112|128",
      description = "security level: moduli of 2048 or 3072 bits (default ${DEFAULT-VALUE})")
  private int level = 128;

  @Option(
      names = "--driver",
      paramLabel = "pkcs11|software",
      description =
          "where secrets are kept: SoftHSM tokens, or a sealed file (default ${DEFAULT-VALUE})")
  private String driver = "pkcs11";

  @Option(names = "--json", description = "print one JSON object and nothing else")
  private boolean json;

  @Override
  public Integer call() {
    Bytes text = Bytes.of(message.getBytes(StandardCharsets.UTF_8));
    if (text.size() > SignRequest.MAX_MESSAGE) {
      throw new UsageException("--message is longer than 1 MiB - 4 KiB");
    }
    DemoPlan plan =
        new DemoPlan(
            seed("--seed-a", seedA),
            seed("--seed-b", seedB),
            path(),
            digest.isPresent()
                ? new Digest32(hex("--digest", digest.get(), 32, 32))
                : new Digest32(sha256(TRANSACTION)),
            text,
            securityLevel(),
            driver());
    return new Demo(plan, json ? Narrator.silent() : Narrator.to(System.out), json).run()
        ? 0
        : Main.EXIT_FAILED;
  }

  private DerivationPath path() {
    try {
      return new DerivationPath(coin, account);
    } catch (UsageException e) {
      throw new UsageException(
          "--coin and --account must lie between 0 and 2147483647 (2^31 - 1)", e);
    }
  }

  private SecurityLevel securityLevel() {
    return switch (level) {
      case 112 -> SecurityLevel.BITS_112;
      case 128 -> SecurityLevel.BITS_128;
      default -> throw new UsageException("--level must be 112 or 128, not " + level);
    };
  }

  private DemoPlan.Driver driver() {
    return switch (driver) {
      case "pkcs11" -> DemoPlan.Driver.PKCS11;
      case "software" -> DemoPlan.Driver.SOFTWARE;
      default -> throw new UsageException("--driver must be pkcs11 or software, not " + driver);
    };
  }

  private static Optional<Bytes> seed(String option, Optional<String> hex) {
    return hex.map(digits -> hex(option, digits, 16, 64));
  }

  private static Bytes hex(String option, String digits, int least, int most) {
    Bytes bytes;
    try {
      bytes = Bytes.ofHex(digits);
    } catch (UsageException e) {
      throw new UsageException(option + ": " + e.getMessage(), e);
    }
    if (bytes.size() < least || bytes.size() > most) {
      throw new UsageException(
          option
              + " must have "
              + (least == most ? "exactly " + least : least + " to " + most)
              + " bytes, but has "
              + bytes.size());
    }
    return bytes;
  }

  private static Bytes sha256(String text) {
    try {
      return Bytes.of(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
