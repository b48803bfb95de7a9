/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import static com.spatium.benchmarks.report.Html.number;

import com.fasterxml.jackson.databind.JsonNode;
import com.spatium.benchmarks.report.Results.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a signature is made of, and how near to the multiplier's limit it is. */
final class Composition {
  /** Row of PowerBenchmark, bits of N or p, power, exponent. */
  private record Row(String name, int bits, int power, int exponent) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("P2_2048", 1024, 2, 1024),
          new Row("N_2048", 2048, 1, 2048),
          new Row("N2_4096_256", 2048, 2, 256),
          new Row("N2_4096", 2048, 2, 2048),
          new Row("P2_3072", 1536, 2, 1536),
          new Row("N_3072", 3072, 1, 3072),
          new Row("N2_6144_256", 3072, 2, 256),
          new Row("N2_6144", 3072, 2, 3072));

  /**
   * Powers of one signature (docs/protocol.md §3.6, §4.3).
   *
   * @param ahead whether P2 can make it before there is a message
   * @param bound from the bits of N
   */
  private record Part(String who, String what, boolean ahead, Work bound) {}

  /** Microseconds at the multiplier's limit. */
  private interface Work {
    double micros(Bound bound, int bits);
  }

  /** Teeth of a comb, roughly: a product replaces so many bits of an exponent. */
  private static final int TEETH = 7;

  private static final List<Part> PARTS =
      List.of(
          new Part("P2", "σ^N, τ^N mod N²", true, (b, n) -> 2 * b.micros(n, 2, n)),
          new Part("P2", "t̂^μ, t̂^γ mod N̂, by tables", true, (b, n) -> comb(b, n, 2 * n + 512)),
          new Part("P2", "D: c_key^α mod N², 512 bits", true, (b, n) -> b.micros(n, 2, 512)),
          new Part("P2", "E: ŝ₁^α ŝ₂^β mod N̂, by tables", true, (b, n) -> comb(b, n, 512 + 1156)),
          new Part("P2", "c3: c_key^a mod N², 256 bits", false, (b, n) -> b.micros(n, 2, 256)),
          new Part("P2", "S: ŝ₁^a ŝ₂^b mod N̂, by tables", false, (b, n) -> comb(b, n, 256 + 900)),
          new Part("P2", "w: σ^e mod N, 128 bits", false, (b, n) -> b.micros(n, 1, 128)),
          new Part(
              "P1",
              "aff mod p̂, q̂: three exponents of p̂'s size by tables, one of 128 bits",
              false,
              (b, n) -> 2 * (comb(b, n / 2, 3 * n / 2) + b.micros(n / 2, 1, 128))),
          new Part(
              "P1",
              "aff mod p², q²: w^N, c_key^z1, c3^e",
              false,
              (b, n) ->
                  2
                      * (b.micros(n / 2, 1, n / 2)
                          + b.micros(n / 2, 2, n / 2)
                          + b.micros(5 * (513 / 4.0 + 14), n / 2)
                          + b.micros(n / 2, 2, 128))),
          new Part("P1", "Dec: c3 mod p², q²", false, (b, n) -> 2 * b.micros(n / 2, 2, n / 2)));

  /** A product for every few bits of the exponents, in all. */
  private static double comb(Bound bound, int n, int bits) {
    return bound.micros(2.0 * bits / TEETH, n);
  }

  private final Results results;
  private final String kernel;
  private final Bound bound;

  Composition(JsonNode machine, Results results, String kernel) {
    this.results = results;
    this.kernel = kernel;
    this.bound =
        new Bound(
            machine.path("clock, GHz, measured").asDouble(),
            machine.path("512-bit vpmadd52 per cycle, measured").asDouble());
  }

  void write(Html page) {
    if (bound.perCycle() == 0) {
      page.section("What a signature is made of")
          .paragraph("This machine has no AVX-512 IFMA, so there is no bound to compare with.");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (Row row : ROWS) {
      Optional<Measurement> one = find("PowerBenchmark.one", row);
      Optional<Measurement> batch = find("PowerBenchmark.batch", row);
      if (one.isPresent() && batch.isPresent()) {
        double least = bound.micros(row.bits(), row.power(), row.exponent());
        rows.add(
            List.of(
                row.name(),
                number(least),
                number(batch.get().micros()),
                number(100 * least / batch.get().micros()) + " %",
                number(one.get().micros()),
                number(100 * least / one.get().micros()) + " %",
                number(one.get().micros() * bound.gigahertz()) + " k"));
      }
    }
    page.section("What a signature is made of")
        .paragraph(
            "The bound: this processor did %s 512-bit multiply-adds (vpmadd52) per cycle at %s GHz when it was measured. A number of b bits has k = ⌈b/52⌉ limbs; a product of two takes k² pairs of limbs and two instructions (low and high half) for each pair, for eight numbers at a time. A Montgomery square costs 1.5 such products and a product 2; N-adic arithmetic mod N² 3.5 and 5 of the half size. A power takes as many squares as its exponent has bits, and a product for each window of w bits besides 2^w − 2 for the table, w chosen best. Conversion, carries, and the reading of whole tables in constant time are not in the bound."
                .formatted(number(bound.perCycle()), number(bound.gigahertz())))
        .table(
            List.of(
                "µs per power, " + Page.name(kernel),
                "bound",
                "of 8 at once",
                "bound/that",
                "one alone",
                "bound/that",
                "its cycles"),
            rows);
    parts(page);
  }

  private void parts(Html page) {
    List<List<String>> rows = new ArrayList<>();
    double[] all = new double[2];
    double[] session = new double[2];
    for (Part part : PARTS) {
      List<String> row =
          new ArrayList<>(List.of(part.who(), part.what(), part.ahead() ? "ahead" : "session"));
      for (int i = 0; i < 2; i++) {
        double micros = part.bound().micros(bound, Integer.parseInt(Goals.BITS[i]));
        all[i] += micros;
        session[i] += part.ahead() ? 0 : micros;
        row.add(number(micros));
      }
      rows.add(row);
    }
    rows.add(List.of("", "all powers", "", number(all[0]), number(all[1])));
    rows.add(
        List.of(
            "", "measured, without pools", "", measured("signEcdsa", 0), measured("signEcdsa", 1)));
    rows.add(List.of("", "powers of the session", "", number(session[0]), number(session[1])));
    rows.add(
        List.of(
            "",
            "measured, with warm pools",
            "",
            measured("signEcdsaWarm", 0),
            measured("signEcdsaWarm", 1)));
    page.paragraph(
            "One ECDSA signature in powers, each at the bound, that is as an eighth of eight done together. A single signature cannot fill eight lanes: P1 has two legs of CRT, P2 one or two powers at a time, and one number across the lanes reaches the share of the bound in the table above (one alone). What is measured beyond that: curve points, hashing, encoding, copying to and from C, bookkeeping; see the steps.")
        .table(List.of("", "µs at the bound", "", "2048", "3072"), rows);
  }

  private String measured(String method, int size) {
    return results
        .find("ProtocolBenchmark." + method, "kernel", kernel, "level", Goals.LEVELS[size])
        .map(m -> number(m.micros()))
        .orElse("–");
  }

  private Optional<Measurement> find(String benchmark, Row row) {
    return results.find(benchmark, "library", kernel, "row", row.name());
  }
}
