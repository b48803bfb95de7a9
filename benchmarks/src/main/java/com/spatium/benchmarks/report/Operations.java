/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import static com.spatium.benchmarks.report.Html.number;

import com.spatium.benchmarks.report.Results.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/** Single operations beside their rivals. */
final class Operations {
  private final Results results;
  private final String kernel;
  private final Html page;

  /**
   * @param kernels of this machine, best first
   */
  Operations(Results results, List<String> kernels, Html page) {
    this.results = results;
    this.kernel = kernels.get(0);
    this.page = page;
  }

  void write() {
    powers();
    paillier();
    keys();
    curves();
    calls();
  }

  /**
   * A chart, and a table with spreads and ratios to the first library, which is ours.
   *
   * @param labels what is measured
   * @param cell a label's number and a library to the measurement
   */
  private void compare(
      String unit,
      List<String> labels,
      Set<String> libraries,
      BiFunction<Integer, String, Optional<Measurement>> cell,
      ToDoubleFunction<Measurement> micros) {
    if (labels.isEmpty() || libraries.isEmpty()) {
      return;
    }
    double scale = unit.equals("ms") ? 1e-3 : 1;
    Map<String, double[]> series = new LinkedHashMap<>();
    for (String library : libraries) {
      double[] values = new double[labels.size()];
      for (int i = 0; i < values.length; i++) {
        double found = cell.apply(i, library).map(micros::applyAsDouble).orElse(Double.NaN);
        values[i] = scale * found;
      }
      series.put(Page.name(library), values);
    }
    page.figure(Charts.bars(unit, labels, series), "The scale is logarithmic.");
    List<String> head = new ArrayList<>(List.of(unit + " ± (× ours)"));
    head.addAll(series.keySet());
    List<List<String>> rows = new ArrayList<>();
    double[] ours = series.values().iterator().next();
    for (int i = 0; i < labels.size(); i++) {
      List<String> row = new ArrayList<>(List.of(labels.get(i)));
      for (String library : libraries) {
        int at = i;
        row.add(
            cell.apply(i, library)
                .map(m -> entry(scale * micros.applyAsDouble(m), m.spread(), ours[at]))
                .orElse("–"));
      }
      rows.add(row);
    }
    page.table(head, rows);
  }

  private static String entry(double value, double spread, double ours) {
    boolean alone = Double.isNaN(ours) || value == ours;
    return number(value)
        + " ± "
        + Math.round(100 * spread)
        + " %"
        + (alone ? "" : " (×" + number(value / ours) + ")");
  }

  private void powers() {
    List<String> rows = results.values("PowerBenchmark.one", "row");
    String batch = Page.name(kernel) + ", of 8 at once";
    Set<String> libraries = new LinkedHashSet<>(List.of(kernel, batch));
    libraries.addAll(results.values("PowerBenchmark.one", "library"));
    page.section("Modular powers")
        .paragraph(
            "N2_6144: mod N² of 6144 bits, exponent of N's 3072; _256: exponent of 256 bits; P2: mod p², exponent of p's size; N: mod N. Ours, OpenSSL (BN_mod_exp_mont_consttime) and GMP-secure (mpz_powm_sec) in constant time, the others in variable time. Ours includes the conversion to radix 2⁵² and back, and setting up the modulus. BouncyCastle has no modular power but BigInteger's.");
    compare(
        "µs",
        rows,
        libraries,
        (i, library) ->
            library.equals(batch)
                ? results.find("PowerBenchmark.batch", "library", kernel, "row", rows.get(i))
                : results.find("PowerBenchmark.one", "library", library, "row", rows.get(i)),
        Measurement::micros);
  }

  private void paillier() {
    List<String[]> what = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (String bits : results.values("PaillierBenchmark.encryptForeign", "bits")) {
      for (String[] each :
          new String[][] {
            {"encryptForeign", "encrypt"},
            {"encryptForeignBatch", "encrypt, of 8"},
            {"encryptOwn", "encrypt, own key"},
            {"decrypt", "decrypt"},
            {"decryptShort", "decrypt, short"},
            {"decryptShortBatch", "decrypt, short, of 8"}
          }) {
        labels.add(each[1] + ", " + bits);
        what.add(new String[] {"PaillierBenchmark." + each[0], bits});
      }
    }
    page.section("Paillier")
        .paragraph(
            "encrypt: under somebody else's key; short: a plaintext that a proof has bounded, as in signing. Ours checks what it computed with the factors before it leaves; OpenSSL and GMP are the textbook in C over those libraries, without that check and with a ready ρ; javallier is Java over BigInteger. BouncyCastle has no Paillier.");
    compare(
        "ms",
        labels,
        libraries("PaillierBenchmark.encryptForeign"),
        (i, library) -> results.find(what.get(i)[0], "library", library, "bits", what.get(i)[1]),
        Measurement::micros);
  }

