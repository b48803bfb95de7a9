/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.VaultReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** On what, and with which versions, was measured. */
final class Machine {
  /** System property: the commit that was built. */
  static final String COMMIT = "com.spatium.benchmarks.commit";

  private static final List<String> TELLING =
      List.of("avx2", "bmi2", "adx", "avx512f", "avx512ifma", "avx512vl", "sha_ni", "hypervisor");

  private Machine() {}

  static Map<String, Object> describe(boolean quick, List<String> kernels) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("commit", System.getProperty(COMMIT, "unknown"));
    all.put("run", quick ? "quick" : "full");
    all.put("processor", cpu("model name"));
    all.put("cores", Runtime.getRuntime().availableProcessors());
    all.put("clock, GHz, measured", Math.round(100 * Rivals.rivals_clock_ghz()) / 100.0);
    all.put(
        "512-bit vpmadd52 per cycle, measured",
        Math.round(100 * Rivals.rivals_ifma_per_cycle()) / 100.0);
    List<String> flags = List.of(cpu("flags").split(" "));
    all.put("flags", TELLING.stream().filter(flags::contains).collect(Collectors.joining(" ")));
    all.put("governor", line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    all.put("load at the start", line("/proc/loadavg"));
    all.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    all.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    all.put("ecmath kernels", String.join(", ", kernels));
    VaultReport vault = EcMath.open().vault().report();
    all.put("vault", vault.toString());
    all.put(
        "libraries",
        Stream.of(
                "GMP " + version(Rivals.GMP),
                "OpenSSL " + version(Rivals.OPENSSL),
                "libsecp256k1 " + version(Rivals.SECP256K1),
                "libsodium " + version(Rivals.SODIUM),
                "BouncyCastle "
                    + new org.bouncycastle.jce.provider.BouncyCastleProvider().getVersionStr(),
                "javallier 0.6.0",
                "jna-gmp 3.0.0",
                "JNA " + com.sun.jna.Native.VERSION)
            .collect(Collectors.joining(", ")));
    return all;
  }

  private static String version(int library) {
    return Rivals.has(library) ? Rivals.version(library) : "absent";
  }

  private static String cpu(String field) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse("unknown");
    }
  }

  private static String line(String file) {
    try {
      return Files.readString(Path.of(file)).trim();
    } catch (IOException e) {
      return "not visible here";
    }
  }
}