  private void keys() {
    List<String[]> what = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (String method : List.of("paillier", "ringPedersen")) {
      for (String bits : results.values("KeyBenchmark." + method, "bits")) {
        labels.add((method.equals("paillier") ? "primes, " : "safe primes, ") + bits);
        what.add(new String[] {"KeyBenchmark." + method, bits});
      }
    }
    page.section("Prime search")
        .paragraph(
            "Means; two primes for a modulus of that size. Ours are p ≡ q ≡ 3 mod 4 and become a whole key, with safe primes ring-Pedersen parameters; a rival's are any two. GMP and BigInteger offer no safe primes; BouncyCastle searches for them by BigInteger, takes minutes, and was left out.");
    compare(
        "ms",
        labels,
        libraries("KeyBenchmark.paillier"),
        (i, library) -> results.find(what.get(i)[0], "library", library, "bits", what.get(i)[1]),
        m -> m.mean() * m.perUnit());
  }

  private Set<String> libraries(String benchmark) {
    return new LinkedHashSet<>(results.values(benchmark, "library"));
  }

  private void curves() {
    curve(
        "Secp256k1Benchmark",
        "secp256k1",
        List.of("fixedBase", "anyPoint", "verify"),
        "Through JNA for those in C, compressed points in and out. BouncyCastle's multiplication is not in constant time. The JDK is no rival: version 16 removed secp256k1.");
    curve(
        "Ed25519Benchmark",
        "ed25519",
        List.of("fixedBase", "anyPoint", "verify", "sign"),
        "Through JNA for those in C. Ours never signs alone; the two-party signature stands above. BouncyCastle's fixed base is its making of a public key. Neither BouncyCastle nor the JDK multiplies any point.");
  }

  private void curve(String benchmark, String title, List<String> methods, String text) {
    Set<String> libraries = new LinkedHashSet<>();
    methods.forEach(method -> libraries.addAll(libraries(benchmark + "." + method)));
    page.section(title).paragraph(text);
    compare(
        "µs",
        methods,
        libraries,
        (i, library) -> results.find(benchmark + "." + methods.get(i), "library", library),
        Measurement::micros);
  }

  private void calls() {
    List<List<String>> rows = new ArrayList<>();
    for (String[] each :
        new String[][] {
          {"CallBenchmark.directLongs", "direct mapping, three numbers"},
          {"CallBenchmark.directBytes", "direct mapping, two arrays of 384 bytes"},
          {"CallBenchmark.interfaceLongs", "interface mapping, three numbers (not used by us)"},
          {"CallBenchmark.ecmNoArguments", "ecm_abi_version"},
          {"CallBenchmark.ecmWithBytes", "ecm_kernel, an array of 16 bytes"},
          {"CallBenchmark.ecmHandle", "a handle's life: ecm_scalar_random, ecm_secret_free"}
        }) {
      results
          .find(each[0])
          .ifPresent(m -> rows.add(List.of(each[1], number(1000 * m.micros()) + " ns")));
    }
    page.section("Calls from Java into C").table(List.of("", "each"), rows);
    rows.clear();
    for (String[] each :
        new String[][] {
          {"TokenBenchmark.random", "32 random bytes (C_GenerateRandom)"},
          {"TokenBenchmark.fragment", "a fragment (HMAC-SHA-512)"},
          {"TokenBenchmark.seal", "seal 1 KiB (random, AES-CBC, HMAC)"},
          {"TokenBenchmark.open", "open it (HMAC, AES-CBC)"}
        }) {
      results.find(each[0]).ifPresent(m -> rows.add(List.of(each[1], number(m.micros()) + " µs")));
    }
    page.section("Token operations, SoftHSM")
        .paragraph(
            "Outside all figures above. A warm signature asks its token for one or two operations; a device takes 1 to 5 ms for each.")
        .table(List.of("", "each"), rows);
  }
}
